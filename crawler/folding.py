"""Folding of Arabic text for comparison inside the readers: never stored, never shown."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

__all__ = ["bare", "fold", "overlap", "squeeze", "words"]

_MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_DIGITS = {ord(eastern): str(i % 10) for i, eastern in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_LETTERS = str.maketrans("أإآٱىیةکھ،٫؛–—−‐", "اااايي" + "ه" + "كه" + ",.;----")
_REPLACED = tuple((chr(letter), to if isinstance(to, str) else chr(to)) for letter, to in (_DIGITS | _LETTERS).items())
"""One after the other: ``str.translate`` costs ten times what these cost (13 and 1.3 µs for a line of 180 characters)."""
_SHORT, _LONG = 400, 20_000
_WORD = re.compile(r"[^\W_]{2,}")
_NO_WORD = re.compile(r"[\W_]+")
_ANYWHERE = frozenset(
    [
        *(
            "الي",
            "علي",
            "عند",
            "بعد",
            "قبل",
            "بين",
            "خلال",
            "ضمن",
            "مع",
            "عن",
            "منذ",
            "حتي",
            "لدي",
            "دون",
            "غير",
            "مثل",
            "حول",
        ),
        *(
            "هذا",
            "هذه",
            "ذلك",
            "تلك",
            "الذي",
            "التي",
            "الذين",
            "هناك",
            "كما",
            "لكن",
            "كان",
            "كانت",
            "يكون",
            "ان",
            "انه",
            "انها",
        ),
        *("قال", "قالت", "ذي", "ذين", "تي", "ما", "لم", "لن", "قد", "اليوم", "يوم", "امس", "جديد", "جديده"),
    ]
)
# a word and the same word with its article or conjunction must meet: والقصف, بالقصف, القصف, قصف
_PROCLITICS = re.compile(r"(?:[وف]?[بكل]?ال|[وف]?لل|[وف])(?=\w{3})")


def fold(text: str) -> str:
    """No vowel marks, ASCII digits, one Alif, one Yeh, lower case, single spaces."""
    return _remembered(text) if len(text) <= _SHORT else _folded(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> str:
    """A page's lines are compared ten times over, and a site's menus stand on each of its pages: a tenth of the time."""
    return _folded(text)


def _folded(text: str) -> str:
    if not text.isascii():
        text = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
        text = _MARKS.sub("", text)
        for letter, to in _REPLACED:
            text = text.replace(letter, to)
    return " ".join(text.split()).lower()


def squeeze(text: str) -> str:
    """The text with single spaces and without control and direction marks at its ends: what is shown."""
    return " ".join(text.replace("\ufeff", " ").split()).strip("\u200b\u200e\u200f ")


def bare(text: str) -> str:
    """Folded, and only the letters and digits of it: two spellings of one line meet, escaped twice or not."""
    return _bare_remembered(text) if len(text) <= _SHORT else _bared(text)


@lru_cache(maxsize=4096)
def _bare_remembered(text: str) -> str:
    return _bared(text)


def _bared(text: str) -> str:
    return _NO_WORD.sub("", fold(unescape(text) if "&" in text else text).replace(" ", ""))


def words(text: str) -> frozenset[str]:
    """The folded words of a text without article and conjunction, for telling whether two texts speak of one thing.

    Words that stand in any text are left out.
    """
    return _words_remembered(text) if len(text) <= _LONG else _words(text)


@lru_cache(maxsize=64)
def _words_remembered(text: str) -> frozenset[str]:
    """Of a page the same few texts are asked about: headline, description, what may be its text."""
    return _words(text)


def _words(text: str) -> frozenset[str]:
    return frozenset({_stem(word) for word in set(_WORD.findall(fold(text))) if len(word) > 2} - _ANYWHERE)


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    return _PROCLITICS.sub("", word, count=1)


def overlap(text: str, title: str) -> float:
    """The share of the title's words that stand in the text."""
    wanted = words(title)
    return len(wanted & words(text)) / len(wanted) if wanted else 0.0
