"""Further addresses of articles: what every store does alike."""

from datetime import timedelta

from crawler.article import Entry
from crawler.outcome import Fate
from storage.records import Address, Change, Version
from storage.store import Store
from tests.stores.making import NOW, article, put

URL = "https://www.a.example/1"
TWIN = "http://m.a.example/1/"


def test_twins_are_found_by_what_they_have_in_common(store: Store) -> None:
    one = put(store, article(URL))
    put(store, article("https://www.a.example/2"))
    assert one is not None
    assert store.addresses.twins(TWIN) == [one]
    assert store.addresses.twins("https://a.example/3") == []


def test_a_further_address_is_known_and_leads_to_its_article(store: Store) -> None:
    one = put(store, article(URL))
    assert one is not None
    store.missed("a", Entry(url=TWIN), Fate.FAILED, "HTTP 500", NOW)
    first = Address(url=TWIN, article=one.id, why="twin", seen_at=NOW)
    store.addresses.add(first)
    store.addresses.add(Address(url=TWIN, article=one.id, why="republished", seen_at=NOW + timedelta(hours=1)))
    assert store.known([TWIN, URL, "https://b.example/"]) == {TWIN, URL}
    assert store.article_at(TWIN) == one
    assert store.addresses.of([one.id, 99]) == {one.id: (first,)}
    assert store.missed_at([TWIN]) == {}


def test_it_may_come_with_a_version(store: Store) -> None:
    one = put(store, article(URL))
    assert one is not None
    change = Change(kind="headline", before="a", after="b")
    version = Version(
        article=one, read_at=NOW, title="b", text=one.article.text, capture=None, substantial=True, changes=(change,),
        url="https://www.a.example/9",
    )  # fmt: skip
    store.addresses.add(
        Address(url="https://www.a.example/9", article=one.id, why="republished", seen_at=NOW), version=version
    )
    assert store.looking.versions_of(one.id) == [version]
