"""A flagged article over a month: looked at on schedule, edited, back and gone. A real store, real watch lists."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.article import Article
from crawler.outcome import Ending, Fate, Outcome
from crawler.revisit import Sight
from monitor import lineage, lists
from monitor.again import Again
from monitor.passes import Pass
from storage.store import Store
from tests.monitor.test_passes import LIST, NOW, SOURCES, TEXT, Heard, article

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """A store, a clock, and passes over it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.at = store, NOW
        self.lists = lists.load(folder)
        self.work = Pass(store, self.lists, SOURCES, number=store.begin_pass(NOW), now=lambda: self.at, watcher=Heard())

    def look(self, after: timedelta, article: Article | None = None, *, gone: str | None = None, why: str = "") -> bool:
        """A pass so long after the first; ``False``: no look was due."""
        self.at = NOW + after
        again = Again(self.store, self.lists, now=lambda: self.at)
        planned = again.plan(["a"])
        read = article and replace(article, fetched_at=self.at)
        if planned:
            again.seen("a", [Sight(revisit=one, article=read, gone=gone, why=why) for one in planned])
        return bool(planned)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "detainees.yaml").write_text(LIST, "utf-8")
    with Store.open("sqlite://") as store:
        yield World(store, tmp_path / "watchlists")


URL = "https://a.example/1"


def test_the_schedule_is_kept(world: World) -> None:
    world.work.emit(article(URL))
    told = [hours for hours in range(800) if world.look(timedelta(hours=hours), article(URL))]
    assert told == [1, 6, 24, 72, 168, 720]


def test_an_edited_number_is_a_version_and_goes_to_the_digest(world: World) -> None:
    world.work.emit(article(URL))
    world.look(HOUR, article(URL, text=TEXT.replace("بمئتين وأربعين", "بمئة وتسعين")))
    (version,) = world.store.looking.changed_between(NOW, NOW + DAY)
    (change,) = version.changes
    assert change.kind == "number"
    assert "بمئتين وأربعين" in change.before
    assert "بمئة وتسعين" in change.after
    world.look(6 * HOUR, article(URL, text=TEXT.replace("بمئتين وأربعين", "بمئة وتسعين")))
    assert len(world.store.looking.versions_of(version.article.id)) == 1


def test_a_watched_term_that_is_edited_away(world: World) -> None:
    world.work.emit(article(URL))
    world.look(HOUR, article(URL, text=TEXT.replace("عائلات المعتقلين", "عائلات")))
    (version,) = world.store.looking.changed_between(NOW, NOW + DAY)
    assert ("term", ("المعتقلين",)) in [(change.kind, change.words) for change in version.changes]


def test_trifles_and_texts_from_a_feed_make_no_version(world: World) -> None:
    world.work.emit(article(URL))
    world.work.emit(replace(article("https://a.example/2"), notes=("text from the feed, which carries it whole",)))
    world.look(HOUR, article(URL, text=TEXT.replace("أ", "ا") + "\n88 مشاهدة"))
    world.look(6 * HOUR, article(URL, text=TEXT))
    assert world.store.looking.versions_of(1) == world.store.looking.versions_of(2) == []


def test_gone_on_two_days_is_removed(world: World) -> None:
    world.work.emit(article(URL))
    world.look(HOUR, gone="HTTP 404 Not Found")
    assert not world.look(6 * HOUR, gone="HTTP 404 Not Found")
    assert world.store.looking.removed_between(NOW, NOW + 30 * DAY) == []
    assert world.look(26 * HOUR, gone="HTTP 410 Gone")
    (removed,) = world.store.looking.removed_between(NOW, NOW + 30 * DAY)
    assert (removed.gone_at, removed.removed_at, removed.why) == (NOW + HOUR, NOW + 26 * HOUR, "HTTP 404 Not Found")


def test_an_outage_removes_nothing(world: World) -> None:
    for number, word in enumerate(TEXT.split()[:4]):
        world.work.emit(article(f"https://a.example/{number}", text=f"{word} {number} {TEXT}", title=word))
    fates = {Fate.STORED: 90}
    world.work.ended(Outcome(source="a", ending=Ending.READ, entries=90, fates=fates, started_at=NOW, ended_at=NOW))
    for hours in (1, 26, 51):
        assert world.look(timedelta(hours=hours), gone="HTTP 404 Not Found")
    assert world.store.looking.removed_between(NOW, NOW + 30 * DAY) == []


def test_no_answer_is_no_removal(world: World) -> None:
    world.work.emit(article(URL))
    for day in range(1, 9):
        world.look(day * DAY, why="HTTP 503 Service Unavailable")
    look = world.store.looking.look(1)
    assert look is not None
    assert (look.gone_at, look.removed_at) == (None, None)


def test_looks_stay_a_tenth_of_the_requests(world: World) -> None:
    for number in range(30):
        world.work.emit(article(f"https://a.example/{number}", text=f"{TEXT} " + f"{number} " * 30))
    fates = {Fate.STORED: 30}
    world.work.ended(Outcome(source="a", ending=Ending.READ, entries=30, fates=fates, started_at=NOW, ended_at=NOW))
    world.at = NOW + HOUR
    assert len(Again(world.store, world.lists, now=lambda: world.at).plan(["a", "b"])) == 3


def test_the_lineage_is_explained(world: World) -> None:
    world.work.emit(article(URL))
    world.work.emit(article("https://b.example/7", "b", "\n".join(["دمشق - وكالات", *TEXT.splitlines()])))
    other = (
        "وقفت عائلات المعتقلين أمام القصر العدلي اليوم رافعة صور أبنائها الذين انقطعت أخبارهم، وسألت لجنة شكلت لهذا الغرض عن"
        " مصير قوائم بمئتين وأربعين اسما.\nورد مسؤول بأن القوائم قيد المراجعة وأن الجواب يحتاج أسابيع."
    )
    world.work.emit(article("https://b.example/8", "b", other, title="عائلات المعتقلين أمام القصر العدلي"))
    world.look(HOUR, gone="HTTP 404 Not Found")
    found = world.store.article(2)
    assert found is not None
    said = "\n".join(lineage.lines(lineage.of(world.store, found), "Asia/Damascus"))
    for expected in (
        "first told by a",
        "told again by b",
        "of its words stand in runs",
        "the same event",
        "القصر العدلي",
    ):
        assert expected in said, (expected, said)
    first = world.store.article(1)
    assert first is not None
    assert "a second look will tell" in "\n".join(lineage.lines(lineage.of(world.store, first), "UTC"))


def test_tidying_happens_once_a_day(world: World) -> None:
    world.work.emit(article(URL))
    world.at = NOW + 30 * DAY
    world.work.tidy()
    assert world.store.forget_fingerprints(NOW + 60 * DAY) == 0
    world.work.emit(article("https://a.example/2", text=TEXT[::-1]))
    world.at += HOUR
    world.work.tidy()
    assert world.store.forget_fingerprints(NOW + 60 * DAY) > 0


def test_a_source_that_is_not_read_is_not_looked_at(world: World) -> None:
    world.work.emit(article(URL))
    world.at = NOW + HOUR
    assert Again(world.store, world.lists, now=lambda: world.at).plan(["b"]) == []
