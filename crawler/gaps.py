"""Whether a look at a source joins the look before, or something may have fallen out between. Pure.

What is remembered of a look are marks of its entries (48 bits of a hash each). The next look joins it when it shows one of them
again, a pinned entry at its top aside: a feed that keeps one old headline above the news would hide every overflow. Where the
marked entries are gone (a site that changed all its addresses) dates say whether it reaches back far enough.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from crawler.article import Entry
from crawler.source import Source

__all__ = ["Look", "joins", "lately", "look_of", "newest_of", "oldest_of", "remembered", "worth_remembering"]

Listed = Sequence[tuple[str, Entry]]
"""Canonical addresses with their entries, in the listing's order."""

_MOST = 300
_PINNED = 5
_LATE = timedelta(days=2)
_UNTIMED = 100
_AT_THE_END = 3
_DATED = 0.5
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is remembered of the entries of a look."""

    marks: frozenset[str]
    newest: datetime | None
    at: datetime | None = None
    tries: int = 0
    """How often what is older than the next look was asked for in vain."""
    apart: int = 0
    """How many looks in a row, this one the last, did not join the one before."""


def remembered(value: Mapping[str, str] | None, source: Source) -> Look | None:
    """The last look at ``source``; ``None``: there is none, or it was at something else."""
    if not value or value.get("of") != _of(source):
        return None
    newest = value.get("newest")
    return Look(
        marks=frozenset(value.get("entries", "").split()),
        newest=datetime.fromisoformat(newest) if newest else None,
        at=datetime.fromisoformat(value["at"]) if "at" in value else None,
        tries=int(value.get("tries", "0")),
        apart=int(value.get("apart", "0")),
    )


def look_of(listed: Listed, now: datetime) -> Look:
    """What to remember of these entries: of many the newest, or where they have no dates the first and the last. A time to
    come is none: one slip of a site's would make every later listing reach back far enough."""
    chosen = list(listed)
    if len(chosen) > _MOST:
        if _dated(chosen):
            chosen = heapq.nlargest(
                _MOST, chosen, key=lambda one: one[1].published_at or one[1].updated_at or _LONG_AGO
            )
        else:
            chosen = chosen[: _MOST // 2] + chosen[-_MOST // 2 :]
    newest = max((at for at in _times(listed) if at <= now), default=None)
    return Look(marks=frozenset(_mark(url) for url, _ in chosen), newest=newest, at=now)


def worth_remembering(look: Look, source: Source) -> dict[str, str]:
    """As flat strings."""
    value = {"of": _of(source), "entries": " ".join(sorted(look.marks))}
    if look.newest is not None:
        value["newest"] = look.newest.isoformat()
    if look.at is not None:
        value["at"] = look.at.isoformat()
    if look.apart:
        value["apart"] = str(look.apart)
    return value | ({"tries": str(look.tries)} if look.tries else {})


def joins(listed: Listed, last: Look) -> bool:
    """Whether nothing can have fallen out between the ``last`` look and a listing, or a row of them."""
    if not last.marks:  # nothing was there to be joined
        return True
    listed = _newest_first(listed)
    known = [_mark(url) in last.marks for url, _ in listed]
    if any(known) and not _only_pinned(listed, known):
        return True
    return last.newest is not None and _reaches(listed, last.newest)


def lately(listed: Listed, last: Look | None, now: datetime, reach: timedelta) -> Listed:
    """Of a listing that is an archive, what is newer than the ``last`` look, or without one within ``reach`` of ``now``.

    Two days more are taken, for what is listed late; of entries without a time the first and last hundred.
    """
    since = now - reach if last is None or last.newest is None else last.newest - _LATE
    told = [(url, entry, entry.published_at or entry.updated_at) for url, entry in listed]
    untimed = [url for url, _, at in told if at is None]
    left_out = set(untimed[_UNTIMED:-_UNTIMED])
    return [(url, entry) for url, entry, at in told if (url not in left_out if at is None else at >= since)]


def newest_of(listed: Listed) -> datetime | None:
    """The newest time of publishing, or of changing where that is all that is said."""
    return max(_times(listed), default=None)


def oldest_of(listed: Listed) -> datetime | None:
    return min(_times(listed), default=None)


def _times(listed: Listed) -> list[datetime]:
    return [at for _, entry in listed if (at := entry.published_at or entry.updated_at) is not None]


def _newest_first(listed: Listed) -> Listed:
    times = _times(listed)
    upwards = len(times) == len(listed) and times == sorted(times) and times[:1] != times[-1:]
    return listed[::-1] if upwards else listed


def _dated(listed: Listed) -> bool:
    return bool(listed) and len(_times(listed)) >= _DATED * len(listed)


def _only_pinned(listed: Listed, known: Sequence[bool]) -> bool:
    """Whether what is known stands above what is not, few and older than all of it: pinned there."""
    count = sum(known)
    if count > _PINNED or count == len(known) or not all(known[:count]):
        return False
    pinned, rest = newest_of(listed[:count]), oldest_of(listed[count:])
    return pinned is not None and rest is not None and pinned < rest


def _reaches(listed: Listed, moment: datetime) -> bool:
    """Whether the end of a listing that runs from new to old was published before ``moment``."""
    if not _dated(listed):
        return False
    end = _times(listed[-_AT_THE_END:])
    return bool(end) and max(end) <= moment


def _of(source: Source) -> str:
    return f"{source.kind} {source.url} {source.selector or ''}".strip()


def _mark(url: str) -> str:
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
