"""A page's markup as a tree and as the lines a reader would see, with limits on what a page may cost.

The limits are those at which lxml and trafilatura stop being linear: 200,000 links take more than a minute,
50,000 attributes in one tag as long. A news page has 300 to 3,000 elements.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import cast

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from crawler.folding import squeeze

__all__ = ["BLOCKS", "Line", "Sheet", "TooMuch", "marks", "named", "parse", "plain", "text_of", "tokens"]

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

_INLINE, _SILENT, _BREAK, _BLOCK = range(4)
_KINDS = dict.fromkeys(SILENT, _SILENT) | dict.fromkeys(BLOCKS, _BLOCK) | {"br": _BREAK}
_STYLED = etree.XPath("descendant-or-self::*/@style/..")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SKIPPED_MARKUP = re.compile(r"<(script|style)\b", re.IGNORECASE)
_CONTROL = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_LONG = 5_000


class TooMuch(Exception):  # noqa: N818  it is no error: a page is refused before it costs
    """A page that would cost more than a news page may; the message says what there is too much of."""


@dataclass(slots=True, eq=False)  # not frozen: a page has thousands, and to make a frozen one takes three times as long
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
    if text.count("<") > MAX_TAGS and (tags := _tags(text)) > MAX_TAGS:
        raise TooMuch(f"{tags:,} tags")
    for size, attributes in _long_tags(text):
        if attributes > MAX_ATTRIBUTES or (size > MAX_TAG_LENGTH and attributes > 50):
            raise TooMuch(f"a tag of {size:,} characters")
    clean = text.encode("utf-8", "ignore").translate(None, _CONTROL)  # what is ignored is lone surrogates
    if b"\xef\xbf" in clean:
        clean = clean.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")  # U+FFFE, U+FFFF
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = etree.fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root if isinstance(root, HtmlElement) else None


def _long_tags(text: str) -> Iterator[tuple[int, int]]:
    """How many characters long tags have, and how many ``=``. A regular expression needs seven times as long."""
    for piece in text.split("<")[1:]:
        if len(piece) > _LONG and piece[0].isascii() and piece[0].isalpha():
            end = piece.find(">")
            tag = piece if end < 0 else piece[:end]
            if len(tag) > _LONG:
                yield len(tag) + 1, tag.count("=")


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
    given = element.get
    names = given("id"), given("class"), given("itemprop"), given("role")
    if names == _NAMELESS:
        return ""
    return _marks(names) if sum([len(name) for name in names if name]) <= _NAMES else _marked(names)


_NAMELESS = (None,) * 4
_NAMES = 1_000
"""Characters: what is longer is not remembered, so that a hostile page cannot fill the memory."""


def _marked(given: tuple[str | None, ...]) -> str:
    names = " ".join(filter(None, given))
    if "elementor-" in names:  # which calls everything a widget, the article's text too
        names = " ".join(name for name in names.split() if not name.startswith("elementor-"))
    return _HUMP.sub("-", names[:500]) if names else ""


_marks = lru_cache(maxsize=4096)(_marked)
"""A site's pages call their elements the same, and one element is asked what it is a dozen times."""


def tokens(element: HtmlElement) -> tuple[str, ...]:
    """The id and the class tokens of an element."""
    identity, classes = named(element)
    names = classes.split()[:40]
    return (identity.strip(), *names) if identity else tuple(names)


def named(element: HtmlElement) -> tuple[str, str]:
    """The id and the classes of an element, as far as anybody looks at them."""
    identity, classes = element.get("id") or "", element.get("class") or ""
    if len(identity) + len(classes) > _NAMES:
        return identity[:_NAMES], classes[:_NAMES]
    return identity, classes


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
            text = "".join([piece for piece, _ in pieces])
            if not text.isspace() and (text := squeeze(text)):
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
        styled = cast("list[HtmlElement]", _STYLED(self.root))
        hidden = {element for element in styled if _HIDDEN.search(element.get("style") or "")}
        opened: list[tuple[int, bool, bool]] = []  # of each open element: what kind it is, whether it is a link, mute
        for event, node in etree.iterwalk(self.root, events=("start", "end")):
            if event == "start":
                tag = node.tag if isinstance(node.tag, str) else "script"
                kind = _KINDS.get(tag, _INLINE)
                # an <a name> left open swallows the rest of an old page
                link = tag == "a" and node.get("href") is not None
                mute = kind == _SILENT or node in hidden
                opened.append((kind, link, mute))
                if kind >= _BREAK and pieces:
                    yield stack[-1], pieces, broken or kind == _BREAK
                    pieces = []
                silent += mute
                links += link
                if kind == _BLOCK:
                    stack.append(node)
                    starts.append(len(self.lines))
                    broken = False
                elif kind == _BREAK:
                    broken = True
                if not silent and (text := node.text):
                    pieces.append((text, links > 0))
                continue
            kind, link, mute = opened.pop()
            if kind >= _BREAK and pieces:
                yield stack[-1], pieces, broken or kind == _BREAK
                pieces = []
            silent -= mute
            links -= link
            if kind == _BLOCK and len(stack) > 1:
                self.spans[stack.pop()] = (starts.pop(), len(self.lines))
                broken = False
            if not silent and node is not self.root and (text := node.tail):
                pieces.append((text, links > 0))
        if pieces:
            yield stack[-1], pieces, broken
        self.spans[self.root] = (0, len(self.lines))


def text_of(element: HtmlElement) -> str:
    """All text of an element on one line, without what is never shown."""
    return squeeze(" ".join(line.text for line in Sheet(element).lines))
