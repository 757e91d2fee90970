"""A flagged article over a month: looked at on schedule, edited, back and gone. A real store, real watch lists."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.article import Article, Entry
from crawler.outcome import Ending, Outcome
from crawler.revisit import Revisit, Sight
from monitor import lineage, lists, watch
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
        self.asked(1000)
        self.work = Pass(store, self.lists, SOURCES, number=store.begin_pass(NOW), now=lambda: self.at, watcher=Heard())

    def asked(self, requests: int, *, source: str = "a") -> None:
        """That many requests were sent an hour before the first pass."""
        at = NOW - HOUR
        one = Outcome(source=source, ending=Ending.READ, started_at=at, ended_at=at, requests=requests)
        self.store.record(self.store.begin_pass(at), one, due_at=NOW)

    def look(self, after: timedelta, article: Article | None = None, *, gone: str | None = None, why: str = "") -> bool:
        """A pass so long after the first; ``False``: no look was due."""
        self.at = NOW + after
        again = Again(self.store, self.lists, now=lambda: self.at)
        planned = again.plan([SOURCES["a"]])
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
    world.at = NOW + 25 * HOUR
    for source, requests, looks in (("a", 31, 0), ("b", 5, 1)):
        world.work.ended(
            Outcome(
                source=source,
                ending=Ending.READ,
                started_at=world.at,
                ended_at=world.at,
                requests=requests,
                looks=looks,
            )
        )
    world.at += HOUR
    again = Again(world.store, world.lists, now=lambda: world.at)
    assert len(again.plan([SOURCES["a"], SOURCES["b"]])) == 3  # of the 31 of the day
    one_host = [SOURCES["a"], replace(SOURCES["b"], url=SOURCES["a"].url)]
    assert len(again.plan(one_host)) == 2  # of the 36 of the day, one was spent


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
    assert Again(world.store, world.lists, now=lambda: world.at).plan([SOURCES["b"]]) == []


def updated(world: World, hours: float, said: float, **values: object) -> list[str]:
    """What is asked again of a listing that was read then and says so of /1."""
    world.at = NOW + hours * HOUR
    again = Again(world.store, world.lists, now=lambda: world.at)
    again.plan([SOURCES["a"]])
    entry = Entry(url=URL, updated_at=NOW + said * HOUR, **values)  # type: ignore[arg-type]
    return [revisit.url for revisit in again.updated("a", [entry])]


def test_what_the_feed_calls_updated_is_looked_at(world: World) -> None:
    calm = TEXT.replace("المعتقلين", "الطلاب")
    world.work.emit(article(URL, text=calm))
    assert world.store.flags_of(1) == []
    assert updated(world, 0.5, 0.4) == []  # read less than an hour ago
    assert updated(world, 3, -1) == []
    assert updated(world, 3, 2) == [URL]
    again = Again(world.store, world.lists, now=lambda: world.at)
    read = replace(article(URL, text=TEXT), fetched_at=world.at)
    again.seen("a", [Sight(revisit=Revisit(key=1, source="a", url=URL), article=read)])
    (version,) = world.store.looking.changed_between(NOW, NOW + DAY)
    assert ("term", ("المعتقلين",)) in [(change.kind, change.words) for change in version.changes]
    look = world.store.looking.look(1)
    assert look is not None
    assert (look.due_at, look.looks) == (None, 1)
    (flag,) = world.store.flags_of(1)  # what it says now is asked for: it is flagged, and gets its looks
    assert (flag.list, {span.where for span in flag.spans}) == ("detainees", {"version"})
    assert updated(world, 5, 2) == []
    assert world.look(4 * HOUR, read)


def test_what_is_flagged_later_gets_its_looks_although_it_was_looked_at(world: World) -> None:
    world.work.emit(article(URL, text=TEXT.replace("المعتقلين", "الطلاب")))
    stored = world.store.article(1)
    assert stored is not None
    world.store.looking.begin(stored)
    late = NOW + 2 * DAY
    (flag,) = watch.flag(world.lists, article(URL))
    world.store.flag_more({1: [flag]}, late)
    assert not world.look(2 * DAY + HOUR / 2, article(URL))
    assert world.look(2 * DAY + HOUR, article(URL))


def post(number: int, text: str = TEXT, **values: object) -> Entry:
    at = NOW - DAY + number * timedelta(minutes=1)
    return Entry(url=f"https://a.example/{number}", published_at=at, content=text, complete=True, **values)  # type: ignore[arg-type]


def test_a_channels_posts_are_seen_in_its_listing_at_no_cost(world: World) -> None:
    for number in (1, 2, 3):
        told = article(f"https://a.example/{number}", text=f"{TEXT} {number} " + f"{number} " * 30)
        world.work.emit(
            replace(
                told, notes=("text from the listing, which carries it whole",), published_at=post(number).published_at
            )
        )
    world.at = NOW + HOUR / 2
    again = Again(world.store, world.lists, now=lambda: world.at)
    assert again.plan([SOURCES["a"]]) == []
    again._left.clear()
    wanted = again.updated("a", [post(1), post(3)])
    assert [revisit.url for revisit in wanted] == ["https://a.example/1", "https://a.example/3"]
    gone = world.store.looking.look(2)
    assert gone is not None
    assert gone.gone_why == "it is not listed any more"
    edited = replace(article(URL, text=f"{TEXT.replace('بمئتين', 'بثلاثمئة')} 1 " + "1 " * 30), fetched_at=world.at,
                     notes=("text from the listing, which carries it whole",))  # fmt: skip
    again.seen("a", [Sight(revisit=wanted[0], article=edited, listed=True)])
    assert [change.kind for version in world.store.looking.versions_of(1) for change in version.changes] == ["number"]
    world.at = NOW + 26 * HOUR
    Again(world.store, world.lists, now=lambda: world.at).updated("a", [post(1), post(3)])
    assert [one.article.id for one in world.store.looking.removed_between(NOW, NOW + 3 * DAY)] == [2]


def test_it_is_asked_for_where_its_outlet_published_it_last(world: World) -> None:
    world.work.emit(article(URL))
    world.work.emit(article("https://a.example/again"))
    world.at = NOW + HOUR
    assert [one.url for one in Again(world.store, world.lists, now=lambda: world.at).plan([SOURCES["a"]])] == [
        "https://a.example/again"
    ]


def test_a_quiet_source_is_read_in_time_for_the_look(world: World) -> None:
    quiet = replace(SOURCES["a"], every=None)
    again = Again(world.store, world.lists, now=lambda: world.at)
    number = world.store.begin_pass(NOW)
    work = Pass(
        world.store,
        world.lists,
        {"a": quiet},
        number=number,
        now=lambda: world.at,
        watcher=Heard(),
        look_due=again.due_at,
    )
    again.plan([quiet])
    heard = tuple(NOW - n * DAY for n in range(9))

    def due(**more: object) -> timedelta:
        work.ended(Outcome(source="a", started_at=NOW, ended_at=NOW, heard=heard, **{"ending": Ending.READ} | more))  # type: ignore[arg-type]
        return next(state.due_at for state in world.store.sources() if state.name == "a") - NOW

    assert due() > 2 * HOUR
    work.emit(article(URL))
    assert due() == HOUR
    assert due(not_before=NOW + 9 * HOUR) > HOUR
    assert due(ending=Ending.FAILED) > HOUR
    world.at = NOW + HOUR
    (stored,) = [one for some in world.store.past() for one in some]
    again.seen("a", [Sight(revisit=Revisit(key=stored.id, source="a", url=URL), article=stored.article)])
    assert due() > HOUR  # that look has been taken
    again._left.clear()
    assert due() > 2 * HOUR
