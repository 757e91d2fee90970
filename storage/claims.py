"""Digests that were made, and the flags that each of them has: every flag in exactly one digest of an audience."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, exists, func, select, tuple_

from storage import articles as shelf
from storage.database import insert_into, reading, writing
from storage.outbox import put
from storage.records import DigestRecord, Flagged, Message
from storage.schema import claims, digests, flags, outbox, passes

__all__ = ["Claims", "unclaimed"]

_AT_ONCE = 200


def unclaimed(audience: str) -> ColumnElement[bool]:
    """No digest of that audience has the flag."""
    return ~exists().where(claims.c.audience == audience, claims.c.flag_id == flags.c.id)


class Claims:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, record: DigestRecord, claimed: Iterable[Flagged], messages: Iterable[Message] = ()) -> bool:
        """A digest is made and has these flags; ``False`` when that day's is there already for that audience.

        Exactly the flags that were given: one that commits in between goes to the next digest. ``messages`` go into the
        outbox in the same transaction.
        """
        keys = [(one.stored.id, flag.list, flag.rule) for one in claimed for flag in one.flags]
        row = {"day": record.day, "audience": record.audience, "made_at": record.made_at, "files": list(record.files)}
        with writing(self._engine) as connection:
            made = insert_into(connection, digests).values(row)
            made = made.on_conflict_do_nothing(index_elements=["day", "audience"])
            key = connection.execute(made.returning(digests.c.id)).scalar_one_or_none()
            if key is None:
                return False
            for at in range(0, len(keys), _AT_ONCE):
                which = tuple_(flags.c.article_id, flags.c.list, flags.c.rule).in_(keys[at : at + _AT_ONCE])
                found = [
                    {"audience": record.audience, "flag_id": flag, "digest_id": key}
                    for flag in connection.scalars(select(flags.c.id).where(which))
                ]
                if found:
                    once = insert_into(connection, claims).on_conflict_do_nothing(
                        index_elements=["audience", "flag_id"]
                    )
                    connection.execute(once, found)
            put(connection, messages, record.made_at)
        return True

    def withdraw(self, day: date, audience: str) -> None:
        """The digest of that day was none: its flags are open again, and its message is to go out with the next one."""
        mine = select(digests.c.id).where(digests.c.day == day, digests.c.audience == audience)
        told = (outbox.c.kind == "digest", outbox.c.audience == audience, outbox.c.key.like(f"%/{day}"))
        with writing(self._engine) as connection:
            connection.execute(delete(claims).where(claims.c.digest_id.in_(mine)))
            connection.execute(delete(digests).where(digests.c.day == day, digests.c.audience == audience))
            connection.execute(delete(outbox).where(*told))

    def digests(self, audience: str | None = None) -> list[DigestRecord]:
        """Digests that were made, newest day first."""
        wanted = select(digests).order_by(digests.c.day.desc(), digests.c.audience)
        if audience is not None:
            wanted = wanted.where(digests.c.audience == audience)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(wanted)]

    def of(self, day: date, audience: str) -> tuple[DigestRecord, list[Flagged]] | None:
        """The digest of that day, and the flags that it has; ``None``: none was made."""
        wanted = select(digests).where(digests.c.day == day, digests.c.audience == audience)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
            if row is None:
                return None
            mine = select(claims.c.flag_id).where(claims.c.digest_id == row.id)
            return _record(row), shelf.flagged(connection, [flags.c.id.in_(mine)])

    def per_day(self, days: Sequence[tuple[datetime, datetime]]) -> list[Mapping[str, int] | None]:
        """For each of these times the articles that each list has flagged as they came, without what was flagged in the
        stored past; ``None``: no pass began in it, nobody looked."""
        with reading(self._engine) as connection:
            return [_flagged_in(connection, since, until) for since, until in days]


def _flagged_in(connection: Connection, since: datetime, until: datetime) -> Mapping[str, int] | None:
    looked = select(passes.c.id).where(passes.c.started_at >= since, passes.c.started_at < until).limit(1)
    if connection.scalar(looked) is None:
        return None
    wanted = (
        select(flags.c.list, func.count(flags.c.article_id.distinct()))
        .where(flags.c.flagged_at >= since, flags.c.flagged_at < until, ~flags.c.late)
        .group_by(flags.c.list)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def _record(row: Row[tuple[object, ...]]) -> DigestRecord:
    return DigestRecord(day=row.day, audience=row.audience, made_at=row.made_at, files=tuple(row.files))
