"""Politeness as a rule of the engine: robots.txt, the pace that a host wants, and silence when it asks for that.

Middlewares of Scrapy's downloader, so that every request meets them, those after a redirect included.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser

from crawler.answers import Trouble, challenged, of_error
from crawler.guard import ALLOWED, PROXY, UNVERIFIED, GuardedHandler, Refused
from crawler.outcome import Fate

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

__all__ = ["PacedHandler", "Pass", "Patience", "Robots", "crawl_delay", "product", "retry_after", "slots"]

log = logging.getLogger(__name__)

LONGEST_DELAY = 120.0
"""Seconds between two requests, whatever Crawl-delay asks for: a host that wants ten minutes would never be read to the end."""
LONGEST_REST = timedelta(hours=24)
REST = timedelta(minutes=15)
"""After a 429 that does not say for how long."""
ROBOTS_KEPT = timedelta(hours=24)  # RFC 9309, 2.4
_ROBOTS_REMEMBERED = 64 * 1024  # characters


class Pass(Protocol):
    """What these middlewares need of the spider."""

    transfers: asyncio.Semaphore

    def now(self) -> datetime: ...
    async def room(self) -> None: ...
    async def recall(self, key: str) -> Mapping[str, str] | None: ...
    async def remember(self, key: str, value: Mapping[str, str]) -> None: ...


def product(user_agent: str) -> str:
    """The product token that robots.txt is read for (RFC 9309, 2.2.1): ``Rasid`` of ``Rasid/0.1 (+https://…)``."""
    return user_agent.partition("/")[0].split(" ")[0]


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """Until when a ``Retry-After`` header (RFC 9110, 10.2.3: seconds or a date) asks to wait, 24 hours at most.

    ``None``: it says nothing that can be understood, or a time that is over.
    """
    text = (value or "").strip()
    try:
        until = now + timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text)
    except OverflowError:
        until = now + LONGEST_REST
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(until, now + LONGEST_REST) if until > now else None


def crawl_delay(said: float | None, ours: float) -> float:
    """Seconds between two requests: what the host says, never less than ours, never more than :data:`LONGEST_DELAY`."""
    if said is None or not said > ours:  # NaN compares false
        return ours
    return min(said, max(LONGEST_DELAY, ours))


def slots(delays: Mapping[str, float]) -> dict[str, dict[str, float | int]]:
    """Scrapy's ``DOWNLOAD_SLOTS`` for hosts with a delay of their own: one request at a time, no jitter below the delay."""
    return {host: {"concurrency": 1, "delay": delay, "jitter": 0} for host, delay in delays.items()}


class PacedHandler(GuardedHandler):
    """The guarded handler, with a limit on the transfers of all hosts together.

    Scrapy's own limit counts requests that wait for their host's delay, so that sixteen slow hosts would stop all others.
    A transfer also waits while too many fetched bodies wait to be read.
    """

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        spider = cast("Pass", self._crawler.spider)
        async with spider.transfers:
            await spider.room()
            yield


class Patience:
    """Leaves a host alone for as long as it asks (429 and 503 with ``Retry-After``; a 429 without it: 15 minutes)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._until: dict[str, datetime | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Patience:
        return cls(crawler)

    @property
    def _spider(self) -> Pass:
        return cast("Pass", self._crawler.spider)

    async def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if host not in self._until:
            said = await self._spider.recall(f"host {host}") or {}
            self._until.setdefault(host, _moment(said.get("rest-until")))
        until = self._until[host]
        if until is not None and self._spider.now() < until:
            raise _asked_to_wait(host, until)

    async def process_response(self, request: Request, response: Response) -> Response:
        if response.status not in (429, 503):
            return response
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in _flat(response)}
        if challenged(response.status, headers, response.body):
            return response
        now = self._spider.now()
        until = retry_after(headers.get("retry-after"), now)
        if until is None:
            if response.status == 503:
                return response
            until = now + REST
        host = urlsplit(request.url).hostname or ""
        if (earlier := self._until.get(host)) is None or earlier < until:
            self._until[host] = until
            await self._spider.remember(
                f"host {host}", {"rest-until": until.isoformat(), "why": f"HTTP {response.status}"}
            )
        raise _asked_to_wait(host, until)


def _asked_to_wait(host: str, until: datetime) -> Trouble:
    return Trouble(Fate.REFUSED, f"{host} asked to wait until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC", wait=until)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _flat(response: Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in response.headers.items() for value in values]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host's robots.txt comes to."""

    parser: ProtegoRobotParser | None = None
    """``None``: everything is allowed."""
    trouble: Trouble | None = None
    """It could not be read: nothing is allowed."""


class Robots:
    """robots.txt, as RFC 9309 has it: asked once per origin and day, a server error or no answer means that nothing is allowed,
    any other lack of it that everything is. Its Crawl-delay becomes the pace of the host.

    In the place of Scrapy 2.19's own, which lets through all but the first of the requests that wait for one robots.txt: they
    share a Deferred, and ``asFuture`` leaves it with the result ``None``, "no rules", for whoever comes second.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = product(crawler.settings["USER_AGENT"])
        self._rules: dict[str, _Rules] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        return cls(crawler)

    @property
    def _spider(self) -> Pass:
        return cast("Pass", self._crawler.spider)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):  # robots.txt itself
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._locks[origin]:  # whoever comes second waits for what the first one learns
            rules = self._rules.get(origin)
            if rules is None:
                rules = await self._learn(origin, request)
                self._rules[origin] = rules
        if rules.trouble is not None:
            raise rules.trouble
        if rules.parser is None:
            return
        if not rules.parser.allowed(request.url, self._agent):
            raise Trouble(Fate.REFUSED, "robots.txt does not allow it")
        self._pace(parts.hostname or "", rules.parser.crawl_delay(self._agent), request)

    async def _learn(self, origin: str, request: Request) -> _Rules:
        """Raises what says nothing of the host: a refusal of the guard's, a host at rest."""
        key, now = f"robots {origin}", self._spider.now()
        said = await self._spider.recall(key) or {}
        at = _moment(said.get("at"))
        if at is not None and at <= now < at + ROBOTS_KEPT:
            return _rules(said.get("body", "").encode())
        try:
            response = await self._ask(f"{origin}/robots.txt", request)
        except (Refused, Trouble):
            raise
        except IgnoreRequest:  # too many redirects: "unavailable", RFC 9309, 2.3.1.2
            return _Rules()
        except Exception as error:  # noqa: BLE001 -- whatever kept us from reading it
            trouble = of_error(error)
            return _Rules(trouble=Trouble(trouble.fate, f"robots.txt cannot be had: {trouble.why}"))
        if response.status >= 500:
            why = f"robots.txt cannot be had (HTTP {response.status}), so that nothing is allowed"
            return _Rules(trouble=Trouble(Fate.REFUSED, why))
        body = response.body if 200 <= response.status < 300 else b""
        text = body.decode("utf-8-sig", "replace")
        if len(text) <= _ROBOTS_REMEMBERED:
            await self._spider.remember(key, {"at": now.isoformat(), "body": text})
        return _rules(body)

    async def _ask(self, url: str, request: Request) -> Response:
        kept = {key: request.meta[key] for key in (ALLOWED, PROXY, UNVERIFIED) if key in request.meta}
        meta = kept | {"dont_obey_robotstxt": True, "max_retry_times": 1}
        robots = Request(url, callback=NO_CALLBACK, meta=meta, dont_filter=True)
        return await self._crawler.engine.download_async(robots)

    def _pace(self, host: str, said: float | None, request: Request) -> None:
        downloader: Any = self._crawler.engine.downloader
        ours = downloader.per_slot_settings.get(host, {}).get(
            "delay", self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        )
        delay = crawl_delay(said, ours)
        if delay > ours:
            log.info("%s asks for %g s between two requests", host, delay)
            downloader.per_slot_settings |= slots({host: delay})
            if (slot := downloader.slots.get(host)) is not None:
                slot.delay, slot.concurrency, slot.jitter = delay, 1, 0
        if host in downloader.per_slot_settings:
            request.meta["autothrottle_dont_adjust_delay"] = True  # it would go below what was asked for


def _rules(body: bytes) -> _Rules:
    return _Rules(parser=ProtegoRobotParser(body, None)) if body.strip() else _Rules()
