"""Articles that were read again: what was corrected, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select, update

from crawler.article import Article
from storage import articles as shelf
from storage import postings
from storage.database import reading, writing
from storage.records import Corrected, Correction
from storage.schema import articles, corrections, fingerprints, storable, versions
from storage.search import Search

__all__ = ["Corrections"]


class Corrections:
    """Of a store; every method is a transaction of its own."""

    def __init__(self, engine: Engine, search: Search) -> None:
        self._engine = engine
        self._search = search

    def correct(
        self, number: int, article: Article, found: Sequence[Correction], *, same_words: bytes, prints: Sequence[int],
        by: str, now: datetime,
    ) -> None:  # fmt: skip
        """The stored article reads like this from now on; what it was is written down. ``by``: the program that read it."""
        names = {one.field for one in found} | {"published_from", "published_raw"}
        values = {name: storable(getattr(article, name)) for name in names}
        with writing(self._engine) as connection:
            before = shelf.one(connection, articles.c.id == number)
            if before is not None:
                self._search.correct(connection, before, storable(article.title), storable(article.text))
            if "text" in names:
                values["same_words"] = same_words
                connection.execute(delete(fingerprints).where(fingerprints.c.article_id == number))
                postings.add_prints(connection, number, prints)
            connection.execute(update(articles).where(articles.c.id == number).values(values))
            connection.execute(insert(corrections).values(_row(number, found, by, now, applied=True)))

    def read_otherwise(
        self, number: int, article: Article, found: Sequence[Correction], *, by: str, now: datetime
    ) -> None:  # fmt: skip
        """A flagged article stays as it was read; how it reads now is a Version of it, on the same Capture."""
        with writing(self._engine) as connection:
            if {"title", "text"} & {one.field for one in found}:
                version = {
                    "article_id": number, "read_at": now, "title": article.title, "text": article.text,
                    "capture": article.capture, "substantial": False, "changes": [],
                }  # fmt: skip
                connection.execute(insert(versions).values(version))
            connection.execute(insert(corrections).values(_row(number, found, by, now, applied=False)))

    def of(self, number: int) -> list[Corrected]:
        """Oldest first."""
        wanted = select(corrections).where(corrections.c.article_id == number).order_by(corrections.c.id)
        with reading(self._engine) as connection:
            return [
                Corrected(
                    at=row.at, by=row.by, applied=row.applied,
                    fields=tuple(Correction(**one) for one in row.fields),
                )
                for row in connection.execute(wanted)
            ]  # fmt: skip


def _row(number: int, found: Sequence[Correction], by: str, now: datetime, *, applied: bool) -> dict[str, object]:
    return {"article_id": number, "at": now, "by": by, "applied": applied, "fields": [asdict(one) for one in found]}
