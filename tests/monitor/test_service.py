"""The clock over a fake of what it starts; the real processes are in test_children.py and in the end-to-end tests."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.children import Children, Ended
from monitor.service import serve


class Recorder(Children):
    """Starts nothing; remembers what it was asked to run."""

    def __init__(self, *, ended: Ended | None = None, then: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.asked: list[tuple[tuple[str, ...], float]] = []
        self.stopped = False
        self._ended, self._then = ended or Ended(0, hung=False), then

    def run(self, arguments: Sequence[str], *, limit: float) -> Ended | None:
        self.asked.append((tuple(arguments), limit))
        self._then()
        return self._ended

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(children: Recorder, stop: threading.Event, *, due: Callable[[], bool] = lambda: True) -> None:
    guard = threading.Timer(30, stop.set)
    guard.start()
    serve(
        crawl=["crawl"],
        digest=["digest"],
        anything_due=due,
        look_every=timedelta(minutes=5),
        digest_at=time(6),
        zone="Asia/Damascus",
        pass_limit=timedelta(minutes=20),
        now=lambda: datetime.now(UTC),
        children=children,
        stop=stop,
    )
    guard.cancel()


def when_both_ran(stop: threading.Event) -> Callable[[], None]:
    both = threading.Barrier(2, action=stop.set)

    def ran() -> None:
        both.wait(20)

    return ran


def test_at_the_start_it_reads_and_makes_what_is_missing_then_ends_when_told() -> None:
    stop = threading.Event()
    children = Recorder(then=when_both_ran(stop))
    run(children, stop)
    assert sorted(children.asked) == [(("crawl",), 1200.0), (("digest",), 1800.0)]
    assert children.stopped


def test_nothing_due_starts_no_child() -> None:
    stop = threading.Event()
    children = Recorder(then=stop.set)
    asked = threading.Event()

    def nothing() -> bool:
        asked.set()
        return False

    run(children, stop, due=nothing)
    assert asked.is_set()
    assert [arguments for arguments, _ in children.asked] == [("digest",)]


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended(-9, hung=True), "`rasid crawl` was ended after 0:20:00: it took too long"),
        (Ended(3, hung=False), "`rasid crawl` ended with 3"),
    ],
)
def test_a_child_in_trouble_is_said_and_the_clock_goes_on(
    ended: Ended, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    children = Recorder(ended=ended, then=lambda: threading.Timer(0.3, stop.set).start())
    with caplog.at_level(logging.ERROR, "monitor.service"):
        run(children, stop)
    assert said in caplog.messages


def test_another_pass_that_runs_is_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    with caplog.at_level(logging.ERROR, "monitor.service"):
        run(Recorder(ended=Ended(75, hung=False), then=lambda: threading.Timer(0.3, stop.set).start()), stop)
    assert not caplog.messages


def test_a_job_that_raises_is_said_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()

    def broken() -> bool:
        threading.Timer(0.3, stop.set).start()
        raise OSError("disk on fire")

    with caplog.at_level(logging.ERROR, "monitor.service"):
        run(Recorder(), stop, due=broken)
    record = next(r for r in caplog.records if "the job `crawl` failed" in r.message)
    assert record.exc_info is not None
    assert "disk on fire" in str(record.exc_info[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(number: signal.Signals) -> None:
    stop = threading.Event()
    sent = threading.Lock()

    def send_once() -> None:  # a second one would meet the test run itself
        if sent.acquire(blocking=False):
            threading.Timer(0.2, os.kill, (os.getpid(), number)).start()

    children = Recorder(then=send_once)
    run(children, stop)
    assert stop.is_set()
    assert children.stopped
