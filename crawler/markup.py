"""Plain text out of scraps of HTML: titles, summaries and names as feeds carry them.

Not for pages (:mod:`crawler.pages`): nothing is judged here, only markup is taken off. Linear in its input,
whatever that is: unclosed tags and comments by the thousand are what broken feeds are made of.
"""

from __future__ import annotations

import html
import re

__all__ = ["BLOCKS", "one_line", "paragraphs"]

_TOKEN = re.compile(r"(</?[A-Za-z!?][^<>]*>)")  # "5 < 6" and «<خبر>» are text
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:]*)")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNREAD = frozenset(("script", "style"))
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form",
     "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul")
)  # fmt: skip
_ESCAPED_TWICE = 3
"""Titles come escaped up to three times over: once for XML, once for HTML, once by mistake."""


def one_line(markup: str | None) -> str | None:
    """The text of a title or name on one line; ``None`` where there is none."""
    text = paragraphs(markup)
    return " ".join(text.split()) if text else None


def paragraphs(markup: str | None) -> str | None:
    """The text, a line for each paragraph, single spaces; ``None`` where there is none.

    Scripts and styles are dropped with what is in them, entities become characters, also where they had been
    escaped more than once.
    """
    text = _flat(markup or "")
    for _ in range(_ESCAPED_TWICE):
        before, text = text, _ENTITY.sub(lambda entity: html.unescape(entity[0]), _without_tags(text))
        if text == before:
            break
    lines = (" ".join(line.split()) for line in _CONTROL.sub("", text).split("\n"))
    return "\n".join(filter(None, lines)) or None


def _without_tags(markup: str) -> str:
    if "<" not in markup:
        return markup
    kept: list[str] = []
    unread: str | None = None
    for position, token in enumerate(_TOKEN.split(markup)):
        if position % 2 == 0:
            if unread is None:
                kept.append(token)
            continue
        tag = _TAG.match(token)
        name = tag[1].lower() if tag else ""
        if unread is not None:
            unread = None if token.startswith("</") and name == unread else unread
        elif name in _UNREAD and not token.endswith("/>"):
            unread = None if token.startswith("</") else name
        elif name in BLOCKS:
            kept.append("\n")
    return "".join(kept)


def _flat(markup: str) -> str:
    """Line breaks of the source are spaces; those of the text are block tags."""
    return markup.replace("\r", " ").replace("\n", " ") if "</" in markup or "/>" in markup else markup
