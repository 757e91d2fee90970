"""How things ended: a Fate for every Entry, an Outcome for every Source, per pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Ending", "Fate", "Outcome"]


class Fate(StrEnum):
    """How one Entry ended in a pass. Each Entry has exactly one."""

    KNOWN = "known"
    STORED = "stored"
    OFF_TOPIC = "off topic"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    CHALLENGED = "challenged"
    NEEDS_BROWSER = "needs a browser"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    """Its turn did not come: the pass was ended, or its host asked to wait. Nothing is held against it; the next pass sees it."""


class Ending(StrEnum):
    """How a Source ended in a pass."""

    READ = "read"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    """It answered, and no entry could be found in the answer."""
    REFUSED = "refused"
    """We were told not to (robots.txt, 401, 403, 429) or may not (the guard)."""
    CHALLENGED = "challenged"
    FAILED = "failed"
    """No answer, a broken answer, a server error."""
    CUT = "cut"
    """The pass was ended before the source was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a source ended in a pass, why, and the count of each Fate: they add up to ``entries``."""

    source: str
    ending: Ending
    why: str = ""
    entries: int = 0
    fates: Mapping[Fate, int] = field(default_factory=dict)
    defects: tuple[str, ...] = ()
    """What was wrong with the listing and could be borne."""
    started_at: datetime
    ended_at: datetime

    def __post_init__(self) -> None:
        if sum(self.fates.values()) != self.entries:
            raise ValueError(f"{self.source}: {self.entries} entries, but fates {dict(self.fates)}")

    @property
    def in_trouble(self) -> bool:
        return self.ending not in (Ending.READ, Ending.UNCHANGED)
