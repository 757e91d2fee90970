"""Is this the text of an earlier article? Pure; postings are in memory by default and come from the store in service.

Three steps. *Sampled fingerprints* of word 3-grams find candidates: the smallest eighth of the hash values, so that
two samples of one passage meet whatever surrounds it (Broder 1997). *A window of time*: agency reprints follow within
days, while what comes weekly from a template (aid flights, prices, weather) shares its wording with last week's.
*Alignment* (:mod:`monitor.alignment`) verifies each candidate: half of true reprints share less than half of their
3-grams.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from crawler.article import Article
from monitor.alignment import Overlap, overlaps
from monitor.arabic import WORD, all_coarse
from monitor.forms import filled_in
from storage.records import Told

__all__ = [
    "WINDOW",
    "Index",
    "Match",
    "Memory",
    "Postings",
    "fingerprints",
    "meeting",
    "reprinted",
    "same_words",
    "telling",
]

_ORDERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)
"""Odd numbers: fingerprints multiplied by each stand in four orders that have nothing to do with each other."""
WINDOW = timedelta(hours=72)
"""On 108 judged pairs of agency copy it was worth 20 points of F1: every false alarm was 2 to 16 days apart."""

_CANDIDATES = 8
_COMMON = 100
"""A fingerprint in more texts than this is a phrase of the trade."""
_CHANCE = 1
"""So many common fingerprints are chance: of 14,000 candidates with one, in texts that have enough of them, none was a
reprint, and they were four fifths of the candidates."""
_FEW_WORDS, _FEW_LETTERS = 90, 600
"""Below this, of either text, one common fingerprint may be all that the sampling left: it is looked at."""
_EVENLY, _SHARED, _LETTERS_A_PRINT = 28, 0.25, 50
"""Of 14,848 articles of one week no reprint is lost by it, and a seventh of what was compared is not."""
_FORMULA, _LONG = 60, 150
"""Common words: so few may be formula, so many are not."""
_NEARLY_WHOLE, _MOSTLY, _ONE_TEXT, _ALIKE, _OVER_HALF = 0.94, 0.8, 1.8, 1.46, 1.05
_ROUND_UP = 0.2
_TOGETHER, _SENT_ROUND, _EDITED, _TITLES = timedelta(hours=6), 1.37, 0.7, 45
_ONE_DAY, _WITHIN, _HARDLY_EDITED, _MORE_THAN_TITLES = timedelta(days=1), 0.9, 0.78, 50
_ANOTHER_DAY = timedelta(hours=18)
_DENSE, _COPIED = 0.9, 0.95
_REMEMBERED = 1 << 10
"""Tellings kept folded: what is repeated today is repeated often today."""

# Lines that stand on the page and are not the text, in the folded spelling of `relax`. The reader drops them; a text
# from a feed or from an archive may still have them.
_LABEL = re.compile(
    r"(?:شاهد|اقرا|طالع|انظر|اقراوا)\S* (?:ايض|كذلك|المزيد)"
    r"|(?:تابعنا|تابعونا|تابعوا|شارك|للاشتراك|اشترك|اشتركوا|انضم|انضموا) "
    r"|جميع الحقوق |حقوق النشر |الوسوم\b|الكلمات المفتاحي|الكلمات الدال|المصدر |الاراء الوارد"
    r"|مواضيع ذات صل|مقالات ذات صل|اخبار ذات صل|قد يهمك|قد يعجبك"
)
_LABEL_WORDS = 40


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier telling of the same text."""

    key: Hashable
    """As it was added."""
    share: float
    """How much of the later text stands in the earlier one, 0 … 1."""


class Postings(Protocol):
    """Where the fingerprints of earlier articles are looked up. Keys are the caller's."""

    def sharing(self, prints: Sequence[int], since: datetime, until: datetime) -> Mapping[Hashable, tuple[float, int]]:
        """Articles of that time that share fingerprints, each with its votes, the sum of 1/(texts that have it), and
        with the number of the fingerprints."""

    def told(
        self, keys: Iterable[Hashable], brief: Iterable[Hashable] = (), shorter_than: int = 0
    ) -> Mapping[Hashable, Told]:
        """What of these articles is compared; of those that are ``brief`` too, where their texts have fewer characters."""


class Memory:
    """Postings in memory. (A store takes the fingerprints in the transaction that stores the article.)"""

    def __init__(self) -> None:
        self._keys: dict[int, tuple[Hashable, ...]] = {}
        self._articles: dict[Hashable, Told] = {}

    def add(self, key: Hashable, article: Article, prints: Sequence[int]) -> None:
        self._articles[key] = Told(at=_when(article), source=article.source, title=article.title, text=article.text)
        for print_ in prints:
            held = self._keys.get(print_, ())
            if len(held) <= _COMMON:
                self._keys[print_] = (*held, key)

    def sharing(self, prints: Sequence[int], since: datetime, until: datetime) -> Mapping[Hashable, tuple[float, int]]:
        votes: dict[Hashable, tuple[float, int]] = {}
        for print_ in prints:
            keys = self._keys.get(print_, ())
            if len(keys) > _COMMON:
                continue
            weight = 1 / max(1, len(keys))
            for key in keys:
                if since <= self._articles[key].at <= until:
                    have, count = votes.get(key, (0.0, 0))
                    votes[key] = have + weight, count + 1
        return votes

    def told(
        self, keys: Iterable[Hashable], brief: Iterable[Hashable] = (), shorter_than: int = 0
    ) -> Mapping[Hashable, Told]:
        some = {key: self._articles[key] for key in brief}
        short = {key: one for key, one in some.items() if len(one.text) < shorter_than}
        return {key: self._articles[key] for key in keys} | short


class Index:
    """The tellings so far. ``add`` after ``earlier``, or an article finds itself."""

    def __init__(self, postings: Postings | None = None, *, window: timedelta = WINDOW) -> None:
        self._memory = Memory()
        self._postings = self._memory if postings is None else postings
        self._window = window
        self._told: OrderedDict[Hashable, _Known] = OrderedDict()

    def add(self, key: Hashable, article: Article) -> None:
        """Remember a telling, in memory: postings of the caller's own are filled by the caller."""
        self._memory.add(key, article, fingerprints(telling(article.text)))

    def earlier(
        self, article: Article, *, words: Sequence[str] | None = None, prints: Sequence[int] | None = None
    ) -> Match | None:
        """The telling that ``article`` repeats, if it repeats one: the one that covers most of it.

        ``words`` and ``prints``: its :func:`telling` and :func:`fingerprints`, where the caller has them already.
        """
        words = telling(article.text) if words is None else words
        prints = fingerprints(words) if prints is None else prints
        at = _when(article)
        votes = self._postings.sharing(prints, at - self._window, at + self._window)
        best = sorted(votes, key=lambda key: (-votes[key][0], str(key)))[:_CANDIDATES]
        told = self._tellings({key: votes[key][1] for key in best}, len(words), len(prints))
        compared = dict(zip(told, overlaps(words, (one.words for one in told.values())), strict=True))
        found = []
        for key, one in compared.items():
            other, own = told[key], article.source == told[key].source
            if not reprinted(
                one, told_elsewhere=_elsewhere(key, compared, len(words)), apart=abs(at - other.at), own=own
            ):
                continue
            if not filled_in(words, other.words, one, headlines=(_headline(article.title), other.headline), own=own):
                found.append(key)
        if _a_form([(abs(at - told[key].at), compared[key].density) for key in found]):
            return None
        return max((Match(key, compared[key].later) for key in found), key=lambda match: match.share, default=None)

    def _tellings(self, shared: Mapping[Hashable, int], words: int, prints: int) -> Mapping[Hashable, _Known]:
        """Those of these articles that are compared with a text of so many words and fingerprints, of which each shares
        so many."""
        chance = {key for key, count in shared.items() if count <= _CHANCE and words >= _FEW_WORDS}
        unknown = [key for key in shared if key not in self._told]
        whole, brief = [key for key in unknown if key not in chance], [key for key in unknown if key in chance]
        found = self._postings.told(whole, brief, _FEW_LETTERS) if unknown else {}
        for key, one in found.items():
            if not _too_few(shared[key], prints, len(one.text)):  # before its words are folded, which costs most
                known = _Known(one.at, one.source, _headline(one.title), telling(one.text), len(one.text))
                self._told[key] = known
        told = {key: self._told[key] for key in shared if key in self._told}
        told = {
            key: one
            for key, one in told.items()
            if not (key in chance and one.letters >= _FEW_LETTERS) and not _too_few(shared[key], prints, one.letters)
        }
        for key in told:
            self._told.move_to_end(key)
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return told


@dataclass(frozen=True, slots=True)
class _Known:
    """An article in the spelling in which it is compared."""

    at: datetime
    source: str
    headline: str
    words: list[str]
    letters: int


def _too_few(shared: int, prints: int, letters: int) -> bool:
    """Whether two texts share too little to be compared: both are so long that they are sampled evenly."""
    fewer = min(prints, letters / _LETTERS_A_PRINT)
    return fewer >= _EVENLY and shared < _SHARED * fewer


def reprinted(one: Overlap, *, told_elsewhere: float = 0.0, apart: timedelta = timedelta(0), own: bool = False) -> bool:
    """Whether the overlap makes the later text a reprint of the earlier one.

    ``told_elsewhere``: share of the later text that is not common with this earlier one but with yet another. A text
    that two others explain is a round-up of both, unless one of them is nearly whole in it; a text whose rest is new
    has a lead of its own. The thinner the runs, the more of both texts they must cover: a template is thin in its
    slots, an edited copy is thin throughout. One of the two is there nearly whole, and the fewer words it has, the more
    so: forty words may be a minister's titles and the courtesies of his office; or half of both, copied word for word.

    ``apart``: between the two; copies are edited within a day, what is as thin two days later is tomorrow's weather by
    today's form. ``own``: both are of one source, which edits its own copy within hours and writes by its own forms
    every day. The bounds are those of 266 judged pairs (``tests/benchmarks/pairs.py``).
    """
    both, most = one.later + one.earlier, max(one.later, one.earlier)
    if not own and told_elsewhere <= _ROUND_UP and _sent_to_both(one, apart):
        return True
    formula = one.common < _FORMULA
    if most < (_NEARLY_WHOLE if formula else _MOSTLY) and both < (_ONE_TEXT if formula else _ALIKE):
        copied = one.density >= _COPIED and both >= _COPIED
        if not copied and (formula or one.density < _DENSE or both < _OVER_HALF):
            return False
    if one.density < _thinnest(apart, one.common, own=own):
        return False
    needed = 1.15 if told_elsewhere > _ROUND_UP else 0.8
    needed += 3.5 * max(0.0, 0.95 - one.density)
    return both >= min(needed, 1.85)


def _sent_to_both(one: Overlap, apart: timedelta) -> bool:
    """Whether two outlets have it of one hand: edited each in its own way within hours, or the shorter text whole in
    the longer one within a day. No pair of 106 that tell of other things is so much alike, but for cables to heads of
    state and the reception of guests, who are the same forty words."""
    if one.common < _TITLES:
        return False
    if apart <= _TOGETHER and one.later + one.earlier >= _SENT_ROUND and one.density >= _EDITED:
        return True
    whole = max(one.later, one.earlier) >= _WITHIN and one.density >= _HARDLY_EDITED
    return apart <= _ONE_DAY and whole and one.common >= _MORE_THAN_TITLES


def _thinnest(apart: timedelta, common: int, *, own: bool) -> float:
    """The density that is needed so far apart."""
    if own and apart >= _ANOTHER_DAY:
        return 0.85
    days = apart / timedelta(days=1)
    return 0.62 + 0.06 * min(days, 1.0) + 0.1 * max(0.0, days - 1) - (0.06 if common >= _LONG else 0.0)


def _a_form(found: Sequence[tuple[timedelta, float]]) -> bool:
    """Whether what is found, each so far away and so dense, is a form of the trade: as thin on one day as on another."""
    days = sorted(apart for apart, _ in found)
    spread = bool(days) and days[0] >= _ANOTHER_DAY and days[-1] - days[0] >= _ANOTHER_DAY
    return spread and all(density < _DENSE for _, density in found)


def _elsewhere(key: Hashable, overlaps: Mapping[Hashable, Overlap], length: int) -> float:
    """The largest share of the text that another candidate, which is not another copy of ``key``, explains."""
    mine = overlaps[key].places
    shares = [
        len(other.places - mine) / length
        for name, other in overlaps.items()
        if name != key and other.places and len(other.places & mine) < 0.3 * len(other.places)
    ]
    return max(shares, default=0.0)


def telling(text: str) -> list[str]:
    """The folded words that are compared: spelling, punctuation and label lines do not count."""
    words: list[str] = []
    for line in text.splitlines():
        told = all_coarse(WORD.findall(line))
        if len(told) < _LABEL_WORDS and _LABEL.match(" ".join(told[:3]) + " "):
            continue
        words += told
    return words


def same_words(words: Sequence[str]) -> bytes:
    """16 bytes that two tellings share when they tell the same words in the same order."""
    return blake2b("\n".join(words).encode(), digest_size=16).digest()


def fingerprints(words: Sequence[str]) -> list[int]:
    """Sampled hashes of the word 3-grams, distinct, in order; 48 bits: SQLite keeps such a number in six bytes."""
    # numpy takes a tenth of a second, which commands that only look need not wait for
    from monitor.grams import sampled

    return sampled(words)


def meeting(same: bytes, prints: Sequence[int]) -> list[int]:
    """A few numbers of which two tellings of one text share at least one: for those that are told word for word always, for a pair
    that shares half of its fingerprints in fifteen cases of sixteen. Whoever decides over one of them waits for nobody else."""
    smallest = [min(one * order % 2**64 for one in prints) for order in _ORDERS] if prints else []
    return [int.from_bytes(same[:8], "big"), *smallest]


def _headline(title: str) -> str:
    return " ".join(all_coarse(WORD.findall(title)))


def _when(article: Article) -> datetime:
    return article.published_at or article.fetched_at
