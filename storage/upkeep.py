"""What a store needs to stay well: copies, checks, tidying; and a file of it looked at without opening it as a store."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, delete, exists, func, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.database import writing
from storage.errors import StorageError
from storage.schema import articles, missed, outcomes, passes, sources

__all__ = ["Upkeep", "copy", "damage", "file_of", "schema_of"]

_COUNTED = ("articles", "flags", "passes", "digests")
_SAID = 5


def file_of(address: str) -> Path | None:
    """The file of a store in SQLite; ``None``: it is somewhere else."""
    try:
        url = make_url(address)
    except ArgumentError:
        return None
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":memory:", "file:")):
        return None
    return Path(url.database)


def copy(source: Path, target: Path) -> None:
    """A copy of the store in ``source``, as it is at one moment, while others go on writing; checked, and forced to disk.

    The whole in one step: SQLite starts over at each write of another process where a copy is made in several
    (``pages=1000`` never ended beside a writer; ``pages=-1`` took 1.5 s for 213 MB and held the writers up by 12 ms).
    """
    try:
        with closing(_connect(source)) as there, closing(sqlite3.connect(target)) as here:
            before = _counts(there)
            there.backup(here, pages=-1)
            here.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            wrong = [row[0] for row in here.execute(f"PRAGMA integrity_check({_SAID})") if row[0] != "ok"]
            after = _counts(here)
    except sqlite3.Error as error:
        raise StorageError(f"it cannot be copied: {error}", subject=str(source)) from error
    if wrong:
        raise StorageError(f"it is damaged, and so is its copy: {'; '.join(wrong)}", subject=str(source))
    if lost := [name for name in before if after[name] < before[name]]:
        raise StorageError(f"its copy has fewer {', '.join(lost)} than it has", subject=str(source))
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def damage(path: Path, *, quick: bool = True) -> str | None:
    """What is wrong with the store in ``path``, or ``None``.

    ``quick`` passes over what indexes say against their tables: a fifth of the time.
    """
    check = "quick_check" if quick else "integrity_check"
    try:
        with closing(_connect(path)) as database:
            said = [str(row[0]) for row in database.execute(f"PRAGMA {check}({_SAID})")]
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            raise StorageError(f"it cannot be checked: {error}", subject=str(path)) from error
        return str(error)
    return None if said == ["ok"] else "; ".join(said)


def schema_of(path: Path) -> str | None:
    """The version of the schema of the store in ``path``; ``None``: it is no store of ours."""
    try:
        with closing(_connect(path)) as database:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        return None
    return str(row[0]) if row else None


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: sqlite3 would otherwise make an empty file of a name that is not there
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=30)


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _COUNTED}  # noqa: S608


class Upkeep:
    """Hung on the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.file = file_of(str(engine.url))
        """``None``: it is not in a file of this machine."""

    def size(self) -> int:
        """Bytes that the store takes, with what is not yet folded into it."""
        if self.file is None:
            with self._engine.connect() as connection:
                return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
        return sum(path.stat().st_size for path in (self.file, Path(f"{self.file}-wal")) if path.exists())

    def optimize(self) -> None:
        """Fresh statistics for the planner, and the log folded into the file, which would else stay as long as it ever was."""
        if self.file is None:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
            return
        try:
            with closing(_connect(self.file)) as database:
                database.execute("PRAGMA optimize = 0x10002")  # every table, not only those that this connection used
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StorageError(f"it cannot be optimised: {error}", subject=str(self.file)) from error

    def forget(self, before: datetime) -> Mapping[str, int]:
        """Drop what only says how things went before that time: Outcomes, passes that stored nothing, missed Entries.

        Articles, flags, digests and all that proves them stay, and so does the newest Outcome of every source.
        """
        newest = select(sources.c.last_outcome).where(sources.c.last_outcome.is_not(None))
        old = (outcomes.c.ended_at < before, outcomes.c.id.not_in(newest))
        stored = exists().where(articles.c.pass_id == passes.c.id)
        told = exists().where(outcomes.c.pass_id == passes.c.id)
        first = select(func.min(passes.c.id)).scalar_subquery()  # says since when digests are owed
        with writing(self._engine) as connection:
            return {
                "outcomes": connection.execute(delete(outcomes).where(*old)).rowcount,
                "passes": connection.execute(
                    delete(passes).where(passes.c.started_at < before, passes.c.id != first, ~stored, ~told)
                ).rowcount,
                "missed entries": connection.execute(delete(missed).where(missed.c.last_seen_at < before)).rowcount,
            }

    def put_off(self, names: Sequence[str], until: datetime) -> None:
        """Sources are due again then, and the last pass's failure is not held against them: it was none of theirs."""
        fewer: Any = sources.c.failures - 1
        with writing(self._engine) as connection:
            for at in range(0, len(names), 200):
                some = sources.c.name.in_(names[at : at + 200])
                connection.execute(update(sources).where(some).values(due_at=until))
                connection.execute(update(sources).where(some, sources.c.failures > 0).values(failures=fewer))
