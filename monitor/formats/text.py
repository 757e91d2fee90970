"""The digest as plain text that survives mail and messengers: no markup, every foreign run in isolates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.digest import Digest, Piece
from monitor.formats.lines import outline
from monitor.formats.safe import link, plain
from monitor.formats.words import direction

__all__ = ["render"]

# UAX 9: what stands between FSI and PDI finds its own direction and moves nothing outside; RLM at the beginning of a
# line makes it run from the right whatever word it begins with.
_FSI, _PDI, _RLM = "\u2068", "\u2069", "\u200f"
_ADDRESS = re.compile(r"    https?://")


def render(digest: Digest) -> str:
    """Lines are as long as they are: mail programs and messengers wrap them better than we can."""
    right = direction(digest.language) == "rtl"
    lines = "\n".join(_tightened(outline(digest, _Pen()))).split("\n")
    return "".join(f"{_RLM if right and line and not _ADDRESS.match(line) else ''}{line.rstrip()}\n" for line in lines)


def _tightened(lines: Iterable[str]) -> Iterator[str]:
    """Empty lines only before a heading or the headline of a story."""
    for line in lines:
        if line.startswith(("═", "■", "▪")):
            yield ""
        if line:
            yield line


class _Pen:
    def title(self, level: int, text: str) -> str:
        return (text, f"═══ {text} ═══", f"■ {text}")[level - 1]

    def item(self, text: str) -> str:
        return f"  • {text}"

    def quote(self, text: str) -> str:
        return f"  {text}"

    def strong(self, text: str) -> str:
        return text

    def faint(self, text: str) -> str:
        return f"  ({text})"

    def text(self, text: str) -> str:
        return f"{_FSI}{plain(text).strip()}{_PDI}"

    def pieces(self, pieces: Iterable[Piece]) -> str:
        """The words that matched between brackets: plain text has no other way to mark."""
        shown = "".join(f"[{plain(p.text)}]" if p.marked else plain(p.text) for p in pieces)
        return f"{_FSI}{shown.strip()}{_PDI}" if shown.strip() else ""

    def link(self, url: str) -> str | None:
        found = link(url)
        # On a line of its own, without isolates: programs that make links of addresses would take a PDI into them.
        return f"\n    {found.href}" if found else None
