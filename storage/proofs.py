"""The ledger as a table, and the index beside it: where each Capture lies now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, Row, case, func, select, update

from storage.captures import Span
from storage.database import insert_into, reading, writing
from storage.errors import StorageError
from storage.ledger import NOTHING, Entry, Line
from storage.records import Root
from storage.schema import articles, captures, flags, ledger, versions

__all__ = ["CaptureRecord", "Proofs", "Stood"]

_MANY = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecord:
    """A Capture, and where it lies now. Of a file's first record as well (``kind`` is ``file``)."""

    id: str
    chain: str
    number: int
    """Of its entry in the ledger."""
    kind: str
    at: datetime
    url: str
    payload: str
    span: Span
    dropped_at: datetime | None
    why: str | None
    """By which rule it was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How far the table has a chain."""

    root: str
    number: int
    ends: int
    """Bytes of the file."""


class Proofs:
    """Of a store; every method is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # the ledger

    def add(self, chain: str, lines: Sequence[Line]) -> None:
        """Lines of the ledger's file, with what they say of Captures."""
        rows = [
            {
                "chain": chain, "number": line.number, "at": line.entry.at, "kind": line.entry.kind,
                "text": line.text, "root": line.root, "ends": line.ends,
            }
            for line in lines
            if line.entry is not None
        ]  # fmt: skip
        if rows:
            with writing(self._engine) as connection:
                once = insert_into(connection, ledger).on_conflict_do_nothing(index_elements=["chain", "number"])
                connection.execute(once, rows)
                ends = {row["number"]: row["root"] for row in (rows[0], rows[-1])}
                mine = (ledger.c.chain == chain, ledger.c.number.in_(ends))
                found = connection.execute(select(ledger.c.number, ledger.c.root).where(*mine))
                if {row.number: row.root for row in found} != ends:
                    raise StorageError(
                        "another folder of captures writes the same chain into this store; each needs one of its own: move its "
                        "ledger.jsonl aside, and a new chain begins",
                        subject=f"chain {chain}",
                    )
                self._apply(connection, chain, [(line.number, line.entry) for line in lines if line.entry is not None])

    def _apply(self, connection: Connection, chain: str, entries: Sequence[tuple[int, Entry]]) -> None:
        new = []
        for number, entry in entries:
            if entry.kind in ("capture", "file"):
                new.append(
                    {
                        "id": entry.capture, "chain": chain, "number": number, "kind": entry.kind, "at": entry.at,
                        "url": entry.url, "payload": entry.payload, "file": entry.file, "offset": entry.offset,
                        "length": entry.length, "sha256": entry.sha256,
                    }
                )  # fmt: skip
        if new:
            once = insert_into(connection, captures).on_conflict_do_nothing(index_elements=["id"])
            connection.execute(once, new)
        for _, entry in entries:
            mine = update(captures).where(captures.c.id == entry.capture)
            if entry.kind == "move":
                connection.execute(mine.values(file=entry.file, offset=entry.offset))
            elif entry.kind == "drop":
                connection.execute(mine.values(dropped_at=entry.at, why=entry.why))

    def stands(self, chain: str) -> Stood | None:
        """How far the table has this chain; ``None``: not at all."""
        wanted = select(ledger).where(ledger.c.chain == chain).order_by(ledger.c.number.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        return None if row is None else Stood(root=row.root, number=row.number, ends=row.ends)

    def chains(self) -> list[str]:
        with reading(self._engine) as connection:
            return list(connection.scalars(select(ledger.c.chain).distinct().order_by(ledger.c.chain)))

    def entries(self, chain: str, after: int = 0) -> Iterator[tuple[int, str, str]]:
        """(number, text, root) of every entry after that one, in order."""
        while True:
            wanted = (
                select(ledger.c.number, ledger.c.text, ledger.c.root)
                .where(ledger.c.chain == chain, ledger.c.number > after)
                .order_by(ledger.c.number)
                .limit(_MANY)
            )
            with reading(self._engine) as connection:
                rows = connection.execute(wanted).all()
            if not rows:
                return
            yield from ((row.number, row.text, row.root) for row in rows)
            after = rows[-1].number

    def moved_ends(self, chain: str, ends: dict[int, int]) -> None:
        """The file was written anew: where each line ends now, by its number."""
        at = list(ends.items())
        with writing(self._engine) as connection:
            for begin in range(0, len(at), 200):
                some = dict(at[begin : begin + 200])
                mine = (ledger.c.chain == chain, ledger.c.number.in_(some))
                connection.execute(update(ledger).where(*mine).values(ends=case(some, value=ledger.c.number)))

    def roots(self, until: datetime) -> list[Root]:
        """Of each chain, the root after its last entry before that time."""
        last = (
            select(ledger.c.chain, func.max(ledger.c.number).label("number"))
            .where(ledger.c.at < until)
            .group_by(ledger.c.chain)
            .subquery()
        )
        wanted = select(ledger).join(last, (ledger.c.chain == last.c.chain) & (ledger.c.number == last.c.number))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(ledger.c.chain)).all()
        return [Root(chain=row.chain, number=row.number, at=row.at, hash=row.root) for row in rows]

    def sealed(self, root: Root) -> str:
        """The text whose SHA-256 the root is: the root before it, and the digest of its entry."""
        wanted = select(ledger.c.number, ledger.c.text, ledger.c.root).where(
            ledger.c.chain == root.chain, ledger.c.number.in_([root.number - 1, root.number])
        )
        with reading(self._engine) as connection:
            rows = {row.number: row for row in connection.execute(wanted)}
        before = rows[root.number - 1].root if root.number - 1 in rows else NOTHING
        return f"{before}{hashlib.sha256(rows[root.number].text.encode()).hexdigest()}"

    # Captures

    def capture(self, identity: str) -> CaptureRecord | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(captures).where(captures.c.id == identity)).first()
        return None if row is None else _record(row)

    def captures_of(self, article: int) -> list[CaptureRecord]:
        """Of an article: that of its first reading and those of its Versions, oldest first."""
        named = (
            select(articles.c.capture)
            .where(articles.c.id == article, articles.c.capture.is_not(None))
            .union(select(versions.c.capture).where(versions.c.article_id == article, versions.c.capture.is_not(None)))
        )
        return self._records(captures.c.id.in_(named))

    def article_of(self, identity: str) -> int | None:
        """The article that a Capture proves, at first or in a later reading."""
        later = select(versions.c.article_id).where(versions.c.capture == identity)
        with reading(self._engine) as connection:
            found = connection.scalar(select(articles.c.id).where(articles.c.capture == identity).limit(1))
            return found if found is not None else connection.scalar(later.limit(1))

    def captures_at(self, url: str) -> list[CaptureRecord]:
        """Under an address as it was fetched, oldest first."""
        return self._records(captures.c.url == url)

    def in_file(self, file: str) -> list[CaptureRecord]:
        """What lies in a file, in its order."""
        return self._records(captures.c.file == file, captures.c.dropped_at.is_(None), order=captures.c.offset)

    def known_end(self, file: str) -> int | None:
        """Up to where a file is known; ``None``: nothing of it is."""
        wanted = select(func.max(captures.c.offset + captures.c.length)).where(
            captures.c.file == file, captures.c.dropped_at.is_(None)
        )
        with reading(self._engine) as connection:
            found = connection.scalar(wanted)
        return None if found is None else int(found)

    def standing(self) -> list[CaptureRecord]:
        """Everything that was not dropped, oldest first."""
        return self._records(captures.c.dropped_at.is_(None))

    def first_at(self) -> datetime | None:
        """When the first Capture was made that is there."""
        with reading(self._engine) as connection:
            found = connection.scalar(select(func.min(captures.c.at)).where(captures.c.dropped_at.is_(None)))
        return cast("datetime | None", found)

    def written_since(self, since: datetime) -> int:
        """Bytes of Captures made since then."""
        with reading(self._engine) as connection:
            found = connection.scalar(select(func.sum(captures.c.length)).where(captures.c.at >= since))
        return int(found or 0)

    def _records(self, *where: Any, order: Any = captures.c.at) -> list[CaptureRecord]:
        wanted = select(captures).where(*where).order_by(order, captures.c.number)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(wanted)]

    def proving(self) -> set[str]:
        """Ids of the Captures that prove what is flagged: of the article, and of each of its Versions."""
        flagged = select(flags.c.article_id)
        named = (
            select(articles.c.capture)
            .where(articles.c.id.in_(flagged), articles.c.capture.is_not(None))
            .union(
                select(versions.c.capture).where(versions.c.article_id.in_(flagged), versions.c.capture.is_not(None))
            )
        )
        with reading(self._engine) as connection:
            return set(connection.scalars(named))


def _record(row: Row[Any]) -> CaptureRecord:
    return CaptureRecord(
        id=row.id, chain=row.chain, number=row.number, kind=row.kind, at=row.at, url=row.url, payload=row.payload,
        span=Span(file=row.file, offset=row.offset, length=row.length, sha256=row.sha256),
        dropped_at=row.dropped_at, why=row.why,
    )  # fmt: skip
