"""Makes digests: gathers from the store what a day's digest is built from, and files it. The building itself is pure."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from crawler.source import Source
from monitor import charts, chores, days, delivery, filing, halts, layouts, lessons, muting, queue, refusals, stories
from monitor.audiences import Audience, of_list
from monitor.charts import Chart
from monitor.config import Config
from monitor.digest import Digest, build
from monitor.evidence import sending
from monitor.formats import FORMATS
from monitor.lists import WatchList, WatchLists, packs_of
from monitor.redacting import Redactor, made
from storage.records import DigestRecord, Flagged, Removed, Version
from storage.store import Store

__all__ = ["built", "due", "folder_of", "formats_of", "happenings", "make", "make_missing", "missing", "so_far"]

log = logging.getLogger(__name__)

_WEIGHED, _SAMPLE = timedelta(days=3), 2000
"""How common a word is is learned from so many articles of those days."""
_CARRIED = timedelta(days=3)
"""Flags of so long before the newest digest are looked for: a store that was slow, a list that the audience has now."""
_SINCE = "audiences since"
_AHEAD = timedelta(days=1)
"""A digest that was made so much later than now was made by a clock that was wrong, and perhaps of days that are yet to come."""


def missing(store: Store, config: Config, now: datetime) -> list[tuple[Audience, date]]:
    """Every finished day's digest that is missing, of every audience, oldest first."""
    return _missing(store, config, now, waiting=False)


def due(store: Store, config: Config, now: datetime) -> list[tuple[Audience, date]]:
    """Those that are missing and whose audience's hour has come."""
    return _missing(store, config, now, waiting=True)


def _missing(store: Store, config: Config, now: datetime, *, waiting: bool) -> list[tuple[Audience, date]]:
    since = _since(store, config, now)
    wanted = []
    for audience in config.audiences:
        have = {record.day for record in _made(store, audience, now)}
        first, zone = since.get(audience.name), audience.zone
        start = None if first is None else days.bounds(first, zone)[0]
        found = days.waiting(start, now, zone, have, audience.at) if waiting else days.missing(start, now, zone, have)
        wanted += [(audience, day) for day in found]
    return sorted(wanted, key=lambda one: one[1])


def _since(store: Store, config: Config, now: datetime) -> dict[str, date]:
    """The first day of each audience: that of the first pass, for those that are there from the beginning; for one that
    comes later the day on which it was first seen. Nothing before the first pass."""
    first = store.first_pass_at(now)
    if first is None:
        return {}
    told = dict(store.recall(_SINCE) or {})
    digests = store.digests()
    for audience in config.audiences:
        known = told.get(audience.name)
        ahead = known is not None and date.fromisoformat(known) > days.today(now, audience.zone)
        if known is None or ahead:  # ahead: that was a clock's that has been set right
            from_the_start = not digests or any(record.audience == audience.name for record in digests)
            told[audience.name] = days.today(first if from_the_start else now, audience.zone).isoformat()
    if told != store.recall(_SINCE):
        store.remember(_SINCE, told)
    return {name: date.fromisoformat(day) for name, day in told.items()}


def _made(store: Store, audience: Audience, now: datetime) -> list[DigestRecord]:
    """Newest day first, without those of a clock that was ahead."""
    return [record for record in store.digests(audience.name) if record.made_at <= now + _AHEAD]


def make_missing(store: Store, config: Config, lists: WatchLists, now: datetime) -> list[tuple[Path, ...]]:
    return make(store, config, lists, missing(store, config, now), now)


def make(
    store: Store, config: Config, lists: WatchLists, wanted: Sequence[tuple[Audience, date]], now: datetime
) -> list[tuple[Path, ...]]:
    """The digests of ``wanted``, finished days; those that are there already are left as they are.

    Files first, then the record that claims the flags: killed in between, the next run writes the same files again.
    One process at a time (:mod:`monitor.lock`): of two, the files of the slower one would not be those of the record.
    """
    written: list[tuple[Path, ...]] = []
    have = {(record.audience, record.day): record for record in store.digests()}
    for audience, day in wanted:
        if (record := have.get((audience.name, day))) is not None:
            if record.made_at <= now + _AHEAD:
                continue
            log.warning(
                "the digest of %s was made by a clock that was ahead, at %s; it is made again", day, record.made_at
            )
            store.claims.withdraw(day, audience.name)
        work = _Work(store, config, lists, audience)
        flagged, built = work.gather(day, now, complete=True)
        files = _file(config, audience, str(day), built)
        base = _base(config)
        record = DigestRecord(
            day=day, audience=audience.name, made_at=now, files=tuple(str(path.relative_to(base)) for path in files)
        )
        store.record_digest(record, flagged, delivery.of_digest(audience, record, built))
        written.append(files)
    for audience in config.audiences:
        if folder_of(config, audience).is_dir():
            filing.tidy(folder_of(config, audience))
            filing.index(folder_of(config, audience), audience.language, audience.name)
    return written


def so_far(store: Store, config: Config, lists: WatchLists, audience: Audience, now: datetime) -> tuple[Path, ...]:
    """Today as far as it goes; claims nothing, and is replaced each time."""
    day = days.today(now, audience.zone)
    _, built = _Work(store, config, lists, audience).gather(day, now, complete=False)
    return _file(config, audience, f"{day}-so-far", built)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the digests of one audience are made from."""

    store: Store
    config: Config
    lists: WatchLists
    audience: Audience

    def gather(
        self, day: date, now: datetime, *, complete: bool, claimed: Sequence[Flagged] | None = None
    ) -> tuple[Sequence[Flagged], Digest]:
        """The flags that the digest takes, also those of muted Stories, and the digest.

        ``claimed``: those that it has already, when it is made again.
        """
        store, audience = self.store, self.audience
        start, end = days.bounds(day, audience.zone)
        until = end if complete else now
        flagged = self._open_flags(until, now) if claimed is None else claimed
        shown, left_out = muting.without(flagged, store.muted(), audience.language)
        notes = [*self._notes(start, until), *left_out]
        changed, removed = self._afterwards(start, until)
        missed = store.missed_between(start, until)
        together = [event.keys for event in happenings(store, shown) if len(event.keys) > 1]
        if (redactor := self._redactor()) is not None:
            shown, notes = redactor.flagged(shown), [redactor.text(note) for note in notes]
            changed, removed = redactor.versions(changed), redactor.removed(removed)
            missed = redactor.missed(missed)
        digest = build(
            day=day,
            zone=audience.zone,
            made_at=now,
            lists=[(one.id, one.title, one.severity) for one in self._lists()],
            flagged=shown,
            outcomes=store.outcomes(start, until),
            missed=missed,
            sources={source.name: source for source in self._declared()},
            passes=store.passes(200_000, since=start, until=until),
            complete=complete,
            notes=notes,
            language=audience.language,
            happenings=together,
            changed=changed,
            removed=removed,
            gaps=store.gaps.between(start, until),
            states=store.sources(),
            roots=store.proofs.roots(until),
            charts=self._charts(day),
            audience=audience.name,
            audience_title=audience.title,
            redacted=redactor is not None,
        )
        return flagged, digest

    def _lists(self) -> list[WatchList]:
        """The audience's, in its order."""
        wanted = of_list(self.audience, {one.id: one.audiences for one in self.lists.lists})
        if wanted is None:
            return list(self.lists.lists)
        by_id = {one.id: one for one in self.lists.lists}
        return [by_id[name] for name in wanted if name in by_id]

    def _list_ids(self) -> list[str] | None:
        return of_list(self.audience, {one.id: one.audiences for one in self.lists.lists})

    def _open_flags(self, until: datetime, now: datetime) -> list[Flagged]:
        name, zone = self.audience.name, self.audience.zone
        told = self.store.recall(_SINCE) or {}
        since = days.bounds(date.fromisoformat(told[name]), zone)[0] if name in told else None
        first = self.store.first_pass_at(now)
        # Who is there from the beginning has all there is: a clock that was set back since then flags before the first day.
        if first is not None and told.get(name) == days.today(first, zone).isoformat():
            since = None
        if last := _made(self.store, self.audience, now):
            carried = days.bounds(last[0].day, zone)[0] - _CARRIED
            since = carried if since is None else max(since, carried)
        return self.store.flagged(until=until, since=since, lists=self._list_ids(), audience=name)

    def _notes(self, start: datetime, until: datetime) -> list[str]:
        language, zone = self.audience.language, self.audience.zone
        told = refusals.notes(refusals.read(self.store.recall(refusals.KEY)), start, until, zone, language=language)
        told += halts.notes(halts.read(self.store.recall(halts.KEY)), start, until, zone, language=language)
        told += queue.notes(self.store.queue.dead(start, until), zone, language=language)
        kept = chores.read(self.store.recall(chores.KEY))
        told += sending.notes(kept, start, until, zone, language=language)
        failed = self.store.outbox.listed(["failed"], since=start)
        told += [
            delivery.failed(one, language)
            for one in failed
            if one.message.audience == self.audience.name and one.ended_at and one.ended_at < until
        ]
        broken = lessons.layouts(self.store, self._declared())
        return told + layouts.notes(broken, start, until, zone, language=language)

    def _declared(self) -> list[Source]:
        return [source for source in self.config.sources if source.enabled]

    def _afterwards(self, start: datetime, until: datetime) -> tuple[list[Version], list[Removed]]:
        """Edits and removals of articles that one of the audience's lists has flagged."""
        changed = self.store.looking.changed_between(start, until)
        removed = self.store.looking.removed_between(start, until)
        ids = self._list_ids()
        if ids is None:
            return changed, removed
        articles = {one.article.id for one in changed} | {one.article.id for one in removed}
        flags = self.store.flags_by_article(articles)
        mine = {key for key, found in flags.items() if any(flag.list in ids for flag in found)}
        return [one for one in changed if one.article.id in mine], [one for one in removed if one.article.id in mine]

    def _charts(self, day: date) -> Mapping[str, Chart]:
        lately = [day - timedelta(days=n) for n in reversed(range(charts.DAYS))]
        counted = self.store.claims.per_day([days.bounds(one, self.audience.zone) for one in lately])
        return {
            one.id: charts.chart(
                [
                    (that, None if found is None else found.get(one.id, 0))
                    for that, found in zip(lately, counted, strict=True)
                ]
            )
            for one in self._lists()
        }

    def _redactor(self) -> Redactor | None:
        if not self.audience.redact:
            return None
        return made(self.audience.redact, packs_of(self.config.folder / "watchlists"), self.audience.language)


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


def _base(config: Config) -> Path:
    return config.settings.var / "digests"


def folder_of(config: Config, audience: Audience) -> Path:
    """Where the digests of an audience lie: ``var/digests``, and below it a folder for each that has a name of its own."""
    return _base(config) if audience.name == "all" else _base(config) / audience.name


def built(
    store: Store,
    config: Config,
    lists: WatchLists,
    audience: Audience,
    day: date,
    made_at: datetime,
    claimed: Sequence[Flagged],
) -> Digest:
    """A finished day's digest of the flags that it has, as if it were made at ``made_at``."""
    return _Work(store, config, lists, audience).gather(day, made_at, complete=True, claimed=claimed)[1]


def formats_of(audience: Audience) -> list[str]:
    """Those that it asks for, and the mail that its digest is sent as."""
    return list(dict.fromkeys((*audience.formats, *(["mail"] if audience.deliver else []))))


def _file(config: Config, audience: Audience, stem: str, digest: Digest) -> tuple[Path, ...]:
    contents = {f"{stem}{FORMATS[name].suffix}": FORMATS[name].render(digest) for name in formats_of(audience)}
    return filing.write(folder_of(config, audience), contents)
