"""Whether two looks at a source join: pure, and as a law."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler import gaps
from crawler.article import Entry
from crawler.source import Source

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=40)
SOURCE = Source(name="a", kind="feed", url="https://a.example/feed", title="أ")


def listed(*numbers: int, dated: bool = True) -> list[tuple[str, Entry]]:
    """Entries of an outlet that publishes once an hour; in the order given."""
    return [
        (
            f"https://a.example/{number}",
            Entry(
                url=f"https://a.example/{number}",
                published_at=NOON + timedelta(hours=number) if dated else None,
            ),
        )
        for number in numbers
    ]


def test_a_look_joins_the_last_one_where_it_shows_an_entry_of_it() -> None:
    last = gaps.look_of(listed(10, 9, 8, dated=False), LATER)
    assert gaps.joins(listed(12, 11, 10, dated=False), last)
    assert not gaps.joins(listed(13, 12, 11, dated=False), last)


def test_an_entry_that_is_pinned_above_the_news_hides_no_overflow() -> None:
    last = gaps.look_of(listed(1, 10, 9, 8), LATER)
    assert not gaps.joins(listed(1, 25, 24, 23), last)
    assert gaps.joins(listed(1, 12, 11, 10), last)
    assert gaps.joins(listed(1, 10, 9, 8), last)


def test_a_listing_that_runs_from_old_to_new_joins_as_well() -> None:
    last = gaps.look_of(listed(8, 9, 10), LATER)
    assert gaps.joins(listed(9, 10, 11, 12), last)
    assert gaps.joins(listed(10, 11, 12), last)
    assert not gaps.joins(listed(11, 12, 13), last)


def test_dates_tell_where_all_addresses_have_changed() -> None:
    last = gaps.look_of(listed(10, 9, 8), LATER)
    moved = [(f"https://b.example/{url[-2:]}", entry) for url, entry in listed(12, 11, 10, 9, 8)]
    assert gaps.joins(moved, last)
    assert not gaps.joins([(f"https://b.example/{url[-2:]}", entry) for url, entry in listed(30, 29, 28)], last)


def test_a_time_to_come_is_none() -> None:
    last = gaps.look_of(listed(10_000, 10, 9), NOON + timedelta(hours=12))
    assert last.newest == NOON + timedelta(hours=10)
    assert not gaps.joins(listed(30, 29, 28), last)


def test_of_an_archive_only_what_is_newer_than_the_last_look_is_taken() -> None:
    archive = listed(*range(-500, 1))
    assert len(gaps.lately(archive, None, NOON, timedelta(days=2))) == 49
    last = gaps.look_of(listed(-10, -11), NOON)
    assert len(gaps.lately(archive, last, NOON, timedelta(days=2))) == 10 + 48 + 1
    untimed = listed(*range(-500, 1), dated=False)
    assert gaps.lately(untimed, last, NOON, timedelta(days=2)) == untimed[:100] + untimed[-100:]


def test_a_look_at_something_else_is_none() -> None:
    value = gaps.worth_remembering(gaps.look_of(listed(3, 2, 1), LATER), SOURCE)
    assert gaps.remembered(value, SOURCE) == gaps.look_of(listed(3, 2, 1), LATER)
    assert gaps.remembered(value, replace(SOURCE, url="https://a.example/other")) is None
    assert gaps.remembered(value, replace(SOURCE, kind="section", selector="a")) is None
    assert gaps.remembered(None, SOURCE) is None


@given(st.integers(1, 400), st.integers(0, 400), st.integers(2, 50), st.booleans())
def test_two_windows_on_one_row_join_exactly_where_they_overlap(start: int, on: int, size: int, dated: bool) -> None:
    """A listing shows the ``size`` newest of a row; ``on`` entries come between two looks at it."""
    before = listed(*range(start + size, start, -1), dated=dated)
    after = listed(*range(start + on + size, start + on, -1), dated=dated)
    value = gaps.worth_remembering(gaps.look_of(before, LATER), SOURCE)
    last = gaps.remembered(value, SOURCE)
    assert last is not None
    assert gaps.joins(after, last) is (on < size)
