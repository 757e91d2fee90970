"""When a flagged Article is looked at again, and what a look means. Pure.

The press edits in the first hours and deletes in the first days, so that looks grow rarer: 1 h, 6 h, 1 d, 3 d, 7 d, 30 d.
Gone is said only after a second look on another day, and not while its site has trouble: many at once is an outage, or a
new layout that we cannot read, and not an editor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.revisit import Sight
from monitor.alignment import overlap
from monitor.changes import of_its_page
from monitor.dedup import telling
from storage.records import Look

__all__ = [
    "AFTER", "LATELY", "MANY", "PURGE", "SECOND_LOOK", "Verdict", "allowance", "another_text", "judge", "next_look", "outage", "worth_a_look",
]  # fmt: skip

AFTER = (
    timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30),
)  # fmt: skip
SECOND_LOOK = timedelta(hours=24)
PURGE = timedelta(days=7)
"""What is gone together with many others is said to be gone when its site, which has news, has not brought it back."""
MANY = "with many others at once: "
_SHARE = 10
"""At most one in so many of a host's requests is a look at what we have: of those of a month, so that a quiet host is looked
at too when it has something, and of those of a day, or of two looks."""
_A_DAY = 2
_OUTAGE = 3
LATELY = timedelta(days=2)
"""Looks at a host come few at a time: what was gone in this time counts to what is gone at once."""
_NOT_SOONER, _UPDATES = timedelta(hours=1), 8
"""A feed that says "updated" with each of its breaths is believed once an hour, and eight times."""
_LEFT = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a look came to."""

    due_at: datetime | None
    """The next look; ``None``: it was the last one."""
    gone: tuple[datetime, str] | None = None
    """Since when it is not there, and how that looked."""
    removed: bool = False
    """It was not there on two days."""
    read: bool = False
    """Its text was read: to be compared."""


def next_look(flagged_at: datetime, last_at: datetime) -> datetime | None:
    """The first time of the schedule after the last look; looks that were missed are not made up for."""
    return next((flagged_at + after for after in AFTER if flagged_at + after > last_at), None)


def allowance(month: tuple[int, int], day: tuple[int, int]) -> int:
    """How many looks a host bears now. ``month``, ``day``: the requests that it got in that time, and how many were looks."""
    of_month, of_day = ((requests - looks) // (_SHARE - 1) for requests, looks in (month, day))
    return max(0, min(of_month - month[1], max(_A_DAY, of_day) - day[1]))


def worth_a_look(updated_at: datetime | None, look: Look, now: datetime) -> bool:
    """Whether an article is to be looked at because its listing says that it was updated."""
    seen_at = look.last_at or look.article.article.fetched_at
    return (
        updated_at is not None
        and seen_at < updated_at <= now
        and now - seen_at >= _NOT_SOONER
        and look.looks < _UPDATES
    )


def outage(sights: Sequence[Sight], lately: Sequence[bool] = ()) -> bool:
    """Whether so many articles of one source are gone at once that it is the site and not the articles.

    ``lately``: of other articles that were looked at not long ago, whether each was gone.
    """
    answered = [sight.gone is not None for sight in sights if sight.article is not None or sight.gone]
    gone = sum(answered) + sum(lately)
    return gone >= _OUTAGE and 2 * gone > len(answered) + len(lately)


def another_text(before: str, after: str) -> bool:
    """Whether next to nothing of the text is left: what stands there now is not an edit of it."""
    both = overlap(telling(after), telling(before))
    return both.earlier < _LEFT and both.later < _LEFT


def judge(look: Look, sight: Sight, now: datetime, *, site_down: bool, before: str | None = None) -> Verdict:
    """What a look means. ``site_down``: :func:`outage` says so of the source's sights. ``before``: its last wording.

    Where the text came from a feed, the page was never read, or not well: only the site's own answer tells that it is gone.
    """
    planned = next_look(look.flagged_at, now)
    first = look.article.article
    comparable = sight.listed or of_its_page(first)
    gone = None if sight.emptied and not comparable else sight.gone
    if sight.article is not None and comparable and another_text(before or first.text, sight.article.text):
        gone = "another text stands at its address"
    if gone is None and sight.article is not None:
        return Verdict(due_at=planned, read=True)
    since = None if look.gone_at is None else (look.gone_at, look.gone_why or "")
    if gone is None:  # nothing is learned: what was known stays, and it is tried again tomorrow
        again = now + SECOND_LOOK
        return Verdict(
            due_at=again if planned is None or since else min(planned, again),
            gone=since,
            removed=look.removed_at is not None,
        )
    if since is None:
        return Verdict(due_at=now + SECOND_LOOK, gone=(now, f"{MANY}{gone}" if site_down else gone))
    many = site_down or since[1].startswith(MANY)
    long_enough = now - since[0] >= (PURGE if many else SECOND_LOOK * 0.8) and now.date() != since[0].date()
    if look.removed_at is not None or long_enough:
        return Verdict(due_at=planned, gone=since, removed=True)
    return Verdict(due_at=now + SECOND_LOOK, gone=since)
