"""The one Scrapy spider of a pass: it goes the round of all due sources.

A coroutine for each source asks for the listing, then for the pages that are not known, a few at a time. Requests go through
Scrapy's engine one by one (``download_async``) instead of through its scheduler and callbacks: what one source comes to is then one
piece of code that ends, however it ends, and counts add up. Articles leave by the spider's ``start()`` and Scrapy's item pipeline.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from crawler import answers
from crawler.answers import Trouble
from crawler.article import Article, Entry, Page
from crawler.backlog import Backlog
from crawler.errors import CrawlError
from crawler.fetching import Callbacks, Fetching, MemoryOfMany
from crawler.gathering import Answers, Batches
from crawler.guard import ALLOWED, PROXY, UNVERIFIED
from crawler.outcome import Fate, Outcome
from crawler.reading import Readers
from crawler.received import chain
from crawler.revisit import Revisit, Sight
from crawler.source import Source
from crawler.visit import Stopped, Visit
from crawler.writer import Broken, Writer

__all__ = ["Emit", "Rounds"]

log = logging.getLogger(__name__)

_Ended = tuple[Outcome, Mapping[str, Mapping[str, str]]]
_ENDED_TOGETHER, _WAIT_FOR_OTHERS = 64, 0.5  # seconds: a source whose Outcome was lost by a kill is read again
_GRACE = 5.0  # seconds for what was fetched to be read, when the pass is to end


class Rounds(Spider):
    name = "rasid"

    def __init__(
        self, *, sources: Sequence[Source], fetching: Fetching, callbacks: Callbacks, readers: Readers
    ) -> None:
        super().__init__()
        self.transfers = asyncio.Semaphore(fetching.concurrency)
        self.writer = Writer(on_error=lambda: self.stop("storing failed"))
        self.failure: BaseException | None = None
        self.not_ended = {source.name for source in sources}
        self._sources = sources
        self._fetching = fetching
        self._given = callbacks
        self.readers = readers
        self.backlog = Backlog()
        self.taken: set[str] = set()
        """Canonical addresses that this pass has in hand or has dealt with."""
        self.read_elsewhere = frozenset({source.url for source in sources} | set(callbacks.read_elsewhere))
        """Addresses of Sources: their sites' pages are theirs to read."""
        self._fetches: set[asyncio.Future[Response]] = set()
        self._out: asyncio.Queue[Article | None] = asyncio.Queue()
        self._waiting: dict[int, asyncio.Future[Fate]] = {}
        self._stopped: str | None = None
        self._recalled = Answers(self._recall_all)
        self._endings = Batches(
            self._end_all, awaited=lambda: len(self.not_ended), most=_ENDED_TOGETHER, wait=_WAIT_FOR_OTHERS
        )
        self._owed: Mapping[str, Sequence[Entry]] = {}

    # what the middlewares ask for

    def now(self) -> datetime:
        return self._given.now()

    async def room(self) -> None:
        await self.backlog.room()

    async def recall(self, key: str) -> Mapping[str, str] | None:
        return await self._recalled.get(key)

    async def _recall_all(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return await self.writer.call(self._recall_now, keys)

    def _recall_now(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """In the writer's thread."""
        memory = self._given.memory
        if isinstance(memory, MemoryOfMany):
            return memory.recall_all(keys)
        return {key: said for key in keys if (said := memory.recall(key)) is not None}

    async def remember(self, key: str, value: Mapping[str, str]) -> None:
        await self.writer.call(self._given.memory.remember, key, value)

    # the pass

    def stop(self, why: str) -> None:
        """End the pass in good order: fetch nothing more, read and store what was fetched."""
        if self._stopped is not None:
            return
        self._stopped = why
        log.info("%s: the pass ends", why)
        for fetch in self._fetches:
            fetch.cancel()
        asyncio.get_running_loop().call_later(_GRACE, self.readers.cut)

    def fail(self, error: CrawlError) -> None:
        self.failure = self.failure or error
        self.stop("going out failed")

    async def start(self) -> AsyncIterator[Any]:
        work = asyncio.ensure_future(self._all())
        try:
            while (article := await self._out.get()) is not None:
                yield article
            await work
        except BaseException as error:
            self.failure = self.failure or error
            raise
        finally:
            work.cancel()

    async def _all(self) -> None:
        limit = self._fetching.time_limit
        timer = limit and asyncio.get_running_loop().call_later(limit, self.stop, "the pass reached its time limit")
        try:
            with suppress(Broken):
                await self._ask_what_is_owed()
            async with asyncio.TaskGroup() as group:
                for source in self._sources:
                    group.create_task(Visit(self, source).run())
        finally:
            if timer:
                timer.cancel()
            self._endings.drop()
            self._out.put_nowait(None)

    # what a visit asks for

    @property
    def stopped(self) -> str | None:
        """Why the pass is to end, when it is."""
        return self._stopped

    async def known(self, urls: Sequence[str]) -> set[str]:
        """Those of canonical addresses that need no fetch."""
        return await self.writer.call(self._known, urls)

    async def keep(self, page: Page) -> str | None:
        return await self.writer.call(self._given.keep, page)

    async def listed(self, source: str, page: Page, entries: Sequence[Entry], defects: Sequence[str]) -> None:
        if self._given.listed:
            await self.writer.call(self._given.listed, source, page, entries, defects)

    async def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None:
        await self.writer.call(self._given.missed, source, entry, fate, why)

    def owed(self, source: str) -> Sequence[Entry]:
        """Entries of earlier passes that are to be asked for, whether or not a listing shows them."""
        return self._owed.get(source, ())

    async def _ask_what_is_owed(self) -> None:
        """Of all sources at once: each one's turn would be a call into the writer's thread."""
        if (owed := self._given.owed) is not None:
            names = [source.name for source in self._sources]
            self._owed = await self.writer.call(lambda: {name: found for name in names if (found := owed(name))})

    async def end(self, outcome: Outcome, later: Mapping[str, Mapping[str, str]]) -> None:
        """A source is done; ``later``: what is remembered with its Outcome, and not before it."""
        await self._endings.add((outcome, later))

    async def _end_all(self, batch: Sequence[_Ended]) -> None:
        await self.writer.call(self._end_now, batch)
        self.not_ended.difference_update(outcome.source for outcome, _ in batch)

    def _end_now(self, batch: Sequence[_Ended]) -> None:
        """In the writer's thread."""
        with self._given.together():
            for outcome, later in batch:
                self._given.ended(outcome)
                for key, value in later.items():
                    self._given.memory.remember(key, value)

    async def again(self, source: str, entries: Sequence[Entry]) -> Sequence[Revisit]:
        """Which of these entries, that are known, are to be looked at again."""
        if self._given.again is None or self._given.revisited is None or not entries:
            return ()
        return await self.writer.call(self._given.again, source, entries)

    def revisits(self, source: str) -> list[Revisit]:
        """What of a source is to be looked at again."""
        return [revisit for revisit in self._given.revisit if self._given.revisited and revisit.source == source]

    async def revisited(self, source: str, sights: Sequence[Sight]) -> None:
        if self._given.revisited:
            await self.writer.call(self._given.revisited, source, sights)

    def _known(self, urls: Sequence[str]) -> set[str]:
        """Those that need no fetch: known themselves, or known to lead to one that is. In the writer's thread."""
        known = self._given.known(urls)
        said = self._recall_now([f"entry {url}" for url in urls if url not in known])
        led = {(url := key.removeprefix("entry ")): value.get("led-to", url) for key, value in said.items()}
        if led:
            behind = self._given.known(sorted(set(led.values())))
            known = known | {url for url, to in led.items() if to in behind}
        return known

    # going out and handing over

    async def fetch(self, url: str, source: Source, *, retries: int, headers: Mapping[str, str] | None = None) -> Page:
        """The answer. Raises :class:`Trouble` for whatever is not a page or, where ``headers`` asked so, a 304."""
        if self._stopped is not None:
            raise Stopped
        meta: dict[str, Any] = {ALLOWED: source.allow_addresses, "max_retry_times": retries}
        if source.proxy is not None:
            meta[PROXY] = source.proxy
        if not source.verify_tls:
            meta[UNVERIFIED] = source.url
        try:
            language = {"Accept-Language": f"{source.language}, *;q=0.5"}
            request = Request(url, headers=language | dict(headers or {}), meta=meta, dont_filter=True)
        except ValueError as error:
            raise Trouble(Fate.FAILED, f"not an address: {error}") from None
        fetch = asyncio.ensure_future(self._download(request))
        self._fetches.add(fetch)
        try:
            response = await fetch
        except (Broken, Stopped):
            raise
        except asyncio.CancelledError:
            if self._stopped is not None:
                raise Stopped from None
            raise
        except Exception as error:
            raise answers.of_error(error) from error
        finally:
            self._fetches.discard(fetch)
        page = _page(response, url, self.now())
        if page.status == 304 and headers:
            return page
        if (trouble := answers.of_page(page)) is not None:
            raise trouble
        return page

    def _download(self, request: Request) -> Awaitable[Response]:
        return self.crawler.engine.download_async(request)

    async def emit(self, article: Article) -> Fate:
        """Out by ``start()``, through the pipeline, and back with what became of it."""
        fate: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        self._waiting[id(article)] = fate
        self._out.put_nowait(article)
        try:
            return await fate
        finally:
            del self._waiting[id(article)]

    async def store(self, article: Article) -> None:
        """For the pipeline: hand an article over and tell who waits for its Fate."""
        fate = self._waiting[id(article)]
        try:
            result = await self.writer.call(self._given.emit, article)
        except Broken as broken:
            if not fate.done():
                fate.set_exception(broken)
        else:
            if not fate.done():
                fate.set_result(result)


class Emit:
    """Item pipeline: the items are Articles, and storing them is what the pass was given ``emit`` for."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> Emit:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        await self._crawler.spider.store(item)
        return item


def _page(response: Response, asked: str, now: datetime) -> Page:
    return Page(
        url=response.url,
        asked=asked,
        status=response.status,
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ),
        body=response.body,
        fetched_at=now,
        redirects=(redirects := tuple(response.meta.get("redirect_urls", ()))),
        ip_address=str(response.ip_address) if response.ip_address is not None else None,
        received=chain(response.meta, response.url, redirects),
    )
