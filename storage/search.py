"""Full text: an index over titles and texts of articles, made of words that are handed in, kept in step with the articles.

What a word is, is not decided here: a :class:`Normaliser` gives the words of a text, in order, and the index is made
again when it is of another version. Each kind of database has an index of its own (:mod:`storage.fts5`, :mod:`storage.tsvector`),
over the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, exists, func, insert, select, update

from storage import articles as shelf
from storage.database import reading, writing
from storage.fts5 import Fts5
from storage.records import StoredArticle
from storage.schema import articles, flags, memory, storable
from storage.terms import Index, Indexed, Query, Row

__all__ = ["Filters", "Normaliser", "Query", "Row", "Search"]

_KEY = "search index"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Normaliser:
    version: str
    """Another one: the index is made again."""
    words: Callable[[str], Sequence[str]]
    """The words of a text in its order; no blank and no quote in any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    since: datetime | None = None
    """Published then or later; what has no date of its own, fetched."""
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """Flagged by one of these."""


def _index(dialect: str) -> Index:
    if dialect == "sqlite":
        return Fts5()
    from storage.tsvector import Tsvector  # all of SQLAlchemy's PostgreSQL: a tenth of a second of every command

    return Tsvector()


class Search:
    """Of one store."""

    def __init__(self, engine: Engine, normaliser: Normaliser | None) -> None:
        self._engine = engine
        self._normaliser = normaliser
        self._index = _index(engine.dialect.name)
        self._in_step: bool | None = None

    def add(self, connection: Connection, stored: StoredArticle) -> None:
        """An article that is being stored, in its transaction; nothing where there is no index, or one of another version:
        :meth:`ready` makes it."""
        if self._normaliser is None:
            return
        if self._in_step is None:
            version = _version(connection)
            if version is None:
                self._index.alone(connection)
                version = _version(connection)
            if version is None and connection.scalar(select(articles.c.id).where(articles.c.id != stored.id)) is None:
                self._make(connection, self._normaliser.version)
                version = self._normaliser.version
            self._in_step = version == self._normaliser.version
        if self._in_step:
            self._index.put(connection, [self._row(stored.id, stored.article.title, stored.article.text)])

    def correct(self, connection: Connection, before: StoredArticle, title: str, body: str) -> None:
        """A stored article reads otherwise from now on, in the same transaction. Nothing where it is not in the index."""
        if self._normaliser is None or _version(connection) != self._normaliser.version:
            return
        if self._index.there(connection, before.id, before.id):
            self._index.take(connection, self._row(before.id, before.article.title, before.article.text))
            self._index.put(connection, [self._row(before.id, title, body)])

    def behind(self) -> int:
        """How many articles the index lacks."""
        with reading(self._engine) as connection:
            there = 0
            if self._normaliser is not None and _version(connection) == self._normaliser.version:
                there = self._index.size(connection)
            return (connection.scalar(select(func.count()).select_from(articles)) or 0) - there

    def ready(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Makes the index, or what is missing of it. ``progress`` is told how many articles are done."""
        normaliser = self._normaliser
        assert normaliser is not None
        with writing(self._engine) as connection:
            self._index.alone(connection)
            if _version(connection) != normaliser.version:
                self._make(connection, normaliser.version)
        done = 0
        for ids in self._lacking():
            with reading(self._engine) as connection:
                wanted = select(articles.c.id, articles.c.title, articles.c.text).where(articles.c.id.in_(ids))
                rows = [self._row(*row) for row in connection.execute(wanted)]
            with writing(self._engine) as connection:
                there = self._index.there(connection, ids[0], ids[-1])
                self._index.put(connection, [row for row in rows if row.id not in there])
            done += len(ids)
            progress(done)
        self._in_step = True

    def _lacking(self) -> Iterator[list[int]]:
        after = 0
        while True:
            with reading(self._engine) as connection:
                ids = self._index.lacking(connection, after, _AT_ONCE)
            if not ids:
                return
            yield ids
            after = ids[-1]

    def _row(self, number: int, title: str, body: str) -> Indexed:
        assert self._normaliser is not None
        words = self._normaliser.words
        return Indexed(number, [storable(word) for word in words(title)], [storable(word) for word in words(body)])

    def _make(self, connection: Connection, version: str) -> None:
        """An empty index of that version in place of any other."""
        self._index.make(connection)
        had = connection.execute(update(memory).where(memory.c.key == _KEY).values(value={"version": version})).rowcount
        if not had:
            connection.execute(insert(memory).values(key=_KEY, value={"version": version}))

    def vocabulary(self) -> str:
        """Every word of the index, once, each on a line: a great archive has a million, and they are looked through as one."""
        with reading(self._engine) as connection:
            return self._index.vocabulary(connection)

    def count(self, query: Query, filters: Filters = Filters()) -> int:
        """How many articles :meth:`find` gives, without a limit."""
        with reading(self._engine) as connection:
            return connection.scalar(self._index.wanted(func.count(), query).where(*_conditions(filters))) or 0

    def find(
        self, query: Query, filters: Filters = Filters(), *, before: int | None = None, limit: int = 100
    ) -> list[StoredArticle]:
        """Articles that have these words, the newest first; a row that can be written in too many ways counts as met where
        its words stand in any order. ``before``: those of smaller ids only."""
        wanted = self._index.newest_first(self._index.wanted(articles, query).where(*_conditions(filters)), before)
        with reading(self._engine) as connection:
            return [shelf.stored(row) for row in connection.execute(wanted.limit(limit))]


def _version(connection: Connection) -> str | None:
    value = connection.scalar(select(memory.c.value).where(memory.c.key == _KEY))
    return None if value is None else str(value["version"])


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
