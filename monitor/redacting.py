"""Names that do not leave with a copy: every place where a listed person's name stands, in every spelling that the
matcher knows, is replaced before a digest or an alert is made. Pure.

What is replaced is what goes *into* a digest, not what comes out of it: a name that a quote would have cut in two is
gone before anything is cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from crawler.article import Article
from monitor.arabic import relax, tokens
from monitor.audiences import Person
from monitor.packs import Packs
from monitor.terms import Matcher, Term, TermError
from monitor.terms import compile as compile_terms
from storage.records import Change, Flag, Flagged, Missed, Removed, Span, StoredArticle, Version

__all__ = ["Redactor", "made"]

_WITHHELD = {"ar": "[اسم محجوب]", "en": "[name withheld]"}


def made(persons: Sequence[Person], packs: Packs, language: str) -> Redactor:
    """Raises :class:`monitor.terms.TermError` for a name that can never be found."""
    terms = [_term(person, packs) for person in persons]
    spellings = [spelling for term in terms for spelling in (term.text, *term.aliases)]
    return Redactor(compile_terms(terms), spellings, _WITHHELD[language])


def _term(person: Person, packs: Packs) -> Term:
    """A name with the spellings of its pack; without the pack's exclusions: what looks like the name is replaced too."""
    entry = packs.entry(person.name)
    known = (entry.text, *entry.aliases) if entry is not None else ()
    if not any(character.isalpha() for character in person.name):
        raise TermError("no letter stands in it", subject=person.name)
    aliases = tuple(alias for alias in dict.fromkeys((*person.aliases, *known)) if alias != person.name)
    return Term(person.name, "name", aliases)


class Redactor:
    def __init__(self, matcher: Matcher, spellings: Iterable[str], withheld: str) -> None:
        self._matcher = matcher
        self._withheld = withheld
        self._rows: dict[str, list[tuple[str, ...]]] = {}
        for spelling in spellings:
            row = tuple(relax(token.folded) for token in tokens(spelling))
            self._rows.setdefault(row[0], []).append(row)

    def places(self, text: str) -> list[tuple[int, int]]:
        """What is replaced: (start, end), in order, none touching another."""
        found = [(hit.start, hit.end) for hit in self._matcher.scan(text)]
        merged: list[tuple[int, int]] = []
        for start, end in sorted((*found, *self._letter_by_letter(text))):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        return merged

    def _letter_by_letter(self, text: str) -> Iterator[tuple[int, int]]:
        """Also where the matcher takes the word for a likelier one (هاله): a name too many withheld harms nobody."""
        words = list(tokens(text))
        folded = [relax(word.folded) for word in words]
        for at, word in enumerate(folded):
            for bare in (word, word[1:], word[2:]):
                for row in self._rows.get(bare, ()):
                    if tuple(folded[at + 1 : at + len(row)]) == row[1:] and (bare == word or _clitics(word, bare)):
                        yield words[at].start, words[at + len(row) - 1].end

    def text(self, text: str) -> str:
        return self._replaced(text, self.places(text))

    def url(self, url: str) -> str:
        """An address whose words name a listed person leads to the site's front page instead."""
        if not self.places(unquote(url).replace("_", " ")):
            return url
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}/"

    def article(self, article: Article) -> Article:
        return replace(
            article,
            url=self.url(article.url),
            title=self.text(article.title),
            text=self.text(article.text),
            author=article.author and self.text(article.author),
            summary=article.summary and self.text(article.summary),
            tags=tuple(map(self.text, article.tags)),
            notes=tuple(map(self.text, article.notes)),
        )

    def stored(self, stored: StoredArticle) -> StoredArticle:
        return replace(stored, article=self.article(stored.article))

    def flags(self, article: Article, flags: Iterable[Flag]) -> tuple[Flag, ...]:
        """The flags of ``article`` (as it was published), their spans where the words stand after it is redacted."""
        fields = {"title": article.title, "text": article.text}
        moved = {where: _Moved(self.places(text), len(self._withheld)) for where, text in fields.items()}
        after = {where: self._replaced(text, moved[where].places) for where, text in fields.items()}
        return tuple(
            replace(
                flag,
                list_title=self.text(flag.list_title),
                rule=self.text(flag.rule),
                spans=tuple(self._span(span, moved[span.where], after[span.where]) for span in flag.spans),
            )
            for flag in flags
        )

    def flagged(self, flagged: Sequence[Flagged]) -> list[Flagged]:
        stored: dict[int, StoredArticle] = {}

        def once(one: StoredArticle) -> StoredArticle:
            if one.id not in stored:
                stored[one.id] = self.stored(one)
            return stored[one.id]

        return [
            replace(
                one,
                stored=once(one.stored),
                flags=self.flags(one.stored.article, one.flags),
                tellings=tuple(map(once, one.tellings)),
            )
            for one in flagged
        ]

    def versions(self, versions: Iterable[Version]) -> list[Version]:
        return [
            replace(
                one,
                article=self.stored(one.article),
                title=self.text(one.title),
                text=self.text(one.text),
                changes=tuple(map(self._change, one.changes)),
            )
            for one in versions
        ]

    def removed(self, removed: Iterable[Removed]) -> list[Removed]:
        return [replace(one, article=self.stored(one.article), why=self.text(one.why)) for one in removed]

    def missed(self, missed: Iterable[Missed]) -> list[Missed]:
        return [
            replace(one, url=self.url(one.url), title=one.title and self.text(one.title), why=self.text(one.why))
            for one in missed
        ]

    def _change(self, change: Change) -> Change:
        return replace(
            change,
            before=self.text(change.before),
            after=self.text(change.after),
            words=tuple(map(self.text, change.words)),
        )

    def _span(self, span: Span, moved: _Moved, after: str) -> Span:
        start, end = moved.start(span.start), moved.end(span.end)
        return replace(span, start=start, end=end, words=after[start:end], term=self.text(span.term))

    def _replaced(self, text: str, places: Sequence[tuple[int, int]]) -> str:
        parts: list[str] = []
        at = 0
        for start, end in places:
            parts += (text[at:start], self._withheld)
            at = end
        return "".join([*parts, text[at:]])


def _clitics(word: str, bare: str) -> bool:
    """Whether what stands before ``bare`` is what Arabic writes onto a word: و ف ب ل ك."""
    return word.endswith(bare) and set(word[: len(word) - len(bare)]) <= set("وفبلك")


class _Moved:
    """Where an offset of the text as it was stands after the replacements."""

    def __init__(self, places: Sequence[tuple[int, int]], length: int) -> None:
        self.places = places
        self._starts = [start for start, _ in places]
        self._shifts = [0]
        for start, end in places:
            self._shifts.append(self._shifts[-1] + length - (end - start))

    def start(self, offset: int) -> int:
        """Of what was inside of a replaced place: its beginning."""
        n = bisect_right(self._starts, offset)
        if n and offset < self.places[n - 1][1]:
            return self.places[n - 1][0] + self._shifts[n - 1]
        return offset + self._shifts[n]

    def end(self, offset: int) -> int:
        """Of what was inside of a replaced place: its end."""
        n = bisect_right(self._starts, offset - 1)
        if n and offset < self.places[n - 1][1]:
            return self.places[n - 1][1] + self._shifts[n]
        return offset + self._shifts[n]
