"""The clock over jobs that do nothing; the real processes are in test_children.py and in the end-to-end tests."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.notify import Notifier
from monitor.service import Job, Signals, serve

LONG = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ends() -> Iterator[None]:
    """A service that does not end is ended as a person would."""
    guard = threading.Timer(60, os.kill, (os.getpid(), signal.SIGTERM))
    guard.start()
    yield
    guard.cancel()


class Clock:
    """One that can be set."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def run(
    looks: dict[str, Callable[[], None]], signals: Signals, *, every: timedelta = LONG, **more: object
) -> list[str]:
    said: list[str] = []
    serve(
        [Job(name, every, look) for name, look in looks.items()],
        signals=signals,
        stop_children=lambda: said.append("children stopped"),
        beat=0.05,
        **more,  # type: ignore[arg-type]
    )
    return said


def counting(enough: int, then: Callable[[], None]) -> Callable[[], None]:
    seen: list[None] = []

    def look() -> None:
        seen.append(None)
        if len(seen) == enough:
            then()

    return look


def each(looks: Iterator[Callable[[], None]]) -> Callable[[], None]:
    """The next of ``looks`` at each look."""
    return lambda: next(looks)()  # noqa: PLW0108 -- next() is to be called at each look


def test_every_job_is_looked_at_at_the_start_and_children_end_with_it() -> None:
    signals = Signals()
    both = threading.Barrier(2, action=signals.stop.set)
    assert run({"a": lambda: both.wait(20) and None, "b": lambda: both.wait(20) and None}, signals) == [
        "children stopped"
    ]


def test_and_again_after_its_time() -> None:
    signals = Signals()
    run({"a": counting(5, signals.stop.set)}, signals, every=timedelta(milliseconds=50))


@pytest.mark.parametrize("by", [-2 * 3600.0, 2 * 3600.0, 400 * 86400.0])
def test_when_the_clock_is_set_everything_is_looked_at_again(by: float, caplog: pytest.LogCaptureFixture) -> None:
    signals, clock = Signals(), Clock()

    def first() -> None:
        clock.ahead = by

    looks = iter([first, signals.stop.set])
    with caplog.at_level(logging.WARNING, "monitor.service"):
        run({"a": each(looks)}, signals, wall=clock)
    assert any(message.startswith(f"the clock was set by {by:+.0f} s") for message in caplog.messages)


def test_a_clock_that_drifts_is_no_clock_that_was_set(caplog: pytest.LogCaptureFixture) -> None:
    signals, clock = Signals(), Clock()

    def drift() -> None:
        clock.ahead = 30
        threading.Timer(0.3, signals.stop.set).start()

    with caplog.at_level(logging.WARNING, "monitor.service"):
        run({"a": counting(1, drift)}, signals, wall=clock)
    assert not caplog.messages


def test_sighup_reads_the_configuration_again_and_looks_at_once() -> None:
    signals, reloaded = Signals(), threading.Event()

    def hang_up() -> None:
        os.kill(os.getpid(), signal.SIGHUP)

    looks = iter([hang_up, signals.stop.set])
    run({"a": each(looks)}, signals, reload=reloaded.set)
    assert reloaded.is_set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(number: signal.Signals) -> None:
    signals = Signals()
    before = signal.getsignal(number)
    assert run({"a": lambda: os.kill(os.getpid(), number)}, signals) == ["children stopped"]
    assert signal.getsignal(number) == before


def test_a_job_that_raises_is_said_with_its_cause_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    signals = Signals()

    def broken() -> None:
        raise OSError("disk on fire")

    looks = iter([broken, signals.stop.set])
    with caplog.at_level(logging.ERROR, "monitor.service"):
        run({"a": each(looks)}, signals, every=timedelta(milliseconds=50))
    record = next(record for record in caplog.records if "the job `a` failed" in record.message)
    assert record.exc_info is not None
    assert "disk on fire" in str(record.exc_info[1])


def test_systemd_is_told_that_it_is_up_that_it_lives_and_that_it_ends(tmp_path: Path) -> None:
    signals, address = Signals(), str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        notifier = Notifier({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "100000"})
        thread = threading.Thread(target=lambda: _listen(systemd, signals, heard))
        heard: list[str] = []
        thread.start()
        run({"a": lambda: None}, signals, notifier=notifier)
        thread.join(20)
    assert heard[0].startswith("READY=1")
    assert heard[1:4] == ["WATCHDOG=1"] * 3
    assert heard[-1].startswith("STOPPING=1")


def _listen(systemd: socket.socket, signals: Signals, heard: list[str]) -> None:
    while not heard or not heard[-1].startswith("STOPPING=1"):
        heard.append(systemd.recv(1000).decode())
        if heard.count("WATCHDOG=1") == 3:
            signals.stop.set()


def test_a_scheduler_that_is_stuck_gives_no_sign_of_life() -> None:
    from datetime import UTC, datetime

    from apscheduler.schedulers.background import BackgroundScheduler

    from monitor.service import _alive

    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start(paused=True)
    job = scheduler.add_job(lambda: None, "interval", hours=1, next_run_time=datetime.now(UTC) + timedelta(hours=1))
    assert _alive(scheduler)
    job.modify(next_run_time=datetime.now(UTC) - timedelta(minutes=6))
    assert not _alive(scheduler)
    scheduler.shutdown()
