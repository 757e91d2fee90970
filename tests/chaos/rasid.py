"""``python -m tests.chaos.rasid ARGUMENTS``: Rasid by a clock of the test's own, on a machine that fails as ``FAULT`` says.

``FAULT``: ``eio:N`` every statement of the database from the N-th on fails as on a bad disk, ``full:N`` the store cannot grow by
more than N pages, ``busy:N`` whoever finds the store locked waits N milliseconds only. Children are made of the same stuff.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from monitor import cli
from monitor.children import Children
from storage import database
from tests.e2e import clocked


def spoil(kind: str, amount: int) -> None:
    if kind == "busy":
        database._BUSY = amount / 1000
    elif kind == "full":

        @event.listens_for(Engine, "connect")
        def limit(connection: Any, _: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {max(pages, 100) + amount}")

    elif kind == "eio":
        counted = count()

        @event.listens_for(Engine, "before_cursor_execute")
        def fail(*_: object) -> None:
            if next(counted) >= amount:
                raise sqlite3.OperationalError("disk I/O error")


if __name__ == "__main__":
    Children.__init__.__kwdefaults__["command"] = (sys.executable, "-m", "tests.chaos.rasid")  # type: ignore[index]
    clocked.install()
    if fault := os.environ.get("FAULT"):
        kind, _, amount = fault.partition(":")
        spoil(kind, int(amount))
    sys.exit(cli.main())
