"""The full-text index on PostgreSQL: a ``tsvector`` made of the very words and places that SQLite's index is given, so that both
find the same. ``to_tsvector`` is not asked: its parser would split 'استانا-9' and 'sana.sy/ar' its own way.

A tsvector holds 256 places of a word and places up to 16,383 (https://www.postgresql.org/docs/current/textsearch-limitations.html):
a text is laid down in parts that overlap by the longest row that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.types import Integer

from storage.schema import articles
from storage.terms import Indexed, Query, Row

__all__ = ["Tsvector"]

_SEARCH = table("search", column("id", Integer), column("words", TSVECTOR))
_MAKING = 0x5261736964_02
"""Of PostgreSQL's advisory locks: "Rasid", and which one."""
_PART, _OVERLAP = 2000, 30
"""Words. No term has more than a dozen."""


class Tsvector:
    def make(self, connection: Connection) -> None:
        for statement in (
            "DROP TABLE IF EXISTS search",
            "DROP TABLE IF EXISTS search_words",
            "CREATE TABLE search (id integer NOT NULL, part integer NOT NULL, words tsvector NOT NULL, PRIMARY KEY (id, part))",
            # FASTUPDATE keeps a list of what is not yet in the index, which every search walks: off, since writes are few
            "CREATE INDEX ix_search_words ON search USING gin (words) WITH (fastupdate = off)",
            "CREATE TABLE search_words (term text PRIMARY KEY)",
        ):
            connection.execute(text(statement))

    def alone(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})

    def put(self, connection: Connection, rows: Iterable[Indexed]) -> None:
        found, terms = [], set[str]()
        for row in rows:
            parts = [row.title, *_parts(row.text)]
            found += [{"id": row.id, "part": number, "words": _vector(part)} for number, part in enumerate(parts)]
            terms.update(row.title, row.text)
        if not found:
            return
        laid = (
            "INSERT INTO search (id, part, words) VALUES (:id, :part, CAST(:words AS tsvector)) ON CONFLICT DO NOTHING"
        )
        connection.execute(text(laid), found)
        # in one order: two writers that wait for each other's word would wait for ever
        known = "INSERT INTO search_words (term) SELECT unnest(CAST(:terms AS text[])) ON CONFLICT DO NOTHING"
        connection.execute(text(known), {"terms": sorted(terms)})

    def take(self, connection: Connection, row: Indexed) -> None:
        connection.execute(text("DELETE FROM search WHERE id = :id"), {"id": row.id})

    def size(self, connection: Connection) -> int:
        return int(connection.scalar(text("SELECT count(*) FROM search WHERE part = 0")) or 0)

    def there(self, connection: Connection, low: int, high: int) -> set[int]:
        between = text("SELECT id FROM search WHERE part = 0 AND id BETWEEN :low AND :high")
        return set(connection.scalars(between, {"low": low, "high": high}))

    def lacking(self, connection: Connection, after: int, many: int) -> list[int]:
        missing = text(
            "SELECT id FROM articles WHERE id > :after AND NOT EXISTS"
            " (SELECT 1 FROM search WHERE search.id = articles.id AND part = 0) ORDER BY id LIMIT :n"
        )
        return list(connection.scalars(missing, {"after": after, "n": many}))

    def vocabulary(self, connection: Connection) -> str:
        return connection.scalar(text("SELECT string_agg(term, chr(10)) FROM search_words")) or ""

    def wanted(self, what: Any, query: Query) -> Any:
        wanted = select(what).select_from(articles)
        for clause in query:  # each by itself: it may stand in another part of the text
            asked = cast(" | ".join(_row(row) for row in clause), TSQUERY)
            wanted = wanted.where(articles.c.id.in_(select(_SEARCH.c.id).where(_SEARCH.c.words.op("@@")(asked))))
        return wanted

    def newest_first(self, wanted: Any, before: int | None) -> Any:
        wanted = wanted.order_by(articles.c.id.desc())
        return wanted if before is None else wanted.where(articles.c.id < before)


def _parts(words: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(words), _PART):
        yield words[start : start + _PART + _OVERLAP]


def _vector(words: Sequence[str]) -> str:
    """The text form of a tsvector (https://www.postgresql.org/docs/current/datatype-textsearch.html)."""
    places: dict[str, list[str]] = {}
    for at, word in enumerate(words, start=1):
        places.setdefault(word, []).append(str(at))
    return " ".join(f"{_quoted(word)}:{','.join(here)}" for word, here in places.items())


def _row(row: Row) -> str:
    slots = ["(" + " | ".join(_quoted(word) for word in sorted(slot)) + ")" for slot in row]
    return "(" + " <-> ".join(slots) + ")"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
