"""A great file fetched to the disk: archives lie on servers in pieces of a gigabyte, too large for the engine of pages.

The standard library's client, over connections that the guard has judged: names are resolved here, every address is judged, and
the very address that was judged is dialled. What is there of an earlier try is gone on with (RFC 9110, 14.2).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from crawler.errors import CrawlError

__all__ = ["DownloadError", "download"]

_REDIRECTS = 5
_TIMEOUT = 60.0
_STEP = 2**20


class DownloadError(CrawlError):
    """A file cannot be had; ``subject`` is its address."""


def download(
    url: str,
    target: Path,
    *,
    user_agent: str,
    allow_addresses: Sequence[str] = (),
    most: int = 2**34,
    tell: Callable[[int, int | None], None] | None = None,
) -> Path:
    """Fetches ``url`` into the file ``target``; its bytes grow in ``target.part`` until they are all there.

    ``allow_addresses``: networks (CIDR) that are not public and may be dialled all the same. ``tell`` hears how many bytes are
    there, of how many. :class:`DownloadError` where the guard refuses, the server says no, or more than ``most`` bytes come.
    """
    part = target.with_name(target.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        _fetch(url, part, user_agent, tuple(allow_addresses), most, tell or _say_nothing)
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadError(
            f"it cannot be fetched ({error}); what came is kept, the same command goes on", subject=url
        ) from error
    part.replace(target)
    return target


def _say_nothing(have: int, whole: int | None) -> None: ...


def _fetch(
    url: str, part: Path, user_agent: str, allowed: tuple[str, ...], most: int, tell: Callable[[int, int | None], None]
) -> None:
    have = part.stat().st_size if part.exists() else 0
    at = url
    for _ in range(_REDIRECTS + 1):
        connection = _connection(at, url, allowed)
        try:
            headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
            if have:
                headers["Range"] = f"bytes={have}-"
            parts = urlsplit(at)
            connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers=headers)
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308) and (led := answer.getheader("Location")):
                at = urljoin(at, led)
                continue
            if answer.status == 416 and have:  # nothing is left to be fetched
                return
            if answer.status not in (200, 206):
                raise DownloadError(f"the server says {answer.status} {answer.reason}", subject=url)
            _pour(answer, part, 0 if answer.status == 200 else have, url, most, tell)
            return
        finally:
            connection.close()
    raise DownloadError(f"it leads on more than {_REDIRECTS} times", subject=url)


def _pour(
    answer: HTTPResponse, part: Path, have: int, url: str, most: int, tell: Callable[[int, int | None], None]
) -> None:
    length = answer.getheader("Content-Length") or ""
    whole = have + int(length) if length.isdecimal() else None
    if whole is not None and whole > most:
        raise DownloadError(f"it has {whole} bytes; at most {most} are fetched", subject=url)
    with part.open("ab" if have else "wb") as stream:
        while data := answer.read(_STEP):
            have += len(data)
            if have > most:
                raise DownloadError(f"it has more than {most} bytes", subject=url)
            stream.write(data)
            tell(have, whole)
    if whole is not None and have < whole:
        raise DownloadError(
            f"the server stopped at byte {have} of {whole}; what came is kept, the same command goes on", subject=url
        )


def _connection(at: str, url: str, allowed: tuple[str, ...]) -> HTTPConnection:
    parts = urlsplit(at)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DownloadError(f"only http and https are fetched, not {at}", subject=url)
    connection = (
        HTTPSConnection(parts.hostname, parts.port, timeout=_TIMEOUT, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(parts.hostname, parts.port, timeout=_TIMEOUT)
    )

    def dial(address: tuple[str, int], timeout: float, source: object = None) -> socket.socket:  # noqa: ARG001
        return socket.create_connection((_judged(address, url, allowed), address[1]), timeout)

    connection._create_connection = dial  # type: ignore[attr-defined]  # noqa: SLF001 -- its own door for this, since 3.2
    return connection


def _judged(address: tuple[str, int], url: str, allowed: tuple[str, ...]) -> str:
    """The first address of a name; all of them must be such as may be dialled."""
    from crawler.guard import networks, verdict

    found = [str(info[4][0]) for info in socket.getaddrinfo(*address, type=socket.SOCK_STREAM)]
    for one in found:
        if (why := verdict(one, networks(allowed))) is not None:
            raise DownloadError(f"{address[0]} is {one}: {why}; the guard refuses it", subject=url)
    return found[0]
