"""Articles, their flags, and the entries that did not become articles: functions over an open connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import xxhash
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select

from crawler.article import Article, Entry
from crawler.outcome import Fate
from crawler.urls import twin_key
from storage.database import insert_for, insert_into
from storage.postings import add_prints
from storage.records import Flag, Flagged, Missed, Span, StoredArticle
from storage.schema import addresses, articles, flags, missed, storable

__all__ = [
    "add", "at", "chunks", "flag_more", "flagged", "flags_by_article", "flags_of", "known", "miss", "missed_at", "misses", "newest", "one",
    "past", "tellings", "twin",
]  # fmt: skip

T = TypeVar("T")
_COLUMNS = [field.name for field in fields(Article)]
_MANY = 500
"""Values in one IN (…), well under SQLite's limit of 32,766 parameters."""
# Built once: of a statement that a pass needs for every article, SQLAlchemy's building it costs as much as the answer.
_FIRST = select(articles.c.id, articles.c.same_as).where(articles.c.id == bindparam("key"))
_MISSED_NO_MORE = delete(missed).where(missed.c.url == bindparam("address"))


@cache
def _new(dialect: str) -> Any:
    """Not "look, then insert": on PostgreSQL another worker may store the address between the two."""
    return insert_for(dialect, articles).on_conflict_do_nothing(index_elements=["url"]).returning(articles.c.id)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    held = list(values)
    return (held[at : at + _MANY] for at in range(0, len(held), _MANY))


def known(connection: Connection, urls: Sequence[str]) -> set[str]:
    """Those of ``urls`` under which an article is stored, by its own address or by a further one."""
    found: set[str] = set()
    for some in chunks(map(storable, urls)):
        found.update(connection.scalars(select(articles.c.url).where(articles.c.url.in_(some))))
        found.update(connection.scalars(select(addresses.c.url).where(addresses.c.url.in_(some))))
    return {url for url in urls if storable(url) in found}


def add(
    connection: Connection,
    article: Article,
    *,
    found: Sequence[Flag],
    same_as: int | None,
    share: float | None,
    same_words: bytes,
    prints: Sequence[int],
    pass_id: int,
    now: datetime,
) -> StoredArticle | None:
    """Store an article, its flags and its fingerprints; ``None`` when its address is there already.

    What comes back is the article as it is kept: with U+FFFD for what no database takes.
    """
    values = {name: storable(getattr(article, name)) for name in _COLUMNS}
    first = _first(connection, same_as)
    row = values | {
        "same_words": same_words,
        "same_as": first,
        "share": share,
        "pass_id": pass_id,
        "stored_at": now,
        "twin": twin(article.url),
    }
    key = connection.execute(_new(connection.dialect.name), row).scalar_one_or_none()
    if key is None:
        return None
    add_prints(connection, key, prints)
    flag_more(connection, {key: found}, now)
    connection.execute(_MISSED_NO_MORE, {"address": article.url})
    return StoredArticle(id=key, article=Article(**values), stored_at=now, same_as=first)


def twin(url: str) -> int:
    """63 bits of what twins of one address have in common."""
    return xxhash.xxh3_64_intdigest(twin_key(url).encode("utf-8", "surrogatepass")) >> 1


def flag_more(connection: Connection, found: Mapping[int, Sequence[Flag]], now: datetime) -> None:
    """Flags for articles that are stored; those that are there already stay as they are."""
    rows = [asdict(flag) | {"article_id": key, "flagged_at": now} for key, mine in found.items() for flag in mine]
    if rows:
        once = insert_into(connection, flags).on_conflict_do_nothing(index_elements=["article_id", "list", "rule"])
        connection.execute(once, rows)


def _first(connection: Connection, key: int | None) -> int | None:
    """The first telling: a reprint of a reprint points to what both repeat."""
    if key is None:
        return None
    row = connection.execute(_FIRST, {"key": key}).one()
    return int(row.id if row.same_as is None else row.same_as)


def miss(connection: Connection, source: str, entry: Entry, fate: Fate, why: str, now: datetime) -> None:
    """An entry did not become an article: the first time, or once more. What is stored is not missed."""
    if connection.scalar(select(articles.c.id).where(articles.c.url == entry.url)) is not None:
        return
    seen = {"source": source, "title": entry.title, "fate": str(fate), "why": why, "last_seen_at": now}
    first = insert_into(connection, missed).values(seen | {"url": entry.url, "first_seen_at": now, "tries": 1})
    again = seen | {"tries": missed.c.tries + 1}
    connection.execute(first.on_conflict_do_update(index_elements=["url"], set_=again))


def missed_at(connection: Connection, urls: Sequence[str]) -> dict[str, Missed]:
    """What is remembered of these addresses, as they were given."""
    found: dict[str, Missed] = {}
    for some in chunks(map(storable, urls)):
        found |= {one.url: one for one in misses(connection, missed.c.url.in_(some))}
    return {url: found[storable(url)] for url in urls if storable(url) in found}


def misses(connection: Connection, *where: ColumnElement[bool]) -> list[Missed]:
    """Entries that did not become articles, oldest first."""
    rows = connection.execute(select(missed).where(*where).order_by(missed.c.last_seen_at, missed.c.url))
    return [Missed(**{**row, "fate": Fate(row["fate"])}) for row in rows.mappings()]


def one(connection: Connection, *where: ColumnElement[bool]) -> StoredArticle | None:
    """The article that meets ``where``, if there is one."""
    row = connection.execute(select(articles).where(*where).order_by(articles.c.id).limit(1)).first()
    return None if row is None else stored(row)


def at(connection: Connection, url: str) -> StoredArticle | None:
    """The article of that address, its own or a further one."""
    other = select(addresses.c.article_id).where(addresses.c.url == url).scalar_subquery()
    return one(connection, articles.c.url == url) or one(connection, articles.c.id == other)


def newest(connection: Connection, where: Sequence[ColumnElement[bool]], limit: int) -> list[StoredArticle]:
    """The articles that meet ``where``, the newest first."""
    order = (articles.c.stored_at.desc(), articles.c.id.desc())
    return [stored(row) for row in connection.execute(select(articles).where(*where).order_by(*order).limit(limit))]


def stored(row: Row[Any]) -> StoredArticle:
    values = {name: getattr(row, name) for name in _COLUMNS}
    article = Article(**values | {"tags": tuple(row.tags), "notes": tuple(row.notes)})
    return StoredArticle(id=row.id, article=article, stored_at=row.stored_at, same_as=row.same_as)


def tellings(connection: Connection, firsts: Iterable[int]) -> dict[int, tuple[StoredArticle, ...]]:
    """Per first telling, every stored telling of its text, the first one first."""
    found: dict[int, list[StoredArticle]] = {}
    for some in chunks(set(firsts)):
        rows = connection.execute(select(articles).where(articles.c.id.in_(some)).order_by(articles.c.id))
        retold = connection.execute(select(articles).where(articles.c.same_as.in_(some)).order_by(articles.c.id))
        for row in [*rows, *retold]:
            found.setdefault(row.same_as or row.id, []).append(stored(row))
    return {key: tuple(told) for key, told in found.items()}


def flags_of(connection: Connection, article: int) -> list[Flag]:
    """Why an article was flagged; empty when it was not."""
    rows = connection.execute(select(flags).where(flags.c.article_id == article).order_by(flags.c.id))
    return [_flag(row) for row in rows]


def flags_by_article(connection: Connection, keys: Iterable[int]) -> dict[int, list[Flag]]:
    """The flags of many articles; those without are not among them."""
    found: dict[int, list[Flag]] = {}
    for some in chunks(keys):
        wanted = select(flags).where(flags.c.article_id.in_(some)).order_by(flags.c.article_id, flags.c.id)
        for row in connection.execute(wanted):
            found.setdefault(row.article_id, []).append(_flag(row))
    return found


def past(connection: Connection, since: datetime | None, after: int, limit: int) -> list[StoredArticle]:
    """The next ``limit`` articles after the id ``after``, in the order of their ids, that were stored since then."""
    wanted = select(articles).where(articles.c.id > after).order_by(articles.c.id).limit(limit)
    if since is not None:
        if not after:  # not every article of the years before, only to pass over it
            first = select(func.min(articles.c.id)).where(articles.c.stored_at >= since).scalar_subquery()
            wanted = wanted.where(articles.c.id >= first)
        wanted = wanted.where(articles.c.stored_at >= since)
    return [stored(row) for row in connection.execute(wanted)]


def _flag(row: Row[Any]) -> Flag:
    return Flag(
        list=row.list,
        list_title=row.list_title,
        rule=row.rule,
        severity=row.severity,
        version=row.version,
        spans=tuple(Span(**span) for span in row.spans),
        weight=row.weight,
        late=row.late,
        aside=row.aside,
    )


def flagged(connection: Connection, where: Sequence[ColumnElement[bool]]) -> list[Flagged]:
    """Flagged articles with those of their flags that meet ``where``, in the order in which they were stored."""
    # Sorted here: asked for an order, SQLite walks all flags in that order instead of the few of the time asked about.
    rows = sorted(connection.execute(select(flags).where(*where)), key=lambda row: (row.article_id, row.id))
    by_article: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_article.setdefault(row.article_id, []).append(row)
    stored = {found.id: found for found in by_id(connection, by_article)}
    told = tellings(connection, (one.same_as or one.id for one in stored.values()))
    return [
        Flagged(
            stored=stored[key],
            flags=tuple(_flag(row) for row in mine),
            flagged_at=mine[0].flagged_at,
            tellings=told[stored[key].same_as or key],
        )
        for key, mine in by_article.items()
    ]


def by_id(connection: Connection, keys: Iterable[int]) -> Iterator[StoredArticle]:
    for some in chunks(keys):
        yield from map(stored, connection.execute(select(articles).where(articles.c.id.in_(some))))
