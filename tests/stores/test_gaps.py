"""Gaps, and how often sources publish: what a store keeps of readings that did not join."""

from dataclasses import replace
from datetime import timedelta

from crawler.outcome import Gap
from storage.store import Store
from tests.stores.making import NOW, outcome

HOUR = timedelta(hours=1)
GAP = Gap(since=NOW - 9 * HOUR, until=NOW - HOUR, filled=False, asked=2, found=3, why="it shows nothing older")


def told(store: Store, gap: Gap | None, source: str = "a", after: timedelta = timedelta()) -> None:
    number = store.begin_pass(NOW)
    store.record(number, replace(outcome(source, at=NOW + after), gap=gap), due_at=NOW)


def test_a_gap_stands_until_it_is_filled(store: Store) -> None:
    told(store, GAP)
    [found] = store.gaps.standing()
    assert (found.source, found.since, found.until) == ("a", GAP.since, GAP.until)
    assert (found.asked, found.found, found.why, found.filled_at) == (2, 3, "it shows nothing older", None)
    told(store, replace(GAP, filled=True, why="", found=12), after=HOUR)
    assert store.gaps.standing() == []
    [filled] = store.gaps.between(NOW, NOW + 2 * HOUR)
    assert (filled.found, filled.filled_at, filled.noticed_at) == (
        12,
        NOW + HOUR + timedelta(seconds=7),
        found.noticed_at,
    )


def test_the_same_gap_seen_again_is_one(store: Store) -> None:
    told(store, GAP)
    told(store, replace(GAP, until=NOW), after=HOUR)
    told(store, GAP, source="b")
    assert [(gap.source, gap.until) for gap in store.gaps.standing()] == [("b", GAP.until), ("a", NOW)]
    assert [gap.source for gap in store.gaps.standing(["a"])] == ["a"]


def test_a_gap_without_a_beginning_begins_with_the_last_reading(store: Store) -> None:
    told(store, None)
    told(store, replace(GAP, since=None), after=HOUR)
    assert [gap.since for gap in store.gaps.standing()] == [NOW + timedelta(seconds=7)]
    told(store, replace(GAP, since=None), source="never read")
    assert store.gaps.standing(["never read"])[0].since is None


def test_gaps_are_found_by_their_time_and_forgotten(store: Store) -> None:
    told(store, GAP)
    assert store.gaps.between(NOW - HOUR, NOW) == []
    assert len(store.gaps.between(NOW, NOW + HOUR)) == 1
    assert store.gaps.forget(NOW) == 0
    assert store.gaps.forget(NOW + HOUR) == 1


def test_what_was_heard_of_a_source_stays_when_nothing_is_heard(store: Store) -> None:
    number = store.begin_pass(NOW)
    times = (NOW, NOW - HOUR)
    store.record(number, outcome(), due_at=NOW, heard=times, rhythm=HOUR)
    store.record(number, outcome(), due_at=NOW, rhythm=2 * HOUR)
    [state] = store.sources()
    assert (state.heard, state.rhythm) == (times, 2 * HOUR)
