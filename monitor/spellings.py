"""Spellings of the archive that look like a term: what a list may have to name as well. Pure.

Two spellings are alike when a weighted edit distance between them is small for their length: letters that the press
exchanges when it writes a foreign name (غ ج ك ق for g, ف ب for p and v, ت ط, س ص ث, د ض …), hamza and its seats, the last
ة ه ا ى and long vowels cost half of what others do. Distance: Wagner and Fischer 1974 with these costs; candidates by
deletion neighbourhoods of the consonants (Mor and Fraenkel 1982, as in SymSpell), so that a word costs a look-up or two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.arabic import WORD, fold, is_arabic, tokens

__all__ = ["Likeness", "Vocabulary", "alike", "allowed", "distance", "near_tests", "vocabulary"]

_CLASSES = ("اأإآةهى", "تط", "سصث", "دضذ", "زذظ", "كقغجخ", "فب", "يىئ", "وؤ", "حهخ", "شج")
_VOWELS = frozenset("اويىةأإآؤئء")
_CHEAP = {(a, b) for letters in _CLASSES for a in letters for b in letters if a != b}
_CHEAP |= {(a, b) for a in "اوي" for b in "اوي" if a != b}
_HALF = 0.5
# ق and غ, ج, ك fall together, so that موغريني and موجريني meet.
_SKELETON = str.maketrans(
    {**dict.fromkeys("قغجخ", "ك"), **dict.fromkeys("ط", "ت"), **dict.fromkeys("صث", "س"), **dict.fromkeys("ضذ", "د"),
     "ظ": "ز", "ب": "ف", "ح": "ه", **dict.fromkeys("اويىةأإآؤئء", None)}
)  # fmt: skip
_HEADS = "فلك"
"""What Arabic writes before a word, in a skeleton."""
_BEFORE = ("وال", "فال", "بال", "كال", "ولل", "ال", "لل", "وب", "ول", "و", "ف", "ب", "ل", "ك")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Distinct words of many texts."""

    articles: int
    counts: Mapping[str, int] = field(repr=False)
    """Folded word -> how often."""
    pairs: Mapping[tuple[str, ...], int] = field(default_factory=dict, repr=False)
    """Rows of words that :func:`vocabulary` was asked to look for."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A spelling that looks like the term, without what Arabic writes onto it."""

    spelling: str
    count: int
    distance: float
    seen: tuple[str, ...]
    """As it was printed, the commonest first."""


def vocabulary(texts: Collection[str], rows: Sequence[Callable[[str], bool]] = ()) -> Vocabulary:
    """The words of ``texts``. ``rows``: tests for folded words that stand side by side; such rows are counted too."""
    printed: Counter[str] = Counter()
    for text in texts:
        printed.update(WORD.findall(text))
    folded = {word: fold(word) for word in printed}
    counts: Counter[str] = Counter()
    for word, count in printed.items():
        counts[folded[word]] += count
    side_by_side: Counter[tuple[str, ...]] = Counter()
    if len(rows) > 1:
        fit = [{word for word, plain in folded.items() if test(plain)} for test in rows]
        for text in texts:
            side_by_side.update(tuple(folded[word] for word in row) for row in _rows(WORD.findall(text), fit))
    return Vocabulary(len(texts), counts, side_by_side)


def _rows(words: list[str], fit: Sequence[Collection[str]]) -> Iterable[list[str]]:
    """Words that stand side by side, each in its set; looked for from the rarest set."""
    rarest = min(range(len(fit)), key=lambda n: len(fit[n]))
    if not fit[rarest]:
        return
    for at, word in enumerate(words):
        if word in fit[rarest]:
            row = words[max(at - rarest, 0) : at - rarest + len(fit)]
            if len(row) == len(fit) and all(one in like for one, like in zip(row, fit, strict=True)):
                yield row


def distance(one: str, other: str, limit: float = 3.0) -> float:
    """Weighted edit distance of two folded words; more than ``limit`` may be told as ``limit + 1``."""
    if one == other:
        return 0.0
    if abs(len(one) - len(other)) * _HALF > limit:
        return limit + 1
    above = [0.0]
    for letter in other:
        above.append(above[-1] + _gone(letter))
    for a in one:
        row = [above[0] + _gone(a)]
        for j, b in enumerate(other, 1):
            row.append(min(above[j] + _gone(a), row[-1] + _gone(b), above[j - 1] + _swapped(a, b)))
        if min(row) > limit:
            return limit + 1
        above = row
    return above[-1]


def _gone(letter: str) -> float:
    return _HALF if letter in _VOWELS else 1.0


def _swapped(a: str, b: str) -> float:
    return 0.0 if a == b else _HALF if (a, b) in _CHEAP else 1.0


def allowed(length: int) -> float:
    """How far a spelling of a word so long may be from it."""
    return 0.5 if length <= 4 else 1.0 if length <= 6 else 1.5 if length <= 9 else 2.0


class _Near:
    """Tests folded words for being like one."""

    def __init__(self, word: str) -> None:
        self.word = _bare(word)
        self.limit = allowed(len(self.word))
        self._skeletons = _deletions(self.word.translate(_SKELETON))
        self._known: dict[str, tuple[float, str] | None] = {}
        self._near: dict[str, bool] = {}

    def __call__(self, folded: str) -> bool:
        return self.best(folded) is not None

    def best(self, folded: str) -> tuple[float, str] | None:
        """(distance, stem) of the best way to take off what Arabic writes onto a word, if one is near enough."""
        if folded not in self._known:
            self._known[folded] = min(self._ways(folded), default=None)
        return self._known[folded]

    def _plausible(self, skeleton: str) -> bool:
        """Whether the consonants are near, whatever is written before the word: few words get any further."""
        if skeleton not in self._near:
            heads = range(len(skeleton) - len(skeleton.lstrip(_HEADS)) + 1)
            self._near[skeleton] = any(not self._skeletons.isdisjoint(_deletions(skeleton[head:])) for head in heads)
        return self._near[skeleton]

    def _ways(self, folded: str) -> Iterable[tuple[float, str]]:
        if not -3 <= len(folded) - len(self.word) <= 6 or not self._plausible(folded.translate(_SKELETON)):
            return
        for stem in _stems(folded):
            if abs(len(stem) - len(self.word)) > 3:
                continue
            if self._skeletons.isdisjoint(_deletions(stem.translate(_SKELETON))):
                continue
            far = distance(self.word, stem, self.limit)
            if far <= self.limit:
                yield far, stem


def _bare(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _stems(folded: str) -> Iterable[str]:
    yield folded
    if is_arabic(folded):
        for before in _BEFORE:
            if folded.startswith(before) and len(folded) - len(before) >= 3:
                yield folded[len(before) :]


def _deletions(skeleton: str) -> set[str]:
    """The consonants, and the consonants without one of them."""
    return {skeleton, *(skeleton[:n] + skeleton[n + 1 :] for n in range(len(skeleton)))}


def near_tests(term: str) -> tuple[_Near, ...]:
    """For :func:`vocabulary`: a test for each word of ``term``."""
    return tuple(_Near(token.folded) for token in tokens(term))


def alike(term: str, words: Vocabulary) -> list[Likeness]:
    """The spellings of ``words`` that look like ``term``, the likest first; the term's own is not among them.

    Of a term of several words, the words side by side and the words written together.
    """
    tests = near_tests(term)
    if not tests:
        return []
    found: dict[str, tuple[float, Counter[str]]] = {}
    single = tests[0] if len(tests) == 1 else _Near("".join(test.word for test in tests))
    for folded, count in words.counts.items():
        if (best := single.best(folded)) is not None:
            _note(found, best[0], best[1], folded, count)
    for row, count in words.pairs.items():
        each = [test.best(folded) for test, folded in zip(tests, row, strict=True)]
        if all(each):
            far = sum(best[0] for best in each if best)
            _note(found, far, " ".join(best[1] for best in each if best), " ".join(row), count)
    own = " ".join(test.word for test in tests)
    told = [
        Likeness(spelling, seen.total(), far, tuple(word for word, _ in seen.most_common(5)))
        for spelling, (far, seen) in found.items()
        if spelling != own
    ]
    return sorted(told, key=lambda one: (one.distance, -one.count, one.spelling))


def _note(found: dict[str, tuple[float, Counter[str]]], far: float, stem: str, folded: str, count: int) -> None:
    _, seen = found.setdefault(stem, (far, Counter()))
    seen[folded] += count
