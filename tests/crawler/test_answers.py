"""What an answer, or the lack of one, means."""

from datetime import UTC, datetime

import pytest
from OpenSSL.SSL import Error as TLSError
from scrapy import exceptions as scrapy
from twisted.internet import error as twisted

from crawler.answers import Trouble, challenged, ending, needs_browser, not_a_page, of_error, of_page
from crawler.article import Page
from crawler.guard import Refused
from crawler.outcome import Ending, Fate


def page(status: int = 200, body: bytes = b"", **headers: str) -> Page:
    at = "http://wire.example/1"
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(url=at, asked=at, status=status, headers=named, body=body, fetched_at=datetime(2024, 5, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("error", "fate", "why"),
    [
        (scrapy.CannotResolveHostError("x"), Fate.FAILED, "the host's name cannot be resolved (DNS)"),
        (scrapy.DownloadConnectionRefusedError("x"), Fate.FAILED, "the host refused the connection"),
        (twisted.TimeoutError(), Fate.FAILED, "no whole answer in time (timeout)"),
        (scrapy.NotSupported("x"), Fate.FAILED, "only http and https are read"),
        (
            scrapy.DownloadFailedError("[('SSL routines', '', 'certificate verify failed')]"),
            Fate.FAILED,
            "no secure connection (TLS): certificate verify failed",
        ),
        (TLSError([("SSL routines", "", "handshake failure")]), Fate.FAILED, "no secure connection (TLS)"),
        (twisted.ConnectionLost(), Fate.FAILED, "ConnectionLost: Connection to the other side was lost"),
        (Refused("10.0.0.1 is not a public address"), Fate.REFUSED, "not allowed to go there: 10.0.0.1"),
        (Trouble(Fate.CHALLENGED, "a wall"), Fate.CHALLENGED, "a wall"),
        (RuntimeError(), Fate.FAILED, "RuntimeError"),
    ],
)
def test_errors_in_words(error: Exception, fate: Fate, why: str) -> None:
    trouble = of_error(error)
    assert trouble.fate is fate
    assert trouble.why.startswith(why)


@pytest.mark.parametrize(
    ("status", "fate"), [(451, Fate.REFUSED), (402, Fate.REFUSED), (301, Fate.FAILED), (999, Fate.FAILED)]
)
def test_statuses(status: int, fate: Fate) -> None:
    trouble = of_page(page(status))
    assert trouble is not None
    assert trouble.fate is fate
    assert of_page(page(206, b"<html>")) is None


def test_how_a_source_ends_by_what_its_listing_met() -> None:
    assert [ending(Trouble(fate, "")) for fate in (Fate.REFUSED, Fate.CHALLENGED, Fate.FAILED)] == [
        Ending.REFUSED,
        Ending.CHALLENGED,
        Ending.FAILED,
    ]


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (403, b"<title>Just a moment...</title>", {}),
        (503, b"<form id='challenge-form' action='/?__cf_chl_f_tk=x'>", {}),
        (403, b"<script src='https://ct.captcha-delivery.com/c.js'>", {}),
        (403, b"<script src='/.well-known/ddos-guard/js-challenge/index.js'>", {}),
        (200, b"<script>var s={},u,c;sucuri_cloudproxy_js='';</script>", {}),
        (202, b"<meta http-equiv='refresh' content='0;/.well-known/sgcaptcha/?r=%2F'>", {}),
        (200, b"", {"cf-mitigated": "challenge"}),
        (405, b"", {"x-amzn-waf-action": "captcha"}),
    ],
)
def test_bot_walls_are_told(status: int, body: bytes, headers: dict[str, str]) -> None:
    assert challenged(status, headers, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b"<h1>403 Forbidden</h1>"),
        (503, b"Service Unavailable"),
        (
            200,
            b"<html><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><article>news</article></html>",
        ),
        (200, b"x" * 40_000 + b"sucuri_cloudproxy_js"),
    ],
)
def test_plain_refusals_and_good_pages_are_no_walls(status: int, body: bytes) -> None:
    assert not challenged(status, {}, body)


def test_files_are_told_by_their_label_or_first_bytes() -> None:
    assert not_a_page(page(body=b"%PDF-1.7", Content_Type="text/html")) == "not a page but a file (text/html)"
    assert not_a_page(page(body=b"...", Content_Type="video/mp4")) == "not a page but video/mp4"
    assert not_a_page(page(body=b"<p>", Content_Type="text/html; charset=windows-1256")) is None
    assert not_a_page(page(body=b"<p>")) is None
    assert not_a_page(page(body=b"\n<!DOCTYPE html>", Content_Type="application/octet-stream")) is None
    assert not_a_page(page(body=b"<p>", Content_Type="application/xhtml+xml")) is None


@pytest.mark.parametrize(
    ("body", "shell"),
    [
        (b'<body><div id="root"></div></body>', True),
        (b"<div class='x' id=app data-v></div>", True),
        (b"<app-root>\n</app-root>", True),
        (b"<noscript><strong>Please enable JavaScript to continue.</strong></noscript>", True),
        (b"<noscript>You need to turn on your JavaScript</noscript>", True),
        (b'<div id="root"><p>text</p></div>', False),
        (b"<noscript><img src='/pixel.gif'></noscript>", False),
    ],
)
def test_pages_that_need_a_browser(body: bytes, shell: bool) -> None:
    assert needs_browser(page(body=body)) is shell
