"""One at a time: a lock file that the kernel releases when its holder dies, however that ends, and that names its holder."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from crawler.errors import RasidError
from storage.errors import StorageError

__all__ = ["BusyError", "Holder", "hold", "holder"]

_PATIENCE = 0.5
"""Seconds: whoever only asks who has the lock (:func:`holder`) has it for a moment."""


class BusyError(RasidError):
    """Somebody else does this already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The process that has a lock."""

    pid: int
    host: str
    since: datetime
    what: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M:%S} UTC"


@contextmanager
def hold(path: Path, what: str) -> Iterator[None]:
    """Hold ``path`` locked; :class:`BusyError` names who has it, :class:`StorageError` says why it cannot be had at all.

    ``flock`` and not a file that exists or not: nothing is left to clean up after ``kill -9``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"cannot be locked ({error.strerror}); see that the folder can be written to", subject=str(path)
        ) from error
    with file:
        _take(file, path, what)
        me = Holder(pid=os.getpid(), host=socket.gethostname(), since=datetime.now(UTC), what=what)
        with suppress(OSError):  # a full disk: nobody learns our name, and the lock is ours all the same
            file.truncate(0)
            file.write(json.dumps(asdict(me) | {"since": me.since.isoformat()}) + "\n")
            file.flush()
        yield


def _take(file: IO[str], path: Path, what: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() < until:
                time.sleep(0.05)
                continue
            raise BusyError(f"{what} is running already ({_named(file) or 'unknown'})", subject=str(path)) from error


def holder(path: Path) -> Holder | None:
    """Who holds ``path``; ``None``: nobody. Raises :class:`OSError` where it cannot be read."""
    try:
        file = path.open("r", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _named(file) or Holder(pid=0, host="unknown", since=datetime.fromtimestamp(0, UTC), what="")
    return None


def _named(file: IO[str]) -> Holder | None:
    file.seek(0)
    try:
        found = json.loads(file.read())
        return Holder(**found | {"since": datetime.fromisoformat(found["since"])})
    except (ValueError, TypeError, KeyError):
        return None
