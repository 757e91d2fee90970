"""Dates as the Syrian press prints them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

__all__ = ["STYLES", "dual", "levantine", "reversed_dual"]

_LEVANTINE = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
    "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
)  # fmt: skip
_EGYPTIAN = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
    "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip
_DAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")


def levantine(at: datetime, *, timed: bool) -> str:
    """السبت, 12 أيار 2018 - 14:35"""
    day = f"{_DAYS[at.weekday()]}, {at.day} {_LEVANTINE[at.month - 1]} {at.year}"
    return f"{day} - {at:%H:%M}" if timed else day


def dual(at: datetime, *, timed: bool) -> str:
    """12 أيار/مايو 2018، 14:35"""
    day = f"{at.day} {_LEVANTINE[at.month - 1]}/{_EGYPTIAN[at.month - 1]} {at.year}"
    return f"{day}، {at:%H:%M}" if timed else day


def reversed_dual(at: datetime, *, timed: bool) -> str:
    """السبت، 12 مايو (أيار) 2018 الساعة 14:35"""
    day = f"{_DAYS[at.weekday()]}، {at.day} {_EGYPTIAN[at.month - 1]} ({_LEVANTINE[at.month - 1]}) {at.year}"
    return f"{day} الساعة {at:%H:%M}" if timed else day


STYLES: Mapping[str, Callable[..., str]] = MappingProxyType(
    {"tables": levantine, "jannah": dual, "drupal": reversed_dual, "telegram": levantine}
)
"""By theme."""
