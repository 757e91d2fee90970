"""How recognising reprints holds up as the store fills: 10,000 to 100,000 articles, query, add and commit for each.

``python -m tests.benchmarks.same_scale [ARTICLES]`` (100,000). Texts are those of ``agency_articles.jsonl.xz``, each with a third of
its words drawn anew so that fifteen thousand make a hundred thousand; one in five is an edited reprint of a recent one. Without
the data they are composed, of words of our own that are as unequally common as words are, and of the formulas of the trade. All
fall within the window, which is ten times what a large day brings, so that the window helps nobody. The store is filled in large
transactions; what is measured is the whole way of an article, one transaction each, in slices of 400. Beside it: the same without
recognising anything.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from crawler.article import Article
from monitor.dedup import Index, fingerprints, same_words, telling
from storage.database import writing
from storage.schema import articles
from storage.schema import fingerprints as fingerprinted
from storage.store import Store

DATA = Path(os.environ.get("RASID_DATA", "../shared/data")) / "agency_articles.jsonl.xz"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SLICE = 400
HEADS = ["ت", "م", "ن", "ي", "س", "ال", "وال", "بال", "لل", "ف", "و", "كال", "است", "مست", "متـ", "ان", "مت", "مس"]
STEMS = [
    "كتب",
    "درس",
    "عمل",
    "وصل",
    "خرج",
    "دخل",
    "قصف",
    "نزح",
    "عاد",
    "سكن",
    "زرع",
    "حصد",
    "فتح",
    "غلق",
    "نقل",
    "شحن",
    "طحن",
    "خبز",
    "علن",
    "صرح",
    "نفذ",
    "بحث",
    "وقع",
    "رفض",
    "قبل",
    "طلب",
    "شكا",
    "وعد",
    "حذر",
    "دعا",
    "نفى",
    "ثبت",
    "جمع",
    "فرق",
    "قطع",
    "ضرب",
    "حرق",
    "هدم",
    "بنى",
    "رمم",
    "صلح",
    "حكم",
    "سجن",
    "طلق",
    "عبر",
    "حصر",
    "رصد",
    "راقب",
    "وثق",
    "سجل",
    "قدر",
    "بلغ",
    "زاد",
    "نقص",
    "هبط",
    "صعد",
    "باع",
    "شرى",
]
TAILS = ["ون", "ين", "ات", "ة", "ه", "ها", "هم", "نا", "ا", "وا", "ية", "يون", "ي", "ان"]
FORMULAS = [
    "وقال المتحدث في تصريح صحفي", "وأضاف المصدر الذي طلب عدم ذكر اسمه", "ولم يصدر أي تعليق رسمي حتى ساعة إعداد هذا الخبر",
    "وأشار إلى أن الجهات المعنية تتابع الأمر", "يذكر أن المنطقة شهدت خلال الأيام الماضية", "بحسب ما أفاد به شهود عيان من الأهالي",
    "وفي سياق متصل ذكرت مصادر محلية", "ومن المقرر أن تستمر الأعمال حتى نهاية الشهر الجاري",
]  # fmt: skip


class Composer:
    """Always the same texts."""

    def __init__(self, seed: int = 20261124) -> None:
        self.random = random.Random(seed)
        self.recent: list[str] = []
        made = {head + stem + tail for head in HEADS for stem in STEMS for tail in TAILS}
        self.words = self.random.sample(sorted(made), 12_000)
        self.weights: list[float] = []
        total = 0.0
        for rank in range(len(self.words)):
            total += 1 / (rank + 3)
            self.weights.append(total)

    def text(self) -> str:
        if self.recent and self.random.random() < 0.2:
            return self.reprint(self.random.choice(self.recent))
        text = self.new()
        self.recent.append(text)
        del self.recent[:-500]
        return text

    def new(self) -> str:
        words = self.random.choices(self.words, cum_weights=self.weights, k=self.random.randint(90, 420))
        for _ in range(len(words) // 60):
            words.insert(self.random.randrange(len(words)), self.random.choice(FORMULAS))
        return "\n".join(" ".join(words[at : at + 40]) for at in range(0, len(words), 40))

    def reprint(self, text: str) -> str:
        words = text.split(" ")
        kept = words[: max(30, int(len(words) * self.random.uniform(0.5, 1)))]
        return " ".join(self.random.choice(self.words) if self.random.random() < 0.04 else word for word in kept)


class Agencies(Composer):
    """Of real articles."""

    def __init__(self) -> None:
        super().__init__()
        with lzma.open(DATA, "rt", encoding="utf-8") as rows:
            texts = [str(json.loads(row).get("content") or "") for row in rows]
        self.texts = [text for text in texts if len(text) >= 200]
        self.words = [word for text in self.texts[::7] for word in text.split()]

    def new(self) -> str:
        words = self.random.choice(self.texts).split(" ")
        return " ".join(self.random.choice(self.words) if self.random.random() < 0.35 else word for word in words)


def article(number: int, text: str) -> Article:
    return Article(
        url=f"https://outlet{number % 40}.example/news/{number}", source=f"outlet{number % 40}", title=text[:60],
        text=text, language="ar", fetched_at=NOW + timedelta(seconds=number % 3600),
    )  # fmt: skip


def fill(store: Store, composer: Composer, start: int, end: int, pass_id: int) -> None:
    """In large transactions, as a store is restored: the same rows as by ``Store.add``."""
    for low in range(start, end, 1000):
        told = [article(number, composer.text()) for number in range(low, min(low + 1000, end))]
        words = [telling(one.text) for one in told]
        with writing(store._engine) as connection:
            first = (connection.scalar(select(func.max(articles.c.id))) or 0) + 1
            rows = [
                {field.name: getattr(one, field.name) for field in fields(Article)}
                | {"id": first + n, "same_words": same_words(words[n]), "pass_id": pass_id, "stored_at": NOW}
                for n, one in enumerate(told)
            ]
            connection.execute(insert(articles), rows)
            prints = [{"print": one, "article_id": first + n} for n, w in enumerate(words) for one in fingerprints(w)]
            connection.execute(insert(fingerprinted), prints)


def measured(store: Store, index: Index, arrived: list[Article], pass_id: int) -> tuple[list[float], list[float], int]:
    """Seconds and CPU seconds per article (query, add, commit), how many were recognised."""
    spent, cpu, found = [], [], 0
    for one in arrived:
        start, busy = time.perf_counter(), time.process_time()
        words = telling(one.text)
        prints = fingerprints(words)
        match = index.earlier(one, words=words, prints=prints)
        store.add(
            one, flags=(), same_as=None if match is None else int(str(match.key)), share=None,
            same_words=same_words(words), prints=prints, pass_id=pass_id, now=NOW,
        )  # fmt: skip
        spent.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
        found += match is not None
    return spent, cpu, found


def only_stored(store: Store, arrived: list[Article], pass_id: int) -> float:
    """Articles a second without recognising anything."""
    start = time.perf_counter()
    for one in arrived:
        store.add(
            one, flags=(), same_as=None, share=None, same_words=b"", prints=(), pass_id=pass_id, now=NOW
        )  # fmt: skip
    return len(arrived) / (time.perf_counter() - start)


def on_disk(path: Path) -> int:
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            return int(base.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'fingerprints'").fetchone()[0])
        except sqlite3.OperationalError:
            return -1


def main() -> int:
    """Print the curve; 1 when reprints were not recognised."""
    last = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdecimal() else 100_000
    composer = Agencies() if DATA.exists() else Composer()
    if not DATA.exists():
        print(f"data not here: {DATA}; the texts are composed")
    print(f"{'articles':>9} {'a second':>9} {'a CPU-s':>8} {'p50 ms':>7} {'p99 ms':>7} {'of CPU':>7} {'only stored':>12} "
          f"{'index MB':>9} {'B/article':>10} {'found':>6}")  # fmt: skip
    good = True
    with tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder:
        path = Path(folder) / "rasid.db"
        with Store.open(f"sqlite:///{path}") as store:
            pass_id = store.begin_pass(NOW)
            at = 0
            for size in (last // 10, last // 4, last // 2, last * 3 // 4, last):
                fill(store, composer, at, size - 2 * SLICE, pass_id)
                arrived = [article(number, composer.text()) for number in range(size - 2 * SLICE, size)]
                at = size
                plain = only_stored(store, arrived[SLICE:], pass_id)
                index = Index(store)
                spent, cpu, found = measured(store, index, arrived[:SLICE], pass_id)
                good &= found > SLICE // 10
                spent.sort()
                cpu.sort()
                held = on_disk(path)
                print(f"{size:9,} {SLICE / sum(spent):9.0f} {SLICE / sum(cpu):8.0f} {spent[SLICE // 2] * 1000:7.2f} "
                      f"{spent[SLICE * 99 // 100] * 1000:7.2f} {cpu[SLICE * 99 // 100] * 1000:7.2f} {plain:12.0f} {held / 1e6:9.1f} "
                      f"{held / size:10.0f} {found / SLICE:6.1%}", flush=True)  # fmt: skip
            start = time.perf_counter()
            gone = store.forget_fingerprints(NOW + timedelta(days=1))
            print(f"dropping {gone:,} fingerprints that are past the window: {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        with Store.open(f"sqlite:///{path}") as store:
            Index(store).earlier(article(0, composer.text()))
        print(f"open the store and ask the first question: {(time.perf_counter() - start) * 1000:.0f} ms")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
