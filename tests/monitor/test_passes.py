"""What a pass decides, over a real store and real watch lists; what goes out is left out."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.article import Article, Entry
from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor import lists
from monitor.passes import Pass
from storage.records import Flag
from storage.store import Store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOURCES = {
    name: Source(name=name, kind="feed", url=f"https://{name}.example/feed", title=name, every=timedelta(hours=1))
    for name in ("a", "b")
}
LIST = """\
title: المعتقلون
rules:
  - word: معتقل
examples:
  match: [طالبت عائلات المعتقلين بالكشف عن مصيرهم]
  ignore: [افتتح معرض الزهور في دمشق]
"""
TEXT = (
    "طالبت عائلات المعتقلين في وقفة أمام القصر العدلي بالكشف عن مصير أبنائها الذين انقطعت أخبارهم قبل سنوات.\n"
    "وقالت إحدى المشاركات إن العائلات سلمت قوائم بمئتين وأربعين اسما إلى لجنة شكلت لهذا الغرض في الربيع الماضي، "
    "ولم تتلق أي جواب حتى الآن، وإنها ستعود كل أسبوع إلى المكان نفسه."
)


class Heard:
    def __init__(self) -> None:
        self.said: list[object] = []

    def article(self, article: Article, flags: Sequence[Flag]) -> None:
        self.said.append((article.url, [flag.list for flag in flags]))

    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None:
        self.said.append((entry.url, fate))

    def ended(self, outcome: Outcome) -> None:
        self.said.append(outcome.source)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open("sqlite://") as opened:
        yield opened


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def work(store: Store, heard: Heard, tmp_path: Path) -> Pass:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "detainees.yaml").write_text(LIST, encoding="utf-8")
    number = store.begin_pass(NOW)
    return Pass(store, lists.load(folder), SOURCES, number=number, now=lambda: NOW, watcher=heard)


def article(url: str, source: str = "a", text: str = TEXT, **values: str) -> Article:
    given = {"title": "وقفة أمام القصر العدلي"} | values
    return Article(url=url, source=source, text=text, language="ar", fetched_at=NOW, **given)  # type: ignore[arg-type]


def test_a_new_article_is_stored_and_flagged_with_the_words_that_met(work: Pass, store: Store, heard: Heard) -> None:
    assert work.emit(article("https://a.example/1")) is Fate.STORED
    (found,) = store.flagged(until=NOW + timedelta(hours=1))
    (span,) = found.flags[0].spans
    assert (span.where, span.words) == ("text", "المعتقلين")
    assert TEXT[span.start : span.end] == span.words
    assert heard.said == [("https://a.example/1", ["detainees"])]
    assert (work.summary.stored, work.summary.flagged, work.summary.retold) == (1, 1, 0)


def test_a_known_address_is_known(work: Pass, store: Store) -> None:
    work.emit(article("https://a.example/1"))
    assert work.known(["https://a.example/1", "https://a.example/2"]) == {"https://a.example/1"}
    assert work.emit(article("https://a.example/1", title="عنوان آخر")) is Fate.KNOWN
    assert store.counts()["articles"] == 1


def test_a_reprint_is_kept_and_points_to_the_first_telling(work: Pass, store: Store) -> None:
    work.emit(article("https://a.example/1"))
    reprint = article("https://b.example/9", "b", f"دمشق - وكالات\n{TEXT}", title="ذوو المفقودين يسألون من جديد")
    assert work.emit(reprint) is Fate.STORED
    second = store.article_at("https://b.example/9")
    assert second is not None
    assert [told.article.source for told in store.tellings(second.id)] == ["a", "b"]
    assert work.summary.retold == 1


def test_the_same_words_months_later_are_the_same_text_but_for_a_flash(work: Pass, store: Store) -> None:
    old = NOW - timedelta(days=200)
    for number, text in enumerate([TEXT, "التفاصيل لاحقا"]):
        for again, moment in enumerate([old, NOW]):
            told = article(f"https://a.example/{number}/{again}", "ab"[again], text=text)
            work.emit(Article(**{f: getattr(told, f) for f in told.__slots__} | {"published_at": moment}))
    retold = [store.article_at(f"https://a.example/{number}/1") for number in (0, 1)]
    assert [one is not None and one.same_as is not None for one in retold] == [True, False]


def test_trouble_makes_a_source_wait_longer_and_reading_it_again_ends_that(work: Pass, store: Store) -> None:
    def end(ending: Ending) -> timedelta:
        work.ended(Outcome(source="a", ending=ending, started_at=NOW, ended_at=NOW))
        (state,) = store.sources()
        return state.due_at - NOW

    waits = [end(ending) for ending in (Ending.FAILED, Ending.FAILED, Ending.READ, Ending.REFUSED)]
    assert waits == [timedelta(hours=hours) for hours in (2, 4, 1, 2)]
    assert [outcome.ending for outcome in work.summary.in_trouble] == [Ending.FAILED, Ending.FAILED, Ending.REFUSED]


def test_after_an_outage_of_our_own_the_sources_are_due_again_soon(work: Pass, store: Store) -> None:
    for _ in range(5):  # hours of it
        for name in ("a", "b", "a"):
            work.ended(Outcome(source=name, ending=Ending.FAILED, started_at=NOW, ended_at=NOW))
    assert {state.due_at - NOW for state in store.sources()} == {timedelta(hours=24)}
    work.tidy()
    assert {state.due_at - NOW for state in store.sources()} == {timedelta(minutes=10)}


def test_what_could_not_be_had_is_owed_when_it_has_rested(work: Pass, store: Store) -> None:
    work.missed("a", Entry(url="https://a.example/x", title="خبر"), Fate.FAILED, "HTTP 500 Internal Server Error")
    work.missed("a", Entry(url="https://a.example/gone"), Fate.FAILED, "HTTP 404 Not Found")
    work.missed("b", Entry(url="https://b.example/x"), Fate.FAILED, "HTTP 500 Internal Server Error")
    work.missed("a", Entry(url="https://a.example/sport"), Fate.OFF_TOPIC, "")
    assert work.owed("a") == []
    later = Pass(store, work._lists, SOURCES, number=1, now=lambda: NOW + timedelta(hours=2), watcher=Heard())
    assert later.owed("a") == [Entry(url="https://a.example/x", title="خبر")]


def test_an_entry_without_an_article_is_remembered_with_its_fate(work: Pass, store: Store, heard: Heard) -> None:
    work.missed("a", Entry(url="https://a.example/x"), Fate.UNREADABLE, "no text")
    found = store.missed_at(["https://a.example/x"]).get("https://a.example/x")
    assert found is not None
    assert (found.fate, found.why) == (Fate.UNREADABLE, "no text")
    assert heard.said == [("https://a.example/x", Fate.UNREADABLE)]
