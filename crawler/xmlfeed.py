"""RSS 0.9x, 1.0 and 2.0, Atom, RDF: feedparser is given mended text, never an address.

feedparser knows more dialects than anyone; it is asked entry by entry only where the feed as a whole is not
well-formed, so that its loose parser sees the broken entries alone.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from crawler.article import Entry
from crawler.feeds import Feed
from crawler.feedtext import ampersands_mended, fault, prepared, slices
from crawler.feedtimes import moment
from crawler.markup import one_line, paragraphs
from crawler.urls import is_http

__all__ = ["absolute", "as_html", "cleaned", "names", "parse", "read"]

_SURVIVABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError)
"""What feedparser raises on what it never met: one entry less, not one feed less."""

_MOST_PIECES = 5_000

Said = Mapping[str, Any]


def read(text: str, url: str) -> Feed:
    """Entries and defects of the text of a feed that came from ``url``."""
    ready, defects = prepared(text)
    if ready is None:
        return Feed(entries=(), defects=tuple(defects))
    parsed = parse(ready, url, defects)
    entries = []
    for number, said in enumerate(parsed["entries"], 1):
        try:
            entries.append(_entry(dict(said), url))
        except _NoAddressError as why:
            defects.append(f"entry {number} ({one_line(said.get('title')) or 'without a title'}): {why}")
        except _SURVIVABLE as error:
            defects.append(f"entry {number} could not be read: {error}")
    if not parsed["entries"]:
        defects.append("it has no entries")
    return _feed(dict(parsed["feed"]), ready, tuple(entries), tuple(defects))


def parse(ready: str, url: str, defects: list[str]) -> dict[str, Any]:
    """feedparser's ``feed``, ``entries``, ``version`` and ``namespaces`` of prepared text, however broken."""
    why = fault(ready)
    if why is not None:
        defects.append(f"not well-formed XML, {why}")
        mended = ampersands_mended(ready)
        if fault(mended) is None:
            ready, why = mended, None
    try:
        whole = _feedparser(ready, url) if why is None else None
    except _SURVIVABLE:
        whole = None
    if whole is None:
        whole = _piecemeal(ready, url, defects)
    return whole


def _piecemeal(ready: str, url: str, defects: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"feed": {}, "entries": [], "version": "", "namespaces": {}}
    for number, piece in enumerate(slices(ready)):
        if number > _MOST_PIECES:
            defects.append(f"only its first {_MOST_PIECES:,} entries were read")
            break
        try:
            parsed = _feedparser(piece, url)
        except _SURVIVABLE:
            if number == 0:
                defects.append("what the feed says of itself could not be read")
            else:
                defects.append(f"entry {number} is broken and was read in part")
                told["entries"].append(_rescued(piece))
            continue
        told["feed"] = told["feed"] or parsed["feed"]
        told["version"] = told["version"] or parsed["version"]
        told["namespaces"] = {**parsed["namespaces"], **told["namespaces"]}
        told["entries"] += parsed["entries"]
    if told["entries"]:
        return told
    try:
        return _feedparser(ready, url)
    except _SURVIVABLE as error:
        defects.append(f"it could not be read: {error}")
        return told


_ELEMENTS = {
    "title": "title",
    "link": "link",
    "id": "guid|id",
    "published": "pubDate|published|updated|dc:date",
    "summary": "description|summary",
}


def _rescued(piece: str) -> dict[str, Any]:
    """What can be seen of an entry on which feedparser itself breaks."""
    said: dict[str, Any] = {}
    for key, spellings in _ELEMENTS.items():
        found = re.search(
            rf"<({spellings})(?:\s[^<>]*)?>\s*+(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*</\1\s*>",
            piece,
            re.IGNORECASE | re.DOTALL,
        )
        if found is not None:
            said[key] = found[2] or html.unescape(found[3] or "")
    linked = re.search(r"<link\s[^<>]*?href\s*=\s*[\"']([^\"'<>]+)", piece, re.IGNORECASE)
    if linked is not None and not said.get("link"):
        said["link"] = html.unescape(linked[1])
    return said


# Completing addresses is a third of feedparser's time: only where one is incomplete, and is not a place on its own page.
# The expression begins with what it must find: with the names in front it takes forty times as long.
_RELATIVE = re.compile(
    r"=(?:(?<=mode=)\s*+[\"']base64|(?:(?<=\s=)|(?<=action=)|(?<=background=)|(?<=cite=)|(?<=href=)|(?<=longdesc=)"
    r"|(?<=poster=)|(?<=src=)|(?<=usemap=))\s*+(?:[\"']|&quot;|&#34;|&#39;)?+(?!https?://|mailto:|tel:|[#\"']))",
    re.IGNORECASE,
)


def _feedparser(text: str, url: str) -> dict[str, Any]:
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers=headers,
        sanitize_html=True,
        resolve_relative_uris=_RELATIVE.search(text) is not None,
    )
    return {key: parsed.get(key) for key in ("feed", "entries", "version", "namespaces", "bozo", "encoding", "headers")}


class _NoAddressError(Exception):
    pass


def _entry(said: dict[str, Any], url: str) -> Entry:
    published = said.get("published") or said.get("updated") or said.get("created")
    content = _content(_several(said, "content"))
    return Entry(
        url=_address(said, url),
        title=one_line(said.get("title")),
        guid=_text(said.get("id")),
        summary=_summary(said),
        content=content,
        author=_author(said),
        image=_image(said, url),
        tags=_tags(_several(said, "tags")),
        published_at=moment(published),
        published_raw=_text(published),
        updated_at=moment(said.get("updated")),
    )


def _address(said: dict[str, Any], url: str) -> str:
    """The entry's own address: not feedburner's, the guid's where it is one, never anything but http."""
    links = [link for link in _several(said, "links") if link.get("rel") in ("alternate", None)]
    sources = [content.get("src") for content in _several(said, "content")]
    tried = [said.get("feedburner_origlink"), said.get("pheedo_origlink"), said.get("link")]
    tried += [*(link.get("href") for link in links), *sources]
    if said.get("guidislink"):
        tried.append(said.get("id"))
    for address in filter(None, map(_text, tried)):
        whole = absolute(address, url)
        if whole is not None:
            return whole
    refused = next(filter(None, map(_text, tried)), None)
    raise _NoAddressError(f"its link is no web address: {refused[:100]}" if refused else "it has no link")


_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)


def absolute(address: str, base: str) -> str | None:
    """The address in full, as far as it leads to the web; ampersands escaped once too often are mended."""
    address = re.sub(r"[\t\r\n]+", "", _AMPERSAND.sub("&", address.strip()))
    try:
        whole = urljoin(base, address)
    except ValueError:
        return None
    return whole if is_http(whole) else None


def _several(said: Said, key: str) -> list[Said]:
    """What feedparser gives as a list of dictionaries, unless the feed has an element of that name."""
    value = said.get(key)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _content(said: Iterable[Said]) -> str | None:
    """The longest text given as the article's own; HTML, also where it was plain."""
    longest = max(said, key=lambda content: len(content.get("value") or ""), default=None)
    value = _text(longest.get("value")) if longest is not None else None
    if longest is None or value is None:
        return None
    return as_html(value) if longest.get("type") == "text/plain" else value


def as_html(plain: str | None) -> str | None:
    """Plain text as paragraphs of HTML."""
    lines = (line.strip() for line in (plain or "").splitlines())
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines if line) or None


def cleaned(contents: Sequence[str | None], url: str) -> list[str | None]:
    """HTML as feedparser hands on the content of entries: without scripts, with whole addresses."""
    given = [content for content in contents if content]
    items = "".join(f"<item><content:encoded>{html.escape(content)}</content:encoded></item>" for content in given)
    rss = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    ready, _ = prepared(f"{rss}{items}</channel></rss>")
    try:
        parsed = _feedparser(ready or "", url)["entries"]
        safe = dict(zip(given, (_content(_several(said, "content")) for said in parsed), strict=True))
        return [safe[content] if content else None for content in contents]
    except _SURVIVABLE:
        return [None] * len(contents)


def _summary(said: dict[str, Any]) -> str | None:
    """Plain; not where feedparser made it of the content."""
    summary = said.get("summary")
    contents = [content.get("value") for content in _several(said, "content")]
    return None if summary in contents else paragraphs(_text(summary))


def _author(said: dict[str, Any]) -> str | None:
    several = [_text(author.get("name")) for author in _several(said, "authors")]
    return names(several if any(several) else [_text(said.get("author"))])


def names(said: Iterable[str | None]) -> str | None:
    """Who wrote it, on one line; a bare mail address is nobody's name."""
    persons = dict.fromkeys(name for name in map(one_line, said) if name and not re.fullmatch(r"\S+@\S+", name))
    return "، ".join(persons)[:300] or None


def _tags(said: Iterable[Said]) -> tuple[str, ...]:
    names = (one_line(tag.get("label") or tag.get("term")) for tag in said)
    return tuple(dict.fromkeys(name for name in names if name))[:100]


def _image(said: dict[str, Any], url: str) -> str | None:
    """The largest picture of Media RSS, else its thumbnail, else an enclosed one."""
    media = [item for item in _several(said, "media_content") if _is_picture(item, "url")]
    media.sort(key=lambda item: -_number(item.get("width")))
    tried = [item.get("url") for item in (*media, *_several(said, "media_thumbnail"))]
    tried += [
        link.get("href")
        for link in _several(said, "links")
        if link.get("rel") == "enclosure" and _is_picture(link, "href")
    ]
    tried += [said.get("href") if _is_picture(said, "href") else None]  # <image><url>
    found = (absolute(address, url) for address in filter(None, map(_text, tried)))
    return next(filter(None, found), None)


def _is_picture(said: Said, key: str) -> bool:
    kind = str(said.get("type") or "")
    if said.get("medium") == "image" or kind.startswith("image/"):
        return True
    return (
        not kind
        and re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", str(said.get(key) or ""), re.IGNORECASE) is not None
    )


def _number(value: object) -> int:
    found = re.match(r"\s*([0-9]{1,6})", str(value or ""))
    return int(found[1]) if found else 0


_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _feed(said: dict[str, Any], text: str, entries: tuple[Entry, ...], defects: tuple[str, ...]) -> Feed:
    """What the feed says of itself, with its entries."""
    head = text[:20_000]
    minutes = _number(said.get("ttl"))
    hours = _PERIODS.get(str(said.get("sy_updateperiod") or "").strip().lower())
    links = {link.get("rel"): link.get("href") for link in _several(said, "links")}
    older = _text(links.get("prev-archive") or links.get("next"))
    return Feed(
        entries=entries,
        defects=defects,
        title=one_line(said.get("title")),
        link=_text(said.get("link")),
        language=_text(said.get("language")) or _language(head),
        ttl=timedelta(minutes=minutes) if minutes else None,
        update_period=timedelta(hours=hours) / max(1, _number(said.get("sy_updatefrequency"))) if hours else None,
        skip_hours=tuple(sorted({int(hour) % 24 for hour in _skipped(head, "Hours", r"[0-9]{1,2}")})),
        skip_days=tuple(
            sorted(
                {
                    _DAYS.index(day[:3].lower())
                    for day in _skipped(head, "Days", "(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*")
                }
            )
        ),
        older=older if older and is_http(older) else None,
    )


def _language(head: str) -> str | None:
    """``xml:lang`` of the root; feedparser overlooks it on RDF."""
    found = re.search(r"""<[\w:]+\s[^<>]*?xml:lang\s*=\s*["']([A-Za-z-]{2,20})["']""", head)
    return found[1] if found else None


def _skipped(head: str, unit: str, value: str) -> list[str]:
    found = re.search(rf"<skip{unit}>([^\0]{{0,1000}}?)</skip{unit}>", head, re.IGNORECASE)
    return re.findall(rf">\s*({value})\s*<", found[1]) if found else []
