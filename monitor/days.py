"""Days, as the people who read the digest count them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["bounds", "due_at", "is_timed", "missing", "today", "waiting"]


def today(now: datetime, zone: str) -> date:
    """The day that ``now`` is part of in ``zone``."""
    return now.astimezone(ZoneInfo(zone)).date()


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """First moment of ``day`` in ``zone`` and first moment of the next, in UTC: 23, 24 or 25 hours apart."""
    tz = ZoneInfo(zone)
    start, end = (datetime.combine(d, time.min, tz) for d in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def missing(first: datetime | None, now: datetime, zone: str, made: Collection[date]) -> list[date]:
    """Finished days since the day of ``first`` (the first pass) that have no digest yet, oldest first."""
    if first is None:
        return []
    day, end = today(first, zone), today(now, zone)
    days = (day + timedelta(days=n) for n in range(max((end - day).days, 0)))
    return [day for day in days if day not in made]


def waiting(first: datetime | None, now: datetime, zone: str, made: Collection[date], hour: time) -> list[date]:
    """Those :func:`missing` whose hour has come: yesterday's waits until ``hour`` of today, older ones wait for nothing."""
    local = now.astimezone(ZoneInfo(zone))
    early = local.date() - timedelta(days=1) if local.time() < hour else None
    return [day for day in missing(first, now, zone, made) if day != early]


def is_timed(moment: datetime | None, zone: str) -> bool:
    """Whether a page said the time of day: what says the day alone is stored as the first moment of it in its ``zone``."""
    return moment is not None and moment.astimezone(ZoneInfo(zone)).time() != time.min


def due_at(day: date, zone: str, hour: time) -> datetime:
    """When the digest of ``day`` is to be there: at ``hour`` of the next day in ``zone``; in UTC."""
    return datetime.combine(day + timedelta(days=1), hour, ZoneInfo(zone)).astimezone(UTC)
