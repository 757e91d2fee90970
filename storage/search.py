"""Full text: an index over titles and texts of articles, made of words that are handed in, kept in step with the articles.

What a word is, is not decided here: a :class:`Normaliser` gives the words of a text, in order, and the index is made
again when it is of another version. SQLite: FTS5 without a copy of the text, its own tokenizer switched to bytes, so that
it splits nothing (``unicode61`` breaks a vowelled Arabic word at every vowel sign).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from math import prod
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, exists, func, insert, select, text, update

from storage import articles as shelf
from storage.database import reading, writing
from storage.errors import StorageError
from storage.records import StoredArticle
from storage.schema import articles, flags, memory, storable

__all__ = ["Filters", "Normaliser", "Query", "Row", "Search"]

_KEY = "search index"
_COMBINATIONS = 300
"""A row with more ways to be written is asked for as words of one article, and whoever asked looks at their order."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Normaliser:
    version: str
    """Another one: the index is made again."""
    words: Callable[[str], Sequence[str]]
    """The words of a text in its order; no blank and no quote in any of them."""


Row = tuple[frozenset[str], ...]
"""Words that stand side by side; of each place any of these."""
Query = tuple[tuple[Row, ...], ...]
"""All of the clauses; of each clause any of the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    since: datetime | None = None
    """Published then or later; what has no date of its own, fetched."""
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """Flagged by one of these."""


class Search:
    """Of one store."""

    def __init__(self, engine: Engine, normaliser: Normaliser | None) -> None:
        self._engine = engine
        self._normaliser = normaliser
        self._in_step: bool | None = None

    def add(self, connection: Connection, stored: StoredArticle) -> None:
        """An article that is being stored, in its transaction; nothing where there is no index, or one of another version:
        :meth:`ready` makes it."""
        if self._normaliser is None or self._engine.dialect.name != "sqlite":
            return
        if self._in_step is None:
            version = _version(connection)
            if version is None and connection.scalar(select(articles.c.id).where(articles.c.id != stored.id)) is None:
                _make(connection, self._normaliser.version)
                version = self._normaliser.version
            self._in_step = version == self._normaliser.version
        if self._in_step:
            _put(connection, [self._row(stored.id, stored.article.title, stored.article.text)])

    def correct(self, connection: Connection, before: StoredArticle, title: str, body: str) -> None:
        """A stored article reads otherwise from now on, in the same transaction. Nothing where it is not in the index."""
        if self._normaliser is None or self._engine.dialect.name != "sqlite":
            return
        if _version(connection) != self._normaliser.version:
            return
        if not connection.execute(_INDEXED, {"low": before.id, "high": before.id}).first():
            return
        # the index keeps no texts (content = ''): what is to be taken out of it is told it once more
        gone = text("INSERT INTO search (search, rowid, title, text) VALUES ('delete', :id, :title, :text)")
        connection.execute(gone, self._row(before.id, before.article.title, before.article.text))
        _put(connection, [self._row(before.id, title, body)])

    def behind(self) -> int:
        """How many articles the index lacks."""
        with reading(self._engine) as connection:
            there = 0
            if self._normaliser is not None and _version(connection) == self._normaliser.version:
                there = connection.scalar(text("SELECT count(*) FROM search_docsize")) or 0
            return (connection.scalar(select(func.count()).select_from(articles)) or 0) - there

    def ready(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Makes the index, or what is missing of it. ``progress`` is told how many articles are done."""
        if self._engine.dialect.name != "sqlite":
            raise StorageError("the archive on this database has no full-text index", subject=str(self._engine.url))
        normaliser = self._normaliser
        assert normaliser is not None
        with writing(self._engine) as connection:
            if _version(connection) != normaliser.version:
                _make(connection, normaliser.version)
        done = 0
        for ids in self._lacking():
            with reading(self._engine) as connection:
                wanted = select(articles.c.id, articles.c.title, articles.c.text).where(articles.c.id.in_(ids))
                rows = [self._row(*row) for row in connection.execute(wanted)]
            with writing(self._engine) as connection:
                there = {row[0] for row in connection.execute(_INDEXED, {"low": ids[0], "high": ids[-1]})}
                _put(connection, [row for row in rows if row["id"] not in there])
            done += len(ids)
            progress(done)
        self._in_step = True

    def _lacking(self) -> Iterator[list[int]]:
        missing = text(
            "SELECT id FROM articles WHERE id > :after AND id NOT IN (SELECT id FROM search_docsize) ORDER BY id LIMIT :n"
        )
        after = 0
        while True:
            with reading(self._engine) as connection:
                ids = list(connection.scalars(missing, {"after": after, "n": _AT_ONCE}))
            if not ids:
                return
            yield ids
            after = ids[-1]

    def _row(self, number: int, title: str, body: str) -> dict[str, Any]:
        assert self._normaliser is not None
        words = self._normaliser.words
        return {
            "id": number,
            "title": " ".join(map(storable, words(title))),
            "text": " ".join(map(storable, words(body))),
        }

    def vocabulary(self) -> str:
        """Every word of the index, once, each on a line: a great archive has a million, and they are looked through as one."""
        with reading(self._engine) as connection:
            return connection.scalar(text("SELECT group_concat(term, char(10)) FROM search_words")) or ""

    def count(self, query: Query, filters: Filters = Filters()) -> int:
        """How many articles :meth:`find` gives, without a limit."""
        with reading(self._engine) as connection:
            wanted = _wanted(func.count(), filters)
            return connection.scalar(wanted, {"query": _written(query)}) or 0

    def find(
        self, query: Query, filters: Filters = Filters(), *, before: int | None = None, limit: int = 100
    ) -> list[StoredArticle]:
        """Articles that have these words, the newest first; a row that can be written in too many ways counts as met where
        its words stand in any order. ``before``: those of smaller ids only."""
        wanted = _wanted(articles, filters).order_by(text("search.rowid DESC")).limit(limit)
        if before is not None:
            wanted = wanted.where(text("search.rowid < :before")).params(before=before)
        with reading(self._engine) as connection:
            return [shelf.stored(row) for row in connection.execute(wanted, {"query": _written(query)})]


_INDEXED = text("SELECT id FROM search_docsize WHERE id BETWEEN :low AND :high")


def _version(connection: Connection) -> str | None:
    value = connection.scalar(select(memory.c.value).where(memory.c.key == _KEY))
    return None if value is None else str(value["version"])


def _make(connection: Connection, version: str) -> None:
    """An empty index of that version in place of any other."""
    for name in ("search_words", "search"):
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    connection.execute(text("CREATE VIRTUAL TABLE search USING fts5(title, text, content = '', tokenize = 'ascii')"))
    connection.execute(text("CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)"))
    had = connection.execute(update(memory).where(memory.c.key == _KEY).values(value={"version": version})).rowcount
    if not had:
        connection.execute(insert(memory).values(key=_KEY, value={"version": version}))


def _put(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(text("INSERT INTO search (rowid, title, text) VALUES (:id, :title, :text)"), list(rows))


def _wanted(what: Any, filters: Filters) -> Any:
    wanted = select(what).select_from(articles).join(text("search"), text("search.rowid = articles.id"))
    return wanted.where(text("search MATCH :query"), *_conditions(filters))


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
    if filters.since is not None:
        yield at >= filters.since
    if filters.until is not None:
        yield at < filters.until
    if filters.sources:
        yield articles.c.source.in_(filters.sources)
    if filters.lists:
        yield exists().where(flags.c.article_id == articles.c.id, flags.c.list.in_(filters.lists))


def _written(query: Query) -> str:
    """The query in FTS5's language (https://www.sqlite.org/fts5.html#full_text_query_syntax)."""
    return " AND ".join(f"({' OR '.join(_row(row) for row in clause)})" for clause in query)


def _row(row: Row) -> str:
    slots = [sorted(slot) for slot in row]
    if len(slots) > 1 and prod(map(len, slots)) <= _COMBINATIONS:
        return " OR ".join(f'"{" ".join(words)}"' for words in product(*slots))
    each = ["(" + " OR ".join(f'"{word}"' for word in slot) + ")" for slot in slots]
    return "(" + " AND ".join(each) + ")"
