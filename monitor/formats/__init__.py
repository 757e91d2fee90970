"""Digest formats: a new one is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.digest import Digest
from monitor.formats.atom import render as atom
from monitor.formats.html import render as html
from monitor.formats.json import render as json
from monitor.formats.mail import render as mail
from monitor.formats.markdown import render as markdown
from monitor.formats.text import render as text

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """How a Digest becomes a file."""

    suffix: str
    """With the dot."""
    render: Callable[[Digest], str]
    """The same Digest gives the same characters; what it gives can be encoded in UTF-8."""


FORMATS: Mapping[str, Format] = {
    "html": Format(".html", html),
    "markdown": Format(".md", markdown),
    "text": Format(".txt", text),
    "json": Format(".json", json),
    "atom": Format(".atom", atom),
    "mail": Format(".eml", mail),
}
