"""What only one process does at a time: real PostgreSQL, real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from storage.database import connect
from storage.errors import StorageError
from storage.turns import Turns
from tests.e2e.crew import eventually
from tests.postgres import database

_ROOT = Path(__file__).parents[2]
_HOLDER = """
import sys, time
from storage import turns
from storage.database import connect
turns._BEAT, turns._PATIENCE, turns._LEASE = 0.2, 1.0, 2
with turns.Turns(connect(sys.argv[1])).take(["crawl sana.example"]) as got:
    print(sorted(got), flush=True)
    for number in range(600):
        print(number, flush=True)
        time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with database(empty=True) as found:
        yield found


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    found = connect(address)
    yield found
    found.dispose()


def test_a_turn_is_one_s_alone_until_it_is_over(engine: Engine) -> None:
    mine, theirs = Turns(engine), Turns(engine)
    with mine.take(["crawl a", "crawl b"]) as got:
        assert got == {"crawl a", "crawl b"}
        assert theirs.busy("crawl a")
        with theirs.take(["crawl b", "crawl c"]) as left:
            assert left == {"crawl c"}
    assert not theirs.busy("crawl a")
    with theirs.take(["crawl a", "crawl b"]) as got:
        assert got == {"crawl a", "crawl b"}


def test_on_one_machine_everything_is_free() -> None:
    turns = Turns(create_engine("sqlite://"))
    assert not turns.shared
    assert not turns.busy("digest")
    with turns.take(["digest"]) as got, turns.take(["digest"]) as again, turns.deciding([1, 2]):
        assert got == again == {"digest"}


def _use(turns: Turns, engine: Engine, lost: threading.Event) -> None:
    with turns.take(["digest"], lost=lost.set):
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
        assert lost.wait(10)


def test_whoever_loses_the_connection_is_told_at_once(engine: Engine) -> None:
    lost = threading.Event()
    with pytest.raises(StorageError, match="the turn was lost"):
        _use(Turns(engine), engine, lost)
    assert lost.is_set()
    assert not Turns(engine).busy("digest")


def _holding(address: str) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, address], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "['crawl sana.example']\n"
    return holder


def test_one_that_is_frozen_gives_its_turn_to_others_and_ends_when_it_wakes(engine: Engine, address: str) -> None:
    turns = Turns(engine)
    with _holding(address) as holder:
        assert turns.busy("crawl sana.example")
        os.kill(holder.pid, signal.SIGSTOP)
        eventually(lambda: not turns.busy("crawl sana.example"), 30)
        with turns.take(["crawl sana.example"]) as got:
            assert got
            os.kill(holder.pid, signal.SIGCONT)
            out, said = holder.communicate(timeout=30)
        assert holder.returncode == -signal.SIGKILL
        assert "another may be at it" in said
        assert len(out.splitlines()) < 400  # nothing was done after it woke


def test_one_that_is_killed_frees_it_at_once(engine: Engine, address: str) -> None:
    with _holding(address) as holder:
        holder.kill()
        holder.wait(10)
        eventually(lambda: not Turns(engine).busy("crawl sana.example"), 10)
        holder.communicate()


def test_two_never_decide_at_the_same_time(engine: Engine) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def decide(number: int) -> None:
        nonlocal inside, most
        with Turns(engine).deciding([7, number, 2**64 - 1 - number]):
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide, range(12)))
    assert most == 1


def test_who_decides_over_something_else_waits_for_nobody(engine: Engine) -> None:
    def decide() -> bool:
        with Turns(engine).deciding([4, 2**70]):
            return True

    with Turns(engine).deciding([1, 2, 3]), ThreadPoolExecutor(1) as pool:
        assert pool.submit(decide).result(20)
