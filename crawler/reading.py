"""Reading happens in processes of its own: bytes go in, Listings and Articles come out.

Taking a page apart costs ten times what fetching it does, and a hostile page can keep an extractor busy for minutes (quadratic
time in libxml2 and in regular expressions); in the fetching process either would stop everything. So: a pool (pebble) whose
processes are killed when a page takes too long, replaced after so many pages, and never outlive the process that asked.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import logging
import multiprocessing
import os
import select
import signal
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler.article import Article, Entry, Page
from crawler.errors import CrawlError
from crawler.source import Source
from crawler.spiders import KINDS, Listing

__all__ = ["Readers", "Unread"]

log = logging.getLogger(__name__)

T = TypeVar("T")

_PAGES_PER_PROCESS = 500  # trafilatura's memory grows for 2,000 pages, to some 180 MB; a fresh fork has 140
_TRIES = (
    2  # a process that ends while it reads may have been ended from outside; a page that kills two is to blame itself
)
_PR_SET_PDEATHSIG = 1  # prctl(2)
_F_SETSIG = 10  # fcntl(2); Python's fcntl does not name it


class Unread(Exception):  # noqa: N818 -- the page's fault as a rule, not an error of ours
    """A page could not be taken apart; ``str()`` says why."""


class Readers:
    """A pool of reading processes, started at the first use.

    A fork server that has read a page and a feed already (:mod:`crawler.warm`) forks them. Measured on two busy cores: the first
    page after 1.3 to 1.5 s and 0.5 CPU-s (two spawned processes: 1.8 to 2.1 s, 0.9 CPU-s); when both have died, the next page
    after 0.25 s (1.2 to 1.5 s).
    """

    def __init__(self, processes: int, limit: float) -> None:
        """``limit``: seconds for one page or listing."""
        self._processes = processes
        self._limit = limit
        self._pool: ProcessPool | None = None
        self._starting = asyncio.Lock()
        self._running: set[asyncio.Future[Any]] = set()

    async def listing(self, page: Page, source: Source) -> Listing:
        """What a listing says. Raises :class:`Unread`."""
        return await self._run(_listing, page.bare(), source)

    async def article(self, page: Page, source: Source, entry: Entry) -> tuple[Article | None, str]:
        """What a page says, or ``None`` and why that is no article. Raises :class:`Unread`."""
        return await self._run(_article, page.bare(), source, entry)

    async def whole(self, url: str, entry: Entry, source: Source, now: datetime) -> tuple[Article | None, str]:
        """What a listing that carries an article whole says of it. Raises :class:`Unread`."""
        return await self._run(_whole, url, entry, source, now)

    async def _run(self, function: Callable[..., T], *args: Any) -> T:
        for _ in range(_TRIES):
            pool = await self._ready()
            try:
                future = asyncio.wrap_future(pool.schedule(function, args=args, timeout=self._limit))
            except RuntimeError:  # the pool found itself broken
                self._pool = None
                continue
            self._running.add(future)
            try:
                return await future
            except TimeoutError:
                raise Unread(f"took longer than {self._limit:g} s to read") from None
            except ProcessExpired as error:
                log.warning("a reading process ended with %s while it read %s", error.exitcode, args[0].url)
            except BrokenProcessPool:
                self._pool = None
            except MemoryError:
                raise Unread("needs too much memory to be read") from None
            except Exception as error:
                log.exception("reading %s failed", args[0].url)
                raise Unread(f"reading failed: {type(error).__name__}: {error}") from error
            finally:
                self._running.discard(future)
        raise Unread("the reading process died of it")

    async def _ready(self) -> ProcessPool:
        async with self._starting:
            if self._pool is None:
                self._pool = await asyncio.to_thread(self._start)  # waits for the fork server's imports
        return self._pool

    def _start(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.warm"])
        pool = ProcessPool(
            max_workers=self._processes, max_tasks=_PAGES_PER_PROCESS, context=context, initializer=_settle_in
        )
        try:
            pool.schedule(os.getpid).result()  # starts them; from here on scheduling does not block
        except (BrokenProcessPool, OSError, RuntimeError) as error:
            raise CrawlError("the reading processes cannot be started; is there memory left?") from error
        return pool

    def cut(self) -> None:
        """Give up what is being read: those who wait for it get :class:`asyncio.CancelledError`."""
        for future in self._running:
            future.cancel()

    def close(self) -> None:
        """Ends the processes. Blocks for a moment."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


def _listing(page: Page, source: Source) -> Listing:
    return KINDS[source.kind].listing(page, source)


def _article(page: Page, source: Source, entry: Entry) -> tuple[Article | None, str]:
    from crawler import pages

    reading = pages.explain(
        page.body,
        page.url,
        page.content_type,
        page.fetched_at,
        source.zone,
        entry=entry,
        boilerplate=source.boilerplate,
        source=source.name,
        habits=source.habits,
    )
    return reading.article, reading.why


def _whole(url: str, entry: Entry, source: Source, now: datetime) -> tuple[Article | None, str]:
    from crawler import entries

    reading = entries.from_entry(entry, url, now, source.zone, source=source.name, boilerplate=source.boilerplate)
    return reading.article, reading.why


def _settle_in() -> None:
    """In a new reading process: die at once when told to, and when whoever asked dies."""
    # pebble's handler of SIGTERM is Python code, which a process that spins in C never runs: it would take 3 s more to kill
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.getLogger().addHandler(logging.NullHandler())
    _die_with_parent()


def _die_with_parent() -> None:
    """Be killed by the kernel when the process that made the pool ends, however it ends and whatever we are doing.

    PR_SET_PDEATHSIG (prctl(2)) alone speaks of the thread that forked us, which is the fork server's. The process that asked
    holds the other end of a pipe (``parent_process().sentinel``) until it ends; F_SETSIG (fcntl(2)) makes the kernel send SIGKILL
    when it closes. Elsewhere than on Linux a process that spins then lives on.
    """
    parent = multiprocessing.parent_process()
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    pipe = parent.sentinel
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGKILL)
