"""Dates and times as people in Syria write them: السبت 12 أيار/مايو 2018، 14:05.

The Levantine month is the one in use; the other name stands beside it, because reports of the agencies use that one.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["clock", "long_day", "moment", "short_day"]

_MONTHS_AR = (
    "كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيو",
    "تموز/يوليو", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS_AR = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def long_day(day: date, language: str) -> str:
    """``السبت 12 أيار/مايو 2018`` or ``Saturday, 12 May 2018``."""
    if language == "ar":
        return f"{_DAYS_AR[day.weekday()]} {short_day(day, language)}"
    return f"{_DAYS_EN[day.weekday()]}, {short_day(day, language)}"


def short_day(day: date, language: str) -> str:
    """``12 أيار/مايو 2018`` or ``12 May 2018``."""
    months = _MONTHS_AR if language == "ar" else _MONTHS_EN
    return f"{day.day} {months[day.month - 1]} {day.year}"


def clock(at: datetime, zone: str) -> str:
    """``14:05`` in ``zone``."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def moment(at: datetime, zone: str, day: date, language: str) -> str:
    """The clock alone for a time of ``day``, else with its date; a date alone for the first second of a day,
    which is what :func:`crawler.dates.parse` makes of a date without a time."""
    local = at.astimezone(ZoneInfo(zone))
    midnight = not (local.hour or local.minute or local.second)
    if local.date() == day:
        return short_day(day, language) if midnight else f"{local:%H:%M}"
    shown = short_day(local.date(), language)
    return shown if midnight else f"{shown}{'،' if language == 'ar' else ','} {local:%H:%M}"
