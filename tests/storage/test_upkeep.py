"""Copies, checks and tidying of a real store."""

import os
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.article import Entry
from crawler.outcome import Ending, Fate
from storage.errors import StorageError
from storage.schema import VERSION
from storage.store import Store
from storage.upkeep import copy, damage, file_of, schema_of
from tests.stores.making import NOW, article, flag, outcome, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rasid.db"


@pytest.fixture
def store(path: Path):  # type: ignore[no-untyped-def]
    with Store.open(f"sqlite:///{path}") as opened:
        yield opened


def test_a_copy_is_one_moment_of_a_store_that_is_written_to(store: Store, path: Path, tmp_path: Path) -> None:
    number = store.begin_pass(NOW)
    stop = threading.Event()

    def write() -> None:
        with Store.open(f"sqlite:///{path}") as other:
            n = 0
            while not stop.is_set():
                put(other, article(f"https://a.example/{n}"), flags=(flag(),), pass_id=number)
                n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(5):
            copy(path, tmp_path / f"copy{turn}.db")
    finally:
        stop.set()
        writer.join()
    for turn in range(5):
        place = tmp_path / f"copy{turn}.db"
        assert damage(place, quick=False) is None
        assert not Path(f"{place}-wal").exists()
        with closing(sqlite3.connect(place)) as database:
            articles, flags = (
                database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("articles", "flags")
            )
            assert articles == flags  # never an article without the flag that came with it
    assert schema_of(place) == VERSION


def test_damage_is_found_and_a_damaged_store_is_not_copied(store: Store, path: Path, tmp_path: Path) -> None:
    number = store.begin_pass(NOW)
    for n in range(200):
        put(store, article(f"https://a.example/{n}"), pass_id=number)
    store.close()
    assert damage(path) is None
    body = bytearray(path.read_bytes())
    body[4096 * 6 : 4096 * 40] = os.urandom(4096 * 34)
    path.write_bytes(body)
    assert damage(path)
    with pytest.raises(StorageError, match=r"damaged|cannot be copied"):
        copy(path, tmp_path / "copy.db")


def test_what_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("ليست قاعدة بيانات " * 100, "utf-8")
    assert damage(tmp_path / "text")
    assert schema_of(tmp_path / "text") is None
    with pytest.raises(StorageError, match="cannot be checked"):
        damage(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite:////srv/rasid.db", Path("/srv/rasid.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://x/y", None),
        ("nonsense", None),
    ],
)
def test_the_file_of_an_address(address: str, expected: Path | None) -> None:
    assert file_of(address) == expected


def test_old_history_goes_and_what_was_read_stays(store: Store) -> None:
    days = [NOW + timedelta(days=n) for n in range(10)]
    for n, day in enumerate(days):
        number = store.begin_pass(day)
        store.record(number, outcome("a", at=day), due_at=day)
        if n == 0:
            store.record(number, outcome("gone", Ending.FAILED, at=day), due_at=day)
        if n == 3:
            put(store, article(), flags=(flag(),), pass_id=number, now=day)
        store.missed("a", Entry(url=f"https://a.example/x{n}"), Fate.FAILED, "HTTP 500", day)
        store.end_pass(number, day)
    dropped = store.upkeep.forget(days[5])
    assert dropped == {"outcomes": 5, "passes": 3, "missed entries": 5}
    assert {state.name for state in store.sources() if state.last} == {"a", "gone"}
    assert store.counts()["articles"] == store.counts()["flagged"] == 1
    assert [one.started_at for one in store.passes()][-2:] == [days[3], days[0]]  # that stored something; the first
    assert store.upkeep.forget(days[5]) == {"outcomes": 0, "passes": 0, "missed entries": 0}


def test_sources_that_are_put_off_are_due_then_and_bear_no_blame(store: Store) -> None:
    number = store.begin_pass(NOW)
    for name in ("a", "b"):
        store.record(number, outcome(name, Ending.FAILED), due_at=NOW + timedelta(days=1))
    store.upkeep.put_off(["a", "nobody"], NOW)
    assert {s.name: (s.failures, s.due_at == NOW) for s in store.sources()} == {"a": (0, True), "b": (1, False)}


def test_optimising_folds_the_log_into_the_file(store: Store, path: Path) -> None:
    number = store.begin_pass(NOW)
    for n in range(300):
        put(store, article(f"https://a.example/{n}"), pass_id=number)
    assert Path(f"{path}-wal").stat().st_size > 0
    assert store.upkeep.size() > path.stat().st_size
    store.upkeep.optimize()
    assert Path(f"{path}-wal").stat().st_size == 0
