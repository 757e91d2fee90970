"""When a source is due again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.outcome import Fate, Outcome
from crawler.source import Source
from storage.records import Missed

__all__ = ["CEILING", "due_again", "left_alone"]

CEILING = timedelta(hours=24)
"""A source in trouble is asked at least this often: feeds are never given up."""


def due_again(source: Source, outcome: Outcome, failures: int) -> datetime:
    """The next time ``source`` is due; ``failures``: passes in a row in trouble, this one among them.

    Counted from the start of the reading, so that a rhythm of an hour stays one however long a pass takes.
    Trouble doubles the wait each time, up to a day.
    """
    if not outcome.in_trouble:
        return outcome.started_at + source.every
    wait: timedelta = source.every * 2 ** min(failures, 10)
    return outcome.started_at + min(wait, max(CEILING, source.every))


_HORIZON = timedelta(days=30)
_READINGS = 3


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
