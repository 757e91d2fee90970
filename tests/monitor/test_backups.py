"""Backups: made, packed, sealed, rotated, brought back; and what is refused."""

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import backups
from monitor.backups import BackupError, found, make, restore, rotate, to_drop
from monitor.disk import Room
from storage.schema import VERSION
from storage.store import Store
from tests.stores.making import NOW, article, flag, put

ROOT = Path(__file__).parents[2]
MOMENTS = st.sets(st.integers(0, 2000 * 24).map(lambda hours: NOW - timedelta(hours=hours)), max_size=80)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "var" / "rasid.db"
    with Store.open(f"sqlite:///{place}") as store:
        put(store, article(), flags=(flag(),))
    return place


def articles(path: Path) -> int:
    with Store.open(f"sqlite:///{path}") as store:
        return store.counts()["articles"]


def test_there_and_back(path: Path, tmp_path: Path) -> None:
    made = make(path, tmp_path / "backups", NOW)
    assert made.path.name == "rasid-20261123T093000Z.db.gz"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert [one.path for one in found(tmp_path / "backups")] == [made.path]
    with Store.open(f"sqlite:///{path}") as store:
        put(store, article("https://a.example/later"))
    aside = restore(made.path, path, NOW)
    assert aside is not None
    assert (articles(path), articles(aside)) == (1, 2)
    assert [p.name for p in path.parent.iterdir() if p.name.startswith(".")] == []


def test_onto_an_empty_machine(path: Path, tmp_path: Path) -> None:
    made = make(path, tmp_path / "backups", NOW)
    assert restore(made.path, tmp_path / "new" / "rasid.db", NOW) is None
    assert articles(tmp_path / "new" / "rasid.db") == 1


def test_sealed_to_a_key_that_is_not_here(path: Path, tmp_path: Path) -> None:
    secret, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    made = make(path, tmp_path / "backups", NOW, encrypt_to=[str(secret.to_public())])
    assert made.encrypted
    assert made.path.suffix == ".age"
    assert b"SQLite" not in made.path.read_bytes()
    with pytest.raises(BackupError, match="--identity"):
        restore(made.path, path, NOW)
    (tmp_path / "key").write_text(f"# created\n{other}\n")
    with pytest.raises(BackupError, match="does not open it"):
        restore(made.path, path, NOW, identity=tmp_path / "key")
    (tmp_path / "key").write_text(f"# created\n{secret}\n")
    restore(made.path, path, NOW, identity=tmp_path / "key")
    assert articles(path) == 1
    with pytest.raises(BackupError, match="not a public key"):
        make(path, tmp_path / "backups", NOW, encrypt_to=["age1x"])


def broken(how: str, good: Path, place: Path) -> Path:
    body = good.read_bytes()
    if how == "cut":
        place.write_bytes(body[:-2000])
    elif how == "turned":
        place.write_bytes(body[:2000] + bytes(b ^ 0xFF for b in body[2000:2100]) + body[2100:])
    elif how == "text":
        place.write_text("ليست نسخة احتياطية", "utf-8")
    else:
        with closing(sqlite3.connect(place)) as database:
            if how == "newer":
                database.executescript(
                    "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('9999')"
                )
            else:
                database.executescript("CREATE TABLE photos (id)")
        plain = place.read_bytes()
        place.write_bytes(gzip.compress(plain))
    return place


@pytest.mark.parametrize("how", ["cut", "turned", "text", "newer", "another program's"])
def test_what_cannot_be_brought_back_leaves_what_is_there(path: Path, tmp_path: Path, how: str) -> None:
    made = make(path, tmp_path / "backups", NOW)
    with pytest.raises(BackupError):
        restore(broken(how, made.path, tmp_path / "broken.db.gz"), path, NOW)
    assert articles(path) == 1
    assert [p.name for p in path.parent.iterdir() if "replaced" in p.name or p.name.startswith(".")] == []


def test_a_disk_without_room_is_said_and_nothing_is_left(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "room", lambda _: Room(free=9, total=9, files=9, writable=True))
    with pytest.raises(BackupError, match=r"it needs about .* and 9 B are free"):
        make(path, tmp_path / "backups", NOW)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_that_is_killed_leaves_no_half_one(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE ballast (b)")
        database.executemany("INSERT INTO ballast VALUES (?)", [(os.urandom(4000),) for _ in range(5000)])
    folder = tmp_path / "backups"
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from monitor.backups import make\n"
        "make(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path), str(folder)], cwd=ROOT) as making:
        until = time.monotonic() + 30
        while not list(folder.glob(".new-*")) and time.monotonic() < until:
            time.sleep(0.005)
        making.send_signal(signal.SIGKILL)
    assert found(folder) == []
    make(path, folder, NOW)
    assert [p.name for p in folder.iterdir()] == ["rasid-20261123T093000Z.db.gz"]


@given(MOMENTS, st.integers(1, 10), st.integers(0, 10))
def test_rotation_keeps_the_newest_of_days_and_weeks(moments: set[datetime], daily: int, weekly: int) -> None:
    kept = moments - to_drop(moments, daily=daily, weekly=weekly)
    assert bool(kept) == bool(moments)
    if moments:
        assert max(moments) in kept
    assert len(kept) <= daily + weekly
    days = sorted({moment.date() for moment in moments}, reverse=True)[:daily]
    assert set(days) <= {moment.date() for moment in kept}
    weeks = sorted({moment.isocalendar()[:2] for moment in moments}, reverse=True)[:weekly]
    assert set(weeks) <= {moment.isocalendar()[:2] for moment in kept}
    assert to_drop(kept, daily=daily, weekly=weekly) == set()  # a second time drops nothing


def test_rotation_leaves_alone_what_is_not_its_own(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for n in range(4):
        make(path, folder, NOW + timedelta(hours=n))
    for name in ("rasid-notes.txt", "photos.zip", "rasid-20261399T000000Z.db.gz"):
        (folder / name).write_text("mine")
    gone = rotate(folder, daily=7, weekly=4)
    assert len(gone) == 3
    assert len(found(folder)) == 1
    assert len(list(folder.iterdir())) == 4


def test_before_an_upgrade_the_store_as_it_was_is_kept_once(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for minutes in (0, 1):
        keep = backups.before_upgrade(path, folder, NOW + timedelta(minutes=minutes), [])
        keep("0001")
    (kept,) = found(folder)
    assert kept.before == VERSION
    backups.before_upgrade(path, folder, NOW + timedelta(days=9), [])("9999")  # it is refused: nothing to keep
    assert len(found(folder)) == 1
