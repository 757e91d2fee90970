"""Which agency a report gives as its origin: in its place line, or in the credit below it. Pure.

"دمشق-سانا", "بيروت (رويترز)", "أ ف ب: …", and a last line that says no more than "المصدر: الأناضول". An agency that is quoted in
the middle of a text ("ونقلت سانا عن …") is a source of it, not its author.
"""

from __future__ import annotations

import re

from monitor.arabic import WORD, coarse

__all__ = ["STATE", "agency"]

_AGENCIES = {
    "سانا": "سانا|sana",
    "رويترز": "رويترز|reuters",
    "فرانس برس": "(?:وكاله )?(?:الصحافه الفرنسيه|فرانس برس)|ا ف ب|اف ب|افب|afp",
    "أسوشيتد برس": "(?:ال)?اسوشيتد ?برس|ا ب|ap",
    "الأناضول": "(?:ال)?اناضول",
    "د ب أ": "(?:وكاله )?(?:الانباء )?الالمانيه|د ب ا|dpa",
    "سبوتنيك": "سبوتنيك|sputnik",
    "تاس": "(?:ايتار )?تاس",
    "نوفوستي": "(?:ريا )?نوفوستي",
    "إنترفاكس": "انترفاكس",
    "شينخوا": "شينخوا",
    "إرنا": "ارنا",
    "فارس": "فارس",
    "تسنيم": "تسنيم",
    "واس": "واس",
    "قنا": "قنا",
    "وام": "وام",
    "كونا": "كونا",
    "بترا": "بترا",
    "وفا": "وفا",
    "هاوار": "هاوار|anha",
    "نورث برس": "نورث برس",
}
STATE = frozenset(("سانا",))
"""Whoever reprints these speaks with the state's voice."""

_NAMED = "|".join(f"(?P<a{number}>{pattern})" for number, pattern in enumerate(_AGENCIES.values()))
_HEAD = 12
"""Words in which a place line is over."""
_MARK = "|"
"""Stands for a dash, a bracket, a colon or a slash: what sets a place line off."""
_PLACE_LINE = re.compile(rf"(?:(?:[^| ]+ ){{0,3}}\| )?(?:وكاله )?(?:{_NAMED})(?: \||$)")
_CREDIT = re.compile(rf"(?:(?:المصدر|وكاله|نقلا عن|عن) )*(?:\| )?(?:وكاله )?(?:{_NAMED})(?: \|)?")
_CREDIT_WORDS = 6
_TOKEN = re.compile(rf"{WORD.pattern}|[-–—_(){{}}\[\]:/|،]", WORD.flags)


def agency(text: str, author: str | None = None) -> str | None:
    """The agency's name, or ``None`` where the text claims to be the outlet's own, or says no more than "وكالات"."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    places = [_folded(line, _HEAD) for line in (*lines[:2], author or "")]
    credits_ = [
        _folded(line, _CREDIT_WORDS + 2) for line in (*lines[-1:], author or "") if len(line.split()) <= _CREDIT_WORDS
    ]
    found = [_PLACE_LINE.match(place) for place in places] + [_CREDIT.fullmatch(credit) for credit in credits_]
    names = list(_AGENCIES)
    for match in found:
        if match is not None:
            return names[int(str(match.lastgroup)[1:])]
    return None


def _folded(line: str, most: int) -> str:
    tokens = _TOKEN.findall(line)[:most]
    words = [coarse(token) if WORD.fullmatch(token) else _MARK for token in tokens]
    return re.sub(r"\|(?: \|)+", _MARK, " ".join(words)).removeprefix("| ") if words[1:] else " ".join(words)
