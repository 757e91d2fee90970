"""Mentions per day of a watch list, and today against the usual. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

__all__ = ["DAYS", "Chart", "DayCount", "chart"]

DAYS = 30
_KNOWN = 7
"""Days that were watched before "the usual" is spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    day: date
    found: int | None
    """Flagged articles, reprints among them; ``None``: no pass on that day, nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The days up to that of the digest, oldest first, the digest's own last."""

    days: tuple[DayCount, ...]
    usual: float | None
    """The median of the days before that were watched; ``None`` where these are fewer than seven."""

    @property
    def today(self) -> int | None:
        return self.days[-1].found

    @property
    def most(self) -> int:
        return max((one.found or 0 for one in self.days), default=0)


def chart(days: Sequence[tuple[date, int | None]]) -> Chart:
    """Of the days' counts, oldest first."""
    before = [found for _, found in days[:-1] if found is not None]
    usual = float(median(before)) if len(before) >= _KNOWN else None
    return Chart(days=tuple(DayCount(day=day, found=found) for day, found in days), usual=usual)
