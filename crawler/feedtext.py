"""What is done to the text of a feed before an XML parser sees it: tell what it is, cut it to size, mend it.

Feeds are written by string concatenation. Warnings of PHP stand before them, control characters and HTML's named
entities within them, their end is missing, or they are no feeds at all but the site's front page. Each of these
costs a parser the whole feed or seconds of time, and each can be mended by a look at the text.

The limits are for what feedparser 6.0.14 does not bear (measured): time quadratic in the attributes of a tag, the
categories of an entry, unclosed comments and the length of an author; 3-4 s per MB of markup that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5, name2codepoint
from itertools import islice
from xml.parsers import expat

from crawler.markup import one_line

__all__ = ["ampersands_mended", "fault", "prepared", "slices"]

_KNOWN = re.compile(
    r"<(?:[\w-]{1,20}:)?(rss|feed|rdf|channel|html|head|body|urlset|sitemapindex|opml)(?![\w.:-])", re.IGNORECASE
)
_FEEDS = frozenset(("rss", "feed", "rdf", "channel"))
_OTHERS = {
    "urlset": "this is a sitemap, not a feed: declare the source as a sitemap",
    "sitemapindex": "this is an index of sitemaps, not a feed: declare the source as a sitemap",
    "opml": "this is a list of feeds (OPML), not a feed",
}
_BEHIND_A_PAGE = re.compile(
    r"<(?:rss\s[^<>]{0,2000}version|feed\s[^<>]{0,2000}xmlns|rdf:RDF\s[^<>]{0,2000}xmlns)", re.IGNORECASE
)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<>]{1,200})", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]{0,1000}(?:\[[^\]]{0,50000}\]\s*)?>", re.IGNORECASE)
_PROLOG = re.compile(
    r"(?:\s+|<\?[^<>]*>|<!--(?:(?!-->).)*+(?:-->)?|<!DOCTYPE[^<>\[]*(?:\[[^\]]*\]\s*)?>)++", re.IGNORECASE | re.DOTALL
)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")
_CONTROL_BYTES = bytes(set(range(0x20)) - {9, 10, 13})
_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-9]|[12][0-9]|3[01]|5[5-7][0-9]{3}|6553[45]|[0-9]{7,})"
    r"|[xX]0*(?:[0-9a-fA-F]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]|[0-9a-fA-F]{6,}))(?:;|(?![0-9a-fA-F]))"
)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
_LONE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};)")

_COMMENT = re.compile(r"(?:<|&lt;)!--(?:(?!--(?:>|&gt;)|\]\]>|</?(?:item|entry)[\s>]).)*+(?:--(?:>|&gt;))?", re.DOTALL)
_ENDLESS_TAGS = tuple(re.compile(rf"({opening}[A-Za-z][\w:.-]{{0,40}})[^<>&]{{4000,}}") for opening in ("<", "&lt;"))
_ENDLESS_AUTHOR = re.compile(
    r"(<(?:author|managingEditor|webMaster|name|email|[\w-]{1,20}:(?:author|creator|name|email))(?:\s[^<>]{0,500})?>"
    r"(?:<!\[CDATA\[)?[^<]{300})[^<]+"
)
_CATEGORY = re.compile(r"<(category|dc:subject)(?:\s[^<>]*)?(?:/>|>[^<]*(?:<!\[CDATA\[[^<]*)?</\1\s*>)")
_NO_WEB_LINK = re.compile(
    r"<(?:[\w-]{1,20}:)?link(?:\s[^<>]{0,500})?>\s*+(?:<!\[CDATA\[\s*+)?(?:javascript|vbscript|data|file|blob|about):[^<]*</(?:[\w-]{1,20}:)?link\s*>"
    r"|<(?:[\w-]{1,20}:)?link\s[^<>]{0,500}?href\s*=\s*[\"']\s*(?:javascript|vbscript|data|file|blob|about):[^<>]*>",
    re.IGNORECASE,
)

_END = re.compile(r"</(?:[\w-]{1,20}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ENTRY = re.compile(r"<((?:[\w-]{1,20}:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)

_MOST_TAGS = 200_000
_MOST_CATEGORIES = 2_000
_MOST_AMPERSANDS = 200_000
_MOST_COMMENTED = 10**9
"""Comments times characters: an unclosed one is looked for to the end of the text."""


def prepared(text: str) -> tuple[str | None, list[str]]:
    """The text of a feed, ready to be parsed, and what had to be mended; ``None``: it is no feed, and why."""
    start, refusal = _root(text)
    if start is None:
        return None, [refusal]
    text, defects = _from_its_root(text, start)
    text = _cut_to_size(text, defects)
    text = _without_hazards(text, defects)
    text, links = _NO_WEB_LINK.subn("", text)
    if links:
        defects.append(f"links refused that do not lead to the web (javascript:, data:, file: …): {links}")
    if _has_control(text):
        text = _CONTROL.sub("", text)
        defects.append("control characters were taken out")
    text = _REFERENCE.sub(_reference, text)
    if "<!ENTITY" not in text[:start]:
        text = _ENTITY.sub(_entity, text)
    return _with_an_end(_without_unknown_prefix(text), defects), defects


def _root(text: str) -> tuple[int | None, str]:
    """Where the feed begins; or why there is none."""
    prolog = _PROLOG.match(text)
    found = _KNOWN.search(text, prolog.end() if prolog else 0)
    if found is None:
        if re.search(r"<(?:item|entry)[\s>]", text):
            return 0, ""
        return None, f"this is not a feed: {_glimpse(text)}" if text.strip() else "the answer is empty"
    kind = found[1].lower()
    if kind in _FEEDS:
        return found.start(), ""
    if kind in _OTHERS:
        return None, _OTHERS[kind]
    behind = _BEHIND_A_PAGE.search(text, found.end())
    if behind is not None:
        return behind.start(), ""
    title = _TITLE.search(text, found.start())
    called = f" («{one_line(title[1])}»)" if title else ""
    return None, f"this is a web page{called}, not a feed: look for the feed's address again"


def _from_its_root(text: str, start: int) -> tuple[str, list[str]]:
    before = text[max(0, start - 20_000) : start]
    doctype = _DOCTYPE.search(before)
    junk = _PROLOG.sub("", before).strip("\ufeff \t\r\n")
    lines = "\n" * text.count("\n", 0, start)  # so that the parser's line numbers are those of the feed
    defects = [f"text before the feed was left out: {_glimpse(junk)}"] if junk else []
    return (doctype[0] if doctype else "") + lines + text[start:], defects


def _glimpse(text: str) -> str:
    """The first words, to recognise it by."""
    plain = one_line(text[:2000]) or ""
    return f"«{plain[:60]}»" if plain else "no words in it"


def _cut_to_size(text: str, defects: list[str]) -> str:
    if text.count("<") <= _MOST_TAGS:
        return text
    defects.append(f"only its beginning was read: it has over {_MOST_TAGS:,} tags")
    last = next(islice(re.finditer("<", text), _MOST_TAGS, None))
    return text[: last.start()]


def _without_hazards(text: str, defects: list[str]) -> str:
    if text.count("!--") * len(text) > _MOST_COMMENTED:
        text = _COMMENT.sub("", text)
    before = len(text)
    for endless in (*_ENDLESS_TAGS, _ENDLESS_AUTHOR):
        text = endless.sub(r"\1 ", text)
    if len(text) < before:
        defects.append("endless attributes or authors were cut short")
    if text.count("&") > _MOST_AMPERSANDS:
        text = _LONE_AMPERSAND.sub("", text)
    if text.count("<category") + text.count("<dc:subject") > _MOST_CATEGORIES:
        text = _CATEGORY.sub("", text)
        defects.append(f"its categories were left out: there are over {_MOST_CATEGORIES:,}")
    return text


def _without_unknown_prefix(text: str) -> str:
    """``<rss:item>`` that belongs to no declared namespace is an item all the same."""
    entry = _ENTRY.search(text)
    prefix = entry[1].rpartition(":")[0] if entry else ""
    return re.sub(rf"(</?){prefix}:", r"\1", text) if prefix and f"xmlns:{prefix}" not in text else text


def _with_an_end(text: str, defects: list[str]) -> str:
    """The text up to its root's end, if it has one."""
    last_entry = max(text.rfind("</item"), text.rfind("</entry"), 0)
    ends = [found.end() for found in _END.finditer(text, last_entry)]
    if not ends:
        defects.append("the feed is cut off: its end is missing")
        return text
    if junk := _PROLOG.sub("", text[ends[-1] : ends[-1] + 20_000]).strip():
        defects.append(f"text behind the feed was left out: {_glimpse(junk)}")
    return text[: ends[-1]]


def _has_control(text: str) -> bool:
    """Ten times faster than the expression, and the answer is nearly always no."""
    raw = text.encode("utf-8", "replace")
    return len(raw.translate(None, _CONTROL_BYTES)) < len(raw) or "\ufffe" in text or "\uffff" in text


def _reference(reference: re.Match[str]) -> str:
    """Numeric references that XML forbids, which browsers pass over."""
    digits = reference[0][2:].rstrip(";")
    try:
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    except ValueError:  # thousands of digits
        return ""
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return reference[0] if allowed else ""


def _entity(entity: re.Match[str]) -> str:
    """HTML's named entities are unknown to XML: the character itself."""
    if entity[1] in _XML_OWN:
        return entity[0]
    name = entity[1]
    text = chr(name2codepoint[name]) if name in name2codepoint else html5.get(f"{name};")
    if text is None:
        return "&amp;" + entity[0][1:]
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fault(text: str) -> str | None:
    """What keeps the text from being well-formed XML; ``None`` where nothing does. Nothing is loaded, ever."""
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return f"line {error.lineno}: {expat.ErrorString(error.code)}"
    return None


def ampersands_mended(text: str) -> str:
    """With ``&amp;`` for every ampersand that begins nothing: the commonest fault, from addresses with parameters."""
    return _LONE_AMPERSAND.sub("&amp;", text)


_CHANNEL = re.compile(r"<channel(?:\s[^<>]*)?>", re.IGNORECASE)


def slices(text: str) -> Iterator[str]:
    """The feed as one little feed for each entry, after one with no entry: so that a broken entry costs no other."""
    starts = list(_ENTRY.finditer(text))
    if not starts:
        return
    root = _KNOWN.search(text)
    head = text[: starts[0].start()]
    opening, closing = "", ""
    if root is not None and root.end() <= starts[0].start():
        opening = text[root.start() : text.find(">", root.start()) + 1]
        closing = "</" + re.split(r"[\s/>]", opening[1:], maxsplit=1)[0] + ">"
        if root[1].lower() == "rss":
            channel = _CHANNEL.search(head, root.end())
            opening, closing = opening + (channel[0] if channel else "<channel>"), "</channel>" + closing
            head += "" if channel else "<channel>"
        yield head + closing
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        piece = text[start.start() : following.start() if following else len(text)]
        end = piece.rfind(f"</{start[1]}")
        yield opening + (piece[:end] if end > 0 else piece) + f"</{start[1]}>" + closing
