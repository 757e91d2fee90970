"""A file of Captures without those that are dropped. The ledger is added to, and nothing in it is changed.

The new file is whole on the disk under another name; then the ledger and the store say where everything lies; then the name is put
right and the old file goes. Killed in between, :func:`finish` does the rest: it knows from the store whether the moves were entered.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from storage.archive import Archive
from storage.captures import read_span
from storage.errors import StorageError
from storage.ledger import Entry, sync_folder
from storage.proofs import CaptureRecord, Proofs

__all__ = ["PART", "finish", "rewrite"]

PART = ".part"


def rewrite(archive: Archive, lying: Sequence[CaptureRecord], drop: Mapping[str, str], now: datetime) -> int:
    """``lying``: everything in one file, in its order; ``drop``: ids, and by which rule. Bytes that were freed; 0 where somebody
    else has the file open.

    :class:`StorageError` where a Capture that stays is not as it was written: the file is left as it is.
    """
    folder, old = archive.folder, lying[0].span.file
    try:
        with (folder / old).open("r+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0
            return _rewrite(archive, lying, drop, now, old)
    except OSError as error:
        raise StorageError(f"it cannot be written anew: {error.strerror or error}", subject=old) from error


def _rewrite(archive: Archive, lying: Sequence[CaptureRecord], drop: Mapping[str, str], now: datetime, old: str) -> int:
    folder, staying = archive.folder, [one for one in lying if one.id not in drop]
    entries, freed, at = [], 0, 0
    name = f"{old.rsplit('-', 1)[0]}-{uuid4().hex[:8]}.warc.gz" if staying else ""
    if staying:
        with (folder / f"{name}{PART}").open("xb") as out:
            for one in staying:
                out.write(read_span(folder, one.span))
                entries.append(
                    Entry(
                        kind="move", at=now, capture=one.id, sha256=one.span.sha256, length=one.span.length,
                        file=name, offset=at,
                    )
                )  # fmt: skip
                at += one.span.length
            out.flush()
            os.fsync(out.fileno())
    for one in lying:
        if one.id in drop:
            entries.append(Entry(kind="drop", at=now, capture=one.id, why=drop[one.id]))
            freed += one.span.length
    archive.enter(entries)
    if staying:
        (folder / f"{name}{PART}").replace(folder / name)
        sync_folder(folder)
    (folder / old).unlink()
    return freed


def finish(folder: Path, proofs: Proofs) -> list[str]:
    """What a run that was killed has begun: a new file whose moves were entered gets its name, one whose were not goes."""
    done = []
    for part in sorted(folder.glob(f"rasid-*.warc.gz{PART}")):
        name = part.name.removesuffix(PART)
        if proofs.known_end(name) is not None:
            part.replace(folder / name)
            sync_folder(folder)
            done.append(f"{name}: got its name")
        else:
            part.unlink()
            done.append(f"{part.name}: had been begun, and was not known: deleted")
    return done
