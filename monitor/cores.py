"""Whether a watched stem can stand in a word at all: told in a microsecond, where taking the word apart takes fifty. Pure.

What is written onto a stem changes its last letter at the most (مدينة, مدينته), and what is glued to it stands before or after: so much
of every watched stem as stays in any word that meets it is its core.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Cores"]


class Cores:
    """The cores of watched stems, given as :func:`monitor.arabic.relax` gives them."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._cores = {stem[:-1] or stem for stem in stems if stem}
        self._letters = frozenset(core for core in self._cores if len(core) == 1)
        lengths: dict[str, set[int]] = {}
        for core in self._cores:
            if len(core) > 1:
                lengths.setdefault(core[:2], set()).add(len(core))
        self._lengths = {begin: tuple(sorted(found)) for begin, found in lengths.items()}
        """Of the cores that begin with these two letters."""

    def within(self, word: str) -> bool:
        """Whether one stands somewhere in a relaxed word."""
        if not self._letters.isdisjoint(word):
            return True
        for at in range(len(word) - 1):
            for length in self._lengths.get(word[at : at + 2], ()):
                if word[at : at + length] in self._cores:
                    return True
        return False
