"""The digest as Markdown that reads well as plain text too (CommonMark; nothing of it depends on an extension)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.digest import Digest, Piece
from monitor.formats.lines import outline
from monitor.formats.safe import link, plain
from monitor.formats.words import direction

__all__ = ["render"]

# ASCII punctuation that can begin markup anywhere in a line (CommonMark 2.4 lets a backslash stand before any of it).
_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$#^]")
# What GitHub's dialect turns into a link by itself: an address, www., a mail address.
_AUTOLINK = re.compile(r"(?i):(?=//)|(?<=www)\.|@|(?<=mailto):|(?<=xmpp):")
# What begins a list, a rule or the underline of a heading where it begins a line.
_OPENING = re.compile(r"^(\d{1,9})([.)])|^([-+=])")


def render(digest: Digest) -> str:
    """Headings, lists and block quotes; right to left by a ``div`` where the digest's language is Arabic."""
    lines = list(outline(digest, _Pen()))
    if direction(digest.language) == "rtl":
        lines = ['<div dir="rtl" lang="ar">', "", *lines, "", "</div>"]
    return "\n".join(lines).rstrip("\n") + "\n"


class _Pen:
    def title(self, level: int, text: str) -> str:
        return f"{'#' * level} {text}"

    def item(self, text: str) -> str:
        return f"- {text}"

    def quote(self, text: str) -> str:
        return f"> {text}"

    def strong(self, text: str) -> str:
        return f"**{text}**"

    def faint(self, text: str) -> str:
        return f"*{text}*"

    def text(self, text: str) -> str:
        """Reads the same in the source and rendered: only what would be markup gets its backslash."""
        escaped = _AUTOLINK.sub(r"\\\g<0>", _ACTIVE.sub(r"\\\g<0>", plain(text).strip()))
        return _OPENING.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)

    def pieces(self, pieces: Iterable[Piece]) -> str:
        return "".join(self._piece(piece) for piece in pieces).strip()

    def _piece(self, piece: Piece) -> str:
        bare = plain(piece.text)
        text = self.text(bare)
        # The blanks at the ends stay outside: ** before a blank opens nothing.
        left, right = (" " if end.isspace() else "" for end in (bare[:1], bare[-1:]))
        if not text:
            return left
        return f"{left}**{text}**{right}" if piece.marked else f"{left}{text}{right}"

    def link(self, url: str) -> str | None:
        found = link(url)
        if found is None:
            return None
        destination = found.href.replace("(", "%28").replace(")", "%29")
        return f"[{self.text(found.host)}]({destination})"
