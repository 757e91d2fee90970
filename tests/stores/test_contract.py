"""What every store does alike."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.article import Entry
from crawler.outcome import Ending, Fate
from storage.records import DigestRecord
from storage.store import Store
from tests.stores.making import NOW, article, flag, outcome, put

HOUR = timedelta(hours=1)


def test_what_goes_in_comes_out(store: Store) -> None:
    told = article(
        published_at=datetime(2026, 11, 23, 11, 0, tzinfo=timezone(timedelta(hours=3))),
        published_from="printed",
        published_raw="23 تشرين الثاني/نوفمبر 2026",
        author="مراسل",
        image="https://a.example/1.jpg",
        tags=("معتقلون", "حلب"),
        summary="موجز",
        notes=("text from the feed",),
    )
    stored = put(store, told)
    assert stored is not None
    back = store.article(stored.id)
    assert back is not None
    assert back.article == told
    assert back == store.article_at(told.url)
    assert back.article.published_at is not None
    assert back.article.published_at.tzinfo is UTC


text_from_the_web = st.text(st.characters(exclude_categories=[]), max_size=60)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=text_from_the_web, text=text_from_the_web, tags=st.lists(text_from_the_web, max_size=3), number=st.integers(0)
)
def test_any_text_comes_back_with_its_offsets(
    store: Store, title: str, text: str, tags: list[str], number: int
) -> None:
    stored = put(store, article(f"https://a.example/{number}", title=title, text=text, tags=tuple(tags)))
    if stored is None:  # that number was drawn before
        return
    back = store.article(stored.id)
    assert back is not None
    for before, after in [(title, back.article.title), (text, back.article.text)]:
        assert len(before) == len(after)
        assert all(b in {a, "\ufffd"} for a, b in zip(before, after, strict=True))
    assert len(back.article.tags) == len(tags)


def test_adding_twice_is_adding_once(store: Store) -> None:
    first = put(store, article(), flags=(flag(),))
    assert first is not None
    assert put(store, article(title="عنوان آخر"), flags=(flag("astana"),)) is None
    assert store.counts()["articles"] == 1
    assert store.flags_of(first.id) == [flag()]


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time without a zone"):  # a bug of ours, and not the store's trouble
        store.begin_pass(datetime(2026, 11, 23))  # noqa: DTZ001


# tellings


def test_a_reprint_of_a_reprint_points_to_the_first_telling(store: Store) -> None:
    a = put(store, article("https://a.example/1"))
    assert a is not None
    b = put(store, article("https://b.example/1", source="b"), same_as=a.id, share=1.0)
    assert b is not None
    c = put(store, article("https://c.example/1", source="c"), same_as=b.id, share=0.8)
    assert c is not None
    assert (a.same_as, b.same_as, c.same_as) == (None, a.id, a.id)
    assert [one.id for one in store.tellings(c.id)] == [a.id, b.id, c.id]
    assert store.tellings(c.id) == store.tellings(a.id)


def test_the_same_words_are_found(store: Store) -> None:
    a = put(store, article("https://a.example/1"), same_words=b"w")
    put(store, article("https://b.example/1"), same_words=b"w")
    assert a is not None
    assert store.first_with(b"w") == a.id
    assert store.first_with(b"x") is None


def test_sharing_counts_rare_fingerprints_more_and_keeps_to_the_window(store: Store) -> None:
    old = put(store, article("https://a.example/0", fetched_at=NOW - timedelta(days=9)), prints=[1, 2])
    one = put(store, article("https://a.example/1"), prints=[1, 2, 3])
    two = put(store, article("https://a.example/2"), prints=[2**62])
    assert old
    assert one
    assert two
    votes = store.sharing([1, 3, 2**62, 77], NOW - HOUR, NOW + HOUR)
    assert votes == {one.id: (pytest.approx(1.5), 2), two.id: (pytest.approx(1.0), 1)}
    assert store.told([one.id, two.id, 999]).keys() == {one.id, two.id}
    assert store.sharing([], NOW, NOW) == {}


def test_sharing_takes_the_ends_of_its_time_and_goes_by_when_an_article_was_published(store: Store) -> None:
    """To the microsecond: a time without a fraction is another text in SQLite than one with it."""
    tick = timedelta(microseconds=1)
    times = (NOW - HOUR - tick, NOW - HOUR, NOW, NOW + HOUR, NOW + HOUR + tick)
    kept = [
        put(store, article(f"https://a.example/{n}", published_at=at, fetched_at=NOW + timedelta(days=40)), prints=[5])
        for n, at in enumerate(times)
    ]
    within = {one.id for one in kept[1:4] if one}
    assert set(store.sharing([5], NOW - HOUR, NOW + HOUR)) == within
    told = store.told(list(within))
    assert {one.at for one in told.values()} == {NOW - HOUR, NOW, NOW + HOUR}


def test_what_is_told_briefly_is_told_only_of_short_texts(store: Store) -> None:
    short = put(store, article("https://a.example/1", text="خبر عاجل"))
    long = put(store, article("https://a.example/2", text="خبر عاجل " * 40))
    assert short
    assert long
    assert store.told([], [short.id, long.id], 100).keys() == {short.id}
    assert store.told([long.id], [short.id], 100).keys() == {short.id, long.id}
    assert store.told(range(1, 200)).keys() == {short.id, long.id}


# entries without an article


def entry(url: str = "https://a.example/x") -> Entry:
    return Entry(url=url, title="عنوان")


def test_an_entry_without_an_article_is_counted_and_keeps_its_first_time(store: Store) -> None:
    for hours in (0, 1, 5):
        store.missed("a", entry(), Fate.FAILED, f"HTTP 50{hours}", NOW + hours * HOUR)
    found = store.missed_at([entry().url, "https://a.example/other"])
    assert set(found) == {entry().url}
    one = found[entry().url]
    assert (one.tries, one.first_seen_at, one.last_seen_at, one.why) == (3, NOW, NOW + 5 * HOUR, "HTTP 505")
    assert store.known([entry().url]) == set()


def test_an_entry_that_is_stored_at_last_is_no_longer_missed(store: Store) -> None:
    store.missed("a", entry(), Fate.FAILED, "HTTP 500", NOW)
    put(store, article(entry().url))
    assert store.missed_at([entry().url]) == {}
    assert store.known([entry().url]) == {entry().url}


def test_missed_between_takes_the_last_time(store: Store) -> None:
    store.missed("a", entry("https://a.example/1"), Fate.FAILED, "DNS", NOW - HOUR)
    store.missed("a", entry("https://a.example/2"), Fate.FAILED, "DNS", NOW)
    assert [m.url for m in store.missed_between(NOW, NOW + HOUR)] == ["https://a.example/2"]


def test_thousands_of_addresses_at_once(store: Store) -> None:
    put(store, article("https://a.example/7"))
    urls = [f"https://a.example/{n}" for n in range(40_000)]
    assert store.known(urls) == {"https://a.example/7"}


# passes and sources


def test_a_source_is_due_until_it_was_read(store: Store) -> None:
    assert store.due(["b", "a"], NOW) == ["b", "a"]
    number = store.begin_pass(NOW)
    store.record(number, outcome("a", stored=2, known=3), due_at=NOW + HOUR)
    assert store.due(["b", "a"], NOW) == ["b"]
    assert store.due(["b", "a"], NOW + HOUR) == ["b", "a"]


def test_failures_count_until_it_reads_again(store: Store) -> None:
    number = store.begin_pass(NOW)
    seen = []
    for ending in (Ending.FAILED, Ending.REFUSED, Ending.UNCHANGED, Ending.EMPTY):
        store.record(number, outcome("a", ending), due_at=NOW)
        (state,) = store.sources()
        seen.append((state.failures, state.last_read_at is not None, state.last and state.last.ending))
    assert seen == [
        (1, False, Ending.FAILED),
        (2, False, Ending.REFUSED),
        (0, True, Ending.UNCHANGED),
        (1, True, Ending.EMPTY),
    ]


def test_outcomes_come_back_whole_and_by_time(store: Store) -> None:
    number = store.begin_pass(NOW)
    early, late = outcome("a", at=NOW - HOUR, stored=1), outcome("b", stored=2, unreadable=1)
    for one in (early, late):
        store.record(number, one, due_at=NOW)
    assert store.outcomes(NOW - 2 * HOUR, NOW + HOUR) == [early, late]
    assert store.outcomes(NOW, NOW + HOUR) == [late]


def test_passes_say_what_they_came_to(store: Store) -> None:
    assert store.first_pass_at(NOW) is None
    first = store.begin_pass(NOW)
    put(store, article("https://a.example/1"), flags=(flag(), flag("astana")), pass_id=first)
    put(store, article("https://a.example/2"), pass_id=first)
    store.end_pass(first, NOW + HOUR)
    second = store.begin_pass(NOW + 2 * HOUR)
    store.end_pass(second, NOW + 3 * HOUR, error="StorageError: full")
    newest, oldest = store.passes()
    assert (oldest.stored, oldest.flagged, oldest.ended_at, oldest.error) == (2, 1, NOW + HOUR, None)
    assert (newest.id, newest.stored, newest.error) == (second, 0, "StorageError: full")
    assert store.passes(1) == [newest]
    assert store.passes(since=NOW, until=NOW + HOUR) == [oldest]
    assert store.first_pass_at(NOW + HOUR) == NOW
    ahead = store.begin_pass(NOW + 900 * HOUR)  # by a clock that was set right later
    assert ahead > second
    assert store.first_pass_at(NOW - HOUR) is None


# digests


def record(day: date = date(2026, 11, 23)) -> DigestRecord:
    return DigestRecord(day=day, audience="all", made_at=NOW, files=("2026-11-23.html",))


def test_every_flag_is_in_exactly_one_digest(store: Store) -> None:
    put(store, article("https://a.example/1"), flags=(flag(), flag("astana")))
    taken = store.flagged(until=NOW + HOUR)
    put(store, article("https://a.example/2"), flags=(flag(),))  # commits while the digest is being written
    assert store.record_digest(record(), taken)
    (left,) = store.flagged(until=NOW + HOUR)
    assert left.stored.article.url == "https://a.example/2"
    assert len(store.flagged(until=NOW + HOUR, digested=True)) == 2


def test_a_day_has_one_digest(store: Store) -> None:
    put(store, article(), flags=(flag(),))
    assert store.record_digest(record(), [])
    assert not store.record_digest(record(), store.flagged(until=NOW + HOUR))
    assert len(store.flagged(until=NOW + HOUR)) == 1
    assert store.digests("all") == [record()]
    assert store.digests("others") == []


def test_flagged_carries_every_telling(store: Store) -> None:
    a = put(store, article("https://a.example/1"))
    assert a is not None
    b = put(store, article("https://b.example/1", source="b"), same_as=a.id, flags=(flag(),))
    (found,) = store.flagged(until=NOW + HOUR)
    assert found.stored == b
    assert [one.id for one in found.tellings] == [a.id, b.id]  # type: ignore[union-attr]
    assert found.flags == (flag(),)


def test_flagged_by_list_and_time(store: Store) -> None:
    put(store, article("https://a.example/1"), flags=(flag(), flag("astana")))
    assert [f.list for f in store.flagged(until=NOW + HOUR, lists=["astana"])[0].flags] == ["astana"]
    assert store.flagged(until=NOW) == []
    assert store.flagged(until=NOW + HOUR, since=NOW + timedelta(minutes=1)) == []


def test_a_great_day(store: Store) -> None:
    number = store.begin_pass(NOW)
    for n in range(700):
        put(store, article(f"https://a.example/{n}"), flags=(flag(), flag("astana")), pass_id=number)
    taken = store.flagged(until=NOW + HOUR)
    assert len(taken) == 700
    assert store.record_digest(record(), taken)
    assert store.flagged(until=NOW + HOUR) == []


# memory


def test_memory_keeps_the_last_word(store: Store) -> None:
    assert store.recall("page https://a.example/feed") is None
    store.remember("page https://a.example/feed", {"etag": '"1"'})
    store.remember("page https://a.example/feed", {"etag": '"2"', "hash": "ab"})
    assert store.recall("page https://a.example/feed") == {"etag": '"2"', "hash": "ab"}


def test_counts_name_what_there_is(store: Store) -> None:
    put(store, article(), flags=(flag(),))
    assert store.counts() == {
        "articles": 1,
        "retold": 0,
        "flagged": 1,
        "entries without an article": 0,
        "passes": 1,
        "digests": 0,
    }
