"""A worker: takes jobs of the queue on PostgreSQL and does them, a few at a time, until it is told to end.

Procrastinate is the engine. What is ours: a job is ended only by whoever has it now (a worker that was frozen, taken for dead and goes on
finds its jobs with others); what a dead worker has left is taken back by any other within seconds; a connection that is lost is tried
again for as long as it takes. What a job does happens in child processes, which end with the worker.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy.engine import make_url

from crawler.errors import RasidError
from monitor import queue
from monitor.notify import Notifier
from monitor.runs import ANSWER, LostError, Runs
from storage.database import LASTING
from storage.errors import StorageError
from storage.queue import SCHEMA, Queue
from storage.records import Worker

__all__ = ["Crew", "GivenBackError", "Hands", "JobFailedError"]

log = logging.getLogger(__name__)

BEAT, STALLED, SWEEP = 2.0, 12.0, 4.0
"""Seconds between two heartbeats; after which a silent worker is taken for dead; between two looks for what such a one has left."""
_POLL = 5.0
_LONGEST_WAIT = 30.0
_BOUND = 45.0
"""Seconds from being told to end to having ended, whatever hangs."""


class GivenBackError(Exception):
    """A job goes back into the queue: not now, or not here. It counts as no failure."""

    def __init__(self, wait: timedelta = timedelta(), why: str = "") -> None:
        super().__init__(why)
        self.wait = wait


class JobFailedError(RasidError):
    """A job could not be done. It is tried again after ``again``; ``None``: it is given up."""

    again: timedelta | None = None
    final = False
    """It would fail again just so."""


class Hands(Protocol):
    """What does the work, in threads. New ones are made when a connection was lost."""

    @property
    def rests(self) -> str:
        """Why nothing is read now; empty: it is."""

    def do(self, kind: str, args: Mapping[str, Any]) -> None:
        """Raises :class:`GivenBackError`, :class:`JobFailedError`."""

    def stop(self) -> None:
        """Everything is to end, within seconds; returns at once."""

    def reload(self) -> None: ...


class _Again(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        wait = None
        if isinstance(exception, GivenBackError):
            wait = exception.wait
        elif isinstance(exception, JobFailedError):
            wait = exception.again
        return None if wait is None else RetryDecision(retry_in={"seconds": round(wait.total_seconds())})


@dataclass(frozen=True, slots=True)
class Crew:
    """``me``: who it is; ``slots``: of each queue, how many jobs at a time. ``every``: what the clock starts, and how often."""

    address: str
    queue: Queue
    me: Worker
    slots: Mapping[str, int]
    every: Mapping[str, timedelta]
    hands: Callable[[], Hands]
    notifier: Notifier

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for name in ("procrastinate", "psycopg", "asyncio"):  # what of theirs matters is said here, and once
            logging.getLogger(name).setLevel(logging.CRITICAL)
        at_last = threading.Timer(
            _BOUND, os._exit, (1,)
        )  # a thread that waits for a dead connection ends by no other means
        at_last.daemon = True
        try:
            asyncio.run(self._run(at_last.start))
        finally:
            at_last.cancel()

    async def _run(self, ending: Callable[[], None]) -> None:
        loop, stop, reload = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        loop.set_default_executor(ThreadPoolExecutor(sum(self.slots.values()) + 8, thread_name_prefix="job"))

        def end() -> None:
            if not stop.is_set():
                stop.set()
                ending()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        loop.add_signal_handler(signal.SIGHUP, reload.set)
        wait, said = 1.0, False
        while not stop.is_set():
            session = _Session(self, was_lost=said)
            try:
                await session.run(stop, reload)
            except (ConnectorException, psycopg.Error, StorageError, OSError, TimeoutError, LostError) as error:
                wait = 1.0 if session.up else wait
                if session.up or not said:
                    log.error("%s; it is tried again until it works", _first_line(error))  # noqa: TRY400
                said = True
                self.notifier.say(f"STATUS=waiting: {_first_line(error)}", "WATCHDOG=1")
            except Exception:  # a worker that is started once works for years
                log.exception("a bug; the worker begins afresh")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        self.notifier.say("STOPPING=1", "STATUS=ended")


class _Session:
    """From a connection to its loss."""

    def __init__(self, crew: Crew, *, was_lost: bool) -> None:
        self._crew, self._was_lost = crew, was_lost
        self._made: Hands | None = None
        self._lost: Exception | None = None
        self._doubt = asyncio.Event()
        self.up = False

    async def run(self, stop: asyncio.Event, reload: asyncio.Event) -> None:
        """Returns when ``stop`` is set and everything has ended; raises what it was ended by otherwise."""
        connector = PsycopgConnector(**_pool(self._crew.address))
        workers = []
        try:
            await connector.open_async()
            self._made = await asyncio.to_thread(self._crew.hands)
            workers = [asyncio.create_task(self._work(connector, name)) for name in self._crew.slots]
            sides = [self._sweep(), self._heed(reload), stop.wait(), self._live(), self._doubted()]
            watched = [*workers, *(asyncio.create_task(side) for side in sides)]
            done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            self._hands.stop()
            for task in watched:
                task.cancel()  # a worker gives back what it has, as far as there is a database
            _, hanging = await asyncio.wait(watched, timeout=_BOUND)
            if hanging:  # threads that wait for a dead connection; nothing but the end of the process frees them
                log.critical("%s; what hangs there cannot be ended: this process ends, to be started again", self._lost)
                os._exit(1)
            if self._lost is not None:
                raise self._lost
            for task in (*done, *workers):
                if not task.cancelled() and task.exception() is not None:
                    await task
            if not stop.is_set():
                raise LostError("the engine of the queue has stopped")
        finally:
            if self._made is not None:
                self._made.stop()
            with suppress(Exception):
                await asyncio.wait_for(connector.close_async(), ANSWER)

    @property
    def _hands(self) -> Hands:
        assert self._made is not None
        return self._made

    async def _work(self, connector: PsycopgConnector, name: str) -> None:
        slots = self._crew.slots[name]
        app = App(connector=connector)
        app.job_manager = Runs(connector, self, replace(self._crew.me, slots=slots, takes=name))
        started = queue.STARTED.get(name)
        for kind in [name] if started is None else started:
            task: Any = app.task(name=kind, queue=name, queueing_lock=kind, pass_context=True, retry=_Again())(self._do)
            if started is not None and kind in self._crew.every:
                app.periodic(cron=queue.cron(self._crew.every[kind]))(task)
        await app.run_worker_async(
            queues=[name], name=self._crew.me.name, concurrency=slots, install_signal_handlers=False,
            fetch_job_polling_interval=_POLL, update_heartbeat_interval=BEAT, stalled_worker_timeout=STALLED,
            shutdown_graceful_timeout=30.0,
        )  # fmt: skip
        raise LostError("PostgreSQL does not answer")

    def _do(self, context: JobContext, /, **args: Any) -> None:
        """In a thread. What the clock starts comes again by itself; anything else is tried again, and given up in the end."""
        job = context.job
        try:
            self._hands.do(job.task_name, args)
        except GivenBackError:
            raise
        except Exception as error:
            if not isinstance(error, RasidError):
                log.exception("%s: a bug", job.queueing_lock)
            why = _first_line(error)
            if job.queue in queue.STARTED:
                log.error("%s: %s", job.task_name, why)  # noqa: TRY400
                return
            raise self._failed(job, why, final=isinstance(error, JobFailedError) and error.final) from error

    def _failed(self, job: Job, why: str, *, final: bool) -> Exception:
        assert job.id is not None
        try:
            tries = self._crew.queue.trouble(job.id, self._crew.me.name, why)
        except StorageError:  # it is the database; whoever takes the job up begins anew
            return GivenBackError()
        failed = JobFailedError(why, subject=job.queueing_lock)
        failed.again = None if final else queue.again_in(tries)
        after = f"it is tried again in {failed.again}" if failed.again else "it is given up; `rasid queue` shows it"
        log.error("%s: %s; %s", job.queueing_lock, why, after)
        return failed

    def lose(self, error: Exception) -> None:
        self._lost = self._lost or error
        self._doubt.set()

    async def _doubted(self) -> None:
        await self._doubt.wait()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            for line in await asyncio.to_thread(self._crew.queue.sweep, STALLED, queue.MOST):
                log.warning("%s", line)

    async def _heed(self, reload: asyncio.Event) -> None:
        while True:
            await reload.wait()
            reload.clear()
            await asyncio.to_thread(self._hands.reload)

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(min(self._crew.notifier.every or _POLL, _POLL))
            if self.up:
                self._crew.notifier.say("WATCHDOG=1")

    def registered(self) -> None:
        if not self.up and self._was_lost:
            log.warning("PostgreSQL is there again: jobs are taken")
        elif not self.up:
            log.info(
                "%s takes jobs: %s", self._crew.me.name, ", ".join(f"{n} {q}" for q, n in self._crew.slots.items())
            )
        self.up = True
        self._crew.notifier.say("READY=1", "STATUS=taking jobs")

    @property
    def rests(self) -> str:
        return self._hands.rests


def _pool(address: str) -> dict[str, Any]:
    url = make_url(address).set(drivername="postgresql")
    options = f"{url.query.get('options', '')} -c search_path={SCHEMA},public".strip()
    said = {name: value for name, value in LASTING.items() if name not in url.query}
    conninfo = url.difference_update_query(["options"]).render_as_string(hide_password=False)
    return {
        "conninfo": conninfo, "kwargs": said | {"options": options}, "min_size": 1, "max_size": 6, "timeout": ANSWER,
    }  # fmt: skip


def _first_line(error: BaseException) -> str:
    """What is behind it, in a line."""
    cause: BaseException = error
    while isinstance(cause, ConnectorException) and cause.__cause__ is not None:
        cause = cause.__cause__
    said = str(cause).strip().splitlines()
    named = said[0] if said else type(cause).__name__
    unreached = isinstance(error, (ConnectorException, psycopg.Error, OSError))
    return f"PostgreSQL cannot be reached ({named})" if unreached else named
