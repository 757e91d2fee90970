"""What several threads ask for is done together; real threads, no database."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.together import Together


class Work:
    def __init__(self, *, places: int = 2, most: int = 4) -> None:
        self.batches: list[list[int]] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self.ask = Together(self._do, places=places, most=most, gathering=0.05)

    def _do(self, asked: list[int]) -> Mapping[int, BaseException]:
        with self._lock:
            self.batches.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            if 99 in asked:
                raise KeyError("everybody's")
            return {at: ValueError(one) for at, one in enumerate(asked) if one < 0}
        finally:
            with self._lock:
                self._now -= 1


def test_everything_is_done_once_in_few_batches() -> None:
    work = Work()
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(work.ask, range(40)))
    assert sorted(one for batch in work.batches for one in batch) == list(range(40))
    assert max(map(len, work.batches)) <= 4
    assert len(work.batches) < 25
    assert work.most_at_once <= 2


def test_each_has_its_own_answer() -> None:
    work = Work(places=1)
    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(work.ask, one) for one in (1, -2, 3)]
        assert [type(one.exception(10)) for one in found] == [type(None), ValueError, type(None)]


def test_what_is_everybody_s_is_told_to_all_and_the_next_are_done_all_the_same() -> None:
    work = Work(places=1, most=2)
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(work.ask, one) for one in (99, 5)]
        assert {type(one.exception(10)) for one in found} <= {KeyError, type(None)}
        assert isinstance(found[0].exception(), KeyError)
    work.ask(7)
    with pytest.raises(ValueError, match="-1"):
        work.ask(-1)
    assert work.batches[-1] == [-1]
