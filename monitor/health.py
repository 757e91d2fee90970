"""How the service is: everything that a person or a monitor wants to know of it at one moment, and what of it is wrong.

:func:`gather` asks the store and the machine; what is made of it (:func:`verdicts`) is pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import chores, halts, layouts, lessons, refusals, sharing
from monitor.chores import Done
from monitor.disk import Room, human, room
from monitor.halts import Halt
from monitor.lock import Holder, holder
from monitor.refusals import Refusal
from monitor.rhythm import silent_since
from monitor.sharing import Shared
from storage.records import DigestRecord, GapRecord, PassRecord, SourceState

if TYPE_CHECKING:
    from monitor.config import Config
    from storage.store import Store

__all__ = ["Health", "Level", "Verdict", "gather", "verdicts", "worst"]

_GAPS_SHOWN = timedelta(days=14)
_LATE = timedelta(hours=2)
"""A digest that is due for so long is not coming by itself."""
_FAILS = 3
"""Passes in a row, after which a source is said to be in trouble."""
_PATIENCE = timedelta(minutes=30)


class Level(IntEnum):
    """As Nagios and its kin count (monitoring-plugins.org/doc/guidelines.html)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Something that is wrong."""

    level: Level
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    now: datetime
    zone: str
    every: timedelta
    """How often the clock looks."""
    pass_limit: timedelta
    titles: Mapping[str, str]
    """Of the sources that are switched on, by name."""
    counts: Mapping[str, int]
    last_pass: PassRecord | None
    sources: Sequence[SourceState]
    digests: Sequence[DigestRecord]
    digest_due: datetime | None
    """Since when a digest is due that is not made."""
    next_digest: datetime | None
    refusal: Refusal | None
    broken: Sequence[str]
    """Sources whose layout broke, in words."""
    gaps: Sequence[GapRecord]
    halts: Sequence[Halt]
    """What keeps it from reading now."""
    rhythms: Mapping[str, timedelta]
    """Of the chores."""
    chores: Mapping[str, Done]
    outbox: Mapping[str, int]
    """Messages by state."""
    disk: Room
    reserve: int
    store_size: int
    service: Holder | None
    passing: Holder | None
    shared: Shared = field(default_factory=Shared)
    """Workers and their jobs, where several machines have the store."""

    @property
    def mine(self) -> list[SourceState]:
        """Of the sources that are switched on."""
        return [state for state in self.sources if state.name in self.titles]

    @property
    def endings(self) -> Mapping[str, int]:
        """How many sources ended how in their last pass."""
        found = Counter(str(state.last.ending) for state in self.mine if state.last)
        never = len(self.titles) - sum(found.values())
        return dict(found) | ({"never read": never} if never else {})

    @property
    def silent(self) -> Mapping[str, tuple[datetime, timedelta]]:
        """Sources that publish nothing for far longer than they use to: since when, and their usual pace."""
        found = {state.name: silent_since(state.heard, self.now) for state in self.mine if not state.failures}
        return {name: since for name, since in found.items() if since}


def gather(store: Store, config: Config, now: datetime) -> Health:
    """From the store and the machine."""
    settings = config.settings
    enabled = [source for source in config.sources if source.enabled]
    passes = store.passes(1)
    due, coming = _digests(store, config, now)
    return Health(
        now=now,
        zone=settings.zone,
        every=settings.schedule.crawl,
        pass_limit=settings.pass_limit,
        titles={source.name: source.title for source in enabled},
        counts=store.counts(),
        last_pass=passes[0] if passes else None,
        sources=store.sources(),
        digests=store.digests(),
        digest_due=due,
        next_digest=coming,
        refusal=refusals.standing(refusals.read(store.recall(refusals.KEY))),
        broken=layouts.now_broken(lessons.layouts(store, enabled), settings.zone),
        gaps=[gap for gap in store.gaps.standing() if now - gap.noticed_at < _GAPS_SHOWN],
        halts=[halt for halt in halts.read(store.recall(halts.KEY)) if halt.until is None],
        rhythms=chores.rhythms(settings),
        chores=chores.read(store.recall(chores.KEY)),
        outbox=store.outbox.counts(),
        disk=room(settings.var),
        reserve=settings.disk_reserve,
        store_size=store.upkeep.size(),
        service=_held(settings.var / "service.lock"),
        passing=_held(settings.var / "pass.lock"),
        shared=sharing.gather(store),
    )


def _digests(store: Store, config: Config, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Since when one is due, and when the next one comes."""
    from monitor import days, digests

    waiting = digests.due(store, config, now)
    since = [days.due_at(day, audience.zone, audience.at) for audience, day in waiting]
    coming = [
        days.due_at(days.today(now, audience.zone) - back * timedelta(days=1), audience.zone, audience.at)
        for audience in config.audiences
        for back in (0, 1)
    ]
    return min(since, default=None), min((moment for moment in coming if moment > now), default=None)


def _held(path: Path) -> Holder | None:
    with suppress(OSError):
        return holder(path)
    return None


def worst(found: Sequence[Verdict]) -> Level:
    return max((verdict.level for verdict in found), default=Level.OK)


def verdicts(health: Health) -> list[Verdict]:
    """What is wrong, the worst first; empty: all is well."""
    found = [*_running(health), *_halted(health), *_reading(health), *_telling(health), *_upkeep(health)]
    return sorted(found, key=lambda verdict: -verdict.level)


def _running(health: Health) -> Iterator[Verdict]:
    last = health.last_pass
    if not health.titles:
        yield Verdict(Level.CRITICAL, "no source is switched on", "see config/sources.yaml")
    due = [health.now - state.due_at for state in health.mine]
    if len(due) < len(health.titles):  # never read
        due.append(health.now - last.started_at if last else timedelta.max)
    late = max(due, default=timedelta())
    if late > max(health.pass_limit + 2 * health.every, _PATIENCE) and health.passing is None:
        since = "never" if last is None else f"since {_ago(health.now - last.started_at)}"
        who = "no service is running" if health.service is None else "the service starts none"
        remedy = "start it (`rasid run`, or systemctl start rasid)" if health.service is None else "look at its log"
        if health.shared.workers:
            who, remedy = f"{len(health.shared.names)} workers are there", "`rasid queue` says what they are at"
        if not any(halt.kind == halts.PAUSED for halt in health.halts):
            yield Verdict(Level.CRITICAL, f"sources are due and no pass was made ({since}); {who}", remedy)
    if last is not None and last.error:
        yield Verdict(Level.WARNING, f"the last pass failed: {last.error}", "look at the log; the next pass repeats it")


def _halted(health: Health) -> Iterator[Verdict]:
    for halt in health.halts:
        since = f"since {halt.since:%Y-%m-%d %H:%M} UTC"
        if halt.kind == halts.CONFIG:
            what = f"the edited configuration is refused {since}, the last good one is used: {halt.why}"
            yield Verdict(Level.WARNING, what, "`rasid check` names file, line and column")
        elif halt.kind == halts.PAUSED:
            yield Verdict(Level.WARNING, f"reading is paused {since}", "`rasid queue resume` ends it")
        else:
            remedy = "make room" if halt.kind == halts.DISK else "see to the network; reading goes on by itself"
            yield Verdict(Level.CRITICAL, f"nothing is read {since}: {halt.why}", remedy)
    if any(halt.kind == halts.DISK for halt in health.halts):
        return
    free = human(health.disk.free)
    if not health.disk.writable:
        yield Verdict(Level.CRITICAL, "the disk cannot be written to", "see how it is mounted, and whose `var` is")
    elif health.disk.free < health.reserve:
        yield Verdict(Level.CRITICAL, f"the disk has {free} left: nothing is fetched", "make room")
    elif health.disk.free < 2 * health.reserve:
        yield Verdict(
            Level.WARNING, f"the disk has {free} left; under {human(health.reserve)} nothing is fetched", "make room"
        )


def _reading(health: Health) -> Iterator[Verdict]:
    failing = [state for state in health.mine if state.failures >= _FAILS]
    if failing:
        level = Level.CRITICAL if 2 * len(failing) > len(health.titles) else Level.WARNING
        names = _names([state.name for state in failing])
        yield Verdict(
            level,
            f"{len(failing)} of {len(health.titles)} sources are in trouble: {names}",
            "`rasid status` says why each is",
        )
    if health.gaps:
        names = _names(sorted({gap.source for gap in health.gaps}))
        yield Verdict(
            Level.WARNING,
            f"{len(health.gaps)} gaps could not be filled: {names}",
            "give these sources a shorter `every:`",
        )
    if health.silent:
        yield Verdict(
            Level.WARNING,
            f"unusually silent: {_names(sorted(health.silent))}",
            "open the site: has its address changed?",
        )
    for line in health.broken:
        yield Verdict(Level.WARNING, line, "`rasid read` with one of its pages shows what is left out")


def _telling(health: Health) -> Iterator[Verdict]:
    if health.refusal is not None:
        kept = bool(health.refusal.kept)
        yield Verdict(
            Level.WARNING if kept else Level.CRITICAL,
            f"the edited watch lists are refused; {'the last good ones are used' if kept else 'nothing is watched'}",
            "`rasid check` names file, line and column",
        )
    if health.digest_due is not None and health.now - health.digest_due > _LATE:
        yield Verdict(
            Level.CRITICAL,
            f"a digest is due since {health.digest_due:%Y-%m-%d %H:%M} UTC",
            "`rasid digest` says what is in its way",
        )
    if failed := health.outbox.get("failed", 0):
        yield Verdict(Level.WARNING, f"{failed} messages could not be sent", "`rasid alerts` says why")


def _upkeep(health: Health) -> Iterator[Verdict]:
    for what, remedy in sharing.wrong(health.shared, health.now):
        yield Verdict(Level.WARNING, what, remedy)
    for name, every in health.rhythms.items():
        done = health.chores.get(name)
        if done is not None and not done.well:
            yield Verdict(
                Level.WARNING,
                f"{name} failed: {done.what}",
                f"`rasid care` tries it again; it failed {done.failures} times in a row",
            )
        elif done is not None and health.now - done.started_at > 2 * every:
            yield Verdict(
                Level.WARNING,
                f"{name} was done {_ago(health.now - done.started_at)} ago, and is to be done every {_ago(every)}",
                "let `rasid run` run, or `rasid care` from cron",
            )


def _names(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return (
        f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"
    )
