"""A Matcher looks for all its terms in one scan of a text, whatever their number.

Every printed word is looked up once in a table of the words met so far; only a new word is taken apart. What is found
there are the *senses* that it meets; a term is a row of senses that must stand side by side. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, compress
from typing import NamedTuple

from monitor.analysis import LEFT, LONGEST, RIGHT, Analyst, Met
from monitor.arabic import UNSEEN, WORD, fold, relax
from monitor.context import cue, is_place
from monitor.cores import Cores
from monitor.patterns import Pattern
from monitor.senses import Sense
from monitor.vocabulary import PARTICLES

__all__ = ["Found", "Hit", "Matcher", "Row"]


class Hit(NamedTuple):
    """A place where a term stands: ``terms[term]`` at ``text[start:end]``, words ``first`` to ``last`` of the text."""

    term: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Row:
    """One way to meet a term: senses that stand side by side."""

    term: int
    senses: tuple[Sense, ...]


_NOTHING = Met(())
_WHOLE = frozenset(PARTICLES)
"""Short words that are no half of one."""
_MOST_WORDS = 150_000
"""Printed words that are remembered."""
_SPLIT = re.compile(f"({WORD.pattern})")
_HEAD = re.compile(f"[{UNSEEN}]+")
_TAIL = re.compile(f"[{UNSEEN}]+$")
_EDGE = frozenset(chr(n) for n in range(0x10000) if _TAIL.match(chr(n)))
# Between the words of a phrase there may be spaces, quotes, hyphens, brackets; not the end of a sentence or line.
_BREAK = re.compile("[.!?؟؛;،,:\n\r\u2028\u2029|]")
_GAP = re.compile("[ \t\u00a0\u200b-\u200f\u202a-\u202e]{1,3}")


class _Words:
    """The words of one text, with offsets."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        self.words = pieces[1::2]
        self.ends: list[int] = []
        self._places: dict[str, list[int]] | None = None

    def reckon(self) -> list[int]:
        """Offsets: word n stands from 2n to 2n + 1."""
        if not self.ends:
            self.ends = list(accumulate(map(len, self.pieces)))
        return self.ends

    def places(self, word: str) -> list[int]:
        """Where a word stands, in order."""
        if self._places is None:
            self._places = {}
            for at, each in enumerate(self.words):
                self._places.setdefault(each, []).append(at)
        return self._places[word]

    def span(self, first: int, last: int) -> tuple[int, int]:
        ends = self.reckon()
        before, after = _trim(self.words[first])[0], _trim(self.words[last])[1]
        return ends[2 * first] + before, ends[2 * last + 1] - after

    def gap(self, after: int) -> str:
        """What stands between a word and the next."""
        return self.pieces[2 * after + 2]


def _trim(word: str) -> tuple[int, int]:
    """How many characters at the start and the end of a matched run are no part of the word that one sees."""
    if word[0] in _EDGE or word[-1] in _EDGE:
        head, tail = _HEAD.match(word), _TAIL.search(word)
        return (head.end() if head else 0), (len(tail.group()) if tail else 0)
    return 0, 0


_Rest = tuple[int, tuple[int, ...]]
"""A term, and what the words of a row after the second have to meet."""


class _Special(NamedTuple):
    """What a printed word does that needs a look at what stands beside it."""

    met: Met
    rows: Mapping[int, Sequence[_Rest]]
    """The rows of words that it begins, by what the second word has to meet."""
    trimmed: tuple[int, ...]
    """The terms that it is without the unseen characters at its ends."""
    cases: tuple[tuple[int, ...], ...]
    """The terms that it is where nothing tells, as a noun, as a verb; empty where that makes no difference."""
    persons: frozenset[int]
    """Those of its terms that it is not where it is a place."""


_Row = tuple[int, int]
"""The first and the last word of a place."""


class Found:
    """What one scan of a text found. Places are reckoned when they are asked for: most never are."""

    def __init__(
        self,
        words: _Words,
        met: Sequence[tuple[int, ...]],
        distinct: Iterable[str],
        wider: dict[int, set[_Row]],
        patterns: dict[int, list[Hit]],
    ) -> None:
        """``met``: the terms that each of the ``distinct`` words is."""
        self._words = words
        self._met = met
        self._distinct = distinct
        self._wider = wider
        self._patterns = patterns

    @cached_property
    def terms(self) -> AbstractSet[int]:
        """Numbers of the terms that were found."""
        return {*chain.from_iterable(filter(None, self._met)), *self._wider, *self._patterns}

    @cached_property
    def _printed(self) -> dict[int, list[str]]:
        """The words that are a term."""
        printed: dict[int, list[str]] = {}
        for word, terms in zip(self._distinct, self._met, strict=True):
            for term in terms:
                printed.setdefault(term, []).append(word)
        return printed

    def of(self, term: int) -> list[Hit]:
        """The places of a term, in the order of the text; each once."""
        places = {(at, at) for word in self._printed.get(term, ()) for at in self._words.places(word)}
        places |= self._wider.get(term, set())
        found = [Hit(term, *self._words.span(first, last), first, last) for first, last in sorted(places)]
        found += self._patterns.get(term, ())
        return found


class Matcher:
    """Terms ready to be looked for. Made by :func:`monitor.terms.compile`; safe to use from one thread at a time."""

    def __init__(self, rows: Sequence[Row], patterns: Sequence[tuple[int, Pattern]], analyst: Analyst) -> None:
        self._analyst = analyst
        self._patterns = tuple(patterns)
        self._alone: dict[int, list[int]] = {}
        self._longer: dict[int, dict[int, list[_Rest]]] = {}
        """Rows of more than one word, by the first and the second: one first word (مدينة) may begin hundreds."""
        for row in rows:
            numbers = tuple(analyst.watch(sense) for sense in row.senses)
            if len(numbers) == 1:
                self._alone.setdefault(numbers[0], []).append(row.term)
            else:
                seconds = self._longer.setdefault(numbers[0], {})
                seconds.setdefault(numbers[1], []).append((row.term, numbers[2:]))
        self._table = _Table(self._entry)

    @property
    def stems(self) -> AbstractSet[str]:
        """Stems of all that is looked for, as :func:`monitor.arabic.relax` gives them: a word that none of them stands in
        meets nothing."""
        return self._analyst.stems

    def _terms(self, senses: Iterable[int]) -> tuple[int, ...]:
        return tuple({term: None for number in senses for term in self._alone.get(number, ())})

    def _begun(self, senses: Iterable[int]) -> Mapping[int, Sequence[_Rest]]:
        """The rows that begin with one of these senses."""
        each = [self._longer[number] for number in senses if number in self._longer]
        if len(each) < 2:
            return each[0] if each else {}
        joined: dict[int, dict[_Rest, None]] = {}
        for rows in each:
            for second, rests in rows.items():
                joined.setdefault(second, {}).update(dict.fromkeys(rests))
        return {second: tuple(rests) for second, rests in joined.items()}

    def _entry(self, word: str) -> tuple[tuple[int, ...], _Special | None]:
        """What a printed word does: the terms that it is wherever it stands, and what has to be looked at."""
        met = self._analyst.meets(word)
        if met is None:
            return (), None
        alone = self._terms(met.senses)
        cases = (alone, self._terms(met.as_noun), self._terms(met.as_verb)) if met.as_noun or met.as_verb else ()
        persons = frozenset(self._terms(met.persons))
        if cases and cases[0] == cases[1] == cases[2]:
            cases = ()
        if persons and not cases:
            cases = (alone, alone, alone)
        longer = self._begun(met.senses)
        trimmed = alone if not cases and _trim(word) != (0, 0) else ()
        special = _Special(met, longer, trimmed, cases, persons)
        return () if cases or trimmed else alone, special if longer or met.piece or trimmed or cases else None

    def find(self, text: str) -> Found:
        """Every place where a term stands; see :class:`Found`."""
        words = _Words(_SPLIT.split(text))
        if len(self._table) > _MOST_WORDS:
            self._table.clear()  # the vocabulary of a newspaper: filled again in seconds
        distinct = set(words.words)
        met = list(map(self._table.__getitem__, distinct))
        wider: dict[int, set[_Row]] = {}
        if special := distinct & self._table.looked_at:
            for term, row in self._wider(special, words):
                wider.setdefault(term, set()).add(row)
        return Found(words, met, distinct, wider, self._pattern_hits(text, words) if self._patterns else {})

    def somewhere(self, word: str) -> tuple[frozenset[int], int]:
        """The senses that a printed word may have in some text, whatever stands beside it; the half of a word that it may be."""
        if len(word) > LONGEST:
            return frozenset(), 0
        short, folded = (LEFT | RIGHT) * (len(word) <= 2 and word not in _WHOLE), fold(word)
        if not self._cores.within(relax(folded)):
            return frozenset(), short | self._analyst.piece(folded)
        met = self._analyst.meets(word) or _NOTHING
        senses = self._analyst.inner(word).union(met.senses, met.as_noun, met.as_verb)
        return senses, short | met.piece

    @cached_property
    def _cores(self) -> Cores:
        return Cores({*self._analyst.stems, *map(relax, self._analyst.printed)})

    def together(self, left: str, right: str) -> frozenset[int]:
        """The senses that two words may have as the halves of one."""
        if not self._cores.within(relax(fold(left + right))):
            return frozenset()
        return self._analyst.halves(left, right).union(self._analyst.rejoined(left, right))

    def possible(self, senses: AbstractSet[int]) -> set[int]:
        """Numbers of the terms that :meth:`find` can find in a text whose words have no other senses than these.

        In which order they stand, and what stands between them, is not looked at, nor what only a pattern can tell.
        """
        terms = {term for number in senses for term in self._alone.get(number, ())}
        for number in senses & self._longer.keys():
            for second, rests in self._longer[number].items():
                if second in senses:
                    terms |= {term for term, rest in rests if senses >= set(rest)}
        return terms | {term for term, _ in self._patterns}

    def scan(self, text: str) -> list[Hit]:
        """Every place where a term stands, in the order of the text; each term once at a place."""
        found = self.find(text)
        return sorted(
            (hit for term in found.terms for hit in found.of(term)), key=lambda hit: (hit.start, hit.end, hit.term)
        )

    def _wider(self, special: set[str], words: _Words) -> Iterator[tuple[int, _Row]]:
        """Hits that need a look around: phrases, words that the page has split, words that are one thing or another."""
        count = len(words.words)
        for at in compress(range(count), map(special.__contains__, words.words)):
            entry = self._table.special[words.words[at]]
            for term in entry.trimmed or (self._in_context(at, entry, words) if entry.cases else ()):
                yield term, (at, at)
            if entry.rows:
                yield from ((term, (at, last)) for term, last in self._ends(at, entry.rows, words))
            if entry.met.piece & LEFT and at + 1 < count:
                yield from self._rejoined(at, words)
            if entry.met.piece & RIGHT and at:
                yield from self._rejoined(at - 1, words)

    def _in_context(self, at: int, entry: _Special, words: _Words) -> Iterable[int]:
        """The terms that a word is for what stands beside it."""
        word, before = words.words[at], words.words[at - 1] if at else None
        terms = entry.cases[cue(before, words.gap(at - 1), word)]
        if entry.persons and not entry.persons.isdisjoint(terms):
            around = (words.words[at - 2] if at > 1 else "", before or "", "".join(words.words[at + 1 : at + 2]))
            gaps = (words.gap(at - 2) if at > 1 else "", words.gap(at - 1), words.gap(at))
            if is_place(around, gaps, fold(word)):
                return [term for term in terms if term not in entry.persons]
        return terms

    def _ends(self, at: int, rows: Mapping[int, Sequence[_Rest]], words: _Words) -> Iterator[tuple[int, int]]:
        """The terms whose rows go on after ``at``, and where each ends: with nothing between its words that ends a sentence.

        A word that the page has split counts as one: غارات جو ية.
        """
        for last, numbers in self._next(at, words):
            for number in numbers:
                for term, rest in rows.get(number, ()):
                    if (end := self._end(last, rest, words)) is not None:
                        yield term, end

    def _end(self, at: int, rest: tuple[int, ...], words: _Words) -> int | None:
        for number in rest:
            at = next((last for last, numbers in self._next(at, words) if number in numbers), -1)
            if at < 0:
                return None
        return at

    def _next(self, at: int, words: _Words) -> Iterator[tuple[int, frozenset[int]]]:
        """What the word after ``at`` meets inside a phrase, and what it meets together with the one after it."""
        at += 1
        if at >= len(words.words) or _BREAK.search(words.gap(at - 1)):
            return
        yield at, self._analyst.inner(words.words[at])
        if self._split(at, words):
            yield at + 1, self._analyst.halves(words.words[at], words.words[at + 1])

    def _split(self, at: int, words: _Words) -> bool:
        """Whether a word and the next may be the halves of one."""
        if at + 1 == len(words.words) or words.gap(at) != " ":
            return False
        pair = words.words[at : at + 2]
        if _short(*pair):
            return True
        left, right = map(self._table.special.get, pair)
        return (left is not None and bool(left.met.piece & LEFT)) or (
            right is not None and bool(right.met.piece & RIGHT)
        )

    def _rejoined(self, first: int, words: _Words) -> Iterator[tuple[int, _Row]]:
        """Two pieces may be one word that the page has split: أس تانة."""
        gap = words.gap(first)
        if gap != " " and not _GAP.fullmatch(gap):
            return
        whole = self._analyst.rejoined(words.words[first], words.words[first + 1])
        if not whole:
            return
        pair = map(self._analyst.meets, words.words[first : first + 2])
        beside = {number for met in pair if met is not None for number in met.senses}
        for number in whole:
            if number not in beside:
                for term in self._alone.get(number, ()):
                    yield term, (first, first + 1)
                for term, last in self._ends(first + 1, self._longer.get(number, {}), words):
                    yield term, (first, last)

    def _pattern_hits(self, text: str, words: _Words) -> dict[int, list[Hit]]:
        starts = words.reckon()[::2]
        hits: dict[int, list[Hit]] = {}
        for term, pattern in self._patterns:
            for start, end in pattern.spans(text):
                first = max(0, bisect_right(starts, start, hi=len(words.words)) - 1)
                last = max(first, bisect_left(starts, end, hi=len(words.words)) - 1)
                hits.setdefault(term, []).append(Hit(term, start, end, first, last))
        return hits


def _short(left: str, right: str) -> bool:
    """Whether one of two words is so short that it may be a piece of the other, and neither is a particle."""
    return min(len(left), len(right)) <= 2 and left not in _WHOLE and right not in _WHOLE


class _Table(dict[str, tuple[int, ...]]):
    """Words met so far and the terms that they are: none, for most."""

    def __init__(self, entry: Callable[[str], tuple[tuple[int, ...], _Special | None]]) -> None:
        super().__init__()
        self._make = entry
        self._same: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.special: dict[str, _Special] = {}
        """The words whose neighbours are looked at."""
        self.looked_at: set[str] = set()
        """The same words: two sets meet four times as fast as a set and the keys of a dictionary."""

    def clear(self) -> None:
        super().clear()
        self._same.clear()
        self.special.clear()
        self.looked_at.clear()

    def __missing__(self, word: str) -> tuple[int, ...]:
        terms, special = self._make(word)
        terms = self[word] = self._same.setdefault(terms, terms)
        if special is not None:
            self.special[word] = special
            self.looked_at.add(word)
        return terms
