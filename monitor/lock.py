"""One pass at a time: a lock file that the kernel releases when its holder dies, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import RasidError

__all__ = ["BusyError", "hold"]


class BusyError(RasidError):
    """Somebody else does this already."""


@contextmanager
def hold(path: Path, what: str) -> Iterator[None]:
    """Hold ``path`` locked; :class:`BusyError` names the process that has it.

    ``flock`` and not a file that exists or not: nothing is left to clean up after ``kill -9``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BusyError(f"{what} is running already (process {holder})", subject=str(path)) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
