"""What goes into the digest of one day. Pure: the same arguments give the same Digest, in whatever order they come.

Every flag that is handed in stands in exactly one place: under *urgent* when it is, under *late* when it is not of this
day, else under its watch list.
Articles that carry the same text are one Story. What was not looked at is part of the value (:mod:`monitor.coverage`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crawler.outcome import Outcome
from crawler.source import Source
from monitor import corroboration, days
from monitor.charts import Chart
from monitor.corroboration import Event
from monitor.coverage import Coverage, cover
from monitor.edits import Edit, Removal, edits, removals
from monitor.quotes import Piece, Quote
from monitor.telling import LATE, Mark, Story, Teller, Telling, Why
from storage.records import (
    Flag,
    Flagged,
    GapRecord,
    Missed,
    PassRecord,
    Removed,
    Root,
    SourceState,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSection:
    """A watch list and what it found; without hits too."""

    id: str
    title: str
    severity: str
    stories: tuple[Story, ...]
    """Newest first, those of one Event together; without those that stand under *urgent* or *late*."""
    urgent: tuple[int, ...]
    """Ids of its stories that stand under *urgent*."""
    late: tuple[int, ...] = ()
    """Ids of its stories that stand under *late*."""
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
    late: tuple[Story, ...]
    """Flagged by a list that was changed later, or published earlier and found today."""
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
    teller = Teller(starts_at, until, sources, zone)
    events = tuple(_events(happenings, groups, teller))
    sections = []
    for list_id, title, severity in _all_lists(lists, flagged):
        mine = {key: _of_list(group, list_id) for key, group in groups.items()}
        found = {key: group for key, group in mine.items() if group}
        urgent = {key for key, group in found.items() if any(_is_urgent(f) for one in group for f in one.flags)}
        stories = {key: teller.story(group) for key, group in found.items() if key not in urgent}
        late = {key for key, story in stories.items() if LATE.intersection(story.marks)}
        sections.append(
            ListSection(
                id=list_id, title=title, severity=severity,
                stories=_in_order((story for key, story in stories.items() if key not in late), events),
                urgent=tuple(sorted(urgent)), late=tuple(sorted(late)), chart=(charts or {}).get(list_id),
            )
        )  # fmt: skip
    pressing = {section.id: section.urgent for section in sections}
    passed = {section.id: section.late for section in sections}
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
        urgent=_in_order(_apart(groups, pressing, teller), events),
        lists=tuple(sections),
        stories=len(groups),
        lists_hit=sum(bool(section.stories or section.urgent or section.late) for section in sections),
        events=events,
        changed=edits(changed, sources),
        removed=removals(removed, sources),
        late=_in_order(_apart(groups, passed, teller), events),
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


def _apart(
    groups: Mapping[int, Sequence[Flagged]], keys: Mapping[str, Sequence[int]], teller: Teller
) -> Iterable[Story]:
    """The Stories of ``keys`` (by list), each once, with the flags of those lists: the lists do not show them again."""
    for key, group in groups.items():
        lists = {name for name, mine in keys.items() if key in mine}
        chosen = (_only(one, tuple(flag for flag in one.flags if flag.list in lists)) for one in group)
        if found := [one for one in chosen if one.flags]:
            yield teller.story(found)


def _newest_first(story: Story) -> tuple[float, int]:
    told = story.quoted
    return (-(told.published_at or told.fetched_at).timestamp(), story.id)


def _in_order(stories: Iterable[Story], events: Iterable[Event]) -> tuple[Story, ...]:
    newest = {story.id: story for story in sorted(stories, key=_newest_first)}
    return tuple(newest[key] for key in corroboration.ordered(list(newest), events))


def _events(
    happenings: Sequence[Sequence[int]], groups: Mapping[int, Sequence[Flagged]], teller: Teller
) -> Iterable[Event]:
    for keys in happenings:
        told = {key: teller.tellings(groups[key]) for key in keys if key in groups}
        if len(told) > 1:
            yield corroboration.event(told)
