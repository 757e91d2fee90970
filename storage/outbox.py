"""Messages on their way out: put in with what they tell of, taken by one sender at a time, kept until they are gone.

A sender takes a message in a transaction of its own and only then dials. Killed in between, it leaves a message that is
``sending``; when its lease is over it is tried again: at least once, and at most once more for each sender that died.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from storage.database import insert_into, reading, writing
from storage.records import Message, Waiting
from storage.schema import outbox

__all__ = ["LEASE", "Outbox", "put"]

LEASE = timedelta(minutes=5)
"""A sender that has not said what became of a message by then is taken for dead."""
_OPEN = ("waiting", "sending")


def put(connection: Connection, messages: Iterable[Message], now: datetime) -> None:
    """Into an open transaction; a message whose key is there already is passed over."""
    rows = [
        asdict(message) | {"created_at": now, "state": "waiting", "due_at": now, "tries": 0} for message in messages
    ]
    if rows:
        connection.execute(insert_into(connection, outbox).on_conflict_do_nothing(index_elements=["key"]), rows)


class Outbox:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, messages: Iterable[Message], now: datetime) -> None:
        """Messages that tell of nothing in the store; those whose key is there already are passed over."""
        held = list(messages)
        if held:
            with writing(self._engine) as connection:
                put(connection, held, now)

    def due(self, now: datetime, *, limit: int = 500) -> list[Waiting]:
        """Messages to be tried now, the oldest first; also those whose sender died."""
        wanted = _waiting().where(outbox.c.state.in_(_OPEN), outbox.c.due_at <= now).limit(limit)
        with reading(self._engine) as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def any_due(self, now: datetime) -> bool:
        wanted = select(outbox.c.id).where(outbox.c.state.in_(_OPEN), outbox.c.due_at <= now).limit(1)
        with reading(self._engine) as connection:
            return connection.scalar(wanted) is not None

    def take(self, number: int, now: datetime) -> bool:
        """This sender has it now; ``False``: another was quicker."""
        free = (outbox.c.id == number, outbox.c.state.in_(_OPEN), outbox.c.due_at <= now)
        taken = update(outbox).where(*free).values(state="sending", due_at=now + LEASE, tries=outbox.c.tries + 1)
        with writing(self._engine) as connection:
            return connection.execute(taken).rowcount == 1

    def sent(self, number: int, now: datetime) -> None:
        self._set(number, state="sent", ended_at=now, error=None)

    def postpone(self, number: int, until: datetime, error: str | None = None) -> None:
        """It is tried again at ``until``."""
        self._set(number, state="waiting", due_at=until, **({} if error is None else {"error": error}))

    def give_up(self, number: int, now: datetime, error: str) -> None:
        self._set(number, state="failed", ended_at=now, error=error)

    def retry(self, numbers: Sequence[int], now: datetime) -> int:
        """Those of them that were given up wait again, with all their tries before them; how many."""
        again = update(outbox).where(outbox.c.id.in_(numbers), outbox.c.state == "failed")
        with writing(self._engine) as connection:
            return connection.execute(
                again.values(state="waiting", due_at=now, created_at=now, tries=0, ended_at=None)
            ).rowcount

    def sum_up(self, numbers: Sequence[int], summary: Message, now: datetime) -> None:
        """One message instead of many, in one transaction. Those that another sender has taken are told by both."""
        with writing(self._engine) as connection:
            those = update(outbox).where(outbox.c.id.in_(numbers), outbox.c.state.in_(_OPEN))
            if connection.execute(those.values(state="summed", ended_at=now)).rowcount:
                put(connection, [summary], now)

    def sent_since(self, target: str, kinds: Sequence[str], since: datetime) -> list[datetime]:
        """When messages of these kinds went to ``target``, oldest first."""
        wanted = select(outbox.c.ended_at).where(
            outbox.c.target == target,
            outbox.c.ended_at > since,
            outbox.c.state == "sent",
            outbox.c.kind.in_(kinds),
        )
        with reading(self._engine) as connection:
            return sorted(connection.scalars(wanted))

    def listed(self, states: Sequence[str], *, since: datetime | None = None, limit: int = 200) -> list[Waiting]:
        """Messages in these states, the oldest first; ``since``: those that ended after it."""
        wanted = _waiting().where(outbox.c.state.in_(states)).limit(limit)
        if since is not None:
            wanted = wanted.where(outbox.c.ended_at >= since)
        with reading(self._engine) as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def has(self, key: str) -> bool:
        with reading(self._engine) as connection:
            return connection.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None

    def counts(self) -> Mapping[str, int]:
        """How many there are in each state."""
        wanted = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(wanted)}

    def _set(self, number: int, **values: Any) -> None:
        """What a slow sender says of a message that another has sent meanwhile changes nothing."""
        still = (outbox.c.id == number, outbox.c.state.in_(_OPEN))
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(*still).values(values))


def _waiting() -> Any:
    return select(outbox).order_by(outbox.c.due_at, outbox.c.id)


def _read(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        message=Message(
            key=row.key, kind=row.kind, audience=row.audience, target=row.target, severity=row.severity,
            payload=row.payload,
        ),
        created_at=row.created_at,
        state=row.state,
        due_at=row.due_at,
        tries=row.tries,
        error=row.error,
        ended_at=row.ended_at,
    )  # fmt: skip
