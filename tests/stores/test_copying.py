"""A store that moves to PostgreSQL and back is the store that it was."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from storage import copying
from storage.copying import copy, fingerprint
from storage.database import connect, reading, writing
from storage.errors import StorageError
from storage.schema import articles, fingerprints, metadata
from storage.store import Store
from tests import postgres
from tests.stores.making import NOW, article, flag, outcome, put


def fill(address: str, count: int = 40) -> None:
    with Store.open(address) as store:
        number = store.begin_pass(NOW)
        store.record(number, outcome(stored=count), due_at=NOW)
        for n in range(count):
            told = article(
                f"https://a.example/{n}",
                text=f"نص {n} \U0001f600 أ'\"\\ \u200f",
                author=None if n % 2 else "س",
                tags=("أ", "ب"),
            )
            put(store, told, flags=(flag(),) if n % 3 else (), prints=[n, n + 1], pass_id=number, now=NOW + timedelta(seconds=n),
                same_as=n if n % 5 == 4 else None, share=0.123456789 if n % 5 == 4 else None)  # fmt: skip
        store.end_pass(number, NOW)
        store.remember("page", {"أ": "ب"})


def said(address: str) -> dict[str, tuple[int, str]]:
    engine = connect(address)
    try:
        with reading(engine) as connection:
            return {table.name: fingerprint(connection, table) for table in metadata.sorted_tables}
    finally:
        engine.dispose()


@pytest.fixture
def origin(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    fill(address)
    return address


@pytest.fixture
def moved() -> Iterator[str]:
    with postgres.database(empty=True) as address:
        yield address


def test_there_and_back(origin: str, moved: str, tmp_path: Path) -> None:
    back = f"sqlite:///{tmp_path / 'b.db'}"
    counts = copy(origin, moved)
    assert counts["articles"] == 40
    assert copy(moved, back) == counts
    assert said(origin) == said(moved) == said(back)
    for address in (moved, back):
        with Store.open(address) as store:  # numbers go on where they were
            stored = put(store, article("https://a.example/new"))
            assert stored is not None
            assert stored.id == 41


def test_what_was_ended_goes_on(origin: str, moved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_AT_ONCE", 7)

    def ended(table: str, done: int, whole: int) -> None:
        if table == "articles" and done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(origin, moved, progress=ended)
    assert said(moved)["articles"][0] == 21
    copy(origin, moved)
    assert said(origin) == said(moved)


def test_a_store_in_use_is_not_written_over(origin: str, tmp_path: Path, moved: str) -> None:
    used = f"sqlite:///{tmp_path / 'used.db'}"
    fill(used, 3)
    before = said(used)
    with pytest.raises(StorageError, match="not empty"):
        copy(origin, used)
    assert said(used) == before
    with pytest.raises(StorageError, match="itself"):
        copy(origin, origin)
    with pytest.raises(KeyboardInterrupt):
        copy(origin, moved, progress=_end)
    with pytest.raises(StorageError, match="a copy of"):
        copy(used, moved)


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_difference_is_found(origin: str, moved: str) -> None:
    """As when somebody has a hand in it."""

    def robbed(table: str, done: int, whole: int) -> None:
        if table == "fingerprints":
            engine = connect(moved)
            with writing(engine) as connection:
                connection.execute(delete(fingerprints).where(fingerprints.c.print == 3))
            engine.dispose()

    with pytest.raises(StorageError, match="fingerprints"):
        copy(origin, moved, progress=robbed)


def test_one_changed_letter_changes_the_fingerprint(origin: str) -> None:
    before = said(origin)["articles"]
    engine = connect(origin)
    with writing(engine) as connection:
        connection.execute(articles.update().where(articles.c.id == 7).values(text="نص آخر"))
    engine.dispose()
    after = said(origin)["articles"]
    assert after[0] == before[0]
    assert after[1] != before[1]
