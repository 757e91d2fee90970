"""Whole passes over loopback: every Entry one Fate, every source one Outcome, whatever the sites do and however the pass ends."""

import gzip
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.settings import default_settings

from crawler import run
from crawler.errors import CrawlError
from crawler.outcome import Ending, Fate
from crawler.run import crawl
from crawler.source import Source
from tests.crawler.going import Came, Job, fetching, go, going
from tests.crawler.server import HTML, Answer, Asked, Site, article, feed, site

NOW = datetime(2024, 5, 12, 10, 0, tzinfo=UTC)
CHALLENGE = "<html><head><title>Just a moment...</title></head><body><script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


WIRE: dict[str, tuple[Answer | None, Fate, str]] = {
    "/good": (article(), Fate.STORED, ""),
    "/good?utm_source=rss&fbclid=x": (None, Fate.KNOWN, ""),
    "/known": (None, Fate.KNOWN, ""),
    "/leads-to-known": (Answer(status=301, headers={"Location": "/known"}), Fate.KNOWN, ""),
    "/moved": (Answer(status=302, headers={"Location": "/moved-here"}), Fate.STORED, ""),
    "/front": (Answer(status=302, headers={"Location": "/"}), Fate.UNREADABLE, "it leads to the front page"),
    "/missing": (Answer(status=404), Fate.FAILED, "HTTP 404 Not Found"),
    "/gone": (Answer(status=410), Fate.FAILED, "HTTP 410 Gone"),
    "/error": (Answer(status=500), Fate.FAILED, "HTTP 500 Internal Server Error"),
    "/unavailable": (Answer(status=503), Fate.FAILED, "HTTP 503 Service Unavailable"),
    "/odd": (Answer(status=599), Fate.FAILED, "HTTP 599"),
    "/forbidden": (Answer(status=403), Fate.REFUSED, "HTTP 403 Forbidden"),
    "/login": (Answer(status=401), Fate.REFUSED, "HTTP 401 Unauthorized"),
    "/not-modified": (Answer(status=304), Fate.FAILED, "HTTP 304 Not Modified"),
    "/wall": (Answer(CHALLENGE.encode(), 403), Fate.CHALLENGED, "a bot wall answered (HTTP 403)"),
    "/wall-429": (
        Answer(CHALLENGE.encode(), 429, {"Retry-After": "60"}),
        Fate.CHALLENGED,
        "a bot wall answered (HTTP 429)",
    ),
    "/wall-header": (
        Answer(b"", 200, {"cf-mitigated": "challenge"}),
        Fate.CHALLENGED,
        "a bot wall answered (HTTP 200)",
    ),
    "/shell": (
        Answer(b"<html><body><div id='root'></div><script src='/a.js'></script></body></html>"),
        Fate.NEEDS_BROWSER,
        "its text is made by scripts in a browser",
    ),
    "/report.pdf": (
        Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"}),
        Fate.UNREADABLE,
        "not a page but a file (application/pdf)",
    ),
    "/picture": (Answer(b"RIFF", headers={"Content-Type": "image/webp"}), Fate.UNREADABLE, "not a page but image/webp"),
    "/broken": (Answer(b"x" * 1000, cut=True), Fate.FAILED, "the connection broke in the middle of the answer"),
    "/huge": (Answer(b"x" * 300_000), Fate.FAILED, "the answer is too large"),
    "/bomb": (
        Answer(gzip.compress(b"\0" * 5_000_000), headers={"Content-Encoding": "gzip"}),
        Fate.FAILED,
        "the answer is too large once decompressed",
    ),
    "/dripping": (Answer(b"x" * 1000, drip=0.1), Fate.FAILED, "no whole answer in time (timeout)"),
    "/round": (Answer(status=302, headers={"Location": "/round"}), Fate.FAILED, "too many redirects"),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Came, dict[str, Site]]]:
    """A pass over sources in every condition."""
    names = [
        "wire",
        "section",
        "empty",
        "html",
        "wall",
        "dead-feed",
        "forbidden",
        "flaky",
        "steady",
        "other",
        "twin",
        "shut",
        "unvouched",
    ]
    sites = {name: Site(f"127.0.0.{51 + number}") for number, name in enumerate(names)}
    wire = sites["wire"]
    for path, (answer, _, _) in WIRE.items():
        if answer is not None:
            wire.routes[path] = answer
    wire.routes["/"] = wire.routes["/known"] = article()
    wire.routes["/moved-here"] = article("وصول قافلة مساعدات إلى مخيم في ريف إدلب")
    wire.routes["/feed"] = feed(wire.url, *WIRE)
    section = sites["section"]
    links = "".join(f"<h2><a href='/news/{n}'>وفد المعارضة يصل إلى أستانا رقم {n}</a></h2>" for n in (101, 102, 103))
    section.routes["/feed"] = Answer(f"<html><nav><a href='/'>الرئيسية</a></nav>{links}</html>".encode())
    for number in (101, 102, 103):
        section.routes[f"/news/{number}"] = article(f"وفد المعارضة يصل إلى أستانا رقم {number}")
    sites["empty"].routes["/feed"] = feed("")
    sites["html"].routes["/feed"] = Answer(b"<!doctype html><html><body><p>404</p></body></html>")
    sites["wall"].routes["/feed"] = Answer(CHALLENGE.encode(), 503, {"Retry-After": "100"})
    sites["dead-feed"].routes["/feed"] = Answer(status=410)
    sites["forbidden"].routes["/feed"] = Answer(status=403)
    sites["flaky"].routes["/feed"] = fails_twice(feed(sites["flaky"].url, "/1"))
    sites["flaky"].routes["/1"] = article()
    steady = sites["steady"]
    steady.routes["/feed"] = conditional(feed(steady.url, "/1", "/2"))
    steady.routes["/1"], steady.routes["/2"] = article("أول الأخبار من درعا"), article("ثاني الأخبار من درعا")
    wire.routes["/shared"] = article()
    sites["other"].routes["/feed"] = feed(wire.url, "/shared#comments")
    sites["twin"].routes["/feed"] = feed(wire.url, "/shared#top")
    sites["shut"].routes["/feed"] = Answer(status=200, body=b"\x1f\x8b broken", headers={"Content-Encoding": "gzip"})
    sites["unvouched"].secure(tmp_path_factory.mktemp("tls"))
    sites["unvouched"].routes["/feed"] = feed("")
    sources = [going(sites[name].url, name, kind="section" if name == "section" else "feed") for name in names]
    sources.append(going(f"http://127.0.0.1:{closed_port()}", "nobody"))
    job = Job(sources, fetching(max_bytes=200_000, timeout=4.0), known={wire.url + "/known"}, now=NOW)
    yield go(job), sites
    for served in sites.values():
        served.close()


def fails_twice(then: Answer) -> "Counting":
    return Counting([Answer(status=502), Answer(b"xxxx", cut=True)], then)


@dataclass
class Counting:
    first: list[Answer]
    then: Answer

    def __call__(self, asked: Asked) -> Answer:
        return self.first.pop(0) if self.first else self.then


def conditional(answer: Answer) -> "Conditional":
    return Conditional(answer)


@dataclass
class Conditional:
    """Answers 304 to who shows the right ETag."""

    answer: Answer

    def __call__(self, asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"v1"':
            return Answer(status=304)
        return Answer(
            self.answer.body,
            headers={**self.answer.headers, "ETag": '"v1"', "Last-Modified": "Sun, 12 May 2024 09:00:00 GMT"},
        )


First = tuple[Came, dict[str, Site]]


def test_the_pass_returns_and_every_source_has_an_outcome(first: First) -> None:
    came, sites = first
    assert came.returned, came.stderr
    assert came.error is None
    assert set(came.outcomes) == {*sites, "nobody"}
    assert "Traceback" not in came.stderr
    assert "Error" not in came.stderr


def test_every_entry_has_its_fate(first: First) -> None:
    came, _ = first
    outcome = came.outcomes["wire"]
    assert outcome.ending is Ending.READ
    assert outcome.entries == len(WIRE) == sum(outcome.fates.values())
    counted = {fate: sum(1 for _, expected, _ in WIRE.values() if expected is fate) for fate in Fate}
    assert outcome.fates == {fate: count for fate, count in counted.items() if count}


@pytest.mark.parametrize("path", [path for path, (_, fate, _) in WIRE.items() if fate not in (Fate.STORED, Fate.KNOWN)])
def test_an_entry_that_is_no_article_says_why(first: First, path: str) -> None:
    came, _ = first
    _, fate, why = WIRE[path]
    assert came.why(path) == (fate, why)


def test_known_entries_are_not_fetched_nor_missed(first: First) -> None:
    came, sites = first
    assert sites["wire"].paths().count("/good") == 1
    assert not [path for path in sites["wire"].paths() if path.startswith("/good?")]
    assert [path for path in sites["wire"].paths() if path == "/known"] == ["/known"]  # where a redirect led
    assert not [entry for _, entry, fate, _ in came.missed if fate in (Fate.KNOWN, Fate.STORED)]
    assert sites["wire"].paths().count("/shared") == 1
    assert Counter(came.outcomes["other"].fates) + Counter(came.outcomes["twin"].fates) == {
        Fate.STORED: 1,
        Fate.KNOWN: 1,
    }


def test_an_article_carries_its_source_its_capture_and_its_final_address(first: First) -> None:
    came, sites = first
    wire = sites["wire"].url
    articles = {found.url: found for found in came.articles if found.source == "wire"}
    assert set(articles) == {wire + "/good", wire + "/moved-here"}
    moved = articles[wire + "/moved-here"]
    assert moved.capture == f"capture of {wire}/moved-here"
    assert moved.fetched_at == NOW
    assert came.memory[f"entry {wire}/moved"] == {"led-to": wire + "/moved-here"}
    [page] = [page for page in came.pages if page.url == wire + "/moved-here"]
    assert (page.asked, page.redirects, page.status) == (wire + "/moved", (wire + "/moved",), 200)
    assert page.ip_address == "127.0.0.51"
    assert page.content_type == HTML


def test_pages_are_kept_before_they_are_read_and_only_pages(first: First) -> None:
    came, sites = first
    kept = {page.url.removeprefix(sites["wire"].url) for page in came.pages if page.url.startswith(sites["wire"].url)}
    assert kept == {"/good", "/moved-here", "/shared", "/shell"}


def test_a_section_is_read(first: First) -> None:
    came, _ = first
    assert came.outcomes["section"].fates == {Fate.STORED: 3}
    assert {found.title for found in came.articles if found.source == "section"} == {
        f"وفد المعارضة يصل إلى أستانا رقم {n}" for n in (101, 102, 103)
    }


@pytest.mark.parametrize(
    ("name", "ending", "why"),
    [
        ("empty", Ending.EMPTY, ""),
        ("html", Ending.EMPTY, ""),
        ("wall", Ending.CHALLENGED, "a bot wall answered (HTTP 503)"),
        ("dead-feed", Ending.FAILED, "HTTP 410 Gone"),
        ("forbidden", Ending.REFUSED, "HTTP 403 Forbidden"),
        ("nobody", Ending.FAILED, "robots.txt cannot be had: the host refused the connection"),
        ("unvouched", Ending.FAILED, "robots.txt cannot be had: no secure connection (TLS): certificate verify failed"),
        ("flaky", Ending.READ, ""),
        ("steady", Ending.READ, ""),
    ],
)
def test_how_sources_end(first: First, name: str, ending: Ending, why: str) -> None:
    came, _ = first
    outcome = came.outcomes[name]
    assert outcome.ending is ending
    assert outcome.why.startswith(why)
    assert outcome.why or ending is Ending.READ


def test_a_listing_is_tried_three_times(first: First) -> None:
    _, sites = first
    assert sites["flaky"].paths() == ["/feed", "/feed", "/feed", "/1"]


def test_a_body_that_cannot_be_decompressed_is_trouble_of_its_source(first: First) -> None:
    came, _ = first
    assert came.outcomes["shut"].in_trouble


def test_nothing_is_remembered_of_a_listing_in_trouble(first: First) -> None:
    came, sites = first
    listings = {key for key in came.memory if key.startswith("page ")}
    assert listings == {
        f"page {sites[name].url}/feed" for name in ("wire", "section", "flaky", "steady", "other", "twin")
    }


def test_the_second_pass_asks_only_for_what_changed(first: First) -> None:
    came, sites = first
    before = {name: len(served.asked) for name, served in sites.items()}
    sources = [
        going(sites[name].url, name, kind="section" if name == "section" else "feed")
        for name in ("steady", "section", "wire")
    ]
    known = {found.url for found in came.articles} | {sites["wire"].url + "/known"}
    again = go(Job(sources, fetching(timeout=4.0), known=known, memory=came.memory, now=NOW + timedelta(minutes=30)))
    asked = {name: [asked.path for asked in sites[name].asked[before[name] :]] for name in sites}
    assert asked["steady"] == ["/feed"]  # and no robots.txt
    assert sites["steady"].asked[-1].headers["if-none-match"] == '"v1"'
    assert sites["steady"].asked[-1].headers["if-modified-since"] == "Sun, 12 May 2024 09:00:00 GMT"
    assert asked["section"] == asked["wire"] == ["/feed"]  # the same bytes
    for name in ("steady", "section", "wire"):
        assert again.outcomes[name].ending is Ending.UNCHANGED
        assert again.outcomes[name].entries == 0

    # four hours on, what failed is worth another try; what led elsewhere is known
    later = go(Job(sources[2:], fetching(timeout=4.0), known=known, memory=came.memory, now=NOW + timedelta(hours=5)))
    assert later.outcomes["wire"].ending is Ending.READ
    assert later.outcomes["wire"].fates[Fate.KNOWN] == 5
    assert "/missing" in [asked.path for asked in sites["wire"].asked[before["wire"] + 1 :]]
    assert "/moved" not in [asked.path for asked in sites["wire"].asked[before["wire"] + 1 :]]


def test_a_page_that_cannot_be_read_in_time_does_not_hold_up_the_rest() -> None:
    with site("127.0.0.73") as served:
        served.routes["/feed"] = feed(served.url, "/hostile", "/good")
        links = b"".join(b"<a href='/%d'>x</a><br>" % n for n in range(150_000))
        served.routes["/hostile"] = Answer(b"<html><body><article>" + b"<b><i>" * 1000 + links)
        served.routes["/good"] = article()
        came = go(Job([going(served.url)], fetching(read_limit=1.5, readers=2)))
    assert came.outcomes["wire"].fates[Fate.STORED] == 1
    assert came.outcomes["wire"].entries == 2


def test_no_sources_is_no_pass_and_a_second_pass_in_a_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = dict.fromkeys(("now", "known", "memory", "keep", "emit", "missed", "ended"))
    crawl([], fetching=fetching(), **arguments)  # type: ignore[arg-type]
    monkeypatch.setattr(run, "_gone_out", True)
    with pytest.raises(RuntimeError, match="one pass per process"):
        crawl([going("http://127.0.0.1")], fetching=fetching(), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([going("http://a.example", kind="telegraph")], "wire: no kind 'telegraph'; there are: feed, section"),
        ([going("http://a.example", allow="10.0.0.0/99")], "wire: allow_addresses"),
        ([going("http://a.example"), going("http://b.example")], "wire: two sources have this name"),
    ],
)
def test_what_cannot_go_out_says_so(sources: list[Source], message: str) -> None:
    with pytest.raises(CrawlError) as raised:
        run._check(sources)
    assert str(raised.value).startswith(message)


def test_nothing_is_open_that_is_not_needed() -> None:
    settings = run._settings([going("http://127.0.0.1", delay=7.0)], fetching())
    assert {scheme for scheme, handler in settings["DOWNLOAD_HANDLERS"].items() if handler} == {"http", "https"}
    assert {scheme for scheme, handler in settings["DOWNLOAD_HANDLERS"].items() if not handler} == {
        "file",
        "ftp",
        "s3",
        "data",
    }
    for name in (
        "TELNETCONSOLE_ENABLED",
        "REMOTE_CONTROL_ENABLED",
        "COOKIES_ENABLED",
        "HTTPCACHE_ENABLED",
        "HTTPPROXY_ENABLED",
    ):
        assert settings[name] is False
    assert settings["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert settings["DOWNLOAD_SLOTS"]["127.0.0.1"]["delay"] == 7.0
    assert set(settings) <= set(dir(default_settings))  # no name is misspelt
