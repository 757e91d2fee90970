"""Makes digests: gathers from the store what a day's digest is built from, and files it. The building itself is pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from monitor import days, filing, layouts, lessons, muting, refusals, stories
from monitor.config import Config
from monitor.digest import Digest, build
from monitor.formats import FORMATS
from monitor.lists import WatchLists
from storage.records import DigestRecord, Flagged
from storage.store import Store

__all__ = ["happenings", "make", "make_missing", "so_far"]

_AUDIENCE = "all"
_WEIGHED, _SAMPLE = timedelta(days=3), 2000
"""How common a word is is learned from so many articles of those days."""


def make_missing(store: Store, config: Config, lists: WatchLists, now: datetime) -> list[tuple[Path, ...]]:
    """Every finished day's digest that is missing, oldest first."""
    first = store.first_pass_at()
    made = {record.day for record in store.digests(_AUDIENCE)}
    return make(store, config, lists, days.missing(first, now, config.settings.zone, made), now)


def make(
    store: Store, config: Config, lists: WatchLists, wanted: Sequence[date], now: datetime
) -> list[tuple[Path, ...]]:
    """The digests of ``wanted``, finished days; those that are there already are left as they are.

    Files first, then the record that claims the flags: killed in between, the next run writes the same files again.
    """
    folder = config.settings.var / "digests"
    made: list[tuple[Path, ...]] = []
    have = {record.day for record in store.digests(_AUDIENCE)}
    for day in wanted:
        if day in have:
            continue
        flagged, built = _gather(store, config, lists, day, now, complete=True)
        files = _file(folder, str(day), built, config)
        record = DigestRecord(day=day, audience=_AUDIENCE, made_at=now, files=tuple(path.name for path in files))
        store.record_digest(record, flagged)
        made.append(files)
    if made:
        filing.index(folder)
    return made


def so_far(store: Store, config: Config, lists: WatchLists, day: date, now: datetime) -> tuple[Path, ...]:
    """Today as far as it goes; claims nothing, and is replaced each time."""
    _, built = _gather(store, config, lists, day, now, complete=False)
    return _file(config.settings.var / "digests", f"{day}-so-far", built, config)


def _gather(
    store: Store, config: Config, lists: WatchLists, day: date, now: datetime, *, complete: bool
) -> tuple[list[Flagged], Digest]:
    """The flags that the digest takes, also those of muted Stories, and the digest."""
    start, end = days.bounds(day, config.settings.zone)
    until = end if complete else now
    flagged = store.flagged(until=until)
    shown, left_out = muting.without(flagged, store.muted())
    told = refusals.notes(refusals.read(store.recall(refusals.KEY)), start, until, config.settings.zone)
    declared = [source for source in config.sources if source.enabled]
    broken = layouts.notes(lessons.layouts(store, declared), start, until, config.settings.zone)
    return flagged, build(
        day=day,
        zone=config.settings.zone,
        made_at=now,
        lists=[(item.id, item.title, item.severity) for item in lists.lists],
        flagged=shown,
        outcomes=store.outcomes(start, until),
        missed=store.missed_between(start, until),
        sources={source.name: source for source in declared},
        passes=store.passes(10_000, since=start, until=until),
        complete=complete,
        notes=[*told, *left_out, *broken],
        happenings=[event.keys for event in happenings(store, shown) if len(event.keys) > 1],
        changed=store.looking.changed_between(start, until),
        gaps=store.gaps.between(start, until),
        states=store.sources(),
        removed=store.looking.removed_between(start, until),
        roots=store.proofs.roots(until),
    )


def happenings(store: Store, flagged: Sequence[Flagged]) -> tuple[stories.Event, ...]:
    """The Stories of these articles as Events, weighed against what else was told in those days."""
    first = {one.tellings[0].id: one.tellings[0].article for one in flagged if one.tellings}
    told = [
        stories.Told(key=key, at=article.published_at or article.fetched_at, title=article.title, text=article.text)
        for key, article in first.items()
    ]
    if not told:
        return ()
    last = max(one.flagged_at for one in flagged)
    lately = store.told_between(last - _WEIGHED, last, limit=_SAMPLE)
    weights = stories.Weights(one.article.text for one in lately)
    return stories.events(told, weights)


def _file(folder: Path, stem: str, digest: Digest, config: Config) -> tuple[Path, ...]:
    contents = {
        f"{stem}{FORMATS[name].suffix}": FORMATS[name].render(digest) for name in config.settings.digest.formats
    }
    return filing.write(folder, contents)
