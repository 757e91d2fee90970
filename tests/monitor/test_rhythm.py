from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor.rhythm import due_again, heard_by_now, interval, left_alone, owed, own_outage, silent_since
from storage.records import Missed, SourceState

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOURLY = Source(name="a", kind="feed", url="https://a.example/feed", title="أ", every=timedelta(hours=1))


HOUR = timedelta(hours=1)
FREE = Source(name="a", kind="feed", url="https://a.example/feed", title="أ")
IMPORTANT = replace(FREE, important=True)


def outcome(ending: Ending = Ending.READ, **more: Any) -> Outcome:
    return Outcome(source="a", ending=ending, started_at=START, ended_at=START + timedelta(minutes=5), **more)


def every(step: timedelta, count: int = 60, until: datetime = START) -> list[datetime]:
    """``count`` times, newest first."""
    return [until - step * number for number in range(count)]


@pytest.mark.parametrize("ending", [Ending.READ, Ending.UNCHANGED])
def test_the_rhythm_is_counted_from_the_start_of_the_reading(ending: Ending) -> None:
    assert due_again(HOURLY, outcome(ending), 0, HOUR) == START + timedelta(hours=1)


def test_trouble_doubles_the_wait_up_to_a_day_and_never_ends_it() -> None:
    waits = [due_again(HOURLY, outcome(Ending.FAILED), n, HOUR) - START for n in range(1, 8)]
    assert waits[:4] == [timedelta(hours=h) for h in (2, 4, 8, 16)]
    assert set(waits[4:]) == {timedelta(hours=24)}
    assert due_again(HOURLY, outcome(Ending.FAILED), 10_000, HOUR) - START == timedelta(hours=24)


def test_a_weekly_source_in_trouble_stays_weekly() -> None:
    weekly = Source(name="a", kind="feed", url="https://a.example/feed", title="أ", every=timedelta(days=7))
    assert due_again(weekly, outcome(Ending.FAILED), 1, timedelta(days=7)) == START + timedelta(days=7)


def missed(fate: Fate, tries: int, first: datetime = START) -> Missed:
    return Missed(
        url="https://a.example/1",
        source="a",
        title=None,
        fate=fate,
        why="HTTP 500",
        first_seen_at=first,
        last_seen_at=START,
        tries=tries,
    )


@pytest.mark.parametrize(("tries", "hours"), [(1, 1), (2, 4), (3, 16), (4, 24), (9, 24), (900, 24)])
def test_what_could_not_be_had_is_asked_for_again_later_and_later(tries: int, hours: int) -> None:
    one = missed(Fate.FAILED, tries)
    assert left_alone(one, START + timedelta(hours=hours, minutes=-1))
    assert not left_alone(one, START + timedelta(hours=hours))


def test_it_is_asked_for_for_a_month() -> None:
    assert not left_alone(missed(Fate.REFUSED, 20), START + timedelta(days=29))
    assert left_alone(missed(Fate.REFUSED, 20), START + timedelta(days=31))


def test_what_cannot_be_read_is_read_three_times() -> None:
    later = START + timedelta(days=3)
    assert [left_alone(missed(Fate.UNREADABLE, tries), later) for tries in (1, 2, 3)] == [False, False, True]


def test_what_is_off_topic_stays_decided() -> None:
    assert left_alone(missed(Fate.OFF_TOPIC, 1), START + timedelta(days=3))


# --- the rhythm follows how often a source publishes -----------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "wait"),
    [
        (timedelta(minutes=2), timedelta(minutes=5)),
        (timedelta(minutes=30), timedelta(minutes=14.75)),
        (timedelta(hours=4), timedelta(hours=1.97)),
        (timedelta(days=20), timedelta(hours=24)),
    ],
)
def test_it_is_asked_twice_as_often_as_it_publishes(step: timedelta, wait: timedelta) -> None:
    assert abs(interval(FREE, every(step), (), START) - wait) < timedelta(minutes=3)


def test_what_a_person_wrote_is_the_rhythm() -> None:
    assert interval(HOURLY, every(timedelta(minutes=1)), (), START) == HOUR


def test_of_a_source_that_nothing_is_known_of_half_an_hour_is_assumed() -> None:
    assert interval(FREE, (), (), START) == timedelta(minutes=30)


def test_an_important_source_is_asked_every_quarter_of_an_hour_at_least() -> None:
    assert interval(IMPORTANT, every(timedelta(days=3)), (), START) == timedelta(minutes=15)
    assert interval(IMPORTANT, every(timedelta(minutes=10)), (), START) < timedelta(minutes=6)
    asked = outcome(not_before=START + timedelta(hours=3))
    assert due_again(IMPORTANT, asked, 0, timedelta(minutes=15)) <= START + timedelta(minutes=15)


def test_a_listing_that_shows_little_is_asked_for_before_it_runs_over() -> None:
    burst = every(timedelta(minutes=6), 10)
    assert interval(FREE, every(timedelta(hours=4)), burst, START) == timedelta(minutes=18)


MOMENTS = st.integers(0, 200_000).map(lambda minutes: START - timedelta(minutes=minutes))


@given(
    st.lists(MOMENTS, max_size=80),
    st.lists(MOMENTS, max_size=10),
    st.booleans(),
)
def test_the_rhythm_keeps_its_bounds(heard: list[datetime], listed: list[datetime], important: bool) -> None:
    known = heard_by_now(heard, outcome())
    source = IMPORTANT if important else FREE
    wait = interval(source, known, sorted(listed, reverse=True), START)
    assert timedelta(minutes=5) <= wait <= (timedelta(minutes=15) if important else timedelta(hours=24))
    due = due_again(source, outcome(), 0, wait)
    assert START + 0.9 * wait <= due <= START + wait


def test_sources_do_not_march_in_step() -> None:
    due = {due_again(replace(FREE, name=f"s{n}"), outcome(), 0, HOUR) for n in range(20)}
    assert len(due) == 20


def test_a_time_to_come_is_not_heard() -> None:
    told = outcome(heard=(START + timedelta(days=400), START - HOUR))
    assert heard_by_now([START - 2 * HOUR], told) == (START - HOUR, START - 2 * HOUR)


# --- what hosts ask for, and what is gone ----------------------------------------------------------------------


def test_what_a_host_asks_for_is_heeded_within_bounds() -> None:
    hour = outcome(not_before=START + timedelta(minutes=50))
    assert due_again(replace(FREE, every=timedelta(minutes=20)), hour, 0, timedelta(minutes=20)) == START + timedelta(
        minutes=50
    )
    tomorrow = outcome(not_before=START + timedelta(hours=24))
    assert due_again(replace(FREE, every=timedelta(minutes=20)), tomorrow, 0, timedelta(minutes=20)) == START + HOUR


def test_a_host_that_asks_to_wait_is_left_alone_for_as_long() -> None:
    until = START + timedelta(hours=20)
    assert due_again(FREE, outcome(Ending.REFUSED, not_before=until), 1, timedelta(minutes=5)) == until


def test_what_is_gone_is_asked_for_weekly_and_comes_back_by_itself() -> None:
    gone = outcome(Ending.FAILED, gone=True)
    read_at = START - timedelta(days=4)
    assert due_again(FREE, gone, 6, HOUR, read_at) == START + timedelta(days=7)
    assert due_again(FREE, gone, 2, HOUR, read_at) == START + 4 * HOUR  # not yet
    assert due_again(FREE, gone, 6, HOUR, START - timedelta(hours=5)) == START + timedelta(hours=24)  # our own network?
    assert due_again(FREE, outcome(Ending.FAILED), 60, HOUR, read_at) == START + timedelta(hours=24)
    assert due_again(FREE, outcome(), 0, HOUR, read_at) <= START + HOUR


# --- silence ---------------------------------------------------------------------------------------------------


def test_a_source_that_is_silent_far_longer_than_its_rhythm_is_stale() -> None:
    busy = every(timedelta(minutes=30))
    assert silent_since(busy, START + timedelta(hours=30)) is None
    assert silent_since(busy, START + timedelta(hours=40)) == (START, timedelta(minutes=30))
    weekly = every(timedelta(days=7), 10)
    assert silent_since(weekly, START + timedelta(days=20)) is None
    assert silent_since(weekly, START + timedelta(days=50)) == (START, timedelta(days=7))
    assert silent_since([START], START + timedelta(days=400)) is None


# --- what is still to be had ------------------------------------------------------------------------------------


def test_what_failed_is_owed_for_some_days_and_what_is_not_there_is_not() -> None:
    later = START + timedelta(days=2)
    assert owed(missed(Fate.FAILED, 2), later)
    assert not owed(missed(Fate.FAILED, 2), START + timedelta(hours=1)), "it rests"
    assert not owed(missed(Fate.FAILED, 6), later)
    assert not owed(missed(Fate.OFF_TOPIC, 1), later)
    assert not owed(replace(missed(Fate.FAILED, 1), why="HTTP 410 Gone"), later)


def state(name: str, read_at: datetime | None) -> SourceState:
    return SourceState(name=name, due_at=START, last_pass_at=START, last_read_at=read_at, failures=1, last=None)


def test_when_nothing_at_all_can_be_reached_it_is_our_own_network() -> None:
    down = [outcome(Ending.FAILED)] * 3
    states = [state("a", START - HOUR), state("b", None)]
    assert own_outage(down, states, START)
    assert not own_outage(down[:2], states, START), "two may fail by themselves"
    assert not own_outage([*down, outcome(Ending.READ)], states, START)
    assert not own_outage([*down, outcome(Ending.REFUSED)], states, START), "somebody answered"
    assert not own_outage(down, [*states, state("c", START - timedelta(minutes=9))], START), "others were read just now"
