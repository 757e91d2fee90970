"""Which words an Arabic form may be, ranked by how usual each is. Pure.

A form is split into clitics and stem in every way its letters allow (:mod:`monitor.clitics`); each stem that the lexicon
knows is a reading. Its weight: the prior of the lexeme, the share of that form in it, the clitics' weight, and how far
the spelling is from the dictionary's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.clitics import ARTICLE, FUTURE, LAM, NOMINAL, PRONOUN, VERBAL, splits
from monitor.lexicon import Entry, Lexicon

__all__ = ["Reading", "candidates", "readings", "spelling"]

_PRESENT, _PASSIVE = 2, 64
_NO_ARTICLE, _NO_PRONOUN, _ONLY_ARTICLE = 8, 16, 32


_NONE = (0.0, "")


@dataclass(frozen=True, slots=True)
class Reading:
    """A lexeme that a form may be, with the probability that it is."""

    lexeme: int
    share: float


def spelling(printed: str, written: str) -> float:
    """How likely a page prints ``written`` as ``printed``; both folded, of one length, alike under ``relax``.

    One way: ا stands for أ إ آ all over the Arabic press; an explicit أ for a bare ا is a rare slip.
    """
    if printed == written:
        return 1.0
    chance = 1.0
    for have, want in zip(printed, written, strict=True):
        if have != want:
            chance *= _SLIPS.get(have + want, 0.1)
    return chance


_SLIPS = {
    **dict.fromkeys(("اأ", "اإ"), 0.15),
    "اآ": 0.04,
    **dict.fromkeys(("أا", "إا", "آا"), 0.01),
    **{a + b: 0.02 for a in "أإآ" for b in "أإآ" if a != b},
    "يى": 0.1, "ىي": 0.15, "هة": 0.03, "ةه": 0.001,
}  # fmt: skip


def candidates(
    word: str, look: Callable[[str], Sequence[Entry]], class_of: Callable[[int], str], *, inner: bool = False
) -> dict[int, tuple[float, str]]:
    """lexeme -> (weight, form) of the best way in which ``word`` (folded, two letters or more) is a form of it.

    ``inner``: it stands inside a phrase, where only ال may be before it.
    """
    found: dict[int, tuple[float, str]] = {}
    if len(word) < 2:
        return found
    for stem, weight, classes, marks in splits(word, inner=inner):
        for form, lexeme, share, join in look(stem):
            verb = class_of(lexeme) == "V"
            if not classes & (VERBAL if verb else NOMINAL):
                continue
            if marks:
                if marks & (FUTURE | LAM) and not join & _PRESENT:
                    continue
                if marks & ARTICLE and join & _NO_ARTICLE:
                    continue
                if marks & PRONOUN and join & (_NO_PRONOUN | _PASSIVE):
                    continue
            if join & _ONLY_ARTICLE and not marks & ARTICLE:
                continue
            chance = weight * share * spelling(stem, form)
            if chance > 1e-9 and chance > found.get(lexeme, _NONE)[0]:
                found[lexeme] = chance, form
    return found


def readings(word: str, lexicon: Lexicon) -> list[Reading]:
    """What a folded word may be, the likeliest first; shares add up to 1. Empty where the lexicon does not know it."""
    found = candidates(word, lexicon.entries, lexicon.class_of)
    weights = {lexeme: chance * lexicon.prior(lexeme) for lexeme, (chance, _) in found.items()}
    total = sum(weights.values())
    if not total:
        return []
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    return [Reading(lexeme, weight / total) for lexeme, weight in ranked]
