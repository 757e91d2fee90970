"""Searching 100,000 articles: the index with Rasid's words beside `LIKE` and beside FTS5 as it comes, over the same store.

python -m tests.benchmarks.search [ARTICLES]
"""

from __future__ import annotations

import json
import lzma
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, text

from monitor.searching import NORMALISER, Seeker, found, words
from storage.database import writing
from storage.schema import articles
from storage.search import Filters, _make
from storage.store import Store

_DATA = Path(__file__).parents[3] / "shared" / "data" / "agency_articles.jsonl.xz"
_ARTICLES = 100_000
_TERMS = (("معتقل",), ("روسيا",), ("سوريا", "داعش"), ("مجلس الأمن",), ("دي ميستورا",), ("الرئيس",))


def main(arguments: list[str]) -> int:
    if not _DATA.exists():
        print("data not here")
        return 0
    wanted = int(arguments[0]) if arguments else _ARTICLES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rasid.db")
        with Store.open(f"sqlite:///{path}", words=NORMALISER) as store:
            _fill(store, wanted)
            with store._engine.connect() as connection:
                plain = "CREATE VIRTUAL TABLE plain USING fts5(title, text, content = 'articles', content_rowid = 'id')"
                connection.exec_driver_sql(plain)
                connection.exec_driver_sql("INSERT INTO plain (plain) VALUES ('rebuild')")
                connection.commit()
            print(
                f"{wanted} articles, {path.stat().st_size / 2**20:.0f} MB; times in seconds, first of three in a cold process's state"
            )
            print(
                "| asked | forms | all found by the index | plan | newest 20 read and marked | LIKE | FTS5 as it comes |"
            )
            print("|---|---|---|---|---|---|---|")
            for terms in _TERMS:
                print(_row(store, terms))
    return 0


def _fill(store: Store, wanted: int) -> None:
    number = store.begin_pass(datetime.now(UTC))
    with writing(store._engine) as connection:
        _make(connection, NORMALISER.version)
    told = list(_told())
    split = [(" ".join(words(title)), " ".join(words(body))) for title, body in told]
    start = datetime(2020, 1, 1, tzinfo=UTC)
    at = 0
    while at < wanted:
        some = range(at, min(at + 5000, wanted))
        rows = [
            {
                "id": n + 1, "url": f"https://a.example/{n}", "source": "a", "title": told[n % len(told)][0],
                "text": told[n % len(told)][1], "language": "ar", "fetched_at": start + timedelta(minutes=n), "tags": [], "notes": [],
                "same_words": str(n).encode(), "pass_id": number, "stored_at": start,
            }
            for n in some
        ]  # fmt: skip
        with writing(store._engine) as connection:
            connection.execute(insert(articles), rows)
            index = [{"id": n + 1, "t": split[n % len(split)][0], "b": split[n % len(split)][1]} for n in some]
            connection.execute(text("INSERT INTO search (rowid, title, text) VALUES (:id, :t, :b)"), index)
        at = some.stop


def _told() -> Iterator[tuple[str, str]]:
    with lzma.open(_DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            yield one["title"] or "", one["content"]


def _row(store: Store, terms: tuple[str, ...]) -> str:
    began = time.perf_counter()
    vocabulary = store.search.vocabulary()
    seeker = Seeker(terms)
    query = seeker.query(vocabulary)
    planned = time.perf_counter()
    assert query is not None
    count = store.search.count(query)
    shown = list(islice(found(seeker, query, Filters(), store.search.find), 20))
    done = time.perf_counter()
    forms = sum(len(slot) for clause in query for row in clause for slot in row)
    like, like_time = _count(
        store, " AND ".join("(title LIKE ? OR text LIKE ?)" for _ in terms), [f"%{t}%" for t in terms for _ in "ab"]
    )
    bare = " ".join(f'"{term}"' for term in terms)
    plain, plain_time = _count(store, "id IN (SELECT rowid FROM plain WHERE plain MATCH ?)", [bare])
    return (
        f"| {' + '.join(terms)} | {forms} | {count} | {planned - began:.2f} | {done - planned:.2f} ({len(shown)}) |"
        f" {like_time:.2f} ({like}) | {plain_time:.2f} ({plain}) |"
    )


def _count(store: Store, where: str, values: list[str]) -> tuple[int, float]:
    began = time.perf_counter()
    with store._engine.connect() as connection:
        count = connection.exec_driver_sql(f"SELECT count(*) FROM articles WHERE {where}", tuple(values)).scalar() or 0
    return count, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
