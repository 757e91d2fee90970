"""How two texts overlap, told by alignment and not by a score of shingles. Pure.

A share of common shingles cannot tell "a fifth of the words replaced throughout" (a reprint that was edited) from
"half of this story and half of another" (a round-up). Where the common words stand can: in long runs, or in scraps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

__all__ = ["Overlap", "overlap", "overlaps"]

_GAP = 6
"""Words that may differ inside a run."""
_FEWEST = 8
"""Common words that make a run: less is a name and a title, or a figure of speech."""
_WHOLE, _MUCH_LONGER = 0.95, 0.3
_THINNEST = 0.35
"""Share of common words in a run."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a later text and an earlier one have in common; shares are 0 … 1."""

    later: float
    """Share of the later text's words that stand in common runs."""
    earlier: float
    density: float
    """Share of words inside the runs that are really the same, in the text where it is lower; where one text is nearly
    whole in a much longer one, in that text: the longer one has stray words of it everywhere."""
    places: frozenset[int]
    """Word numbers of the later text that stand in common runs."""
    sources: frozenset[int] = frozenset()
    """The same of the earlier text."""
    common: int = 0
    """Words inside the runs that are really the same, in the text where they are fewer."""


def overlap(later: Sequence[str], earlier: Sequence[str]) -> Overlap:
    """Compare two texts given as folded words. Symmetric but for what is named after the one or the other."""
    return next(overlaps(later, (earlier,)))


def overlaps(later: Sequence[str], others: Iterable[Sequence[str]]) -> Iterator[Overlap]:
    """One text with each of several earlier ones."""
    pairs = set(pairwise(later))
    for earlier in others:
        yield _overlap(later, earlier, pairs.intersection(pairwise(earlier)))


def _overlap(later: Sequence[str], earlier: Sequence[str], common: set[tuple[str, str]]) -> Overlap:
    runs_later, same_later = _runs(later, common)
    runs_earlier, same_earlier = _runs(earlier, common)
    if not runs_later or not runs_earlier:
        return Overlap(0.0, 0.0, 0.0, frozenset())
    shares = len(runs_later) / len(later), len(runs_earlier) / len(earlier)
    densities = same_later / len(runs_later), same_earlier / len(runs_earlier)
    within = max(shares) >= _WHOLE and max(shares) - min(shares) > _MUCH_LONGER
    return Overlap(
        later=shares[0],
        earlier=shares[1],
        density=densities[shares[1] > shares[0]] if within else min(densities),
        places=frozenset(runs_later),
        sources=frozenset(runs_earlier),
        common=min(same_later, same_earlier),
    )


def _runs(words: Sequence[str], common: set[tuple[str, str]]) -> tuple[list[int], int]:
    """Word numbers that stand in runs, and how many of them are common words."""
    places: list[int] = []
    same = count = start = 0
    last = -_GAP - 2
    fewest = min(_FEWEST, len(words))
    found = compress(range(len(words)), map(common.__contains__, pairwise(words)))
    for number in (*found, len(words) + _GAP + 1):  # the end is a gap
        if number - last > _GAP + 1:
            if count >= fewest and count / (last + 1 - start) >= _THINNEST:
                places.extend(range(start, last + 1))
                same += count
            start, count = number, 2
        else:
            count += 1 if number == last else 2
        last = number + 1
    return places, same
