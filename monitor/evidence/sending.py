"""Which files of Captures go to the store of captures, and which may then leave the disk; and what is said where that does not go on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.chores import Done
from monitor.evidence.tidying import tended
from monitor.lock import BusyError
from storage.archive import LEDGER
from storage.depot import Depot
from storage.errors import StorageError
from storage.proofs import Proofs

__all__ = ["CHORE", "closed", "notes", "send"]

CHORE = "send"
_NAME = re.compile(r"rasid-(\d{8})-.*\.warc\.gz")


def closed(folder: Path, today: datetime) -> list[str]:
    """The files that nobody writes into any more: those of the days before (:mod:`storage.captures`), the oldest first."""
    day = f"{today.astimezone(UTC):%Y%m%d}"
    found = [(path, _NAME.fullmatch(path.name)) for path in sorted(folder.glob("rasid-*.warc.gz"))]
    return [path.name for path, name in found if name is not None and name[1] < day]


def send(folder: Path, depot: Depot, proofs: Proofs, now: datetime, *, local: timedelta, chain: str) -> str:
    """Puts what is closed there; takes off the disk what has been there for longer than ``local``; deletes there what the rules have
    dropped. What came of it; :class:`StorageError` where something is left."""
    try:
        with tended(folder, "sending"):
            work = _Sending(folder, depot, proofs, now)
            work.delete()
            left = work.put()
            work.let_go(local)
            if work.counts["sent"] and not work.wrong:
                depot.put_copy(folder / LEDGER, f"ledger-{chain}.jsonl")
    except BusyError as error:
        return str(error)
    if work.wrong:
        waiting = f"{left} files of captures are not there yet: " if left else ""
        raise StorageError(f"{waiting}{work.wrong[0]}")
    return ", ".join(f"{count} {what}" for what, count in work.counts.items()) or "nothing new"


class _Sending:
    def __init__(self, folder: Path, depot: Depot, proofs: Proofs, now: datetime) -> None:
        self._folder, self._depot, self._proofs, self._now = folder, depot, proofs, now
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def delete(self) -> None:
        for name in self._depot.index():
            if self._proofs.known_end(name) is None:
                self._tried("deleted there", partial(self._depot.delete, name))

    def put(self) -> int:
        """How many are left."""
        lying = self._depot.index()
        waiting = [
            name
            for name in closed(self._folder, self._now)
            if name not in lying and _whole(self._folder / name, self._proofs)
        ]
        for done, name in enumerate(waiting):
            if not self._tried("sent", partial(self._depot.put, name, self._now)):
                return len(waiting) - done  # the others would wait as long, each for itself
        return 0

    def let_go(self, local: timedelta) -> None:
        for name, one in self._depot.index().items():
            if (self._folder / name).is_file() and self._now - datetime.fromisoformat(one.at) >= local:
                self._tried("taken off the disk here", partial(self._depot.let_go, name))

    def _tried(self, what: str, do: Callable[[], None]) -> bool:
        try:
            do()
        except (StorageError, OSError) as error:
            self.wrong.append(str(error))
            return False
        self.counts[what] += 1
        return True


def _whole(path: Path, proofs: Proofs) -> bool:
    """Whether all of a file is known, and nothing is behind it: what a run that was killed has left goes first (`tidy`)."""
    return proofs.known_end(path.name) == path.stat().st_size


_WORDS = {
    "ar": "لا تصل نسخ الصفحات المحفوظة إلى مخزنها منذ {when}، فهي على هذا الجهاز وحده",
    "en": "Captures have not reached their store since {when}: they lie on this machine alone",
}


def notes(done: Mapping[str, Done], start: datetime, until: datetime, zone: str, *, language: str = "ar") -> list[str]:
    """The sentence of the digest, where sending failed to the end of its day."""
    last = done.get(CHORE)
    if last is None or last.well or not start <= last.started_at:
        return []
    since = last.well_at or last.started_at
    if since >= until:
        return []
    return [f"{_WORDS[language].format(when=f'{since.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}')}."]
