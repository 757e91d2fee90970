"""Whether a page, as its bytes came, can hold an article that a watch list flags: told without taking it apart. Pure.

It may say yes to what is then not flagged; never no to what is. For that, all words are looked at that a reader could make a text of
(:mod:`monitor.rawwords`); what stands beside a word, which decides much of what is flagged, is not looked at. What a run of bytes
may mean is reckoned once and remembered, so that a page costs little more than the looking up of its words: measured, a thirtieth
of what reading it costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from crawler.charset import as_utf8, decode, is_utf8
from monitor.analysis import LEFT, RIGHT
from monitor.arabic import is_arabic, tokens
from monitor.conditions import AllOf, AnyOf, Condition, Mention, Near, Not, mentions
from monitor.rawwords import DIGITS, LATIN, WORD, Unsure, letters, levels, runs, whole, with_ascii_digits
from monitor.rules import WatchList, WatchLists

__all__ = ["Superset"]

_MOST_RUNS = 200_000
"""That are remembered: what a hundred thousand pages of some hundred papers have. The half that was not met of late goes first."""


class _Run(NamedTuple):
    """What a run of bytes beyond ASCII may mean."""

    senses: frozenset[int] = frozenset()
    begun: bool = False
    """Its last word may be the first half of a word,"""
    ended: bool = False
    """and its first word the second half of one."""
    latin: bool = False
    digits: bool = False
    """Arabic ones."""
    doubtful: bool = False
    """It is not plain UTF-8."""


_NOTHING: frozenset[int] = frozenset()
_PLAIN = _Run()
"""Words that mean nothing."""
_WORDLESS = _Run(senses=frozenset())


class Superset:
    """What some watch lists could flag."""

    def __init__(self, lists: WatchLists) -> None:
        self._lists = lists
        self._matcher = lists.matcher
        asked = {
            mention.term
            for watchlist in lists.lists
            for rule in watchlist.rules
            if rule.weight > 0
            for mention in mentions(rule.condition)
        }
        terms = (lists.matcher.terms[number] for number in asked)
        written = (text for term in terms for text in (term.text, *term.aliases))
        words = {token.folded for text in written for token in tokens(text)}
        self._others = {
            word.encode(): self._matcher.somewhere(word)[0] for word in sorted(words) if not is_arabic(word)
        }
        """Latin words and numbers, and their senses."""
        self._numbers = any(word.isdigit() for word in self._others)
        self._known: dict[bytes, _Run] = {}
        self._older: dict[bytes, _Run] = {}
        self._pairs: dict[tuple[bytes, bytes], frozenset[int]] = {}

    def may_match(self, body: bytes, content_type: str | None) -> bool:
        """Whether an article read from this page could be flagged."""
        try:
            found = self._gathered(body, sure=False) if is_utf8(body) else None
            if found is None:
                text = decode(body, content_type)
                found = self._gathered(text.encode("utf-8", "surrogatepass"), sure=True)
        except Unsure:
            return True
        assert found is not None
        if not self._reached(found.senses.union(*self._others.values())):
            return False
        return not self._others or self._reached(found.senses.union(*self._standing(found)))

    def _gathered(self, body: bytes, *, sure: bool) -> _Gathered | None:
        """What a page in UTF-8 holds; ``None``: it is not ``sure`` that it is UTF-8, and indeed it does not look so."""
        found = _Gathered()
        self._add(runs(body), found)
        if found.doubtful and not sure:
            return None
        for number, page in enumerate(levels(body)):
            found.pages.append(page)
            if number:
                self._add(runs(page), found)
            if joined := whole(page):
                self._add(runs(joined), found)
        return found

    def _add(self, given: Sequence[bytes], found: _Gathered) -> None:
        """What these runs, in this order, may mean."""
        begun: set[bytes] = set()
        ended: set[bytes] = set()
        silent: set[bytes] = set()
        for run in set(given):
            known = self._known.get(run) or self._learned(run)
            if known is _WORDLESS:
                silent.add(run)
            elif known is not _PLAIN:
                found.add(known)
                if known.begun:
                    begun.add(run)
                if known.ended:
                    ended.add(run)
        if begun or ended:
            spoken = [run for run in given if run not in silent] if silent else given
            for pair in {pair for pair in pairwise(spoken) if pair[0] in begun or pair[1] in ended}:
                senses = self._pairs.get(pair)
                found.senses |= self._paired(pair) if senses is None else senses

    def _paired(self, pair: tuple[bytes, bytes]) -> frozenset[int]:
        if len(self._pairs) > _MOST_RUNS:
            self._pairs.clear()
        before, after = _words(pair[0]), _words(pair[1])
        senses = self._matcher.together(before[-1], after[0]) if before and after else _NOTHING
        self._pairs[pair] = senses
        return senses

    def _learned(self, run: bytes) -> _Run:
        if len(self._known) >= _MOST_RUNS // 2:
            self._older, self._known = self._known, {}
        known = self._older.get(run) or self._read(run)
        self._known[run] = known
        return known

    def _read(self, run: bytes) -> _Run:
        """What a run may mean that was not met before."""
        text = run.decode("utf-8", "replace")
        words = _words(run)
        met = {word: self._matcher.somewhere(word) for word in set(words)}
        senses = frozenset().union(*(senses for senses, _ in met.values()))
        for left, right in set(pairwise(words)):
            if met[left][1] & LEFT or met[right][1] & RIGHT:
                senses |= self._matcher.together(left, right)
        read = _Run(
            senses=senses,
            begun=bool(words) and bool(met[words[-1]][1] & LEFT),
            ended=bool(words) and bool(met[words[0]][1] & RIGHT),
            latin=LATIN.search(text) is not None,
            digits=DIGITS.search(text) is not None,
            doubtful=as_utf8(run) is None,
        )
        return read if any(read) else _PLAIN if words else _WORDLESS

    def _standing(self, found: _Gathered) -> Iterator[AbstractSet[int]]:
        """The senses of the words that are not Arabic and may stand in a page."""
        if found.latin:
            yield from self._others.values()
            return
        pages = map(with_ascii_digits, found.pages) if found.digits and self._numbers else found.pages
        rows = [row for page in pages for row in letters(page)]
        for word, senses in self._others.items():
            if any(word in row for row in rows):
                yield senses

    def _reached(self, senses: AbstractSet[int]) -> bool:
        terms = self._matcher.possible(senses)
        return any(_reached(watchlist, terms) for watchlist in self._lists.lists)


class _Gathered:
    """What was found in a page so far."""

    def __init__(self) -> None:
        self.senses: set[int] = set()
        self.latin = self.digits = self.doubtful = False
        self.pages: list[bytes] = []
        """At each level of escaping."""

    def add(self, run: _Run) -> None:
        self.senses |= run.senses
        self.latin |= run.latin
        self.digits |= run.digits
        self.doubtful |= run.doubtful


_UNPARSED = re.compile("[\ufffe\uffff\ud800-\udfff]+")


@lru_cache(maxsize=2**14)
def _words(run: bytes) -> list[str]:
    """The Arabic words of a run, also as they are without what is left out before a page is parsed."""
    try:
        text = run.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = run.decode("utf-8", "replace")
    words = WORD.findall(text)
    return [*words, *WORD.findall(_UNPARSED.sub("", text))] if _UNPARSED.search(text) else words


def _reached(watchlist: WatchList, terms: AbstractSet[int]) -> bool:
    possible = [rule for rule in watchlist.rules if rule.weight > 0 and _perhaps(rule.condition, terms)]
    return bool(possible) and sum(rule.weight for rule in possible) >= watchlist.threshold


def _perhaps(condition: Condition, terms: AbstractSet[int]) -> bool:
    match condition:
        case Mention():
            return condition.term in terms
        case AnyOf(parts):
            return any(_perhaps(part, terms) for part in parts)
        case AllOf(parts) | Near(parts):
            return all(_perhaps(part, terms) for part in parts)
        case Not():
            return True
