from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from crawler.errors import RasidError
from monitor.chores import KEY, Chore, due, read, work

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Memory:
    def __init__(self) -> None:
        self.held: dict[str, Mapping[str, str]] = {}

    def recall(self, key: str) -> Mapping[str, str] | None:
        return self.held.get(key)

    def remember(self, key: str, value: Mapping[str, str]) -> None:
        self.held[key] = value


def fails() -> str:
    raise RasidError("the disk is on fire", subject="/srv")


CHORES = [Chore(name="bad", every=DAY, do=fails), Chore(name="good", every=DAY, do=lambda: "12 dropped")]
RHYTHMS = {chore.name: chore.every for chore in CHORES}


def test_each_has_an_outcome_and_one_that_fails_keeps_no_other_from_its_turn() -> None:
    memory = Memory()
    for turn in (1, 2):
        ended = work(CHORES, memory, lambda turn=turn: NOW + turn * timedelta(hours=1))  # type: ignore[misc]
        assert [(one.name, one.well, one.failures) for one in ended] == [("bad", False, turn), ("good", True, 0)]
    kept = read(memory.recall(KEY))
    assert kept["bad"].what == "/srv: the disk is on fire"
    assert kept["bad"].well_at is None
    assert kept["good"].well_at == NOW + timedelta(hours=2)


def test_a_bug_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        work([Chore(name="x", every=DAY, do=lambda: str(1 / 0))], Memory(), lambda: NOW)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(), []),
        (timedelta(minutes=59), []),
        (timedelta(hours=1), ["bad"]),  # sooner than in its rhythm, and not at every look
        (DAY, ["bad", "good"]),
        (-timedelta(minutes=1), ["bad", "good"]),  # the clock was set back: better twice than not for a year
    ],
)
def test_what_is_due(after: timedelta, expected: list[str]) -> None:
    memory = Memory()
    work(CHORES, memory, lambda: NOW)
    assert due(RHYTHMS, read(memory.recall(KEY)), NOW + after) == expected
    assert due(RHYTHMS, {}, NOW) == ["bad", "good"]


def test_what_fails_for_long_is_tried_less_often_and_never_given_up() -> None:
    memory, moment, tries = Memory(), NOW, 0
    while moment < NOW + 10 * DAY:
        if "bad" in due(RHYTHMS, read(memory.recall(KEY)), moment):
            work(CHORES[:1], memory, lambda moment=moment: moment)  # type: ignore[misc]
            tries += 1
        moment += timedelta(minutes=5)
    assert 12 <= tries <= 16
