"""The engine of a worker over a real queue: what is done, given back, tried again, given up. The work itself is the test's."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor import crew, queue
from monitor.crew import Crew, GivenBackError, JobFailedError
from monitor.notify import Notifier
from storage.records import Job, Worker
from storage.store import Store
from tests.e2e.crew import proxied
from tests.postgres import database

_SECOND = timedelta(seconds=1)


def job(host: str) -> Job:
    return Job(kind=queue.CRAWL, about=queue.turn(host), args={"host": host}, queue=queue.CRAWL)


class Hands:
    """Does as the name of the host says, and writes down what it was asked."""

    rests = ""

    def __init__(self, until: Callable[[], bool]) -> None:
        self.asked: list[str] = []
        self.stopped = threading.Event()
        self._until = until
        self._ended = False

    def do(self, kind: str, args: Mapping[str, Any]) -> None:
        self.asked.append(str(args.get("host", kind)))
        if kind == "dispatch":
            if not self._ended and self._until():
                self._ended = True
                os.kill(os.getpid(), signal.SIGTERM)
            return
        what, times = args["host"], self.asked.count(args["host"])
        if what == "later" and times == 1:
            raise GivenBackError(why="not now")
        if what == "broken":
            failed = JobFailedError("الملف مقطوع")
            failed.final = True
            raise failed
        if what == "fails":
            raise JobFailedError("تعذّر الاتصال")
        if what == "bug":
            raise KeyError("oh")
        if what == "long":
            self.stopped.wait(30)
            raise GivenBackError

    def stop(self) -> None:
        self.stopped.set()

    def reload(self) -> None: ...


@pytest.fixture
def at() -> Iterator[tuple[str, Store]]:
    with database() as address, Store.open(address) as store:
        store.queue.prepare()
        yield address, store
    for name in ("procrastinate", "psycopg", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def _run(address: str, store: Store, *hands: Hands) -> None:
    """``hands``: those of each time that it connects."""
    me = Worker(name="eins", host="here", pid=os.getpid(), slots=4, takes="")
    slots = {queue.CRAWL: 6, queue.CLOCK: 1}
    turns = iter(hands)
    Crew(
        address=address, queue=store.queue, me=me, slots=slots, every={"dispatch": _SECOND}, hands=lambda: next(turns),
        notifier=Notifier({}),
    ).run()  # fmt: skip


def test_every_job_ends_as_it_should(at: tuple[str, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_POLL", 0.2)
    address, store = at
    names = ("well", "later", "broken", "fails", "bug", "long")
    store.queue.put(job(name) for name in names)
    hands = Hands(lambda: set(names) <= set(hands.asked) and hands.asked.count("later") == 2)
    _run(address, store, hands)
    left = {one.about.removeprefix("crawl "): one for one in store.queue.listed()}
    assert set(left) == {"broken", "fails", "bug", "long"}
    assert {name: one.state for name, one in left.items()} == {
        "broken": "failed", "fails": "waiting", "bug": "waiting", "long": "waiting",
    }  # fmt: skip
    assert left["broken"].why == "crawl broken: الملف مقطوع" or left["broken"].why == "الملف مقطوع"
    assert left["fails"].due_at is not None
    assert timedelta(seconds=5) < left["fails"].due_at - datetime.now(UTC) < timedelta(seconds=25)
    assert left["bug"].why == "'oh'"
    assert left["long"].why is None, "what is given back at the end is no failure"
    assert store.queue.workers() == [], "it has said that it goes"
    assert store.queue.lost() == {}
    assert [one.standing for one in store.queue.dead(datetime.now(UTC) - timedelta(1), datetime.now(UTC))] == [True]


def test_what_goes_well_later_is_no_more_to_be_seen_to(at: tuple[str, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_POLL", 0.2)
    address, store = at
    store.queue.put([job("broken")])
    first = Hands(lambda: "broken" in first.asked and not store.queue.listed(["running"])[1:])
    _run(address, store, first)
    assert [one.state for one in store.queue.listed()] == ["failed"]
    store.queue.put([job("broken")], rest=0)
    second = Hands(lambda: bool(second.asked.count("well")))
    second.do = lambda kind, args: Hands.do(second, kind, {"host": "well"} if kind == queue.CRAWL else args)  # type: ignore[method-assign]
    _run(address, store, second)
    assert store.queue.listed() == []
    assert [one.standing for one in store.queue.dead(datetime.now(UTC) - timedelta(1), datetime.now(UTC))] == [False]


def test_nothing_is_read_while_paused_or_where_the_machine_cannot(
    at: tuple[str, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_POLL", 0.2)
    address, store = at
    store.queue.pause(datetime.now(UTC))
    store.queue.put([job("well"), Job(kind="digest", about="digest", queue=queue.TELLING)])
    hands = Hands(lambda: hands.asked.count("dispatch") >= 3)
    _run(address, store, hands)
    assert "well" not in hands.asked
    store.queue.resume()
    unable = Hands(lambda: unable.asked.count("dispatch") >= 3)
    unable.rests = "ضاقت مساحة القرص"
    _run(address, store, unable)
    assert "well" not in unable.asked
    assert {one.about: one.state for one in store.queue.listed()} == {"crawl well": "waiting", "digest": "waiting"}
    assert "digest" not in hands.asked, "this worker makes none"


def test_a_database_that_is_gone_for_a_while_is_said_once(
    at: tuple[str, Store], caplog: pytest.LogCaptureFixture
) -> None:
    address, _ = at
    with proxied(address) as way, Store.open(way.url) as through:

        def cut() -> bool:
            way.cut()
            threading.Timer(3, way.mend).start()
            return False

        first = Hands(cut)
        second = Hands(lambda: True)
        _run(way.url, through, first, second)
    assert first.stopped.is_set(), "what was at work is ended"
    assert "dispatch" in second.asked
    said = [one.getMessage() for one in caplog.records if one.name == "monitor.crew" and one.levelno >= logging.WARNING]
    assert len([one for one in said if "it is tried again until it works" in one]) == 1, said
    assert len([one for one in said if one == "PostgreSQL is there again: jobs are taken"]) == 1, said
