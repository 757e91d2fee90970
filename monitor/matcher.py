"""A Matcher looks for all its terms in one scan of a text, whatever their number.

Every printed word is looked up once in a table of the words met so far; only a new word is taken apart. What is found
there are the *senses* that it meets; a term is a row of senses that must stand side by side. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from monitor.analysis import LEFT, RIGHT, Analyst
from monitor.arabic import UNSEEN, WORD
from monitor.patterns import Pattern
from monitor.senses import Sense

__all__ = ["Hit", "Matcher", "Row"]


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


@dataclass(frozen=True, slots=True)
class Context:
    """Where a term is something else: terms (by number) that may not stand before, after or near it."""

    not_before: tuple[int, ...] = ()
    not_after: tuple[int, ...] = ()
    not_near: tuple[int, ...] = ()
    within: int = 10


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

    def reckon(self) -> list[int]:
        """Offsets: word n stands from 2n to 2n + 1."""
        if not self.ends:
            self.ends = list(accumulate(map(len, self.pieces)))
        return self.ends

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


class _Entry(NamedTuple):
    """What a printed word does. The first two fields are all that most words need."""

    terms: tuple[int, ...]
    """The terms that it is alone, just as it is printed."""
    special: bool
    """Whether one of the fields below needs a look."""
    rows: tuple[tuple[int, tuple[int, ...]], ...]
    """The rows of words that it begins."""
    piece: int
    """The half of a split word that it may be."""
    senses: tuple[int, ...]
    trimmed: tuple[int, ...]
    """The terms that it is without the unseen characters at its ends."""


_Raw = tuple[int, int, int, int, int]
"""(start, end, term, first, last): sorts by place."""


class Matcher:
    """Terms ready to be looked for. Made by :func:`monitor.terms.compile`; safe to use from one thread at a time."""

    def __init__(
        self,
        rows: Sequence[Row],
        patterns: Sequence[tuple[int, Pattern]],
        contexts: dict[int, Context],
        analyst: Analyst,
    ) -> None:
        self._analyst = analyst
        self._patterns = tuple(patterns)
        self._contexts = contexts
        self._alone: dict[int, list[int]] = {}
        self._longer: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        for row in rows:
            numbers = tuple(analyst.watch(sense) for sense in row.senses)
            if len(numbers) == 1:
                self._alone.setdefault(numbers[0], []).append(row.term)
            else:
                self._longer.setdefault(numbers[0], []).append((row.term, numbers))
        self._table = _Table(self._entry)

    def _entry(self, word: str) -> _Entry | None:
        """What a printed word does; ``None``: nothing."""
        met = self._analyst.meets(word)
        if met is None:
            return None
        alone = {term: None for number in met.senses for term in self._alone.get(number, ())}
        longer = {row: None for number in met.senses for row in self._longer.get(number, ())}
        whole, trimmed = ((), tuple(alone)) if _trim(word) != (0, 0) else (tuple(alone), ())
        special = bool(longer or met.piece or trimmed)
        if not special and not whole:
            return None
        return _Entry(whole, special, tuple(longer), met.piece, met.senses, trimmed)

    def raw(self, text: str) -> list[_Raw]:
        """As :meth:`scan`, in plain tuples: what a hundred thousand hits a second are made of."""
        words = _Words(_SPLIT.split(text))
        met = list(map(self._table.__getitem__, words.words))
        active = [(at, entry) for at, entry in enumerate(met) if entry is not None]
        ends = words.reckon() if active else []
        found = [(ends[at + at], ends[at + at + 1], term, at, at) for at, entry in active for term in entry[0]]
        special = [at for at, entry in active if entry[1]]
        wider = self._wider(special, met, words) if special else []
        if self._patterns:
            wider += self._pattern_hits(text, words)
        if wider:
            found = sorted({*found, *wider})
        return self._in_context(found) if self._contexts else found

    def scan(self, text: str) -> list[Hit]:
        """Every place where a term stands, in the order of the text; each term once at a place."""
        return [Hit(term, start, end, first, last) for start, end, term, first, last in self.raw(text)]

    def _wider(self, places: list[int], met: list[_Entry | None], words: _Words) -> list[_Raw]:
        """Hits of more than one word: phrases, and words that the page has split."""
        found: list[_Raw] = []
        for at in places:
            entry = met[at]
            assert entry is not None
            found += [(*words.span(at, at), term, at, at) for term in entry.trimmed]
            for term, numbers in entry.rows:
                last = at + len(numbers) - 1
                if last < len(met) and self._follows(at, numbers, words):
                    found.append((*words.span(at, last), term, at, last))
            if entry.piece & LEFT and at + 1 < len(met):
                found += self._rejoined(at, met, words)
            if entry.piece & RIGHT and at:
                found += self._rejoined(at - 1, met, words)
        return found

    def _follows(self, at: int, numbers: tuple[int, ...], words: _Words) -> bool:
        """Whether the words after ``at`` meet the rest of a row, with nothing between them that ends a sentence."""
        for n, number in enumerate(numbers[1:], at + 1):
            if number not in self._analyst.inner(words.words[n]) or _BREAK.search(words.gap(n - 1)):
                return False
        return True

    def _rejoined(self, first: int, met: list[_Entry | None], words: _Words) -> list[_Raw]:
        """Two pieces may be one word that the page has split: أس تانة."""
        gap = words.gap(first)
        if gap != " " and not _GAP.fullmatch(gap):
            return []
        beside = {number for entry in met[first : first + 2] if entry is not None for number in entry.senses}
        found: list[_Raw] = []
        for number in self._analyst.rejoined(words.words[first], words.words[first + 1]):
            if number not in beside:
                span = words.span(first, first + 1)
                found += [(*span, term, first, first + 1) for term in self._alone.get(number, ())]
        return found

    def _pattern_hits(self, text: str, words: _Words) -> list[_Raw]:
        starts = words.reckon()[::2]
        hits: list[_Raw] = []
        for term, pattern in self._patterns:
            for start, end in pattern.spans(text):
                first = max(0, bisect_right(starts, start, hi=len(words.words)) - 1)
                last = max(first, bisect_left(starts, end, hi=len(words.words)) - 1)
                hits.append((start, end, term, first, last))
        return hits

    def _in_context(self, found: list[_Raw]) -> list[_Raw]:
        """Without the hits that stand where the term is something else, and without what was looked for to know that."""
        by_term: dict[int, list[_Raw]] = {}
        for hit in found:
            by_term.setdefault(hit[2], []).append(hit)
        return [hit for hit in found if not _elsewhere(hit, self._contexts.get(hit[2]), by_term)]


def _elsewhere(hit: _Raw, context: Context | None, by_term: dict[int, list[_Raw]]) -> bool:
    if context is None:
        return False
    _, _, _, first, last = hit
    return (
        any(other[4] == first - 1 for term in context.not_before for other in by_term.get(term, ()))
        or any(other[3] == last + 1 for term in context.not_after for other in by_term.get(term, ()))
        or any(
            other[3] - context.within <= last and first <= other[4] + context.within
            for term in context.not_near
            for other in by_term.get(term, ())
        )
    )


class _Table(dict[str, _Entry | None]):
    """Words met so far and what they do; ``None`` for the many that do nothing."""

    _LIMIT = 150_000

    def __init__(self, entry: Callable[[str], _Entry | None]) -> None:
        super().__init__()
        self._make = entry

    def __missing__(self, word: str) -> _Entry | None:
        entry = self._make(word)
        if len(self) >= self._LIMIT:
            self.clear()  # the vocabulary of a newspaper: filled again in seconds
        self[word] = entry
        return entry
