"""The full-text index on SQLite: FTS5 without a copy of the text, its own tokenizer switched to bytes, so that it splits
nothing (``unicode61`` breaks a vowelled Arabic word at every vowel sign)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any

from sqlalchemy import Connection, select, text

from storage.schema import articles
from storage.terms import Indexed, Query, Row

__all__ = ["Fts5"]

_COMBINATIONS = 300
"""A row with more ways to be written is asked for as words of one article, and whoever asked looks at their order."""


class Fts5:
    def make(self, connection: Connection) -> None:
        for name in ("search_words", "search"):
            connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
        connection.execute(
            text("CREATE VIRTUAL TABLE search USING fts5(title, text, content = '', tokenize = 'ascii')")
        )
        connection.execute(text("CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)"))

    def alone(self, connection: Connection) -> None:
        """A transaction that writes is alone in any case."""

    def put(self, connection: Connection, rows: Iterable[Indexed]) -> None:
        found = [{"id": row.id, "title": " ".join(row.title), "text": " ".join(row.text)} for row in rows]
        if found:
            connection.execute(text("INSERT INTO search (rowid, title, text) VALUES (:id, :title, :text)"), found)

    def take(self, connection: Connection, row: Indexed) -> None:
        # the index keeps no texts (content = ''): what is to be taken out of it is told it once more
        gone = text("INSERT INTO search (search, rowid, title, text) VALUES ('delete', :id, :title, :text)")
        connection.execute(gone, {"id": row.id, "title": " ".join(row.title), "text": " ".join(row.text)})

    def size(self, connection: Connection) -> int:
        return int(connection.scalar(text("SELECT count(*) FROM search_docsize")) or 0)

    def there(self, connection: Connection, low: int, high: int) -> set[int]:
        between = text("SELECT id FROM search_docsize WHERE id BETWEEN :low AND :high")
        return set(connection.scalars(between, {"low": low, "high": high}))

    def lacking(self, connection: Connection, after: int, many: int) -> list[int]:
        missing = text(
            "SELECT id FROM articles WHERE id > :after AND id NOT IN (SELECT id FROM search_docsize) ORDER BY id LIMIT :n"
        )
        return list(connection.scalars(missing, {"after": after, "n": many}))

    def vocabulary(self, connection: Connection) -> str:
        return connection.scalar(text("SELECT group_concat(term, char(10)) FROM search_words")) or ""

    def wanted(self, what: Any, query: Query) -> Any:
        # ordered by the index's own row number: it walks that way, newest first, and stops where the limit is
        wanted = select(what).select_from(articles).join(text("search"), text("search.rowid = articles.id"))
        return wanted.where(text("search MATCH :query")).params(query=_written(query))

    def newest_first(self, wanted: Any, before: int | None) -> Any:
        wanted = wanted.order_by(text("search.rowid DESC"))
        return wanted if before is None else wanted.where(text("search.rowid < :before")).params(before=before)


def _written(query: Query) -> str:
    """The query in FTS5's language (https://www.sqlite.org/fts5.html#full_text_query_syntax)."""
    return " AND ".join(f"({' OR '.join(_row(row) for row in clause)})" for clause in query)


def _row(row: Row) -> str:
    slots: list[Sequence[str]] = [sorted(slot) for slot in row]
    if len(slots) > 1 and prod(map(len, slots)) <= _COMBINATIONS:
        return " OR ".join(f'"{" ".join(words)}"' for words in product(*slots))
    each = ["(" + " OR ".join(f'"{word}"' for word in slot) + ")" for slot in slots]
    return "(" + " AND ".join(each) + ")"
