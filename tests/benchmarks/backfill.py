"""An archive of mixed pages: how many a second of CPU, with each sieve, beside a loop of warcio and trafilatura.

The archive is made here, of pages that are written here too (:mod:`tests.benchmarks._mixed_pages`): of every four hundred, three hundred
and eighty are in Latin letters, twenty in Arabic, one of these with a mention of what the watch lists look for in its text, one with such a
mention beside it (of real agency articles of all subjects, six in a hundred pass the watch lists). ``PAGES`` in the environment: how many;
20,000 where it is not set. The plain loop and the one that only tells the language read the first pages only, as many as some seconds of
CPU are good for: they are slow. First it says what the pages weigh, and what reading one takes, beside real pages where ../shared/data is
at hand.

Others' readers of archives, tried over the same file in an environment of their own: news-please (``NewsPlease.from_warc``) reads 9 pages a second
of CPU, all of them, where the plain loop reads 50. fundus gives nothing for it: it takes a record only where the host is a publisher's
for whom it has a parser, and asks Common Crawl for its list of files.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import mean

from crawler import archives, pages, triage
from monitor import lists
from monitor.rules import flag
from monitor.superset import Superset
from tests.benchmarks._mixed_pages import Press
from tests.warcs import Answer, warc

ROOT = Path(__file__).parents[2]
PAGES = int(os.environ.get("PAGES", "20000"))
_ENOUGH = 10.0
_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_REAL = ROOT.parent / "shared" / "data" / "pages"
_LONGEST = 200_000
"""Bytes: one of the real pages has half a million, and would be half of every mean."""


def _extracted(body: bytes, url: str = "https://a.example/news/1") -> str | None:
    from trafilatura import bare_extraction

    found = bare_extraction(body, url=url, with_metadata=True)
    return found.text if found is not None else None


def _plain(file: Path, arabic_only: bool) -> Iterator[str | None]:
    """The obvious loop: warcio gives records, trafilatura articles; the watch lists are asked of each."""
    from warcio.archiveiterator import ArchiveIterator

    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type != "response":
                continue
            body = record.content_stream().read()
            if arabic_only and not triage.arabic(body):
                yield None
                continue
            yield _extracted(body, record.rec_headers.get_header("WARC-Target-URI"))


def _ours(file: Path, superset: Superset | None) -> Iterator[object]:
    for found in archives.pages(file):
        page = found.page
        if (
            page is None
            or triage.why_not(page) is not None
            or (superset is not None and not superset.may_match(page.body, page.content_type))
        ):
            yield None
        else:
            yield pages.read(page.body, page.url, page.content_type, _NOW, "Asia/Damascus")


def _counted(
    rows: Iterator[object], wanted: Callable[[object], bool], most: float = float("inf")
) -> tuple[int, float, int]:
    """Rows, CPU-seconds, and how many of them are wanted."""
    begin, count, hits = time.process_time(), 0, 0
    for row in rows:
        count += 1
        hits += row is not None and wanted(row)
        if time.process_time() - begin > most:
            break
    return count, time.process_time() - begin, hits


@contextmanager
def _archive(press: Press) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.warc.gz"
        warc(file, (Answer(url=f"https://paper{n % 40}.example/news/{n}", body=press.page(n)) for n in range(PAGES)))
        yield file


def _weigh(name: str, bodies: list[bytes], superset: Superset) -> None:
    """Prints what pages of a kind weigh, and what each way of looking at one takes."""
    from lxml import html

    def spent(way: Callable[[bytes], object]) -> float:
        for body in bodies:  # warm
            way(body)
        begin = time.process_time()
        for body in bodies:
            way(body)
        return (time.process_time() - begin) / len(bodies) * 1000

    elements = mean(sum(1 for _ in html.fromstring(body).iter()) for body in bodies)
    letters = mean(len(re.findall(rb"[\xd8-\xdb]", body)) for body in bodies)
    print(
        f"  {name:<24} {len(bodies):>3} pages {mean(map(len, bodies)) / 1000:>5.0f} kB {elements:>5.0f} elements {letters:>6.0f} Arabic letters;"
        f" CPU: trafilatura {spent(_extracted):.1f} ms, Rasid"
        f" {spent(lambda body: pages.read(body, 'https://a.example/news/1', None, _NOW, 'Asia/Damascus')):.1f} ms,"
        f" by language {spent(triage.arabic):.2f} ms, by watch lists {spent(lambda body: superset.may_match(body, None)):.2f} ms"
    )


def main() -> None:
    """Prints a row for each way."""
    watched = lists.load(ROOT / "config" / "watchlists")
    superset = Superset(watched)

    def of_text(row: object) -> bool:
        return bool(watched.matcher.find(str(row)).terms)

    def of_article(row: object) -> bool:
        return bool(flag(watched, row))  # type: ignore[arg-type]

    press = Press(watched.matcher)
    _weigh("made here, Arabic", [press.page(n) for n in range(7, 407, 20)], superset)
    _weigh("made here, others", [press.page(n) for n in (100, 101, 102, 103, 104, 105)], superset)
    if _REAL.is_dir():
        real = [one.read_bytes() for one in sorted(_REAL.glob("*.html"))]
        _weigh("real, under 200 kB", [one for one in real if len(one) < _LONGEST], superset)
    else:
        print("  real pages: the data is not here")
    with _archive(press) as file:
        print(
            f"backfill: {PAGES} pages, 5 % Arabic, one in four hundred with a mention; {file.stat().st_size / 2**20:.0f} MiB of WARC, one process"
        )
        for one in islice(_ours(file, superset), 200):  # warm: imports, the lexicon, the words of the language
            del one
        ways: list[tuple[str, Iterator[object], Callable[[object], bool], float]] = [
            ("warcio + trafilatura, every page", _plain(file, arabic_only=False), of_text, _ENOUGH),
            ("the same, after the triage by language", _plain(file, arabic_only=True), of_text, 3 * _ENOUGH),
            ("Rasid: triage by language", _ours(file, None), of_article, float("inf")),
            ("Rasid: triage, and the watch lists on the bytes", _ours(file, superset), of_article, float("inf")),
        ]
        rates = []
        for name, rows, wanted, most in ways:
            count, spent, hits = _counted(rows, wanted, most)
            rates.append(count / spent)
            print(
                f"  {name:<50} {count:>6} pages {count / spent:>9.0f} pages/CPU-s  x {rates[-1] / rates[0]:>6.1f}  {hits:>4} flagged"
            )
        print(
            f"  language alone {rates[2] / rates[0]:.1f} x the plain loop; with watch lists {rates[3] / rates[1]:.1f} x the loop that tells the language"
        )


if __name__ == "__main__":
    main()
