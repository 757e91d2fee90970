"""What is learned of a source from its own articles: the newest of them, and how many have come since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, select

from storage import articles as shelf
from storage.database import reading
from storage.records import StoredArticle
from storage.schema import articles

__all__ = ["Lessons"]


class Lessons:
    """Of a store; every method is a transaction of its own. It decides nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(self, source: str, since: datetime, limit: int) -> list[StoredArticle]:
        """Articles of a source that were stored since then, the newest first."""
        where = (articles.c.source == source, articles.c.stored_at >= since)
        with reading(self._engine) as connection:
            return shelf.newest(connection, where, limit)

    def elsewhere(self, source: str, since: datetime, limit: int) -> list[StoredArticle]:
        """Articles of all other sources that were stored since then, the newest first."""
        where = (articles.c.source != source, articles.c.stored_at >= since)
        with reading(self._engine) as connection:
            return shelf.newest(connection, where, limit)

    def since(self, source: str, article: int) -> int:
        """How many articles of a source have been stored after the one of this id."""
        wanted = select(func.count()).where(articles.c.source == source, articles.c.id > article)
        with reading(self._engine) as connection:
            return connection.scalar(wanted) or 0
