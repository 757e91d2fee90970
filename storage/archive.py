"""The archive: Captures in files, the ledger over them, its table in the store. Each is on the disk before the next is written.

WARC file, then ledger file, then store: what the store knows is in the ledger, and what the ledger knows is in a file. A run that is
killed leaves more than is known, never less; :class:`Archive` takes up what is whole when it is opened the next time.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.article import Page
from storage.captures import Files
from storage.ledger import NOTHING, Entry, LedgerFile, Line, lines_of
from storage.proofs import Proofs

__all__ = ["LEDGER", "Archive", "chain_of"]

log = logging.getLogger(__name__)

LEDGER = "ledger.jsonl"


def chain_of(folder: Path, *, shared: bool) -> str:
    """The name of a folder's chain: what its ledger says; ``main`` for a new one, or where the store is ``shared`` with other
    machines, whose folders have chains of their own, a name that no other has."""
    try:
        with (folder / LEDGER).open("rb") as stream:
            first = next(lines_of(stream), None)
    except OSError:
        first = None
    if isinstance(first, Line) and first.chain:
        return first.chain
    return f"main-{secrets.token_hex(4)}" if shared else "main"


class Archive:
    """Open for writing, by one thread. Others may have the same folder open: each has a file of its own, and the ledger in turns."""

    def __init__(
        self,
        folder: Path,
        proofs: Proofs,
        *,
        software: str,
        now: Callable[[], datetime],
        chain: str = "main",
        max_bytes: int = 2**30,
        floor: int = 2**28,
    ) -> None:
        """``chain``: its name, which is another on each machine that writes into the same store."""
        self.folder = folder
        self.chain = chain
        self._proofs = proofs
        self._now = now
        self._ledger = LedgerFile(folder / LEDGER, chain)
        self._files = Files(
            folder, software=software, now=now, known_end=proofs.known_end, max_bytes=max_bytes, floor=floor
        )
        self._pending: list[Entry] = []

    def __enter__(self) -> Self:
        with self._ledger.held():
            self._catch_up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.settle()
            else:  # what was kept is worth keeping, if that can be; what ended the pass is what is to be told
                with contextlib.suppress(Exception):
                    self.settle()
        finally:
            self._files.close()

    def keep(self, page: Page) -> str | None:
        """Writes a Capture; its id. Known, and on the disk for certain, only after :meth:`settle`. ``None``: a Page that was not
        fetched."""
        if not page.received:
            return None
        if self._files.done():
            self.settle()
        entries = self._files.write(page)
        self._pending += entries
        return entries[-1].capture

    def settle(self) -> None:
        """Returns when every Capture that was kept is on the disk, in the ledger and in the store."""
        if self._pending:
            self._files.sync()
            pending, self._pending = self._pending, []
            self.enter(pending)

    def enter(self, entries: list[Entry]) -> list[Line]:
        """Appends entries to the ledger, then to its table."""
        with self._ledger.held():
            self._catch_up()
            lines = self._ledger.append(entries)
            self._proofs.add(self._ledger.chain, lines)
        return lines

    def _catch_up(self) -> None:
        """Takes up what other processes, or a run that was killed, have left in the ledger."""
        ledger, stood = self._ledger, None
        if ledger.number == 0 and (stood := self._proofs.stands(ledger.chain)) is not None:
            ledger.root, ledger.number, ledger.ends = stood.root, stood.number, stood.ends
        size = ledger.path.stat().st_size if ledger.path.exists() else 0
        if size < ledger.ends or (stood is not None and not self._joined(stood.ends)):
            self._rebuild(
                f"the ledger's file was {ledger.ends - size} bytes short, or was not the one that was written"
            )
            return
        lines, size = ledger.after()
        self._proofs.add(ledger.chain, lines)
        if size > ledger.ends:
            self._set_aside(size)
        if ledger.number == 0:
            begin = Entry(kind="begin", at=self._now(), why=f"nonce {secrets.token_hex(16)}")
            self._proofs.add(ledger.chain, ledger.append([begin]))

    def _joined(self, ends: int) -> bool:
        """Whether the file has a line's end where the table says that one ends."""
        with self._ledger.path.open("rb") as stream:
            stream.seek(max(ends - 1, 0))
            return ends == 0 or stream.read(1) == b"\n"

    def _set_aside(self, size: int) -> None:
        """What follows the last line in order: half a line of a run that was killed goes; more than that is kept for a person."""
        ledger = self._ledger
        rest = ledger.cut_to(ledger.ends)
        if b"\n" not in rest:
            log.warning("%s: half a line of a run that was killed is taken off", ledger.path)
            return
        aside = self._aside()
        aside.write_bytes(rest)
        why = f"{size - ledger.ends} bytes at the end of the ledger's file did not follow from it; they are in {aside.name}"
        log.error("%s: %s; `rasid evidence verify` says more", ledger.path, why)
        self._proofs.add(ledger.chain, ledger.append([Entry(kind="note", at=self._now(), why=why)]))

    def _aside(self) -> Path:
        return self.folder / f"ledger-set-aside-{self._now():%Y%m%dT%H%M%S}.jsonl"

    def _rebuild(self, why: str) -> None:
        """The file is shorter than the table, or another: it is set aside, written anew from the table, and that is entered."""
        ledger = self._ledger
        if ledger.path.exists():
            ledger.path.replace(self._aside())
        log.error("%s: %s; it is written again from the store, `rasid evidence verify` says more", ledger.path, why)
        ends: dict[int, int] = {}
        ledger.rebuild(self._lines(ends))
        self._proofs.moved_ends(ledger.chain, ends)
        ledger.ends = max(ends.values(), default=0)
        self._proofs.add(ledger.chain, ledger.append([Entry(kind="note", at=self._now(), why=why)]))

    def _lines(self, ends: dict[int, int]) -> Iterator[str]:
        previous, at = NOTHING, 0
        for number, text, root in self._proofs.entries(self._ledger.chain):
            line = f'{{"previous":"{previous}","entry":{text}}}'
            at += len(line) + 1
            ends[number] = at
            previous = root
            yield line
