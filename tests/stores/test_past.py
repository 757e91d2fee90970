"""What every store does with the past: paging through it, flags that come late, Stories that are muted."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from storage.records import Muted
from storage.store import Store
from tests.stores.making import NOW, article, flag, put

DAY = timedelta(days=1)


def stored(store: Store, count: int) -> None:
    """Articles 1 to ``count``, a day apart, the last one now."""
    number = store.begin_pass(NOW)
    for n in range(1, count + 1):
        flags = (flag(),) if n % 2 else ()
        put(store, article(f"https://a.example/{n}"), now=NOW - (count - n) * DAY, flags=flags, pass_id=number)


@pytest.mark.parametrize("many", [1, 2, 3, 100])
def test_the_past_comes_whole_and_in_order_however_it_is_cut(store: Store, many: int) -> None:
    stored(store, 7)
    assert [one.id for page in store.past(many=many) for one in page] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.id for page in store.past(NOW - 2 * DAY, many=many) for one in page] == [5, 6, 7]
    assert list(store.past(NOW + DAY)) == []


def test_what_is_stored_while_one_pages_is_not_waited_for_without_end(store: Store) -> None:
    stored(store, 3)
    pages = store.past(many=2)
    assert len(next(pages)) == 2
    put(store, article("https://a.example/new"))
    assert [one.id for page in pages for one in page] == [3, 4]


def test_flags_of_many_articles(store: Store) -> None:
    stored(store, 5)
    assert store.flags_by_article(range(1, 2000)) == {1: [flag()], 3: [flag()], 5: [flag()]}
    assert store.flags_by_article([]) == {}


def test_a_late_flag_joins_and_an_old_one_stays_as_it_is(store: Store) -> None:
    stored(store, 1)
    late = replace(flag(rule="سجين"), late=True, weight=2.5)
    for _ in range(2):
        store.flag_more({1: [late, replace(flag(), late=True, version="new")]}, NOW + DAY)
    assert store.flags_of(1) == [flag(), late]
    (again,) = store.flagged(until=NOW + 2 * DAY, since=NOW + DAY)
    assert again.flags == (late,)
    store.flag_more({}, NOW)


def test_the_newest_come_first(store: Store) -> None:
    stored(store, 3)
    put(store, article("https://a.example/last", title="الأخير"))
    assert [title for title, _ in store.newest(2)] == ["الأخير", article().title]


def test_a_story_is_muted_by_list_and_can_be_shown_again(store: Store) -> None:
    stored(store, 2)
    first = Muted(story=1, list="held", note="متحف", muted_at=NOW)
    other = Muted(story=1, list="astana", note="", muted_at=NOW + DAY)
    for one in (first, other, replace(first, note="غيره", muted_at=NOW + DAY)):
        store.mute(one)
    assert store.muted() == [other, replace(first, note="غيره")]
    assert store.unmute(1, "held")
    assert not store.unmute(1, "held")
    assert store.muted() == [other]


def test_a_look_at_the_past_reads_no_more_than_it_needs(store: Store) -> None:
    asked: dict[str, object] = {}

    @event.listens_for(store._engine, "before_cursor_execute")
    def _note(_c: object, _cursor: object, statement: str, parameters: object, _context: object, _many: bool) -> None:
        if statement.startswith("SELECT"):
            asked[statement] = parameters

    stored(store, 3)
    asked.clear()
    list(store.past(NOW - DAY, many=1))
    list(store.past(many=1))
    store.flags_by_article([1, 2])
    assert len(asked) >= 3
    with store._engine.connect() as connection:
        explain, great = "EXPLAIN QUERY PLAN", re.compile(r"SCAN (articles|flags)")
        if connection.dialect.name == "postgresql":
            # of three rows its planner reads all, unless it is told that this is dear
            connection.exec_driver_sql("SET enable_seqscan = off")
            explain, great = "EXPLAIN", re.compile(r"Seq Scan on (articles|flags)")
        for statement, parameters in asked.items():
            plan = [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]  # type: ignore[arg-type]
            assert not [step for step in plan if great.search(step)], (statement, plan)
