"""A hundred thousand new entries at once: a sitemap that was never seen, read until the pass's time is over.

``python -m tests.benchmarks.flood [ENTRIES] [SECONDS]`` (100,000 entries, 12 s). What is looked at: the memory of the pass and of all that
it starts, whether it ends in good order when its time is over, and that every entry has a fate. The obvious alternative, all
pages asked for at once, would hold them all.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from queue import Empty
from typing import Any

from crawler.source import Source
from monitor.children import footprint
from tests.newsroom.site import Answer
from tests.newsroom.stations import Station

HOST = "127.0.0.42"
_PER_MAP = 25_000
_TEXT = "بدأت البلدية صباح اليوم أعمال الصيانة في الطرق الفرعية، وقال رئيسها إن العمل يستمر أسبوعين على الأقل. "


def _serve(entries: int) -> Station:
    ports: list[int] = []

    def respond(target: str, headers: Mapping[str, str]) -> Answer:
        base, kind = f"http://{HOST}:{ports[0]}", {"Content-Type": "application/xml"}
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if target == "/sitemap.xml":
            maps = "".join(
                f"<sitemap><loc>{base}/map{n}.xml</loc><lastmod>{now}</lastmod></sitemap>"
                for n in range(-(-entries // _PER_MAP))
            )
            return Answer(
                headers=kind,
                body=f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'.encode(),
            )
        if target.startswith("/map"):
            first = int(target[4:-4]) * _PER_MAP
            urls = "".join(
                f"<url><loc>{base}/news/{n}</loc><lastmod>{now}</lastmod></url>"
                for n in range(first, min(first + _PER_MAP, entries))
            )
            return Answer(
                headers=kind,
                body=f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
            )
        if target.startswith("/news/"):
            number = target.rpartition("/")[2]
            page = f"<html lang=ar><head><title>خبر رقم {number}</title></head><body><article><h1>خبر رقم {number}</h1><p>{_TEXT * 6}</p></article></body></html>"
            return Answer(headers={"Content-Type": "text/html; charset=utf-8"}, body=page.encode())
        return Answer(status=404)

    station = Station(HOST, 0, respond, lambda _: None)
    ports.append(station.port)
    station.listen()
    return station


def _pass(port: int, seconds: float, told: Any) -> None:
    from crawler import run
    from crawler.fetching import Fetching
    from crawler.outcome import Fate

    source = Source(
        name="flood",
        kind="sitemap",
        url=f"http://{HOST}:{port}/sitemap.xml",
        title="سيل",
        delay=0.0,
        allow_addresses=(f"{HOST}/32",),
    )
    told.put("started")
    run.crawl(
        [source],
        fetching=Fetching(user_agent="Rasid", delay=0.0, time_limit=seconds),
        now=lambda: datetime.now(UTC),
        known=lambda urls: set(),
        memory=_Nothing(),
        keep=lambda page: None,
        emit=lambda article: Fate.STORED,
        missed=lambda *_: None,
        ended=lambda outcome: told.put((outcome.entries, dict(outcome.fates), str(outcome.ending), outcome.why)),
    )


class _Nothing:
    def recall(self, key: str) -> None:
        return None

    def remember(self, key: str, value: Mapping[str, str]) -> None:
        pass


def main(entries: int = 100_000, seconds: int = 12) -> int:
    station = _serve(entries)
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    child = context.Process(target=_pass, args=(station.port, seconds, told))
    began, most = time.monotonic(), 0
    child.start()
    assert child.pid is not None
    while child.is_alive():
        most = max(most, footprint(child.pid))
        time.sleep(0.5)
    said = []
    while True:
        try:
            said.append(told.get(timeout=1))
        except Empty:
            break
    threading.Thread(target=station.close).start()
    (seen, fates, ending, why) = said[-1]
    counted = Counter({str(fate): count for fate, count in fates.items()})
    print(f"{seen} entries, ended {ending} ({why}) after {time.monotonic() - began:.0f} s: {dict(counted)}")
    print(f"memory: {most / 2**20:.0f} MiB at most (PSS of all processes)")
    return int(child.exitcode != 0 or seen != sum(counted.values()))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
