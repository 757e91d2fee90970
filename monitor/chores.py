"""What the service does for itself: each chore has a rhythm, an Outcome of its own, and its due time in the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from crawler.errors import RasidError

if TYPE_CHECKING:
    from monitor.config import Settings

__all__ = ["KEY", "Chore", "Done", "due", "read", "rhythms", "work"]

KEY = "chores"
_DAY = timedelta(days=1)
_AGAIN = timedelta(hours=1)
"""One that failed is tried again after so long, and not at every look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    name: str
    every: timedelta
    do: Callable[[], str]
    """Does it, and says in a few words what came of it. Raises :class:`RasidError` when it could not be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a chore ended the last time."""

    name: str
    started_at: datetime
    ended_at: datetime
    well: bool
    what: str
    """What came of it, or why nothing did."""
    well_at: datetime | None
    """The last time that it ended well."""
    failures: int = 0
    """In a row."""


class _Memory(Protocol):
    def recall(self, key: str) -> Mapping[str, str] | None: ...
    def remember(self, key: str, value: Mapping[str, str]) -> None: ...


def rhythms(settings: Settings) -> Mapping[str, timedelta]:
    """The chores, in the order in which they are done, and how often."""
    sending = {"send": timedelta(hours=1)} if settings.captures.store else {}
    return {"check": 7 * _DAY, "backup": settings.backup.every, "retention": _DAY, "optimize": _DAY} | sending


def read(value: Mapping[str, str] | None) -> dict[str, Done]:
    """From the store's memory, by name."""
    found = {}
    for name, text in (value or {}).items():
        one = json.loads(text)
        times = {
            key: datetime.fromisoformat(one[key]) if one[key] else None for key in ("started_at", "ended_at", "well_at")
        }
        found[name] = Done(**one | times | {"name": name})
    return found


def _written(done: Mapping[str, Done]) -> Mapping[str, str]:
    return {
        name: json.dumps(
            {
                "started_at": one.started_at.isoformat(),
                "ended_at": one.ended_at.isoformat(),
                "well": one.well,
                "what": one.what,
                "well_at": one.well_at.isoformat() if one.well_at else None,
                "failures": one.failures,
            },
            ensure_ascii=False,
        )
        for name, one in done.items()
    }


def due(rhythms: Mapping[str, timedelta], done: Mapping[str, Done], now: datetime) -> list[str]:
    """Names of the chores that are due, in the order given. One that was done in the future (the clock was set back) is due."""
    wanted = []
    for name, every in rhythms.items():
        last = done.get(name)
        if last is None:
            wanted.append(name)
            continue
        wait = every if last.well else min(_AGAIN * 2 ** min(last.failures - 1, 5), every)
        if not timedelta() <= now - last.started_at < wait:
            wanted.append(name)
    return wanted


def work(chores: Sequence[Chore], memory: _Memory, now: Callable[[], datetime]) -> list[Done]:
    """Do ``chores`` one after the other, and write down how each ended; one that fails keeps no other from its turn."""
    ended = []
    for chore in chores:
        before = read(memory.recall(KEY))
        began = now()
        try:
            well, what = True, chore.do()
        except RasidError as error:
            well, what = False, str(error)
        last = before.get(chore.name)
        one = Done(
            name=chore.name,
            started_at=began,
            ended_at=now(),
            well=well,
            what=what,
            well_at=began if well else (last.well_at if last else None),
            failures=0 if well else (last.failures if last else 0) + 1,
        )
        memory.remember(KEY, _written(before | {chore.name: one}))
        ended.append(one)
    return ended
