"""Procrastinate's side of the queue, so that a job is ended only by whoever has it now.

A run of a job is the job, the worker that has it and how often it was begun: where one of them has changed, somebody else is at it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from procrastinate import PsycopgConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from monitor import queue
from storage.records import Worker

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ANSWER", "LostError", "Runs", "Session"]

log = logging.getLogger(__name__)

ANSWER = 8.0
"""Seconds in which the database is to answer."""
_TAKEN_FOR_DEAD = (
    "this worker was taken for dead (it was frozen, or cut off): others have its jobs, and it begins afresh"
)


class LostError(Exception):
    """This worker is taken for dead, or its engine has stopped by itself."""


class Session(Protocol):
    """From a connection to its loss (:mod:`monitor.crew`)."""

    @property
    def rests(self) -> str: ...
    def registered(self) -> None: ...
    def lose(self, error: Exception) -> None:
        """The database does not answer, or does not know this worker any more."""


class Runs(JobManager):
    """Procrastinate's, but that only whoever has a job now ends it."""

    def __init__(self, connector: PsycopgConnector, session: Session, me: Worker) -> None:
        super().__init__(connector)
        self._session, self._me = session, me

    async def _ask(self, query: str, **values: Any) -> Sequence[Mapping[str, Any]]:
        asked = self.connector.execute_query_all_async(query, **values)
        return await asyncio.wait_for(asked, ANSWER)

    async def register_worker(self) -> int:
        number = await super().register_worker()
        me = {"name": self._me.name, "host": self._me.host, "pid": self._me.pid, "slots": self._me.slots}
        await self._ask(_PRESENT, id=number, takes=self._me.takes, **me)
        self._session.registered()
        return number

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:  # noqa: ARG002
        """Left to the sweep, which says whom it takes for dead."""
        return []

    async def unregister_worker(self, worker_id: int) -> None:
        await asyncio.wait_for(super().unregister_worker(worker_id), ANSWER)

    async def update_heartbeat(self, worker_id: int) -> None:
        try:
            if not await self._ask(_BEAT, id=worker_id, rests=self._session.rests if self._reads else ""):
                raise LostError(_TAKEN_FOR_DEAD)  # noqa: TRY301
        except Exception as error:
            self._session.lose(error)
            raise

    @property
    def _reads(self) -> bool:
        return self._me.takes in (queue.CRAWL, queue.BACKFILL)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        if self._reads and self._session.rests:
            return None
        if self._me.takes == queue.CRAWL and await self._ask(_PAUSED):
            return None
        try:
            return await super().fetch_job(queues, worker_id)
        except Exception as error:
            self._session.lose(LostError(_TAKEN_FOR_DEAD) if "worker_id_fkey" in str(error.__cause__) else error)
            raise

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: ARG002
        if status is Status.SUCCEEDED:
            mine = await self._ask(_DONE, **_run(job), lock=job.queueing_lock, kind=job.task_name)
        else:
            mine = await self._ask(_FAILED, **_run(job))
        self._said(job, mine)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,  # noqa: ARG002
        queue: str | None = None,  # noqa: ARG002
        lock: str | None = None,  # noqa: ARG002
    ) -> None:
        try:
            mine = await self._ask(_AGAIN, **_run(job), at=retry_at)
        except UniqueViolation:  # the same was put in while we looked whether it was
            mine = await self._ask(_AGAIN, **_run(job), at=retry_at)
        self._said(job, mine)

    def _said(self, job: Job, mine: Sequence[object]) -> None:
        if not mine:
            log.warning(
                "%s: another worker has it meanwhile; what was done here is as good as theirs", job.queueing_lock
            )


def _run(job: Job) -> Mapping[str, Any]:
    """One run of a job: what it is now if nobody else has taken it up since."""
    return {"id": job.id, "worker": job.worker_id, "attempts": job.attempts}


_MINE = "id = %(id)s AND status = 'doing' AND worker_id = %(worker)s AND attempts = %(attempts)s"
_DONE = (
    f"WITH mine AS (DELETE FROM procrastinate_jobs WHERE {_MINE} RETURNING id), "  # noqa: S608
    "settled AS (UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'failed' "
    "AND queueing_lock = %(lock)s AND task_name = %(kind)s), "
    "counted AS (UPDATE rasid_workers SET done = done + 1 WHERE worker_id = %(worker)s AND EXISTS (SELECT 1 FROM mine)) "
    "SELECT id FROM mine"
)
_FAILED = (
    "UPDATE procrastinate_jobs SET status = 'failed', attempts = attempts + 1, abort_requested = false, worker_id = NULL "  # noqa: S608
    f"WHERE {_MINE} RETURNING id"
)
_AGAIN = (
    "UPDATE procrastinate_jobs j SET attempts = attempts + 1, scheduled_at = %(at)s, worker_id = NULL, "  # noqa: S608
    "abort_requested = false, status = (CASE WHEN EXISTS (SELECT 1 FROM procrastinate_jobs o "
    "WHERE o.queueing_lock = j.queueing_lock AND o.status = 'todo') THEN 'aborted' ELSE 'todo' END)::procrastinate_job_status "
    f"WHERE {_MINE} RETURNING id"
)
_BEAT = (
    "WITH beat AS (UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(id)s RETURNING id), "
    "rests AS (UPDATE rasid_workers SET rests = %(rests)s WHERE worker_id = %(id)s AND rests <> %(rests)s) "
    "SELECT id FROM beat"
)
_PAUSED = "SELECT value FROM rasid_state WHERE key = 'paused'"
_PRESENT = (
    "WITH back AS (DELETE FROM rasid_state WHERE key = 'lost ' || %(name)s) INSERT INTO rasid_workers (worker_id, name, host, pid, slots, takes) "
    "VALUES (%(id)s, %(name)s, %(host)s, %(pid)s, %(slots)s, %(takes)s) RETURNING worker_id"
)
