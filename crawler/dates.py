"""Dates as the Arabic press prints them: one short string in, one moment out, or None.

A wrong date is worse than none: what contradicts itself (two month names that differ, a range, a date in
the future) is not read, and what had to be inferred says so. The order of the readers is the order of
trust: machine forms, month names, numbers (day first), Hijri, relative words.

Why not a general parser: over 108 strings of the Syrian press dateparser 1.5 reads 40 with
``languages=["ar"]`` and none of the double names (آب/أغسطس); htmldate and trafilatura answer 1 January
for every Levantine month they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

from crawler.datewords import (
    HIJRI,
    LABELS,
    MONTHS,
    NUMBERS,
    RELATIVE_DAYS,
    UNITS,
    WEEKDAYS,
    either,
)
from crawler.folding import fold
from crawler.times import Clock, clock

__all__ = ["PrintedDate", "is_only_date", "parse"]

Origin = Literal["iso", "rfc822", "unix", "named", "numeric", "hijri", "relative"]
Precision = Literal["minute", "day", "month"]

_LONGEST = 160
"""A longer string is a sentence that mentions a date, not a printed date."""
_LONGEST_RELATIVE = 48
_TOLERANCE = timedelta(days=1)
"""Clocks of servers and of newsrooms differ; what lies further ahead is not a date of publishing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDate:
    """What a printed string says of the moment it names."""

    at: datetime
    """Aware. Without a printed time the start of that day in the zone given; month precision: its first day."""
    precision: Precision
    exact: bool
    """False: Hijri, relative, an inferred year, or a weekday that contradicts the date."""
    origin: Origin
    """The form that was recognised."""
    doubt: str = ""
    """What speaks against it, in words; empty where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A calendar day found in a string, at ``start:end`` of it."""

    year: int | None
    month: int
    day: int | None
    start: int
    end: int
    origin: Origin
    exact: bool = True
    swapped: bool = False
    """Numeric, and month first would be a date too."""


def parse(printed: str, now: datetime, zone: str) -> PrintedDate | None:
    """Reads a date as it was printed.

    ``now`` is the aware moment of fetching (relative words count from it, the missing year is the nearest past
    one), ``zone`` the IANA zone of what the outlet prints without a zone. ``None``: not a date, or not one
    that can be trusted. Raises ``ValueError`` for a naive ``now``, never for what is printed.
    """
    if now.utcoffset() is None:
        raise ValueError("now must be aware")
    if not printed or len(printed) > 4 * _LONGEST:
        return None
    here = ZoneInfo(zone)
    text = fold(printed)
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = _machine(text, here) or _calendar(text, now, here) or _relative(text, now, here)
        # the year 1 is before the first moment there is, in some zones
        ahead = found is None or found.at.astimezone(UTC) > now + _TOLERANCE
    except (ValueError, OverflowError):
        return None
    return None if ahead else found


def is_only_date(printed: str) -> bool:
    """Whether a string is a calendar date and nothing else but its weekday, time, zone and labels."""
    text = fold(printed)
    if len(text) > _LONGEST or not any(c.isdigit() for c in text):
        return False
    for reader in _READERS:
        for day in reader(text):
            if _only_labels(Clock.strip(f"{text[: day.start]} | {text[day.end :]}")):
                return True
    return _ISO.fullmatch(text) is not None


# --- machine forms -----------------------------------------------------------------------------------------

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d)(:\d\d)?(?:[.,]\d{1,9})?\s?(z|[+-]\d\d:?\d\d|[+-]\d\d)?(?:\[[\w/]+\])?"
)
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},?\s+)?\d{1,2}[\s-][a-z]{3,9}[\s-]\d{4},?\s+\d\d?:\d\d(?::\d\d)?\s*(gmt|utc?|z|[+-]\d{4})"
)
_UNIX = re.compile(r"(\d{10})(\d{3})?")
_EPOCH_ERA = (datetime(1995, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def _machine(text: str, here: tzinfo) -> PrintedDate | None:
    if iso := _ISO.fullmatch(text):
        day, hour, seconds, offset = iso.groups()
        at = datetime.fromisoformat(f"{day}T{hour}{seconds or ':00'}{(offset or '').replace('z', '+00:00')}")
        if at.tzinfo is None:
            at = at.replace(tzinfo=here)
        return PrintedDate(at=at, precision="minute", exact=True, origin="iso")
    if _RFC822.fullmatch(text):
        at = parsedate_to_datetime(text.upper())
        return PrintedDate(
            at=at if at.tzinfo else at.replace(tzinfo=UTC), precision="minute", exact=True, origin="rfc822"
        )
    if unix := _UNIX.fullmatch(text):
        at = datetime.fromtimestamp(int(unix[1]), UTC)
        if _EPOCH_ERA[0] <= at < _EPOCH_ERA[1]:
            return PrintedDate(at=at, precision="minute", exact=True, origin="unix")
    return None


# --- calendar days -----------------------------------------------------------------------------------------

_L = r"(?![^\W\d_])"  # no letter follows
_MONTH = rf"(?:{either(MONTHS)}){_L}"
_ERA = r"(?:\s?(?:م|ميلادي[ه]?)(?![^\W\d_])(?!\s?\d{1,2}:))?"
_YEAR = rf"(?:من\s+)?(?:(?:عام|سنه|لعام|لسنه)\s+)?(\d{{4}})(?!\d){_ERA}"
_SECOND = rf"(?:[\s/\\|(-]+({_MONTH})\s?\)?)?"

_NAMED = re.compile(
    rf"(?<![\w.:/])(?:ال)?(\d{{1,2}})(?:st|nd|rd|th)?\s?(?:من\s+)?(?:شهر\s+)?[-/,.]?\s?({_MONTH}){_SECOND}"
    rf"(?:\s?[-/,.(]?\s?{_YEAR})?"
)
_NAMED_MONTH_FIRST = re.compile(
    rf"(?<!\w)({_MONTH}){_SECOND}\s(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])\s?,?\s?(\d{{4}})(?!\d)"
)
_MONTH_ONLY = re.compile(rf"(?<!\w)(?:شهر\s+)?({_MONTH}){_SECOND}\s?,?\s?{_YEAR}")
_YEAR_FIRST = re.compile(r"(?<![\w.:/-])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(rf"(?<![\w.:/-])(\d{{1,2}})\s?([-/.])\s?(\d{{1,2}})\s?\2\s?(\d{{4}})(?!\d){_ERA}")
_HIJRI_NAMED = re.compile(
    rf"(?<![\w.:/])(?:ال)?(\d{{1,2}})\s?(?:من\s+)?(?:شهر\s+)?[-/,]?\s?({either(HIJRI)}){_L}\s?[-/,]?\s?"
    rf"(?:(?:عام|سنه|لعام)\s+)?(1[34]\d\d)(?!\d)(?:\s?(?:ه|للهجره|هجري[ه]?){_L})?"
)
_RANGE = re.compile(r"(?<![:\d])\d{1,2}\s?(?:-|و|الي|حتي)\s?(?:ال)?$")
_NOT_THE_DATE = re.compile(
    r"(?<!\w)(?:من|قبل|منذ|بعد|حتي|الي|لغايه|شارع|ذكري|ثوره|احداث)(?:\s+(?:يوم|تاريخ|غايه|يومي))?\s*$"
)


def _named(text: str) -> Iterator[_Day]:
    for m in _NAMED.finditer(text):
        month = _one_month(m[2], m[3])
        if month and not _RANGE.search(text, max(0, m.start() - 8), m.start()):
            year = int(m[4]) if m[4] else None
            yield _Day(year=year, month=month, day=int(m[1]), start=m.start(), end=m.end(), origin="named")
    for m in _NAMED_MONTH_FIRST.finditer(text):
        month = _one_month(m[1], m[2])
        if month:
            yield _Day(year=int(m[4]), month=month, day=int(m[3]), start=m.start(), end=m.end(), origin="named")


def _one_month(first: str, second: str | None) -> int | None:
    """The month both names mean; None where they mean two."""
    number = MONTHS[_spelling(first)]
    return number if second is None or MONTHS[_spelling(second)] == number else None


def _spelling(matched: str) -> str:
    return re.sub(r"[\s-]+", " ", matched)


def _numeric(text: str) -> Iterator[_Day]:
    for m in _YEAR_FIRST.finditer(text):
        year = int(m[1])
        # 1390-1410 year first is as likely the Persian solar calendar: not read
        if year >= 1500 or year > 1420:
            yield from _gregorian_or_hijri(year, int(m[3]), int(m[4]), m)
    for m in _DAY_FIRST.finditer(text):
        day, month = int(m[1]), int(m[3])
        if month > 12 and day <= 12:
            day, month = month, day
        for found in _gregorian_or_hijri(int(m[4]), month, day, m):
            yield replace(found, swapped=int(m[1]) <= 12 and int(m[3]) <= 12 and found.exact)


def _gregorian_or_hijri(year: int, month: int, day: int, m: re.Match[str]) -> Iterator[_Day]:
    if 1300 <= year < 1500:
        yield from _from_hijri(year, month, day, m)
    elif year >= 1900:
        yield _Day(year=year, month=month, day=day, start=m.start(), end=m.end(), origin="numeric")


def _hijri_named(text: str) -> Iterator[_Day]:
    for m in _HIJRI_NAMED.finditer(text):
        yield from _from_hijri(int(m[3]), HIJRI[_spelling(m[2])], int(m[1]), m)


def _from_hijri(year: int, month: int, day: int, m: re.Match[str]) -> Iterator[_Day]:
    from hijridate import Hijri

    if not (1 <= month <= 12 and 1 <= day <= 30):
        return
    try:
        # a month of 29 days here may have had 30 where it was sighted: count on from its 29th
        western = Hijri(year, month, min(day, 29)).to_gregorian()
    except (ValueError, OverflowError):
        return
    at = date(western.year, western.month, western.day) + timedelta(days=max(0, day - 29))
    yield _Day(year=at.year, month=at.month, day=at.day, start=m.start(), end=m.end(), origin="hijri", exact=False)


def _month_only(text: str) -> Iterator[_Day]:
    for m in _MONTH_ONLY.finditer(text):
        month = _one_month(m[1], m[2])
        if month:
            yield _Day(year=int(m[3]), month=month, day=None, start=m.start(), end=m.end(), origin="named")


_READERS: tuple[Callable[[str], Iterator[_Day]], ...] = (_named, _numeric, _hijri_named, _month_only)


def _calendar(text: str, now: datetime, here: tzinfo) -> PrintedDate | None:
    """The calendar day of the string with its time; of two days the earlier: published comes before updated."""
    for reader in _READERS:
        days = [day for day in reader(text) if not _NOT_THE_DATE.search(text, 0, day.start)]
        dated = [found for day in days if (found := _moment(text, day, days, now, here))]
        if dated:
            return min(dated, key=lambda found: found.at)
    return None


def _moment(text: str, day: _Day, days: list[_Day], now: datetime, here: tzinfo) -> PrintedDate | None:
    before, after = _surroundings(text, day, days)
    weekday = _weekday(before) if _weekday(before) is not None else _weekday(after)
    time = clock(after, here) or clock(before, here) or Clock()
    if (day.year is None or day.day is None) and not _only_labels(time.strip(f"{before} | {after}")):
        return None
    day, doubt = _settle(day, weekday, now.astimezone(here).date())
    if day.year is None:
        return None
    at = datetime(day.year, day.month, day.day or 1, time.hour or 0, time.minute, time.second, tzinfo=time.zone or here)
    if time.hour is None:
        at = at.replace(tzinfo=here)
    precision: Precision = "month" if day.day is None else "day" if time.hour is None else "minute"
    return PrintedDate(at=at, precision=precision, exact=day.exact and not doubt, origin=day.origin, doubt=doubt)


def _surroundings(text: str, day: _Day, days: list[_Day]) -> tuple[str, str]:
    """What stands before and after a day, up to the next one on either side."""
    left = max((other.end for other in days if other.end <= day.start), default=0)
    right = min((other.start for other in days if other.start >= day.end), default=len(text))
    return text[left : day.start], text[day.end : right]


_WEEKDAY = re.compile(rf"(?<!\w)({either(WEEKDAYS)})(?!\w)")


def _weekday(text: str) -> int | None:
    names = _WEEKDAY.findall(text)
    return WEEKDAYS[names[-1]] if names else None


def _settle(day: _Day, weekday: int | None, today: date) -> tuple[_Day, str]:
    """Fills in a missing year, lets the weekday choose between day first and month first, and says what contradicts."""
    if day.year is None:
        return _nearest_year(day, weekday, today)
    if weekday is None or day.day is None or day.origin == "hijri":
        return day, ""
    if date(day.year, day.month, day.day).weekday() == weekday:
        return day, ""
    if day.swapped and date(day.year, day.day, day.month).weekday() == weekday:
        return replace(day, month=day.day, day=day.month), ""
    return day, "the weekday printed is another"


def _nearest_year(day: _Day, weekday: int | None, today: date) -> tuple[_Day, str]:
    """The nearest past year; with a weekday the nearest in which it fits, and exact where that is the same."""
    past = [
        year
        for year in range(today.year, today.year - 30, -1)
        if _is_day(year, day) and date(year, day.month, day.day or 1) <= today + _TOLERANCE
    ]
    if not past:
        return day, ""
    if weekday is None:
        return replace(day, year=past[0], exact=False), ""
    fitting = [year for year in past if date(year, day.month, day.day or 1).weekday() == weekday]
    if fitting and fitting[0] == past[0]:
        return replace(day, year=past[0]), ""
    return replace(day, year=(fitting or past)[0], exact=False), "the weekday does not fit the nearest year"


def _is_day(year: int, day: _Day) -> bool:
    try:
        date(year, day.month, day.day or 1)
    except ValueError:
        return False
    return True


def _only_labels(rest: str) -> bool:
    words = re.findall(r"\w+", _WEEKDAY.sub(" ", rest))
    return all(word in LABELS for word in words)


# --- relative ----------------------------------------------------------------------------------------------

_AMOUNT = rf"(?:(\d{{1,3}})\s?|({either(NUMBERS)})\s)?({either(UNITS)})(?!\w)(?:\s(?:واحد|واحده|اثنين|اثنتين))?"
_ELAPSED = re.compile(
    rf"(?:.*?(?<!\w))?(?:منذ|قبل|من)\s(?:حوالي\s|نحو\s|اكثر من\s)?{_AMOUNT}(?:\s?و\s?{_AMOUNT})?(?:\s(?:مضت|تقريبا))?"
)
_AGO = re.compile(rf"{_AMOUNT}\s(?:مضت|مضي|ago)")
_NOW = re.compile(r"(?:منذ|قبل)\s(?:قليل|لحظات|ثوان|ثواني)|الان|للتو|just now")
_DAY_WORD = re.compile(rf"(?<!\w)({either(RELATIVE_DAYS)})(?!\w)")


def _relative(text: str, now: datetime, here: tzinfo) -> PrintedDate | None:
    if len(text) > _LONGEST_RELATIVE:
        return None
    text = text.strip(" ,.:|-()")
    if _NOW.fullmatch(text):
        return PrintedDate(at=now.astimezone(here), precision="minute", exact=False, origin="relative")
    elapsed = _ELAPSED.fullmatch(text) or _AGO.fullmatch(text)
    if elapsed:
        return _elapsed(elapsed, now, here)
    return _named_day(text, now, here)


def _elapsed(m: re.Match[str], now: datetime, here: tzinfo) -> PrintedDate | None:
    amounts = [m.groups()[i : i + 3] for i in range(0, len(m.groups()), 3)]
    lead = m.string[: m.start(1) if m[1] else m.start(2) if m[2] else m.start(3)]
    if not _only_labels(re.sub(r"(?:منذ|قبل|من|حوالي|نحو|اكثر)(?!\w)", " ", lead)):
        return None
    at, coarsest = now.astimezone(UTC), "minute"
    for digits, word, unit in amounts:
        if unit is None:
            continue
        name, bare = UNITS[unit]
        if not (digits or word) and (bare == 0 or (bare == 1 and re.search(r"(?<!\w)من(?!\w)", lead))):
            return None  # "منذ أيام" says nothing, "من يوم" may be the beginning of anything
        count = int(digits) if digits else NUMBERS[word] if word else bare
        at, coarsest = _back(at, name, count, here), name if name in ("day", "week", "month") else coarsest
    local = at.astimezone(here)
    if coarsest == "minute":
        return PrintedDate(at=local, precision="minute", exact=False, origin="relative")
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    precision: Precision = "month" if coarsest == "month" else "day"
    return PrintedDate(at=start, precision=precision, exact=False, origin="relative")


def _back(at: datetime, unit: str, count: int, here: tzinfo) -> datetime:
    if unit in ("second", "minute", "hour"):
        return at - timedelta(**{f"{unit}s": count})
    local = at.astimezone(here)
    if unit in ("day", "week"):
        return (local - timedelta(days=count * (7 if unit == "week" else 1))).astimezone(UTC)
    months = local.year * 12 + local.month - 1 - count
    year, month = divmod(months, 12)
    return local.replace(year=year, month=month + 1, day=min(local.day, 28)).astimezone(UTC)


def _named_day(text: str, now: datetime, here: tzinfo) -> PrintedDate | None:
    m = _DAY_WORD.search(text)
    if m is None:
        return None
    rest = f"{text[: m.start()]} | {text[m.end() :]}"
    time = clock(rest, here) or Clock()
    if not _only_labels(time.strip(rest)):
        return None
    zone = (time.zone if time.hour is not None else None) or here
    day = now.astimezone(zone).date() - timedelta(days=RELATIVE_DAYS[_spelling(m[1])])
    weekday = _weekday(rest)
    doubt = "" if weekday is None or day.weekday() == weekday else "the weekday printed is another"
    at = datetime(day.year, day.month, day.day, time.hour or 0, time.minute, time.second, tzinfo=zone)
    precision: Precision = "day" if time.hour is None else "minute"
    return PrintedDate(at=at, precision=precision, exact=False, origin="relative", doubt=doubt)
