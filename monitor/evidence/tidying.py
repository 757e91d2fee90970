"""Retention as it is done: what the rules let go is dropped, and that the disk will be full is said in time."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.evidence.retention import Kept, Plan, days_left, plan
from monitor.evidence.settings import CaptureSettings
from monitor.lock import BusyError, hold
from storage.archive import Archive
from storage.depot import Depot
from storage.errors import StorageError
from storage.ledger import Entry
from storage.repair import repair
from storage.rewriting import rewrite
from storage.store import Store

__all__ = ["Tidied", "foresee", "once_a_day", "planned", "tended", "tidy"]

log = logging.getLogger(__name__)

_EVERY = timedelta(hours=24)
_WEEK = timedelta(days=7)
_SOON = 14.0
"""Days: a full disk that is so near is said."""
_KEY = "captures tidied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    dropped: int
    freed: int
    """Bytes."""
    total: int
    over: int
    """Bytes beyond the ceiling that are flagged, and stay."""


def planned(store: Store, settings: CaptureSettings, now: datetime, chain: str | None = None) -> Plan:
    """What the rules let go now. A file of today is left alone: it is written into. ``chain``: the folder's own; what lies on
    other machines is theirs."""
    kept = [
        Kept(id=one.id, at=one.at, file=one.span.file, length=one.span.length, head=one.kind == "file")
        for one in store.proofs.standing()
        if chain in (None, one.chain)
    ]
    today = f"rasid-{now:%Y%m%d}-"
    busy = {one.file for one in kept if one.file.startswith(today)}
    proving = store.proofs.proving()
    return plan(kept, proving, now, others=settings.others, ceiling=settings.ceiling, busy=busy)


def tended(folder: Path, what: str) -> AbstractContextManager[None]:
    """Only one process at a time repairs, rewrites or sends what lies there, whoever goes on writing: of two, one would take the
    new file of the other for what a run that was killed has left. :class:`monitor.lock.BusyError`: another is at it."""
    return hold(folder / ".tended", what)


def tidy(
    store: Store, archive: Archive, settings: CaptureSettings, now: datetime, depot: Depot | None = None
) -> Tidied:
    """Drops what the rules let go, and what runs that were killed have left; what a pass is writing into is left alone.

    ``depot``: of a file that is not here what stays is fetched from there, to be written anew.
    :class:`monitor.lock.BusyError`: another process is at it.
    """
    with tended(archive.folder, "tidying"):
        return _tidy(store, archive, settings, now, depot)


def _tidy(store: Store, archive: Archive, settings: CaptureSettings, now: datetime, depot: Depot | None) -> Tidied:
    for line in repair(archive.folder, store.proofs):
        log.info("%s", line)
    found = planned(store, settings, now, archive.chain)
    dropped = freed = 0
    for file, going in found.drop.items():
        try:
            if depot is not None and not (archive.folder / file).is_file():
                if len(going) == len(store.proofs.in_file(file)):  # nothing of it stays: it need not be fetched
                    archive.enter([Entry(kind="drop", at=now, capture=one, why=why) for one, why in going.items()])
                    dropped += len(going)
                    continue
                depot.fetch(file, archive.folder / file)
            gone = rewrite(archive, store.proofs.in_file(file), going, now)
        except StorageError as error:  # nothing of a file that was altered is touched: verify says more
            log.error("captures are not dropped: %s; `rasid evidence verify` says more", error)  # noqa: TRY400
            continue
        freed += gone
        dropped += len(going) if gone else 0
    return Tidied(dropped=dropped, freed=freed, total=found.total, over=found.over)


def foresee(store: Store, folder: Path, settings: CaptureSettings, now: datetime) -> Iterator[str]:
    """What is to be said of the room that is left; nothing where there is enough."""
    free = shutil.disk_usage(folder).free if folder.exists() else None
    first = store.proofs.first_at()
    if free is not None and first is not None and now - first >= timedelta(days=1):
        days = min(_WEEK, now - first) / timedelta(days=1)
        left = days_left(free, settings.free, store.proofs.written_since(now - _WEEK), days)
        if left is not None and left < _SOON:
            yield (
                f"the disk is full in about {left:.0f} days if it goes on like this ({free / 2**30:.1f} GiB are free); "
                "lower captures.others or captures.ceiling in settings.yaml, or make room"
            )


def once_a_day(
    store: Store, archive: Archive, settings: CaptureSettings, now: datetime, depot: Depot | None = None
) -> None:
    """At the end of a pass."""
    key = _KEY if archive.chain == "main" else f"{_KEY} {archive.chain}"
    last = store.recall(key)
    if last is not None and now - datetime.fromisoformat(last["at"]) < _EVERY:
        return
    try:
        done = tidy(store, archive, settings, now, depot)
    except BusyError:
        return  # another pass of this machine does it
    if done.dropped:
        log.info("captures: %d dropped by rule, %.1f MiB freed", done.dropped, done.freed / 2**20)
    if done.over:
        log.warning("captures: what is flagged is %.1f GiB more than captures.ceiling, and stays", done.over / 2**30)
    for line in foresee(store, archive.folder, settings, now):
        log.warning("captures: %s", line)
    store.remember(key, {"at": now.isoformat()})
