"""Times in which edited watch lists were refused: what the digest and ``rasid status`` say of them. Pure.

They are kept in the store's memory under :data:`KEY`, as JSON in one value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["KEY", "Refusal", "mended", "notes", "read", "refused", "standing", "written"]

KEY = "watch lists refused"
_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Edited lists that were not used, from the first pass that refused them to the first that did not."""

    since: datetime
    until: datetime | None
    """``None``: it lasts."""
    what: tuple[str, ...]
    """``file:line:column: message`` of each error, as they were last."""
    kept: str
    """The version of the lists that were used instead; empty: none, nothing was watched."""


def read(value: Mapping[str, str] | None) -> list[Refusal]:
    """From the store's memory, oldest first."""
    told = json.loads(value["refusals"]) if value and "refusals" in value else []
    return [
        Refusal(
            since=datetime.fromisoformat(one["since"]),
            until=datetime.fromisoformat(one["until"]) if one["until"] else None,
            what=tuple(one["what"]),
            kept=one["kept"],
        )
        for one in told
    ]


def written(refusals: Sequence[Refusal]) -> Mapping[str, str]:
    """For the store's memory."""
    told = [
        asdict(one) | {"since": one.since.isoformat(), "until": one.until.isoformat() if one.until else None}
        for one in refusals[-_MOST:]
    ]
    return {"refusals": json.dumps(told, ensure_ascii=False)}


def refused(refusals: Sequence[Refusal], what: Sequence[str], kept: str, now: datetime) -> list[Refusal]:
    """The lists are refused, for the first time or once more."""
    last = standing(refusals)
    if last is None:
        return [*refusals, Refusal(since=now, until=None, what=tuple(what), kept=kept)]
    return [*refusals[:-1], replace(last, what=tuple(what), kept=kept)]


def mended(refusals: Sequence[Refusal], now: datetime) -> list[Refusal]:
    """The lists load again."""
    last = standing(refusals)
    return list(refusals) if last is None else [*refusals[:-1], replace(last, until=now)]


def standing(refusals: Sequence[Refusal]) -> Refusal | None:
    """The one that lasts, if there is one."""
    return refusals[-1] if refusals and refusals[-1].until is None else None


def notes(
    refusals: Sequence[Refusal], start: datetime, until: datetime, zone: str, *, language: str = "ar"
) -> list[str]:
    """Sentences for the digest of the time from ``start`` to ``until``, in its language, and what was wrong as it was said."""
    told = []
    for one in refusals:
        if one.since < until and (one.until is None or one.until > start):
            say, begun = _SAID[language], _clock(one.since, zone)
            until_then = (
                say["until"].format(begun, _clock(one.until, zone)) if one.until else say["since"].format(begun)
            )
            told += [say["refused"].format(until_then, say["kept" if one.kept else "none"]), *one.what]
    return told


_SAID = {
    "ar": {
        "refused": "لم تُقبل قوائم الرصد المعدّلة {}؛ {}.",
        "until": "من {} إلى {}",
        "since": "منذ {} ولم تُصلح بعد",
        "kept": "استُعملت آخر نسخة سليمة منها، فما أضيف إليها لم يُرصد",
        "none": "ولا نسخة سليمة محفوظة منها، فلم يُرصد شيء",
    },
    "en": {
        "refused": "The edited watch lists were refused {}; {}.",
        "until": "from {} to {}",
        "since": "since {} and are not mended yet",
        "kept": "the last good ones were used, and what was added to them was not watched",
        "none": "no good ones were kept, and nothing was watched",
    },
}


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
