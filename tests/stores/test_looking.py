"""Versions, looks and removals: what every store does alike."""

from dataclasses import replace
from datetime import timedelta

from storage.records import Address, Change, StoredArticle, Version
from storage.store import Store
from tests.stores.making import NOW, article, flag, outcome, put

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHANGE = Change(kind="number", before="قُتل 12", after="قُتل 21", words=("12", "21"))


def flagged(store: Store, number: int = 1, source: str = "a") -> StoredArticle:
    stored = put(store, article(f"https://{source}.example/{number}", source=source), flags=(flag(), flag("astana")))
    assert stored is not None
    return stored


def version(of: StoredArticle, hours: int = 1, *, substantial: bool = True) -> Version:
    return Version(
        article=of, read_at=NOW + hours * HOUR, title="عنوان آخر", text="نص آخر", capture="c", substantial=substantial,
        changes=(CHANGE,),
    )  # fmt: skip


def test_what_is_flagged_waits_for_its_first_look_once(store: Store) -> None:
    one = flagged(store)
    put(store, article("https://a.example/unflagged"))
    assert store.looking.unscheduled(NOW - DAY) == {one.id: NOW}
    assert store.looking.unscheduled(NOW + DAY) == {}
    store.looking.schedule({one.id: (NOW, NOW + HOUR)})
    store.looking.schedule({one.id: (NOW, NOW + 9 * HOUR)})
    assert store.looking.unscheduled(NOW - DAY) == {}
    look = store.looking.look(one.id)
    assert look is not None
    assert (look.article, look.due_at, look.looks) == (one, NOW + HOUR, 0)
    assert store.looking.look(99) is None


def test_due_looks_are_of_the_sources_asked_for_and_suspects_come_first(store: Store) -> None:
    a, b, c = flagged(store), flagged(store, 2), flagged(store, 3, "b")
    store.looking.schedule({one.id: (NOW, NOW + n * HOUR) for n, one in enumerate((a, b, c))})
    assert [look.article.id for look in store.looking.due(NOW + DAY, ["a"])] == [a.id, b.id]
    assert [look.article.id for look in store.looking.due(NOW, ["a", "b"])] == [a.id]
    store.looking.looked(b.id, NOW, due_at=NOW + 2 * HOUR, gone=(NOW, "HTTP 404"))
    assert [look.article.id for look in store.looking.due(NOW + DAY, ["a", "b"])] == [b.id, a.id, c.id]
    assert store.looking.due(NOW + DAY, []) == []
    assert store.looking.lately("a", NOW - HOUR) == {b.id: True}
    assert store.looking.lately("a", NOW + HOUR) == {}


def test_the_next_look_is_known_of_each_source(store: Store) -> None:
    a, b, c = flagged(store), flagged(store, 2), flagged(store, 3, "b")
    assert store.looking.next_due_of_each() == {}
    store.looking.schedule({one.id: (NOW, NOW + n * HOUR) for one, n in ((a, 9), (b, 1), (c, 2))})
    assert store.looking.next_due_of_each() == {"a": NOW + HOUR, "b": NOW + 2 * HOUR}
    store.looking.looked(b.id, NOW, due_at=None)
    assert store.looking.next_due_of_each("a") == {"a": NOW + 9 * HOUR}
    assert store.looking.next_due_of_each("c") == {}


def test_articles_since_the_last_lesson_are_counted_for_each_source(store: Store) -> None:
    for number, source in enumerate("aab"):
        flagged(store, number, source)
    assert store.lessons.since({"a": 0, "b": 1, "c": 0}) == {"a": 2, "b": 1, "c": 0}
    assert store.lessons.since({"a": 1}) == {"a": 1}
    assert store.lessons.since({}) == {}


def test_versions_come_back_as_they_were(store: Store) -> None:
    one = flagged(store)
    store.looking.schedule({one.id: (NOW, NOW)})
    store.looking.looked(one.id, NOW, due_at=None, version=version(one))
    store.looking.looked(one.id, NOW, due_at=None, version=version(one, 5, substantial=False))
    assert store.looking.versions_of(one.id) == [version(one), version(one, 5, substantial=False)]
    assert store.looking.changed_between(NOW, NOW + DAY) == [version(one)]
    assert store.looking.changed_between(NOW + 2 * HOUR, NOW + DAY) == []
    look = store.looking.look(one.id)
    assert look is not None
    assert (look.looks, look.due_at) == (2, None)


def test_a_removal_keeps_the_time_at_which_it_was_found(store: Store) -> None:
    one = flagged(store)
    store.looking.schedule({one.id: (NOW, NOW)})
    gone = (NOW, "HTTP 404 Not Found")
    store.looking.looked(one.id, NOW, due_at=NOW + DAY, gone=gone)
    assert store.looking.removed_between(NOW - DAY, NOW + 9 * DAY) == []
    store.looking.looked(one.id, NOW + DAY, due_at=None, gone=gone, removed=True)
    store.looking.looked(one.id, NOW + 3 * DAY, due_at=None, gone=gone, removed=True)
    (found,) = store.looking.removed_between(NOW, NOW + 2 * DAY)
    assert (found.article, found.gone_at, found.removed_at, found.why) == (one, NOW, NOW + DAY, gone[1])
    store.looking.looked(one.id, NOW + 4 * DAY, due_at=None)  # it is back
    assert store.looking.removed_between(NOW, NOW + 9 * DAY) == []


def test_fingerprints_past_the_window_are_forgotten(store: Store) -> None:
    put(store, article("https://a.example/old", fetched_at=NOW - 9 * DAY), prints=[1, 2], now=NOW - 9 * DAY)
    put(store, article("https://a.example/late", fetched_at=NOW - 9 * DAY), prints=[1], now=NOW)
    kept = put(store, article("https://a.example/new"), prints=[1])
    assert kept is not None
    assert store.forget_fingerprints(NOW - 5 * DAY) == 2
    assert store.sharing([1, 2], NOW - HOUR, NOW + HOUR) == {kept.id: (0.5, 1)}


def test_a_phrase_of_the_trade_tells_nothing_and_costs_nothing(store: Store) -> None:
    number = store.begin_pass(NOW)
    for n in range(110):
        put(store, article(f"https://a.example/{n}"), prints=[7, 1000 + n], pass_id=number)
    assert store.sharing([7], NOW, NOW) == {}
    assert len(store.sharing([7, 1003], NOW, NOW)) == 1
    assert len(store.sharing([1000 + n for n in range(110)], NOW, NOW)) >= 16


def test_first_tellings_of_a_time_come_newest_first(store: Store) -> None:
    one = put(store, article("https://a.example/1", text="أول"))
    assert one is not None
    put(store, article("https://a.example/2", text="ثان"), now=NOW + HOUR)
    put(store, article("https://a.example/3", text="نقل"), same_as=one.id)
    told = store.told_between(NOW - HOUR, NOW + HOUR, limit=9)
    assert [found.article.text for found in told] == ["ثان", "أول"]
    assert store.told_between(NOW - HOUR, NOW + HOUR, limit=1) == told[:1]


def test_requests_are_added_up_per_source(store: Store) -> None:
    for source, at, requests, looks in (("a", NOW, 7, 1), ("a", NOW + DAY, 5, 2), ("b", NOW + DAY, 9, 0)):
        one = replace(outcome(source, at=at), requests=requests, looks=looks)
        store.record(store.begin_pass(at), one, due_at=at)
    assert store.looking.asked_since(NOW) == {"a": (12, 3), "b": (9, 0)}
    assert store.looking.asked_since(NOW + HOUR) == {"a": (5, 2), "b": (9, 0)}


def test_what_is_known_of_looking_at_addresses(store: Store) -> None:
    one, other = flagged(store), put(store, article("https://a.example/unflagged"))
    assert other is not None
    store.looking.schedule({one.id: (NOW, NOW + HOUR)})
    store.addresses.add(Address(url="https://a.example/more", article=other.id, why="republished", seen_at=NOW))
    met = store.looking.met([one.article.url, "https://a.example/more", "https://a.example/nothing"])
    assert {url: (look.article.id, look.due_at, look.looks) for url, look in met.items()} == {
        one.article.url: (one.id, NOW + HOUR, 0),
        "https://a.example/more": (other.id, None, 0),
    }
    store.looking.begin(one)
    store.looking.begin(other)
    assert [look and look.due_at for look in map(store.looking.look, (one.id, other.id))] == [NOW + HOUR, None]


def test_planned_looks_at_what_was_published_since(store: Store) -> None:
    told = [
        put(store, article(f"https://a.example/{number}", published_at=NOW + number * HOUR), flags=(flag(),))
        for number in (1, 2)
    ]
    keys = [one.id for one in told if one]
    store.looking.schedule(dict.fromkeys(keys, (NOW, NOW + DAY)))
    assert [look.article.id for look in store.looking.planned("a", NOW + HOUR)] == keys[1:]
    assert store.looking.planned("b", NOW) == []
