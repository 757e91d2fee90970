"""Stores that are not ours, not whole, or not to be written: each refused with its name and what to do."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.store import Store
from tests.stores.making import NOW, article, put

NOBODY = 65534


def change(place: Path, script: str) -> None:
    with closing(sqlite3.connect(place)) as other:
        other.executescript(script)


def read_all(address: str) -> None:
    with Store.open(address) as store:
        store.counts()
        store.tellings(1)
        for n in range(60):
            store.article_at(f"https://a.example/{n}")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "rasid.db"
    Store.open(f"sqlite:///{path}").close()
    return path


def test_another_program_that_uses_alembic_too(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    change(path, "CREATE TABLE users (id); CREATE TABLE alembic_version (version_num)")
    change(path, "INSERT INTO alembic_version VALUES ('ae1027a6acf')")
    with pytest.raises(StorageError, match=r"other\.db: it is another program's .* name another file"):
        Store.open(f"sqlite:///{path}")


def test_another_program_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    change(path, "CREATE TABLE photos (id)")
    with pytest.raises(StorageError):
        Store.open(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


@pytest.mark.parametrize("loss", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"])
def test_one_that_has_lost_its_version(place: Path, loss: str) -> None:
    change(place, loss)
    with pytest.raises(StorageError, match="its version is gone; restore it from a backup"):
        Store.open(f"sqlite:///{place}")


def test_one_that_has_lost_a_table(place: Path) -> None:
    change(place, "DROP TABLE flags")
    with Store.open(f"sqlite:///{place}") as store, pytest.raises(StorageError, match="restore it from a backup"):
        store.counts()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9])
def test_one_that_was_cut_short(place: Path, share: float) -> None:
    with Store.open(f"sqlite:///{place}") as store:
        number = store.begin_pass(NOW)
        for n in range(60):
            put(store, article(f"https://a.example/{n}"), pass_id=number)
    body = place.read_bytes()
    place.write_bytes(body[: int(len(body) * share)])
    with pytest.raises(StorageError, match=r"rasid\.db: it is .* backup|rasid\.db: it is not a store"):
        read_all(f"sqlite:///{place}")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened; see that its folder is there"):
        Store.open(f"sqlite:///{tmp_path}")


@pytest.fixture
def read_only(place: Path) -> Iterator[Path]:
    """A store that we may read and not write, in such a folder; seen by somebody who is not root."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    shutil.copy(place, folder / "rasid.db")
    (folder / "rasid.db").chmod(0o444)
    folder.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if me == 0:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_read_only_folder(read_only: Path) -> None:
    with pytest.raises(StorageError, match=r"rasid\.db: it may not be written; check the rights"):
        Store.open(f"sqlite:///{read_only}/rasid.db")
    with pytest.raises(StorageError, match=r"new\.db: it cannot be opened; .* lets us in"):
        Store.open(f"sqlite:///{read_only}/new.db")
    with pytest.raises(StorageError, match=r"new\.db: its folder cannot be made: Permission denied"):
        Store.open(f"sqlite:///{read_only}/var/new.db")


def test_sqlites_own_uri_makes_no_folder_of_its_name(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Store.open(f"sqlite:///file:{place}?mode=ro&uri=true") as store:
        assert store.counts()["articles"] == 0
        with pytest.raises(StorageError, match="may not be written"):
            store.begin_pass(NOW)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("file")]
