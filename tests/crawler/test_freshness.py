"""How long an answer says that it stays good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import freshness
from crawler.article import Page
from crawler.spiders import Listing

NOW = datetime(2026, 11, 23, 12, 20, tzinfo=UTC)


def page(**headers: str) -> Page:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    url = "https://a.example/feed"
    return Page(url=url, asked=url, status=200, headers=named, body=b"", fetched_at=NOW)


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"Cache_Control": "max-age=1200"}, 20),
        ({"Cache_Control": 'public, MAX-AGE="600", must-revalidate'}, 10),
        ({"Cache_Control": "max-age=1200", "Age": "600"}, 10),
        ({"Cache_Control": "max-age=1200, no-cache"}, None),
        ({"Cache_Control": "no-store, max-age=5"}, None),
        ({"Cache_Control": "max-age=0"}, None),
        ({"Cache_Control": "s-maxage=900"}, None),
        ({"Cache_Control": "max-age=999999999"}, 24 * 60),
        ({"Expires": "Mon, 23 Nov 2026 12:50:00 GMT"}, 30),
        ({"Expires": "Mon, 23 Nov 2026 13:20:00 GMT", "Date": "Mon, 23 Nov 2026 13:00:00 GMT"}, 20),
        ({"Expires": "Mon, 23 Nov 2026 12:50:00 GMT", "Cache_Control": "max-age=300"}, 5),
        ({"Expires": "0"}, None),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"Expires": "gestern"}, None),
        ({}, None),
    ],
)
def test_what_headers_say(headers: dict[str, str], minutes: int | None) -> None:
    until = freshness.not_before(page(**headers), {}, NOW)
    assert until == (None if minutes is None else NOW + timedelta(minutes=minutes))


def test_what_the_listing_says_is_remembered_for_answers_that_do_not_repeat_it() -> None:
    listing = Listing(entries=(), again=timedelta(minutes=90), skip_hours=(13, 14, 15), skip_days=())
    said = freshness.worth_remembering(listing)
    assert said == {"again": "5400", "skip-hours": "13 14 15"}
    assert freshness.not_before(page(), said, NOW) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert freshness.not_before(page(), {"again": "600"}, NOW) == NOW + timedelta(minutes=10)
    assert freshness.worth_remembering(Listing(entries=())) == {}


def test_hours_in_which_nobody_is_to_ask_never_make_it_more_than_a_day() -> None:
    every_hour = {"skip-hours": " ".join(map(str, range(24)))}
    until = freshness.not_before(page(), every_hour, NOW)
    assert until is not None
    assert until - NOW <= timedelta(hours=25)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20), st.text(max_size=40))
def test_whatever_it_says_it_is_at_most_a_day_and_never_an_error(control: str, expires: str, age: str, at: str) -> None:
    until = freshness.not_before(page(Cache_Control=control, Expires=expires, Age=age, Date=at), {}, NOW)
    assert until is None or NOW < until <= NOW + timedelta(hours=24)
