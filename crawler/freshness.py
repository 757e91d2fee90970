"""How long an answer says that it stays good: HTTP's caching headers, and a feed's own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.article import Page
from crawler.spiders.kinds import Listing

__all__ = ["not_before", "worth_remembering"]

_LONGEST = timedelta(hours=24)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"no-cache|no-store", re.IGNORECASE)


def not_before(page: Page, said: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when there is no use in asking again, 24 hours from ``now`` at most; ``None``: nothing is said of it.

    ``said``: what the listing itself asks for, as :func:`worth_remembering` has it; a 304 does not repeat it.
    """
    waits = [wait for wait in (_of_headers(page), _seconds(said.get("again"))) if wait]
    until = now + min(max(waits, default=timedelta()), _LONGEST)
    until = _beyond(until, _numbers(said.get("skip-hours")), _numbers(said.get("skip-days")), now + _LONGEST)
    return until if until > now else None


def worth_remembering(listing: Listing) -> dict[str, str]:
    """What a listing asks for, as flat strings."""
    said = {
        "again": "" if listing.again is None else str(round(listing.again.total_seconds())),
        "skip-hours": " ".join(map(str, listing.skip_hours)),
        "skip-days": " ".join(map(str, listing.skip_days)),
    }
    return {name: value for name, value in said.items() if value}


def _of_headers(page: Page) -> timedelta | None:
    """RFC 9111, 5.2.2.1 and 5.3; ``Age`` is what has passed of it."""
    control = page.header("cache-control") or ""
    if _NOT_KEPT.search(control):
        return None
    if found := _MAX_AGE.search(control):
        passed = _seconds(page.header("age")) or timedelta()
        return timedelta(seconds=int(found[1])) - passed
    expires, at = _moment(page.header("expires")), _moment(page.header("date"))
    return expires - (at or page.fetched_at) if expires else None


def _beyond(until: datetime, hours: Collection[int], days: Collection[int], last: datetime) -> datetime:
    """``until``, moved out of the hours (UTC) and weekdays in which nobody is to ask."""
    while until < last and (until.astimezone(UTC).hour in hours or until.astimezone(UTC).weekday() in days):
        until = (until + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return until


def _seconds(text: str | None) -> timedelta | None:
    return timedelta(seconds=int(text)) if text and re.fullmatch(r"[0-9]{1,9}", text.strip()) else None


def _numbers(text: str | None) -> frozenset[int]:
    return frozenset(int(number) for number in (text or "").split())


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):  # "0" and "-1" say: at once
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
