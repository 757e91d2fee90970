"""`rasid run` for real: it reads, it makes what is missing, it ends when told, and nothing outlives it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.store import Store
from tests.e2e.running import ROOT, command, configure, opened
from tests.newsroom import truth
from tests.newsroom.running import newsroom


def eventually(what: Callable[[], bool], seconds: float = 240) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return what()


def family(pid: int) -> set[int]:
    """``pid`` and all that descend from it."""
    found, parents = {pid}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def service(config: Path) -> Iterator[subprocess.Popen[str]]:
    log = config.parent / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            command(config, "run"),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, "NO_COLOR": "1"},
        ) as running,
    ):
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


def articles(config: Path) -> int:
    with opened(config) as store:
        return store.counts()["articles"]


def test_it_reads_makes_the_digests_that_are_missing_and_ends_when_told(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources)
        began = datetime.now(UTC) - timedelta(days=2)
        with Store.open(f"sqlite:///{tmp_path / 'var' / 'rasid.db'}") as store:
            store.end_pass(store.begin_pass(began), began)
        with service(config) as running:
            assert eventually((tmp_path / "var" / "digests" / "latest.html").exists)
            assert eventually(lambda: articles(config) > len(truth.articles()))
            running.send_signal(signal.SIGTERM)
            told = time.monotonic()
            assert running.wait(30) == 0
        said = (config.parent / "log").read_text()
        assert "stopped" in said
        assert "Traceback" not in said
        assert time.monotonic() - told < 30  # not a speed: that it ends at all, and not at the limit of a pass
        with opened(config) as store:
            assert len(store.digests()) >= 1  # yesterday's waits until 06:00


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ended_in_the_middle_of_a_pass_nothing_outlives_it_and_what_was_fetched_is_kept(
    tmp_path: Path, number: signal.Signals
) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources)
        opened(config).close()
        with service(config) as running:
            assert eventually(lambda: articles(config) > 3)
            everyone = family(running.pid)
            assert len(everyone) > 2
            running.send_signal(number)
            running.wait(30)
            assert eventually(lambda: not any(alive(pid) for pid in everyone), 20)
        assert articles(config) > 3
