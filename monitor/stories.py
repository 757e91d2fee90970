"""Which Stories tell of the same happening, independently written: Events. Pure, incremental, deterministic.

What two reports of one happening have in common is not single words (every report about Syria has those) but names with
their titles, places with their kinds, figures with what they count: pairs of neighbouring words, in the first four hundred
words, where a report says its news before its background. They are weighted by how rare they are in the articles of these
days (tf-idf: Spärck Jones 1972), and rare single words are added: names that stand alone, places, figures. On pages that
agree with one claim this beats the cosine of single words in precision and in recall (``tests/benchmarks/events.py``).

A Story joins the Event whose Stories it resembles *on average*: by its nearest one alone, one round-up would chain two
happenings together. Time is part of it: reports that lie more than two days apart are of two happenings.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.alignment import overlap
from monitor.dedup import telling
from monitor.forms import filled_in

__all__ = ["ENOUGH", "SPAN", "Edge", "Event", "Profile", "Told", "Weights", "events", "likeness"]

SPAN = timedelta(hours=48)
_LEAD = 400
"""Words."""
ENOUGH = 0.07
"""Likeness, on average, that joins a Story to an Event."""
_WORDS = 0.2
"""What the likeness of single words counts beside that of pairs."""
_RARE = 0.05
"""A single word in a larger share of the articles tells nothing of a happening."""
_PRIOR = 200
"""Articles that are assumed without being seen, so that the weights of a quiet day are not those of its five articles."""
_SHOWN = 6
_COPIED = 0.35
"""Likeness from which two reports were not written independently: reprints, which are one Story, or one form."""
_FUNCTION = frozenset(
    (
        "ان",
        "الي",
        "علي",
        "عن",
        "في",
        "من",
        "مع",
        "ما",
        "لا",
        "لم",
        "قد",
        "او",
        "ثم",
        "هذا",
        "هذه",
        "ذلك",
        "التي",
        "الذي",
        "الذين",
        "بعد",
        "قبل",
        "بين",
        "كل",
        "كان",
        "كانت",
        "وكان",
        "قال",
        "وقال",
        "وان",
        "كما",
        "حيث",
        "ولم",
    )
)
"""Folded; no reason why two reports are one event, however rare they are in the articles of a quiet day."""
_EXACT = 600
"""Stories of which each is compared with each."""
_SHARED, _HELD = 3, 120
"""Weighted pairs and words that likely ones share at least; what more Stories hold is a phrase of the trade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A Story as it is compared: the text of its first telling."""

    key: int
    at: datetime
    """When it was first published, or read where the page does not say."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What of a text is compared; both are of length 1."""

    pairs: Mapping[str, float]
    words: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Why two Stories are one Event."""

    one: int
    other: int
    """Keys; ``one`` was told first."""
    likeness: float
    """0 … 1.2; from 0.07 on it is the same happening."""
    words: tuple[str, ...]
    """Neighbouring words that both have and that weigh most, in folded spelling."""
    names: tuple[str, ...]
    """Rare single words that both have: names, places."""
    numbers: tuple[str, ...]
    apart: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Stories about the same happening."""

    keys: tuple[int, ...]
    """The first one told first."""
    edges: tuple[Edge, ...]
    """Between any two of them that resemble each other enough; the strongest first."""


class Weights:
    """How rare words and pairs are in the articles of these days."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._articles = 0
        self._pairs: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        words = telling(text)[:_LEAD]
        self._articles += 1
        self._words.update(set(words))
        self._pairs.update(set(_pairs(words)))

    def profile(self, title: str, text: str) -> Profile:
        """The weighted words of a report."""
        words = telling(f"{title}\n{text}")[:_LEAD]
        most = max(2.0, _RARE * (self._articles + _PRIOR))
        rare = (word for word in words if len(word) > 1 and self._words[word] <= most)
        return Profile(self._weighted(_pairs(words), self._pairs), self._weighted(rare, self._words))

    def _weighted(self, found: Iterable[str], known: Counter[str]) -> Mapping[str, float]:
        weighted = {
            what: (1 + math.log(times)) * math.log((self._articles + _PRIOR) / (known[what] or 1))
            for what, times in Counter(found).items()
        }
        length = math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
        return {what: weight / length for what, weight in weighted.items()}


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return (f"{one} {other}" for one, other in pairwise(words))


def likeness(one: Profile, other: Profile) -> float:
    """How much two reports have in common, 0 … 1.2; symmetric."""
    return _cosine(one.pairs, other.pairs) + _WORDS * _cosine(one.words, other.words)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    return math.fsum(weight * other[what] for what, weight in one.items() if what in other)


def events(told: Iterable[Told], weights: Weights) -> tuple[Event, ...]:
    """All ``told`` as Events, the first told first; most have one Story. The order of the argument does not matter,
    and what is told later changes no Event of what was told before but by joining it."""
    stories = sorted(told, key=lambda one: (one.at, one.key))
    profiles = {one.key: weights.profile(one.title, one.text) for one in stories}
    likely = _Likely(profiles) if len(stories) > _EXACT else None
    alike: dict[tuple[int, int], float] = {}
    groups: list[list[Told]] = []
    for one in stories:
        best, most = None, ENOUGH
        keys = None if likely is None else likely.of(one.key)
        for group in groups if likely is None or keys is None else likely.groups(keys, groups):
            if one.at - group[-1].at > SPAN:
                continue
            for other in group:
                near = one.at - other.at <= SPAN and (keys is None or other.key in keys)
                much = likeness(profiles[other.key], profiles[one.key]) if near else 0.0
                alike[other.key, one.key] = 0.0 if much >= _COPIED and _are_forms(other, one) else much
            average = sum(alike[other.key, one.key] for other in group) / len(group)
            if average >= most:
                best, most = group, average
        if best is None:
            groups.append([one])
        else:
            best.append(one)
        if likely is not None:
            likely.put(one.key, groups[-1] if best is None else best)
    return tuple(_event(group, alike, profiles) for group in groups)


class _Likely:
    """On a day of thousands of Stories only those are compared that share some uncommon pairs or words: comparing each with
    each took minutes for 5,000, and what shares next to none of these is no Event."""

    def __init__(self, profiles: Mapping[int, Profile]) -> None:
        holders = Counter(what for one in profiles.values() for what in (*one.pairs, *one.words))
        rare = {what for what, many in holders.items() if 1 < many <= _HELD}
        self._rare = {key: rare & (one.pairs.keys() | one.words.keys()) for key, one in profiles.items()}
        self._seen: dict[str, list[int]] = {}
        self._groups: dict[int, list[Told]] = {}

    def of(self, key: int) -> set[int]:
        """Those told before that may be alike."""
        shared = Counter(one for what in self._rare[key] for one in self._seen.get(what, ()))
        return {one for one, many in shared.items() if many >= _SHARED}

    def groups(self, keys: set[int], groups: Sequence[list[Told]]) -> list[list[Told]]:
        """The groups of these, in the order of ``groups``."""
        wanted = {id(self._groups[one]) for one in keys}
        return [group for group in groups if id(group) in wanted] if wanted else []

    def put(self, key: int, group: list[Told]) -> None:
        self._groups[key] = group
        for what in self._rare[key]:
            self._seen.setdefault(what, []).append(key)


def _are_forms(one: Told, other: Told) -> bool:
    """Whether two Stories share their wording and are no reprints because one form tells of two happenings."""
    before, after = telling(one.text), telling(other.text)
    headlines = (" ".join(telling(other.title)), " ".join(telling(one.title)))
    return filled_in(after, before, overlap(after, before), headlines=headlines)


def _event(group: Sequence[Told], alike: Mapping[tuple[int, int], float], profiles: Mapping[int, Profile]) -> Event:
    edges = [
        _edge(one, other, alike[one.key, other.key], profiles)
        for at, one in enumerate(group)
        for other in group[at + 1 :]
        if alike[one.key, other.key] >= ENOUGH
    ]
    edges.sort(key=lambda edge: (-edge.likeness, edge.one, edge.other))
    return Event(keys=tuple(one.key for one in group), edges=tuple(edges))


def _edge(one: Told, other: Told, how_much: float, profiles: Mapping[int, Profile]) -> Edge:
    a, b = profiles[one.key], profiles[other.key]
    rare = [word for word in _shared(a.words, b.words) if word not in _FUNCTION]
    return Edge(
        one=one.key,
        other=other.key,
        likeness=round(how_much, 3),
        words=tuple(_shared(a.pairs, b.pairs))[:_SHOWN],
        names=tuple(word for word in rare if not word.isdigit())[:_SHOWN],
        numbers=tuple(word for word in rare if word.isdigit())[:_SHOWN],
        apart=other.at - one.at,
    )


def _shared(one: Mapping[str, float], other: Mapping[str, float]) -> Iterable[str]:
    """What both have, what weighs most first."""
    both = {what: weight * other[what] for what, weight in one.items() if what in other}
    return sorted(both, key=lambda what: (-both[what], what))
