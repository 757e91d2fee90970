"""One source's part of a pass, counted: a Fate for every Entry, an Outcome at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from crawler.outcome import Ending, Fate, Gap, Outcome
from crawler.source import Source

__all__ = ["Tally"]

_RETRIED = frozenset({Fate.UNREADABLE, Fate.REFUSED, Fate.CHALLENGED, Fate.NEEDS_BROWSER, Fate.FAILED})


@dataclass(slots=True)
class Tally:
    source: Source
    started_at: datetime
    ending: Ending = Ending.READ
    why: str = ""
    defects: tuple[str, ...] = ()
    seen: int = 0
    """Entries in the listing."""
    fates: Counter[Fate] = field(default_factory=Counter)
    gap: Gap | None = None
    heard: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    gone: bool = False
    requests: int = 0
    looks: int = 0

    def count(self, fate: Fate) -> None:
        self.fates[fate] += 1

    def end(self, ending: Ending, why: str = "") -> None:
        self.ending, self.why = ending, why

    @property
    def not_reached(self) -> int:
        """Entries that had no turn, for whatever reason."""
        return self.seen - self.fates.total()

    @property
    def to_be_retried(self) -> bool:
        """An Entry had a Fate that another try may better."""
        return any(self.fates[fate] for fate in _RETRIED)

    def outcome(self, now: datetime) -> Outcome:
        why, fates = self.why, {fate: self.fates[fate] for fate in Fate if self.fates[fate]}
        if self.not_reached:
            why = f"{why}: {self.not_reached} of {self.seen} entries were not reached"
            fates[Fate.NOT_REACHED] = self.not_reached
        return Outcome(
            source=self.source.name,
            ending=self.ending,
            why=why,
            entries=self.seen,
            fates=fates,
            defects=self.defects,
            started_at=self.started_at,
            ended_at=now,
            gap=self.gap,
            heard=self.heard,
            not_before=self.not_before,
            gone=self.gone,
            requests=self.requests,
            looks=self.looks,
        )
