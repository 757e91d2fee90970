"""The time of day beside a printed date: "02:35 م", "الساعة 8 مساءً", "14:35 بتوقيت دمشق", "(GMT+0400)"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from crawler.datewords import CLOCKS, DAY_PARTS, OFFSETS, either

__all__ = ["Clock", "clock"]

_PART = rf"(?:{either(DAY_PARTS)})(?!\w)"
_FULL = re.compile(
    rf"(?:(?<!\w)({_PART})\s?)?(?<![\d:.+])(\d{{1,2}}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?![\d:])(?:\s?({_PART}))?"
)
# "14.35" alone may be a figure: it needs the word for hour before it or a part of the day after it
_DOTTED = re.compile(
    rf"(?:الساعه\s)?(?<![\d:.+])(\d{{1,2}})\.(\d\d)(?![\d.])\s?({_PART})|الساعه\s(\d{{1,2}})\.(\d\d)(?![\d.])"
)
_HOUR = re.compile(rf"(?<![\w:.+/-])(?:الساعه\s)?(?:ال)?(\d{{1,2}})\s?({_PART})")

_ABBREVIATION = re.compile(rf"(?<![^\W\d])({either(OFFSETS)})(?!\w)")
_SHIFT = re.compile(
    r"(?:(?:gmt|utc)\s?([+-])\s?(\d{1,2}):?(\d\d)?|(?<=\d)\s?([+-])(\d\d):?(\d\d)|\(([+-])(\d\d):?(\d\d)\))(?!\d)"
)
_TOWN = re.compile(rf"(?<!\w)ب?توقيت\s+(?:مدينه\s+)?({either(CLOCKS)})(?!\w)")
_SOME_CLOCK = re.compile(r"(?<!\w)بتوقيت\s+((?:[^\W\d_]+\s?){1,2})")
_SOME_ABBREVIATION = re.compile(r"\s?\(?(?!on|at|by|am|pm)[a-z]{2,5}(?![\w:])")
_LOCAL = re.compile(r"(?:ب?التوقيت المحلي|بتوقيت محلي)")
_GREENWICH = re.compile(r"(?<!\w)(?:ب?توقيت\s+)?(?:غرينتش|جرينتش|غرينيتش|جرينيتش|جرنتش|غرنيتش|ت\.?\s?غ\.?)(?!\w)")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; ``hour`` is None where none was printed or its zone is unknown."""

    hour: int | None = None
    minute: int = 0
    second: int = 0
    zone: tzinfo | None = None

    @staticmethod
    def strip(text: str) -> str:
        """The text without its time and zone."""
        for pattern in (_SHIFT, _FULL, _DOTTED, _HOUR, _LOCAL, _GREENWICH, _ABBREVIATION):
            text = pattern.sub(" ", text)
        return _TOWN.sub(" ", text)


def clock(text: str, here: tzinfo) -> Clock | None:
    """The first time of day in a folded text, in the zone that is printed beside it; ``None``: no time."""
    found = _time(text)
    if found is None:
        return None
    (hour, minute, second), start, end = found
    zone = _zone(text, here, end) or _zone(text[:start], here, 0)
    if zone is None and (_SOME_CLOCK.search(text) or _SOME_ABBREVIATION.match(text, end)):
        return Clock()  # a clock we do not know: the day stands, its time does not
    return Clock(hour, minute, second, zone or here)


def _time(text: str) -> tuple[tuple[int, int, int], int, int] | None:
    if m := _FULL.search(text):
        hour = _hour(int(m[2]), m[5] or m[1])
        minute, second = int(m[3]), int(m[4] or 0)
    elif m := _DOTTED.search(text):
        hour = _hour(int(m[1] or m[4]), m[3])
        minute, second = int(m[2] or m[5]), 0
    elif m := _HOUR.search(text):
        hour, minute, second = _hour(int(m[1]), m[2]), 0, 0
    else:
        return None
    if hour is None or minute > 59 or second > 59:
        return None
    return (hour, minute, second), m.start(), m.end()


def _hour(hour: int, part: str | None) -> int | None:
    """The hour on a 24-hour clock. "11 ليلاً" is 23, "2 ليلاً" is 2, "11 ظهراً" stays, "1 ظهراً" is 13."""
    kind = DAY_PARTS[re.sub(r"[\s-]+", " ", part)] if part else None
    if hour >= 24:
        return 0 if hour == 24 else None
    if kind is None or hour > 12 or (kind == "noon" and hour >= 11):
        return hour
    morning = kind == "am" or (kind == "night" and not 6 <= hour <= 11)
    return hour % 12 if morning else hour % 12 + 12


def _zone(text: str, here: tzinfo, at: int) -> tzinfo | None:
    """The first zone named in a text from ``at`` on: an offset, Greenwich, a town, the local clock; else ``None``."""
    named: list[tuple[int, tzinfo]] = []
    if m := _SHIFT.search(text, at):
        sign, hours, minutes = next((m[i], m[i + 1], m[i + 2]) for i in (1, 4, 7) if m[i])
        shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if shift <= timedelta(hours=14):
            named.append((m.start(), timezone(-shift if sign == "-" else shift)))
    if m := _LOCAL.search(text, at):
        named.append((m.start(), here))
    if m := _TOWN.search(text, at):
        named.append((m.start(), ZoneInfo(CLOCKS[re.sub(r"[\s-]+", " ", m[1])])))
    if m := _GREENWICH.search(text, at):
        named.append((m.start(), ZoneInfo("UTC")))
    if m := _ABBREVIATION.search(text, at):
        named.append((m.start(), timezone(timedelta(minutes=OFFSETS[m[1]]))))
    return min(named, key=lambda pair: pair[0], default=(0, None))[1]
