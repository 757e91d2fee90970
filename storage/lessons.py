"""What is learned of a source from its own articles: the newest of them, and how many have come since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine, bindparam, func, select

from storage import articles as shelf
from storage.database import reading
from storage.records import StoredArticle
from storage.schema import articles

__all__ = ["Lessons"]


# Built once: it is asked of every source before a pass, and SQLAlchemy's building it costs as much as the answer.
_SINCE = select(func.count()).where(articles.c.source == bindparam("of"), articles.c.id > bindparam("upto"))


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

    def since(self, upto: Mapping[str, int]) -> dict[str, int]:
        """How many articles of each source have been stored after the one of the id that is given with it."""
        with reading(self._engine) as connection:
            return {
                source: connection.scalar(_SINCE, {"of": source, "upto": article}) or 0
                for source, article in upto.items()
            }
