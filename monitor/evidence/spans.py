"""One WARC file held against what the ledger says lies in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage import warc
from storage.errors import StorageError
from storage.ledger import Entry

__all__ = ["Found", "check_file"]

_MAGIC = b"\x1f\x8b\x08"  # RFC 1952: how a gzip member, so a record, begins


class Counting(Protocol):
    captures: int
    records: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    what: str
    file: str
    offset: int
    says: str
    entry: Entry | None = None
    """``None``: it is about bytes of no Capture."""


def check_file(path: Path, entries: Sequence[Entry], wanted: Sequence[Entry], counts: Counting) -> Iterator[Found]:
    """``entries``: everything that lies in the file, in its order; ``wanted``: those of them to be read again."""
    size = path.stat().st_size
    broken = []
    with path.open("rb") as stream:
        for entry in wanted:
            stream.seek(entry.offset or 0)
            data = stream.read(entry.length or 0)
            counts.bytes += len(data)
            if hashlib.sha256(data).hexdigest() != entry.sha256:
                broken.append(entry)
                continue
            counts.captures += entry.kind == "capture"
            if (says := _inside(data, entry, counts)) is not None:
                yield Found(what="altered", file=path.name, offset=entry.offset or 0, says=says, entry=entry)
    if broken:
        yield from _displaced(path, broken, size)
    yield from _between(path, entries, size)


def _inside(data: bytes, entry: Entry, counts: Counting) -> str | None:
    """What the records say that the ledger does not; the bytes are those that were written."""
    try:
        records = list(warc.records(data))
    except StorageError as error:
        return str(error)
    counts.records += len(records)
    if entry.kind == "file":
        return None if records and records[0].id == entry.capture else "it is not the record that the ledger names"
    response = next((record for record in records if record.id == entry.capture), None)
    if response is None:
        return "the record that the ledger names is not in it"
    if response.headers.get("warc-target-uri", "").strip("<>") != entry.url:
        return f"it was written under another address than the ledger says: {response.headers.get('warc-target-uri')}"
    if warc.payload_digest(response.http()[2]) != entry.payload:
        return "its body is not the one whose digest the ledger has"
    return None


def _displaced(path: Path, broken: Sequence[Entry], size: int) -> Iterator[Found]:
    """Tells what was altered from what only lies elsewhere, because something before it was deleted, put in, or exchanged."""
    data = path.read_bytes()
    starts = _starts(data)
    shift = 0
    for entry in broken:
        offset, length = entry.offset or 0, entry.length or 0
        at = _where(data, [offset + shift, *starts], length, entry.sha256)
        if at is not None:
            shift = at - offset
            says = f"its bytes are whole, and lie at byte {at}: records before it were deleted, put in or exchanged"
            yield Found(what="displaced", file=path.name, offset=offset, says=says, entry=entry)
        elif offset + length > size:
            says = "the file ends before it does" if offset < size else "the file ends before it begins"
            yield Found(what="cut", file=path.name, offset=offset, says=says, entry=entry)
        else:
            says = "its bytes are not those that were written"
            yield Found(what="altered", file=path.name, offset=offset, says=says, entry=entry)


def _starts(data: bytes) -> list[int]:
    found, at = [], data.find(_MAGIC)
    while at >= 0:
        found.append(at)
        at = data.find(_MAGIC, at + 1)
    return found


def _where(data: bytes, places: Sequence[int], length: int, sha256: str) -> int | None:
    """Where among ``places`` the bytes begin. A record ends where another begins, or the file does: few places are hashed."""
    ends = {*places, len(data)}
    likely = (at for at in places if 0 <= at <= len(data) - length and at + length in ends)
    return next((at for at in likely if hashlib.sha256(data[at : at + length]).hexdigest() == sha256), None)


def _between(path: Path, entries: Sequence[Entry], size: int) -> Iterator[Found]:
    """Bytes that belong to nothing that the ledger knows."""
    at = 0
    for entry in entries:
        offset = entry.offset or 0
        if offset > at:
            yield Found(
                what="altered", file=path.name, offset=at, says=f"{offset - at} bytes that the ledger knows nothing of"
            )
        at = max(at, offset + (entry.length or 0))
    if size > at:
        yield Found(
            what="torn", file=path.name, offset=at,
            says=f"{size - at} bytes after the last Capture, of a run that was killed or is still at work",
        )  # fmt: skip
