"""Poison: a source that ends its child, however it does that, costs itself and no other."""

import signal
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import Ending
from monitor.batches import blamed, read, suspected
from monitor.children import Ended

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LIMIT = timedelta(minutes=30)
WELL = Ended(0)


class World:
    """Children that read in order and are ended by poison."""

    def __init__(self, poison: dict[str, Ended], *, flaky: int = 0, parallel: bool = False) -> None:
        self.poison, self.flaky, self.parallel = poison, flaky, parallel
        self.read: Counter[str] = Counter()
        self.blamed: dict[str, Ended] = {}
        self.asked: list[tuple[tuple[str, ...], timedelta]] = []

    def run(self, names: Sequence[str], limit: timedelta) -> Ended:
        self.asked.append((tuple(names), limit))
        if self.flaky:
            self.flaky -= 1
            return Ended(-signal.SIGKILL)
        bad = [name for name in names if name in self.poison]
        good = [name for name in names if name not in self.poison]
        for name in good if self.parallel else names[: names.index(bad[0])] if bad else names:
            self.read[name] += 1
        return self.poison[bad[0]] if bad else WELL

    def done(self, names: Sequence[str], since: datetime) -> set[str]:
        return {name for name in names if self.read[name]}

    def blame(self, name: str, ended: Ended, began: datetime) -> None:
        self.blamed[name] = ended

    def go(self, names: Sequence[str], suspects: Sequence[str] = ()) -> Ended | None:
        return read(
            names, suspects=suspects, run=self.run, done=self.done, blame=self.blame, limit=LIMIT, now=lambda: NOW
        )


NAMES = [f"s{n}" for n in range(60)]


def test_nothing_wrong_is_one_child() -> None:
    world = World({})
    assert world.go(NAMES) == WELL
    assert world.asked == [(tuple(NAMES), LIMIT)]
    assert world.blamed == {}


@given(st.sets(st.sampled_from(NAMES), max_size=4), st.booleans())
def test_every_other_source_is_read_once_and_exactly_the_poison_is_blamed(poison: set[str], parallel: bool) -> None:
    world = World(dict.fromkeys(poison, Ended(-signal.SIGSEGV)), parallel=parallel)
    world.go(NAMES)
    assert world.read == Counter(name for name in NAMES if name not in poison)
    assert set(world.blamed) == poison
    assert len(world.asked) <= 1 + len(poison) * (2 * ceil(log2(len(NAMES))) + 2)


def test_each_half_has_half_the_time_so_that_a_source_that_hangs_costs_twice_the_limit_in_all() -> None:
    world = World({"s41": Ended(-9, hung=True)})
    world.go(NAMES)
    hung = [limit for names, limit in world.asked if "s41" in names]
    assert hung[:3] == [LIMIT, LIMIT / 2, LIMIT / 4]
    assert min(hung) >= timedelta(minutes=2)


def test_a_child_that_is_ended_once_from_outside_blames_nobody() -> None:
    for names in (NAMES, NAMES[:1]):
        world = World({}, flaky=1)
        world.go(names)
        assert world.blamed == {}
        assert world.read == Counter(names)


def test_a_suspect_goes_alone_after_the_others_and_is_blamed_at_once() -> None:
    world = World({"s7": Ended(1)})
    world.go(NAMES, suspects=["s7"])
    assert [names for names, _ in world.asked] == [tuple(name for name in NAMES if name != "s7"), ("s7",)]
    assert set(world.blamed) == {"s7"}


@pytest.mark.parametrize("code", [2, 3, 75])
def test_what_is_none_of_the_sources_fault_is_not_tried_again(code: int) -> None:
    world = World({"s0": Ended(code)})
    assert world.go(NAMES) == Ended(code)
    assert len(world.asked) == 1
    assert world.blamed == {}


def test_being_stopped_ends_it() -> None:
    assert (
        read(NAMES, suspects=(), run=lambda *_: None, done=set, blame=pytest.fail, limit=LIMIT, now=lambda: NOW) is None
    )


def test_a_blame_is_an_outcome_in_trouble_that_is_known_again() -> None:
    outcome = blamed("a", Ended(-11), NOW, NOW + LIMIT)
    assert outcome.ending is Ending.FAILED
    assert outcome.why == "reading it ended its pass, which was ended by SIGSEGV"
    assert suspected(outcome)
    assert not suspected(None)
