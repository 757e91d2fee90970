"""The lexicon while it is made: lexemes with their forms, and how usual words are.

What it is made of comes from installed packages: simplemma's dictionary, wordfreq's frequencies. Nothing is copied.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from monitor.arabic import fold

__all__ = ["NO_ARTICLE", "NO_PRONOUN", "ONLY_ARTICLE", "Draft", "Use", "dictionary", "frequencies"]

NO_ARTICLE, NO_PRONOUN, ONLY_ARTICLE = 8, 16, 32
"""Bits of ``Entry.join`` beside the tenses of :mod:`monitor.verbs`."""

_WORD = re.compile("[\u0621-\u063a\u0641-\u064a]+")


class Draft:
    """Lexemes with their forms: form -> (weight, what may be written onto it)."""

    def __init__(self) -> None:
        self.lemmas: list[str] = []
        self.classes: list[str] = []
        self.forms: list[dict[str, tuple[float, int]]] = []
        self.doubt: dict[int, float] = {}
        """Lexemes of which fewer forms should be expected than of others: dictionaries do not list them."""
        self.by_name: dict[tuple[str, str], int] = {}

    def lexeme(self, lemma: str, kind: str, name: str = "") -> int:
        """The number of a lexeme, made on first mention. ``name`` tells apart what is written alike."""
        number = self.by_name.setdefault((lemma, kind + name), len(self.lemmas))
        if number == len(self.lemmas):
            self.lemmas.append(lemma)
            self.classes.append(kind)
            self.forms.append({})
        return number

    def add(self, number: int, form: str, weight: float, join: int = 0) -> None:
        own = self.forms[number]
        old = own.get(form)
        own[form] = (max(old[0], weight), old[1] & join) if old else (weight, join)


class Use(dict[str, float]):
    """Words as they are printed -> their share of all words."""

    def of(self, word: str) -> float:
        """The share of a word, bare or with ال."""
        return self.get(word, 0.0) + self.get("ال" + word, 0.0)

    def definite(self, word: str) -> float:
        """How often a word has the article, which no verb has, against how often it stands bare."""
        bare = self.get(word, 0.0)
        return self.get("ال" + word, 0.0) / bare if bare else 0.0


def frequencies() -> Use:
    """wordfreq's words, folded."""
    from wordfreq import get_frequency_dict

    found = Use()
    for word, share in get_frequency_dict("ar", wordlist="best").items():
        if not _WORD.fullmatch(word):
            word = fold(word)  # noqa: PLW2901
            if not _WORD.fullmatch(word):
                continue
        found[word] = found.get(word, 0.0) + share
    return found


def dictionary() -> dict[str, set[str]]:
    """simplemma's pairs, folded: lemma -> forms."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    pairs: dict[str, set[str]] = defaultdict(set)
    listed: Mapping[str, str | bytes] = DefaultDictionaryFactory().get_dictionary("ar")
    for form, lemma in listed.items():
        written = lemma.decode() if isinstance(lemma, bytes) else lemma
        form = form if _WORD.fullmatch(form) else fold(form)  # noqa: PLW2901
        written = written if _WORD.fullmatch(written) else fold(written)
        if len(form) > 1 and len(written) > 1 and _WORD.fullmatch(form) and _WORD.fullmatch(written):
            pairs[written].add(form)
    return pairs
