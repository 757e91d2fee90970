"""What an answer, or the lack of one, means: trouble with a Fate and words for a person. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from scrapy import exceptions as scrapy
from twisted.internet import error as twisted

from crawler.article import Page
from crawler.guard import Refused
from crawler.outcome import Ending, Fate

__all__ = ["Trouble", "challenged", "ending", "needs_browser", "not_a_page", "of_error", "of_page"]


class Trouble(Exception):  # noqa: N818 -- trouble of a site's is data here
    """An address that could not be had, its Fate and why, in words."""

    def __init__(
        self, fate: Fate, why: str, *, wait: datetime | None = None, gone: bool = False, for_good: bool = False
    ) -> None:
        super().__init__(why)
        self.fate = fate
        self.why = why
        self.wait = wait
        """The host asked to wait until then: nothing was asked of it, and nothing is held against the Entry."""
        self.gone = gone
        """The host says that there is nothing under this address."""
        self.for_good = for_good
        """It says that there never will be (410), or there is no such host."""


_ENDINGS: Mapping[Fate, Ending] = {Fate.REFUSED: Ending.REFUSED, Fate.CHALLENGED: Ending.CHALLENGED}
_FORBIDDEN = (401, 402, 403, 407, 451)
_TLS = re.compile(r"certificate|SSL|TLS|handshake", re.IGNORECASE)
_OPENSSL = re.compile(r"'SSL routines', '[^']*', '([^']+)'")

# Pages that a bot wall serves in place of the site's. Header: developers.cloudflare.com/cloudflare-challenges/challenge-types/
# challenge-pages/detect-response and docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge.html
_WALL_HEADERS = (("cf-mitigated", "challenge"), ("x-amzn-waf-action", "challenge"), ("x-amzn-waf-action", "captcha"))
_WALL = re.compile(
    rb"""<title>(?:just\ a\ moment\.\.\.|attention\ required!\ \|\ cloudflare|ddos-guard|one\ moment,\ please)
    | challenges\.cloudflare\.com | /cdn-cgi/challenge-platform/ | cf[-_]chl[-_] | cf-browser-verification
    | checking\ your\ browser\ before\ accessing
    | /\.well-known/ddos-guard/ | sucuri_cloudproxy_js | sucuri\ website\ firewall
    | _incapsula_resource | incapsula\ incident\ id | captcha-delivery\.com | px-captcha | /\.well-known/sgcaptcha/ | awswaf\.com
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What stands on no page of news, so that it says "wall" even with status 200. Cloudflare's own script stands on good pages too.
_SURE = re.compile(
    rb"sucuri_cloudproxy_js|/\.well-known/sgcaptcha/|window\._cf_chl_opt|_incapsula_resource\?", re.IGNORECASE
)
_EMPTY_SHELL = re.compile(
    rb"""<(div|main)\ [^>]*id=["']?(?:root|app|__next|__nuxt|app-root)["']?[^>]*>\s*</\1>
    | <app-root[^>]*>\s*</app-root> | <noscript>[^<]*(?:<[^/][^>]*>[^<]*)?(?:enable|requires?|turn\ on)\s+(?:\w+\s+)?javascript
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LOOKED_AT = 100_000


def ending(trouble: Trouble) -> Ending:
    """How a Source ends whose listing met this trouble."""
    return _ENDINGS.get(trouble.fate, Ending.FAILED)


def challenged(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a bot wall answered in the site's place. ``headers``: names in lower case."""
    if any(headers.get(name, "").lower() == value for name, value in _WALL_HEADERS):
        return True
    if status in (403, 405, 429, 503):
        return _WALL.search(body, 0, _LOOKED_AT) is not None
    return len(body) < 30_000 and _SURE.search(body) is not None


def of_page(page: Page) -> Trouble | None:
    """Trouble that the answer itself tells of; ``None``: it is what was asked for."""
    if challenged(page.status, {name.lower(): value for name, value in page.headers}, page.body):
        return Trouble(Fate.CHALLENGED, f"a bot wall answered (HTTP {page.status})")
    if 200 <= page.status < 300:
        return None
    fate = Fate.REFUSED if page.status in _FORBIDDEN else Fate.FAILED
    return Trouble(fate, _status(page.status), gone=page.status in (404, 410), for_good=page.status == 410)


def _status(code: int) -> str:
    try:
        return f"HTTP {code} {HTTPStatus(code).phrase}"
    except ValueError:
        return f"HTTP {code}"


def not_a_page(page: Page) -> str | None:
    """Why what was fetched cannot be a page (a picture, a PDF …), as its label and first bytes have it; ``None``: it may be."""
    label = (page.content_type or "").partition(";")[0].strip().lower()
    if page.body.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04")):
        return f"not a page but a file ({label or 'unlabelled'})"
    if not label or label.startswith("text/") or "html" in label or "xml" in label:
        return None
    if page.body[:1000].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return None
    return f"not a page but {label}"


def needs_browser(page: Page) -> bool:
    """Whether a page without text looks like one that scripts would fill in a browser."""
    return _EMPTY_SHELL.search(page.body, 0, 10 * _LOOKED_AT) is not None


def of_error(error: Exception) -> Trouble:
    """Trouble from the exception that fetching ended with."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, Refused):
        return Trouble(Fate.REFUSED, f"not allowed to go there: {error}")
    return Trouble(Fate.FAILED, _words(error), for_good=isinstance(error, scrapy.CannotResolveHostError))


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    for kinds, why in _ERRORS:
        if isinstance(error, kinds):
            return why
    for pattern, why in _SAID:
        if pattern.search(said):
            return why
    if _TLS.search(text):
        return f"no secure connection (TLS): {'; '.join(_OPENSSL.findall(text)) or text}"
    return text if text and isinstance(error, scrapy.IgnoreRequest) else said


_SAID = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (r"HeadersTooLarge", "the answer's headers are too large"),
        (r"DOWNLOAD_MAXSIZE", "the answer is too large once decompressed"),
        (r"VerificationError|Mismatch\(", "no secure connection (TLS): the certificate is another host's"),
        (r"max redirections", "too many redirects"),
        (r"^DownloadFailedError.*Connection(?:Done|Lost|Aborted)", "the host closed the connection without an answer"),
        (r"^DownloadFailedError.*(?:ParseError|ValueError|DataLoss)", "the answer is not HTTP"),
        (
            r"^(?:BadGzipFile|ZstdError|EOFError|error: )",
            "the answer cannot be decompressed",
        ),  # zlib's and brotli's: error
    )
)
"""What Scrapy and Twisted wrap, and say in words only."""
_ERRORS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (scrapy.CannotResolveHostError, "the host's name cannot be resolved (DNS)"),
    (scrapy.DownloadConnectionRefusedError, "the host refused the connection"),
    ((scrapy.DownloadTimeoutError, twisted.TimeoutError), "no whole answer in time (timeout)"),
    (scrapy.DownloadCancelledError, "the answer is too large"),
    (scrapy.ResponseDataLossError, "the connection broke in the middle of the answer"),
    (scrapy.UnsupportedURLSchemeError, "only http and https are read"),
    (scrapy.NotSupported, "only http and https are read"),
)
