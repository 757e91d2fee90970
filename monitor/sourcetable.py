"""``rasid sources``: every declared source with what is known of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.source import Source
from monitor.rhythm import pace, silent_since
from storage.records import GapRecord, SourceState

__all__ = ["Row", "rows"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source, declared or remembered."""

    name: str
    title: str | None
    """``None``: it is no longer declared, and what it brought is kept."""
    kind: str | None
    url: str | None
    affiliation: str | None
    scope: str | None
    enabled: bool
    last_read_at: datetime | None
    due_at: datetime | None
    important: bool
    rhythm: timedelta | None
    """From one reading to the next, as it is now; ``None``: not known before the first."""
    new_per_day: float | None
    """What it publishes; ``None``: too little was heard of it."""
    silent_since: datetime | None
    """It has published nothing since then, far longer than is usual for it."""
    gaps: int
    """Stretches that fell out between two readings and could not be filled."""
    ended: str | None
    why: str
    in_trouble: int
    """Passes in a row."""
    verified: date | None


def rows(
    sources: Sequence[Source], states: Sequence[SourceState], gaps: Sequence[GapRecord], now: datetime
) -> list[Row]:
    """In the order of the file, then what is only remembered. ``gaps``: those that stand."""
    by_name = {state.name: state for state in states}
    standing = Counter(gap.source for gap in gaps)
    declared = [_row(source.name, source, by_name.pop(source.name, None), standing, now) for source in sources]
    return declared + [_row(name, None, state, standing, now) for name, state in by_name.items()]


def _row(name: str, source: Source | None, state: SourceState | None, gaps: Counter[str], now: datetime) -> Row:
    last = state.last if state else None
    heard = state.heard if state else ()
    average, silent = pace(heard, now), silent_since(heard, now)
    return Row(
        name=name,
        title=source.title if source else None,
        kind=source.kind if source else None,
        url=source.url if source else None,
        affiliation=source.affiliation if source else None,
        scope=source.scope if source else None,
        enabled=source.enabled if source else False,
        last_read_at=state.last_read_at if state else None,
        due_at=state.due_at if state else None,
        important=source.important if source else False,
        rhythm=(source.every if source else None) or (state.rhythm if state else None),
        new_per_day=_DAY / average if average else None,
        silent_since=silent[0] if silent else None,
        gaps=gaps[name],
        ended=str(last.ending) if last else None,
        why=last.why if last else "",
        in_trouble=state.failures if state else 0,
        verified=source.verified if source else None,
    )
