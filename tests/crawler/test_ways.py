"""Ways to a page: through a proxy, over TLS that nobody vouches for, from a post's link, from the feed where it is closed."""

import contextlib
import dataclasses
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.notes import FROM_FEED, NOT_VERIFIED
from crawler.outcome import Ending, Fate
from crawler.revisit import Revisit
from crawler.source import Source
from tests.crawler.going import Job, fetching, go, going
from tests.crawler.server import HTML, Answer, Site, article, feed, site

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG = "وقال الدفاع المدني إن فرقه أسعفت المصابين إلى المشفى الأقرب، وتفقدت الأماكن المستهدفة في أطراف البلدة. " * 4


class Proxy:
    """An HTTP proxy that knows names of its own: ``routes["http://news.example/feed"]``."""

    def __init__(self) -> None:
        self.routes: dict[str, Answer] = {}
        self.tunnels: dict[str, int] = {}
        """Ports here of names that only it knows: ``{"news.example:443": 4433}``."""
        self.asked: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.asked.append(self.path)
                answer = proxy.routes.get(self.path, Answer(b"", 404))
                self.send_response(answer.status)
                for name, value in ({"Content-Type": HTML} | dict(answer.headers)).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def do_CONNECT(self) -> None:
                proxy.asked.append(f"CONNECT {self.path}")
                port = proxy.tunnels.get(self.path)
                if port is None:
                    self.send_error(502)
                    return
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=_pump, args=(there, self.connection), daemon=True)
                    back.start()
                    _pump(self.connection, there)
                    back.join(10)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


def _pump(start: socket.socket, end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := start.recv(65536):
            end.sendall(piece)
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_WR)


@contextmanager
def proxied() -> Iterator[Proxy]:
    proxy = Proxy()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
        proxy.server.server_close()


def test_a_proxied_source_is_asked_through_its_proxy_only_and_says_so() -> None:
    news = "http://news.example"  # no resolver here knows it
    with proxied() as proxy, site("127.0.0.12") as inner:
        closed = [
            f"{inner.url}/1",
            f"http://2130706444:{inner.port}/2",
            f"http://localhost:{inner.port}/3",
            "http://nas/4",
        ]
        proxy.routes[f"{news}/feed"] = feed(news, "/good", "/leads-inside", *closed)
        proxy.routes[f"{news}/good"] = article()
        proxy.routes[f"{news}/leads-inside"] = Answer(b"", 302, {"Location": f"{inner.url}/5"})
        proxied_source = Source(name="far", kind="feed", url=f"{news}/feed", title="far", proxy=proxy.url)
        came = go(Job([proxied_source], fetching()))
        assert came.returned, came.stderr
        outcome = came.outcomes["far"]
        assert [found.url for found in came.articles] == [f"{news}/good"]
        assert outcome.fates == {Fate.STORED: 1, Fate.REFUSED: 5}
        assert "the guard saw only the names" in outcome.defects[-1]
        assert came.why("/4") == (Fate.REFUSED, "not allowed to go there: nas is a name of the proxy's own network")
        assert inner.paths(robots=True) == []
        assert sorted(proxy.asked) == sorted(
            [f"{news}/robots.txt", f"{news}/feed", f"{news}/good", f"{news}/leads-inside"]
        )
        assert [page.ip_address for page in came.pages] == [None], "the proxy's address says nothing of the site"


def test_a_secure_site_is_reached_by_a_tunnel_to_its_name(tmp_path: Path) -> None:
    with proxied() as proxy, site("127.0.0.1") as secret:
        secret.secure(tmp_path)
        proxy.tunnels["news.example:443"] = secret.port
        secret.routes["/feed"] = feed("https://news.example", "/good")
        secret.routes["/good"] = article()
        far = Source(name="far", kind="feed", url="https://news.example/feed", title="far", proxy=proxy.url)
        strict = go(Job([far], fetching()))
        lenient = go(Job([dataclasses.replace(far, verify_tls=False)], fetching()))
    assert strict.outcomes["far"].ending is Ending.FAILED
    assert "TLS" in strict.outcomes["far"].why
    assert lenient.outcomes["far"].fates == {Fate.STORED: 1}
    assert NOT_VERIFIED in lenient.articles[0].notes
    assert set(proxy.asked) == {"CONNECT news.example:443"}


def test_what_one_source_reads_through_a_proxy_others_do_not() -> None:
    with proxied() as proxy, site() as near:
        proxy.routes["http://news.example/feed"] = feed("http://news.example", "/good")
        proxy.routes["http://news.example/good"] = article()
        near.routes["/feed"] = feed("http://news.example", "/other")
        sources = [
            Source(name="far", kind="feed", url="http://news.example/feed", title="far", proxy=proxy.url),
            going(near.url, "near"),
        ]
        came = go(Job(sources, fetching()))
    assert came.outcomes["far"].fates == {Fate.STORED: 1}
    assert came.outcomes["near"].fates == {Fate.FAILED: 1}
    assert "http://news.example/other" not in proxy.asked


def test_a_certificate_that_nobody_vouches_for_is_borne_where_the_source_says_so(tmp_path: Path) -> None:
    with site("127.0.0.61") as secret, site("127.0.0.62") as other:
        secret.secure(tmp_path)
        secret.routes["/feed"] = feed(secret.url, "/good")
        secret.routes["/good"] = article()
        other.routes["/feed"] = feed(secret.url, "/theirs")
        sources = [going(secret.url, "lenient", verify_tls=False), going(other.url, "strict", verify_tls=False)]
        came = go(Job(sources, fetching()))
    assert came.outcomes["lenient"].fates == {Fate.STORED: 1}
    assert [NOT_VERIFIED in found.notes for found in came.articles] == [True]
    fate, why = came.why("/theirs")
    assert fate is Fate.FAILED, "it bears the certificates of its own site only"
    assert "TLS" in why


CLOSED: Mapping[str, Answer] = {
    "/forbidden": Answer(status=403),
    "/robots": article(),
    "/wall": Answer(b"<title>Just a moment...</title>", 403, {"cf-mitigated": "challenge"}),
    "/removed": Answer(status=410),
    "/shell": Answer(b"<html><body><div id='root'></div><script src='/a.js'></script></body></html>"),
}


def full_feed(base: str, contents: Mapping[str, str]) -> Answer:
    items = "".join(
        f"<item><title>خبر {path[1:]}</title><link>{base}{path}</link><content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item>"
        for path, text in contents.items()
    )
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return Answer(f"<rss version='2.0' {space}><channel><title>نشرة</title>{items}</channel></rss>".encode())


def test_the_feeds_text_is_used_where_the_page_is_closed_and_the_article_says_so() -> None:
    with site() as wire:
        wire.routes |= CLOSED
        wire.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /robots\n")
        wire.routes["/error"] = Answer(status=500)
        texts = dict.fromkeys([*CLOSED, "/error"], LONG) | {"/forbidden?teaser": "بقية الخبر على الموقع"}
        wire.routes["/forbidden?teaser"] = Answer(status=403)
        wire.routes["/feed"] = full_feed(wire.url, texts)
        came = go(Job([going(wire.url)], fetching()))
    by_path = {urlsplit(found.url).path: found for found in came.articles}
    assert set(by_path) == set(CLOSED)
    assert all(FROM_FEED in found.notes for found in by_path.values())
    assert "the page itself could not be had: HTTP 403 Forbidden" in by_path["/forbidden"].notes
    assert "the page itself could not be had: robots.txt does not allow it" in by_path["/robots"].notes
    assert came.why("?teaser") == (Fate.REFUSED, "HTTP 403 Forbidden")
    assert came.why("/error")[0] is Fate.FAILED, "that is over tomorrow, and the page says more"
    assert came.outcomes["wire"].fates == {Fate.STORED: 5, Fate.REFUSED: 1, Fate.FAILED: 1}


def post(number: int, text: str, *, edited: bool = False) -> str:
    mark = "edited " if edited else ""
    return (
        f"<div class='tgme_widget_message_wrap'><div class='tgme_widget_message' data-post='wire/{number}'>"
        f"<div class='tgme_widget_message_text'>{text}</div><div class='tgme_widget_message_meta'>{mark}"
        f"<a class='tgme_widget_message_date' href='https://t.me/wire/{number}'>"
        f"<time datetime='2026-11-23T1{number % 10}:00:00+00:00'></time></a></div></div></div>"
    )


def preview(*posts: str) -> Answer:
    return Answer(f"<html><body><main class='tgme_channel_history'>{''.join(posts)}</main></body></html>".encode())


@pytest.fixture
def channel() -> Iterator[Site]:
    with site() as served:
        yield served


def test_links_in_posts_are_followed_but_for_those_to_sites_that_others_read(channel: Site) -> None:
    with site("127.0.0.71") as linked, site("127.0.0.72") as outlet:
        linked.routes["/report/7"] = article("تقرير عن قصف بلدة في ريف إدلب")
        links = " ".join(
            f"<a href='{url}'>{url}</a>"
            for url in (f"{linked.url}/report/7", f"{outlet.url}/their/1", "https://www.youtube.com/watch?v=1")
        )
        channel.routes["/s/wire"] = preview(post(1, f"عاجل: قصف على أطراف بلدة في ريف إدلب {links}"))
        job = Job(
            [going(channel.url, kind="telegram", path="/s/wire"), going(outlet.url, "outlet")],
            fetching(),
            now=NOW,
        )
        came = go(job)
        assert came.returned, came.stderr
        assert outlet.paths() == ["/feed"]
    assert came.outcomes["wire"].fates == {Fate.STORED: 2}
    told = {urlsplit(found.url).path: found for found in came.articles}
    assert told["/report/7"].notes[-1] == f"linked from {channel.url}/wire/1"


def test_an_edit_and_a_removal_of_a_post_are_seen_in_the_channel(channel: Site) -> None:
    known = {f"{channel.url}/wire/{n}" for n in (1, 2, 3)}
    channel.routes["/s/wire"] = preview(post(3, "خبر ثالث من ريف دمشق اليوم"))
    channel.routes["/s/wire?before=2"] = preview(
        post(1, "قصف على البلدة، والحصيلة 21 قتيلاً بحسب الدفاع المدني", edited=True)
    )
    channel.routes["/s/wire?before=3"] = preview(post(1, "قصف على البلدة، والحصيلة 21 قتيلاً بحسب الدفاع المدني"))
    asked = [Revisit(key=n, source="wire", url=f"{channel.url}/wire/{n}") for n in (1, 2)]
    job = Job([going(channel.url, kind="telegram", path="/s/wire")], fetching(), known=known, revisit=asked, now=NOW)
    came = go(job)
    assert came.returned, came.stderr
    edited, removed = came.sights["wire"]
    assert edited.article is not None
    assert "21 قتيلاً" in edited.article.text
    assert "edited after it was posted" in edited.article.notes
    assert removed.gone == "it is not listed any more"
    assert came.outcomes["wire"].ending is Ending.READ
    assert not [path for path in channel.paths() if not path.startswith("/s/")]
