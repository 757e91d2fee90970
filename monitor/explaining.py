"""What a term is looked for as, what of the archive it finds, and what it leaves though it looks alike. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from monitor.arabic import fold
from monitor.conditions import Mention, Reading
from monitor.listfile import describe
from monitor.packs import Packs
from monitor.rulefile import KINDS, Reader
from monitor.spellings import Likeness, Vocabulary, alike
from monitor.terms import Explanation, Kind, TermError
from monitor.termtable import TermTable
from monitor.yamlfile import Keys, Node, Problem, Scalar

__all__ = ["Explained", "Homograph", "Looked", "Readings", "Seen", "looked_for", "unmatched"]

Readings: TypeAlias = "Callable[[str], Iterable[tuple[str, str, float]]]"
"""What a form may be: its word as a dictionary has it, the word's class in the lexicon, and the share of its uses."""
_SIGNS = "by itself it is most often another word: a pack looks for it by what stands beside it; `exact:` finds it everywhere, `word:` in all forms"
_PACK = "a pack knows it: it is matched in all the spellings that stand there, and not inflected"
_KINDS = {"N": "noun", "V": "verb", "P": "particle", "E": "name"}
_SHARE = 0.2
"""A form that is another word in at least this share of its uses is said to be."""
_PART = 4
"""Letters that a term needs for words that hold it to be looked at: what a search for the bare letters would find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A word of the archive."""

    word: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Homograph:
    """A form of the term that may be another word as well."""

    form: str
    other: str
    """That word, as a dictionary has it."""
    kind: str
    """``noun``, ``verb``, ``particle`` or ``name``."""
    share: float
    """How much of the form's uses it is, by the dictionaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What ``rasid watch explain`` says."""

    term: str
    kind: Kind
    why: str
    words: tuple[str, ...]
    forms: tuple[str, ...]
    aliases: tuple[str, ...]
    """Spellings that a pack adds."""
    exclude: tuple[str, ...]
    """Where a pack knows it to be something else."""
    warnings: tuple[str, ...]
    homographs: tuple[Homograph, ...]
    articles: int
    """How many articles were looked at for what follows."""
    seen: tuple[Seen, ...]
    """Words of the archive that it matches, the commonest first."""
    left: tuple[Seen, ...]
    """Words of the archive that look alike, and that it does not match."""


class Looked:
    """One term, ready to be looked for as a list would."""

    def __init__(self, term: str, kind: str, packs: Packs) -> None:
        """Raises :class:`monitor.terms.TermError` for a term that can never match."""
        self.term = term
        table, problems = TermTable(), list[Problem]()
        node: Node = Scalar("", 1, 1, term, term)
        if kind != "auto":
            assert kind in KINDS
            node = Keys("", 1, 1, {kind: (Scalar("", 1, 1, kind, kind), node)})
        condition = Reader(packs, table, problems).condition(node)
        matcher = None if problems else table.compile(problems)
        if matcher is None or not isinstance(condition, Mention):
            said = problems[0].message if problems else "this is no term"
            raise TermError(said.removeprefix(f"`{term}`: "), subject=term)
        self.matcher, self.mention = matcher, condition
        entry = packs.entry(term) if kind in ("auto", "name") else None
        self.in_pack = entry is not None
        self.by_signs = entry is not None and term in entry.typed

    def matches(self, text: str) -> list[str]:
        """The words that it is found in, as they stand in ``text``; exclusions are not looked at."""
        return [text[hit.start : hit.end] for hit in self.matcher.scan(text) if hit.term == self.mention.term]

    def counts(self, text: str) -> Iterable[str]:
        """The words that count, where a pack's exclusions do not hide them."""
        reading = Reading(self.matcher, "", text)
        mask = reading.mask(self.mention.exclude)
        for place in reading.of(self.mention, ("text",)):
            if not mask.hides(place):
                yield text[place.hit.start : place.hit.end]

    def explanation(self) -> Explanation:
        return self.matcher.explain(self.mention.term)


def looked_for(
    looked: Looked,
    found: Counter[str],
    words: Vocabulary,
    readings: Readings,
    *,
    most: int = 20,
) -> Explained:
    """``found``: words of the archive that count, folded; ``words``: all of it; ``most``: look-alikes that are told."""
    said = looked.explanation()
    if looked.by_signs:  # the words of its spellings (مدينة) are not what it is looked for as
        said = replace(said, why=_SIGNS, words=(looked.term,), forms=(), warnings=())
    term = looked.matcher.terms[looked.mention.term]
    left = [one for one in _alike(looked, words) if not looked.matches(one.word)]
    return Explained(
        term=looked.term,
        kind=said.kind,
        why=_PACK if looked.in_pack and not looked.by_signs else said.why,
        words=said.words,
        forms=said.forms,
        aliases=term.aliases,
        exclude=tuple(map(describe, looked.mention.exclude)),
        warnings=said.warnings,
        homographs=tuple(_homographs(said, found, readings)),
        articles=words.articles,
        seen=tuple(Seen(word=word, count=count) for word, count in found.most_common()),
        left=tuple(left[:most]),
    )


def _alike(looked: Looked, words: Vocabulary) -> list[Seen]:
    """Words that look alike: near spellings, and words in which the term's letters stand."""
    found: dict[str, int] = {}
    for one in alike(looked.term, words):
        for word in one.seen:
            found[word] = words.counts.get(word) or one.count
    part = fold(looked.term).removeprefix("ال")
    if len(part) >= _PART and " " not in part:
        found |= {word: count for word, count in words.counts.items() if part in word}
    return [Seen(word=word, count=count) for word, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def _homographs(said: Explanation, found: Counter[str], readings: Readings) -> Iterable[Homograph]:
    if said.kind not in ("word", "name"):
        return
    mine = set(said.words)
    told: set[tuple[str, str]] = set()
    # The variants that are tried for a name count only where no word of the dictionary is meant: they are no homographs.
    typed = said.forms[:50] if said.kind == "word" else said.words
    for form in dict.fromkeys((*(word for word, _ in found.most_common(50)), *typed)):
        for other, kind, share in readings(form):
            same = kind == "E" if said.kind == "name" else other in mine
            if not same and share >= _SHARE and (form, other) not in told:
                told.add((form, other))
                yield Homograph(form=form, other=other, kind=_KINDS.get(kind, "word"), share=round(share, 2))


def unmatched(looked: Looked, likes: Iterable[Likeness]) -> list[Likeness]:
    """Those that the term does not match yet."""
    return [one for one in likes if not looked.matches(one.spelling)]
