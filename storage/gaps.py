"""Gaps: what fell out between two readings of a source, and whether it was found after all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, insert, or_, select, update

from crawler.outcome import Gap
from storage.database import reading, writing
from storage.records import GapRecord
from storage.schema import gaps

__all__ = ["Gaps", "note"]


class Gaps:
    """Of a store; every method is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self, sources: Iterable[str] | None = None) -> list[GapRecord]:
        """Those that were not filled, newest first."""
        where = [gaps.c.filled_at.is_(None)]
        if sources is not None:
            where.append(gaps.c.source.in_(list(sources)))
        return self._records(*where)

    def between(self, since: datetime, until: datetime) -> list[GapRecord]:
        """Those that were noticed or filled in that time, newest first."""
        noticed = and_(gaps.c.noticed_at >= since, gaps.c.noticed_at < until)
        filled = and_(gaps.c.filled_at >= since, gaps.c.filled_at < until)
        return self._records(or_(noticed, filled))

    def forget(self, before: datetime) -> int:
        """Drop those that were noticed before that time; how many."""
        with writing(self._engine) as connection:
            return connection.execute(gaps.delete().where(gaps.c.noticed_at < before)).rowcount

    def _records(self, *where: Any) -> list[GapRecord]:
        columns = [column for column in gaps.c if column is not gaps.c.id]
        wanted = select(*columns).where(*where).order_by(gaps.c.noticed_at.desc(), gaps.c.id.desc())
        with reading(self._engine) as connection:
            return [GapRecord(**row) for row in connection.execute(wanted).mappings()]


def note(connection: Connection, source: str, gap: Gap, now: datetime, last_read_at: datetime | None) -> None:
    """A reading ended with ``gap``. One that stands with the same beginning is that one, seen again or filled."""
    since = gap.since or last_read_at
    said: dict[str, Any] = {
        "until": gap.until,
        "filled_at": now if gap.filled else None,
        "asked": gap.asked,
        "found": gap.found,
        "why": gap.why,
    }
    same = (gaps.c.source == source, gaps.c.filled_at.is_(None))
    begins = gaps.c.since.is_(None) if since is None else gaps.c.since == since
    again = update(gaps).where(*same, begins).values(said)
    if not connection.execute(again).rowcount:
        connection.execute(insert(gaps).values(source=source, since=since, noticed_at=now, **said))
