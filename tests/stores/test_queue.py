"""The queue's tables, beside a real store's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor import digests, lists
from storage.database import writing
from storage.errors import StorageError
from storage.queue import SCHEMA, Queue
from storage.records import Job
from storage.store import Store
from tests.e2e.killing import config
from tests.postgres import database

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_DAY = timedelta(days=1)


def job(host: str, kind: str = "crawl") -> Job:
    return Job(kind=kind, about=f"{kind} {host}", args={"host": host}, queue=kind)


@pytest.fixture
def store() -> Iterator[Store]:
    with database() as address, Store.open(address) as found:
        yield found


@pytest.fixture
def queue(store: Store) -> Queue:
    store.queue.prepare()
    return store.queue


def _sql(queue: Queue, statement: str, **values: object) -> None:
    with writing(queue._engine) as connection:
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        connection.execute(text(statement), values)


def _begin(queue: Queue, about: str, *, silent: float = 0) -> None:
    """As a worker takes a job that has said nothing for ``silent`` seconds."""
    _sql(
        queue, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :s))", s=silent
    )
    _sql(
        queue,
        "INSERT INTO rasid_workers (worker_id, name, host, pid, slots, takes) "
        "SELECT max(id), 'eins', 'here', 1, 1, 'crawl' FROM procrastinate_workers",
    )
    _sql(
        queue,
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers) "
        "WHERE queueing_lock = :about AND status = 'todo'",
        about=about,
    )


def _states(queue: Queue) -> dict[str, str]:
    return {one.about: one.state for one in queue.listed()}


def test_without_workers_it_is_empty_and_nothing_is_made(store: Store) -> None:
    queue = store.queue
    assert not queue.there
    assert (queue.listed(), queue.counts(), queue.workers(), queue.paused()) == ([], {}, [], None)
    assert (queue.retry(None), queue.resume(), queue.forget(_NOW), queue.dead(_NOW, _NOW)) == (0, False, 0, [])


def test_on_sqlite_there_is_none_and_it_says_what_to_do() -> None:
    with Store.open("sqlite://") as store:
        assert not store.queue.there
        with pytest.raises(StorageError, match=r"workers need PostgreSQL.*rasid store copy"):
            store.queue.prepare()


def test_several_make_it_at_once_and_it_leaves_the_store_s_schema_alone() -> None:
    with database() as address:
        stores = [Store.open(address) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda one: one.queue.prepare(), stores))
        assert all(one.queue.there for one in stores)
        for one in stores:
            one.close()
        with Store.open(address) as again:  # Alembic and `store copy` see our tables only
            assert again.counts()["articles"] == 0
            again.queue.prepare()


def test_one_of_an_older_procrastinate_is_brought_forward(queue: Queue) -> None:
    _sql(queue, "UPDATE rasid_state SET value = '03.04.00_01_pre_add_retry_failed_job_procedure.sql'")
    _sql(queue, "DROP FUNCTION IF EXISTS procrastinate_retry_job_v1")
    queue.prepare()
    with writing(queue._engine) as connection:
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        done = connection.scalar(text("SELECT value FROM rasid_state WHERE key = 'procrastinate'"))
    assert done is not None
    assert done > "03.04.00_01"


def test_what_waits_or_runs_is_not_put_in_twice(queue: Queue) -> None:
    assert queue.put([job("sana.example"), job("rasd.example")]) == 2
    assert queue.put([job("sana.example"), job("khabar.example")]) == 1
    _begin(queue, "crawl sana.example")
    assert queue.put([job("sana.example")]) == 0
    assert _states(queue) == {
        "crawl sana.example": "running", "crawl rasd.example": "waiting", "crawl khabar.example": "waiting",
    }  # fmt: skip
    assert queue.counts() == {("crawl", "running"): 1, ("crawl", "waiting"): 2}
    assert queue.listed()[0].worker == "eins"


def test_what_a_dead_worker_has_left_waits_again_and_is_given_up_in_the_end(queue: Queue) -> None:
    queue.put([job("sana.example")])
    _begin(queue, "crawl sana.example", silent=5)
    assert queue.sweep(12, most=2) == []
    _sql(queue, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    assert queue.sweep(12, most=2) == [
        "crawl sana.example: its worker eins was not heard of for 12 s; it begins anew elsewhere"
    ]
    assert _states(queue) == {"crawl sana.example": "waiting"}
    assert queue.workers() == []
    _begin(queue, "crawl sana.example", silent=60)
    assert "it is given up" in queue.sweep(12, most=2)[0]
    assert _states(queue) == {"crawl sana.example": "failed"}
    assert queue.put([job("sana.example")]) == 0, "it rests"
    assert queue.put([job("sana.example")], rest=0) == 1


def test_what_the_dead_had_is_dropped_where_the_same_waits_already(queue: Queue) -> None:
    queue.put([job("sana.example")])
    _begin(queue, "crawl sana.example", silent=60)
    _sql(
        queue,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock) VALUES ('crawl', 'crawl', :a, :a)",
        a="crawl sana.example",
    )
    queue.sweep(12, most=6)
    assert _states(queue) == {"crawl sana.example": "waiting"}


def test_a_job_that_was_given_up_is_told_of_and_waits_again_when_asked(queue: Queue) -> None:
    queue.put([job("sana.example"), job("rasd.example")])
    number = queue.listed()[0].id
    _begin(queue, "crawl sana.example")
    assert [queue.trouble(number, "eins", f"حدث خطأ {n}") for n in range(2)] == [1, 2]
    _sql(queue, "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = :id", id=number)
    since = datetime.now(UTC) - _DAY
    (dead,) = queue.dead(since, since + 2 * _DAY)
    assert (dead.about, dead.why, dead.standing) == ("crawl sana.example", "حدث خطأ 1", True)
    assert queue.dead(since, since + timedelta(minutes=1)) == []
    assert queue.retry([number + 1000]) == 0
    assert queue.retry(None) == 1
    assert _states(queue) == {"crawl sana.example": "waiting", "crawl rasd.example": "waiting"}
    assert queue.trouble(number, "eins", "noch einmal") == 1, "its tries are before it again"
    (dead,) = queue.dead(since, since + 2 * _DAY)
    assert not dead.standing


def test_the_digest_says_what_was_given_up(store: Store, queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "detainees.yaml").write_text("title: المعتقلون\nrules:\n  - exact: معتقلين\n", "utf-8")
    settings, now = config(tmp_path), datetime.now(UTC)
    store.end_pass(store.begin_pass(now), now)
    queue.put([job("rasd.example")])
    _begin(queue, "crawl rasd.example")
    _sql(queue, "UPDATE procrastinate_jobs SET status = 'failed'")
    found = lists.load(tmp_path / "lists", sources=())
    files = digests.so_far(store, settings, found, settings.audiences[0], now + timedelta(seconds=1))
    said = next(path for path in files if path.suffix == ".txt").read_text("utf-8")
    assert "لم يُقرأ ما كان مستحقاً من rasd.example" in said


def test_what_is_over_is_forgotten(queue: Queue) -> None:
    queue.put([job("sana.example")])
    _begin(queue, "crawl sana.example")
    _sql(queue, "UPDATE procrastinate_jobs SET status = 'failed'")
    now = datetime.now(UTC)
    assert queue.forget(now - _DAY) == 0
    assert queue.forget(now + _DAY) == 1


def test_pausing_is_remembered(queue: Queue) -> None:
    assert not queue.resume()
    queue.pause(_NOW)
    assert queue.paused() == _NOW
    assert queue.resume()
    assert queue.paused() is None


def test_hostile_names_are_values(queue: Queue) -> None:
    name = "x'); DROP SCHEMA rasid_queue CASCADE; -- %s {} :about"
    assert queue.put([job(name), job("م" * 5000)]) == 2
    assert {one.args["host"] for one in queue.listed()} == {name, "م" * 5000}
