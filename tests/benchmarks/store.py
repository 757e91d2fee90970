"""``Store.add`` beside sqlite3 by hand, in one run, and how both hold up as the store fills.

``python -m tests.benchmarks.store [ARTICLES]`` (5,000). Articles of about 4 kB with one flag in ten and 50 fingerprints,
made here. By hand: the same tables, the same rows. "once per article" is what a pass needs: an article that was
acknowledged is on the disk. The others say what that costs, and what SQLAlchemy does.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from crawler.article import Article
from storage.records import Flag, Span
from storage.store import Store

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SENTENCE = "أفاد مراسل الشبكة بأن وفداً من أهالي المعتقلين وصل إلى مبنى المحافظة في حلب للمطالبة بالكشف عن مصير أبنائهم"
WORDS = SENTENCE.split()
SPAN = Span(where="text", start=0, end=4, words="أفاد", term="أفاد")
FLAG = Flag(list="detainees", list_title="المعتقلون", rule="r", severity="high", version="0a1b", spans=(SPAN,))

ARTICLE = (
    "INSERT INTO articles (url, source, title, text, language, fetched_at, tags, notes, same_words, pass_id, stored_at)"
    " VALUES (?, ?, ?, ?, ?, ?, '[]', '[]', ?, 1, ?) ON CONFLICT (url) DO NOTHING RETURNING id"
)
FLAGGED = (
    "INSERT INTO flags (article_id, list, list_title, rule, severity, version, spans, flagged_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Told:
    article: Article
    same_words: bytes
    prints: list[int]
    flags: tuple[Flag, ...]


def tellings(count: int) -> list[Told]:
    """Always the same ones."""
    dice = random.Random(20261123)
    made = []
    for number in range(count):
        text = " ".join(dice.choices(WORDS, k=380))
        article = Article(
            url=f"https://outlet{number % 40}.example/news/{number}",
            source=f"outlet{number % 40}",
            title=" ".join(dice.choices(WORDS, k=9)),
            text=text,
            language="ar",
            fetched_at=NOW,
        )
        prints = [dice.getrandbits(63) for _ in range(50)]
        same = blake2b(text.encode(), digest_size=16).digest()
        made.append(Told(article, same, prints, (FLAG,) if number % 10 == 0 else ()))
    return made


@contextmanager
def _empty() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder:
        path = Path(folder) / "rasid.db"
        with Store.open(f"sqlite:///{path}") as store:
            store.begin_pass(NOW)
        yield path


Mark = Callable[[], None]
"""Called after each article."""


def ours(path: Path, told: Iterable[Told], mark: Mark) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        for one in told:
            store.add(
                one.article,
                flags=one.flags,
                same_as=None,
                share=None,
                same_words=one.same_words,
                prints=one.prints,
                pass_id=1,
                now=NOW,
            )
            mark()


def by_hand(every: int, synchronous: str) -> Callable[[Path, Iterable[Told], Mark], None]:
    """sqlite3, a commit for ``every`` articles."""

    def run(path: Path, told: Iterable[Told], mark: Mark) -> None:
        at = NOW.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            base.execute(f"PRAGMA synchronous = {synchronous}")
            base.execute("PRAGMA foreign_keys = ON")
            for number, one in enumerate(told, 1):
                if not base.in_transaction:
                    base.execute("BEGIN IMMEDIATE")
                _insert(base, one, at)
                if number % every == 0:
                    base.execute("COMMIT")
                mark()
            if base.in_transaction:
                base.execute("COMMIT")

    return run


def _insert(base: sqlite3.Connection, one: Told, at: str) -> None:
    it = one.article
    row = (it.url, it.source, it.title, it.text, it.language, at, one.same_words, at)
    found = base.execute(ARTICLE, row).fetchone()
    if found is None:
        return
    base.executemany("INSERT INTO fingerprints VALUES (?, ?)", [(print_, found[0]) for print_ in one.prints])
    for flag in one.flags:
        spans = [
            {"where": s.where, "start": s.start, "end": s.end, "words": s.words, "term": s.term} for s in flag.spans
        ]
        said = json.dumps(spans, ensure_ascii=False)
        values = (found[0], flag.list, flag.list_title, flag.rule, flag.severity, flag.version, said, at)
        base.execute(FLAGGED, values)
    base.execute("DELETE FROM missed WHERE url = ?", (it.url,))


WAYS: dict[str, Callable[[Path, Iterable[Told], Mark], None]] = {
    "Store.add, once per article (FULL)": ours,
    "sqlite3 by hand, once per article (FULL)": by_hand(1, "FULL"),
    "sqlite3 by hand, once per article (NORMAL)": by_hand(1, "NORMAL"),
    "sqlite3 by hand, once per 50 (NORMAL)": by_hand(50, "NORMAL"),
}


def main() -> int:
    """Print the table; 1 when a way did not store everything."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdecimal() else 5_000
    told = tellings(count)
    print(f"{count:,} articles into an empty store\n")
    print(f"{'':44} {'a second':>9} {'a CPU-s':>9} {'1st fifth':>10} {'last fifth':>10} {'kB each':>8}")
    whole = True
    for name, way in WAYS.items():
        with _empty() as path:
            marks = [time.perf_counter()]
            cpu = time.process_time()
            way(path, told, lambda marks=marks: marks.append(time.perf_counter()))  # type: ignore[misc]
            cpu = time.process_time() - cpu
            fifth = count // 5
            first, last = fifth / (marks[fifth] - marks[0]), fifth / (marks[-1] - marks[-1 - fifth])
            with closing(sqlite3.connect(path)) as base:
                whole &= base.execute("SELECT count(*) FROM articles").fetchone() == (count,)
            size = path.stat().st_size / count / 1024
        rate = count / (marks[-1] - marks[0])
        print(f"{name:44} {rate:9,.0f} {count / cpu:9,.0f} {first:10,.0f} {last:10,.0f} {size:8.1f}")
    _opening()
    return 0 if whole else 1


def _opening() -> None:
    with tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder:
        address = f"sqlite:///{folder}/rasid.db"
        for state in ("new (migrated)", "up to date"):
            began = time.perf_counter()
            Store.open(address).close()
            print(f"{'open a store that is ' + state:44} {(time.perf_counter() - began) * 1000:9.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
