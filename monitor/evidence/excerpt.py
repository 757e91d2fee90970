"""A part of the ledger that proves what it shows and tells nothing of the rest.

Lines of what is handed on stand in it whole; of those between and after them only the digest, so that the chain can be computed up to
a root that others have, while the addresses that were watched besides stay at home.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from storage.ledger import NOTHING, Line, excerpted, read
from storage.proofs import Proofs
from storage.records import Root

__all__ = ["Excerpt", "excerpt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    chain: str
    lines: tuple[str, ...]
    begins_after: str
    """The root before the first line."""
    root: Root
    """After the last line."""
    shown: int
    """Lines that stand in it whole."""


def excerpt(proofs: Proofs, chain: str, captures: Collection[str], ends_at: datetime | None) -> Excerpt | None:
    """From the first entry about ``captures`` to the last one before ``ends_at`` (``None``: to the end), or to the last one about
    them where that is later. ``None``: there is none about them."""
    lines: list[str] = []
    kept, shown = 0, 0
    previous, begins, root = NOTHING, NOTHING, None
    enough = None
    for number, text, after in proofs.entries(chain):
        line = read(f'{{"previous":"{previous}","entry":{text}}}'.encode("ascii"), 0)
        assert line is not None
        assert line.entry is not None
        mine = line.entry.capture in captures and bool(line.entry.capture)
        if mine and not lines:
            begins = previous
        if mine or lines:
            lines.append(_shown(line) if mine else excerpted(line))
            shown += mine
            if mine or ends_at is None or line.entry.at < ends_at:
                kept = len(lines)
                root = Root(chain=chain, number=number, at=line.entry.at, hash=after)
            elif enough is None:
                enough = number
        previous = after
    if root is None:
        return None
    return Excerpt(chain=chain, lines=tuple(lines[:kept]), begins_after=begins, root=root, shown=shown)


def _shown(line: Line) -> str:
    return f'{{"previous":"{line.previous}","entry":{line.text}}}'
