"""The ledger: an append-only chain of SHA-256 over what was captured, in a plain file that others check without Rasid.

``ledger.jsonl`` has one line for each entry::

    {"previous":"<root before it>","entry":{"chain":…,"number":…,"at":…,"kind":…, …}}

The root after it is SHA-256 over ``previous`` and the SHA-256 of the entry's text, both as 64 hexadecimal digits. A line that must
not be shown to others is written ``{"previous":…,"digest":…}`` in an excerpt, and the chain can be computed all the same.

Kinds of entries: ``begin`` (a chain), ``file`` (a WARC file's first record), ``capture``, ``move`` (a capture's bytes lie elsewhere
now), ``drop`` (they were deleted by the rule that is named), ``note`` (what happened to the ledger itself).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from storage.errors import StorageError

__all__ = ["NOTHING", "Entry", "LedgerFile", "Line", "excerpted", "lines_of", "read", "root_after"]

NOTHING = "0" * 64
"""What the first entry has for ``previous``."""
_LINE = re.compile(r'\{"previous":"([0-9a-f]{64})",(?:"entry":(\{.*\})|"digest":"([0-9a-f]{64})")\}')
_LONGEST = 2**20
"""Bytes of a line; the longest address that is kept is far shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an entry says. The text that is chained is :meth:`text`."""

    kind: str
    at: datetime
    capture: str = ""
    """The id of the last response record; of a file, of its warcinfo record."""
    url: str = ""
    payload: str = ""
    """Digest of the body as received."""
    status: int | None = None
    sha256: str = ""
    """Of the bytes as they lie in the file, from ``offset`` on, ``length`` of them."""
    length: int | None = None
    file: str = ""
    offset: int | None = None
    why: str = ""

    def text(self, chain: str, number: int) -> str:
        """JSON, always in this order, the address last: shell finds its way in it."""
        says: dict[str, Any] = {"chain": chain, "number": number, "at": _written(self.at), "kind": self.kind}
        for name in ("capture", "sha256", "length", "file", "offset", "status", "payload", "why", "url"):
            value = getattr(self, name)
            if value not in ("", None):
                says[name] = value
        return json.dumps(says, ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the file, as it stands there."""

    previous: str
    text: str
    """The entry's text; empty in an excerpt that shows only its digest."""
    digest: str
    ends: int
    """Where in the file the next line begins."""
    chain: str = ""
    number: int = 0
    entry: Entry | None = None
    """``None`` in such an excerpt."""

    @property
    def root(self) -> str:
        return root_after(self.previous, self.digest)


_WORDS = ("kind", "capture", "url", "payload", "sha256", "file", "why")
_NUMBERS = ("status", "length", "offset")


def root_after(previous: str, digest: str) -> str:
    """The root after an entry whose text has this SHA-256."""
    return hashlib.sha256(f"{previous}{digest}".encode()).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def excerpted(line: Line) -> str:
    """The line with its entry left out."""
    return f'{{"previous":"{line.previous}","digest":"{line.digest}"}}'


def read(raw: bytes, ends: int) -> Line | None:
    """A line of the file, without its end; ``None``: it is none."""
    try:
        found = _LINE.fullmatch(raw.decode("ascii"))
        if found is None:
            return None
        previous, text, digest = found.groups()
        if text is None:
            return Line(previous=previous, text="", digest=digest, ends=ends)
        said = json.loads(text)
        words = {name: _of(str, said[name]) for name in _WORDS if name in said}
        numbers = {name: _of(int, said[name]) for name in _NUMBERS if name in said}
        entry = Entry(at=datetime.fromisoformat(said["at"]), **words, **numbers)
        _ = entry.at.astimezone(UTC)
        chain, number = _of(str, said["chain"]), _of(int, said["number"])
        return Line(
            previous=previous, text=text, digest=_digest(text), ends=ends, chain=chain, number=number, entry=entry
        )
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None


def _of(kind: type[Any], value: Any) -> Any:
    if type(value) is not kind or (kind is int and not 0 <= value < 2**53):
        raise ValueError(f"not what is expected: {value!r}")
    return value


def lines_of(stream: BinaryIO, start: int = 0) -> Iterator[Line | tuple[int, bytes]]:
    """Every line from ``start`` on; what is no line is given as where it begins and its bytes, the end of the file without a
    line's end among it."""
    stream.seek(start)
    at = start
    while raw := stream.readline(_LONGEST):
        line = read(raw[:-1], at + len(raw)) if raw.endswith(b"\n") else None
        yield line or (at, raw)
        at += len(raw)


@dataclass(slots=True)
class LedgerFile:
    """``ledger.jsonl`` of a folder, open for appending. Any number of processes may append: :meth:`held` is their turn."""

    path: Path
    chain: str
    root: str = NOTHING
    number: int = 0
    """Of the last entry; entries count from 1."""
    ends: int = 0
    """Bytes of the file that are known to be in order."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """While no other process appends."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.with_suffix(".lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise StorageError(f"the ledger cannot be written: {error.strerror}", subject=str(self.path)) from error

    def after(self) -> tuple[list[Line], int]:
        """Lines that others, or a run that was killed, have written since; and where what is no line of this chain begins (the
        file's end where everything is in order). Moves on to it. Only while held."""
        lines: list[Line] = []
        size = self.path.stat().st_size if self.path.exists() else 0
        if size > self.ends:
            with self.path.open("rb") as stream:
                for line in lines_of(stream, self.ends):
                    if not isinstance(line, Line) or line.previous != self.root or line.entry is None:
                        break
                    lines.append(line)
                    self.root, self.number, self.ends = line.root, line.number, line.ends
        return lines, size

    def append(self, entries: Sequence[Entry]) -> list[Line]:
        """Writes entries and waits until they are on the disk. Only while held, and after :meth:`after`."""
        lines, out = [], bytearray()
        root, number = self.root, self.number
        for entry in entries:
            number += 1
            text = entry.text(self.chain, number)
            raw = f'{{"previous":"{root}","entry":{text}}}\n'.encode("ascii")
            out += raw
            line = read(raw[:-1], self.ends + len(out))
            assert line is not None
            lines.append(line)
            root = line.root
        self._put(out)
        self.root, self.number, self.ends = root, number, self.ends + len(out)
        return lines

    def rebuild(self, lines: Iterable[str]) -> None:
        """Writes the file anew, whole, from lines that are kept elsewhere; moves to its end. Only while held."""
        fresh = self.path.with_suffix(".jsonl.part")
        with fresh.open("wb") as stream:
            for text in lines:
                stream.write(text.encode("ascii") + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(self.path)
        sync_folder(self.path.parent)

    def cut_to(self, size: int) -> bytes:
        """Takes off what stands after ``size``; returns it. Only while held."""
        with self.path.open("r+b") as stream:
            stream.seek(size)
            rest = stream.read()
            stream.truncate(size)
            os.fsync(stream.fileno())
        return rest

    def _put(self, out: bytes | bytearray) -> None:
        new = not self.path.exists()
        try:
            with self.path.open("ab") as stream:
                stream.write(out)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            if self.path.exists():  # a disk that filled up in the middle of a line
                os.truncate(self.path, self.ends)
            raise
        if new:
            sync_folder(self.path.parent)


def sync_folder(folder: Path) -> None:
    """A new name in a folder is on the disk only when the folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
