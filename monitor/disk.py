"""Room on the disk: nothing is fetched when it is short, so that what was fetched can still be stored."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from storage.errors import StorageError

__all__ = ["Room", "guarded", "human", "lack", "room"]

P = ParamSpec("P")
T = TypeVar("T")

_FEW_FILES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a file system has left."""

    free: int
    """Bytes that we may use."""
    total: int
    files: int | None
    """Files that can still be made; ``None``: it does not count them."""
    writable: bool


def room(folder: Path) -> Room:
    """Of the file system of ``folder``, or of the nearest folder above it that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = os.statvfs(folder)
    return Room(
        free=found.f_bavail * found.f_frsize,
        total=found.f_blocks * found.f_frsize,
        files=found.f_favail if found.f_files else None,
        writable=not found.f_flag & os.ST_RDONLY and os.access(folder, os.W_OK),
    )


def lack(folder: Path, reserve: int) -> str | None:
    """Why nothing may be fetched now, or ``None``; ``reserve``: bytes that are to stay free."""
    found = room(folder)
    if not found.writable:
        return f"{folder} cannot be written to; nothing is fetched until it can (is the disk mounted read-only? whose is it?)"
    if found.free < reserve:
        kept = f"{human(reserve)} are kept free (`disk_reserve:`)"
        return f"the disk of {folder} has {human(found.free)} left, and {kept}; nothing is fetched until there is room"
    if found.files is not None and found.files < _FEW_FILES:
        return f"the disk of {folder} can hold {found.files} more files only; nothing is fetched until there is room"
    return None


def guarded(do: Callable[P, T], lacks: Callable[[], str | None]) -> Callable[P, T]:
    """``do``, but for a disk that runs full meanwhile: a pass ends while there is room left to say so."""

    def with_room(*args: P.args, **named: P.kwargs) -> T:
        if (why := lacks()) is not None:
            raise StorageError(why)
        return do(*args, **named)

    return with_room


def human(size: float) -> str:
    """``1.5 GiB``."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit in ("B", "KiB", "MiB") else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
