"""What a term's words are looked for as: a word in all its forms, a name in its spellings, or one exact form. Pure.

Names are told from words because they must not be inflected: every matcher that inflects names loses more than it
finds (روسيا is not روسي, حلب is not حلبة); every matcher that does not inflect words finds half of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.arabic import relax
from monitor.context import PERSONS
from monitor.lexicon import Lexicon
from monitor.readings import candidates
from monitor.verbs import PASSIVE

__all__ = ["Sense", "SenseKind", "bare", "guess", "sense"]

SenseKind = Literal["word", "name", "exact"]

_OWN = 0.35
"""A reading of the typed word counts when at least this share of its uses is that reading."""
_LEMMA, _VERB_LEMMA = 2.0, 4.0
"""People type dictionary forms: such a reading counts twice, that of a verb four times among verbs: تمكن is no form of مكن."""
_NOUN = 0.2
"""A noun with this share is there beside a verb that is written like it."""
_DUAL = 0.1
"""A typed word in ا is a noun in the accusative (بدلا) before it is two men's verb."""
_RARE_VERB = 0.012
"""A verb form rarer than this among its verb's forms is not what a person types: هونغ is a name, no command."""


@dataclass(frozen=True, slots=True)
class Sense:
    """How one word of a term is looked for."""

    text: str
    """Folded."""
    kind: SenseKind
    lexemes: frozenset[int] = frozenset()
    """The lexemes that a word is; empty for names."""
    spellings: frozenset[str] = frozenset()
    """Stems of a name or of a word that the lexicon does not know, under ``relax``."""
    loose: frozenset[str] = frozenset()
    """Stems that count only where the lexicon knows nothing better for the printed word."""
    article: bool = False
    """A name typed with ال is that name with ال only: الأسد is not أسد."""
    persons: bool = False
    """Typed as persons (معتقلين): the place that is written alike is not meant."""


def sense(folded: str, kind: Literal["auto", "word", "name", "exact"], lexicon: Lexicon | None) -> Sense:
    """What the typed word (folded) is to be looked for as."""
    if kind == "exact":
        return Sense(folded, "exact")
    if kind == "name":  # whatever it may be read as
        return _name(folded)
    own = _own_readings(folded, lexicon) if lexicon is not None else {}
    if kind == "auto" and lexicon is not None and _needs_article(folded, lexicon):
        return _name(folded)
    if not own:
        return _unknown(folded, lexicon)
    assert lexicon is not None
    best = max(own, key=own.__getitem__)
    named = sum(share for lexeme, share in own.items() if lexicon.class_of(lexeme) == "E")
    if kind == "auto" and (named >= 0.45 or _rare_verb(folded, best, lexicon)):
        return _name(folded)
    chosen = {lexeme for lexeme, share in own.items() if share >= _OWN} or {best}
    if kind == "word":
        chosen -= {lexeme for lexeme in chosen if lexicon.class_of(lexeme) == "E"}
        chosen = chosen or {lexeme for lexeme in own if lexicon.class_of(lexeme) == "N"} or {best}
    return Sense(folded, "word", lexemes=frozenset(chosen), persons=PERSONS.fullmatch(folded) is not None)


def _needs_article(folded: str, lexicon: Lexicon) -> bool:
    """Whether a word typed without ال is a name that bears it: عراق."""
    entries = (entry for entry in lexicon.entries(folded) if entry.form == folded)
    if not any(lexicon.class_of(entry.lexeme) == "E" for entry in entries):
        return False
    return lexicon.zipf("ال" + folded) >= lexicon.zipf(folded) + 0.5


def bare(folded: str) -> str:
    """A typed word without ال."""
    return folded[2:] if folded.startswith("ال") and len(folded) > 4 else folded


def _own_readings(folded: str, lexicon: Lexicon) -> dict[int, float]:
    """The readings of a typed word that take at most ال off it: lexeme -> share."""
    typed = {folded, bare(folded)}
    found = candidates(folded, lexicon.entries, lexicon.class_of)
    uses = {lexeme: weight * lexicon.prior(lexeme) for lexeme, (weight, _) in found.items()}
    total = sum(uses.values())
    weights = {lexeme: use / total for lexeme, use in uses.items()} if total else {}
    exact: dict[int, float] = {}
    near: dict[int, float] = {}
    relaxed = {relax(form) for form in typed}
    for lexeme, share in weights.items():
        forms = lexicon.forms(lexeme)
        if not typed.isdisjoint(forms):
            exact[lexeme] = share
        elif any(relax(form) in relaxed for form in forms):
            near[lexeme] = share
    own = exact or near
    nominal = any(lexicon.class_of(lexeme) != "V" and share >= _NOUN for lexeme, share in own.items())
    for lexeme in own:
        verb = lexicon.class_of(lexeme) == "V"
        if lexicon.lemma(lexeme) in typed:
            own[lexeme] *= _VERB_LEMMA if verb and not nominal else _LEMMA
        elif verb and folded[-1] == "ا":
            own[lexeme] *= _DUAL
    total = sum(own.values())
    return {lexeme: share / total for lexeme, share in own.items()} if total else {}


def _rare_verb(folded: str, lexeme: int, lexicon: Lexicon) -> bool:
    if lexicon.class_of(lexeme) != "V":
        return False
    entries = [entry for entry in lexicon.entries(folded) if entry.lexeme == lexeme and entry.form == folded]
    rarer = lexicon.zipf(lexicon.lemma(lexeme)) - lexicon.zipf(folded)
    if rarer < -2.0:
        return True  # a verb that nobody uses, with one form in use: that form is something else
    if len(folded) <= 4 and entries and all(entry.join & PASSIVE for entry in entries) and rarer < 0.0:
        return True  # a passive that is more usual than its active: هونغ, بيل
    return bool(entries) and max(entry.share for entry in entries) < _RARE_VERB


def _name(folded: str) -> Sense:
    stem = bare(folded)
    return Sense(
        folded,
        "name",
        spellings=frozenset({relax(stem)}),
        loose=frozenset(_variants(stem)),
        article=stem != folded,
    )


_LONG = "اوي"


def _variants(stem: str) -> set[str]:
    """Spellings of a foreign name that no dictionary knows: the last vowel (أستانا, أستانة), one long vowel more or less
    (ميستورا, مستورا)."""
    found: set[str] = set()
    if len(stem) >= 5 and stem[-1] in "اةهى":
        found |= {stem[:-1] + end for end in "اهي"}
    if len(stem) >= 7:
        found |= {stem[:n] + stem[n + 1 :] for n in range(1, len(stem) - 1) if stem[n] in _LONG}
    if len(stem) >= 6:
        found |= {stem[:n] + vowel + stem[n:] for n in range(1, len(stem)) for vowel in _LONG}
    return {relax(form) for form in found} - {relax(stem)}


_SOUND = ("يات", "يين", "يون", "ية", "ات", "ين", "ون", "ان", "ي", "ة")


def guess(stem: str) -> set[str]:
    """The sound forms of a word that the lexicon does not know: شبيحة, داعشي, كيماويات."""
    base = next((stem.removesuffix(end) for end in _SOUND if stem.endswith(end) and len(stem) - len(end) >= 3), stem)
    if stem.endswith(("ي", "ية", "يون", "يين", "يات")):
        base = base + "ي"
    forms = {base + end for end in ("", "ة", "ات", "ين", "ون", "ا", "ان", "تين", "تان")}
    return forms | {stem}


def _unknown(folded: str, lexicon: Lexicon | None) -> Sense:
    """A word that the lexicon does not know: its spelling; where its ending shows a plural or a relation, its sound forms."""
    stem = bare(folded)
    inflected = stem.endswith(("ات", "ين", "ون", "ية", "يين", "يات", "يون")) and len(stem) >= 5
    if lexicon is None or not inflected:
        return _name(folded)
    forms = frozenset(relax(form) for form in guess(stem))
    own = frozenset({relax(stem)})
    return Sense(folded, "word", spellings=own, loose=forms - own)
