"""When an article was published: every witness heard in order of trust, and checked against the others.

Order: the page's own markup, the listing, what is printed near the headline, the address. What changes it:

* A day without a time (or midnight UTC, which is how systems write one) is the start of that day in the source's
  zone, and a listing's time on that day is better than none.
* "Z" or "+00:00" is not believed where the page prints the very same time of day without a zone: such sites
  write their local time and call it UTC.
* A day in the address was fixed when the article was published, and a listing's date was fixed when it was listed:
  where a date lies days after either, it is a date of change.
* 1 January at midnight, the epoch and anything before the web or after now are what systems write when they know
  nothing; they need a second witness or are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from crawler import dates
from crawler.article import Entry

__all__ = ["Published", "choose", "in_address"]

From = Literal["feed", "metadata", "printed", "url"]

_WEB = date(1995, 1, 1)
_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """When an article was published, and who says so."""

    at: datetime
    """Aware, UTC."""
    origin: From
    raw: str
    exact: bool = True
    timed: bool = True
    """Whether the time of day is known, not only the day."""
    note: str = ""


def choose(
    markup: Sequence[str],
    entry: Entry | None,
    printed: Iterable[str],
    url: str,
    now: datetime,
    zone: str,
    *,
    hijri: bool = True,
) -> Published | None:
    """The best-attested moment of publishing, or ``None``.

    ``markup`` are the dates of the page's metadata and ``printed`` those printed near the headline, each best first.
    ``hijri`` is false for pages of languages that count by another calendar.
    """
    here = ZoneInfo(zone)
    address = in_address(url, now, here)
    shown = _all("printed", printed, now, zone, hijri=hijri)
    marked = [_locally(found, shown, here) for found in _all("metadata", markup, now, zone, hijri=hijri)]
    listed = _from_entry(entry, now, here)
    witnesses = [*marked, *listed, *shown, *address]
    sound = [found for found in witnesses if _sound(found, witnesses, here)]
    for found in sound:
        if _of_change(found, address, timedelta(days=3)) or _of_change(found, listed, timedelta(days=1)):
            continue
        return _with_time(found, sound, here)
    return None


def _of_change(found: Published, others: list[Published], later: timedelta) -> bool:
    """Whether a date lies so much after another witness that it can only be one of change."""
    return any(found.origin != other.origin and found.at - other.at > later for other in others)


def _all(origin: From, raws: Iterable[str], now: datetime, zone: str, *, hijri: bool) -> list[Published]:
    found = []
    for raw in raws:
        read = dates.parse(raw, now, zone)
        if read is None or read.precision == "month" or (read.origin == "hijri" and not hijri):
            continue
        # a doubtful day is no witness; neither is "yesterday" in markup, which a cache may have kept
        if read.doubt or (origin == "metadata" and read.origin == "relative"):
            continue
        at, timed = read.at, read.precision == "minute"
        if (
            timed
            and origin == "metadata"
            and at.utcoffset() == timedelta(0)
            and at.timetz().replace(tzinfo=None) == time()
        ):
            at, timed = datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(zone)), False
        note = {"hijri": "date from a Hijri date", "relative": "date counted back from a relative one"}.get(
            read.origin, ""
        )
        if not read.exact and not note:
            note = "date printed without a year"
        found.append(Published(at=at.astimezone(UTC), origin=origin, raw=raw, exact=read.exact, timed=timed, note=note))
    return found


def _from_entry(entry: Entry | None, now: datetime, here: ZoneInfo) -> list[Published]:
    if entry is None or entry.published_at is None:
        return []
    at, raw = entry.published_at.astimezone(UTC), entry.published_raw or ""
    if at > now + _TOLERANCE:
        return []
    if at.time() == time() and re.search(
        r"00:00(?::00)?(?:\.0+)?\s*(?:z|gmt|utc?|[+-]00:?00)?\s*$", raw or "00:00", re.IGNORECASE
    ):
        start = datetime(at.year, at.month, at.day, tzinfo=here).astimezone(UTC)
        return [Published(at=start, origin="feed", raw=raw, timed=False)]
    return [Published(at=at, origin="feed", raw=raw)]


_PATH = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)")
_PATH_SECTION = re.compile(r"/((?:19|20)\d\d)/[a-z][a-z_-]{1,30}/(\d{1,2})/(\d{1,2})/")
_PATH_COMPACT = re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_-]|\d{4,}|$)")


def in_address(url: str, now: datetime, here: ZoneInfo) -> list[Published]:
    """The day in an address (``/2018/05/12/``, ``/2018-05-12-``, ``/2018/section/5/12/``, ``/20180512…``), none or one."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return []
    for pattern in (_PATH, _PATH_SECTION, _PATH_COMPACT):
        if m := pattern.search(path):
            try:
                at = datetime(int(m[1]), int(m[2]), int(m[3]), tzinfo=here)
            except ValueError:
                continue
            if at <= now + _TOLERANCE:
                return [Published(at=at.astimezone(UTC), origin="url", raw=m[0].strip("/"), timed=False)]
    return []


def _locally(found: Published, shown: list[Published], here: ZoneInfo) -> Published:
    """A moment said to be UTC, read as local where the page prints the same time of day as its own."""
    if not found.timed or not re.search(r"(?:z|[+-]00:?00)$", found.raw.strip(), re.IGNORECASE):
        return found
    wall = found.at.replace(tzinfo=here)
    if wall.utcoffset() == timedelta(0):
        return found
    same = any(s.timed and s.exact and abs((s.at - wall.astimezone(UTC)).total_seconds()) < 60 for s in shown)
    return replace(found, at=wall.astimezone(UTC)) if same else found


def _sound(found: Published, witnesses: list[Published], here: ZoneInfo) -> bool:
    """Whether a date may be one at all: not before the web, and no artefact that nobody else attests."""
    local = found.at.astimezone(here)
    if local.date() < _WEB:
        return False
    new_year = any(
        (at.month, at.day) == (1, 1) and (not found.timed or at.time() == time()) for at in (found.at, local)
    )
    if new_year and found.origin in ("metadata", "feed"):
        others = [w for w in witnesses if w.origin != found.origin]
        return any(abs(w.at - found.at) <= timedelta(days=2) for w in others)
    return True


def _with_time(found: Published, sound: list[Published], here: ZoneInfo) -> Published:
    """The day of ``found`` with the time of another witness of that day, where it has none itself."""
    if found.timed:
        return found
    day = found.at.astimezone(here).date()
    timed = (o for o in sound if o.timed and o.exact and o.origin != "url" and o.at.astimezone(here).date() == day)
    better = next(timed, None)
    return found if better is None else better
