"""When a source is due again, and when it is silent for too long. Pure.

A source is asked about twice as often as it publishes, between five minutes and a day, and never so seldom that its listing
could run over in between. What a host or a listing asks for (``Cache-Control``, ``ttl``, ``skipHours`` …) is heeded within bounds:
a caching plugin that says "tomorrow" must not cost a day of news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zlib import crc32

from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from storage.records import Missed, SourceState

__all__ = [
    "CEILING",
    "due_again",
    "heard_by_now",
    "interval",
    "left_alone",
    "owed",
    "own_outage",
    "pace",
    "silent_since",
]

SHORTEST = timedelta(minutes=5)
CEILING = timedelta(hours=24)
"""A source in trouble is asked at least this often, and one that hardly publishes: feeds are never given up."""
IMPORTANT = timedelta(minutes=15)
"""An important source is asked at least this often."""
WEEKLY = timedelta(days=7)
"""The rhythm of a source that is gone: it comes back by itself, if it does."""
_UNKNOWN = timedelta(minutes=30)
"""The rhythm of a source of which too little has been heard."""
_PER_PUBLICATION = 2
_PER_LISTING = 3
"""A listing is asked for so often before it can have run over."""
_REMEMBERED = 60
_LATELY = timedelta(days=14)
_FEW = 3
_PATIENCE = timedelta(hours=1)
_JITTER = 0.1
_GONE_AFTER = 5
_GONE_FOR = timedelta(days=3)
"""So many failures in a row, and for so long: before that a name that is not known may be our own network."""
_NEVER_READ = 8
_SILENT_FOR = 6
_SILENT_LEAST = timedelta(hours=36)


def heard_by_now(before: Sequence[datetime], outcome: Outcome) -> tuple[datetime, ...]:
    """When the newest entries were published, newest first, with what ``outcome`` adds; a time to come is none."""
    told = {at for at in (*before, *outcome.heard) if at <= outcome.ended_at}
    return tuple(sorted(told, reverse=True)[:_REMEMBERED])


def pace(heard: Sequence[datetime], now: datetime) -> timedelta | None:
    """The time from one publication to the next, on average and silence included; ``None``: too little is known."""
    if len(heard) < _FEW:
        return None
    lately = [at for at in heard if now - at <= _LATELY]
    if len(lately) < _FEW:
        return (now - heard[_FEW - 1]) / _FEW
    return (now - lately[-1]) / len(lately)


def interval(source: Source, heard: Sequence[datetime], listed: Sequence[datetime], now: datetime) -> timedelta:
    """How long ``source`` is left alone when all is well: ``every`` where a person has said so, else what follows from how often
    it publishes (``heard``) and from how much its listing shows at once (``listed``, newest first)."""
    if source.every is not None:
        return source.every
    average = pace(heard, now)
    wait = _UNKNOWN if average is None else average / _PER_PUBLICATION
    if len(listed) > _FEW:
        wait = min(wait, (listed[0] - listed[-1]) / _PER_LISTING)
    wait = min(max(wait, SHORTEST), CEILING)
    return min(wait, IMPORTANT) if source.important else wait


def due_again(
    source: Source,
    outcome: Outcome,
    failures: int,
    rhythm: timedelta | None = None,
    read_at: datetime | None = None,
) -> datetime:
    """The next time ``source`` is due, whose rhythm is ``rhythm`` (not given: what is known of it without); ``failures``: passes in a row in trouble, this one among
    them; ``read_at``: when it was last read.

    Counted from the start of the reading, so that a rhythm of an hour stays one however long a pass takes. Trouble doubles the wait
    each time, up to a day; what is gone for good is asked for weekly.
    """
    start, asked = outcome.started_at, outcome.not_before
    rhythm = rhythm or source.every or _UNKNOWN
    if outcome.in_trouble:
        wait = rhythm * 2 ** min(failures, 10)
        longest = WEEKLY if _gone(outcome, failures, read_at) else CEILING
        due = start + (WEEKLY if longest is WEEKLY else min(wait, max(longest, rhythm)))
        return max(due, asked) if asked else due
    if asked is not None:
        most = rhythm if source.important else min(3 * rhythm, max(_PATIENCE, rhythm))
        rhythm = max(rhythm, min(asked - start, most))
    return start + (rhythm if source.every is not None else rhythm * _jitter(source.name, start))


def _gone(outcome: Outcome, failures: int, read_at: datetime | None) -> bool:
    if not outcome.gone:
        return False
    if read_at is None:
        return failures >= _NEVER_READ
    return failures >= _GONE_AFTER and outcome.started_at - read_at >= _GONE_FOR


def _jitter(name: str, start: datetime) -> float:
    """Between .9 and 1, by chance, and the same for the same reading: sources do not march in step."""
    return 1 - _JITTER * crc32(f"{name} {start.isoformat()}".encode()) / 2**32


def silent_since(heard: Sequence[datetime], now: datetime) -> tuple[datetime, timedelta] | None:
    """Since when a source has published nothing, and its usual pace, where that is far longer than its pace; else ``None``."""
    if len(heard) <= _FEW:
        return None
    usual = (heard[0] - heard[-1]) / (len(heard) - 1)
    return (heard[0], usual) if now - heard[0] > max(_SILENT_FOR * usual, _SILENT_LEAST) else None


_HORIZON = timedelta(days=30)
_READINGS = 3


_OWED_TRIES = 6
_GONE = ("HTTP 404", "HTTP 410")


def owed(missed: Missed, now: datetime) -> bool:
    """Whether an entry is asked for although no listing shows it any more: a site whose pages fail for a day while its feed goes
    on loses nothing by that. Half a dozen tries, some four days; what its site says is not there is not asked for again."""
    retried = missed.fate is not Fate.OFF_TOPIC and missed.tries < _OWED_TRIES and not missed.why.startswith(_GONE)
    return retried and not left_alone(missed, now)


_AT_LEAST = 3
_LONG_UNREAD = timedelta(minutes=30)


def own_outage(outcomes: Sequence[Outcome], states: Sequence[SourceState], now: datetime) -> bool:
    """Whether it is our own network that is down: every source of a pass failed before it listed anything, and nothing at all has
    been read lately. Then nobody is to be asked less often for it."""
    if len(outcomes) < _AT_LEAST or any(one.ending is not Ending.FAILED or one.entries for one in outcomes):
        return False
    return all(state.last_read_at is None or now - state.last_read_at > _LONG_UNREAD for state in states)


def left_alone(missed: Missed, now: datetime) -> bool:
    """Whether an entry that did not become an article is not asked for now.

    Off topic stays off topic. A page that could not be read is read three times: it may have been unfinished. What could
    not be had is asked for after 1 h, 4 h, 16 h and then daily, for a month: a site that is down for a day loses nothing.
    """
    if missed.fate is Fate.OFF_TOPIC:
        return True
    if missed.fate is Fate.UNREADABLE and missed.tries >= _READINGS:
        return True
    if now - missed.first_seen_at > _HORIZON:
        return True
    rest = min(timedelta(hours=4 ** min(missed.tries - 1, 3)), timedelta(hours=24))
    return now < missed.last_seen_at + rest
