"""A page's markup as a tree and as the lines a reader would see, with limits on what a page may cost.

The limits are those at which lxml and trafilatura stop being linear: 200,000 links take more than a minute,
50,000 attributes in one tag as long. A news page has 300 to 3,000 elements.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from crawler.folding import squeeze

__all__ = ["BLOCKS", "Line", "Sheet", "TooMuch", "marks", "parse", "plain", "text_of", "tokens"]

MAX_BYTES = 5 * 1024 * 1024
MAX_TAGS = 60_000
MAX_TAG_LENGTH = 200_000
MAX_ATTRIBUTES = 2_000

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
SILENT = frozenset(
    [
        "audio",
        "button",
        "canvas",
        "figcaption",
        "head",
        "iframe",
        "input",
        "ins",
        "map",
        "math",
        "noscript",
        "object",
        "option",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    ]
)
"""Elements whose text is never the article's."""

_SKIPPED_MARKUP = re.compile(r"<(script|style)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{5000,}")


class TooMuch(Exception):  # noqa: N818  it is no error: a page is refused before it costs
    """A page that would cost more than a news page may; the message says what there is too much of."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line that a reader of the page would see: the text of a block, or of a part of it between two ``<br>``."""

    text: str
    link: int
    """How many of its characters are link text."""
    block: HtmlElement
    """The block element it stands in."""
    inline: bool
    """Whether its block has further lines."""

    @property
    def linked(self) -> bool:
        """Mostly link: a teaser, a tag, a menu entry."""
        return self.link > 0.7 * len(self.text)


def parse(text: str) -> HtmlElement | None:
    """The tree of a decoded page, without comments; ``None`` where there is nothing. Raises :class:`TooMuch`."""
    if len(text) > MAX_BYTES:
        raise TooMuch(f"{len(text):,} characters")
    tags = _tags(text)
    if tags > MAX_TAGS:
        raise TooMuch(f"{tags:,} tags")
    for tag in _LONG_TAG.finditer(text):
        attributes = tag[0].count("=")
        if attributes > MAX_ATTRIBUTES or (len(tag[0]) > MAX_TAG_LENGTH and attributes > 50):
            raise TooMuch(f"a tag of {len(tag[0]):,} characters")
    clean = _CONTROL.sub("", text)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = etree.fromstring(clean.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root if isinstance(root, HtmlElement) else None


def _tags(text: str) -> int:
    """Tags outside scripts and styles: a page's state in JSON may hold any number of ``<``."""
    low = text.lower()
    if len(low) != len(text):  # a letter that is two in lower case
        return text.count("<")
    count, at = 0, 0
    for opening in _SKIPPED_MARKUP.finditer(text):
        if opening.start() < at:
            continue
        count += text.count("<", at, opening.start())
        at = low.find(f"</{opening[1].lower()}", opening.end())
        if at < 0:
            return count
    return count + text.count("<", at)


_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def marks(element: HtmlElement) -> str:
    """What an element calls itself: id, classes, itemprop and role, humps parted (``articleDate``: ``article-Date``)."""
    attributes = element.attrib
    if not attributes:
        return ""
    names = " ".join(value for key in ("id", "class", "itemprop", "role") if (value := attributes.get(key)))
    if "elementor-" in names:  # which calls everything a widget, the article's text too
        names = " ".join(name for name in names.split() if not name.startswith("elementor-"))
    return _HUMP.sub("-", names[:500]) if names else ""


def tokens(element: HtmlElement) -> list[str]:
    """The id and the class tokens of an element."""
    names = (element.get("class") or "").split()[:40]
    identity = element.get("id")
    return [identity.strip(), *names] if identity else names


def plain(element: HtmlElement) -> bool:
    """Whether it is an element at all, not a comment, an instruction or an entity."""
    return isinstance(element.tag, str)


class Sheet:
    """The lines of a tree in reading order, and which of them stand in which block: one walk, then only look-ups."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.lines: list[Line] = []
        self.spans: dict[HtmlElement, tuple[int, int]] = {}
        for block, pieces, broken in self._runs():
            text = squeeze("".join([piece for piece, _ in pieces]))
            if text:
                links = [piece for piece, linked in pieces if linked]
                link = (
                    0 if not links else len(text) if len(links) == len(pieces) else sum(map(len, map(squeeze, links)))
                )
                self.lines.append(Line(text, link, block, broken))

    def without(self, removed: Collection[HtmlElement]) -> Sheet:
        """The sheet of the same tree after those blocks were taken out of it."""
        gone = bytearray(len(self.lines))
        for element in removed:
            start, end = self.spans.get(element, (0, 0))
            gone[start:end] = b"\x01" * (end - start)
        moved = [0, *accumulate(1 - flag for flag in gone)]
        left = object.__new__(Sheet)
        left.root = self.root
        left.lines = [line for line, flag in zip(self.lines, gone, strict=True) if not flag]
        left.spans = {element: (moved[start], moved[end]) for element, (start, end) in self.spans.items()}
        return left

    def within(self, element: HtmlElement) -> list[Line]:
        """The lines inside a block element."""
        start, end = self.spans.get(element, (0, 0))
        return self.lines[start:end]

    def size(self, element: HtmlElement) -> int:
        """Characters of text inside a block element."""
        return sum(len(line.text) for line in self.within(element))

    def _runs(self) -> Iterator[tuple[HtmlElement, list[tuple[str, bool]], bool]]:
        """Runs of text between two borders (a block's begin or end, a ``<br>``), with whether each piece is a link."""
        pieces: list[tuple[str, bool]] = []
        stack = [self.root]
        starts = [0]
        links = silent = 0
        broken = False
        for event, node in etree.iterwalk(self.root, events=("start", "end")):
            tag = node.tag if isinstance(node.tag, str) else "script"
            block = tag in BLOCKS
            if (block or tag == "br") and pieces:
                yield stack[-1], pieces, broken or tag == "br"
                pieces = []
            mute = tag in SILENT or ("style" in node.attrib and _hidden(node))
            if event == "start":
                silent += mute
                links += _is_link(node)
                if block:
                    stack.append(node)
                    starts.append(len(self.lines))
                    broken = False
                elif tag == "br":
                    broken = True
                if node.text and not silent:
                    pieces.append((node.text, links > 0))
                continue
            silent -= mute
            links -= _is_link(node)
            if block and len(stack) > 1:
                self.spans[stack.pop()] = (starts.pop(), len(self.lines))
                broken = False
            if node is not self.root and node.tail and not silent:
                pieces.append((node.tail, links > 0))
        if pieces:
            yield stack[-1], pieces, broken
        self.spans[self.root] = (0, len(self.lines))


def text_of(element: HtmlElement) -> str:
    """All text of an element on one line, without what is never shown."""
    return squeeze(" ".join(line.text for line in Sheet(element).lines))


def _is_link(element: HtmlElement) -> bool:
    """Whether it is a link: an ``<a name>`` left open swallows the rest of an old page."""
    return element.tag == "a" and "href" in element.attrib


_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def _hidden(element: HtmlElement) -> bool:
    return _HIDDEN.search(element.get("style") or "") is not None
