"""What goes into the digest of one day. Pure: the same arguments give the same Digest, in whatever order they come.

Every flag that is handed in stands in exactly one place: under *urgent* when it is, else under its watch list.
Articles that carry the same text are one Story. What was not looked at is part of the value (:mod:`monitor.coverage`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from crawler.outcome import Outcome
from crawler.source import Source
from monitor import corroboration, days
from monitor.agencies import agency
from monitor.charts import Chart
from monitor.corroboration import Event
from monitor.coverage import Coverage, Outlet, cover, outlet
from monitor.edits import Edit, Removal, edits, removals
from monitor.quotes import Piece, Quote, cut, mark
from storage.records import (
    Flag,
    Flagged,
    GapRecord,
    Missed,
    PassRecord,
    Removed,
    Root,
    SourceState,
    StoredArticle,
    Version,
)

__all__ = [
    "Digest",
    "Edit",
    "Event",
    "ListSection",
    "Mark",
    "Piece",
    "Quote",
    "Removal",
    "Story",
    "Telling",
    "Why",
    "build",
]

_URGENT = "urgent"
_LONG_BEFORE = timedelta(days=1)
"""Published so long before the day began: not today's news, and marked."""


class Mark(StrEnum):
    """What a reader should know of how a Story came into this digest."""

    CARRIED = "carried over"
    """Flagged on a day before this one, and in no digest yet."""
    PUBLISHED_EARLIER = "published earlier"
    """Found today, published long before."""
    MATCHED_LATER = "matched later"
    """Stored before; a list that was changed since has flagged it."""
    TOLD_AGAIN = "told again"
    """The text was here before today; another outlet carries it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One outlet's Article of a Story."""

    id: int
    """Of the stored Article: what ``rasid show`` takes."""
    outlet: Outlet
    url: str
    title: str
    language: str
    """BCP 47, ``und`` where it cannot be told."""
    published_at: datetime | None
    """UTC; ``None`` where the page does not say."""
    published_from: str | None
    fetched_at: datetime
    capture: str | None
    notes: tuple[str, ...]
    new: bool
    """Stored on the day of the digest."""
    timed: bool
    """Its page says the time of day, not only the day."""
    agency: str | None
    """That it gives as its origin (:mod:`monitor.agencies`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A rule that the Story met, and the words that met it, in their original spelling."""

    list: str
    list_title: str
    rule: str
    severity: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles with the same text, as one list (or *urgent*) shows them."""

    id: int
    """Of the first telling's stored Article."""
    headline: tuple[Piece, ...]
    told_by: int
    """Id of the telling that is quoted: the first one that was flagged."""
    tellings: tuple[Telling, ...]
    """The first one here first."""
    outlets: int
    affiliations: tuple[str, ...]
    quotes: tuple[Quote, ...]
    more: int
    """Mentions that stand in no quote."""
    why: tuple[Why, ...]
    marks: tuple[Mark, ...]

    @property
    def quoted(self) -> Telling:
        return next(telling for telling in self.tellings if telling.id == self.told_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSection:
    """A watch list and what it found; without hits too."""

    id: str
    title: str
    severity: str
    stories: tuple[Story, ...]
    """Newest first, those of one Event together; without those that stand under *urgent*."""
    urgent: tuple[int, ...]
    """Ids of its stories that stand under *urgent*."""
    chart: Chart | None = None
    """Mentions per day up to this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The file of one day for one audience."""

    audience: str
    title: str
    """Of the audience; empty where it has none."""
    redacted: bool
    """A copy to share: the names of listed persons are replaced in it, and others may remain."""
    day: date
    zone: str
    language: str
    """Of its own words: ``ar`` or ``en``. What it quotes stays as it was published."""
    starts_at: datetime
    until: datetime
    """End of the day, or of what is known of it."""
    made_at: datetime
    complete: bool
    urgent: tuple[Story, ...]
    lists: tuple[ListSection, ...]
    stories: int
    """Different ones, over all lists."""
    lists_hit: int
    events: tuple[Event, ...]
    """Happenings that more than one Story tells of, over all lists."""
    changed: tuple[Edit, ...]
    """Changed after publishing, seen today."""
    removed: tuple[Removal, ...]
    coverage: Coverage
    roots: tuple[Root, ...]
    """Of the ledger, as it was at the end of the day: whoever keeps this digest can tell whether it was recomputed."""


def build(
    *,
    day: date,
    zone: str,
    made_at: datetime,
    lists: Sequence[tuple[str, str, str]],
    flagged: Sequence[Flagged],
    outcomes: Sequence[Outcome],
    missed: Sequence[Missed],
    sources: Mapping[str, Source],
    passes: Sequence[PassRecord],
    complete: bool,
    notes: Sequence[str] = (),
    language: str = "ar",
    happenings: Sequence[Sequence[int]] = (),
    changed: Sequence[Version] = (),
    removed: Sequence[Removed] = (),
    gaps: Sequence[GapRecord] = (),
    states: Sequence[SourceState] = (),
    roots: Sequence[Root] = (),
    charts: Mapping[str, Chart] | None = None,
    audience: str = "all",
    audience_title: str = "",
    redacted: bool = False,
) -> Digest:
    """The digest of ``day`` in the IANA zone ``zone``.

    ``lists``: id, title and severity of every watch list, in the order of the digest; those without hits are named too.
    ``complete``: the day is over. ``notes``: what else was not looked at and why, each a sentence
    (``config/watchlists/x.yaml:3:5: …; the version of yesterday was used``). ``happenings``: which Stories, by the id of
    their first telling, are of one Event (:func:`monitor.stories.events`). ``charts``: by the list's id.
    """
    starts_at, ends_at = days.bounds(day, zone)
    until = ends_at if complete else min(max(made_at, starts_at), ends_at)
    groups = _groups(flagged)
    teller = _Teller(starts_at, until, sources, zone)
    events = tuple(_events(happenings, groups, teller))
    sections = []
    for list_id, title, severity in _all_lists(lists, flagged):
        mine = {key: _of_list(group, list_id) for key, group in groups.items()}
        found = {key: group for key, group in mine.items() if group}
        urgent = {key for key, group in found.items() if any(_is_urgent(f) for one in group for f in one.flags)}
        stories = [teller.story(group) for key, group in found.items() if key not in urgent]
        sections.append(
            ListSection(
                id=list_id, title=title, severity=severity,
                stories=_in_order(stories, events), urgent=tuple(sorted(urgent)), chart=(charts or {}).get(list_id),
            )
        )  # fmt: skip
    pressing = [_pressing(key, group, sections) for key, group in groups.items()]
    urgent_stories = [teller.story(group) for group in pressing if group]
    return Digest(
        audience=audience,
        title=audience_title,
        redacted=redacted,
        day=day,
        zone=zone,
        language=language,
        starts_at=starts_at,
        until=until,
        made_at=made_at,
        complete=complete,
        urgent=_in_order(urgent_stories, events),
        lists=tuple(sections),
        stories=len(groups),
        lists_hit=sum(bool(section.stories or section.urgent) for section in sections),
        events=events,
        changed=edits(changed, sources),
        removed=removals(removed, sources),
        coverage=cover(
            start=starts_at, until=until, complete=complete, outcomes=outcomes, missed=missed, sources=sources,
            passes=passes, notes=notes, gaps=gaps, states=states,
        ),
        roots=tuple(roots),
    )  # fmt: skip


def _all_lists(lists: Sequence[tuple[str, str, str]], flagged: Sequence[Flagged]) -> Iterable[tuple[str, str, str]]:
    """Those that are asked for, then those that have flags all the same: a flag is never dropped for its list."""
    known = {list_id for list_id, _, _ in lists}
    others = {f.list: (f.list, f.list_title, f.severity) for one in flagged for f in one.flags if f.list not in known}
    return [*lists, *(others[key] for key in sorted(others))]


def _groups(flagged: Sequence[Flagged]) -> dict[int, list[Flagged]]:
    """By the first telling of the text; within a group by the order in which the articles came."""
    groups: dict[int, dict[int, Flagged]] = {}
    for one in sorted(flagged, key=lambda f: (f.flagged_at, f.stored.id)):
        if not one.flags:
            continue
        first = one.stored.id if one.stored.same_as is None else one.stored.same_as
        group = groups.setdefault(first, {})
        have = group.get(one.stored.id)
        group[one.stored.id] = one if have is None else _joined(have, one)
    return {key: [group[i] for i in sorted(group)] for key, group in sorted(groups.items())}


def _joined(one: Flagged, other: Flagged) -> Flagged:
    """The same article flagged at two times."""
    flags = tuple(dict.fromkeys((*one.flags, *other.flags)))
    return Flagged(stored=one.stored, flags=flags, flagged_at=one.flagged_at, tellings=other.tellings)


def _only(one: Flagged, flags: tuple[Flag, ...]) -> Flagged:
    return Flagged(stored=one.stored, flags=flags, flagged_at=one.flagged_at, tellings=one.tellings)


def _of_list(group: Sequence[Flagged], list_id: str) -> list[Flagged]:
    chosen = (_only(one, tuple(flag for flag in one.flags if flag.list == list_id)) for one in group)
    return [one for one in chosen if one.flags]


def _is_urgent(flag: Flag) -> bool:
    return flag.severity == _URGENT


def _pressing(key: int, group: Sequence[Flagged], sections: Sequence[ListSection]) -> list[Flagged]:
    """The flags of the group's lists that have an urgent one among them: the list does not show them again."""
    lists = {section.id for section in sections if key in section.urgent}
    chosen = (_only(one, tuple(flag for flag in one.flags if flag.list in lists)) for one in group)
    return [one for one in chosen if one.flags]


def _newest_first(story: Story) -> tuple[float, int]:
    told = story.quoted
    return (-(told.published_at or told.fetched_at).timestamp(), story.id)


def _in_order(stories: Iterable[Story], events: Iterable[Event]) -> tuple[Story, ...]:
    newest = {story.id: story for story in sorted(stories, key=_newest_first)}
    return tuple(newest[key] for key in corroboration.ordered(list(newest), events))


def _events(
    happenings: Sequence[Sequence[int]], groups: Mapping[int, Sequence[Flagged]], teller: _Teller
) -> Iterable[Event]:
    for keys in happenings:
        told = {key: teller.tellings(groups[key]) for key in keys if key in groups}
        if len(told) > 1:
            yield corroboration.event(told)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Makes a Story of the flagged articles with one text."""

    starts_at: datetime
    until: datetime
    sources: Mapping[str, Source]
    zone: str

    def story(self, group: Sequence[Flagged]) -> Story:
        stored = self._stored(group)
        lead = next(one for one in group if one.stored.id == self._lead(stored, group))
        tellings = self.tellings(group)
        spans = [span for flag in lead.flags for span in flag.spans]
        quotes, more = cut(lead.stored.article.text, [span for span in spans if span.where == "text"])
        titles = [(span.start, span.end) for span in spans if span.where == "title"]
        return Story(
            id=stored[0].id,
            headline=mark(lead.stored.article.title, titles),
            told_by=lead.stored.id,
            tellings=tellings,
            outlets=len({telling.outlet.title for telling in tellings}),
            affiliations=tuple(dict.fromkeys(telling.outlet.affiliation for telling in tellings)),
            quotes=quotes,
            more=more,
            why=_why(group),
            marks=tuple(self._marks(group, lead, stored)),
        )

    def tellings(self, group: Sequence[Flagged]) -> tuple[Telling, ...]:
        return tuple(self._telling(one) for one in self._stored(group))

    def _stored(self, group: Sequence[Flagged]) -> list[StoredArticle]:
        """The tellings that were here by the end of the day: what came later belongs to a later digest."""
        flagged = {one.stored.id for one in group}
        every = {telling.id: telling for one in group for telling in one.tellings}
        every |= {one.stored.id: one.stored for one in group}
        kept = [one for one in every.values() if one.stored_at < self.until or one.id in flagged]
        first = group[0].stored.same_as
        return sorted(kept, key=lambda one: (one.id != first and one.same_as is not None, one.stored_at, one.id))

    def _lead(self, stored: Sequence[StoredArticle], group: Sequence[Flagged]) -> int:
        flagged = {one.stored.id for one in group}
        return next(one.id for one in stored if one.id in flagged)

    def _telling(self, stored: StoredArticle) -> Telling:
        article = stored.article
        source = self.sources.get(article.source)
        return Telling(
            id=stored.id,
            outlet=outlet(article.source, self.sources),
            url=article.url,
            title=article.title,
            language=article.language,
            published_at=article.published_at,
            published_from=article.published_from,
            fetched_at=article.fetched_at,
            capture=article.capture,
            notes=article.notes,
            new=stored.stored_at >= self.starts_at,
            timed=days.is_timed(article.published_at, source.zone if source else self.zone),
            agency=agency(article.text, article.author),
        )

    def _marks(self, group: Sequence[Flagged], lead: Flagged, stored: Sequence[StoredArticle]) -> Iterable[Mark]:
        published = lead.stored.article.published_at
        carried = all(one.flagged_at < self.starts_at for one in group)
        if carried:
            yield Mark.CARRIED
        if all(flag.late for one in group for flag in one.flags):
            yield Mark.MATCHED_LATER
        elif not carried and stored[0].stored_at < self.starts_at:
            yield Mark.TOLD_AGAIN
        if published is not None and published < self.starts_at - _LONG_BEFORE:
            yield Mark.PUBLISHED_EARLIER


def _why(group: Sequence[Flagged]) -> tuple[Why, ...]:
    """One for each rule, over all tellings: a reprint under another headline may meet one more."""
    words: dict[tuple[str, str], dict[str, None]] = {}
    flags: dict[tuple[str, str], Flag] = {}
    for one in group:
        for flag in one.flags:
            key = (flag.list, flag.rule)
            flags.setdefault(key, flag)
            words.setdefault(key, {}).update(dict.fromkeys(span.words for span in flag.spans))
    return tuple(
        Why(list=flag.list, list_title=flag.list_title, rule=flag.rule, severity=flag.severity, words=tuple(words[key]))
        for key, flag in flags.items()
    )
