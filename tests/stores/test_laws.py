"""Laws that hold for any Article in every store, and input that must not end a pass."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, NoResultFound

from crawler.article import Article, Entry
from crawler.outcome import Fate
from storage.records import DigestRecord, Flag, Span
from storage.schema import metadata, storable
from storage.store import Store
from tests.stores.making import NOW, TEXT, article, flag, put

LAW = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
ADDRESSES = count()

words = st.text(st.characters(exclude_categories=[]), max_size=40)
perhaps = st.none() | words
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones, min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001
articles = st.builds(
    Article,
    url=st.builds(lambda said: f"https://a.example/{next(ADDRESSES)}/{said}", words),
    source=words,
    title=words,
    text=words,
    language=words,
    fetched_at=moments,
    published_at=st.none() | moments,
    published_from=perhaps,
    published_raw=perhaps,
    author=perhaps,
    image=perhaps,
    tags=st.lists(words, max_size=3).map(tuple),
    summary=perhaps,
    capture=perhaps,
    notes=st.lists(words, max_size=3).map(tuple),
)


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with store._engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(table.select())] for name, table in metadata.tables.items()
        }


@LAW
@given(told=articles)
def test_any_article_comes_back_as_it_was_returned(store: Store, told: Article) -> None:
    stored = put(store, told)
    assert stored is not None
    assert store.article(stored.id) == stored
    assert store.article_at(told.url) == stored
    assert store.known([told.url]) == {told.url}
    for name in Article.__dataclass_fields__:
        assert getattr(stored.article, name) == storable(getattr(told, name)), name


@LAW
@given(told=articles)
def test_adding_twice_changes_nothing_at_all(store: Store, told: Article) -> None:
    number = store.begin_pass(NOW)
    put(store, told, flags=(flag(),), prints=[1, 2], pass_id=number)
    before = everything(store)
    assert put(store, told, flags=(flag("astana"),), prints=[3], pass_id=number) is None
    assert everything(store) == before


def test_the_words_of_a_flag_stand_where_it_says_whatever_the_page_sent(store: Store) -> None:
    text = f"\x00\ud800{TEXT}\x00"
    span = Span(where="text", start=0, end=12, words=text[:12], term="وصل")
    given_flag = Flag(list="l", list_title="\x00", rule="r", severity="high", version="0a1b", spans=(span,))
    stored = put(store, article(text=text), flags=(given_flag,))
    assert stored is not None
    assert stored.article.text == f"\ufffd\ufffd{TEXT}\ufffd"
    (found,) = store.flags_of(stored.id)
    (back,) = found.spans
    assert stored.article.text[back.start : back.end] == back.words


def test_a_backslash_before_u0000_is_text(store: Store) -> None:
    stored = put(store, article(tags=(r"\u0000", "\\\x00")))
    assert stored is not None
    assert stored.article.tags == (r"\u0000", "\\\ufffd")
    assert store.article(stored.id) == stored


def test_a_rule_that_flags_twice_is_one_flag(store: Store) -> None:
    stored = put(store, article(), flags=(flag(), flag("astana"), flag()))
    assert stored is not None
    assert store.flags_of(stored.id) == [flag(), flag("astana")]


@pytest.mark.parametrize("hours", [-14, 14])
def test_a_time_at_the_edge_of_the_calendar_does_not_end_a_pass(store: Store, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    edge = datetime(1, 1, 1, tzinfo=zone) if hours > 0 else datetime(9999, 12, 31, 23, tzinfo=zone)
    stored = put(store, article(published_at=edge))
    assert stored is not None
    back = store.article(stored.id)
    assert back is not None
    assert back.article.published_at == edge.replace(tzinfo=UTC)


def test_a_flag_stays_with_the_digest_that_has_it(store: Store) -> None:
    put(store, article(), flags=(flag(),))
    taken = store.flagged(until=NOW + timedelta(hours=1))
    for day in (23, 24):
        assert store.record_digest(DigestRecord(day=date(2026, 11, day), audience="all", made_at=NOW, files=()), taken)
    before = everything(store)
    numbers = {row[1]: row[0] for row in before["digests"]}
    assert [row[-1] for row in before["claims"]] == [numbers[date(2026, 11, 23)]]


def test_what_is_stored_is_not_missed(store: Store) -> None:
    """Another source listed the same address, and asked when the site was down."""
    put(store, article("https://a.example/1"))
    store.missed("b", Entry(url="https://a.example/1"), Fate.FAILED, "HTTP 500", NOW)
    assert store.missed_at(["https://a.example/1"]) == {}
    assert store.missed_between(NOW, NOW + timedelta(hours=1)) == []


def test_the_id_of_an_article_is_never_given_to_another(store: Store) -> None:
    put(store, article("https://a.example/1"))
    last = put(store, article("https://a.example/2"))
    assert last is not None
    with store._engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM articles WHERE id = {last.id}")
    after = put(store, article("https://a.example/3"))
    assert after is not None
    assert after.id > last.id


def test_a_bug_keeps_its_own_traceback(store: Store) -> None:
    """A StorageError asks a person for a remedy; there is none for these."""
    with pytest.raises(IntegrityError) as caught:
        put(store, article(), pass_id=77)
    assert "foreign key" in str(caught.value.orig).lower()
    with pytest.raises(NoResultFound):
        put(store, article(), same_as=99)
    assert store.counts()["articles"] == 0
