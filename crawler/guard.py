"""The guard: connections go to public addresses only, judged on the very address that is dialled.

A feed is somebody else's text. A link or a redirect in it may name ``169.254.169.254``, ``http://2130706433/``, or a name that
resolves to ``10.0.0.1``; a crawler that follows it reads the operator's own network out loud (server-side request forgery).
Names are therefore judged after they are resolved, in the resolver that hands the address to the connection: what was judged
is what is dialled, and a name that resolves otherwise the second time (DNS rebinding) is judged a second time.

A Source may list networks that it may reach all the same (``allow_addresses``). What a request may reach follows from the Source
it was made for and from nothing else; redirects keep it. The handler tells the resolver by a context variable, and a connection
that was opened under one allowance is never used under another: every allowance has a connection pool of its own.

Through a proxy only the proxy is dialled, which the operator chose: names are resolved there, and nobody here sees to what.
What is spelled out as an address, or is a name of somebody's own network by its very ending, is refused all the same.

Dangers: https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html; networks:
https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.connections import handler
from crawler.errors import CrawlError
from crawler.urls import same_site

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

__all__ = [
    "ALLOWED",
    "PROXY",
    "UNVERIFIED",
    "Guard",
    "GuardedHandler",
    "Network",
    "Refused",
    "Resolver",
    "literal",
    "networks",
    "own_name",
    "verdict",
]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ALLOWED = "allow_addresses"
"""Key of ``Request.meta``: the networks (CIDR) that the request's Source may reach although they are not public."""

PROXY = "proxy"
"""Key of ``Request.meta``, Scrapy's own: the HTTP proxy through which the request goes."""
UNVERIFIED = "unverified_site"
"""Key of ``Request.meta``: the address of a site whose certificate need not be vouched for."""

_OWN_NAMES = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa|home|corp)$")
"""RFC 6761 and 6762, RFC 8375, ICANN's list of names that are never delegated."""
_EVERYWHERE: tuple[Network, ...] = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/96", "unspecified, loopback or IPv4-compatible"),
        ("64:ff9b:1::/48", "local-use NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/23", "protocol assignments, Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)


class Refused(IgnoreRequest):
    """The guard does not let a request go where it was going. ``str()`` says where and why."""


def verdict(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Why ``address`` (an IP address as text) may not be dialled; ``None``: it may.

    IPv4 addresses inside IPv6 ones (mapped, NAT64) are judged as the IPv4 addresses that they are. ``allowed`` networks may be
    dialled although they are not public. What is not an address is refused.
    """
    try:
        ip = _plain(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return f"{address!r} is not an address"
    if any(ip in network for network in allowed):
        return None
    for network, what in _NOT_PUBLIC:
        if ip in network:
            return f"{address} is not a public address ({what})"
    return None if ip.is_global else f"{address} is not a public address"


def _plain(ip: Address) -> Address:
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def networks(declared: Iterable[str], *, subject: str | None = None) -> tuple[Network, ...]:
    """Networks as declared, read. Raises :class:`CrawlError` that names ``subject`` and the remedy."""
    try:
        return tuple(_network(network) for network in declared)
    except ValueError as error:
        raise CrawlError(f"allow_addresses: {error}; write networks like 127.0.0.11/32", subject=subject) from error


@lru_cache(maxsize=1024)
def _network(declared: str) -> Network:
    return ipaddress.ip_network(declared)


def literal(host: str) -> str | None:
    """The address that a host part spells out, in any spelling that ``connect`` understands without asking DNS (``127.1``,
    ``0x7f.1``, ``2130706433``, ``017700000001``, ``[::ffff:127.0.0.1]``); ``None``: it is a name."""
    bare = host.strip("[]").partition("%")[0].removesuffix(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(bare)) if bare.isascii() and bare.split() == [bare] else None
    except OSError:
        return None


def own_name(host: str) -> bool:
    """Whether a host name is one of somebody's own network by its ending, or has no dot at all."""
    name = host.rstrip(".").lower()
    return "." not in name or _OWN_NAMES.search(name) is not None


@dataclass(slots=True)
class _Permit:
    """What one transfer may reach, and what the resolver refused it."""

    allowed: tuple[Network, ...]
    refused: str | None = None


_permit: ContextVar[_Permit | None] = ContextVar("_permit", default=None)


class Resolver(CachingThreadedResolver):
    """Scrapy's resolver (IPv4), handing out only addresses that the transfer at hand may dial.

    Twisted asks it for every connection it opens, also where the host is an address already, in the call stack of the handler;
    the context variable is therefore that transfer's. Without one nothing but public addresses is given.
    """

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 -- Twisted's name
        permit = _permit.get()

        def judge(address: str) -> str:
            why = verdict(address, permit.allowed if permit else ())
            if why is None:
                return address
            if permit:
                permit.refused = why
            raise DNSLookupError(why)

        return super().getHostByName(name, timeout).addCallback(judge)


class GuardedHandler:
    """Download handler of http and https: Scrapy's own, one for each allowance, which is told to the resolver."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._doors: dict[tuple[tuple[str, ...], str | None, bool], HTTP11DownloadHandler] = {}
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardedHandler:
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch it. Raises :class:`Refused` where the guard says no, otherwise what Scrapy's handler raises."""
        declared, proxy = tuple(request.meta.get(ALLOWED, ())), request.meta.get(PROXY)
        site = request.meta.get(UNVERIFIED)
        verified = site is None or not same_site(request.url, site)
        permit = _Permit(_EVERYWHERE if proxy else networks(declared))
        token = _permit.set(permit)
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            async with self.turn():
                response = await self._door((declared, proxy, verified)).download_request(request)
                # of a proxied answer the address is the proxy's, and says nothing of the site
                return response.replace(ip_address=None) if proxy else response
        except CannotResolveHostError:
            if permit.refused is not None:
                raise Refused(f"{urlsplit(request.url).hostname}: {permit.refused}") from None
            raise
        finally:
            _permit.reset(token)
            self._running.discard(task)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """What a transfer waits for before it begins, and holds until it ends."""
        return nullcontext()

    def _door(self, key: tuple[tuple[str, ...], str | None, bool]) -> HTTP11DownloadHandler:
        found = self._doors.get(key)
        if found is None:
            found = self._doors[key] = handler(self._crawler, verified=key[2])
        return found

    async def close(self) -> None:
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=1)
        for door in self._doors.values():
            await door.close()


class Guard:
    """Downloader middleware: refuses addresses spelled out in URLs before anything is asked of them, robots.txt included,
    and looks once more at the address that an answer came from."""

    async def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            raise Refused(f"{parts.scheme}: only http and https are read")
        host = parts.hostname or ""
        address = literal(host)
        if address is not None:
            self._judge(address, request)
        elif request.meta.get(PROXY) and own_name(host):
            raise Refused(f"{host} is a name of the proxy's own network")

    async def process_response(self, request: Request, response: Response) -> Response:
        if response.ip_address is not None:
            self._judge(str(response.ip_address), request)
        return response

    @staticmethod
    def _judge(address: str, request: Request) -> None:
        why = verdict(address, networks(request.meta.get(ALLOWED, ())))
        if why is not None:
            raise Refused(why)
