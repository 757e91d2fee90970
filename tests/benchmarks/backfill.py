"""An archive of mixed pages: how many a second of CPU, with each sieve, beside a loop of warcio and trafilatura.

The archive is made here, of pages that are written here too: of every two hundred, a hundred and ninety are in Latin letters, ten in Arabic,
one of these with a mention of what the watch lists look for. ``PAGES`` in the environment: how many; 20,000 where it is not set. The plain
loop and the one that only tells the language read the first pages only, as many as ten seconds of CPU are good for: they are slow.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random

from crawler import archives, pages, triage
from monitor import lists
from monitor.rules import flag
from monitor.superset import Superset
from tests.warcs import Answer, warc

ROOT = Path(__file__).parents[2]
PAGES = int(os.environ.get("PAGES", "20000"))
_ENOUGH = 10.0
_NOW = datetime(2026, 11, 23, tzinfo=UTC)

_ARABIC = [
    "قال",
    "مصدر",
    "محلي",
    "إن",
    "أهالي",
    "الحي",
    "باشروا",
    "ترميم",
    "المدرسة",
    "القديمة",
    "بمساعدة",
    "فرق",
    "الصيانة",
    "وسط",
    "إقبال",
    "من",
    "الطلاب",
    "وذويهم",
    "على",
    "التسجيل",
    "في",
    "العام",
    "الجديد",
]
_WATCHED = "وطالبت عائلات المعتقلين بالكشف عن مصير أبنائها في ختام محادثات أستانا"
_LATIN = [
    "the",
    "council",
    "said",
    "that",
    "repairs",
    "of",
    "the",
    "old",
    "bridge",
    "would",
    "begin",
    "next",
    "week",
    "while",
    "traffic",
    "is",
    "led",
    "through",
    "the",
    "market",
    "street",
]


def page(number: int, dice: Random) -> bytes:
    """A page with the furniture that pages have: menus, scripts, styles, a sidebar, links; some 60 kB."""
    arabic = number % 20 == 7
    stock = _ARABIC if arabic else _LATIN

    def sentence(words: int) -> str:
        return " ".join(dice.choices(stock, k=words))

    text = [sentence(40) + "." for _ in range(12)]
    if arabic and number % 200 == 7:
        text.insert(3, f"{_WATCHED} {sentence(20)}.")
    menu = "".join(f'<li class="menu-item-{n}"><a href="/section/{n}">{sentence(3)}</a></li>' for n in range(60))
    side = "".join(
        f'<div class="card"><a href="/news/{dice.randrange(10**6)}"><img src="/i/{n}.jpg" alt="">{sentence(9)}</a></div>'
        for n in range(25)
    )
    script = "".join(
        f"var a{n}={{id:{dice.randrange(10**6)},path:'/x/{n}',on:function(e){{return e&&e.t<{n}}}}};"
        for n in range(350)
    )
    style = "".join(f".c{n}{{margin:{n}px;padding:{n % 7}px;color:#{n:06x}}}" for n in range(300))
    language, title = ("ar", sentence(8)) if arabic else ("en", sentence(8))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style>'
        f'<meta property="og:title" content="{title}"><meta property="article:published_time" content="2018-05-12T09:30:00Z">'
        f"<script>{script}</script></head><body><nav><ul>{menu}</ul></nav><article><h1>{title}</h1>"
        + "".join(f"<p>{one}</p>" for one in text)
        + f"</article><aside>{side}</aside><footer>{sentence(30)}</footer></body></html>"
    ).encode()


def _plain(file: Path, arabic_only: bool) -> Iterator[str | None]:
    """The obvious loop: warcio gives records, trafilatura articles; the watch lists are asked of each."""
    from trafilatura import bare_extraction
    from warcio.archiveiterator import ArchiveIterator

    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type != "response":
                continue
            body = record.content_stream().read()
            if arabic_only and not triage.arabic(body):
                yield None
                continue
            found = bare_extraction(body, url=record.rec_headers.get_header("WARC-Target-URI"), with_metadata=True)
            yield found.text if found is not None else None


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
def _archive() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        dice = Random(1)
        file = Path(folder) / "a.warc.gz"
        warc(file, (Answer(url=f"https://paper{n % 50}.example/news/{n}", body=page(n, dice)) for n in range(PAGES)))
        yield file


def main() -> None:
    """Prints a row for each way."""
    watched = lists.load(ROOT / "config" / "watchlists")
    superset = Superset(watched)

    def of_text(row: object) -> bool:
        return bool(watched.matcher.find(str(row)).terms)

    def of_article(row: object) -> bool:
        return bool(flag(watched, row))  # type: ignore[arg-type]

    with _archive() as file:
        print(
            f"backfill: {PAGES} pages, 5 % Arabic, one in two hundred with a mention; {file.stat().st_size / 2**20:.0f} MiB of WARC, one process"
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
