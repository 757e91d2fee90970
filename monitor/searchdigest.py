"""A search as a digest: one section with what was found, in any of the formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor import days
from monitor.config import Config
from monitor.digest import Digest, build
from monitor.formats.words import say
from monitor.searching import Found
from storage.records import Flag, Flagged
from storage.store import Store

__all__ = ["made"]


def made(store: Store, config: Config, words: Sequence[str], found: Sequence[Found], now: datetime) -> Digest:
    """Of today so far: what today was not seen is not among what was found either."""
    audience = config.audiences[0]
    day = days.today(now, audience.zone)
    start, _ = days.bounds(day, audience.zone)
    title = say(audience.language, "search", words=" + ".join(words))
    flagged = [
        Flagged(
            stored=one.stored,
            flags=(
                Flag(
                    list="search",
                    list_title=title,
                    rule=" + ".join(words),
                    severity="normal",
                    version="",
                    spans=one.spans,
                ),
            ),
            flagged_at=now,
            tellings=tuple(store.tellings(one.stored.id)),
        )
        for one in found
    ]
    digest = build(
        day=day,
        zone=audience.zone,
        made_at=now,
        lists=[("search", title, "normal")],
        flagged=flagged,
        outcomes=store.outcomes(start, now),
        missed=store.missed_between(start, now),
        sources={source.name: source for source in config.sources if source.enabled},
        passes=store.passes(10_000, since=start, until=now),
        complete=False,
        language=audience.language,
        audience="search",
        audience_title=title,
    )
    # How a Story came into a day's digest is nothing to tell of one that was looked for.
    stories = sorted(
        (*digest.lists[0].stories, *digest.late), key=lambda story: [-telling.id for telling in story.tellings]
    )
    section = replace(digest.lists[0], stories=tuple(replace(story, marks=()) for story in stories), late=())
    return replace(digest, lists=(section,), late=())
