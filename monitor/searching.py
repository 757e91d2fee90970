"""The archive searched with the same understanding of Arabic as the watch lists: every form of a word, every spelling of a
name, and not what only looks like it.

The words of a query are looked for among all words of the archive; those that meet them go to the index; what the index
gives is read once more by the matcher, which knows phrases and where a name is something else. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import re2

from monitor.arabic import fold, is_arabic, relax, tokens
from monitor.finding import Finder
from monitor.packs import Packs
from monitor.terms import Kind, Matcher, Term, TermError
from monitor.terms import compile as compile_terms
from storage.records import Span, StoredArticle
from storage.search import Filters, Normaliser, Query, Row

__all__ = ["NORMALISER", "Found", "Seeker", "found", "words"]

_JOINED = 6
"""A phrase whose words together have so many letters is looked for written as one word too, as in lists."""
_AT_ONCE = 200


def words(text: str) -> list[str]:
    """The words of a text as the index has them: folded, in order."""
    return [token.folded for token in tokens(text) if token.folded]


NORMALISER = Normaliser(version="folded words 1", words=words)
"""Another version, whenever :func:`monitor.arabic.fold` or :func:`monitor.arabic.tokens` give anything else."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article in which everything that was asked for stands."""

    stored: StoredArticle
    spans: tuple[Span, ...]


class Seeker:
    """Looks for articles with all of ``terms`` and none of ``without``, each as a person would type it into a list.

    Raises :class:`monitor.terms.TermError` for a term that can never be found.
    """

    def __init__(self, terms: Sequence[str], without: Sequence[str] = (), packs: Packs | None = None) -> None:
        self._terms, self._without = _typed(terms), _typed(without)
        self._finder = Finder([*self._terms, *self._without], packs)

    def query(self, vocabulary: str) -> Query | None:
        """What is asked of the index; ``None``: some word stands in no article. ``vocabulary``: its words, each on a line."""
        asked = self._finder.asked
        spelled = {term: list(_spellings(asked[term])) for term in self._terms}
        met = _met(sorted({piece for rows in spelled.values() for row in rows for piece in row}), vocabulary)
        clauses: list[tuple[Row, ...]] = []
        for rows in spelled.values():
            there = [tuple(met[piece] for piece in row) for row in rows]
            kept = tuple(dict.fromkeys(row for row in there if all(row)))
            if not kept:
                return None
            clauses.append(kept)
        return tuple(clauses)

    def read(self, stored: StoredArticle) -> Found | None:
        """The article, with the places of the words, if it has all that is asked for."""
        spans: list[Span] = []
        seen: set[str] = set()
        for where in ("title", "text"):
            text: str = getattr(stored.article, where)
            for term, start, end in self._finder.find(text):
                seen.add(term)
                if term in self._terms:
                    spans.append(Span(where=where, start=start, end=end, words=text[start:end], term=term))
        if not seen.issuperset(self._terms) or not seen.isdisjoint(self._without):
            return None
        return Found(stored, tuple(spans))


def _typed(terms: Sequence[str]) -> tuple[str, ...]:
    """Each once, its blanks made one each."""
    return tuple(dict.fromkeys(re.sub(r"\s+", " ", term.strip()) for term in terms))


def found(
    seeker: Seeker,
    query: Query,
    filters: Filters,
    find: Callable[..., Sequence[StoredArticle]],
) -> Iterator[Found]:
    """Articles, the newest first, as many as are taken. ``find``: :meth:`storage.search.Search.find`."""
    before = None
    while True:
        stored = find(query, filters, before=before, limit=_AT_ONCE)
        for one in stored:
            if (hit := seeker.read(one)) is not None:
                yield hit
        if len(stored) < _AT_ONCE:
            return
        before = stored[-1].id


_Piece = tuple[str, Kind]


def _spellings(term: Term) -> Iterator[tuple[_Piece, ...]]:
    """The rows of words that a term may be written as, each word with how it is looked for (as in ``terms.compile``)."""
    for spelling in dict.fromkeys((term.text, *term.aliases)):
        kind: Kind = term.kind if spelling == term.text or term.kind != "auto" else "name"
        kind = "auto" if kind == "phrase" else kind
        row = [token.folded for token in tokens(spelling)]
        if not row:
            continue
        yield tuple((word, kind) for word in row)
        joined = "".join(row)
        if len(row) > 1 and kind != "exact" and all(map(is_arabic, row)) and len(joined) >= _JOINED:
            yield ((joined, "name"),)


def _met(pieces: Sequence[_Piece], vocabulary: str) -> dict[_Piece, frozenset[str]]:
    """For each of the pieces the words of the archive that meet it."""
    sole = [piece for piece in pieces if _can_stand_alone(piece)]
    matcher = compile_terms([Term(word, kind) for word, kind in sole]) if sole else None
    met: dict[_Piece, set[str]] = {piece: set() for piece in pieces}
    likely = _likely(pieces, matcher, vocabulary)
    for word in likely:
        for hit in matcher.scan(word) if matcher is not None else ():
            met[sole[hit.term]].add(word)
    there = set(likely)
    for piece in pieces:  # a letter of an abbreviation (أ ف ب), and what is typed as it is printed
        if piece[0] in there:
            met[piece].add(piece[0])
    return {piece: frozenset(words) for piece, words in met.items()}


def _can_stand_alone(piece: _Piece) -> bool:
    try:
        compile_terms([Term(*piece)])
    except TermError:
        return False
    return True


def _likely(pieces: Sequence[_Piece], matcher: Matcher | None, vocabulary: str) -> list[str]:
    """Words in which the stem of something that is looked for stands. The last letter is left off where it changes before
    a suffix (حكومة, حكومتهم; مستشفى, مستشفاهم): reading a word that is not meant costs little, missing one does not."""
    keys = {relax(fold(word)) for word, _ in pieces} | (set(matcher.stems) if matcher is not None else set())
    short = {key[:-1] if len(key) > 2 and key[-1] in "هيا" else key for key in keys if key}
    least = [key for key in short if not any(key != other and other in key for other in short)]
    blob, relaxed = vocabulary.encode(), relax(vocabulary).encode()  # letter for letter, and as many bytes
    pattern = re2.compile(f"(?m)^.*(?:{'|'.join(map(re2.escape, sorted(least)))}).*$".encode())
    return [blob[found.start() : found.end()].decode() for found in pattern.finditer(relaxed)]
