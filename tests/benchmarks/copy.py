"""A store that moves: SQLite to PostgreSQL and back, each table compared by what stands in it, the search by what it finds.

``N`` in the environment: how many articles; 50,000 where it is not set. They are made here, of words of the lexicon, with fingerprints,
flags, addresses, Versions, looks, Outcomes, a ledger and the Captures in it.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert, text

from monitor import lists
from monitor.searching import NORMALISER, Seeker
from storage import schema
from storage.copying import copy, fingerprint
from storage.database import connect, migrate, reading, writing
from storage.store import Store
from tests import postgres
from tests.benchmarks._mixed_pages import Press

ROOT = Path(__file__).parents[2]
ARTICLES = int(os.environ.get("N", "50000"))
_START = datetime(2025, 1, 1, tzinfo=UTC)
_TERMS = (("معتقل",), ("مدرسة",), ("أستانا", "معتقل"), ("محادثات أستانا",), ("مصير أبنائها",), ("أستانا",))
_AT_ONCE = 1000


def main() -> int:
    press = Press(lists.load(ROOT / "config" / "watchlists").matcher)
    with tempfile.TemporaryDirectory() as folder, postgres.database(empty=True) as moved:
        here, back = f"sqlite:///{folder}/a.db", f"sqlite:///{folder}/b.db"
        _timed("made", lambda: _fill(here, press))
        counts = _timed("SQLite -> PostgreSQL", lambda: copy(here, moved))
        _timed("PostgreSQL -> SQLite", lambda: copy(moved, back))
        print(
            f"  {sum(counts.values())} rows in {len(counts)} tables, {counts['articles']} articles; most memory {_most():.0f} MiB"
        )
        print(
            f"  SQLite {_size(folder, 'a.db'):.0f} MiB, PostgreSQL {_weight(moved):.0f} MiB, SQLite again {_size(folder, 'b.db'):.0f} MiB"
        )
        places = {"SQLite": here, "PostgreSQL": moved, "SQLite again": back}
        said = [_timed(f"hashed: {name}", partial(_said, address)) for name, address in places.items()]
        found = [_timed(f"indexed and searched: {name}", partial(_found, address)) for name, address in places.items()]
        print(f"  with their indexes: SQLite {_size(folder, 'a.db'):.0f} MiB, PostgreSQL {_weight(moved):.0f} MiB")
    same, finds = said[0] == said[1] == said[2], found[0] == found[1] == found[2]
    hits = ", ".join(f"{' + '.join(terms)} {len(ids)}" for terms, ids in zip(_TERMS, found[0], strict=True))
    print(
        f"  every table equal by its hash: {'yes' if same else 'NO'}; the same hits: {'yes' if finds else 'NO'} ({hits})"
    )
    return int(not (same and finds))


T = TypeVar("T")


def _timed(what: str, work: Callable[[], T]) -> T:
    wall, spent = time.perf_counter(), time.process_time()
    result = work()
    print(
        f"  {what:<34} {time.perf_counter() - wall:>7.1f} s, {time.process_time() - spent:>7.1f} s of CPU here",
        flush=True,
    )
    return result


def _most() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(folder: str, name: str) -> float:
    return sum(path.stat().st_size for path in Path(folder).glob(f"{name}*")) / 2**20


def _weight(address: str) -> float:
    engine = connect(address)
    with reading(engine) as connection:
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    engine.dispose()
    return float(size or 0) / 2**20


def _said(address: str) -> dict[str, tuple[int, str]]:
    engine = connect(address)
    try:
        with reading(engine) as connection:
            return {
                table.name: fingerprint(connection, table)
                for table in schema.metadata.sorted_tables
                if table is not schema.memory
            }
    finally:
        engine.dispose()


def _found(address: str) -> list[list[int]]:
    """The numbers of the articles that each of the questions finds."""
    with Store.open(address, words=NORMALISER) as store:
        store.search.ready()
        vocabulary = store.search.vocabulary()
        queries = [Seeker(terms).query(vocabulary) for terms in _TERMS]
        return [[one.id for one in store.search.find(query, limit=ARTICLES)] if query else [] for query in queries]


# --- the store --------------------------------------------------------------------------------------------


def _fill(address: str, press: Press) -> None:
    engine = connect(address)
    migrate(engine)
    dice = Random(20261126)
    say = press.speech(dice, arabic=True)
    with writing(engine) as connection:
        for number in range(1, 1 + max(1, ARTICLES // 100)):
            at = _START + timedelta(minutes=20 * number)
            connection.execute(
                insert(schema.passes), {"id": number, "started_at": at, "ended_at": at, "archives": False}
            )
    for start in range(1, ARTICLES + 1, _AT_ONCE):
        rows = _rows(range(start, min(start + _AT_ONCE, ARTICLES + 1)), dice, say)
        with writing(engine) as connection:
            for table in schema.metadata.sorted_tables:
                if found := rows.get(table.name):
                    _lay(connection, table, found)
    engine.dispose()


def _lay(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(table), rows)


def _rows(numbers: range, dice: Random, say: Callable[[int], str]) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for n in numbers:
        at = _START + timedelta(seconds=12 * n, microseconds=n % 1000)
        body = "\n".join(say(dice.randint(20, 60)) + "." for _ in range(dice.randint(4, 12)))
        if n % 200 == 7:
            body += "\nوطالبت عائلات المعتقلين بالكشف عن مصير أبنائها في ختام محادثات أستانا."
        capture, url, source = f"urn:uuid:{n:032x}", f"https://paper{n % 40}.example/news/{n}", f"paper{n % 40}"
        rows["articles"].append(
            {"id": n, "url": url, "source": source, "title": say(9), "text": body, "language": "ar", "fetched_at": at,
             "published_at": at if n % 3 else None, "published_from": "feed" if n % 3 else None, "author": say(2) if n % 4 else None,
             "tags": [say(1), say(2)], "summary": say(20) if n % 2 else None, "capture": capture, "notes": [],
             "same_words": blake2b(body.encode(), digest_size=16).digest(), "same_as": n - 1 if n % 9 == 0 else None,
             "share": dice.random() if n % 9 == 0 else None, "pass_id": 1 + (n - 1) // 100 % max(1, ARTICLES // 100), "stored_at": at,
             "twin": dice.getrandbits(63) - 2**62}
        )  # fmt: skip
        rows["fingerprints"] += [{"print": dice.getrandbits(64) - 2**63, "article_id": n} for _ in range(50)]
        rows["captures"].append(
            {"id": capture, "chain": "chain", "number": n, "kind": "capture", "at": at, "url": url, "payload": f"sha256:{n:064x}",
             "file": f"rasid-{n // 2000}.warc.gz", "offset": n * 9000, "length": 9000, "sha256": f"{n:064x}"}
        )  # fmt: skip
        rows["ledger"].append(
            {
                "chain": "chain",
                "number": n,
                "at": at,
                "kind": "capture",
                "text": say(12),
                "root": f"{n:064x}",
                "ends": n * 9000,
            }
        )
        if n % 10 == 0:
            span = {"where": "text", "start": 0, "end": 4, "words": body[:4], "term": body[:4]}
            rows["flags"].append(
                {"article_id": n, "list": "a", "list_title": say(1), "rule": say(1), "severity": "high", "version": "0a1b", "spans": [span],
                 "flagged_at": at, "weight": dice.random()}
            )  # fmt: skip
            rows["looks"].append({"article_id": n, "flagged_at": at, "due_at": at, "looks": 3, "last_at": at})
            rows["versions"].append(
                {"article_id": n, "read_at": at, "title": say(9), "text": body + say(5), "capture": capture, "substantial": bool(n % 20),
                 "changes": [[say(2), say(2)]], "url": url}
            )  # fmt: skip
        if n % 6 == 0:
            rows["addresses"].append({"url": f"{url}?amp=1", "article_id": n, "why": "the same page", "seen_at": at})
            rows["missed"].append(
                {"url": f"{url}/video", "source": source, "title": say(7), "fate": "unreadable", "why": say(3), "first_seen_at": at,
                 "last_seen_at": at, "tries": 2}
            )  # fmt: skip
        if n % 25 == 0:
            rows["outcomes"].append(
                {"pass_id": 1, "source": source, "ending": "read", "why": "", "entries": 20, "fates": {"known": 19, "stored": 1},
                 "defects": [], "started_at": at, "ended_at": at}
            )  # fmt: skip
    return rows


if __name__ == "__main__":
    sys.exit(main())
