import os
from pathlib import Path

import pytest

from monitor import disk
from storage.errors import StorageError


def test_what_is_left_is_what_the_system_says(tmp_path: Path) -> None:
    found = disk.room(tmp_path / "not" / "there" / "yet")
    said = os.statvfs(tmp_path)
    assert found.total == said.f_blocks * said.f_frsize
    assert 0 < found.free <= found.total
    assert found.writable


@pytest.mark.parametrize(
    ("room", "says"),
    [
        (disk.Room(free=2**30, total=2**40, files=10**6, writable=True), None),
        (disk.Room(free=2**30, total=2**40, files=None, writable=True), None),
        (disk.Room(free=2**28, total=2**40, files=10**6, writable=True), "has 256 MiB left, and 512 MiB are kept free"),
        (disk.Room(free=2**30, total=2**40, files=7, writable=True), "can hold 7 more files"),
        (disk.Room(free=2**30, total=2**40, files=10**6, writable=False), "cannot be written to"),
    ],
)
def test_why_nothing_may_be_fetched(room: disk.Room, says: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda _: room)
    found = disk.lack(Path("/srv"), 512 * 2**20)
    assert found is None if says is None else says in str(found)


def test_a_pass_ends_when_the_disk_runs_full_under_it() -> None:
    answers = iter([None, "the disk is full"])
    done: list[int] = []
    work = disk.guarded(done.append, lambda: next(answers))
    work(1)
    with pytest.raises(StorageError, match="the disk is full"):
        work(2)
    assert done == [1]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (1023, "1023 B"), (512 * 2**20, "512 MiB"), (1.5 * 2**30, "1.5 GiB"), (2**43, "8.0 TiB")],
)
def test_sizes_as_people_write_them(size: float, said: str) -> None:
    assert disk.human(size) == said
