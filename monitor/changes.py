"""What was changed in an Article after it was published: by sentence and word, and whether it matters. Pure.

Trivial is what changes without anybody editing (counters, times of "last update") and what changes no word (spelling of
hamza, vowel signs, punctuation, spaces). What matters has a kind: the headline, a number, a name, a watched term, a
sentence that was withdrawn. Other rewording, and sentences that were added, are kept with the Version and not reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from crawler.article import Article
from monitor.arabic import WORD, all_coarse, coarse
from storage.records import Change

__all__ = ["Reading", "compare", "of_its_page", "substantial"]

_MATTERS = frozenset({"headline", "number", "name", "term", "cut"})
_SENTENCE = re.compile(r"[^\n.!?؟…]+(?:[.](?=\d)[^\n.!?؟…]+)*[.!?؟…]*")
_SAME_SENTENCE = 0.4
"""Share of common words from which two sentences are one that was edited."""
_FEWEST = 4
"""Words of a sentence whose withdrawal matters: less is a label."""
_SENTENCE_LENGTH = 2_000
"""Characters: what is longer is no sentence, and not remembered."""
_MOST = 400
"""Sentences that are compared; what comes after is no news text."""

# In the spelling of `relax`.
_COUNTED = re.compile(
    r"^(?:ال)?(?:مشاهد\w*|قراء\w*|زيار\w*|تعليق\w*|مشارك\w*|اعجاب\w*|متابع\w*|زوار|زاءر\w*|views?|comments?|shares?|likes?)$"
)
_STAMP = re.compile(
    r"(?:اخر تحديث|تم التحديث|حدث في|تاريخ النشر|نشر في|نشر قبل|نشر منذ|منذ \d|قبل \d+ (?:دقي|ساع|يوم|ايام)|عدد (?:ال)?(?:مشاهد|قراء|زيار|تعليق))"
)
_TITLE_WORDS = (
    "الرئيس الوزير وزير رئيس مدير المدير العقيد العميد اللواء الرائد النقيب المقدم الملازم القائد قائد الدكتور الطبيب المحامي الناشط"
    " الناشطة الصحفي الصحفية الشيخ السيد السيدة المدعو المدعوة المعتقل المعتقلة الأسير محافظ المحافظ المتحدث الناطق باسم السفير"
    " المبعوث الجنرال الأمير الملك النائب القاضي المطران مدينة بلدة قرية حي محافظة ريف سجن معبر مخيم"
)
_TITLES = frozenset(coarse(word) for word in _TITLE_WORDS.split())
_NUMBER_WORDS = re.compile(
    r"^(?:[وفبلك]?(?:ال)?)(?:واحد\w*|اثن\w*|اثنت\w*|ثلاث\w*|اربع\w*|خمس\w*|ست[هة]?|ستين|ستون|سبع\w*|ثمان\w*|تسع\w*|عشر\w*|مءه|مءت\w*|مءات|الف|الاف|الفين|مليون\w*|ملايين)$"
)
# A dual counts without a number: قتيلان، معتقلين اثنين.
# Of words whose plural ends so too, only ان counts: "المعتقلين" are any number of them.
_DUAL = re.compile(
    r"^[وفبل]?(?:ال)?(?:(?:قتيل|جريح|شهيد|طفل|شخص|جندي|عنصر)(?:ان|ين)|(?:مصاب|معتقل|محتجز|مفقود|مدني|مسلح)ان)$"
)


_NOT_THE_PAGE = ("text from the feed", "text from the listing")
"""Begins the note of an article whose text was not read from its page: the page may read otherwise, unedited."""


def of_its_page(article: Article) -> bool:
    """Whether its text was read from its page."""
    return not any(note.startswith(_NOT_THE_PAGE) for note in article.notes)


@dataclass(frozen=True, slots=True)
class Reading:
    """An Article as it read at one time."""

    title: str
    text: str
    terms: frozenset[str] = frozenset()
    """What the watch lists found in it."""


def compare(before: Reading, after: Reading) -> tuple[Change, ...]:
    """The differences, in the order of the text; empty when there are only trivial ones."""
    found: list[Change] = []
    if _key(before.title) != _key(after.title) and after.title.strip():
        found.append(Change(kind="headline", before=before.title, after=after.title))
    found += _terms(before, after)
    for one, other in _edited(_sentences(before.text), _sentences(after.text)):
        found += _change(one, other)
    return tuple(found)


def substantial(changes: Iterable[Change]) -> bool:
    """Whether the digest should say so."""
    return any(change.kind in _MATTERS for change in changes)


def _terms(before: Reading, after: Reading) -> Iterator[Change]:
    for gone in sorted(before.terms - after.terms):
        yield Change(kind="term", before=_around(before, gone), after="", words=(gone,))
    for new in sorted(after.terms - before.terms):
        yield Change(kind="term", before="", after=_around(after, new), words=(new,))


def _around(reading: Reading, words: str) -> str:
    """The sentence that has the words, else the words."""
    sentences = (reading.title, *_sentences(reading.text))
    return next((sentence for sentence in sentences if words in sentence), words)


def _sentences(text: str) -> list[str]:
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [sentence for sentence in found if (key := _key(sentence)) and not _STAMP.search(" ".join(key))][:_MOST]


def _key(text: str) -> tuple[str, ...]:
    """The words that are compared: without counters."""
    return _remembered(text) if len(text) <= _SENTENCE_LENGTH else _words(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> tuple[str, ...]:
    """While two readings are compared, each sentence is asked for five times."""
    return _words(text)


def _words(text: str) -> tuple[str, ...]:
    words = all_coarse(WORD.findall(text))
    counted = {at for at, word in enumerate(words) if _COUNTED.match(word)}
    kept = (
        word
        for at, word in enumerate(words)
        if not (word.isdigit() and {at - 1, at + 1} & counted) and at not in counted
    )
    return tuple(kept)


def _edited(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of sentences that differ; an empty one where nothing corresponds. A sentence that was moved is unchanged."""
    keys_before, keys_after = [_key(one) for one in before], [_key(one) for one in after]
    in_both = set(keys_before) & set(keys_after)
    left = [at for at, key in enumerate(keys_before) if key not in in_both]
    right = [at for at, key in enumerate(keys_after) if key not in in_both]
    taken: set[int] = set()
    for at in left:
        best = max(
            (other for other in right if other not in taken),
            key=lambda other: (_alike(keys_before[at], keys_after[other]), -abs(other - at)),
            default=None,
        )
        if best is not None and _alike(keys_before[at], keys_after[best]) >= _SAME_SENTENCE:
            taken.add(best)
            yield before[at], after[best]
        else:
            yield before[at], ""
    for other in right:
        if other not in taken:
            yield "", after[other]


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    """Dice's coefficient of the words."""
    a, b = set(one), set(other)
    return 2 * len(a & b) / max(1, len(a) + len(b))


def _change(before: str, after: str) -> Iterator[Change]:
    """What kind of edit made ``after`` of ``before``; one Change for a sentence, the gravest kind."""
    if not after:
        kind = "cut" if len(_key(before)) >= _FEWEST else "sentence"
        yield Change(kind=kind, before=before, after="")
        return
    if not before:
        yield Change(kind="added", before="", after=after)
        return
    numbers: list[str] = []
    names: list[str] = []
    others: list[str] = []
    for old, new, introduced in _replaced(_key(before), _key(after)):
        counted = [word for word in (*old, *new) if _is_number(word)]
        if sorted(word for word in old if _is_number(word)) != sorted(word for word in new if _is_number(word)):
            numbers += counted
        elif introduced and (old or new):
            names += [*old, *new]
        else:
            others += [*old, *new]
    for kind, words in (("number", numbers), ("name", names), ("sentence", others)):
        if words:
            yield Change(kind=kind, before=before, after=after, words=tuple(dict.fromkeys(words)))
            return


def _is_number(word: str) -> bool:
    return word.isdigit() or _NUMBER_WORDS.match(word) is not None or _DUAL.match(word) is not None


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str], bool]]:
    """Runs of words that differ, and whether a title or a kind of place stands right before them or begins them."""
    for what, low, high, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            # "العقيد سامر العلي": the family name is two words after the title.
            near = (*before[max(0, low - 2) : low], *before[low : low + 1], *after[first : first + 1])
            yield before[low:high], after[first:last], any(word in _TITLES for word in near)
