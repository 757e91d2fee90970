"""The service: a clock that starts ``rasid crawl`` and ``rasid digest``.

It decides nothing and holds no state: due times and made digests are in the store, so that a restart loses nothing.
Every job is a child process with a hard limit: what spins or crashes there never stops the clock.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitor.children import Children

__all__ = ["serve"]

log = logging.getLogger(__name__)

_NOTHING_TO_WORRY = {0, 75}
"""75: another pass is running (EX_TEMPFAIL, sysexits.h)."""


def serve(
    *,
    crawl: Sequence[str],
    digest: Sequence[str],
    anything_due: Callable[[], bool],
    look_every: timedelta,
    digest_at: time,
    zone: str,
    pass_limit: timedelta,
    now: Callable[[], datetime],
    children: Children,
    stop: threading.Event,
) -> None:
    """Run until ``stop`` is set (SIGTERM and SIGINT set it).

    ``crawl`` and ``digest`` are the arguments of ``rasid``. ``anything_due`` spares a child when there is nothing to read.
    ``digest_at`` is a local time in ``zone``; a digest is made at the start too, for days that passed while nobody ran.
    """
    tz = ZoneInfo(zone)

    def run(arguments: Sequence[str], limit: timedelta) -> None:
        ended = children.run(arguments, limit=limit.total_seconds())
        if ended is None or stop.is_set():
            return
        if ended.hung:
            log.error("`rasid %s` was ended after %s: it took too long", " ".join(arguments), limit)
        elif ended.code not in _NOTHING_TO_WORRY:
            log.error("`rasid %s` ended with %s", " ".join(arguments), ended.code)

    def look() -> None:
        if anything_due():
            run(crawl, pass_limit)

    # misfire_grace_time: APScheduler's default of one second drops runs without a word; None runs them late
    scheduler = BackgroundScheduler(
        timezone=tz, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    start = now()
    scheduler.add_job(
        look, IntervalTrigger(seconds=int(look_every.total_seconds()), timezone=tz), id="crawl", next_run_time=start
    )
    scheduler.add_job(
        run,
        CronTrigger(hour=digest_at.hour, minute=digest_at.minute, timezone=tz),
        args=(digest, timedelta(minutes=30)),
        id="digest",
        next_run_time=start,
    )

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    scheduler.start()
    log.info("looking for due sources every %s; digest at %s (%s)", look_every, digest_at.strftime("%H:%M"), zone)
    try:
        while not stop.wait(3600):
            pass
    finally:
        log.info("stopping")
        children.stop()
        scheduler.shutdown(wait=True)
    log.info("stopped")


def _report(event: JobExecutionEvent) -> None:
    """A job's exception is swallowed by the scheduler: say it, with its cause."""
    if event.exception is not None:
        log.error("the job `%s` failed", event.job_id, exc_info=event.exception)
    else:
        log.warning("the job `%s` was not run at %s", event.job_id, event.scheduled_run_time)
