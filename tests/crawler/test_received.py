"""What goes over the wire is at hand for a Capture, as it came: one pass over loopback."""

import asyncio
import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response
from twisted.internet.ssl import Certificate

from crawler.article import Exchange, Page
from crawler.received import Received, chain
from tests.crawler.going import Came, Job, fetching, go, going
from tests.crawler.server import HTML, Answer, Site, article, feed, site

NOW = datetime(2024, 5, 12, 10, 0, tzinfo=UTC)
PACKED = gzip.compress(article().body, mtime=0)
POST = """
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="channel/{n}">
<div class="tgme_widget_message_text">أفادت مصادر محلية بأن {n} عائلات نزحت من البلدة بعد قصف طال أطرافها فجر اليوم.</div>
<a class="tgme_widget_message_date" href="https://t.me/channel/{n}"><time datetime="2024-05-12T0{n}:00:00+00:00"></time></a>
</div></div>"""
CHANNEL = f"<html><body><section>{''.join(POST.format(n=n) for n in (7, 8, 9))}</section></body></html>".encode()


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[Came, Site]]:
    with site("127.0.0.71") as served:
        served.routes = {
            "/feed": feed(served.url, "/short", "/bomb"),
            "/short": Answer(b"moved", 301, {"Location": "/long", "X-Odd": "one"}),
            "/long": Answer(PACKED, 200, {"Content-Encoding": "gzip", "X-Cache": "HIT"}),
            "/bomb": Answer(gzip.compress(bytes(30 * 2**20)), 200, {"Content-Encoding": "gzip"}),
            "/s/channel": Answer(CHANNEL),
        }
        sources = [
            going(served.url),
            going(served.url, "channel", kind="telegram", path="/channel"),
        ]
        yield go(Job(sources, fetching(), now=NOW)), served


def kept(came: Came, path: str) -> Page:
    (page,) = [page for page in came.pages if page.url.endswith(path)]
    return page


def test_a_body_is_kept_before_it_is_decoded_and_the_header_that_says_so_with_it(seen: tuple[Came, Site]) -> None:
    page = kept(seen[0], "/long")
    last = page.received[-1]
    assert (last.body, page.body) == (PACKED, article().body)
    assert ("Content-Encoding", "gzip") in last.headers
    assert page.header("content-encoding") is None
    assert (last.status, last.protocol, last.ip_address, last.at) == (200, "HTTP/1.1", "127.0.0.71", NOW)


def test_the_request_is_kept_as_it_was_sent(seen: tuple[Came, Site]) -> None:
    came, served = seen
    last = kept(came, "/long").received[-1]
    asked = next(one for one in served.asked if one.path == "/long")
    said = {name.lower(): value for name, value in last.asked_with}
    assert last.method == "GET"
    assert said == {name: value for name, value in asked.headers.items() if name not in ("host", "connection")}


def test_the_redirect_that_led_there_is_kept(seen: tuple[Came, Site]) -> None:
    first, last = kept(seen[0], "/long").received
    assert (first.status, first.body, first.url.endswith("/short")) == (301, b"moved", True)
    assert {"Location": "/long", "X-Odd": "one"}.items() <= dict(first.headers).items()
    assert last.url.endswith("/long")


async def received(response: Response) -> Exchange:
    class Spider:
        def now(self) -> datetime:
            return NOW

    class Crawler:
        spider = Spider()

    request = Request(response.url)
    await Received(Crawler()).process_response(request, response)  # type: ignore[arg-type]
    (found,) = chain(request.meta, response.url, ())
    return found


def test_the_certificate_is_kept(tmp_path: Path) -> None:
    with site("127.0.0.72") as served:
        served.secure(tmp_path)
    pem = (tmp_path / "certificate.pem").read_text()
    certificate = pem[pem.index("-----BEGIN CERTIFICATE") :]
    shown = Certificate.loadPEM(certificate)
    found = asyncio.run(received(Response("https://a.example/#part", body=b"x", certificate=shown)))
    assert found.certificate == ssl.PEM_cert_to_DER_cert(certificate)


def test_a_redirects_body_is_kept_in_part() -> None:
    found = asyncio.run(received(Response("https://a.example/", status=302, body=bytes(10**6))))
    assert (len(found.body), found.cut) == (64 * 2**10, True)


def test_a_bomb_is_not_kept(seen: tuple[Came, Site]) -> None:
    assert [page.url for page in seen[0].pages if page.url.endswith("/bomb")] == []
    assert "too large once decompressed" in seen[0].why("/bomb")[1]


def test_the_answer_that_carried_articles_whole_is_kept_once_and_proves_each(seen: tuple[Came, Site]) -> None:
    came, served = seen
    posts = [one for one in came.articles if one.source == "channel"]
    assert len(posts) == 3
    assert {post.capture for post in posts} == {f"capture of {served.url}/s/channel"}
    assert kept(came, "/s/channel").received[-1].body == CHANNEL


def test_the_listing_is_not_kept_where_pages_are_the_source(seen: tuple[Came, Site]) -> None:
    assert [page.url for page in seen[0].pages if page.url.endswith("/feed")] == []


def test_a_reading_process_is_not_given_it_a_second_time() -> None:
    exchange = Exchange(url="https://a.example/", method="GET", asked_with=(), status=200, headers=(), body=b"", at=NOW)
    page = Page(
        url="https://a.example/", asked="https://a.example/", status=200, headers=(("Content-Type", HTML),), body=b"",
        fetched_at=NOW, received=(exchange,),
    )  # fmt: skip
    assert page.bare().received == ()
    assert page.bare() == page
