"""A whole store copied into another database, for the day on which a team moves: row by row, resumable, verified.

Ids stay, since digests, captures and people name things by them. The full-text index is not copied: it is made of the texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Row, Table, func, insert, select, text, tuple_

from storage.database import connect, insert_into, migrate, reading, writing
from storage.errors import StorageError
from storage.schema import memory, metadata

__all__ = ["copy", "fingerprint"]

_MARK = "copied from"
_AT_ONCE = 500
_NOT_COPIED = frozenset({"search index", _MARK})
"""Keys of memory that speak of one database only."""


def copy(origin: str, target: str, *, progress: Callable[[str, int, int], None] = lambda *_: None) -> Mapping[str, int]:
    """Copies the store at ``origin`` into the one at ``target``; how many rows of each table.

    ``target`` is empty, or holds what an earlier run left when it was ended. ``progress`` is told the table, how many of its rows
    are done, and of how many. Nobody may write into ``origin`` meanwhile: one moment of it is copied.
    Raises :class:`StorageError` where the target is in use, and where in the end the two are not equal.
    """
    source, destination = connect(origin), connect(target)
    try:
        if source.url == destination.url:
            raise StorageError("a store cannot be copied into itself", subject=str(destination.url))
        migrate(source)
        migrate(destination)
        _claim(destination, source.url.render_as_string(hide_password=True))
        with _moment(source) as there:
            counts = {table.name: _table(there, destination, table, progress) for table in metadata.sorted_tables}
            for table in metadata.sorted_tables:
                _verify(there, destination, table)
        _renumber(destination)
        with writing(destination) as connection:
            connection.execute(memory.delete().where(memory.c.key == _MARK))
        return counts
    finally:
        source.dispose()
        destination.dispose()


@contextmanager
def _moment(engine: Engine) -> Iterator[Connection]:
    """One moment's view of a whole database. SQLite gives that to every transaction."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            yield connection
    else:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
            yield connection


def _claim(engine: Engine, origin: str) -> None:
    """Refuses a store that has something of its own."""
    with writing(engine) as connection:
        mark = connection.scalar(select(memory.c.value).where(memory.c.key == _MARK))
        if mark is not None:
            if mark["store"] != origin:
                raise StorageError(
                    f"a copy of {mark['store']} was begun in it; end that one, or name an empty database",
                    subject=engine.url.render_as_string(hide_password=True),
                )
            return
        for table in metadata.sorted_tables:
            if connection.execute(select(*table.primary_key).limit(1)).first() is not None:
                raise StorageError(
                    f"it is not empty (table {table.name}); a store is copied into an empty database only",
                    subject=engine.url.render_as_string(hide_password=True),
                )
        connection.execute(insert(memory).values(key=_MARK, value={"store": origin}))


def _table(there: Connection, destination: Engine, table: Table, progress: Callable[[str, int, int], None]) -> int:
    whole = there.scalar(select(func.count()).select_from(table)) or 0
    done = 0
    for rows in _rows(there, table, _last(destination, table)):
        with writing(destination) as connection:
            _lay(connection, table, rows)
        done += len(rows)
        progress(table.name, done, whole)
    return whole


def _lay(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Puts rows there; those that are there already stay as they are."""
    if connection.dialect.name != "postgresql":
        names = [column.name for column in table.columns]
        given = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), given)
        return
    # COPY is ten times as fast as INSERT, and cannot pass over what is there: so into a table beside it, and from there
    dialect = connection.dialect
    prepare = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    name = dialect.identifier_preparer.format_table(table)
    connection.execute(text(f"CREATE TEMP TABLE laid (LIKE {name}) ON COMMIT DROP"))
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy("COPY laid FROM STDIN") as stream:
        for row in rows:
            stream.write_row(
                [value if ready is None else ready(value) for value, ready in zip(row, prepare, strict=True)]
            )
    connection.execute(text(f"INSERT INTO {name} SELECT * FROM laid ON CONFLICT DO NOTHING"))  # noqa: S608 -- our own name


def _last(destination: Engine, table: Table) -> Any:
    """The highest number that is there already; ``None`` where rows have no number."""
    key = list(table.primary_key)
    if len(key) != 1 or not isinstance(key[0].type, Integer):
        return None
    with reading(destination) as connection:
        return connection.scalar(select(func.max(key[0])))


def _rows(connection: Connection, table: Table, after: Any = None) -> Iterator[list[Row[Any]]]:
    """The rows of a table by their key, some at a time."""
    key = list(table.primary_key)
    places = [list(table.columns).index(column) for column in key]
    last = None if after is None else (after,)
    while True:
        wanted = select(table).order_by(*key).limit(_AT_ONCE if "text" in table.columns else 10 * _AT_ONCE)
        if last is not None:
            wanted = wanted.where(tuple_(*key) > last) if len(key) > 1 else wanted.where(key[0] > last[0])
        found = list(connection.execute(wanted))
        if not found:
            return
        last = tuple(found[-1][place] for place in places)
        kept = [row for row in found if table is not memory or row.key not in _NOT_COPIED]
        if kept:
            yield kept


def fingerprint(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows a table has, and the SHA-256 of all that stands in them, whatever the database and the order they lie in."""
    count, total = 0, 0
    for rows in _rows(connection, table):
        for row in rows:
            said = repr([_plain(value) for value in row])
            # added up, since databases put texts in orders of their own
            total += int.from_bytes(hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest())
        count += len(rows)
    return count, f"{total % 2**256:064x}"


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _verify(there: Connection, destination: Engine, table: Table) -> None:
    with reading(destination) as connection:
        copied = fingerprint(connection, table)
    if copied != fingerprint(there, table):
        raise StorageError(
            f"the table {table.name} is not what it was copied from ({copied[0]} rows); was the store written to meanwhile? "
            "Empty the new database and copy again",
            subject=destination.url.render_as_string(hide_password=True),
        )


def _renumber(engine: Engine) -> None:
    """PostgreSQL counts by itself, and knows nothing of numbers that were handed in."""
    if engine.dialect.name != "postgresql":
        return
    with writing(engine) as connection:
        for table in metadata.sorted_tables:
            key = list(table.primary_key)
            if len(key) != 1 or not isinstance(key[0].type, Integer):
                continue
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": key[0].name}
            )
            highest = connection.scalar(select(func.max(key[0])))
            if sequence is not None and highest is not None:
                connection.execute(
                    text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
                )
