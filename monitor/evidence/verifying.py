"""Recomputes everything that the ledger says, offline, and names what is not as it was written.

Three things are held against each other: the chain in ``ledger.jsonl``, the table of it in the store, the bytes in the WARC files. Who
alters one is found by the others; who recomputes all three is found by a root that has left the machine (a digest, a stamp).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from monitor.evidence.spans import Found, check_file
from monitor.evidence.stamping import checked, stored
from storage.archive import LEDGER
from storage.depot import Depot
from storage.ledger import NOTHING, Entry, Line, lines_of, read
from storage.proofs import Proofs

__all__ = ["Finding", "Report", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was written."""

    what: str
    """``altered``, ``missing``, ``cut``, ``displaced``, ``ledger``, ``root``, ``unproven``; ``torn``, ``unknown`` and ``let go`` are no damage."""
    subject: str
    """The Capture with its address, the file, or the entry."""
    says: str

    @property
    def harmless(self) -> bool:
        """What a run that was killed, or is running, leaves behind, and what a rule let go."""
        return self.what in ("torn", "unknown", "let go")


@dataclass(slots=True)
class Report:
    """What came of it."""

    entries: int = 0
    captures: int = 0
    """Looked at: in the time that was asked for, and not dropped by rule."""
    records: int = 0
    dropped: int = 0
    bytes: int = 0
    root: str = NOTHING
    """After the last entry of the file."""
    stamps: int = 0
    """Time stamps over roots of the chain."""
    findings: list[Finding] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    """Roots from elsewhere that the chain has."""

    @property
    def clean(self) -> bool:
        return all(finding.harmless for finding in self.findings)

    def add(self, what: str, subject: str, says: str) -> None:
        self.findings.append(Finding(what=what, subject=subject, says=says))


def verify(
    folder: Path, proofs: Proofs | None, *, since: datetime | None = None, roots: Mapping[str, str] | None = None,
    chain: str = "main", depot: Depot | None = None,
) -> Report:  # fmt: skip
    """Everything in ``folder``. ``proofs``: the store's table; ``None``: the files alone, as an outsider has them.

    ``since``: Captures before it are not read again (the chain always is). ``roots``: hashes that must be in the chain, and where
    each is from. ``depot``: what is not here is fetched from there, a file at a time, and not kept.
    """
    report = Report()
    kept = _Kept()
    seen = _chain(folder / LEDGER, _Table(proofs, chain), kept, report)
    captures = kept.captures
    for root, origin in (roots or {}).items():
        if root in seen:
            report.roots.append(root)
        else:
            report.add(
                "root", origin, f"its root {root} is not in the chain: the ledger is not the one it was taken from"
            )
    for name, stamp in stored(folder).items():
        if name[:64] not in seen or checked(stamp, name[:64]) is None:
            report.add(
                "root",
                name,
                "this time stamp is over no root of the chain: the ledger was recomputed, or it was altered",
            )
        else:
            report.stamps += 1
    _files(folder, captures, since, report, depot)
    if proofs is not None:
        _index(proofs, chain, kept, report)
    return report


@dataclass(slots=True)
class _Kept:
    """What the ledger says is there, and where; and what it says was let go."""

    captures: dict[str, Entry] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def apply(self, entry: Entry) -> None:
        if entry.kind in ("capture", "file"):
            self.captures[entry.capture] = entry
        elif entry.kind == "move" and entry.capture in self.captures:
            moved = self.captures[entry.capture]
            self.captures[entry.capture] = replace(moved, file=entry.file, offset=entry.offset)
        elif entry.kind == "drop" and self.captures.pop(entry.capture, None) is not None:
            self.dropped.add(entry.capture)


def _index(proofs: Proofs, chain: str, kept: _Kept, report: Report) -> None:
    """The store's index beside the ledger, and what is flagged beside both."""
    every = proofs.standing()
    standing = {one.id: one.span for one in every if one.chain == chain}
    elsewhere = {one.id for one in every if one.chain != chain}
    for identity, entry in kept.captures.items():
        span = standing.get(identity)
        if span is not None and (span.file, span.offset, span.sha256) != (entry.file, entry.offset, entry.sha256):
            report.add(
                "ledger",
                f"{identity} {entry.url}",
                "the store's index says that it lies elsewhere than the ledger does",
            )
    for identity in sorted(kept.dropped & standing.keys()):
        report.add("ledger", identity, "the store's index has it, and the ledger says that it was dropped")
    for identity in sorted(proofs.proving() - kept.captures.keys() - elsewhere):
        if identity in kept.dropped:
            report.add("let go", identity, "what it proves was flagged after it had been dropped by rule")
        elif identity.startswith("urn:uuid:"):
            report.add("unproven", identity, "a flagged article names this Capture, and the ledger has none")


def _chain(path: Path, table: _Table, kept: _Kept, report: Report) -> set[str]:
    """Walks the chain, and the store's table beside it; every root."""
    seen: set[str] = set()
    expected, number = NOTHING, 0
    for line in _lines(path, report):
        number += 1
        name = f"entry {line.number}" if line.entry else f"line {number}"
        if line.previous != expected:
            report.add(
                "ledger", name, "it does not follow from the entry before it: one of them was altered, or one is gone"
            )
        elif line.entry and line.number != number:
            report.add("ledger", name, f"entry {number} should stand here")
        if line.entry:
            number = line.number
            table.compare(line, report)
            kept.apply(line.entry)
        expected = line.root
        seen.add(expected)
    for entry in table.rest(number, report):
        kept.apply(entry)
    report.entries, report.root, report.dropped = len(seen), expected, len(kept.dropped)
    return seen


def _lines(path: Path, report: Report) -> Iterator[Line]:
    if not path.exists():
        report.add("unknown", path.name, "there is no ledger yet")
        return
    with path.open("rb") as stream:
        for line in lines_of(stream):
            if isinstance(line, Line):
                yield line
            elif line[1].endswith(b"\n"):
                report.add("ledger", f"{path.name}, byte {line[0]}", "this line is none of a ledger")
            else:
                report.add(
                    "torn", path.name, f"half a line at its end ({len(line[1])} bytes), of a run that was killed"
                )


class _Table:
    """The store's side of the chain, walked beside the file's."""

    def __init__(self, proofs: Proofs | None, chain: str) -> None:
        # Only what is there now: a pass that is at work writes the file first, so that the file has all of this.
        stands = proofs.stands(chain) if proofs is not None else None
        rows = iter(()) if proofs is None or stands is None else proofs.entries(chain)
        last = stands.number if stands is not None else 0
        self._rows = takewhile(lambda row: row[0] <= last, rows)
        self._row = next(self._rows, None)

    def compare(self, line: Line, report: Report) -> None:
        while self._row is not None and self._row[0] < line.number:
            report.add("ledger", f"entry {self._row[0]}", "the store has it, and the ledger's file does not")
            self._row = next(self._rows, None)
        if self._row is None or self._row[0] > line.number:
            return  # a run that was killed between the two; the next one takes it up
        _, text, root = self._row
        if text != line.text:
            report.add("ledger", f"entry {line.number}", "the ledger's file and the store say different things")
        elif root != line.root:
            report.add("ledger", f"entry {line.number}", "its root in the ledger's file is not that in the store")
        self._row = next(self._rows, None)

    def rest(self, number: int, report: Report) -> list[Entry]:
        """What the store has beyond the file: its Captures are held against their files all the same."""
        left = ([self._row] if self._row is not None else []) + list(self._rows)
        if left:
            says = f"it ends after entry {number}, and the store goes on to entry {left[-1][0]}: its tail was cut off"
            report.add("cut", LEDGER, says)
        lines = [read(f'{{"previous":"{NOTHING}","entry":{text}}}'.encode(), 0) for _, text, _ in left]
        return [line.entry for line in lines if line is not None and line.entry is not None]


def _files(
    folder: Path, captures: Mapping[str, Entry], since: datetime | None, report: Report, depot: Depot | None
) -> None:
    by_file: dict[str, list[Entry]] = {}
    for entry in captures.values():
        by_file.setdefault(entry.file, []).append(entry)
    for name in sorted(by_file):
        entries = sorted(by_file[name], key=lambda one: one.offset or 0)
        wanted = [one for one in entries if since is None or one.at >= since or one.kind == "file"]
        if not (folder / name).is_file() and depot is not None and all(one.kind == "file" for one in wanted):
            continue  # nothing of that time: it is not fetched for its first record's sake
        with _lying(folder, name, depot) as path:
            if path is None:
                span = f"{len(entries)} records, {entries[0].at:%Y-%m-%d %H:%M} to {entries[-1].at:%Y-%m-%d %H:%M}"
                report.add("missing", name, f"the file is gone, with {span}")
                continue
            for found in check_file(path, entries, wanted, report):
                report.findings.append(_named(found, name))
    known = set(by_file)
    for path in sorted([*folder.glob("*.warc.gz"), *folder.glob("*.part")]):
        if path.name not in known:
            report.add(
                "unknown", path.name, "nothing of this file is in the ledger: of a run that was killed, or not ours"
            )


def _lying(folder: Path, name: str, depot: Depot | None) -> AbstractContextManager[Path | None]:
    """Where a file can be read."""
    if (folder / name).is_file():
        return nullcontext(folder / name)
    return depot.borrowed(name) if depot is not None else nullcontext(None)


def _named(found: Found, name: str) -> Finding:
    entry = found.entry
    where = f"{name}, byte {found.offset}"
    subject = where if entry is None else f"{entry.capture} {entry.url} ({where})".replace("  ", " ")
    return Finding(what=found.what, subject=subject, says=found.says)
