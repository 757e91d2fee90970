"""How sources ended, and what is remembered of each between passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update
from sqlalchemy.dialects.sqlite import Insert

from crawler.outcome import Ending, Fate, Outcome
from storage import gaps
from storage.database import insert_for
from storage.records import SourceState
from storage.schema import outcomes, sources

__all__ = ["between", "hasten", "record", "states"]


def record(
    connection: Connection,
    number: int,
    outcome: Outcome,
    due_at: datetime,
    heard: Sequence[datetime],
    rhythm: timedelta | None,
) -> None:
    """An Outcome, the gap that it may tell of, and the state of its source."""
    row = {
        "pass_id": number,
        "source": outcome.source,
        "ending": str(outcome.ending),
        "why": outcome.why,
        "entries": outcome.entries,
        "fates": {str(fate): count for fate, count in outcome.fates.items()},
        "defects": list(outcome.defects),
        "started_at": outcome.started_at,
        "ended_at": outcome.ended_at,
        "requests": outcome.requests,
        "looks": outcome.looks,
    }
    key = connection.execute(_RECORD, row).scalar_one()
    if outcome.gap is not None:
        read_at = connection.scalar(select(sources.c.last_read_at).where(sources.c.name == outcome.source))
        gaps.note(connection, outcome.source, outcome.gap, outcome.ended_at, read_at)
    state = {
        "name": outcome.source,
        "due_at": due_at,
        "last_pass_at": outcome.ended_at,
        "last_read_at": None if outcome.in_trouble else outcome.ended_at,
        "failures": int(outcome.in_trouble),
        "last_outcome": key,
        "heard": [round(moment.timestamp()) for moment in heard] or None,
        "rhythm": None if rhythm is None else round(rhythm.total_seconds()),
    }
    connection.execute(_note(connection.dialect.name), state)


# Built once: of a query that a pass asks for every source, SQLAlchemy's building it costs as much as the answer.
_RECORD = insert(outcomes).returning(outcomes.c.id)


@cache
def _note(dialect: str) -> Insert:
    """A source's state: a failure more, or none; what is not said anew stays."""
    first = insert_for(dialect, sources)
    new = first.excluded
    return first.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "due_at": new.due_at,
            "last_pass_at": new.last_pass_at,
            "last_read_at": func.coalesce(new.last_read_at, sources.c.last_read_at),
            "failures": case((new.failures > 0, sources.c.failures + 1), else_=0),
            "last_outcome": new.last_outcome,
            "heard": func.coalesce(new.heard, sources.c.heard),
            "rhythm": new.rhythm,
        },
    )


def states(connection: Connection) -> list[SourceState]:
    """What is remembered of every source that was ever read, by name."""
    wanted = select(sources, outcomes).join_from(sources, outcomes, isouter=True).order_by(sources.c.name)
    return [
        SourceState(
            name=row[sources.c.name],
            due_at=row[sources.c.due_at],
            last_pass_at=row[sources.c.last_pass_at],
            last_read_at=row[sources.c.last_read_at],
            failures=row[sources.c.failures],
            last=_outcome(row),
            heard=tuple(datetime.fromtimestamp(at, UTC) for at in row[sources.c.heard] or ()),
            rhythm=None if row[sources.c.rhythm] is None else timedelta(seconds=row[sources.c.rhythm]),
        )
        for row in connection.execute(wanted).mappings()
    ]


def hasten(connection: Connection, names: Iterable[str], due_at: datetime) -> None:
    """These sources are due then, if not before."""
    later = (sources.c.name.in_(list(names)), sources.c.due_at > due_at)
    connection.execute(update(sources).where(*later).values(due_at=due_at))


def between(connection: Connection, since: datetime, until: datetime) -> list[Outcome]:
    """Outcomes that ended in that time, oldest first."""
    wanted = select(outcomes).where(outcomes.c.ended_at >= since, outcomes.c.ended_at < until).order_by(outcomes.c.id)
    return [found for row in connection.execute(wanted).mappings() if (found := _outcome(row))]


def _outcome(row: Mapping[Any, Any]) -> Outcome | None:
    if row[outcomes.c.id] is None:
        return None
    return Outcome(
        source=row[outcomes.c.source],
        ending=Ending(row[outcomes.c.ending]),
        why=row[outcomes.c.why],
        entries=row[outcomes.c.entries],
        fates={Fate(name): count for name, count in row[outcomes.c.fates].items()},
        defects=tuple(row[outcomes.c.defects]),
        started_at=row[outcomes.c.started_at],
        ended_at=row[outcomes.c.ended_at],
        requests=row[outcomes.c.requests],
        looks=row[outcomes.c.looks],
    )
