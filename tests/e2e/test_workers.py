"""Three workers on one store, each a process with its own folder and its own way to PostgreSQL: one is killed in the middle of its
batch, one frozen past its heartbeat and let go on, one cut off. Everything is read, nothing twice, and no host is asked faster."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from crawler.source import Source
from monitor import sharing
from storage.store import Store
from tests.e2e.crew import Proxy, eventually, proxied, worker
from tests.e2e.running import configure, rasid
from tests.e2e.wires import Wires, wires
from tests.postgres import database
from tests.warcs import Answer, warc

_SETTINGS = """zone: UTC
schedule: {crawl: 2s, digest: "00:00"}
fetching: {delay: 400ms, timeout: 30s, readers: 1}
"""
_ONE = [Source(name="a", kind="feed", url="http://127.0.0.1:9/feed", title="a", allow_addresses=("127.0.0.1/32",))]
_NAMES = ("eins", "zwei", "drei")


def _at(store: Store, name: str) -> str | None:
    """The host that a worker reads at this moment."""
    running = store.queue.listed(["running"])
    return next((str(job.args["host"]) for job in running if job.kind == "crawl" and job.worker == name), None)


def _in_the_middle(store: Store, room: Wires, name: str) -> bool:
    host = _at(store, name)
    return host is not None and room.articles_asked(host) >= 2


def _tried_again(store: Store, host: str) -> bool:
    """Whether another worker has met the turn of the one that still reads it: taken back is one try, given back another."""
    job = next((one for one in store.queue.listed() if one.args.get("host") == host), None)
    return job is None or job.attempts >= 2


def _all_read(store: Store, room: Wires) -> bool:
    read = [state for state in store.sources() if state.last_read_at is not None]
    return len(read) == len(room.hosts)


def test_three_workers_one_killed_one_frozen_one_cut_off(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with ExitStack() as stack:
        address = stack.enter_context(database())
        room = stack.enter_context(wires(4, reports=5, delay=0.4))
        store = stack.enter_context(Store.open(address))
        store.end_pass(
            store.begin_pass(datetime.now(UTC) - timedelta(days=1)), datetime.now(UTC)
        )  # yesterday has a digest
        config = configure(tmp_path, room.sources)
        (config / "settings.yaml").write_text(_SETTINGS)
        log = stack.enter_context(said.open("w"))
        store.queue.prepare()
        crew: dict[str, subprocess.Popen[bytes]] = {}
        ways: dict[str, Proxy] = {}
        for name in _NAMES:
            ways[name] = stack.enter_context(proxied(address))
            started = worker(
                config, tmp_path / name, ways[name].url, log, "--name", name, "--concurrency", "1", "--hosts", "1"
            )
            crew[name] = stack.enter_context(started)
        try:
            _struck(store, room, crew, ways, said)
            eventually(lambda: _all_read(store, room), 120)
            eventually(lambda: len(store.digests()) == 1, 60)
            _nothing_is_wrong(store, room)
            for name in ("zwei", "drei"):
                crew[name].terminate()
                assert crew[name].wait(60) == 0
            assert store.queue.workers() == []
        except BaseException:
            print(said.read_text())
            raise


def _struck(
    store: Store, room: Wires, crew: dict[str, subprocess.Popen[bytes]], ways: dict[str, Proxy], said: Path
) -> None:
    killed, frozen, cut = _NAMES
    eventually(lambda: _in_the_middle(store, room, killed), 120)
    children = psutil.Process(crew[killed].pid).children(recursive=True)
    crew[killed].kill()
    eventually(lambda: _in_the_middle(store, room, frozen), 120)
    os.kill(crew[frozen].pid, signal.SIGSTOP)
    host = str(_at(store, frozen))
    room.slow[host] = 12  # what the frozen one has started is not frozen, and still at it when the job begins anew
    eventually(lambda: _in_the_middle(store, room, cut), 120)
    ways[cut].cut()
    _, alive = psutil.wait_procs(children, 10)
    assert not alive, "what the killed one had started is gone"
    eventually(lambda: "it is tried again until it works" in said.read_text(), 60)
    ways[cut].mend()
    eventually(lambda: frozen in store.queue.lost(), 60)
    eventually(lambda: _tried_again(store, host), 90)
    assert sum(one == host and path == "/feed" for one, path, _ in room.asked) == 1, "two ask it at the same time"
    os.kill(crew[frozen].pid, signal.SIGCONT)
    room.slow.clear()
    eventually(lambda: any(one.name == frozen for one in store.queue.workers()), 60)


def _nothing_is_wrong(store: Store, room: Wires) -> None:
    stored = [one for some in store.past() for one in some]
    assert Counter(one.article.url for one in stored) == dict.fromkeys(room.addresses, 1)
    wire = [one for one in stored if one.article.url.endswith("/a/0")]
    assert sum(one.same_as is None for one in wire) == 1, "of all tellings one is the first"
    for host in room.hosts:
        assert room.pace(host) >= 0.8 * room.delay, (host, [one for one in room.asked if one[0] == host])
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert [(one.day, one.audience) for one in store.digests()] == [(yesterday, "all")]
    assert store.queue.dead(datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC)) == []


def test_each_file_of_an_archive_is_a_job_and_a_broken_one_is_told_of(tmp_path: Path) -> None:
    files = tmp_path / "archives"
    files.mkdir()
    with ExitStack() as stack:
        address = stack.enter_context(database())
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("RASID_STORAGE_URL", address)
        store = stack.enter_context(Store.open(address))
        room = stack.enter_context(wires(1, reports=6, delay=0.1))
        pages = [Answer(url=f"http://rasd.example/a/{n}", body=room.page(0, n)) for n in range(1, 6)]
        warc(files / "whole.warc.gz", pages[:3])
        warc(files / "torn.warc.gz", pages[3:])
        (files / "torn.warc.gz").write_bytes((files / "torn.warc.gz").read_bytes()[:-40])
        config = configure(tmp_path, _ONE)
        said = rasid(config, "backfill", "--all", "--queue", str(files))
        assert said.stdout.startswith("2 files wait for workers; `rasid queue` shows them; no worker is running")
        log = stack.enter_context((tmp_path / "said").open("w"))
        stack.enter_context(worker(config, tmp_path / "var", address, log, "--name", "eins"))
        eventually(
            lambda: [one.kind for one in store.queue.listed()] == ["backfill"] and store.queue.listed(["failed"]), 120
        )
        (torn,) = store.queue.listed()
        assert torn.about.endswith("torn.warc.gz")
        assert "could not be read to its end" in str(torn.why)
        stored = [one.article.url for some in store.past() for one in some]
        assert {one.url for one in pages[:4]} <= set(stored)
        (told,) = [what for what, _ in sharing.wrong(sharing.gather(store), datetime.now(UTC))]
    assert told.startswith("1 jobs were given up: backfill")


def test_who_reads_by_hand_leaves_to_a_worker_what_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database() as address, wires(2, reports=1, delay=0.1) as room, Store.open(address) as store:
        monkeypatch.setenv("RASID_STORAGE_URL", address)
        config = configure(tmp_path, room.sources)
        with store.queue.turns.take([f"crawl {room.hosts[0]}"]):
            done = rasid(config, "crawl", "--all")
        assert done.returncode == 0, done.stderr
        assert f"left to the pass that reads them at this moment: {room.hosts[0]}" in done.stderr
        assert {host for host, _, _ in room.asked} == {room.hosts[1]}
        assert [state.name for state in store.sources()] == ["outlet-1"]


def test_on_sqlite_a_worker_says_what_it_needs(tmp_path: Path) -> None:
    config = configure(tmp_path, _ONE)
    done = rasid(config, "worker")
    assert done.returncode == 3
    assert "workers need PostgreSQL: set `storage.url`" in done.stderr
    assert "Traceback" not in done.stderr
