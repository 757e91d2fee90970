"""Turns: what only one process may do at a time, on whichever machine it runs: PostgreSQL's advisory locks.

A turn is held by a transaction on a connection of its own, and it is a lease. The holder says every second that it lives; the server
ends a session that says nothing for :data:`_LEASE` seconds (a machine that is frozen or cut off), and the holder, who cannot know
whether it was, ends itself before that. Two never have the same turn. On SQLite there is one machine, and lock files do.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import LASTING, reading, together, writing
from storage.errors import StorageError

__all__ = ["Turns"]

log = logging.getLogger(__name__)

_SPACE = 0x52617369
"""Of PostgreSQL's advisory locks with two keys, ours have this one for the first: "Rasi"."""
_DECIDING, _KEYS = 0x52617369_00000000, 2**31
_LEASE = 12
"""Seconds without a word from the holder, after which the server gives its turn to others."""
_BEAT, _PATIENCE = 1.0, 6.0
"""Seconds between two words, and how long the holder goes on while it hears nothing from the server."""
_FROZEN_IN_IT = 20
"""Seconds after which a process that is frozen while it decides holds up nobody any more."""


_HAVE_ALL = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


def _key(name: str) -> int:
    """32 bits of it, with a sign. Of two names with the same key one waits for the other now and then."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)


class Turns:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def shared(self) -> bool:
        """Whether there may be other machines."""
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def take(self, names: Iterable[str], *, lost: Callable[[], None] | None = None) -> Iterator[set[str]]:
        """Those of ``names`` whose turn is free are this process's while within; they are given.

        ``lost``: the lease is over, by a frozen machine or a lost connection. Another may be at it already, so that without it
        this process is ended at once.
        """
        wanted = list(dict.fromkeys(names))
        if not self.shared:
            yield set(wanted)
            return
        apart = create_engine(self._engine.url, poolclass=NullPool, connect_args=LASTING)
        lease: _Lease | None = None
        try:
            with writing(apart) as connection:
                connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{_LEASE}s'"))
                got = {name for name in wanted if _free(connection, name)}
                lease = _Lease(connection, lost or _end_at_once)
                with lease:
                    yield got
        except SQLAlchemyError as error:
            if lease is None or not lease.over:
                raise
            raise StorageError("the turn was lost with the connection", subject="PostgreSQL") from error

    def busy(self, name: str) -> bool:
        """Whether somebody has that turn at this moment."""
        if not self.shared:
            return False
        asked = text(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
            "AND classid = CAST(:space AS oid) AND objid = CAST(:key AS oid) "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        with reading(self._engine) as connection:
            return bool(connection.scalar(asked, {"space": str(_SPACE), "key": str(_key(name) % 2**32)}))

    @contextmanager
    def deciding(self, keys: Iterable[int]) -> Iterator[None]:
        """While within, no other process decides whether a text was told before that has one of these keys: of two tellings that
        two machines read at the same moment one is the first. On SQLite one pass at a time decides."""
        if not self.shared:
            yield
            return
        with together(self._engine):  # what is stored within is seen by others exactly when it is their turn
            with writing(self._engine) as connection:
                connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{_FROZEN_IN_IT}s'"))
                # in the same order everywhere, so that no two wait for each other
                mine = sorted({_DECIDING + key % _KEYS for key in keys})
                connection.execute(_HAVE_ALL, {"keys": mine}).all()
            yield


def _free(connection: Connection, name: str) -> bool:
    asked = text("SELECT pg_try_advisory_xact_lock(:space, :key)")
    return bool(connection.scalar(asked, {"space": _SPACE, "key": _key(name)}))


class _Lease:
    """Keeps a transaction alive, and watches over it that it is."""

    def __init__(self, connection: Connection, lost: Callable[[], None]) -> None:
        self._connection, self._lost = connection, lost
        self._over, self._told = threading.Event(), threading.Event()
        self._heard = _now()
        self._threads = [
            threading.Thread(target=run, name=f"turn {what}", daemon=True)
            for what, run in (("beat", self._beat), ("watch", self._watch))
        ]

    @property
    def over(self) -> bool:
        return self._told.is_set()

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGCONT, self._woken)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGCONT, self._before)
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _beat(self) -> None:
        while not self._over.wait(_BEAT):
            try:
                self._connection.exec_driver_sql("SELECT 1")
            except SQLAlchemyError:
                self._end()
                return
            self._heard = _now()

    def _watch(self) -> None:
        while not self._over.wait(_BEAT / 2):
            self._look()

    def _look(self) -> None:
        if _now() - self._heard > _PATIENCE:
            self._end()

    def _woken(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """A process that was stopped and goes on: before it sends anything to anybody."""
        self._look()

    def _end(self) -> None:
        if not self._over.is_set() and not self._told.is_set():
            self._told.set()
            self._lost()


def _now() -> float:
    """Also counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _end_at_once() -> None:
    log.error(
        "the connection to PostgreSQL that holds this process's turn is lost: another may be at it, so that it ends"
    )
    with suppress(OSError):
        if os.getpgid(0) == os.getpid():  # a child of a service, with processes of its own
            os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
