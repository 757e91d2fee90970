"""A store that is broken, held, full, foreign or killed: said with its name and what to do; nothing acknowledged is lost."""

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.article import Entry
from crawler.outcome import Fate
from storage.errors import StorageError
from storage.store import Store
from tests.stores.making import NOW, article, flag, put

ROOT = Path(__file__).parents[2]


def address(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "rasid.db"
    Store.open(address(place)).close()
    return place


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    place = tmp_path / "rasid.db"
    place.write_bytes("ليست قاعدة بيانات".encode() * 500)
    with pytest.raises(StorageError, match=r"rasid\.db: it is not a store of Rasid; name another file"):
        Store.open(address(place))


def test_a_damaged_one(path: Path) -> None:
    with Store.open(address(path)) as store:
        number = store.begin_pass(NOW)
        for n in range(200):
            put(store, article(f"https://a.example/{n}"), pass_id=number)
    body = bytearray(path.read_bytes())
    body[4096 * 3 :] = os.urandom(len(body) - 4096 * 3)
    path.write_bytes(body)
    with pytest.raises(StorageError, match="restore it from a backup"), Store.open(address(path)) as store:
        store.counts()


def test_another_programs(tmp_path: Path) -> None:
    place = tmp_path / "photos.db"
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE photos (id)")
    other.close()
    with pytest.raises(StorageError, match="it is another program's"):
        Store.open(address(place))


def test_a_newer_rasids(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()
    with pytest.raises(StorageError, match=r"newer Rasid \(schema 9999, this program knows \d+\); upgrade"):
        Store.open(address(path))


@pytest.mark.parametrize("bad", ["", "rasid.db", "mysql://localhost/x", "nosuch:///x"])
def test_no_address_of_a_store(bad: str) -> None:
    with pytest.raises(StorageError):
        Store.open(bad)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(StorageError) as caught:
        Store.open("mysql://rasid:secret@127.0.0.1/x")
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StorageError, match="cannot be made"):
        Store.open(address(tmp_path / "var" / "rasid.db"))


def test_one_that_somebody_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database._BUSY", 0.2)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Store.open(address(path)) as store, pytest.raises(StorageError, match="another program has held it"):
        store.begin_pass(NOW)
    holder.close()


def test_a_full_disk_costs_the_article_and_not_the_store(path: Path) -> None:
    with Store.open(address(path)) as store:
        number = store.begin_pass(NOW)
        kept = put(store, article("https://a.example/kept"), pass_id=number)
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 60")
        with pytest.raises(StorageError, match="the disk is full"):  # noqa: PT012  which one it is that fails does not matter
            for n in range(300):
                put(store, article(f"https://a.example/{n}", text="نص " * 2000), pass_id=number)
    with Store.open(address(path)) as store:
        assert store.article_at("https://a.example/kept") == kept
        put(store, article("https://a.example/after"), pass_id=number)


def test_an_up_to_date_store_opens_without_alembic(path: Path) -> None:
    code = (
        "import sys; from storage.store import Store\n"
        "Store.open(sys.argv[1]).close()\n"
        "assert not [m for m in sys.modules if m.startswith('alembic')]"
    )
    subprocess.run([sys.executable, "-c", code, address(path)], check=True, cwd=ROOT)


def _write(place: str, name: str, count: int) -> None:
    with Store.open(place) as store:
        number, first = store.begin_pass(NOW), None
        for n in range(count):
            assert store.known([f"https://{name}.example/{n}"]) == set()
            # Reprints and missed entries read before they write: what BEGIN IMMEDIATE is for.
            stored = put(store, article(f"https://{name}.example/{n}"), flags=(flag(),), same_as=first, pass_id=number)
            assert stored is not None
            first = first or stored.id
            store.missed(name, Entry(url=f"https://{name}.example/missed/{n}"), Fate.FAILED, "HTTP 500", NOW)


def test_four_processes_write_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(address(path), name, 50)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    with Store.open(address(path)) as store:
        counts = store.counts()
        assert counts["articles"] == counts["flagged"] == counts["entries without an article"] == 200
        assert counts["retold"] == 196


def test_four_processes_make_one_new_store(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    place = address(tmp_path / "new.db")
    writers = [context.Process(target=_write, args=(place, name, 1)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    with Store.open(place) as store:
        assert store.counts()["articles"] == 4


ENDLESS = """
import sys
from storage.store import Store
from tests.stores.making import NOW, article, flag, put
with Store.open(sys.argv[1]) as store:
    number = store.begin_pass(NOW)
    for n in range(1_000_000):
        stored = put(store, article(f"https://{sys.argv[2]}.example/{n}"), flags=(flag(),), prints=[n], pass_id=number)
        print(stored.id, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(path: Path) -> None:
    moments = random.Random(20261123)
    acknowledged: list[int] = []
    for turn in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", ENDLESS, address(path), f"t{turn}"], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            acknowledged.append(int(writer.stdout.readline()))
            time.sleep(moments.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
            acknowledged += [
                int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")
            ]
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        there = {row[0] for row in database.execute("SELECT id FROM articles")}
        flagged = {row[0] for row in database.execute("SELECT article_id FROM flags")}
    database.close()
    assert set(acknowledged) <= there
    assert there == flagged
