"""The service: a clock that asks each of its jobs, every few minutes, whether there is something to do.

It decides nothing and holds no state: what is due is in the store, so that a restart loses nothing. What a job does happens in
child processes with hard limits: what spins or crashes there never stops the clock.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.notify import Notifier

__all__ = ["Job", "Signals", "serve"]

log = logging.getLogger(__name__)

_BEAT = 5.0
"""Seconds between two looks of the service at itself."""
_JUMP = 60.0
"""Seconds by which the clock of the wall must leave the one that only runs forward to be called set."""
_STALLED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is looked at every so often."""

    name: str
    every: timedelta
    look: Callable[[], None]
    """Does what is due, if anything is. An exception is said, and the next look comes all the same."""


class Signals:
    """What a person asks of the service by signals."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        """SIGTERM, SIGINT."""
        self.reload = threading.Event()
        """SIGHUP: read the configuration again, and look at once."""

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """While within. Only the main thread may."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        signal.signal(signal.SIGHUP, lambda *_: self.reload.set())
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    jobs: Sequence[Job],
    *,
    signals: Signals,
    stop_children: Callable[[], None],
    reload: Callable[[], None] = lambda: None,
    notifier: Notifier | None = None,
    wall: Callable[[], float] = time.time,
    beat: float = _BEAT,
) -> None:
    """Run until ``signals.stop`` is set. Every job is looked at once at the start.

    ``wall``: the clock of the wall, seconds; when it is set, forward or back, everything is looked at again at once: a scheduler
    that waits for 14:05 would otherwise wait for two hours more when the clock goes from 14:04 to 12:04.
    """
    notifier = notifier or Notifier()
    # misfire_grace_time: APScheduler's default of one second drops runs without a word; None runs them late
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    for job in jobs:
        trigger = IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC)
        scheduler.add_job(job.look, trigger, id=job.name, next_run_time=datetime.now(UTC))
    apart = wall() - time.monotonic()
    with signals.heeded():
        scheduler.start()
        notifier.say("READY=1", "STATUS=watching")
        log.info("watching: %s", ", ".join(f"{job.name} every {job.every}" for job in jobs))
        try:
            _watch(scheduler, signals, reload, notifier, wall, apart, min(beat, notifier.every or beat))
        finally:
            notifier.say("STOPPING=1", "STATUS=ending")
            log.info("stopping")
            stop_children()
            scheduler.shutdown(wait=True)
    log.info("stopped")


def _watch(
    scheduler: BackgroundScheduler,
    signals: Signals,
    reload: Callable[[], None],
    notifier: Notifier,
    wall: Callable[[], float],
    apart: float,
    beat: float,
) -> None:
    """``apart``: by how much the clock of the wall is ahead of the monotonic one."""
    while not signals.stop.wait(beat):
        if (moved := wall() - time.monotonic() - apart) and abs(moved) > _JUMP:
            apart += moved
            log.warning("the clock was set by %+.0f s: everything is looked at again", moved)
            _all_now(scheduler)
        if signals.reload.is_set():
            signals.reload.clear()
            log.info("reading the configuration again")
            reload()
            _all_now(scheduler)
        if _alive(scheduler):
            notifier.say("WATCHDOG=1")


def _all_now(scheduler: BackgroundScheduler) -> None:
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))


def _alive(scheduler: BackgroundScheduler) -> bool:
    """Whether the scheduler does its work; a job that takes long is no fault of its own."""
    late = datetime.now(UTC) - _STALLED
    return all(job.next_run_time is None or job.next_run_time > late for job in scheduler.get_jobs())


def _report(event: JobExecutionEvent) -> None:
    """A job's exception is swallowed by the scheduler: say it, with its cause."""
    if event.exception is not None:
        log.error("the job `%s` failed", event.job_id, exc_info=event.exception)
    else:
        log.warning("the job `%s` was not run at %s", event.job_id, event.scheduled_run_time)
