from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import Ending, Outcome
from monitor import halts
from storage.records import SourceState

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def state(name: str, why: str, *, failures: int = 1, minutes: int = 0) -> SourceState:
    at = NOW + timedelta(minutes=minutes)
    last = Outcome(source=name, ending=Ending.FAILED if why else Ending.READ, why=why, started_at=at, ended_at=at)
    return SourceState(name=name, due_at=at, last_pass_at=at, last_read_at=None, failures=failures, last=last)


DNS = "the host's name cannot be resolved (DNS)"


def test_there_and_back_and_once_each() -> None:
    told = halts.begun([], halts.DISK, "full", NOW)
    told = halts.begun(told, halts.DISK, "full", NOW + HOUR)
    told = halts.begun(told, halts.NETWORK, "gone", NOW + HOUR)
    assert len(told) == 2
    told = halts.ended(told, halts.DISK, NOW + 2 * HOUR)
    assert halts.standing(told, halts.DISK) is None
    assert halts.standing(told, halts.NETWORK) is not None
    assert halts.read(halts.written(told)) == told
    assert halts.read(None) == []


def test_a_clock_that_is_set_back_makes_no_time_that_ends_before_it_begins() -> None:
    (one,) = halts.ended(halts.begun([], halts.DISK, "full", NOW), halts.DISK, NOW - HOUR)
    assert one.until == one.since


def test_the_digest_of_each_day_that_it_touches_says_so() -> None:
    told = halts.ended(halts.begun([], halts.DISK, "full", NOW), halts.DISK, NOW + 20 * HOUR)
    day = timedelta(days=1)
    start = datetime(2026, 11, 25, tzinfo=UTC)
    for n, expected in ((-1, 0), (0, 1), (1, 1), (2, 0)):
        notes = halts.notes(told, start + n * day, start + (n + 1) * day, "UTC")
        assert len(notes) == expected
    assert halts.notes(told, start, start + day, "UTC") == [
        "لم يُقرأ شيء من 2026-11-25 12:00 إلى 2026-11-26 08:00: ضاقت مساحة القرص."
    ]


def test_several_that_were_there_and_are_lost_at_once_are_our_network() -> None:
    lost = [state(name, DNS, minutes=n) for n, name in enumerate("abc")]
    assert sorted(halts.cut_off(lost)) == ["a", "b", "c"]
    assert halts.cut_off(lost[:2]) == []
    dead = [state(f"dead{n}", DNS, failures=90, minutes=9) for n in range(9)]
    assert halts.cut_off(dead) == []
    assert len(halts.cut_off([*dead, *lost])) == 3
    assert halts.cut_off([*lost, state("d", "", failures=0, minutes=5)]) == []  # somebody answered since
    assert halts.cut_off([*lost, state("d", "HTTP 403 Forbidden", minutes=5)]) == []
    assert len(halts.cut_off([*lost, state("d", "", failures=0, minutes=-5)])) == 3


@given(st.integers(1, 50), st.integers(0, 10**6))
def test_scouts_come_round_to_every_source(count: int, start: int) -> None:
    names = [f"s{n}" for n in range(count)]
    seen: set[str] = set()
    for tick in range(start, start + count):
        few = halts.scouts(names, NOW + tick * timedelta(minutes=5), timedelta(minutes=5))
        assert len(few) == len(set(few)) == min(4, count)
        seen.update(few)
    assert seen == set(names)
