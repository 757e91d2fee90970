"""What a rule asks of an article: Conditions over Mentions of terms, and the places that make them true. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from monitor.terms import Hit, Matcher
from storage.records import Span

__all__ = [
    "WHERE",
    "AllOf",
    "AnyOf",
    "Condition",
    "Mask",
    "Mention",
    "Near",
    "Not",
    "Place",
    "Reading",
    "lead_end",
    "mentions",
    "places",
]

WHERE = ("title", "lead", "text")
_LEAD_WORDS, _LEAD_MOST = 30, 120
_WIDEST = 1000
"""Words; no `near` is wider."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A term stands there. A place that overlaps one of ``exclude`` does not count."""

    term: int
    """Its number in the Matcher."""
    label: str
    """The term as the person wrote it."""
    exclude: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Near:
    """Each slot stands there, with at most ``within`` other words between the first and the last of them."""

    slots: tuple[Condition, ...]
    within: int


Condition: TypeAlias = "Mention | AnyOf | AllOf | Not | Near"


class Place(NamedTuple):
    """A Mention found: ``hit`` of the field ``where`` (title or text)."""

    where: str
    hit: Hit
    label: str

    def overlaps(self, other: Place) -> bool:
        return self.where == other.where and self.hit.start < other.hit.end and other.hit.start < self.hit.end


def mentions(condition: Condition) -> Iterable[Mention]:
    """Every Mention of a condition, exclusions aside."""
    match condition:
        case Mention():
            yield condition
        case AnyOf(parts) | AllOf(parts) | Near(parts):
            for part in parts:
                yield from mentions(part)
        case Not(part):
            yield from mentions(part)


def lead_end(text: str) -> int:
    """Where the lead ends: after the paragraph in which the 30th word stands, at the latest after 120 words."""
    paragraph = len(text)
    for number, word in enumerate(re.finditer(r"\S+", text), start=1):
        if number == _LEAD_WORDS:
            end = text.find("\n", word.end())
            paragraph = end if end >= 0 else paragraph
        if number == _LEAD_MOST or (number >= _LEAD_WORDS and word.end() >= paragraph):
            return min(paragraph, word.end())
    return len(text)


class Reading:
    """What was found in one article, for rules to ask."""

    def __init__(self, matcher: Matcher, title: str, text: str) -> None:
        self._fields = {"title": title, "text": text}
        self._found = {where: matcher.find(given) for where, given in self._fields.items()}
        self._masks: dict[int, Mask] = {}

    @cached_property
    def terms(self) -> AbstractSet[int]:
        """Numbers of the terms that were found."""
        return self._found["title"].terms | self._found["text"].terms

    @cached_property
    def _lead_end(self) -> int:
        return lead_end(self._fields["text"])

    def of(self, mention: Mention, scope: Sequence[str]) -> list[Place]:
        """The places of a term in ``scope``, in the order of the article; exclusions are not looked at."""
        found = []
        if "title" in scope:
            found += [Place("title", hit, mention.label) for hit in self._found["title"].of(mention.term)]
        if "text" in scope or "lead" in scope:
            hits = self._found["text"].of(mention.term)
            end = len(self._fields["text"]) if "text" in scope else self._lead_end
            found += [Place("text", hit, mention.label) for hit in hits if hit.end <= end]
        return found

    def mask(self, exclude: tuple[Condition, ...]) -> Mask:
        """What exclusions hide, wherever they stand."""
        if not exclude:
            return _NOTHING
        if id(exclude) not in self._masks:  # the lists outlive the reading: an id stands for one tuple
            there = self.terms
            asked = [c for c in exclude if not isinstance(c, Mention) or c.term in there]
            self._masks[id(exclude)] = Mask(p for c in asked for p in places(c, self, _EVERYWHERE) or ())
        return self._masks[id(exclude)]

    def spans(self, found: Iterable[Place]) -> tuple[Span, ...]:
        """Spans of places, in order; what stands inside a longer one is left out."""
        kept: list[Place] = []
        for place in sorted(set(found), key=lambda p: (p.where != "title", p.hit.start, -p.hit.end, p.hit.term)):
            last = kept[-1] if kept else None
            if last is None or last.where != place.where or place.hit.end > last.hit.end:
                kept.append(place)
        return tuple(
            Span(where=w, start=hit.start, end=hit.end, words=self._fields[w][hit.start : hit.end], term=label)
            for w, hit, label in kept
        )


class Mask:
    """Stretches of the title and the text where a Mention does not count."""

    def __init__(self, found: Iterable[Place] = ()) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        for place in sorted(found, key=lambda p: p.hit.start):
            starts, ends = self._starts.setdefault(place.where, []), self._ends.setdefault(place.where, [])
            if ends and place.hit.start <= ends[-1]:
                ends[-1] = max(ends[-1], place.hit.end)
            else:
                starts.append(place.hit.start)
                ends.append(place.hit.end)

    def hides(self, place: Place) -> bool:
        """Whether a stretch overlaps it."""
        starts = self._starts.get(place.where)
        if not starts:
            return False
        before = bisect_left(starts, place.hit.end) - 1
        return before >= 0 and self._ends[place.where][before] > place.hit.start


_EVERYWHERE = ("title", "text")
_NOTHING = Mask()


def places(
    condition: Condition, reading: Reading, scope: Sequence[str], masks: Sequence[Mask] = ()
) -> list[Place] | None:
    """The places that make ``condition`` true (none for a ``Not``), or ``None`` where it is not met.

    Places that one of ``masks`` hides do not count.
    """
    match condition:
        case Mention():
            hidden = (*masks, reading.mask(condition.exclude))
            seen = [p for p in reading.of(condition, scope) if not any(mask.hides(p) for mask in hidden)]
            return seen or None
        case AnyOf(parts):
            met = [found for part in parts if (found := places(part, reading, scope, masks)) is not None]
            return [place for found in met for place in found] if met else None
        case AllOf(parts):
            together: list[Place] = []
            for part in parts:
                found = places(part, reading, scope, masks)
                if found is None:
                    return None
                together += found
            return together
        case Not(part):
            return [] if places(part, reading, scope, masks) is None else None
        case Near(slots, within):
            each = [places(slot, reading, scope, masks) for slot in slots]
            filled = [one for one in each if one]
            return _near(filled, within) or None if len(filled) == len(slots) else None


def _near(slots: Sequence[Sequence[Place]], within: int) -> list[Place]:
    """The places that stand together: from each place on, the next place of every other slot."""
    met: list[Place] = []
    for where in _EVERYWHERE:
        here = [sorted((p for p in slot if p.where == where), key=lambda p: p.hit.start) for slot in slots]
        starts = [[place.hit.start for place in slot] for slot in here]
        for number, slot in enumerate(here):
            for leftmost in slot:
                chosen = [leftmost]
                for other in (n for n in range(len(here)) if n != number):
                    begin = bisect_left(starts[other], leftmost.hit.start)
                    if (after := _first_apart(here[other], begin, chosen)) is None:
                        break
                    chosen.append(after)
                if len(chosen) == len(here) and _between(chosen) <= within:
                    met += chosen
    return met


def _first_apart(slot: Sequence[Place], begin: int, chosen: Sequence[Place]) -> Place | None:
    """The first from ``begin`` that overlaps none of those that are chosen: one word cannot fill two slots."""
    for index in range(begin, len(slot)):
        if not any(slot[index].overlaps(one) for one in chosen):
            return slot[index]
    return None


def _between(chosen: Sequence[Place]) -> int:
    """Words from the first to the last of these that are none of them."""
    first, last = min(p.hit.first for p in chosen), max(p.hit.last for p in chosen)
    if last - first > _WIDEST:
        return last - first
    covered = {word for place in chosen for word in range(place.hit.first, place.hit.last + 1)}
    return last - first + 1 - len(covered)
