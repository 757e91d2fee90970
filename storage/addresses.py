"""Further addresses of stored Articles: twins of theirs, and pages under which they were published once more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, delete, select

from crawler.urls import twin_key
from storage import articles as shelf
from storage.database import insert_into, reading, writing
from storage.looking import add_version
from storage.records import Address, StoredArticle, Version
from storage.schema import addresses, articles, missed

__all__ = ["Addresses"]


class Addresses:
    """Of a store; every method is a transaction of its own. What is a twin of what is decided elsewhere."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def twins(self, url: str) -> list[StoredArticle]:
        """Articles whose address has the :func:`crawler.urls.twin_key` of ``url``, the first one first."""
        wanted = select(articles).where(articles.c.twin == shelf.twin(url)).order_by(articles.c.id)
        with reading(self._engine) as connection:
            found = [shelf.stored(row) for row in connection.execute(wanted)]
        return [one for one in found if twin_key(one.article.url) == twin_key(url)]

    def add(self, address: Address, *, version: Version | None = None) -> None:
        """An Article was met under one more address, and read so there, if it differs. What is there already stays."""
        row = {
            "url": address.url,
            "article_id": address.article,
            "why": address.why,
            "seen_at": address.seen_at,
        }
        with writing(self._engine) as connection:
            first = insert_into(connection, addresses).values(row)
            connection.execute(first.on_conflict_do_nothing(index_elements=["url"]))
            connection.execute(delete(missed).where(missed.c.url == address.url))
            if version is not None:
                add_version(connection, version)

    def of(self, numbers: Sequence[int]) -> dict[int, tuple[Address, ...]]:
        """The further addresses of these articles, oldest first; those without any are not among them."""
        found: dict[int, tuple[Address, ...]] = {}
        with reading(self._engine) as connection:
            for some in shelf.chunks(numbers):
                wanted = select(addresses).where(addresses.c.article_id.in_(some))
                for row in connection.execute(wanted.order_by(addresses.c.seen_at, addresses.c.url)):
                    one = Address(url=row.url, article=row.article_id, why=row.why, seen_at=row.seen_at)
                    found[one.article] = (*found.get(one.article, ()), one)
        return found
