"""The times of feeds, read strictly: RFC 822, RFC 3339 and what blog engines make of them, with a zone or not at all.

A feed says when in English and in full, or it does not say. Without a zone a time is off by up to a day, so it is
left to the reader of the page, who knows the zone of the Source and reads Arabic dates (:mod:`crawler.dates`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

__all__ = ["moment"]

_MONTHS = {name: number for number, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)}
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,  # RFC 822 fixes these
    "cet": 1, "cest": 2, "west": 1, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
}  # fmt: skip
"""Hours of what means one zone only. AST, IST, BST and the like mean several."""

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
_ZONE = r"(?P<zone>[A-Za-z]{1,4})?\s*(?:(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})[T\s]\s*{_TIME}\s*{_ZONE}",
        # the name of the weekday is not looked at: feeds have it wrong, or in Arabic before an English date
        rf"(?:[^\d,+-]{{1,20}},?\s+)?(?P<day>\d{{1,2}})[\s-](?P<name>[a-z]{{3,9}})\.?,?[\s-](?P<year>\d{{4}}|\d\d),?\s+{_TIME}\s*{_ZONE}",
        rf"(?:[a-z]{{3,9}},?\s+)?(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}),?\s+{_TIME}\s*{_ZONE}",
        rf"[a-z]{{3,9}},?\s+(?P<name>[a-z]{{3,9}})\s+(?P<day>\d{{1,2}})\s+{_TIME}\s+{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_LONGEST = 80


def moment(printed: str | None) -> datetime | None:
    """The moment that a feed names, in UTC; ``None`` where it names none that can be believed.

    Believed are a full date and time with a zone, between 1990 and 2100: year 1, 1970 and 9999 are what databases
    answer that know no date. Whether it lies ahead of now is for the caller to say, who knows now.
    """
    text = " ".join((printed or "")[: _LONGEST + 1].split())
    if not text or len(text) > _LONGEST:
        return None
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return _moment(found.groupdict())
    return None


def _moment(said: dict[str, str | None]) -> datetime | None:
    zone = _zone(said)
    name = said.get("name")
    month = _MONTHS.get(name[:3].lower()) if name else int(said.get("month") or 0)
    if zone is None or month is None:
        return None
    try:
        at = datetime(_year(said["year"] or ""), month, int(said["day"] or 0), _hour(said), int(said["minute"] or 0),
                      min(int(said["second"] or 0), 59), tzinfo=zone).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError):
        return None
    return at if 1990 <= at.year < 2100 else None


def _zone(said: dict[str, str | None]) -> timezone | None:
    name = (said["zone"] or "").lower()
    if name and name not in _ZONES:
        return None
    if said["sign"] is None:
        return timezone(timedelta(hours=_ZONES[name])) if name else None
    shift = timedelta(hours=int(said["hours"] or 0), minutes=int(said["minutes"] or 0))
    if shift > timedelta(hours=14) or name not in ("", "gmt", "utc", "ut", "z"):
        return None
    return timezone(-shift if said["sign"] == "-" else shift)


def _year(written: str) -> int:
    """RFC 2822, 4.3: two digits are of this century up to 49."""
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year < 50 else 1900)


def _hour(said: dict[str, str | None]) -> int:
    hour = int(said["hour"] or 0)
    if said["half"] is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if said["half"].lower() == "p" else 0)
