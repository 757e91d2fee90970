"""What is told of workers and their jobs: over values, no database."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from monitor import metrics, sharing, statusview
from monitor.cli import working
from monitor.halts import PAUSED, Halt
from monitor.health import Health, Level, verdicts
from monitor.lock import BusyError
from monitor.sharing import Shared
from storage.records import Job, Worker
from tests.monitor.test_health import OVERDUE, WELL

NOW = WELL.now
_SECOND = timedelta(seconds=1)
EINS = Worker(
    name="eins", host="srv1", pid=7, slots=2, takes="crawl", since=NOW, done=310, running=1, heard_at=NOW - _SECOND
)
DEAD = Job(
    kind="crawl", about="crawl rasd.example", id=9, state="failed", since=NOW - timedelta(hours=2), attempts=6,
    why="`rasid crawl` ended with 3: the store could not be used\x1b[2J",
)  # fmt: skip
RUNS = Job(kind="crawl", about="crawl sana.example", id=17, state="running", since=NOW, worker="eins")
BUSY = Shared(workers=(EINS,), counts={("crawl", "running"): 1, ("crawl", "failed"): 1}, dead=(DEAD,))


def _shown(shared: Shared, jobs: Sequence[Job] = ()) -> str:
    out = StringIO()
    sharing.show(Console(file=out, width=200), shared, jobs, NOW)
    return out.getvalue()


def _health(**values: Any) -> Health:
    return replace(WELL, service=None, **values)


def test_what_was_given_up_is_said_first_with_why_and_what_to_do() -> None:
    shown = _shown(BUSY, [RUNS, DEAD])
    assert shown.startswith("1 jobs were given up: crawl rasd.example. `rasid queue` says why")
    assert "the store could not be used" in shown
    assert "\x1b[2J" not in shown
    assert "worker eins on srv1 (crawl): 1 of 2 running, 310 done" in shown
    assert "no worker is running" in _shown(Shared())


def test_programs_read_the_same() -> None:
    told = json.loads(sharing.as_json(BUSY, [RUNS, DEAD]))
    assert told["states"] == {"waiting": 0, "running": 1, "failed": 1}
    assert [one["about"] for one in told["jobs"]] == ["crawl sana.example", "crawl rasd.example"]
    assert told["given_up"][0]["id"] == 9
    assert json.loads(statusview.as_json(_health(shared=BUSY)))["queue"]["workers"][0]["name"] == "eins"


def test_a_monitor_hears_of_it() -> None:
    (found,) = verdicts(_health(shared=BUSY))
    assert found.level is Level.WARNING
    assert "1 jobs were given up" in found.what
    assert statusview.check_line([found], _health(shared=BUSY)).endswith("workers=1 given_up=1")
    rests = Shared(workers=(replace(EINS, rests="the disk has 3 MiB left"),), lost={"zwei": NOW - timedelta(hours=1)})
    assert [one.what for one in verdicts(_health(shared=rests))] == [
        "worker eins reads nothing: the disk has 3 MiB left",
        "worker zwei is gone without a word since 2026-11-25 11:00 UTC",
    ]
    long_ago = Shared(workers=(EINS,), lost={"zwei": NOW - timedelta(days=2), "eins": NOW})
    assert verdicts(_health(shared=long_ago)) == []


def test_with_workers_nobody_asks_for_the_service() -> None:
    (found,) = verdicts(_health(sources=OVERDUE, shared=Shared(workers=(EINS,))))
    assert found.level is Level.CRITICAL
    assert "1 workers are there" in found.what
    halt = Halt(kind=PAUSED, since=NOW - timedelta(hours=5), until=None, why="")
    (found,) = verdicts(_health(sources=OVERDUE, halts=[halt], shared=Shared(workers=(EINS,), paused=halt.since)))
    assert found.level is Level.WARNING
    assert "reading is paused since 2026-11-25 07:00" in found.what
    assert found.remedy.startswith("`rasid queue resume`")
    assert "reading is paused since" in _shown(Shared(paused=datetime(2026, 11, 25, tzinfo=UTC)))


def test_figures_for_each_worker() -> None:
    said = metrics.exposition(_health(shared=BUSY)).decode()
    for line in (
        'rasid_jobs{kind="crawl",state="failed"} 1.0',
        'rasid_worker_jobs_running{takes="crawl",worker="eins"} 1.0',
        'rasid_worker_jobs_done_total{takes="crawl",worker="eins"} 310.0',
        f'rasid_worker_heartbeat_timestamp_seconds{{takes="crawl",worker="eins"}} {EINS.heard_at.timestamp():.6e}'[:-6],  # type: ignore[union-attr]
        "rasid_queue_paused 0.0",
    ):
        assert line in said
    assert "rasid_worker" not in metrics.exposition(WELL).decode()


def test_a_name_is_one_worker_s() -> None:
    me, now = replace(EINS, pid=os.getpid(), host="srv2"), datetime.now(UTC)
    working._alone(me, [replace(EINS, name="zwei", heard_at=now)])
    working._alone(me, [replace(EINS, heard_at=now - timedelta(minutes=1))])
    working._alone(me, [replace(EINS, host="srv2", pid=2**22 + 1, heard_at=now)])  # killed a moment ago
    with pytest.raises(BusyError, match="a worker of this name runs on srv1, process 7; give another with --name"):
        working._alone(me, [replace(EINS, heard_at=now)])
