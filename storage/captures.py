"""WARC files in a folder: one open file per writer, appended to, and read in spans.

A span is the records of one Capture as they lie in the file. Which spans there are is the ledger's business; what stands in a file
after the last of them was never known to anybody (a run was killed), and goes when the file is written again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from crawler.article import Page
from storage import warc
from storage.errors import StorageError
from storage.ledger import Entry, sync_folder

__all__ = ["Elsewhere", "Files", "Span", "read_span"]

_SUFFIX = ".warc.gz"
_MARGIN = 16 * 2**20
"""Bytes that one Capture may need on the disk, however large: asked for before it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a Capture lies."""

    file: str
    offset: int
    length: int
    sha256: str


Elsewhere: TypeAlias = Callable[[str, int, int], bytes]
"""Gives bytes of a file that is here no longer: its name, from where, how many (:meth:`storage.depot.Depot.read`)."""


class Files:
    """Writes Captures. :meth:`write` buffers; only what :meth:`sync` has seen is on the disk."""

    def __init__(
        self,
        folder: Path,
        *,
        software: str,
        now: Callable[[], datetime],
        known_end: Callable[[str], int | None],
        max_bytes: int = 2**30,
        floor: int = 2**28,
    ) -> None:
        """``max_bytes``: a file that has as many is closed. ``floor``: bytes that stay free on the disk. ``known_end``: up to where
        the spans of a file go that the ledger knows; ``None``: it knows nothing of it."""
        self._folder = folder
        self._software = software
        self._now = now
        self._known_end = known_end
        self._max = max_bytes
        self._floor = floor
        self._stream: FileIO | None = None
        self._name = ""
        self._info = ""
        self._day = ""
        self._size = 0
        self._fresh: list[Entry] = []
        self._held: list[FileIO] = []
        self._done: set[str] = set()
        """Files that this writer has closed: the ledger may not know yet how far they go."""

    def write(self, page: Page) -> list[Entry]:
        """Appends the Page's records; the entries for the ledger (first that of the file, where one was begun)."""
        now = self._now()
        self._check_disk()
        self._ready(now)
        identity = uuid4().urn
        body = page.received[-1].body
        span = self._append(warc.packed(page, identity=identity, file=self._info))
        entry = Entry(
            kind="capture", at=page.fetched_at, capture=identity, url=page.url, payload=warc.payload_digest(body),
            status=page.status, sha256=span.sha256, length=span.length, file=span.file, offset=span.offset,
        )  # fmt: skip
        begun, self._fresh = self._fresh, []
        return [*begun, entry]

    def sync(self) -> None:
        """Returns when everything that was written is on the disk."""
        if self._stream is not None:
            try:
                os.fsync(self._stream.fileno())
            except OSError as error:
                raise self._failed(error) from error

    def close(self) -> None:
        for stream in (self._stream, *self._held):
            if stream is not None:
                stream.close()
        self._stream = None
        self._held.clear()

    def done(self) -> bool:
        """Whether the next Capture goes into another file: what is in this one should be known before somebody else takes it up."""
        return self._stream is not None and (self._size >= self._max or _day(self._now()) != self._day)

    def _ready(self, now: datetime) -> None:
        day = _day(now)
        if self.done():
            self.sync()
            self.close()
        if self._stream is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                if not self._continue(day):
                    self._begin(day, now)
            except OSError as error:
                raise self._failed(error) from error

    def _continue(self, day: str) -> bool:
        """Takes up the newest file of the day that is not full and that nobody else has."""
        for path in sorted(self._folder.glob(f"rasid-{day}-*{_SUFFIX}"), reverse=True):
            end = None if path.name in self._done else self._known_end(path.name)
            if end is None or end >= self._max:
                continue
            stream = path.open("r+b", buffering=0)
            if not _lock(stream):
                stream.close()
                continue
            found = os.fstat(stream.fileno())
            # It went while we waited (its Captures were moved), or it was cut: verify names that, and nothing is written after it.
            if found.st_nlink == 0 or found.st_size < end:
                stream.close()
                continue
            stream.truncate(end)
            stream.seek(end)
            self._take(stream, path.name, day, end)
            return True
        return False

    def _begin(self, day: str, now: datetime) -> None:
        while True:
            name = f"rasid-{day}-{now.astimezone(UTC):%H%M%S}-{uuid4().hex[:8]}{_SUFFIX}"
            stream = (self._folder / name).open("x+b", buffering=0)
            if _lock(stream) and os.fstat(stream.fileno()).st_nlink:
                break
            stream.close()  # between two calls somebody took it for what a run that was killed has left
        self._take(stream, name, day, 0)
        sync_folder(self._folder)
        self._info = uuid4().urn
        span = self._append(warc.info(name, self._info, now, self._software))
        self._fresh = [
            Entry(
                kind="file", at=now, capture=self._info,
                sha256=span.sha256, length=span.length, file=name, offset=span.offset,
            )
        ]  # fmt: skip

    def _take(self, stream: FileIO, name: str, day: str, size: int) -> None:
        self._stream, self._name, self._day, self._size = stream, name, day, size
        self._done.add(name)
        self._info = ""
        if size:
            head = read_head(self._folder / name)
            self._info = head.id if head is not None else ""

    def _append(self, data: bytes) -> Span:
        assert self._stream is not None
        rest = memoryview(data)
        try:
            while rest:  # without a buffer, so that nothing is left to be written by a file that is closed
                rest = rest[self._stream.write(rest) :]
        except OSError as error:
            self._undo()
            raise self._failed(error) from error
        span = Span(file=self._name, offset=self._size, length=len(data), sha256=hashlib.sha256(data).hexdigest())
        self._size += len(data)
        return span

    def _undo(self) -> None:
        """A record of which only a part went to the disk is taken off again."""
        assert self._stream is not None
        stream, self._stream = self._stream, None
        self._held.append(stream)  # and with it the lock: the ledger does not know yet how far the file goes
        with contextlib.suppress(OSError):  # what stands behind the last known span goes at the next opening
            stream.truncate(self._size)
            os.fsync(stream.fileno())

    def _check_disk(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise self._failed(error) from error
        if free < self._floor + _MARGIN:
            raise StorageError(
                f"the disk is nearly full ({free // 2**20} MiB are free, {self._floor // 2**20} MiB stay free): make room, or let "
                "`rasid evidence tidy` drop what the rules let go; nothing was damaged, and nothing that was read is lost",
                subject=str(self._folder),
            )

    def _failed(self, error: OSError) -> StorageError:
        return StorageError(
            f"captures cannot be written: {error.strerror or error}; make room or mend the disk, and run again",
            subject=str(self._folder),
        )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%d}"


def _lock(stream: FileIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read_head(path: Path) -> warc.Record | None:
    """The first record of a file."""
    import zlib

    with path.open("rb") as stream:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        begin = stream.read(2**16)
        try:
            member.decompress(begin, 2**16)
            return next(warc.records(begin[: len(begin) - len(member.unused_data)]), None)
        except (zlib.error, StorageError):
            return None


def read_span(folder: Path, span: Span, elsewhere: Elsewhere | None = None) -> bytes:
    """The bytes of a Capture, as long and with the digest that the ledger has; :class:`StorageError` says what is wrong."""
    path = folder / span.file
    try:
        with path.open("rb") as stream:
            stream.seek(span.offset)
            data = stream.read(span.length)
    except FileNotFoundError:
        if elsewhere is None:
            raise StorageError("its file is gone", subject=span.file) from None
        data = elsewhere(span.file, span.offset, span.length)
    except OSError as error:
        raise StorageError(f"its file cannot be read: {error.strerror}", subject=span.file) from error
    if len(data) < span.length:
        raise StorageError("its file ends before it does", subject=span.file)
    if hashlib.sha256(data).hexdigest() != span.sha256:
        raise StorageError("its bytes are not those that were written", subject=span.file)
    return data
