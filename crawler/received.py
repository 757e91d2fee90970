"""What goes over the wire, kept beside what is made of it: the raw material of Captures.

Scrapy decodes an answer's body (``Content-Encoding``) and drops the header that said so before anybody sees it; a downloader
middleware next to the transport sees it before. What is out of reach even there: the spelling and the order of header names
(Twisted normalises them), ``Transfer-Encoding`` and ``Connection`` (Twisted takes them off), the words of the status line,
``Host`` and ``Connection`` of the request (Twisted adds them). A Capture says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, cast

from crawler.article import Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

__all__ = ["Received", "chain"]

_KEY = "received"
_REDIRECT_BODY = 64 * 2**10
"""Bytes of a redirect's body that are kept: nobody has decoded it, so that nobody has seen whether it is a bomb."""


class _Clock(Protocol):
    def now(self) -> datetime: ...


class Received:
    """Downloader middleware, the one next to the transport. It leaves what it saw in ``request.meta``."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Received:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        redirect = 300 <= response.status < 400
        body = response.body[:_REDIRECT_BODY] if redirect else response.body
        seen = Exchange(
            url=response.url,
            method=request.method,
            asked_with=_flat(request.headers),
            status=response.status,
            headers=_flat(response.headers),
            body=body,
            at=cast("_Clock", self._crawler.spider).now(),
            protocol=response.protocol or "HTTP/1.1",
            ip_address=str(response.ip_address) if response.ip_address is not None else None,
            certificate=_der(response.certificate),
            cut=len(body) < len(response.body),
        )
        # a redirect's request has a copy of the meta of the one before, and the same list in it
        request.meta.setdefault(_KEY, {})[_place(response.url)] = seen
        return response


def chain(meta: Mapping[str, object], url: str, redirects: tuple[str, ...]) -> tuple[Exchange, ...]:
    """The exchanges that led to ``url``, its own last; empty when its own is not among them. A second try of an address has
    taken the place of the first."""
    seen = cast("Mapping[str, Exchange]", meta.get(_KEY, {}))
    end = _place(url)
    if end not in seen:
        return ()
    return (*(seen[hop] for hop in map(_place, redirects) if hop in seen and hop != end), seen[end])


def _place(url: str) -> str:
    return url.partition("#")[0]


def _flat(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )


def _der(certificate: object) -> bytes | None:
    """Of Twisted's ``Certificate``, whose ``dump`` gives ASN.1."""
    return certificate.dump() if certificate is not None else None  # type: ignore[attr-defined]
