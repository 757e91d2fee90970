"""Articles that are looked at again: their Versions, when the next look is due, what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, or_, select, update

from storage import articles as shelf
from storage.database import insert_into, reading, writing
from storage.records import Change, Look, Removed, StoredArticle, Version
from storage.schema import addresses, articles, flags, looks, outcomes, versions

__all__ = ["Looking", "add_version"]


class Looking:
    """Of a store; every method is a transaction of its own. It decides nothing: due times are given."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unscheduled(self, since: datetime) -> dict[int, datetime]:
        """Articles flagged since then for which no look is planned, and when each was first flagged: those that were
        looked at before only from then on."""
        # Grouped here: with GROUP BY, SQLite walks the whole table in the order of the groups.
        wanted = (
            select(flags.c.article_id, flags.c.flagged_at)
            .join_from(flags, looks, flags.c.article_id == looks.c.article_id, isouter=True)
            .where(flags.c.flagged_at >= since, flags.c.aside.is_(False), looks.c.due_at.is_(None))
            .where(or_(looks.c.article_id.is_(None), looks.c.flagged_at < flags.c.flagged_at))
            .order_by(flags.c.flagged_at.desc())
        )
        with reading(self._engine) as connection:
            return {row.article_id: row.flagged_at for row in connection.execute(wanted)}

    def schedule(self, planned: Mapping[int, tuple[datetime, datetime | None]]) -> None:
        """Plan the first look at these articles: when each was flagged, when the look is due. What is planned stays."""
        rows = [
            {"article_id": key, "flagged_at": flagged_at, "due_at": due_at, "looks": 0}
            for key, (flagged_at, due_at) in planned.items()
        ]
        if rows:
            with writing(self._engine) as connection:
                first = insert_into(connection, looks)
                new = {"flagged_at": first.excluded.flagged_at, "due_at": first.excluded.due_at}
                connection.execute(
                    first.on_conflict_do_update(
                        index_elements=["article_id"], set_=new, where=looks.c.due_at.is_(None)
                    ),
                    rows,
                )

    def begin(self, article: StoredArticle) -> None:
        """It is looked at, although no look is planned."""
        row = {"article_id": article.id, "flagged_at": article.stored_at, "due_at": None, "looks": 0}
        with writing(self._engine) as connection:
            once = insert_into(connection, looks).on_conflict_do_nothing(index_elements=["article_id"])
            connection.execute(once, row)

    def met(self, urls: Sequence[str]) -> Mapping[str, Look]:
        """What is known of looking at the articles of these addresses; of those that nobody has looked at, as if they had
        been flagged when they were stored."""
        own = select(articles.c.url.label("address"), looks, articles).join_from(
            articles, looks, looks.c.article_id == articles.c.id, isouter=True
        )
        further = (
            select(addresses.c.url.label("address"), looks, articles)
            .join_from(addresses, articles, addresses.c.article_id == articles.c.id)
            .join(looks, looks.c.article_id == articles.c.id, isouter=True)
        )
        found: dict[str, Look] = {}
        with reading(self._engine) as connection:
            for some in shelf.chunks(urls):
                for wanted, column in ((own, articles.c.url), (further, addresses.c.url)):
                    for row in connection.execute(wanted.where(column.in_(some))):
                        found[row.address] = _look(row)
        return found

    def planned(self, source: str, since: datetime) -> list[Look]:
        """Articles of a source, published since then, for which a look is planned."""
        wanted = (
            select(looks, articles)
            .join_from(looks, articles, looks.c.article_id == articles.c.id)
            .where(looks.c.due_at.is_not(None), articles.c.source == source, articles.c.published_at > since)
            .order_by(looks.c.article_id)
        )
        with reading(self._engine) as connection:
            return [_look(row) for row in connection.execute(wanted)]

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

    def next_due_of_each(self, source: str | None = None) -> dict[str, datetime]:
        """When the first look at an article of each source is due, where one is planned; only of ``source``, when it is given."""
        wanted = (
            select(articles.c.source, func.min(looks.c.due_at).label("due_at"))
            .join_from(looks, articles, looks.c.article_id == articles.c.id)
            .where(looks.c.due_at.is_not(None))
            .group_by(articles.c.source)
        )
        if source is not None:
            wanted = wanted.where(articles.c.source == source)
        with reading(self._engine) as connection:
            return {row.source: row.due_at for row in connection.execute(wanted)}

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

    def asked_since(self, since: datetime) -> Mapping[str, tuple[int, int]]:
        """Per source, how many requests were sent since then, and how many of them were looks."""
        sums = (func.sum(outcomes.c.requests), func.sum(outcomes.c.looks))
        wanted = select(outcomes.c.source, *sums).where(outcomes.c.ended_at >= since).group_by(outcomes.c.source)
        with reading(self._engine) as connection:
            return {source: (requests, seen) for source, requests, seen in connection.execute(wanted)}

    def lately(self, source: str, since: datetime) -> Mapping[int, bool]:
        """The articles of a source that were looked at since then, and whether each was not there."""
        wanted = (
            select(looks.c.article_id, looks.c.gone_at)
            .join_from(looks, articles, looks.c.article_id == articles.c.id)
            .where(looks.c.last_at >= since, articles.c.source == source)
        )
        with reading(self._engine) as connection:
            return {row.article_id: row.gone_at is not None for row in connection.execute(wanted)}

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
        flagged_at=row.flagged_at or row.stored_at,
        due_at=row.due_at,
        looks=row.looks or 0,
        last_at=row.last_at,
        gone_at=row.gone_at,
        gone_why=row.gone_why,
        removed_at=row.removed_at,
    )
