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
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response

from crawler import answers, validators
from crawler.answers import Trouble
from crawler.article import Article, Entry, Page
from crawler.backlog import Backlog
from crawler.errors import CrawlError
from crawler.fetching import Callbacks, Fetching
from crawler.following import follow
from crawler.guard import ALLOWED
from crawler.looks import look
from crawler.outcome import Ending, Fate
from crawler.reading import Readers, Unread
from crawler.source import Source
from crawler.spiders import KINDS, Listing
from crawler.tally import Tally
from crawler.urls import canonical
from crawler.writer import Broken, Writer

__all__ = ["Emit", "Rounds"]

log = logging.getLogger(__name__)

_AT_ONCE = 4  # pages of one source under way: one or two are fetched (its host's pace), the others are read or stored
_GRACE = 5.0  # seconds for what was fetched to be read, when the pass is to end
_LISTING_RETRIES = 2
_PAGE_RETRIES = 1


class Stopped(Exception):  # noqa: N818 -- not an error
    """The pass is to end: nothing more is fetched."""


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
        self._readers = readers
        self._backlog = Backlog()
        self._taken: set[str] = set()
        self._fetches: set[asyncio.Future[Response]] = set()
        self._out: asyncio.Queue[Article | None] = asyncio.Queue()
        self._waiting: dict[int, asyncio.Future[Fate]] = {}
        self._stopped: str | None = None

    # what the middlewares ask for

    def now(self) -> datetime:
        return self._given.now()

    async def room(self) -> None:
        await self._backlog.room()

    async def recall(self, key: str) -> Mapping[str, str] | None:
        return await self.writer.call(self._given.memory.recall, key)

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
        asyncio.get_running_loop().call_later(_GRACE, self._readers.cut)

    def _fail(self, error: CrawlError) -> None:
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
            async with asyncio.TaskGroup() as group:
                for source in self._sources:
                    group.create_task(self._visit(source))
        finally:
            if timer:
                timer.cancel()
            self._out.put_nowait(None)

    # one source

    async def _visit(self, source: Source) -> None:
        tally = Tally(source, self.now())
        try:
            await self._round(source, tally)
            if tally.ending in (Ending.READ, Ending.UNCHANGED):  # a site in trouble is left alone
                await self._look_again(source)
        except (Stopped, asyncio.CancelledError):
            if self._stopped is None:
                raise
            tally.end(Ending.CUT, self._stopped)
        except Broken:
            return
        except CrawlError as error:
            self._fail(error)
            return
        except Trouble as trouble:
            tally.end(answers.ending(trouble), trouble.why)
        except Unread as unread:
            tally.end(Ending.FAILED, str(unread))
        except Exception as error:
            log.exception("%s: unexpected", source.name)
            tally.end(Ending.FAILED, f"unexpected, see the log: {type(error).__name__}: {error}")
        with suppress(Broken):
            await self.writer.call(self._given.ended, tally.outcome(self.now()))
            self.not_ended.discard(source.name)

    async def _round(self, source: Source, tally: Tally) -> None:
        kind = KINDS[source.kind]
        address = kind.start(source)
        remembered = await self.recall(f"page {address}") or {}
        headers = validators.conditions(remembered, source, self.now())
        page = await self._fetch(address, source, headers=headers, retries=_LISTING_RETRIES)
        if page.status == 304 or validators.same(remembered, source, self.now(), page):
            tally.end(Ending.UNCHANGED)
            return
        with self._backlog.hold(page):
            listing = await self._readers.listing(page, source)
        entries, tally.defects = await follow(listing, address, partial(self._listing_at, source=source))
        if not entries:
            tally.end(Ending.EMPTY, "; ".join(tally.defects) or "nothing is listed")
            return
        await self._entries(entries, source, tally)
        # an index of listings is asked for whole each time: that it is unchanged says nothing of what it lists
        if not listing.more and not tally.not_reached and self._stopped is None:
            now = self.now()
            value = validators.worth_remembering(remembered, source, now, page, to_be_retried=tally.to_be_retried)
            await self.remember(f"page {address}", value)

    async def _listing_at(self, address: str, source: Source) -> Listing:
        page = await self._fetch(address, source, retries=_LISTING_RETRIES)
        with self._backlog.hold(page):
            return await self._readers.listing(page, source)

    async def _look_again(self, source: Source) -> None:
        """At what is asked for of this source, one after the other: news goes first."""
        told, sights = self._given.revisited, []
        again = partial(
            look,
            fetch=lambda url: self._fetch(url, source, retries=_PAGE_RETRIES),
            keep=lambda page: self.writer.call(self._given.keep, page),
            read=lambda page, entry: self._readers.article(page, source, entry),
        )
        try:
            for revisit in self._given.revisit:
                if told and revisit.source == source.name:
                    sights.append(await again(revisit))  # noqa: PERF401 -- what was seen is told when the pass is cut
        finally:
            if told and sights:
                await self.writer.call(told, source.name, sights)

    async def _entries(self, entries: Sequence[Entry], source: Source, tally: Tally) -> None:
        tally.seen = len(entries)
        by_address = [(canonical(entry.url), entry) for entry in entries]
        known = await self.writer.call(self._known, list(dict.fromkeys(url for url, _ in by_address)))
        todo = []
        for url, entry in by_address:
            if url in known or url in self._taken:
                tally.count(Fate.KNOWN)
            else:
                self._taken.add(url)
                todo.append((url, entry))
        turns = iter(todo)

        async def take_turns() -> None:
            for url, entry in turns:
                await self._entry(url, entry, source, tally)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(todo))):
                group.create_task(take_turns())
        if tally.not_reached and self._stopped is not None:
            tally.end(Ending.CUT, self._stopped)

    # one entry

    async def _entry(self, url: str, entry: Entry, source: Source, tally: Tally) -> None:
        why = ""
        try:
            fate, why = await self._article(url, entry, source)
        except Broken:
            return
        except (Stopped, asyncio.CancelledError):
            if self._stopped is None:
                raise
            return
        except Trouble as trouble:
            if trouble.wait:
                tally.end(Ending.REFUSED, trouble.why)
                return
            fate, why = trouble.fate, trouble.why
        except Unread as unread:
            fate, why = Fate.UNREADABLE, str(unread)
        except CrawlError as error:
            self._fail(error)
            return
        except Exception as error:
            log.exception("%s: %s: unexpected", source.name, url)
            fate, why = Fate.FAILED, f"unexpected, see the log: {type(error).__name__}: {error}"
        tally.count(fate)
        if fate not in (Fate.STORED, Fate.KNOWN):
            with suppress(Broken):
                await self.writer.call(self._given.missed, source.name, replace(entry, url=url), fate, why)

    async def _article(self, url: str, entry: Entry, source: Source) -> tuple[Fate, str]:
        if entry.complete:  # the listing carries it whole: there is nothing to ask for
            article, reason = await self._readers.whole(url, entry, source, self.now())
            return (await self._emit(article), reason) if article else (Fate.UNREADABLE, reason)
        page = await self._fetch(entry.url, source, retries=_PAGE_RETRIES)
        with self._backlog.hold(page):
            if page.redirects and (led := await self._led_elsewhere(url, page)) is not None:
                return led
            if (why := answers.not_a_page(page)) is not None:
                return Fate.UNREADABLE, why
            capture = await self.writer.call(self._given.keep, page)
            article, why = await self._readers.article(page, source, entry)
        if article is None:
            if answers.needs_browser(page):
                return Fate.NEEDS_BROWSER, "its text is made by scripts in a browser"
            return Fate.UNREADABLE, why or "no article in it"
        if capture is not None:
            article = replace(article, capture=capture)
        fate = await self._emit(article)
        if article.url != url:
            await self.remember(f"entry {url}", {"led-to": article.url})
        return fate, why

    async def _led_elsewhere(self, url: str, page: Page) -> tuple[Fate, str] | None:
        """The Fate of an entry whose address led to another one; ``None``: the other one is to be read."""
        final = canonical(page.url)
        if final == url:
            return None
        if urlsplit(final).path in ("", "/") and not urlsplit(final).query:
            return Fate.UNREADABLE, "it leads to the front page"
        if final in self._taken or final in await self.writer.call(self._given.known, [final]):
            await self.remember(f"entry {url}", {"led-to": final})
            return Fate.KNOWN, ""
        self._taken.add(final)
        return None

    def _known(self, urls: Sequence[str]) -> set[str]:
        """Those that need no fetch: known themselves, or known to lead to one that is. In the writer's thread."""
        known = self._given.known(urls)
        led = {}
        for url in urls:
            if url not in known and (said := self._given.memory.recall(f"entry {url}")) is not None:
                led[url] = said.get("led-to", url)
        if led:
            behind = self._given.known(sorted(set(led.values())))
            known = known | {url for url, to in led.items() if to in behind}
        return known

    # going out and handing over

    async def _fetch(self, url: str, source: Source, *, retries: int, headers: Mapping[str, str] | None = None) -> Page:
        """The answer. Raises :class:`Trouble` for whatever is not a page or, where ``headers`` asked so, a 304."""
        if self._stopped is not None:
            raise Stopped
        meta: dict[str, Any] = {ALLOWED: source.allow_addresses, "max_retry_times": retries}
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

    async def _emit(self, article: Article) -> Fate:
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
        redirects=tuple(response.meta.get("redirect_urls", ())),
        ip_address=str(response.ip_address) if response.ip_address is not None else None,
    )
