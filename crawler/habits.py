"""What the texts of a source are like, learned from those that were read well, and whether a new one is like them.

One number is no reason to refuse a text: outlets that write long print a flash now and then, a headline can be a
play on words. What a broken layout gives (a teaser, a cookie notice, the sidebar, another language's error page)
differs in two ways at once, or in its script. What is refused gives way to the listing's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crawler.folding import overlap, words
from crawler.languages import arabic_share
from crawler.source import Habits

__all__ = ["ENOUGH", "Measure", "learned", "measured", "short", "unlike"]

N = TypeVar("N", int, float)

ENOUGH = 20
"""Articles: fewer say nothing of what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One text in numbers."""

    length: int
    """Characters."""
    arabic: float
    """Letters of the Arabic script among all letters, 0 to 1."""
    named: float | None
    """The share of the headline's words that stand in the text; ``None`` where the headline has hardly any."""


def measured(title: str, text: str) -> Measure:
    """A text in numbers."""
    named = overlap(text, title) if len(words(title)) >= 3 else None
    return Measure(length=len(text), arabic=arabic_share(text), named=named)


def learned(measures: Iterable[Measure]) -> Habits | None:
    """The habits that these texts show; ``None`` where they are too few."""
    seen = list(measures)
    if len(seen) < ENOUGH:
        return None
    lengths = sorted(one.length for one in seen)
    named = sorted(one.named for one in seen if one.named is not None)
    return Habits(
        articles=len(seen),
        shortest=_at(lengths, 0.05),
        middle=_at(lengths, 0.5),
        longest=_at(lengths, 0.95),
        arabic=round(_at(sorted(one.arabic for one in seen), 0.05), 3),
        named=round(_at(named, 0.1), 3) if len(named) >= ENOUGH // 2 else 0.0,
    )


def _at(ordered: Sequence[N], share: float) -> N:
    return ordered[int(share * (len(ordered) - 1))]


def short(one: Measure, usual: Habits) -> bool:
    """Whether a text is far shorter than the source's are: a flash, or what a broken layout leaves."""
    return one.length < min(usual.shortest, usual.middle / 4)


def unlike(one: Measure, usual: Habits) -> str:
    """Why a text cannot be one of this source; empty where it can."""
    if one.arabic < usual.arabic - 0.4:
        return f"{one.arabic:.0%} of its letters are Arabic, of this source's texts {usual.arabic:.0%} and more"
    if one.named is None or one.named >= min(usual.named, 0.5):
        return ""
    said = f"{one.named:.0%} of the headline's words stand in it, in this source's texts {usual.named:.0%} and more"
    if one.length < usual.shortest:
        return f"{said}, and it has {one.length} characters where they have {usual.shortest} and more"
    if one.length > 3 * usual.longest:
        return f"{said}, and it has {one.length} characters where they have at most {usual.longest}"
    if one.named == 0 and usual.named >= 0.2 and one.length < usual.middle:
        return said
    return ""
