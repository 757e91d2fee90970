"""Times in which nothing could be read for a reason of this machine's own: what the digest and ``rasid status`` say of them. Pure.

They are kept in the store's memory under :data:`KEY`, as JSON in one value. A disk that is full may not even take that: then
the digest shows a time without passes, and the log has the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from storage.records import SourceState

__all__ = [
    "DISK",
    "KEY",
    "NETWORK",
    "PAUSED",
    "Halt",
    "answered",
    "begun",
    "cut_off",
    "ended",
    "notes",
    "read",
    "scouts",
    "standing",
    "written",
]

KEY = "halts"
DISK, NETWORK, CONFIG, PAUSED = "disk", "network", "configuration", "paused"
_MOST = 60
_NOBODY = (
    "cannot be resolved (DNS)",
    "refused the connection",
    "(timeout)",
    "No route",
    "unreachable",
    "broke in the middle",
)
"""What an Outcome says when nobody answered."""
_NEWLY = 2
"""Passes in trouble."""
_ENOUGH = 3
"""Sources."""
_SCOUTS = 4
_WORDS = {
    "ar": {
        DISK: "لم يُقرأ شيء {when}: ضاقت مساحة القرص",
        NETWORK: "لم يُقرأ شيء {when}: انقطعت الشبكة عن هذا الجهاز",
        PAUSED: "لم يُقرأ شيء {when}: أُوقفت القراءة عمداً",
        CONFIG: "لم تُقبل الإعدادات أو المصادر المعدّلة {when}، واستُعملت آخر نسخة سليمة منها",
    },
    "en": {
        DISK: "Nothing was read {when}: the disk was full",
        NETWORK: "Nothing was read {when}: this machine was cut off from the network",
        PAUSED: "Nothing was read {when}: reading was paused by a person",
        CONFIG: "Edited settings or sources were refused {when}; the last good ones were used",
    },
}
_WHEN = {"ar": ("من {} إلى {}", "منذ {}"), "en": ("from {} to {}", "since {}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    kind: str
    """:data:`DISK`, :data:`NETWORK`, :data:`PAUSED` by a person, or :data:`CONFIG`: the last good configuration is used."""
    since: datetime
    until: datetime | None
    """``None``: it lasts."""
    why: str


def read(value: Mapping[str, str] | None) -> list[Halt]:
    """From the store's memory, oldest first."""
    told = json.loads(value["halts"]) if value and "halts" in value else []
    return [
        Halt(
            kind=one["kind"],
            since=datetime.fromisoformat(one["since"]),
            until=datetime.fromisoformat(one["until"]) if one["until"] else None,
            why=one["why"],
        )
        for one in told
    ]


def written(halts: Sequence[Halt]) -> Mapping[str, str]:
    """For the store's memory."""
    told = [
        asdict(one) | {"since": one.since.isoformat(), "until": one.until.isoformat() if one.until else None}
        for one in halts[-_MOST:]
    ]
    return {"halts": json.dumps(told, ensure_ascii=False)}


def begun(halts: Sequence[Halt], kind: str, why: str, now: datetime) -> list[Halt]:
    """It is so, for the first time or once more."""
    if standing(halts, kind) is not None:
        return list(halts)
    return [*halts, Halt(kind=kind, since=now, until=None, why=why)]


def ended(halts: Sequence[Halt], kind: str, now: datetime) -> list[Halt]:
    """It is over; a clock that was set back makes no time that ends before it began."""
    return [replace(one, until=max(now, one.since)) if one.kind == kind and one.until is None else one for one in halts]


def standing(halts: Sequence[Halt], kind: str) -> Halt | None:
    """The one that lasts, if there is one."""
    return next((one for one in reversed(halts) if one.kind == kind and one.until is None), None)


def notes(halts: Sequence[Halt], start: datetime, until: datetime, zone: str, *, language: str = "ar") -> list[str]:
    """Sentences for the digest of the time from ``start`` to ``until``."""
    told = []
    for one in halts:
        if one.since < until and (one.until is None or one.until > start):
            since = _clock(one.since, zone)
            both, open_end = _WHEN[language]
            when = both.format(since, _clock(one.until, zone)) if one.until else open_end.format(since)
            told.append(f"{_WORDS[language][one.kind].format(when=when)}.")
    return told


def answered(state: SourceState) -> bool:
    """Whether the last pass over a source met anything out there, be it a refusal."""
    return state.last is not None and not any(sign in state.last.why for sign in _NOBODY)


def cut_off(states: Iterable[SourceState]) -> list[str]:
    """The sources that say that it is our own network that is gone; empty: it is not.

    Since anything answered the last time, several sources were lost that were there until then. One that has been dead for
    long says nothing either way.
    """
    lost = []
    for state in sorted((s for s in states if s.last_pass_at), key=_last_pass, reverse=True):
        if answered(state):
            break
        if state.failures <= _NEWLY:
            lost.append(state.name)
    return lost if len(lost) >= _ENOUGH else []


def scouts(names: Sequence[str], now: datetime, every: timedelta) -> list[str]:
    """A few of ``names``, others at each look: those that ask whether the network is there again."""
    if not names:
        return []
    start = int(now.timestamp() // every.total_seconds()) * _SCOUTS % len(names)
    return [*names[start:], *names[:start]][:_SCOUTS]


def _last_pass(state: SourceState) -> datetime:
    assert state.last_pass_at is not None
    return state.last_pass_at


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
