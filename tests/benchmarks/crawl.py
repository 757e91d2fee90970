"""``make bench-crawl``: what asking costs, over loopback: a thousand feeds of which 95 % are unchanged, and pages beside bare Scrapy.

1. A thousand feeds on 200 addresses, through the whole of a pass with a real store. The second pass: requests for each feed, for
   robots.txt, CPU of the fetching process for each feed, its memory.
2. The same pages fetched by Rasid (robots.txt, politeness, guard, validators, handed to the readers) and by a Scrapy spider that
   only downloads them: CPU of the two fetching processes for each answer, in one run. Reading is not fetching: it is done in other
   processes, and told beside it.

``python -m tests.benchmarks.crawl 200`` does it with fewer feeds. Delays are off on both sides. The server is a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from crawler.fetching import Fetching
from crawler.outcome import Fate, Outcome
from crawler.source import Source

_ROOT = Path(__file__).parents[2]
_HOSTS = [f"127.0.1.{number}" for number in range(1, 201)]
_FEEDS_EACH = 5
_ENTRIES = 20
_CHANGED = 0.05
_PAGES = 400
_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_AGENT = "Rasid/0.1 (+https://example.org/rasid)"
_LINE = "وقال الدفاع المدني إن فرقه أسعفت المصابين إلى المشفى الأقرب، وتفقدت الأماكن المستهدفة في أطراف البلدة رقم {}. "

_WORDS = [
    *_LINE.split(),
    "قصف",
    "مدفعي",
    "استهدف",
    "أطراف",
    "بلدة",
    "ريف",
    "إدلب",
    "صباح",
    "اليوم",
    "إصابة",
    "مدنيين",
    "اثنين",
    "بجروح",
    "معتقلين",
    "وفد",
    "أستانا",
]

# --- the server ------------------------------------------------------------------------------------------------


class _Server:
    """Answers for every address; ``/edition`` makes one feed in twenty show one entry more."""

    def __init__(self) -> None:
        self.port, self.edition, self.asked = 0, 1, Counter[str]()
        self._furniture = "".join(
            f"<li><a href='/archive/{n}'>خبر قديم رقم {n} من الأرشيف</a></li>" for n in range(900)
        )

    async def serve(self) -> None:
        first = await asyncio.start_server(self._talk, _HOSTS[0], 0)
        self.port = first.sockets[0].getsockname()[1]
        for host in _HOSTS[1:]:
            await asyncio.start_server(self._talk, host, self.port, backlog=64)
        print(self.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                path = head.split(" ")[1]
                headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                status, kind, body = self._answer(path, headers["host"])
                tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                if headers.get("if-none-match") == tag:
                    status, body = "304 Not Modified", b""
                said = (
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                writer.write(said.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str, host: str) -> tuple[str, str, bytes]:
        what = path.split("/")[1]
        if what == "count":
            said = json.dumps(self.asked).encode()
            self.asked.clear()
            return "200 OK", "application/json", said
        if what == "edition":
            self.edition = 2
            return "200 OK", "text/plain", b"2"
        self.asked[what] += 1
        if what == "robots.txt":
            return "200 OK", "text/plain", b"User-agent: *\nDisallow: /admin/\n"
        if what == "feed":
            return "200 OK", "application/rss+xml; charset=utf-8", self._feed(host, int(path.split("/")[2]))
        return "200 OK", "text/html; charset=utf-8", self._page(path, host)

    def _feed(self, host: str, number: int) -> bytes:
        place = number * len(_HOSTS) + _HOSTS.index(host.partition(":")[0])
        more = self.edition == 2 and place % round(1 / _CHANGED) == 0
        items = "".join(
            f"<item><title>خبر رقم {n} من ريف دمشق</title><link>http://{host}/page/{number}/{n}</link>"
            f"<pubDate>{format_datetime(_NOW - timedelta(hours=1000 - n))}</pubDate><description>{_LINE.format(n)}</description></item>"
            for n in range(900 + _ENTRIES + more, 900, -1)
        )
        return f"<rss version='2.0'><channel><title>نشرة</title>{items}</channel></rss>".encode()

    def _page(self, path: str, host: str) -> bytes:
        dice = random.Random(f"{host}{path}")
        text = "".join(f"<p>{' '.join(dice.choices(_WORDS, k=40))}.</p>" for _ in range(8))
        return (
            f"<!doctype html><html lang='ar'><head><title>خبر {path} من ريف دمشق</title></head><body><nav><ul>{self._furniture}</ul></nav>"
            f"<article><h1>خبر {path} من ريف دمشق</h1>{text}</article></body></html>"
        ).encode()


# --- the two that fetch, each in a process of its own ----------------------------------------------------------


def _sources(port: int, feeds: int) -> list[Source]:
    places = [(host, number) for number in range(_FEEDS_EACH) for host in _HOSTS][:feeds]
    return [
        Source(
            name=f"s{place}", kind="feed", url=f"http://{host}:{port}/feed/{number}", title="نشرة", delay=0.0, allow_addresses=("127.0.1.0/24",)
        )
        for place, (host, number) in enumerate(places)
    ]  # fmt: skip


def _rasid(port: int, feeds: int, folder: str, pages: int) -> None:
    """A whole pass, with a real store; ``pages``: so many of a feed's entries are not known."""
    from crawler.spiders import rounds  # noqa: F401 -- a service's parts are imported; this is about asking
    from monitor import lists
    from monitor.again import Again
    from monitor.lessons import taught
    from monitor.passes import Pass
    from storage.store import Store

    class Silent:
        def article(self, article: object, flags: object) -> None: ...
        def missed(self, *told: object) -> None: ...
        def ended(self, outcome: object) -> None: ...

    sources = _sources(port, feeds)
    watch = lists.load(_ROOT / "config" / "watchlists")
    with Store.open(f"sqlite:///{folder}/rasid.db") as store:
        number, named = store.begin_pass(_NOW), {source.name: source for source in sources}
        start, begun = time.process_time(), time.perf_counter()
        sources, again = taught(store, sources, _clock()), Again(store, watch, now=_clock)
        work = Pass(store, watch, named, number=number, now=_clock, watcher=Silent(), look_due=again.due_at)
        _crawl(
            sources, pages, work.known, since=(start, begun), memory=work, emit=work.emit, missed=work.missed, ended=work.ended,
            owed=work.owed, together=store.together, revisit=again.plan(sources), again=again.updated, revisited=again.seen,
        )  # fmt: skip


def _engine(port: int, feeds: int, folder: str, pages: int) -> None:
    """The engine alone: what it brings is counted and dropped."""

    class Memory(dict[str, Any]):
        recall = dict.get
        remember = dict.__setitem__

    def emit(article: object) -> Fate:
        return Fate.STORED

    def drop(*told: object) -> None: ...

    _crawl(_sources(port, feeds), pages, lambda urls: set(), memory=Memory(), emit=emit, missed=drop, ended=drop)


def _clock() -> datetime:
    return datetime.now(UTC)


def _crawl(
    sources: list[Source],
    pages: int,
    also_known: Callable[[Any], set[str]],
    since: tuple[float, float] | None = None,
    **callbacks: Any,
) -> None:
    from crawler import run
    from crawler.spiders import rounds  # noqa: F401 -- a service's parts are imported; this is about asking

    fates, endings, ended = Counter[str](), Counter[str](), callbacks.pop("ended")

    def known(urls: Any) -> set[str]:
        """What came long ago is not read again."""
        old = {url for url in urls if int(url.rpartition("/")[2]) <= 900 + _ENTRIES - pages}
        return old | also_known(urls)

    def counted(outcome: Outcome) -> None:
        endings.update([str(outcome.ending)])
        fates.update({str(fate): count for fate, count in outcome.fates.items()})
        ended(outcome)

    start, begun = since or (time.process_time(), time.perf_counter())
    settings = Fetching(user_agent=_AGENT, delay=0.0)
    run.crawl(sources, fetching=settings, now=_clock, known=known, keep=lambda page: None, ended=counted, **callbacks)
    _tell(start, begun, endings=endings, fates=fates)


def _bare(port: int, feeds: int, folder: str, pages: int) -> None:
    """The same answers, by a spider that only downloads."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    urls = []
    for source in _sources(port, feeds):
        base, _, number = source.url.partition("/feed/")
        urls += [source.url, *(f"{base}/page/{number}/{900 + _ENTRIES - n}" for n in range(pages))]

    class Bare(scrapy.Spider):
        name = "bare"
        start_urls = urls

        def parse(self, response: Any) -> None: ...

    settings = {
        "LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2, "DOWNLOAD_DELAY": 0, "USER_AGENT": _AGENT,
    }  # fmt: skip
    start, begun = time.process_time(), time.perf_counter()
    process = AsyncCrawlerProcess(settings)
    process.crawl(Bare)
    process.start()
    _tell(start, begun)


def _tell(start: float, begun: float, **more: object) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "cpu": time.process_time() - start,
        "wall": time.perf_counter() - begun,
        "peak": usage.ru_maxrss / 1024,
    }
    print(json.dumps(told | more))


# --- the measuring ---------------------------------------------------------------------------------------------


def _told(what: str, port: int, feeds: int, folder: str, pages: int) -> dict[str, Any]:
    asked = [sys.executable, "-m", "tests.benchmarks.crawl", what, str(port), str(feeds), folder, str(pages)]
    done = subprocess.run(asked, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told | {"asked": json.loads(_control(port, "count"))}


def _control(port: int, what: str) -> bytes:
    with build_opener(ProxyHandler({})).open(f"http://{_HOSTS[0]}:{port}/{what}", timeout=30) as answer:
        said: bytes = answer.read()
        return said


def main(feeds: int) -> int:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.crawl", "server"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        port = int(server.stdout.readline())
        fine = _unchanged(port, feeds)
        fine &= _beside_scrapy(port, feeds * _PAGES // 1000)
    finally:
        server.stdin.close()
        server.wait(10)
    print("passed" if fine else "FAILED")
    return int(not fine)


def _unchanged(port: int, feeds: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        first = _told("rasid", port, feeds, folder, 0)
        _control(port, "edition")
        _control(port, "count")
        second = _told("rasid", port, feeds, folder, 0)
        alone = _told("rasid", port, 1, folder, 0)
    bare = _told("bare", port, feeds, "", 0)
    for name, told in (("first", first), ("second", second)):
        print(
            f"{name} pass over {feeds} feeds on {len(_HOSTS)} addresses: {told['endings']}, {told['fates']}\n"
            f"  asked: {told['asked']}; CPU {told['cpu']:.2f} s, "
            f"peak {told['peak']:.0f} MB, {told['wall']:.1f} s"
        )
    per_feed, robots = second["asked"]["feed"] / feeds, second["asked"].get("robots.txt", 0)
    cost = 1000 * (second["cpu"] - alone["cpu"]) / (feeds - 1)
    scale = cost / (1000 * bare["cpu"] / feeds)
    print(
        f"second pass: {per_feed:.2f} requests a feed (1), {robots} for robots.txt (0), {cost:.2f} ms CPU a feed (at most 4; {scale:.1f} times an answer of bare Scrapy's in this run) and "
        f"{alone['cpu']:.2f} s for a pass as such, {second['peak']:.0f} MB (at most 250)"
    )
    return per_feed == 1 and not robots and cost <= 4 and second["peak"] <= 250


def _beside_scrapy(port: int, pages: int) -> bool:
    each = 5
    feeds = pages // each
    ratios = []
    for _ in range(2):
        rasid, bare = _told("engine", port, feeds, "", each), _told("bare", port, feeds, "", each)
        answers = [sum(told["asked"].values()) for told in (rasid, bare)]
        costs = [1000 * told["cpu"] / count for told, count in zip((rasid, bare), answers, strict=True)]
        ratios.append(costs[0] / costs[1])
        print(
            f"full crawl: Rasid {answers[0]} answers {rasid['asked']}, {costs[0]:.2f} ms CPU each "
            f"and {rasid['asked']['page'] / rasid['wall']:.0f} pages/s; "
            f"bare Scrapy {answers[1]} answers, {costs[1]:.2f} ms each, {bare['asked']['page'] / bare['wall']:.0f} pages/s; "
            f"ratio {ratios[-1]:.2f}"
        )
    print(f"fetching costs {min(ratios):.2f} to {max(ratios):.2f} times bare Scrapy's CPU (at most 1.3)")
    return min(ratios) <= 1.3


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "server":
        asyncio.run(_Server().serve())
    elif len(sys.argv) > 2:
        {"rasid": _rasid, "engine": _engine, "bare": _bare}[sys.argv[1]](
            int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
        )
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
