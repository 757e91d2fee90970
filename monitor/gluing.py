"""Words that a page has run together: روسياوتركيا, دير الزورسوريا. Pure.

Pages lose the space where a headline, a caption or a line break was. A word that no dictionary knows is cut in two; the
cut counts where one side is watched and the other is a word in use. Where the letters at the cut join, which a missing
space does not do by itself, both have to be longer or more usual.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["beside", "cuts"]

_NON_JOINING = frozenset("اأإآدذرزوةىء")
"""Letters that do not join to the left: after them a missing space is not seen."""
_SHORT = frozenset({"تم", "ثم", "في", "من", "عن", "أو", "او"})
"""Words of two letters that are found glued to others."""
_LEAST = 6


def cuts(folded: str) -> Iterator[tuple[str, str, bool]]:
    """Every way to cut a word: (the side that may be watched, the other side, whether the letters at the cut join)."""
    if len(folded) < _LEAST:
        return
    for cut in range(2, len(folded) - 1):
        left, right = folded[:cut], folded[cut:]
        seen = left[-1] not in _NON_JOINING
        for one, other in ((left, right), (right, left)):
            if len(one) >= 3:
                yield one, other, seen


def beside(use: float, other: str, seen: bool, watched: int, *, named: bool) -> bool:
    """Whether ``other``, of Zipf frequency ``use``, is a word to which one of ``watched`` letters may be glued."""
    if other in _SHORT:
        return not seen or watched >= 5
    if len(other) < 3 or (watched < 4 and use < 4.2):
        return False
    if not seen or (named and len(other) >= 4 and watched >= 4):
        return use >= (2.0 if len(other) >= 4 else 3.0)
    return use >= (2.5 if len(other) >= 6 and watched >= 5 else 3.6 if len(other) >= 4 and watched >= 4 else 5.0)
