"""Opening a database: connections that are set up right, and the schema brought forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
    StatementError,
)
from sqlalchemy.pool import StaticPool

from storage.errors import StorageError
from storage.schema import VERSION

__all__ = ["LASTING", "connect", "insert_for", "insert_into", "migrate", "reading", "together", "writing"]

_BUSY = 30.0
"""Seconds that a writer waits for another."""
LASTING: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""For libpq: a network that swallows everything is noticed in half a minute. By default it is in two hours."""
_MIGRATING = 0x5261736964_01
"""Of PostgreSQL's advisory locks: "Rasid", and which one."""
_OURS = {"articles", "passes", "sources"}
"""Tables that every version of the store has."""


def connect(address: str) -> Engine:
    """An engine for ``address``; nothing is opened yet. :class:`StorageError` when it cannot be one."""
    try:
        url = make_url(address)
        if url.get_backend_name() != "sqlite":
            said = {name: value for name, value in LASTING.items() if name not in url.query}
            return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=said)
        engine = _sqlite(url)
    except ImportError as error:
        raise StorageError(
            f"PostgreSQL needs the extra `cluster` ({error}): pip install 'rasid[cluster]', and write postgresql+psycopg://…",
            subject=_name(address),
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise StorageError(
            f"not an address of a store ({error}); write sqlite:///path or postgresql+psycopg://…",
            subject=_name(address),
        ) from error
    return engine


def _sqlite(url: URL) -> Engine:
    arguments: dict[str, Any] = {"timeout": _BUSY, "check_same_thread": False}
    if not url.database or url.database == ":memory:":
        engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    else:
        if not url.database.startswith("file:"):  # SQLite's own URI, which may carry mode=ro: no folder of that name
            try:
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(f"its folder cannot be made: {error.strerror}", subject=_name(url)) from error
        engine = create_engine(url, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:
        # Python's driver begins transactions by itself, and too late: we say BEGIN (below).
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: an article that was acknowledged is never fetched again, so that it must survive a power cut as well.
        # A pass writes a few rows a second; the sync costs it nothing that anybody would notice.
        cursor.execute("PRAGMA synchronous = FULL")
        # An article changes some seventy pages, its fingerprints stand far apart: by default every fifteenth article waits
        # until all of them are in their places and synced; now one of a hundred. 32 MB of journal are nothing on a disk.
        cursor.execute("PRAGMA wal_autocheckpoint = 8000")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # BEGIN (deferred), then read, then write fails at once with "database is locked" when another wrote in
        # between, whatever the timeout: 1,186 of 1,600 transactions of four processes did. IMMEDIATE: none.
        kind = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


@dataclass(slots=True)
class _Joint:
    """A transaction that several calls share."""

    engine: Engine
    connection: Connection
    failed: BaseException | None = None


_joint: ContextVar[_Joint | None] = ContextVar("_joint", default=None)


@contextmanager
def together(engine: Engine) -> Iterator[None]:
    """What this thread reads and writes within is one transaction: committed whole, or, whatever part of it failed, not at all."""
    if _shared(engine) is not None:
        yield
        return
    with writing(engine) as connection:
        joint = _Joint(engine, connection)
        token = _joint.set(joint)
        try:
            yield
        finally:
            _joint.reset(token)
        if joint.failed is not None:  # and somebody made nothing of it
            raise joint.failed


def _shared(engine: Engine) -> _Joint | None:
    joint = _joint.get()
    return joint if joint is not None and joint.engine is engine else None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: committed whole, or not at all."""
    if (joint := _shared(engine)) is not None:
        with _said(engine):
            try:
                yield joint.connection
            except BaseException as error:
                joint.failed = error
                raise
        return
    with _said(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: one moment's view of the store."""
    if _shared(engine) is not None:
        with writing(engine) as connection:
            yield connection
        return
    with _said(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def _said(engine: Engine) -> Iterator[None]:
    """What the database says becomes a StorageError that names the store and what to do."""
    try:
        yield
    except DBAPIError as error:
        if not _mendable(error):
            raise
        raise StorageError(_remedy(str(error.orig)), subject=_name(engine.url)) from error
    except StatementError as error:
        # A value that a column type refused, a time without a zone. Ours, and not with the article's text for a message.
        raise (error.orig or error) from None


def _mendable(error: DBAPIError) -> bool:
    """Whether a person can mend it. A broken constraint or a wrong statement is a bug, and keeps its traceback."""
    if isinstance(error, (OperationalError, InternalError)):
        return True
    # "malformed" and "not a database" are sqlite3's bare DatabaseError; 42501 is PostgreSQL's "permission denied".
    return type(error) is DatabaseError or getattr(error.orig, "sqlstate", None) == "42501"


def insert_into(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that knows ON CONFLICT."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert:
    """:func:`insert_into`, for a dialect. Both spell it alike; SQLAlchemy keeps it in each of them."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return cast("sqlite.Insert", postgresql.insert(table))
    return sqlite.insert(table)


def _remedy(said: str) -> str:
    low = said.lower()
    remedies = {
        "locked": f"another program has held it for more than {_BUSY:.0f} s; end that program, or try again later",
        "readonly": "it may not be written; check the rights of the file and of its folder",
        "unable to open": "it cannot be opened; see that its folder is there and lets us in, and that the disk is not mounted read-only",
        "not a database": "it is not a store of Rasid; name another file in settings.yaml, or move this one away",
        "malformed": "it is damaged; restore it from a backup",
        "no such table": "it is damaged, a table of it is gone; restore it from a backup",
        "is full": "the disk is full, or the store has reached its limit; make room and run again",
        "disk i/o": "the disk cannot be read or written; check it",
    }
    remedy = next((remedy for sign, remedy in remedies.items() if sign in low), None)
    return f"{remedy} ({said})" if remedy else said


def _name(address: str | URL) -> str:
    try:
        return make_url(address).render_as_string(hide_password=True)
    except ArgumentError:
        return "storage.url"


def migrate(engine: Engine, before: Callable[[str], None] | None = None) -> None:
    """Bring the schema forward to :data:`storage.schema.VERSION`, in one transaction.

    ``before`` is called with the version that a store has that is about to be brought forward: the time for a backup.
    Alembic is imported only when there is something to do: it costs a third of a second.
    :class:`StorageError` when the store is newer than this program, or is another program's.
    """
    if (version := _version(engine)) == VERSION:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        if version is not None:
            ScriptDirectory.from_config(config).get_revision(version)
    except CommandError as error:
        raise StorageError(
            f"it was written by a newer Rasid (schema {version}, this program knows {VERSION}); upgrade Rasid",
            subject=_name(engine.url),
        ) from error
    if version is not None and before is not None:
        before(version)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # two workers that start at once: the second finds nothing to do
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(engine: Engine) -> str | None:
    """What the store says of its schema; ``None`` when it is empty."""
    with reading(engine) as connection:
        tables = set(inspect(connection).get_table_names())
        version = None
        if "alembic_version" in tables:
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if not tables - {"alembic_version"} and version is None:
        return None
    # Other programs use Alembic as well, so that its table alone does not make a store ours.
    if _OURS - tables:
        raise StorageError(
            f"it is another program's (tables {', '.join(sorted(tables)[:3])} …); name another file in settings.yaml",
            subject=_name(engine.url),
        )
    if version is None:
        raise StorageError("it is damaged, its version is gone; restore it from a backup", subject=_name(engine.url))
    return str(version)
