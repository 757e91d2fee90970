"""The fingerprints of articles, and who shares them: functions over an open connection.

What a pass asks for every article goes straight to the driver, always the same text, padded with NULLs: of such a query
SQLAlchemy's part costs as much as the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, delete, func, select

from storage.records import Told
from storage.schema import Moment, articles, fingerprints

__all__ = ["add_prints", "forget", "sharing", "told"]

_COMMON = 100
"""A fingerprint in more articles than this is a phrase of the trade, and tells nothing."""
_AT_ONCE = 32
_ENOUGH = 16
"""Articles that share most are looked up first; so many are more than anybody compares."""
_BIND = {"qmark": "?", "pyformat": "%s", "format": "%s"}
_AT = "coalesce(published_at, fetched_at)"


@cache
def _lookup(bind: str) -> str:
    """One LIMIT for each, or a phrase of the trade would have its hundred thousand articles read."""
    one = f"SELECT * FROM (SELECT print, article_id FROM fingerprints WHERE print = {bind} LIMIT {_COMMON + 1}) AS t"  # noqa: S608
    return " UNION ALL ".join(f"{one}{number}" for number in range(_AT_ONCE))


@cache
def _of_articles(bind: str, wanted: str, further: str) -> str:
    keys = ", ".join([bind] * _AT_ONCE)
    return f"SELECT {wanted} FROM articles WHERE id IN ({keys}){further.replace('?', bind)}"  # noqa: S608


@cache
def _insert(bind: str) -> str:
    return f"INSERT INTO fingerprints (print, article_id) VALUES ({bind}, {bind})"  # noqa: S608


@lru_cache(maxsize=8)
def _given(dialect: Dialect) -> Callable[[datetime], Any]:
    """How this database is given a time."""
    return Moment().dialect_impl(dialect).bind_processor(dialect) or (lambda at: at)


@lru_cache(maxsize=8)
def _got(dialect: Dialect) -> Callable[[Any], Any]:
    """How it gives one."""
    return Moment().dialect_impl(dialect).result_processor(dialect, None) or (lambda at: at)


def _padded(values: Sequence[Hashable]) -> Iterator[tuple[Hashable, ...]]:
    for low in range(0, len(values), _AT_ONCE):
        some = values[low : low + _AT_ONCE]
        yield (*some, *[None] * (_AT_ONCE - len(some)))


def add_prints(connection: Connection, key: int, prints: Sequence[int]) -> None:
    """Fingerprints of an article that has none."""
    if prints:
        rows = [(one, key) for one in dict.fromkeys(prints)]
        connection.exec_driver_sql(_insert(_BIND[connection.dialect.paramstyle]), rows)


def sharing(
    connection: Connection, prints: Sequence[int], since: datetime, until: datetime
) -> Mapping[Hashable, tuple[float, int]]:
    """The articles of that time that share most: the sum of 1/(articles that have it), and how many they share."""
    bind = _BIND[connection.dialect.paramstyle]
    by_print: dict[int, list[int]] = defaultdict(list)
    for some in _padded(prints):
        for print_, key in connection.exec_driver_sql(_lookup(bind), some).all():
            by_print[print_].append(key)
    votes: dict[int, tuple[float, int]] = {}
    for keys in by_print.values():
        if len(keys) <= _COMMON:
            weight = 1 / len(keys)
            for key in keys:
                have, count = votes.get(key, (0.0, 0))
                votes[key] = have + weight, count + 1
    best = sorted(votes, key=lambda key: (-votes[key][0], key))
    given = _given(connection.dialect)
    within: dict[Hashable, tuple[float, int]] = {}
    asked = _of_articles(bind, "id", f" AND {_AT} BETWEEN ? AND ?")
    for some in _padded(best):
        rows = connection.exec_driver_sql(asked, (*some, given(since), given(until)))
        within |= {key: votes[key] for (key,) in rows.all()}
        if len(within) >= _ENOUGH:
            break
    return within


def told(
    connection: Connection, keys: Iterable[Hashable], brief: Iterable[Hashable] = (), shorter_than: int = 0
) -> Mapping[Hashable, Told]:
    """What of these articles is compared; of those that are ``brief`` too, where their texts have fewer characters."""
    bind = _BIND[connection.dialect.paramstyle]
    got = _got(connection.dialect)
    found: dict[Hashable, Told] = {}
    # A text that is not wanted stays where it is.
    for some, further, least in ((keys, "", ()), (brief, " AND length(text) < ?", (shorter_than,))):
        asked = _of_articles(bind, f"id, {_AT}, source, title, text", further)
        for padded in _padded(list(some)):
            for key, at, source, title, text in connection.exec_driver_sql(asked, (*padded, *least)).all():
                found[key] = Told(at=got(at), source=source, title=title, text=text)
    return found


def forget(connection: Connection, before: datetime) -> int:
    """Drop the fingerprints of articles that were both told and stored before that time; how many they were."""
    at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
    old = select(articles.c.id).where(articles.c.stored_at < before, at < before)
    return connection.execute(delete(fingerprints).where(fingerprints.c.article_id.in_(old))).rowcount
