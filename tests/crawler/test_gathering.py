"""What visits ask and tell at about the same time is one call."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import wraps
from typing import Any

import pytest

from crawler.gathering import Answers, Batches


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**given: Any) -> None:
        asyncio.run(asyncio.wait_for(test(**given), 30))

    return run


class Memory:
    """Answers, and remembers how it was asked."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.calls: list[list[str]] = []
        self._fault = fault

    async def ask(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.calls.append(list(keys))
        await asyncio.sleep(0)
        if self._fault:
            raise self._fault
        return {key: key.upper() for key in keys if key != "nothing"}


@in_a_loop
async def test_what_is_asked_in_one_turn_is_one_question() -> None:
    memory = Memory()
    answers = Answers(memory.ask)
    assert await asyncio.gather(*map(answers.get, ["a", "b", "a", "nothing"])) == ["A", "B", "A", None]
    assert await answers.get("a") == "A"
    assert memory.calls == [["a", "b", "nothing"], ["a"]]


@in_a_loop
async def test_whoever_asked_hears_that_asking_failed() -> None:
    answers = Answers(Memory(OSError("the disk")).ask)
    heard = await asyncio.gather(*map(answers.get, ["a", "b"]), return_exceptions=True)
    assert [str(one) for one in heard] == ["the disk", "the disk"]


@in_a_loop
async def test_who_no_longer_waits_takes_nothing_from_the_others() -> None:
    answers = Answers(Memory().ask)
    one, other = asyncio.ensure_future(answers.get("a")), asyncio.ensure_future(answers.get("a"))
    await asyncio.sleep(0)
    one.cancel()
    assert await other == "A"


class Shelf:
    """Stores, one batch at a time, when it is let."""

    def __init__(self, awaited: int, *, most: int = 10, wait: float = 60.0) -> None:
        self.stored: list[list[int]] = []
        self.let = asyncio.Event()
        self.let.set()
        self.fault: Exception | None = None
        self.awaited = awaited
        self.batches: Batches[int] = Batches(self._store, awaited=lambda: self.awaited, most=most, wait=wait)

    async def _store(self, batch: Sequence[int]) -> None:
        await self.let.wait()
        if self.fault:
            raise self.fault
        self.stored.append(list(batch))
        self.awaited -= len(batch)


@in_a_loop
async def test_a_batch_is_stored_when_it_is_full_and_the_last_one_when_nobody_is_awaited() -> None:
    shelf = Shelf(5, most=2)
    await asyncio.gather(*map(shelf.batches.add, range(5)))
    assert shelf.stored == [[0, 1], [2, 3], [4]]


@in_a_loop
async def test_the_only_one_waits_for_nobody() -> None:
    shelf = Shelf(1)
    await shelf.batches.add(1)
    assert shelf.stored == [[1]]


@in_a_loop
async def test_others_are_waited_for_only_so_long() -> None:
    shelf = Shelf(100, wait=0.01)
    await asyncio.gather(*map(shelf.batches.add, range(3)))
    assert shelf.stored == [[0, 1, 2]]


@in_a_loop
async def test_nobody_is_told_before_it_is_stored() -> None:
    shelf = Shelf(2)
    shelf.let.clear()
    both = [asyncio.ensure_future(shelf.batches.add(number)) for number in range(2)]
    await asyncio.sleep(0.01)
    assert not any(one.done() for one in both)
    shelf.let.set()
    await asyncio.gather(*both)


@in_a_loop
async def test_whoever_waits_hears_that_storing_failed_and_the_next_batch_is_tried() -> None:
    shelf = Shelf(4, most=2)
    shelf.fault = OSError("the disk")
    heard = await asyncio.gather(*map(shelf.batches.add, range(2)), return_exceptions=True)
    assert [str(one) for one in heard] == ["the disk", "the disk"]
    shelf.fault = None
    await asyncio.gather(*map(shelf.batches.add, range(2)))
    assert shelf.stored == [[0, 1]]


@pytest.mark.parametrize("gone", [0, 1])
@in_a_loop
async def test_who_is_cancelled_is_stored_with_the_others(gone: int) -> None:
    shelf = Shelf(3)
    waiting = [asyncio.ensure_future(shelf.batches.add(number)) for number in range(2)]
    await asyncio.sleep(0)
    waiting[gone].cancel()
    await shelf.batches.add(2)
    await waiting[1 - gone]
    assert shelf.stored == [[0, 1, 2]]
