"""Arabic text as it is printed: words with offsets into the text as given, and one-way folding. Pure.

What is folded away carries no meaning in a newspaper: vowel signs, tatweel, zero-width and bidi characters, presentation
forms, Persian letter shapes, the script of digits, the case of Latin letters. What carries meaning stays: hamza and its
seats, ة, ى. Folding ء or ة away is what makes حلب match حلبة and ما match ماء.
Ranges: Unicode 15, blocks Arabic, Arabic Supplement, Arabic Extended-A, Arabic Presentation Forms A and B.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar, cast

__all__ = [
    "ALEFS",
    "ARABIC_LETTERS",
    "MARKS",
    "UNSEEN",
    "WORD",
    "Remembered",
    "Token",
    "all_coarse",
    "coarse",
    "fold",
    "is_arabic",
    "relax",
    "tokens",
]

T = TypeVar("T")
ALEFS = "اأإآ"
MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff\ufbb2-\ufbc2"
"""Class body: vowel signs, Quranic signs, tatweel; they stand on or between the letters of a word."""
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Class body: soft hyphen, zero-width characters, bidi controls: what nobody sees inside a word."""
ARABIC_LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff"
    "\u0750-\u077f\u0870-\u0887\u0889-\u088e\u08a0-\u08c9\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc"
)
"""Class body: letters of the Arabic script, presentation forms and ligatures among them."""
_DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
_ARABIC_BLOCKS = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufeff"

WORD = re.compile(
    f"[{ARABIC_LETTERS}][{ARABIC_LETTERS}{MARKS}{UNSEEN}]*"
    f"|[{_DIGITS}]+"
    f"|[^\\W\\d_{_ARABIC_BLOCKS}](?:[\u0300-\u036f\u00ad\u200b-\u200d\ufeff]*[^\\W\\d_{_ARABIC_BLOCKS}])*[\u0300-\u036f]*"
)
"""One word, a run of digits, or a word of another script. An Arabic match may end in unseen characters."""

_UNSEEN_CHARACTERS = "\u00ad\u034f\u061c\u180e\ufeff" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)))
)
_PLAIN = re.compile("[\u0621-\u063a\u0641-\u064a]+")
"""A word of nothing but Arabic letters, as nine in ten of a newspaper are: folded already."""
_ARABIC = re.compile(f"[{ARABIC_LETTERS}]")
_COMPOSE = re.compile("[\u0653-\u0655\u0300-\u036f\ufb50-\ufdff\ufe70-\ufefc]")
_GONE = re.compile(f"[{MARKS}{UNSEEN}\u0300-\u036f ]+")

# Letters of other keyboards that an Arabic page shows in place of its own (Persian, Urdu, Kurdish), and the letters
# that Arabic lacks, as the press writes them when it does without.
_SHAPES = str.maketrans(
    {
        **dict.fromkeys("کڪګڬڭڮگ", "ك"),
        **dict.fromkeys("یېےۍۑێۓ\u0620", "ي"),
        **dict.fromkeys("ھہۀۂەۃ", "ه"),
        **dict.fromkeys("ٱٲٳ", "ا"),
        **dict.fromkeys("ڤڥڢ", "ف"),
        "ڨ": "ق", "پ": "ب", "چ": "ج", "ژ": "ز", "ۆ": "و", "ۇ": "و", "ڕ": "ر", "ڵ": "ل",
    }
)  # fmt: skip
_SHAPES[ord("ۃ")] = "ة"
_DIGIT_VALUES = {0x0660 + n: str(n) for n in range(10)} | {0x06F0 + n: str(n) for n in range(10)}
_FOLD = {**_SHAPES, **_DIGIT_VALUES}
_RELAXED = tuple({"أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "ء", "ئ": "ء", "ى": "ي", "ة": "ه"}.items())
_REMEMBERED = 32
"""Characters: words are remembered, texts and what a hostile page calls a word are not."""


class Token(NamedTuple):
    """A word of the text: ``given[start:end] == text``."""

    text: str
    start: int
    end: int
    folded: str
    """The word without what carries no meaning; hamza, ة and ى stay."""


def fold(word: str) -> str:
    """The word without marks, tatweel and unseen characters, in plain Arabic letters, ASCII digits and lower case.

    >>> fold("مُعتـقَلين"), fold("ﻻﺟﺊ"), fold("١٤"), fold("Astaná")
    ('معتقلين', 'لاجئ', '14', 'astana')
    """
    if _PLAIN.fullmatch(word):
        return word
    if word.isascii():
        return word.lower()
    return _remembered(word) if len(word) <= _REMEMBERED else _folded(word)


@lru_cache(maxsize=1 << 14)
def _remembered(word: str) -> str:
    return _folded(word)


def _folded(word: str) -> str:
    if _COMPOSE.search(word):
        # A decomposed أ (ا and a combining hamza) is composed before marks are dropped; an accent on a Latin
        # letter is taken apart and dropped with them.
        word = unicodedata.normalize("NFKC" if _ARABIC.search(word) else "NFKD", word)
    elif not _ARABIC.search(word):
        word = unicodedata.normalize("NFKD", word)
    return _GONE.sub("", word).translate(_FOLD).casefold()


def relax(folded: str) -> str:
    """The coarse key under which spellings meet (أ إ آ ا; ؤ ئ ء; ى ي; ة ه): for looking up, never for deciding."""
    for letter, to in _RELAXED:  # str.translate costs twice this for a word, and twenty times for a sentence
        folded = folded.replace(letter, to)
    return folded


def coarse(word: str) -> str:
    """:func:`relax` of :func:`fold`: nine words in ten of a newspaper were in yesterday's, and are remembered."""
    return _COARSE.of((word,))[0]


def all_coarse(words: Sequence[str]) -> list[str]:
    """:func:`coarse` of each of them: for whole texts."""
    return _COARSE.of(words)


class Remembered(Generic[T]):
    """What a function makes of words, kept: asked for many at once, without a call of Python's for each.

    Of 131,072 words with their order of use, as ``lru_cache`` keeps them, every look-up writes to memory far apart.
    """

    def __init__(self, make: Callable[[str], T], most: int = 1 << 17) -> None:
        self._make, self._most = make, most
        self._made: dict[str, T] = {}

    def of(self, words: Sequence[str]) -> list[T]:
        found: list[T | None] = list(map(self._made.get, words))
        if None in found:
            return [self._one(word) if one is None else one for word, one in zip(words, found, strict=True)]
        return cast("list[T]", found)

    def _one(self, word: str) -> T:
        if word in self._made:  # twice in one text
            return self._made[word]
        made = self._make(word)
        if len(word) <= _REMEMBERED:
            if len(self._made) >= self._most:
                self._made.clear()
            self._made[word] = made
        return made


_COARSE = Remembered(lambda word: relax(fold(word)))


def is_arabic(text: str) -> bool:
    """Whether a letter of the Arabic script stands in it."""
    return _ARABIC.search(text) is not None


def tokens(text: str) -> Iterator[Token]:
    """The words of ``text`` in order: Arabic words with their marks, runs of digits, words of other scripts.

    Offsets point into ``text`` as given, in code points. Punctuation, symbols and spaces belong to no word.
    """
    for found in WORD.finditer(text):
        word = found.group()
        start, end = found.span()
        seen = word.rstrip(_UNSEEN_CHARACTERS)
        if len(seen) != len(word):
            word, end = seen, start + len(seen)
        yield Token(word, start, end, fold(word))
