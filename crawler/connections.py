"""How connections are made: a cap on headers, and certificates that nobody vouches for where a Source bears them.

Scrapy caps bodies, Twisted single header lines (16 KiB), and nobody the headers together: three megabytes of them were taken
(measured), and a server that never ends them is heard out until the timeout, at the pace of the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["MOST_HEADERS", "HeadersTooLarge", "handler"]

MOST_HEADERS = 256 * 1024
"""Bytes of an answer's status line and headers, those of interim answers (1xx) included; browsers stop there too."""
_IN_THE_HEAD = ("STATUS", "HEADER")


class HeadersTooLarge(Exception):  # noqa: N818 -- says what is the matter
    """An answer has more headers than anybody needs."""


class _Capped(_LenientHTTP11ClientProtocol):
    """Gives up an answer whose headers do not end."""

    _parser: Any
    _counted: Any = None
    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 -- Twisted's name
        parser = self._parser
        if parser is not None and parser.state in _IN_THE_HEAD:
            if parser is not self._counted:
                self._counted, self._head = parser, 0
            self._head += len(data)
            if self._head > MOST_HEADERS + len(data):  # the last piece may be of the body
                why = Failure(HeadersTooLarge(f"more than {MOST_HEADERS // 1024} KiB of headers"))  # type: ignore[no-untyped-call]
                self._giveUp(why)  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _CappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: object) -> _Capped:  # noqa: N802, ARG002 -- Twisted's name
        return _Capped(self._quiescentCallback)  # type: ignore[no-untyped-call]


def handler(crawler: Crawler, *, verified: bool) -> HTTP11DownloadHandler:
    """A download handler with a pool of connections of its own."""
    made = HTTP11DownloadHandler(crawler)
    # Twisted's own second try of a GET whose kept-alive connection had died opens a new connection from whatever
    # context closed the old one: the resolver would not know for whom. Scrapy's retry comes through here again.
    made._pool.retryAutomatically = False  # noqa: SLF001 -- no public way
    made._pool._factory = _CappedFactory  # noqa: SLF001 -- as Scrapy itself does it
    if not verified:
        lenient: Any = _ScrapyClientContextFactory(verify_certificates=False)
        made._contextFactory = lenient  # noqa: SLF001
    return made
