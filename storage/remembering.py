"""What is remembered under a key: functions over an open connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import sqlite

from storage.articles import chunks
from storage.database import insert_for
from storage.schema import memory, storable

__all__ = ["recalled", "remember"]

# Built once: a pass asks with every source, and SQLAlchemy's building a query costs as much as the answer.
_RECALLED = select(memory.c.key, memory.c.value).where(memory.c.key.in_(bindparam("keys", expanding=True)))


@cache
def _remember(dialect: str) -> sqlite.Insert:
    first = insert_for(dialect, memory)
    return first.on_conflict_do_update(index_elements=["key"], set_={"value": first.excluded.value})


def recalled(connection: Connection, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """What is remembered under these keys."""
    found: dict[str, Mapping[str, str]] = {}
    for some in chunks(keys):
        rows = connection.execute(_RECALLED, {"keys": [storable(key) for key in some]})
        told = {row.key: row.value for row in rows}
        found |= {key: told[kept] for key in some if (kept := storable(key)) in told}
    return found


def remember(connection: Connection, key: str, value: Mapping[str, str]) -> None:
    """Under ``key``, in the place of what was remembered there."""
    connection.execute(_remember(connection.dialect.name), {"key": key, "value": dict(value)})
