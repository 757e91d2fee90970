from datetime import UTC, datetime, timedelta

import pytest

from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor.rhythm import due_again, left_alone
from storage.records import Missed

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOURLY = Source(name="a", kind="feed", url="https://a.example/feed", title="أ", every=timedelta(hours=1))


def outcome(ending: Ending) -> Outcome:
    return Outcome(source="a", ending=ending, started_at=START, ended_at=START + timedelta(minutes=5))


@pytest.mark.parametrize("ending", [Ending.READ, Ending.UNCHANGED])
def test_the_rhythm_is_counted_from_the_start_of_the_reading(ending: Ending) -> None:
    assert due_again(HOURLY, outcome(ending), 0) == START + timedelta(hours=1)


def test_trouble_doubles_the_wait_up_to_a_day_and_never_ends_it() -> None:
    waits = [due_again(HOURLY, outcome(Ending.FAILED), n) - START for n in range(1, 8)]
    assert waits[:4] == [timedelta(hours=h) for h in (2, 4, 8, 16)]
    assert set(waits[4:]) == {timedelta(hours=24)}
    assert due_again(HOURLY, outcome(Ending.FAILED), 10_000) - START == timedelta(hours=24)


def test_a_weekly_source_in_trouble_stays_weekly() -> None:
    weekly = Source(name="a", kind="feed", url="https://a.example/feed", title="أ", every=timedelta(days=7))
    assert due_again(weekly, outcome(Ending.FAILED), 1) == START + timedelta(days=7)


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
