"""Several calls, one transaction."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from crawler.outcome import Ending
from storage.store import Store
from tests.stores.making import NOW, outcome


def test_what_is_told_together_is_stored_together(store: Store) -> None:
    number = store.begin_pass(NOW)
    with store.together():
        store.record(number, outcome("a"), due_at=NOW)
        store.record(number, outcome("b"), due_at=NOW)
        store.remember("page a", {"etag": '"1"'})
        assert store.recall("page a") == {"etag": '"1"'}
    assert [state.name for state in store.sources()] == ["a", "b"]
    assert store.recall("page a") == {"etag": '"1"'}


def test_nothing_is_stored_where_a_part_failed(store: Store) -> None:
    number = store.begin_pass(NOW)

    def tell() -> None:
        with store.together():
            store.record(number, outcome("a"), due_at=NOW)
            store.remember("page a", {"etag": '"1"'})
            store.record(number, outcome("b"), due_at=NOW.replace(tzinfo=None))

    with pytest.raises(ValueError, match="without a zone"):
        tell()
    assert store.sources() == []
    assert store.recall("page a") is None
    store.remember("page a", {"etag": '"2"'})  # it is as good as before
    assert store.recall("page a") == {"etag": '"2"'}


def test_a_failure_that_somebody_swallowed_is_one_all_the_same(store: Store) -> None:
    number = store.begin_pass(NOW)

    def tell() -> None:
        with store.together():
            store.remember("page a", {"etag": '"1"'})
            with contextlib.suppress(ValueError):
                store.record(number, outcome("b"), due_at=NOW.replace(tzinfo=None))

    with pytest.raises(ValueError, match="without a zone"):
        tell()
    assert store.recall("page a") is None


def test_within_the_transaction_of_another_it_is_that_one(store: Store) -> None:
    def tell() -> None:
        with store.together():
            with store.together():
                store.remember("page a", {"etag": '"1"'})
            raise OSError("killed here")

    with pytest.raises(OSError, match="killed"):
        tell()
    assert store.recall("page a") is None


def test_nobody_sees_it_before_it_is_whole(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as store:
        other = sqlite3.connect(tmp_path / "rasid.db")
        with store.together():
            store.remember("page a", {"etag": '"1"'})
            assert other.execute("SELECT count(*) FROM memory").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM memory").fetchone() == (1,)
        other.close()


def test_many_keys_are_recalled_at_once(store: Store) -> None:
    kept = {f"page https://a.example/خبر/{n}": {"etag": str(n)} for n in range(1_200)} | {"nul \x00": {"etag": "0"}}
    with store.together():
        for key, value in kept.items():
            store.remember(key, value)
    assert store.recall_all([*kept, "page nobody"]) == kept
    assert store.recall_all([]) == {}


def test_what_a_source_does_not_say_anew_stays(store: Store) -> None:
    number = store.begin_pass(NOW)
    store.record(number, outcome("a"), due_at=NOW, heard=[NOW])
    store.record(number, outcome("a", Ending.FAILED), due_at=NOW)
    store.record(number, outcome("a", Ending.FAILED), due_at=NOW)
    (state,) = store.sources()
    assert (state.failures, state.heard, state.last_read_at) == (2, (NOW,), outcome().ended_at)
    store.record(number, outcome("a"), due_at=NOW)
    assert store.sources()[0].failures == 0
