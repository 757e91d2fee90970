"""Articles that are looked at again: their Versions, when the next look is due, what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from storage import articles as shelf
from storage.database import insert_into, reading, writing
from storage.records import Change, Look, Removed, StoredArticle, Version
from storage.schema import articles, flags, looks, versions

__all__ = ["Looking", "add_version"]


class Looking:
    """Of a store; every method is a transaction of its own. It decides nothing: due times are given."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unscheduled(self, since: datetime) -> dict[int, datetime]:
        """Articles flagged since then for which no look is planned, and when each was first flagged."""
        # Grouped here: with GROUP BY, SQLite walks the whole table in the order of the groups.
        wanted = (
            select(flags.c.article_id, flags.c.flagged_at)
            .join_from(flags, looks, flags.c.article_id == looks.c.article_id, isouter=True)
            .where(flags.c.flagged_at >= since, looks.c.article_id.is_(None))
            .order_by(flags.c.flagged_at.desc())
        )
        with reading(self._engine) as connection:
            return {row.article_id: row.flagged_at for row in connection.execute(wanted)}

    def schedule(self, planned: Mapping[int, tuple[datetime, datetime | None]]) -> None:
        """Plan the first look at these articles: when each was flagged, when the look is due."""
        rows = [
            {"article_id": key, "flagged_at": flagged_at, "due_at": due_at, "looks": 0}
            for key, (flagged_at, due_at) in planned.items()
        ]
        if rows:
            with writing(self._engine) as connection:
                once = insert_into(connection, looks).on_conflict_do_nothing(index_elements=["article_id"])
                connection.execute(once, rows)

    def due(self, now: datetime, sources: Iterable[str], limit: int = 1000) -> list[Look]:
        """Looks at articles of these sources that are due, what is suspected to be gone first, then the longest due."""
        wanted = (
            select(looks, articles)
            .join_from(looks, articles, looks.c.article_id == articles.c.id)
            .where(looks.c.due_at <= now, articles.c.source.in_(list(sources)))
            .order_by(looks.c.gone_at.is_(None), looks.c.due_at, looks.c.article_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [_look(row) for row in connection.execute(wanted)]

    def look(self, article: int) -> Look | None:
        """What is known of looking again at this article."""
        wanted = (
            select(looks, articles)
            .join_from(looks, articles, looks.c.article_id == articles.c.id)
            .where(looks.c.article_id == article)
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
            return None if row is None else _look(row)

    def looked_since(self, since: datetime) -> Mapping[str, int]:
        """Per source, how many articles were looked at again since then."""
        wanted = (
            select(articles.c.source)
            .join_from(looks, articles, looks.c.article_id == articles.c.id)
            .where(looks.c.last_at >= since)
        )
        with reading(self._engine) as connection:
            return Counter(connection.scalars(wanted))

    def looked(
        self,
        article: int,
        now: datetime,
        *,
        due_at: datetime | None,
        version: Version | None = None,
        gone: tuple[datetime, str] | None = None,
        removed: bool = False,
    ) -> None:
        """A look was taken: what was read if it reads differently, since when and why it is not there, the next look.

        ``removed``: it is gone for good, as of now; the first time that is said stays.
        """
        values: dict[str, Any] = {
            "due_at": due_at,
            "looks": looks.c.looks + 1,
            "last_at": now,
            "gone_at": gone and gone[0],
            "gone_why": gone and gone[1],
            "removed_at": func.coalesce(looks.c.removed_at, now) if removed else None,
        }
        with writing(self._engine) as connection:
            connection.execute(update(looks).where(looks.c.article_id == article).values(values))
            if version is not None:
                add_version(connection, version)

    def versions_of(self, article: int) -> list[Version]:
        """How an article read later, oldest first; without the first reading, which is the article itself."""
        return self._versions(versions.c.article_id == article)

    def changed_between(self, since: datetime, until: datetime) -> list[Version]:
        """Substantial edits that were read in that time."""
        return self._versions(versions.c.read_at >= since, versions.c.read_at < until, versions.c.substantial)

    def _versions(self, *where: Any) -> list[Version]:
        wanted = select(versions).where(*where).order_by(versions.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
            stored = _stored(shelf.by_id(connection, {row.article_id for row in rows}))
        return [
            Version(
                article=stored[row.article_id],
                read_at=row.read_at,
                title=row.title,
                text=row.text,
                capture=row.capture,
                substantial=row.substantial,
                changes=tuple(Change(**change | {"words": tuple(change["words"])}) for change in row.changes),
                url=row.url,
            )
            for row in rows
        ]

    def removed_between(self, since: datetime, until: datetime) -> list[Removed]:
        """Articles that were found to be gone for good in that time."""
        wanted = (
            select(looks).where(looks.c.removed_at >= since, looks.c.removed_at < until).order_by(looks.c.article_id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
            stored = _stored(shelf.by_id(connection, {row.article_id for row in rows}))
        return [
            Removed(
                article=stored[row.article_id], gone_at=row.gone_at, removed_at=row.removed_at, why=row.gone_why or ""
            )
            for row in rows
        ]


def add_version(connection: Connection, version: Version) -> None:
    row = {
        "article_id": version.article.id,
        "read_at": version.read_at,
        "title": version.title,
        "text": version.text,
        "capture": version.capture,
        "substantial": version.substantial,
        "changes": [asdict(change) for change in version.changes],
        "url": version.url,
    }
    connection.execute(insert(versions).values(row))


def _stored(found: Iterable[StoredArticle]) -> dict[int, StoredArticle]:
    return {one.id: one for one in found}


def _look(row: Row[Any]) -> Look:
    return Look(
        article=shelf.stored(row),
        flagged_at=row.flagged_at,
        due_at=row.due_at,
        looks=row.looks,
        last_at=row.last_at,
        gone_at=row.gone_at,
        gone_why=row.gone_why,
        removed_at=row.removed_at,
    )
