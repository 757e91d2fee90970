"""The reading processes: their limit, their deaths, and that they outlive nobody."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pytest_socket import socket_allow_hosts

from crawler.article import Entry, Page
from crawler.reading import Readers, Unread
from crawler.source import Source
from tests.crawler.server import Answer, article, feed

ROOT = Path(__file__).parents[2]
WIRE = Source(name="wire", kind="feed", url="http://wire.example/feed", title="")
T = TypeVar("T")


def page(answer: Answer) -> Page:
    at = "http://wire.example/news/1"
    return Page(
        url=at,
        asked=at,
        status=200,
        headers=tuple(answer.headers.items()),
        body=answer.body,
        fetched_at=datetime(2024, 5, 12, tzinfo=UTC),
    )


PAGE = page(article())


def spin(page: Page) -> None:
    """Backtracks for years, inside C, with the GIL in hand."""
    re.match("(a+)+$", "a" * 60 + "b")


def die(page: Page) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(page: Page, mark: str) -> int:
    if not Path(mark).exists():
        Path(mark).touch()
        die(page)
    return os.getpid()


def ignores_interrupts(page: Page) -> bool:
    os.kill(os.getpid(), signal.SIGINT)
    return True


def stumble(page: Page) -> None:
    raise KeyError("no such thing")


@pytest.fixture(autouse=True)
def fork_server_may_be_reached() -> None:
    """It listens on a Unix socket."""
    socket_allow_hosts(["127.0.0.0/8", "::1/128"], allow_unix_socket=True)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture(scope="module")
def readers(loop: asyncio.AbstractEventLoop) -> Iterator[Readers]:
    async def make() -> Readers:
        return Readers(2, 1.0)

    readers = loop.run_until_complete(make())
    yield readers
    readers.close()


Run = Callable[[Awaitable[T]], T]


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run[Any]:
    def run(what: Awaitable[T]) -> T:
        return loop.run_until_complete(what)

    return run


def test_a_listing_and_a_page_are_read(readers: Readers, run: Run[Any]) -> None:
    listing = run(readers.listing(page(feed("http://wire.example", "/news/1")), WIRE))
    assert [entry.url for entry in listing.entries] == ["http://wire.example/news/1"]
    read, _ = run(readers.article(PAGE, WIRE, listing.entries[0]))
    assert read.source == "wire"
    assert "مراسلنا" in read.text


def test_what_is_no_article_says_why(readers: Readers, run: Run[Any]) -> None:
    read, why = run(readers.article(page(Answer(b"<html></html>")), WIRE, Entry(url=PAGE.url)))
    assert read is None
    assert why


def test_a_page_that_takes_too_long_is_given_up_and_others_are_read_meanwhile(readers: Readers, run: Run[Any]) -> None:
    async def both() -> tuple[Any, Any]:
        spinning = asyncio.ensure_future(readers._run(spin, PAGE))
        read, _ = await readers.article(PAGE, WIRE, Entry(url=PAGE.url))
        assert not spinning.done()
        return read, (await asyncio.gather(spinning, return_exceptions=True))[0]

    read, given_up = run(both())
    assert read is not None
    assert isinstance(given_up, Unread)
    assert str(given_up) == "took longer than 1 s to read"


def test_a_page_that_kills_its_process_is_unread_and_the_pool_lives_on(readers: Readers, run: Run[Any]) -> None:
    with pytest.raises(Unread, match="died"):
        run(readers._run(die, PAGE))
    assert run(readers.article(PAGE, WIRE, Entry(url=PAGE.url)))[0] is not None


def test_a_process_that_was_ended_from_outside_costs_nothing(readers: Readers, run: Run[Any], tmp_path: Path) -> None:
    assert run(readers._run(die_once, PAGE, str(tmp_path / "mark"))) != os.getpid()


def test_interrupts_are_for_the_parent(readers: Readers, run: Run[Any]) -> None:
    assert run(readers._run(ignores_interrupts, PAGE))


def test_a_fault_of_the_reader_is_said_and_logged(
    readers: Readers, run: Run[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unread, match="KeyError: 'no such thing'"):
        run(readers._run(stumble, PAGE))
    assert "stumble" in caplog.text  # the traceback of the other process


def test_what_is_being_read_can_be_cut(readers: Readers, run: Run[Any]) -> None:
    async def cut() -> None:
        reading = asyncio.ensure_future(readers._run(spin, PAGE))
        await asyncio.sleep(0.2)
        readers.cut()
        with pytest.raises(asyncio.CancelledError):
            await reading

    run(cut())


def spin_known(page: Page, folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    spin(page)


PARENT = """
import asyncio, multiprocessing, os, sys
from tests.crawler.test_reading import PAGE, Readers, spin_known

async def main():
    readers = Readers(2, 600.0)
    spinning = [asyncio.ensure_future(readers._run(spin_known, PAGE, sys.argv[1])) for _ in range(2)]
    while len(os.listdir(sys.argv[1])) < 2:
        await asyncio.sleep(0.05)
    print(os.getpid(), flush=True)
    await asyncio.gather(*spinning)

def go():
    asyncio.run(main())

if __name__ == "__main__":
    if sys.argv[2] == "forked":  # then the fork server is somebody else's, and lives on
        multiprocessing.get_context("forkserver").Process(target=go).start()
    else:
        go()
"""


def children(pid: int) -> list[int]:
    return [int(task) for task in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("how", ["plain", "forked"])
def test_nothing_outlives_a_parent_killed_while_they_spin(tmp_path: Path, how: str) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    (spinning := tmp_path / "spinning").mkdir()
    command = [sys.executable, str(tmp_path / "parent.py"), str(spinning), how]
    top = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert top.stdout is not None
    try:
        parent = int(top.stdout.readline())
        family = {int(file.name) for file in spinning.iterdir()}
        assert len(family) == 2
        if how == "plain":
            family |= set(children(parent))  # the fork server and what watches over its semaphores
        assert all(running(pid) for pid in family)
        os.kill(parent, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while any(running(pid) for pid in family) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = [pid for pid in family if running(pid)]
    finally:
        top.kill()
        top.wait()
        top.stdout.close()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []
