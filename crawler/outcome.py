"""How things ended: a Fate for every Entry, an Outcome for every Source, per pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Ending", "Fate", "Gap", "Outcome"]


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
class Gap:
    """A stretch of a source's publishing that fell out between two looks: the newer one shows nothing of the older one."""

    since: datetime | None
    """When the newest entry of the older look was published, as far as that is known."""
    until: datetime | None
    """When the oldest entry of the newer look was published, as far as that is known."""
    filled: bool
    """What is older was asked for until it met what was known."""
    asked: int = 0
    """Older listings that were asked for."""
    found: int = 0
    """Entries in them that were not in the newest one."""
    why: str = ""
    """Why it could not be filled."""


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
    gap: Gap | None = None
    heard: tuple[datetime, ...] = ()
    """When the entries of the listing were published, newest first, as far as it says; of others, when they were first seen."""
    not_before: datetime | None = None
    """The host or the listing asks not to be asked again before."""
    gone: bool = False
    """The host says that there is nothing there any more, or has no name."""
    requests: int = 0
    """Pages and listings that were asked for, looks at what we have among them."""
    looks: int = 0
    """Pages that were asked for once more."""

    def __post_init__(self) -> None:
        if sum(self.fates.values()) != self.entries:
            raise ValueError(f"{self.source}: {self.entries} entries, but fates {dict(self.fates)}")

    @property
    def in_trouble(self) -> bool:
        return self.ending not in (Ending.READ, Ending.UNCHANGED)
