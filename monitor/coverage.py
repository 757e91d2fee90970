"""What was looked at on a day, and what was not: so that "no hits" never looks like "not looking". Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor.rhythm import silent_since
from storage.records import GapRecord, Missed, PassRecord, SourceState

__all__ = [
    "Coverage",
    "FallenOut",
    "Outlet",
    "ReadSource",
    "Stale",
    "Stretch",
    "TroubledPass",
    "TroubledSource",
    "Unread",
    "cover",
    "outlet",
]

_SILENCE = timedelta(hours=2)
"""No pass for so long, and for three rhythms of the busiest source, is said in the digest."""

_KEPT_OR_NOT_OURS = frozenset({Fate.STORED, Fate.KNOWN, Fate.OFF_TOPIC})
"""Every other Fate, also one that is added later, is told as not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A source as the digest names it."""

    name: str
    title: str
    affiliation: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSource:
    """A source that was read at least once on the day."""

    outlet: Outlet
    visits: int
    """Passes that ended with an Outcome for it."""
    reads: int
    """Those that ended ``read`` or ``unchanged``."""
    last_read_at: datetime
    entries: int
    fates: Mapping[Fate, int]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledSource:
    """A source that ended a pass of the day in trouble."""

    outlet: Outlet
    ending: Ending
    """How the newest of its passes in trouble ended."""
    why: str
    since: datetime
    """Start of the first pass in trouble of the newest row of such passes."""
    from_the_start: bool
    """It was in trouble in its first pass of the day: ``since`` may lie before the day."""
    read_again_at: datetime | None
    visits: int
    in_trouble: int
    read: bool
    """It was read at least once on the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledPass:
    """A pass that was not ended in good order."""

    started_at: datetime
    error: str | None
    running: bool
    """It may still be at work: the newest pass of a day that is not over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time without any pass."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FallenOut:
    """A gap: what a source published between two looks that do not join, and that could not be found afterwards."""

    outlet: Outlet
    since: datetime | None
    """Of the newest entry that was known before; ``None``: not known."""
    until: datetime | None
    """Of the oldest entry that was seen then."""
    noticed_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A source that answers, and has published nothing for far longer than is usual with it."""

    outlet: Outlet
    since: datetime
    usual_seconds: int
    """From one publication to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An Entry that we know of and could not read."""

    outlet: Outlet
    url: str
    title: str | None
    fate: Fate
    why: str
    tries: int
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a digest says of its own eyes."""

    running: bool
    """There was at least one pass on the day."""
    passes: int
    last_pass_at: datetime | None
    read: tuple[ReadSource, ...]
    troubled: tuple[TroubledSource, ...]
    """Those that were not read at all first, then those that stopped, then those that were read again."""
    never: tuple[Outlet, ...]
    """Declared, and no pass of the day reached them."""
    troubled_passes: tuple[TroubledPass, ...]
    silences: tuple[Stretch, ...]
    gaps: tuple[FallenOut, ...]
    stale: tuple[Stale, ...]
    unread: tuple[Unread, ...]
    fates: Mapping[Fate, int]
    """Over all passes and sources of the day; an address is counted as known in each pass that sees it."""
    notes: tuple[str, ...]

    @property
    def not_read(self) -> int:
        """Sources that were not read once on the day."""
        return len(self.never) + sum(not trouble.read for trouble in self.troubled)

    @property
    def stopped(self) -> int:
        """Sources that were read, and were in trouble at the end of the day."""
        return sum(trouble.read and trouble.read_again_at is None for trouble in self.troubled)

    @property
    def looked(self) -> bool:
        return bool(self.read)

    @property
    def clear(self) -> bool:
        """Nothing stood in the way."""
        return self.looked and not (
            self.troubled
            or self.never
            or self.troubled_passes
            or self.silences
            or self.gaps
            or self.stale
            or self.unread
            or self.notes
        )


def outlet(name: str, sources: Mapping[str, Source]) -> Outlet:
    """A source that is no longer declared keeps its name."""
    source = sources.get(name)
    if source is None:
        return Outlet(name=name, title=name, affiliation="unknown", url=None)
    return Outlet(name=name, title=source.title or name, affiliation=source.affiliation, url=source.url)


def cover(
    *,
    start: datetime,
    until: datetime,
    complete: bool,
    outcomes: Sequence[Outcome],
    missed: Sequence[Missed],
    sources: Mapping[str, Source],
    passes: Sequence[PassRecord],
    notes: Sequence[str] = (),
    gaps: Sequence[GapRecord] = (),
    states: Sequence[SourceState] = (),
) -> Coverage:
    """What was looked at from ``start`` to ``until``; the arguments may come in any order.

    ``gaps``: those noticed in that time; one that was filled since is none. ``states``: of every source, as it is now.
    """
    by_source: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: (o.started_at, o.ended_at, o.source)):
        by_source.setdefault(outcome.source, []).append(outcome)
    in_order = sorted(passes, key=lambda record: (record.started_at, record.id))
    troubled = [_trouble(outlet(name, sources), row) for name, row in by_source.items()]
    fates: Counter[Fate] = Counter()
    for outcome in outcomes:
        fates.update(outcome.fates)
    return Coverage(
        running=bool(passes or outcomes),
        passes=len(passes),
        last_pass_at=in_order[-1].started_at if in_order else None,
        read=tuple(sorted(_read(by_source, sources), key=lambda read: (read.outlet.title, read.outlet.name))),
        troubled=tuple(sorted((t for t in troubled if t), key=_gravity)),
        never=tuple(outlet(name, sources) for name in sorted(sources) if name not in by_source),
        troubled_passes=tuple(_troubled_passes(in_order, complete=complete)),
        silences=tuple(_silences(in_order, start, until, _rhythms(sources, states))) if passes else (),
        gaps=tuple(_fallen_out(gaps, sources)),
        stale=tuple(_stale(states, sources, until)),
        unread=tuple(_unread(missed, sources)),
        fates={fate: fates[fate] for fate in Fate if fates[fate]},
        notes=tuple(notes),
    )


def _gravity(trouble: TroubledSource) -> tuple[bool, bool, str, str]:
    return (trouble.read, trouble.read_again_at is not None, trouble.outlet.title, trouble.outlet.name)


def _read(by_source: Mapping[str, list[Outcome]], sources: Mapping[str, Source]) -> Iterable[ReadSource]:
    for name, row in by_source.items():
        good = [outcome for outcome in row if not outcome.in_trouble]
        if not good:
            continue
        fates: Counter[Fate] = Counter()
        for outcome in row:
            fates.update(outcome.fates)
        yield ReadSource(
            outlet=outlet(name, sources),
            visits=len(row),
            reads=len(good),
            last_read_at=good[-1].ended_at,
            entries=sum(outcome.entries for outcome in row),
            fates={fate: fates[fate] for fate in Fate if fates[fate]},
            defects=tuple(dict.fromkeys(defect for outcome in row for defect in outcome.defects)),
        )


def _trouble(who: Outlet, row: Sequence[Outcome]) -> TroubledSource | None:
    bad = [i for i, outcome in enumerate(row) if outcome.in_trouble]
    if not bad:
        return None
    last = first = bad[-1]
    while first > 0 and row[first - 1].in_trouble:
        first -= 1
    return TroubledSource(
        outlet=who,
        ending=row[last].ending,
        why=row[last].why,
        since=row[first].started_at,
        from_the_start=first == 0,
        read_again_at=row[last + 1].started_at if last + 1 < len(row) else None,
        visits=len(row),
        in_trouble=len(bad),
        read=len(bad) < len(row),
    )


def _troubled_passes(passes: Sequence[PassRecord], *, complete: bool) -> Iterable[TroubledPass]:
    for record in passes:
        if record.error is None and record.ended_at is not None:
            continue
        running = not complete and record is passes[-1] and record.error is None
        yield TroubledPass(started_at=record.started_at, error=record.error, running=running)


def _silences(
    passes: Sequence[PassRecord], start: datetime, until: datetime, rhythms: Iterable[timedelta]
) -> Iterable[Stretch]:
    longest = max(_SILENCE, 3 * min(rhythms, default=timedelta()))
    at = start
    for record in passes:
        if record.started_at - at > longest:
            yield Stretch(start=at, end=record.started_at)
        at = max(at, record.ended_at or record.started_at)
    if until - at > longest:
        yield Stretch(start=at, end=until)


def _rhythms(sources: Mapping[str, Source], states: Sequence[SourceState]) -> Iterable[timedelta]:
    now = {state.name: state.rhythm for state in states if state.rhythm and not state.failures}
    for name, source in sources.items():
        yield source.every or now.get(name) or timedelta()


def _fallen_out(gaps: Sequence[GapRecord], sources: Mapping[str, Source]) -> Iterable[FallenOut]:
    for gap in sorted(gaps, key=lambda gap: (gap.noticed_at, gap.source)):
        if gap.filled_at is None:
            yield FallenOut(
                outlet=outlet(gap.source, sources),
                since=gap.since,
                until=gap.until,
                noticed_at=gap.noticed_at,
                why=gap.why,
            )


def _stale(states: Sequence[SourceState], sources: Mapping[str, Source], now: datetime) -> Iterable[Stale]:
    """Of those in trouble it is known already that they bring nothing."""
    for state in sorted(states, key=lambda state: state.name):
        if state.name not in sources or state.failures:
            continue
        if (silent := silent_since(state.heard, now)) is not None:
            since, usual = silent
            yield Stale(
                outlet=outlet(state.name, sources), since=since, usual_seconds=max(60, round(usual.total_seconds()))
            )


def _unread(missed: Sequence[Missed], sources: Mapping[str, Source]) -> Iterable[Unread]:
    lost = (entry for entry in missed if entry.fate not in _KEPT_OR_NOT_OURS)
    for entry in sorted(lost, key=lambda m: (m.source, m.fate, m.why, m.url)):
        yield Unread(
            outlet=outlet(entry.source, sources),
            url=entry.url,
            title=entry.title,
            fate=entry.fate,
            why=entry.why,
            tries=entry.tries,
            last_seen_at=entry.last_seen_at,
        )
