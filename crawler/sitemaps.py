"""Bytes of a sitemap in, the addresses that it names out. Never fetches, never raises.

https://www.sitemaps.org/protocol.html and https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap.
Read piece by piece: a sitemap may have 50 MB, which gzip makes into 50 kB, and only the newest addresses are kept.
"""

from __future__ import annotations

import heapq
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from lxml import etree

from crawler.charset import decode
from crawler.feedtimes import moment
from crawler.markup import one_line
from crawler.urls import is_http
from crawler.xmlfeed import absolute

__all__ = ["NOTHING", "Place", "Sitemap", "instant", "order", "read"]

NOTHING = "it names no address"

_MOST_BYTES = 50 * 1024 * 1024
"""The protocol's own limit, after decompression."""
_MOST_SITEMAPS = 50_000
_PIECE = 256 * 1024
_LONGEST = 4_000
"""Characters of one value; the protocol allows 2,048 for an address."""

_GZIP = b"\x1f\x8b"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ROOT = re.compile(rb"<(?:[\w-]{1,20}:)?(urlset|sitemapindex)(?![\w.:-])", re.IGNORECASE)
_OTHER = re.compile(r"<(?:[\w-]{1,20}:)?(rss|feed|rdf|html|head|body)(?![\w.:-])", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\s[^<>]{0,200}\?>")
_LONE_AMPERSAND = re.compile(rb"&(?!#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")
_DAY = re.compile(r"\s*(\d{4})-(\d\d)(?:-(\d\d))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address of a sitemap, with what it says of it as it stands there."""

    url: str
    changed: str | None = None
    title: str | None = None
    published: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    pages: tuple[Place, ...] = ()
    """Newest first; those without a date behind, in the sitemap's order."""
    sitemaps: tuple[Place, ...] = ()
    """Those that an index names, in its order."""
    defects: tuple[str, ...] = ()


def read(body: bytes, url: str, *, most: int) -> Sitemap:
    """What a sitemap names; ``url`` is where it came from; of its addresses at most the ``most`` newest."""
    defects: list[str] = []
    if not body.strip():
        return Sitemap(defects=("the answer is empty",))
    pieces = _unpacked(body, defects)
    head = next(pieces, b"")
    if head.startswith(_WIDE):
        head, pieces = decode(b"".join((head, *pieces)), None).encode("utf-8", "replace"), iter(())
        head = _DECLARATION.sub(b"", head)
    root = _ROOT.search(head)
    if root is None:
        return _without_markup(head, pieces, most, defects)
    declared = _DECLARATION.search(head, 0, root.start())
    # a warning of PHP's before it, and a DOCTYPE with entities: neither is needed
    head = (declared[0] if declared else b"") + head[root.start() :]
    reader = _Reader(url, most)
    reader.read(_mended(head, pieces))
    return reader.told(defects)


def instant(written: str | None) -> datetime | None:
    """A W3C date with its time and zone, in UTC; ``None`` for a day alone and for what is none."""
    return moment(written)


def order(written: str | None) -> float:
    """A number by which dates sort, whatever they lack; 0 where there is none that can be read."""
    day = _DAY.match(written or "")
    if day is None or not written:
        return 0.0
    at = moment(written) or moment(f"{written}Z") if day.end() < len(written.rstrip()) else None
    try:
        at = at or datetime(int(day[1]), int(day[2]), int(day[3] or 1), tzinfo=UTC)
    except ValueError:
        return 0.0
    return at.timestamp() if at.year >= 1990 else 0.0


def _unpacked(body: bytes, defects: list[str]) -> Iterator[bytes]:
    """The body in pieces, decompressed where it is gzip, up to the limit; the first one is of more than a few bytes."""
    total = 0
    for piece in _gunzipped(body, defects) if body.startswith(_GZIP) else _cut(body):
        total += len(piece)
        if total > _MOST_BYTES:
            defects.append(f"only its first {_MOST_BYTES // 2**20} MB were read")
            return
        yield piece


def _cut(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]


def _gunzipped(body: bytes, defects: list[str]) -> Iterator[bytes]:
    rest = body
    while rest.startswith(_GZIP):
        unpack = zlib.decompressobj(wbits=31)
        while not unpack.eof:
            try:
                piece = unpack.decompress(rest, _PIECE)
            except zlib.error as error:
                defects.append(f"its compression is broken: {error}")
                return
            rest = unpack.unconsumed_tail
            if piece:
                yield piece
            elif not rest and not unpack.eof:
                defects.append("it is cut off within its compression")
                return
        rest = unpack.unused_data


def _mended(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces that end with a tag, with ``&amp;`` for each ampersand that begins nothing: from addresses with parameters."""
    rest = head
    for piece in pieces:
        end = rest.rfind(b">") + 1
        if end or len(rest) > 4 * _PIECE:
            yield _LONE_AMPERSAND.sub(b"&amp;", rest[: end or len(rest)])
            rest = rest[end or len(rest) :]
        rest += piece
    # up to the last whole tag: half an address is another one
    yield _LONE_AMPERSAND.sub(b"&amp;", rest[: rest.rfind(b">") + 1])


class _Reader:
    """Takes the pieces, keeps the newest."""

    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._most = most
        self._newest: list[tuple[float, int, Place]] = []
        self._sitemaps: list[Place] = []
        self._count = 0
        self._dated = 0
        self._refused = 0
        self._broken: str | None = None

    def read(self, pieces: Iterator[bytes]) -> None:
        # entities stay unresolved: "billion laughs" are not told
        parser = etree.XMLPullParser(
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for piece in pieces:
                parser.feed(piece)
                self._take(parser)
            parser.close()
        except etree.XMLSyntaxError as error:
            self._broken = f"not well-formed XML: {_words(error)}"
        self._take(parser)
        faults = [fault.message for fault in parser.feed_error_log if "not defined" not in fault.message]
        if self._broken is None and faults:
            self._broken = f"not well-formed XML: {_words(faults[0])}"

    def _take(self, parser: Any) -> None:
        try:
            for _, element in parser.read_events():
                name = _name(element)
                if name in ("url", "sitemap") and _name(element.getparent()) in ("urlset", "sitemapindex"):
                    self._add(name, _said(element))
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            self._broken = f"not well-formed XML: {_words(error)}"

    def _add(self, name: str, said: dict[str, str]) -> None:
        address = absolute(said.get("loc", ""), self._url) if said.get("loc") else None
        if address is None:
            self._refused += 1
            return
        place = Place(
            url=address,
            changed=said.get("lastmod"),
            title=said.get("news:title"),
            published=said.get("news:publication_date"),
            language=said.get("language"),
            keywords=tuple(re.split("[,،]", said.get("news:keywords", ""))),
            image=absolute(said["image:loc"], self._url) if "image:loc" in said else None,
        )
        if name == "sitemap":
            if len(self._sitemaps) < _MOST_SITEMAPS:
                self._sitemaps.append(place)
            return
        self._count += 1
        when = order(place.published) or order(place.changed)
        self._dated += when > 0
        ranked = (when, -self._count, place)
        if len(self._newest) < self._most:
            heapq.heappush(self._newest, ranked)
        elif ranked > self._newest[0]:
            heapq.heapreplace(self._newest, ranked)

    def told(self, defects: list[str]) -> Sitemap:
        if self._broken:
            defects.append(self._broken)
        if self._refused:
            defects.append(f"addresses that do not lead to the web were left out: {self._refused}")
        if self._count > self._most:
            which = "newest" if self._dated else "first"
            defects.append(f"it names {self._count:,} addresses: the {which} {self._most:,} are listed")
        if not self._count and not self._sitemaps:
            defects.append(NOTHING)
        pages = tuple(place for _, _, place in sorted(self._newest, reverse=True))
        return Sitemap(pages=pages, sitemaps=tuple(self._sitemaps), defects=tuple(defects))


def _said(element: Any) -> dict[str, str]:
    """The values within a ``<url>``: by their name, with ``news:`` or ``image:`` where they stand in such an element."""
    said: dict[str, str] = {}
    for inner in element.iterdescendants(tag=etree.Element):
        if len(inner):
            continue
        within, name = _name(inner.getparent()), _name(inner)
        key = f"{within}:{name}" if within in ("news", "image", "video") else name
        if key not in said and (text := "".join(inner.itertext(with_tail=False))[:_LONGEST].strip()):
            said[key] = text
    return said


def _name(element: Any) -> str:
    tag = element.tag if element is not None else ""
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _words(error: object) -> str:
    return " ".join(str(error).split())[:120]


def _without_markup(head: bytes, pieces: Iterator[bytes], most: int, defects: list[str]) -> Sitemap:
    """A sitemap of one address a line; or what it is instead."""
    text = decode(head, None)
    other = _OTHER.search(text[:20_000])
    places = []
    if other is None and is_http(text.lstrip().partition("\n")[0]):
        lines = decode(b"".join((head, *pieces)), None).split("\n")
        places = [Place(url=line.strip()) for line in lines if is_http(line) and " " not in line.strip()]
    if places:
        if len(places) > most:
            defects.append(f"it names {len(places):,} addresses: the first {most:,} are listed")
        return Sitemap(pages=tuple(places[:most]), defects=tuple(defects))
    if other is not None and other[1].lower() in ("rss", "feed", "rdf"):
        why = "this is a feed, not a sitemap: declare the source as `kind: feed`"
    elif other is not None:
        title = re.search(r"<title[^<>]{0,200}>([^<>]{1,200})", text, re.IGNORECASE)
        called = f" («{one_line(title[1])}»)" if title else ""
        why = (
            f"this is a web page{called}, not a sitemap: its address stands in the site's /robots.txt, after `Sitemap:`"
        )
    else:
        why = f"this is not a sitemap: «{(one_line(text[:2000]) or '')[:60]}»"
    return Sitemap(defects=(*defects, why))
