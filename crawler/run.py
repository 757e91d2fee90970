"""Going out: one pass over sources, and the only module that starts Scrapy."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.article import Article, Entry, Page
from crawler.errors import CrawlError
from crawler.fetching import Callbacks, Fetching, Memory
from crawler.outcome import Fate, Outcome
from crawler.revisit import Revisit, Sight
from crawler.source import Source

if TYPE_CHECKING:
    from crawler.spiders.rounds import Rounds

__all__ = ["Fetching", "Memory", "crawl"]

log = logging.getLogger(__name__)

_SWEPT_AFTER = 7_000
"""Objects made and not gone: ten times what is usual."""
_gone_out = False


def crawl(
    sources: Sequence[Source],
    *,
    fetching: Fetching,
    now: Callable[[], datetime],
    known: Callable[[Sequence[str]], set[str]],
    memory: Memory,
    keep: Callable[[Page], str | None],
    emit: Callable[[Article], Fate],
    missed: Callable[[str, Entry, Fate, str], None],
    ended: Callable[[Outcome], None],
    revisit: Sequence[Revisit] = (),
    again: Callable[[str, Sequence[Entry]], Sequence[Revisit]] | None = None,
    revisited: Callable[[str, Sequence[Sight]], None] | None = None,
    listed: Callable[[str, Page, Sequence[Entry], Sequence[str]], None] | None = None,
    read_elsewhere: Collection[str] = (),
    owed: Callable[[str], Sequence[Entry]] | None = None,
    together: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Read all ``sources`` once, now, and return when each has ended.

    ``known``   those of these canonical addresses that need no fetch
    ``memory``  what is remembered between passes (:class:`Memory`, better one that is a :class:`MemoryOfMany` too)
    ``keep``    keeps a raw response before it is interpreted; names the Capture
    ``emit``    stores an Article: STORED, KNOWN or OFF_TOPIC
    ``missed``  an Entry (its ``url`` canonical) that did not become an Article, and why; not called for KNOWN and NOT_REACHED
    ``ended``   a source's Outcome: exactly once for each
    ``revisit``   addresses to look at again when their source has been read; a source in trouble is left alone
    ``read_elsewhere`` addresses of sources that are not of this pass: posts' links to their sites are left to them
    ``again``     a source's name and the entries of its listing that are known (``url`` canonical) and that say when they
                  were updated, or that are complete; gives those that are to be looked at too. Complete ones cost no request
    ``owed``    entries of a source's that earlier passes could not have and that are to be asked for, listed or not
    ``revisited`` a source's name and all its Sights, once, before its ``ended``
    ``together``  within it several sources end and what is remembered of them is told: one transaction, where that can be
    ``listed``    a source's name, its listing as it was fetched, the Entries and the defects; before ``known`` is asked

    All of them may block: they are called one at a time, in one thread of their own. If one raises, the pass stops and that very
    exception is raised from here. SIGTERM, SIGINT and ``fetching.time_limit`` end the pass in good order: what was fetched is
    emitted, sources that are not finished end CUT. Trouble with a source is its Outcome; :class:`CrawlError` says that going out
    itself failed.

    Once per process (Twisted's reactor cannot be started twice), in its main thread, else signals are not heeded.
    """
    global _gone_out  # noqa: PLW0603 -- the reactor is as global
    if _gone_out:
        raise RuntimeError("one pass per process: Twisted's reactor cannot be started twice")
    if not sources:
        return
    _check(sources)
    _gone_out = True
    callbacks = Callbacks(
        known=known, memory=memory, keep=keep, emit=emit, missed=missed, ended=ended, now=now,
        revisit=revisit, again=again, revisited=revisited, listed=listed, read_elsewhere=read_elsewhere, owed=owed,
        together=together,
    )  # fmt: skip
    _go(sources, fetching, callbacks)


def _check(sources: Sequence[Source]) -> None:
    from crawler.guard import networks
    from crawler.spiders import KINDS

    for source in sources:
        if source.kind not in KINDS:
            raise CrawlError(f"no kind {source.kind!r}; there are: {', '.join(KINDS)}", subject=source.name)
        networks(source.allow_addresses, subject=source.name)
    names = [source.name for source in sources]
    if twice := {name for name in names if names.count(name) > 1}:
        raise CrawlError("two sources have this name", subject=min(twice))


def _go(sources: Sequence[Source], fetching: Fetching, callbacks: Callbacks) -> None:
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.reading import Readers
    from crawler.spiders.rounds import Rounds

    disabled = logging.root.manager.disable
    logging.disable(max(disabled, logging.INFO))  # Scrapy sets its loggers anew, and says its versions, at every pass
    try:
        process = AsyncCrawlerProcess(_settings(sources, fetching))  # installs the reactor
    finally:
        logging.disable(disabled)
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    readers = Readers(fetching.readers, fetching.read_limit)
    crawler = process.create_crawler(Rounds)
    task = process.crawl(crawler, sources=sources, fetching=fetching, callbacks=callbacks, readers=readers)

    loop = asyncio.get_event_loop()

    def stop(signal_name: str) -> None:
        if isinstance(crawler.spider, Rounds):
            crawler.spider.stop(f"ended by {signal_name}")
        else:  # it is being made
            loop.call_later(0.05, stop, signal_name)

    try:
        with _signals(loop, stop), _seldom_swept():
            process.start(install_signal_handlers=False)
    finally:
        readers.close()
        if isinstance(crawler.spider, Rounds):
            crawler.spider.writer.close()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)
    if (error := task.exception()) is not None:
        raise error
    assert isinstance(crawler.spider, Rounds)
    _raise_what_went_wrong(crawler.spider)


def _raise_what_went_wrong(spider: Rounds) -> None:
    """Scrapy swallows what its parts raise and says "finished"."""
    if spider.writer.error is not None:
        raise spider.writer.error
    if spider.failure is not None:
        raise spider.failure
    if spider.not_ended:
        raise CrawlError(f"the pass ended without an Outcome of {', '.join(sorted(spider.not_ended))}")


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """While within, what is there already (packs, lexicon, libraries) is not gone through for garbage, and the rest less often.

    As shipped, the collector took a seventh of the CPU of a pass over a thousand feeds; memory stays as it is.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SWEPT_AFTER, 20, 10)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: Callable[[str], object]) -> Iterator[None]:
    """While within, SIGTERM and SIGINT end the pass in good order; a second one is what it was before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def restore() -> None:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)

    def first(number: signal.Signals) -> None:
        restore()
        stop(number.name)

    for number in before:
        loop.add_signal_handler(number, first, number)
    try:
        yield
    finally:
        restore()


def _settings(sources: Sequence[Source], fetching: Fetching) -> dict[str, Any]:
    from crawler import guard, politeness
    from crawler.spiders.rounds import Emit

    delays: dict[str, float] = {}
    for source in sources:
        if source.delay is not None:
            host = urlsplit(source.url).hostname or ""
            delays[host] = max(source.delay, delays.get(host, 0.0))
    return {
        "USER_AGENT": fetching.user_agent,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "ar, *;q=0.5",
        },
        "LOG_INSTALL_ROOT_HANDLER": False,
        "TWISTED_DNS_RESOLVER": guard.Resolver,
        "DOWNLOAD_HANDLERS": {
            "http": politeness.PacedHandler,
            "https": politeness.PacedHandler,
            **dict.fromkeys(("file", "ftp", "s3", "data")),
        },
        "DOWNLOADER_MIDDLEWARES": _MIDDLEWARES,
        "ITEM_PIPELINES": {Emit: 100},
        "EXTENSIONS": {"scrapy.extensions.logcount.LogCount": None},  # a handler on the root logger
        # how much, how long
        "DOWNLOAD_MAXSIZE": fetching.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": fetching.timeout,
        "REDIRECT_MAX_TIMES": 5,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # how often
        "DOWNLOAD_DELAY": fetching.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_SLOTS": politeness.slots(delays),
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "AUTOTHROTTLE_ENABLED": fetching.delay > 0,
        "AUTOTHROTTLE_START_DELAY": fetching.delay,
        "AUTOTHROTTLE_MAX_DELAY": 30.0,
        "RETRY_HTTP_CODES": [502, 504],  # 429 and 503 ask for rest; 500 is not better a second later
        "RETRY_EXCEPTIONS": _WORTH_A_RETRY,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        # what is of no use here
        **dict.fromkeys(_OFF, False),
        "LOGSTATS_INTERVAL": 0,
    }


_MIDDLEWARES: Mapping[str, int | None] = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.guard.Guard": 40,
    "crawler.politeness.Patience": 60,
    "crawler.politeness.Robots": 100,
    "crawler.received.Received": 950,  # next to the transport: before HttpCompression (590) and Redirect (600)
}
_WORTH_A_RETRY = [
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectError",
    "twisted.internet.error.ConnectionLost",
]
_OFF = (
    "TELNETCONSOLE_ENABLED",
    "REMOTE_CONTROL_ENABLED",
    "COOKIES_ENABLED",
    "HTTPCACHE_ENABLED",
    "HTTPPROXY_ENABLED",  # a proxy from the environment would resolve names where the guard does not see it
    "MEMUSAGE_ENABLED",
    "STATS_DUMP",
)
