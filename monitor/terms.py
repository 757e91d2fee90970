"""Terms of a watch list compiled into one Matcher; what the rest of Rasid asks of Arabic.

A *word* is looked for in all its forms, a *name* in its spellings, an *exact* form as it is typed, a *phrase* as its
words side by side, a *pattern* as a regular expression. ``auto`` chooses between word, name and phrase by the lexicon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.errors import RasidError
from monitor import matcher as matching
from monitor.analysis import Analyst
from monitor.arabic import is_arabic, tokens
from monitor.lexicon import Lexicon, LexiconError, Progress, open_lexicon
from monitor.matcher import Found, Hit, Row
from monitor.patterns import Pattern, PatternError, parse
from monitor.senses import Sense, sense

__all__ = [
    "Explanation", "Found", "Hit", "Kind", "Matcher", "Term", "TermError", "compile", "prepare",
]  # fmt: skip

Kind = Literal["auto", "word", "name", "exact", "phrase", "pattern"]


class TermError(RasidError):
    """A term that can never match, or that cannot be matched safely. ``subject`` is the term."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a rule asks for, as a person typed it."""

    text: str
    kind: Kind = "auto"
    aliases: tuple[str, ...] = ()
    """Other spellings and other names of the same thing."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a term is looked for as."""

    kind: Kind
    """``word``, ``name``, ``exact``, ``phrase`` or ``pattern``; never ``auto``."""
    why: str
    words: tuple[str, ...]
    """Dictionary forms of the words, names as they are typed."""
    forms: tuple[str, ...]
    """The forms that are matched, without what Arabic writes onto them; for a phrase those of all its words."""
    warnings: tuple[str, ...] = ()


class Matcher(matching.Matcher):
    """Terms ready to be looked for, which can say what they are looked for as."""

    def __init__(
        self,
        terms: Sequence[Term],
        rows: Sequence[Row],
        patterns: Sequence[tuple[int, Pattern]],
        lexicon: Lexicon | None,
    ) -> None:
        super().__init__(rows, patterns, Analyst(lexicon))
        self.terms = tuple(terms)
        self._rows = tuple(rows)
        self._lexicon = lexicon

    def explain(self, number: int) -> Explanation:
        """What ``terms[number]`` is looked for as, and why."""
        term = self.terms[number]
        if term.kind == "pattern":
            return Explanation("pattern", "a regular expression", (term.text,), ())
        senses = next(row.senses for row in self._rows if row.term == number)
        return _explained(term, senses, self._lexicon)


def _explained(term: Term, senses: tuple[Sense, ...], lexicon: Lexicon | None) -> Explanation:
    words: dict[str, None] = {}
    forms: dict[str, None] = {}
    warnings: list[str] = []
    for one in senses:
        if one.lexemes and lexicon is not None:
            for lexeme in one.lexemes:
                words[lexicon.lemma(lexeme)] = None
                forms.update(dict.fromkeys(form for form in lexicon.forms(lexeme) if lexicon.zipf(form)))
            if len({lexicon.lemma(lexeme) for lexeme in one.lexemes}) > 1:
                warnings.append(f"{one.text} may be several words: {'، '.join(sorted(words))}")
            if one.persons:
                warnings.append(f"{one.text} are persons: the place that is written alike is left alone")
        else:
            words[one.text] = None
            forms.update(dict.fromkeys([one.text, *sorted(one.spellings | one.loose)]))
    kinds = {one.kind for one in senses}
    if len(senses) > 1 and kinds != {"name"}:
        kind: Kind = "phrase"
    else:
        kind = "word" if "word" in kinds else "name" if "name" in kinds else "exact"
    asked = term.kind == kind
    why = {
        "word": "the dictionary knows it: all its forms are matched",
        "name": "a name, or a word that the dictionary does not know: its spellings are matched, it is not inflected",
        "exact": "only this form is matched",
        "phrase": "its words side by side, each in any form",
    }[kind]
    if asked:
        why = f"asked for; {why}"
    return Explanation(kind, why, tuple(words), tuple(forms), tuple(warnings))


_shared: Lexicon | None = None
_missing: str | None = None


def prepare(progress: Progress | None = None) -> str | None:
    """Opens the lexicon, building it first where it is missing (some 10 s, once). Safe to call again.

    Without it :func:`compile` does so itself. Where it cannot be built, words are matched like names: with clitics and
    spelling, not in other forms; what comes back then is the reason.
    """
    global _shared, _missing  # noqa: PLW0603 - one lexicon a process, shared with the others through mmap
    if _shared is None and _missing is None:
        try:
            _shared = open_lexicon(progress=progress)
        except LexiconError as error:
            _missing = str(error)
    return _missing


def _lexicon() -> Lexicon | None:
    prepare()
    return _shared


def compile(  # noqa: A001 - the name that re and re2 use for the same thing
    terms: Sequence[Term],
    *,
    aliases: Mapping[str, Sequence[str]] | None = None,
    lexicon: Lexicon | None = None,
) -> Matcher:
    """A Matcher for ``terms``.

    ``aliases``: spellings of a name, by the name as it is typed in a term; they join those of the Term itself.
    ``lexicon``: instead of the one in the user's cache.
    Raises :class:`TermError` for a term that can never match or cannot be matched safely.
    """
    lexicon = lexicon or _lexicon()
    rows: list[Row] = []
    patterns: list[tuple[int, Pattern]] = []
    for number, term in enumerate(terms):
        if term.kind == "pattern":
            try:
                patterns.append((number, parse(term.text)))
            except PatternError as error:
                raise TermError(str(error), subject=term.text) from error
            continue
        others = (*term.aliases, *(aliases or {}).get(term.text, ()))
        for spelling in dict.fromkeys((term.text, *others)):
            kind = term.kind if spelling == term.text or term.kind != "auto" else "name"
            rows += [Row(number, senses) for senses in _senses(spelling, kind, lexicon, term.text)]
    return Matcher(terms, rows, patterns, lexicon)


def _senses(spelling: str, kind: Kind, lexicon: Lexicon | None, subject: str) -> list[tuple[Sense, ...]]:
    """The rows of senses that one spelling of a term stands for: as it is typed, and written together."""
    words = [token.folded for token in tokens(spelling)]
    if not words or not any(words):
        raise TermError("no letter or digit stands in it; write the word that is looked for", subject=subject)
    each: Literal["auto", "word", "name", "exact"]
    each = "auto" if kind in {"auto", "phrase", "pattern"} else kind  # type: ignore[assignment]
    row = tuple(sense(word, each, lexicon) for word in words)
    if len(row) == 1 and len(words[0]) == 1 and is_arabic(words[0]):
        raise TermError("one letter would match everywhere; write the whole word", subject=subject)
    rows = [row]
    if len(words) > 1 and kind != "exact" and all(is_arabic(word) for word in words):
        joined = "".join(words)
        if len(joined) >= 6:
            rows.append((sense(joined, "name", lexicon),))
    return rows
