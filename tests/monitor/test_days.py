from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import days

DAMASCUS = "Asia/Damascus"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (utc(2026, 11, 23, 20, 59), DAMASCUS, date(2026, 11, 23)),
        (utc(2026, 11, 23, 21, 0), DAMASCUS, date(2026, 11, 24)),  # +03 all year since October 2022
        (utc(2022, 1, 5, 21, 30), DAMASCUS, date(2022, 1, 5)),  # EET, +02, before that
        (utc(2026, 11, 23, 23, 0), "America/New_York", date(2026, 11, 23)),
    ],
)
def test_a_day_is_a_question_of_the_zone(now: datetime, zone: str, expected: date) -> None:
    assert days.today(now, zone) == expected


def test_the_day_the_clock_goes_forward_has_23_hours() -> None:
    start, end = days.bounds(date(2022, 3, 25), DAMASCUS)
    assert end - start == timedelta(hours=23)


@given(
    st.integers(1_420_070_400, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from([DAMASCUS, "UTC", "Asia/Kathmandu"]),
)
def test_every_moment_is_within_the_bounds_of_its_day(now: datetime, zone: str) -> None:
    start, end = days.bounds(days.today(now, zone), zone)
    assert start <= now < end


def test_missing_are_the_finished_days_since_the_first_pass() -> None:
    first, now = utc(2026, 11, 20, 12), utc(2026, 11, 23, 12)
    made = {date(2026, 11, 21)}
    assert days.missing(first, now, DAMASCUS, made) == [date(2026, 11, 20), date(2026, 11, 22)]


def test_nothing_is_missing_before_the_first_pass_or_on_its_day() -> None:
    assert days.missing(None, utc(2026, 11, 23), DAMASCUS, []) == []
    assert days.missing(utc(2026, 11, 23, 1), utc(2026, 11, 23, 20), DAMASCUS, []) == []


def test_a_clock_that_was_set_back_makes_nothing() -> None:
    assert days.missing(utc(2026, 11, 23), utc(2020, 1, 1), DAMASCUS, []) == []


def test_yesterdays_digest_waits_for_its_hour_and_older_ones_for_nothing() -> None:
    first = datetime(2026, 3, 1, 12, tzinfo=UTC)
    six = time(6, 0)
    for hour, found in {2: [1, 2], 3: [1, 2, 3], 20: [1, 2, 3]}.items():  # Damascus is three hours ahead
        now = datetime(2026, 3, 4, hour, tzinfo=UTC)
        assert [day.day for day in days.waiting(first, now, "Asia/Damascus", [], six)] == found
    assert days.waiting(first, datetime(2026, 3, 2, 1, tzinfo=UTC), "Asia/Damascus", [], six) == []
