"""OPML 2.0 (http://opml.org/spec2.opml): the lists of feed readers, read with suspicion and written so that all of them read it. Pure.

An OPML file comes from anywhere: no entity of its own is expanded, nothing is fetched for it, and what it holds is only a
suggestion, checked like every other line of ``sources.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crawler.charset import decode
from crawler.errors import RasidError
from crawler.source import KIND_NAMES, Source
from crawler.telegram import HOSTS

__all__ = ["OpmlError", "Outline", "read", "written"]

MAX_BYTES = 5_000_000
MAX_OUTLINES = 5_000
_NAMESPACE = "urn:rasid:sources"
"""Of what OPML has no word for: the kind of an entrance, its zone. Readers pass over it."""
_DECLARED = re.compile(r"<\?xml[^>]{0,300}\?>")
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")


class OpmlError(RasidError):
    """A file is no OPML, or must not be read. ``subject`` is the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One subscription, as the file has it."""

    url: str
    kind: str
    title: str | None = None
    name: str | None = None
    """Of a file that Rasid wrote."""
    language: str | None = None
    affiliation: str | None = None
    zone: str | None = None
    scope: str | None = None
    line: int = 0


def read(body: bytes, name: str) -> list[Outline]:
    """The subscriptions of a file, in its order, folders aside. Raises :class:`OpmlError` with ``name``."""
    if len(body) > MAX_BYTES:
        raise OpmlError(f"larger than {MAX_BYTES // 1_000_000} MB: no list of subscriptions has that", subject=name)
    text = decode(body, None).lstrip("\ufeff \t\r\n")
    if _DOCTYPE.search(text):
        raise OpmlError("it declares entities or a DOCTYPE, which no OPML needs; delete that line", subject=name)
    text = _DECLARED.sub("", text, count=1)  # it may name another encoding than the file has
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OpmlError(f"it cannot be read as XML: {error}", subject=name) from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        found = "" if root is None else f", but <{etree.QName(root).localname[:40]}>"
        raise OpmlError(f"this is no OPML: it does not begin with <opml>{found}", subject=name)
    outlines: list[Outline] = []
    for element in root.iter("{*}outline"):
        outline = _outline(element)
        if outline is not None:
            outlines.append(outline)
        if len(outlines) > MAX_OUTLINES:
            raise OpmlError(f"more than {MAX_OUTLINES:,} subscriptions; split it", subject=name)
    return outlines


def _outline(element: Any) -> Outline | None:
    """``None``: a folder, or a link that is no subscription."""
    given = {etree.QName(key).localname.lower(): " ".join(value.split()) for key, value in element.attrib.items()}
    url = given.get("xmlurl") or (given.get("url", "") if given.get("kind") in KIND_NAMES else "")
    if not url:
        return None
    kind = given.get("kind", "")
    if kind not in KIND_NAMES:
        kind = "telegram" if urlsplit(url).netloc.lower() in HOSTS else "feed"
    affiliation = given.get("affiliation") or given.get("category", "").strip("/").rpartition("/")[2].lower()
    language = re.match(r"[a-z]{2,3}(?![a-z])", given.get("language", "").lower())
    return Outline(
        url=url,
        kind=kind,
        title=given.get("title") or given.get("text") or None,
        name=_slug(given.get("name", "")),
        language=language[0] if language else None,
        affiliation=_slug(affiliation),
        zone=given.get("zone") or None,
        scope=given.get("scope") or None,
        line=element.sourceline or 0,
    )


def _slug(text: str) -> str | None:
    return text if _SLUG.fullmatch(text) else None


def written(sources: Sequence[Source], now: datetime) -> bytes:
    """An OPML file of ``sources``: a folder an affiliation, feeds as subscriptions, other kinds as links."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"rasid": _NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Rasid"
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for affiliation, group in _folders(sources):
        folder = etree.SubElement(body, "outline", {"text": affiliation})
        for source in group:
            etree.SubElement(folder, "outline", _attributes(source))
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _folders(sources: Iterable[Source]) -> Iterator[tuple[str, Iterable[Source]]]:
    ordered = sorted(sources, key=lambda source: source.affiliation)  # stable: the file's order within a folder
    yield from groupby(ordered, key=lambda source: source.affiliation)


def _attributes(source: Source) -> dict[str, str]:
    feed = source.kind == "feed"
    return {
        "text": source.title,
        "title": source.title,
        "type": "rss" if feed else "link",
        "xmlUrl" if feed else "url": source.url,
        "language": source.language,
        "category": f"/{source.affiliation}",
        f"{{{_NAMESPACE}}}name": source.name,
        f"{{{_NAMESPACE}}}kind": source.kind,
        f"{{{_NAMESPACE}}}zone": source.zone,
        f"{{{_NAMESPACE}}}scope": source.scope,
    }
