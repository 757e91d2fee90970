"""Which watched senses a printed word meets. Pure.

A word of the text is first looked at from outside: only if a stem of it is a stem of something watched are its readings
ranked (some 50 µs), and it meets a word when that word is its likeliest reading or at least a third of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.arabic import fold, is_arabic, relax
from monitor.clitics import name_stems
from monitor.context import is_either
from monitor.gluing import beside, cuts
from monitor.lexicon import Lexicon
from monitor.readings import candidates, spelling
from monitor.senses import Sense, bare

__all__ = ["LEFT", "LONGEST", "RIGHT", "Analyst", "Met"]

_MEETS = 0.35
"""A printed word is a lexeme when this share of its readings is (or when it is the likeliest one)."""
_DOUBT = 0.004
"""Where nouns or verbs have a smaller share of a printed word, its neighbours are not asked."""
_NAME_WEIGHT = 0.25
"""A name stands against other readings of the printed word; it needs this share."""
_UNKNOWN = 3e-8
"""What a name that no word list knows is taken to be used."""
LONGEST = 60
"""Characters; what is longer, marks and tatweel counted, is no word, and taking it apart would take quadratic time."""
_SPLIT_WORDS = 1e-4
"""The share of words that a careless extraction splits."""
_PIECE = 3.0
"""Zipf frequency below which a printed word may be a piece of one."""
_ALEFS = str.maketrans("أإآ", "ااا")
_CLITIC = {"": 1.0, "و": 0.3, "ف": 0.05, "ب": 0.2, "ل": 0.15, "ك": 0.03}
LEFT, RIGHT = 1, 2


class Met(NamedTuple):
    """What a printed word meets."""

    senses: tuple[int, ...]
    """Where nothing beside it tells more."""
    piece: int = 0
    """LEFT, RIGHT or both: the half of a split word that it may be."""
    as_noun: tuple[int, ...] = ()
    as_verb: tuple[int, ...] = ()
    """Where it is known to be a noun, or a verb; both empty where it cannot be the one or the other."""
    persons: tuple[int, ...] = ()
    """Those of the senses that it is not where it is a place: see :mod:`monitor.context`."""


_TANWIN = re.compile("[\u064b-\u064d][\u0627\u0649]?$")
"""No verb ends in it: بدءاً is not بدأ."""
_TAILS = ("ه", "ها", "هم", "هما", "نا", "كم")


def _proclitics(word: str) -> int:
    """How many letters at the front may be proclitics, two letters being left."""
    most = min(5, len(word) - 2)
    for n in range(most):
        if word[n] not in "وفبلكاس":
            return n
    return max(most, 0)


def _begins(ordered: tuple[str, ...], start: str) -> bool:
    """Whether one of the sorted words begins so."""
    at = bisect_left(ordered, start)
    return at < len(ordered) and ordered[at].startswith(start)


@dataclass(slots=True)
class _Cases:
    """What a word meets as a noun and as a verb, where it may be both."""

    noun: dict[int, None] = field(default_factory=dict)
    verb: dict[int, None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.noun or self.verb)


class Analyst:
    """Watched senses, and the printed words that meet them."""

    def __init__(self, lexicon: Lexicon | None) -> None:
        self._lexicon = lexicon
        self._numbers: dict[Sense, int] = {}
        self._senses: list[Sense] = []
        self._by_lexeme: dict[int, list[int]] = {}
        self._by_spelling: dict[str, list[int]] = {}
        self._by_loose: dict[str, list[int]] = {}
        self._by_text: dict[str, list[int]] = {}
        self._stems: set[str] = set()
        """Every stem of every watched lexeme, relaxed: what else can be passed over."""
        self._starts: set[str] = set()
        self._ordered: tuple[tuple[str, ...], tuple[str, ...]] | tuple[()] = ()
        self._uses: dict[int, float] = {}
        self._pairs: dict[tuple[str, str], list[int]] = {}
        self._inner: dict[str, frozenset[int]] = {}
        self._halves: dict[tuple[str, str], frozenset[int]] = {}

    @property
    def stems(self) -> AbstractSet[str]:
        return self._stems

    @property
    def printed(self) -> AbstractSet[str]:
        """What is met as it was typed, folded."""
        return self._by_text.keys()

    def watch(self, sense: Sense) -> int:
        """The number of a sense, from now on watched."""
        number = self._numbers.get(sense)
        if number is not None:
            return number
        number = self._numbers[sense] = len(self._senses)
        self._senses.append(sense)
        if sense.kind in ("exact", "word"):  # what is printed as it was typed is met, whatever else it may be
            self._by_text.setdefault(sense.text, []).append(number)
        for lexeme in sense.lexemes:
            assert self._lexicon is not None
            self._by_lexeme.setdefault(lexeme, []).append(number)
            self._add_stems(relax(form) for form in self._lexicon.forms(lexeme))
        self._add_stems(sense.spellings | sense.loose)
        for stem in sense.spellings:
            self._by_spelling.setdefault(stem, []).append(number)
        for stem in sense.loose:
            self._by_loose.setdefault(stem, []).append(number)
        if sense.spellings and self._lexicon is not None:
            self._uses[number] = self._use(sense)
        return number

    def _add_stems(self, stems: Iterable[str]) -> None:
        for stem in stems:
            self._stems.add(stem)
            self._starts.add(stem[:2])
        self._ordered = ()

    def _use(self, sense: Sense) -> float:
        """How often a name is used: what the word list says, or the lexemes that are written like it."""
        assert self._lexicon is not None
        zipf = max(self._lexicon.zipf(sense.text), *(self._lexicon.zipf(stem) for stem in sense.spellings))
        return max(10 ** (zipf - 9) if zipf else 0.0, _UNKNOWN)

    def meets(self, word: str) -> Met | None:
        """What a printed word meets; ``None``: nothing, and it is a word."""
        if len(word) > LONGEST:
            return None
        folded, cases = fold(word), _Cases()
        found = self._met(folded, inner=False, cases=cases, nominal=_TANWIN.search(word) is not None)
        if not found and self._odd(folded):
            found = self._glued(folded)
        if "\u064b" in word and folded[-1:] == "ا":
            found = self._accusative(folded, found)
        # Also of a name: what is found of ديمستورا must not depend on whether somebody watches ميستورا. A dictionary word is one.
        piece = self.piece(folded) if all(self._senses[number].kind == "name" for number in found) else 0
        if not found and not cases:
            return Met((), piece) if piece else None
        persons = tuple(n for n in found if self._senses[n].persons) if found and is_either(folded) else ()
        return Met(tuple(found), piece, tuple(cases.noun), tuple(cases.verb), persons)

    def _accusative(self, folded: str, found: dict[int, None]) -> dict[int, None]:
        """With the sign of the accusative on its last letter درعاً is a shield, not the town; محمداً is still محمد."""
        kept = {n: None for n in found if self._senses[n].kind != "name" or not self._senses[n].text.endswith("ا")}
        names: dict[int, None] = {}
        self._names(folded[:-1], inner=False, found=names)
        return kept | names

    def inner(self, word: str) -> frozenset[int]:
        """What a printed word meets inside a phrase, where no conjunction or preposition may stand on it."""
        found = self._inner.get(word)
        if found is None:
            folded = fold(word) if len(word) <= LONGEST else ""
            met = self._met(folded, inner=True) if folded else {}
            if folded and not met and self._odd(folded):
                met = self._glued(folded)
            found = frozenset(met)
            if len(self._inner) > 50_000:
                self._inner.clear()
            self._inner[word] = found
        return found

    def halves(self, left: str, right: str) -> frozenset[int]:
        """As :meth:`inner`, of a word that the page has split."""
        found = self._halves.get((left, right))
        if found is None:
            if len(self._halves) > 50_000:
                self._halves.clear()
            word = left + right
            met = self._met(fold(word), inner=True) if len(word) <= LONGEST else ()
            found = self._halves[left, right] = frozenset(met)
        return found

    def rejoined(self, left: str, right: str) -> list[int]:
        """What two pieces meet when they are put together again, where that is likelier than the two as they stand."""
        found = self._pairs.get((left, right))
        if found is None:
            if len(self._pairs) > 50_000:
                self._pairs.clear()
            found = self._pairs[left, right] = self._rejoined(left, right)
        return found

    def _rejoined(self, left: str, right: str) -> list[int]:
        lexicon = self._lexicon
        if len(left) + len(right) > LONGEST:
            return []
        a, b = fold(left), fold(right)
        joined = a + b
        if lexicon is None or len(joined) < 3 or not self._may_meet(joined) or not (is_arabic(a) and is_arabic(b)):
            return []
        if b == "ا" and lexicon.zipf(a) > _PIECE:
            return []  # the accusative of a word, split off: روسي ا is no روسيا
        found = self._met(joined, inner=False)
        if not found:
            return []
        apart = self._chance(a) * self._chance(b)
        own = self._met(a, inner=False).keys() | self._met(b, inner=False).keys()
        whole = self._chance(joined)
        return [
            number
            for number in found
            if number not in own and self._senses[number].kind != "exact"
            and (max(whole, self._uses.get(number, 0.0)) * _SPLIT_WORDS > apart
                 or (len(joined) >= 7 and self._senses[number].kind == "name"))
        ]  # fmt: skip

    def _chance(self, folded: str) -> float:
        """How often a piece of text is a word."""
        assert self._lexicon is not None
        if len(folded) == 1 and folded != "و":
            return 1e-7
        return max(10 ** (self._lexicon.zipf(folded) - 9), _UNKNOWN)

    def _may_meet(self, folded: str) -> bool:
        """A quick look whether a watched stem can stand in a word, before it is taken apart."""
        word = relax(folded)
        stems = self._stems
        size = len(word)
        for start in range(_proclitics(word) + 1):
            if word[start : start + 2] not in self._starts:
                continue
            for end in range(size, max(start + 1, size - 4), -1):
                stem = word[start:end]
                if stem in stems:
                    return True
                # what a pronoun does to the letter before it (clitics.splits), and للغة
                last = stem[-1]
                if end < size and ((last == "ت" and stem[:-1] + "ه" in stems) or (last == "ا" and stem[:-1] + "ي" in stems)
                    or (last == "و" and (stem + "ا" in stems or stem[:-1] in stems)) or (last == "ء" and stem[:-1] + "ا" in stems)):  # fmt: skip
                    return True
        return False

    def _met(self, folded: str, *, inner: bool, cases: _Cases | None = None, nominal: bool = False) -> dict[int, None]:
        found: dict[int, None] = dict.fromkeys(self._by_text.get(folded, ()))
        if len(folded) < 2 or not is_arabic(folded):
            found.update(dict.fromkeys(self._by_spelling.get(relax(folded), ())))
            return found
        self._names(folded, inner, found)
        if self._by_lexeme:
            self._words(folded, inner, found, cases, nominal)
        return found

    def _words(self, folded: str, inner: bool, found: dict[int, None], cases: _Cases | None, nominal: bool) -> None:
        lexicon = self._lexicon
        if lexicon is None or not self._may_meet(folded):
            return
        readings = candidates(folded, lexicon.entries, lexicon.class_of)
        weights = {lexeme: weight * lexicon.prior(lexeme) for lexeme, (weight, _) in readings.items()}
        verbs = {lexeme: weight for lexeme, weight in weights.items() if lexicon.class_of(lexeme) == "V"}
        nouns = {lexeme: weight for lexeme, weight in weights.items() if lexeme not in verbs}
        if nominal and nouns:
            weights, verbs = nouns, {}
        if inner:
            within = candidates(folded, lexicon.entries, lexicon.class_of, inner=True)
            self._likely(weights, found, within)
            return
        kept = dict(found)
        self._likely(weights, found)
        kept |= {
            n: None
            for n in found
            if any(self._is_typed(n, readings[x][1]) for x in self._senses[n].lexemes & readings.keys())
        }
        rarer = min(sum(nouns.values()), sum(verbs.values()))
        if cases is not None and rarer >= _DOUBT * sum(weights.values()):
            self._likely(nouns, cases.noun)
            self._likely(verbs, cases.verb)
            if cases:
                cases.noun, cases.verb = kept | cases.noun, kept | cases.verb

    def _is_typed(self, number: int, form: str) -> bool:
        """Whether a form is the one that was typed: it is met whatever it is."""
        return form in (self._senses[number].text, bare(self._senses[number].text))

    def _likely(
        self, weights: Mapping[int, float], found: dict[int, None], within: Container[int] | None = None
    ) -> None:
        """Adds what is met by the readings that are likely enough among ``weights``."""
        least = min(_MEETS * sum(weights.values()), max(weights.values(), default=0.0))
        for lexeme, weight in weights.items():
            if weight >= least > 0 and (within is None or lexeme in within):
                found.update(dict.fromkeys(self._by_lexeme.get(lexeme, ())))

    def _names(self, folded: str, inner: bool, found: dict[int, None]) -> None:
        others: dict[str, float] | None = None
        for stem, head, tail in name_stems(folded):
            key = relax(stem)
            close, loose = self._by_spelling.get(key), self._by_loose.get(key)
            if (not close and not loose) or (inner and head not in {"", "ال"}):
                continue
            if others is None:
                others = self._others(folded)
            for number in close or ():
                if number not in found and self._is_name(number, folded, stem, head, tail, others):
                    found[number] = None
            if loose and not tail and (inner or not others):
                found.update(dict.fromkeys(loose))

    def _others(self, folded: str) -> dict[str, float]:
        """What else a printed word may be: dictionary form, its hamzas on alef apart -> weight."""
        if self._lexicon is None:
            return {}
        others: dict[str, float] = {}
        for lexeme, (weight, form) in candidates(folded, self._lexicon.entries, self._lexicon.class_of).items():
            key = form.translate(_ALEFS)
            others[key] = max(others.get(key, 0.0), weight * self._lexicon.prior(lexeme))
        return others

    def _is_name(self, number: int, folded: str, stem: str, head: str, tail: str, others: dict[str, float]) -> bool:
        sense = self._senses[number]
        has_article = head.endswith(("ال", "لل"))
        if sense.article and not has_article:
            return False
        if folded == sense.text:
            return True
        typed = sense.text[2:] if sense.article else sense.text
        key = typed.translate(_ALEFS)
        rival = max((weight for form, weight in others.items() if form != key), default=0.0)
        if tail and rival:
            return False  # a pronoun on a name is so rare that any other reading is likelier: عليها
        slip = spelling(stem, typed) if len(stem) == len(typed) else 1.0
        clitic = 1.0
        for letter in head.removesuffix("ال"):
            clitic *= _CLITIC.get(letter, 0.1)
        if tail:
            clitic *= 0.02
        own = self._uses.get(number, _UNKNOWN) * clitic * max(slip, 0.01)
        same = others.get(key, 0.0)
        return max(own, same) >= _NAME_WEIGHT * (rival + max(own, same))

    def _odd(self, folded: str) -> bool:
        """Whether a piece of text is no word that the lexicon or the word list knows."""
        lexicon = self._lexicon
        if lexicon is None or not is_arabic(folded):
            return False
        return (
            len(folded) > 1 and lexicon.zipf(folded) < 2.0 and not candidates(folded, lexicon.entries, lexicon.class_of)
        )

    def piece(self, folded: str) -> int:
        """The half of a split word that it may be: it is rare or short, and a watched word begins or ends like it."""
        if self._lexicon is None or not is_arabic(folded) or folded == "و":
            return 0
        forward, backward = self._sorted()
        word = relax(folded)
        left = len(word) == 1 or any(_begins(forward, word[n:]) for n in range(_proclitics(word) + 1))
        bodies = [
            word,
            *(word.removesuffix(tail) for tail in _TAILS if word.endswith(tail) and len(word) > len(tail) + 1),
        ]
        right = any(_begins(backward, body[::-1]) for body in bodies)
        if (left or right) and len(folded) > 1 and self._lexicon.zipf(folded) >= _PIECE:
            return 0
        return LEFT * left + RIGHT * right

    def _sorted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The stems in order, and read backwards in order."""
        if not self._ordered:
            self._ordered = tuple(sorted(self._stems)), tuple(sorted(stem[::-1] for stem in self._stems))
        return self._ordered

    def _glued(self, folded: str) -> dict[int, None]:
        """What a word that is none meets when the space that is missing in it is put back: see :mod:`monitor.gluing`."""
        found: dict[int, None] = {}
        if self._lexicon is None or len(folded) > LONGEST:
            return found
        for one, other, seen in cuts(folded):
            for number in self._met(one, inner=False):
                named = self._senses[number].kind == "name"
                if number not in found and beside(self._lexicon.zipf(other), other, seen, len(one), named=named):
                    found[number] = None
        return found
