"""An Event as the digest shows it: how many outlets tell of it, how many of them by themselves, who was first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.agencies import STATE
from monitor.coverage import Outlet

__all__ = ["Event", "event", "heads", "ordered"]

_OF_THEIR_OWN = frozenset({"independent", "unknown", "international", "foreign-state", "pan-arab", "ngo", "un"})
"""Affiliations that say nothing of a common hand: each of their outlets speaks for itself."""


class Telling(Protocol):
    """What is needed of :class:`monitor.digest.Telling`."""

    @property
    def id(self) -> int: ...
    @property
    def outlet(self) -> Outlet: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def fetched_at(self) -> datetime: ...
    @property
    def timed(self) -> bool: ...
    @property
    def agency(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Stories about the same happening, independently written."""

    id: int
    """Of its first Story."""
    stories: tuple[int, ...]
    """Ids; in whatever list they stand."""
    outlets: int
    independent: int
    """Of those who wrote a Story of it themselves; outlets of one hand (state, one administration) count once, and so do all
    that give one agency as their origin."""
    first: Outlet
    first_at: datetime
    ahead: int | None
    """Seconds until another outlet had it; ``None``: nobody else has, or the pages do not say when."""


def event(stories: Mapping[int, Sequence[Telling]]) -> Event:
    """Of Stories, each given by its id and its tellings, in the order in which they were told."""
    tellings = sorted((one for told in stories.values() for one in told), key=lambda one: (_at(one), one.id))
    first = tellings[0]
    others = [one for one in tellings if one.outlet.title != first.outlet.title]
    dated = bool(others) and first.timed and others[0].timed
    return Event(
        id=min(stories),
        stories=tuple(stories),
        outlets=len({one.outlet.title for one in tellings}),
        independent=len({_voice(min(told, key=lambda one: (_at(one), one.id))) for told in stories.values()}),
        first=first.outlet,
        first_at=_at(first),
        ahead=int((_at(others[0]) - _at(first)).total_seconds()) if dated else None,
    )


def _at(telling: Telling) -> datetime:
    """When it was there for certain: a page that prints its day alone was not there at midnight."""
    return telling.published_at if telling.timed and telling.published_at else telling.fetched_at


def _voice(telling: Telling) -> str:
    outlet = telling.outlet
    if telling.agency is not None and outlet.affiliation in _OF_THEIR_OWN:
        return "affiliation state" if telling.agency in STATE else f"agency {telling.agency}"
    return outlet.title if outlet.affiliation in _OF_THEIR_OWN else f"affiliation {outlet.affiliation}"


def ordered(ids: Sequence[int], events: Iterable[Event]) -> list[int]:
    """``ids`` of Stories in the order given, but those of one Event together, where its first one in that order stands."""
    together = {story: one.stories for one in events for story in one.stories}
    found: dict[int, None] = {}
    for key in ids:
        group = set(together.get(key, (key,)))
        found.update(dict.fromkeys(other for other in ids if other in group))
    return list(found)


def heads(ids: Sequence[int], events: Iterable[Event]) -> dict[int, Event]:
    """The Events that are told of in a section, each under the Story before which its line stands."""
    found: dict[int, Event] = {}
    for one in events:
        mine = [key for key in ids if key in one.stories]
        if mine:
            found[mine[0]] = one
    return found
