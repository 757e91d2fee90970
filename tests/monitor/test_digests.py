"""Digests over a real store: each audience's own, each flag in one of them, the same bytes from the same store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from crawler.source import Source
from monitor import digests, postman, rebuilding
from monitor.audiences import Audience
from monitor.config import Config, Settings
from monitor.lists import WatchLists, load
from storage.records import Flag, Muted, StoredArticle
from storage.store import Store
from tests.stores.making import NOW, TEXT, article, flag, outcome, put

DAY = timedelta(days=1)
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # 06:30 in Damascus
SOURCES = (Source(name="a", kind="feed", url="https://a.example/rss", title="جريدة أ", affiliation="independent"),)
LIST = "title: {}\nseverity: {}\nrules:\n  - exact: {}\n"


def audience(name: str, **values: Any) -> Audience:
    given = {"name": name, "zone": "Asia/Damascus", "formats": ("html", "json"), "hour": "06:00"}
    return Audience.model_validate(given | values)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> WatchLists:
    folder = tmp_path_factory.mktemp("config") / "watchlists"
    folder.mkdir()
    for name, title, word in (("detainees", "المعتقلون", "معتقلين"), ("astana", "أستانا", "أستانا")):
        (folder / f"{name}.yaml").write_text(LIST.format(title, "high", word), "utf-8")
    return load(folder, sources=SOURCES)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as opened:
        yield opened


def config(tmp_path: Path, *audiences: Audience) -> Config:
    settings = Settings(var=tmp_path)
    return Config(settings=settings, sources=SOURCES, folder=tmp_path, audiences=audiences or (audience("all"),))


def tell(store: Store, n: int, *flags: Flag, at: datetime = NOW, **told: Any) -> StoredArticle:
    given = {"title": f"خبر رقم {n} عن ذوي المعتقلين", "fetched_at": at}
    begun = store.passes(1, since=at - DAY / 48, until=at + DAY / 48)
    number = begun[0].id if begun else store.begin_pass(at)
    told_ = article(f"https://a.example/{n}", **given | told)
    stored = put(store, told_, flags=flags or (flag(),), now=at, pass_id=number)
    assert stored is not None
    return stored


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.with_suffix(".json").read_text("utf-8")))


def ids(path: Path) -> list[int]:
    told = read(path)
    return sorted(
        story["id"] for one in [{"stories": told["urgent"] + told["late"]}, *told["lists"]] for story in one["stories"]
    )


def made(store: Store, settings: Config, lists: WatchLists, now: datetime) -> list[Path]:
    return [files[0] for files in digests.make_missing(store, settings, lists, now)]


def test_each_audience_has_its_lists_in_a_folder_of_its_own_and_each_flag_once(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    both = config(tmp_path, audience("team"), audience("astana-desk", lists=("astana",), language="en"))
    tell(store, 1)
    tell(store, 2, flag("astana", "أستانا"))
    tell(store, 3, flag(), flag("astana", "أستانا"))
    files = made(store, both, lists, MORNING)
    assert [path.relative_to(tmp_path / "digests") for path in files] == [
        Path("team/2026-11-23.html"), Path("astana-desk/2026-11-23.html"),
    ]  # fmt: skip
    team, desk = files
    assert ids(team) == [1, 2, 3, 3]
    assert ids(desk) == [2, 3]
    assert [one["id"] for one in read(desk)["lists"]] == ["astana"]
    assert (read(desk)["audience"], read(desk)["language"]) == ("astana-desk", "en")
    assert made(store, both, lists, MORNING) == []
    tell(store, 4, at=NOW + DAY)
    later = made(store, both, lists, MORNING + DAY)
    assert [ids(path) for path in later] == [[4], []]
    for name in ("team", "astana-desk"):
        for file in ("index.html", "latest.html"):
            assert (tmp_path / "digests" / name / file).exists()


def test_a_digest_is_due_at_its_audiences_hour(store: Store, tmp_path: Path) -> None:
    both = config(tmp_path, audience("early", hour="05:00"), audience("late", hour="09:30", zone="Europe/Berlin"))
    tell(store, 1)
    due = [
        [one.name for one, _ in digests.due(store, both, NOW.replace(hour=0) + DAY + h * DAY / 24)] for h in range(12)
    ]
    assert due == [[]] * 2 + [["early"]] * 6 + [["early", "late"]] * 4  # 02:00 UTC is 05:00, 08:30 UTC is 09:30


def test_an_audience_that_comes_later_begins_on_that_day(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    tell(store, 1)
    made(store, config(tmp_path, audience("team")), lists, MORNING)
    tell(store, 2, at=NOW + DAY)
    both = config(tmp_path, audience("team"), audience("new"))
    assert [path.parent.name for path in made(store, both, lists, MORNING + DAY / 4)] == []
    tell(store, 3, at=NOW + DAY + DAY / 8)
    files = {path.parent.name: ids(path) for path in made(store, both, lists, MORNING + DAY)}
    assert files == {"team": [2, 3], "new": [2, 3]}


def test_missing_days_are_made_after_downtime_in_order_and_never_twice(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    for n in range(4):
        tell(store, n + 1, at=NOW + n * DAY)
    files = made(store, config(tmp_path), lists, MORNING + 5 * DAY)
    assert [path.stem for path in files] == [str(TODAY + n * DAY) for n in range(6)]
    assert [ids(path) for path in files] == [[1], [2], [3], [4], [], []]


def test_the_same_day_from_the_same_store_is_the_same_bytes(lists: WatchLists, tmp_path: Path) -> None:
    who = audience("all", formats=("html", "markdown", "text", "json", "atom", "mail"))
    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as store:
        store.record(store.begin_pass(NOW), outcome(stored=3), due_at=NOW)
        for n in range(5):
            tell(store, n + 1)
    written = []
    for name in ("one", "two"):
        place = tmp_path / name
        place.mkdir()
        shutil.copyfile(tmp_path / "rasid.db", place / "rasid.db")
        with Store.open(f"sqlite:///{place / 'rasid.db'}") as store:
            digests.make_missing(store, config(place, who), lists, MORNING)
        files = sorted(path for path in (place / "digests").rglob("*") if path.is_file())
        written.append({path.relative_to(place): path.read_bytes() for path in files})
    assert written[0] == written[1]
    assert len(written[0]) == 6 + 1 + 6 + 1  # the formats, the index, latest.*, the list's feed


def test_what_a_digest_has_is_made_again_to_the_byte_and_what_differs_is_said(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    here = config(tmp_path, audience("all", formats=("html", "text")))
    first = tell(store, 1)
    tell(store, 2)
    (path,) = made(store, here, lists, MORNING)
    tell(store, 3, at=NOW)  # committed late: it goes to the next
    before = path.read_bytes()
    said = list(rebuilding.again(store, here, lists, here.audiences, TODAY))
    assert [line.rsplit(" ", 1)[1] for line in said] == ["unchanged", "unchanged"]
    assert path.read_bytes() == before
    path.unlink()
    store.mute(Muted(story=first.id, list="detainees", note="متحف", muted_at=NOW))
    said = list(rebuilding.again(store, here, lists, here.audiences, TODAY))
    assert said[0].endswith("2026-11-23.html was missing")
    assert said[1].endswith("2026-11-23.txt changed")
    assert any(line.startswith("  -") and "خبر رقم 1" in line for line in said)
    assert list(rebuilding.again(store, here, lists, here.audiences, TOMORROW)) == [
        "all: no digest was made for 2026-11-24; `rasid digest --day 2026-11-24` makes it"
    ]
    (later,) = made(store, here, lists, MORNING + DAY)
    assert "خبر رقم 3" in later.read_text("utf-8")
    assert "مرحّل من يوم سابق" in later.read_text("utf-8")


def test_a_preview_claims_nothing(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    here = config(tmp_path)
    tell(store, 1)
    files = digests.so_far(store, here, lists, here.audiences[0], NOW + DAY / 24)
    assert [path.name for path in files] == ["2026-11-23-so-far.html", "2026-11-23-so-far.json"]
    assert ids(made(store, here, lists, MORNING)[0]) == [1]


def test_a_copy_to_share_has_no_name_in_any_file_or_message(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    person = "هالة الديري"
    shared = audience(
        "partners", redact=(person,), deliver=("RASID_TO",), formats=("html", "markdown", "text", "json", "atom")
    )
    here = config(tmp_path, audience("team"), shared)
    (tmp_path / "watchlists").mkdir()
    tell(store, 1, title=f"الإفراج عن {person}", text=f"{TEXT} وقالت وهاله الديري ذلك.")
    tell(store, 2, title=f"متحف {person}")
    store.mute(Muted(story=2, list="detainees", note=person, muted_at=NOW))
    made(store, here, lists, MORNING)
    whole = (tmp_path / "digests" / "team" / "2026-11-23.html").read_text("utf-8")
    assert person in whole
    for path in (one for one in (tmp_path / "digests" / "partners").rglob("*") if one.is_file()):
        text = path.read_text("utf-8")
        if path.suffix == ".eml":
            parts = message_from_string(text, policy=default).walk()
            text = " ".join(one.get_content() for one in parts if not one.is_multipart())  # type: ignore[attr-defined]
        assert "الديري" not in text, path
        assert "محجوب" in text or "index" in path.name, path
    (message,) = store.outbox.due(MORNING)
    assert "الديري" not in json.dumps(message.message.payload, ensure_ascii=False)
    assert message.message.payload["redacted"]


def test_a_digest_goes_out_once_through_the_outbox(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    here = config(tmp_path, audience("team", title="الفريق", deliver=("RASID_TO", "RASID_OTHER")))
    tell(store, 1)
    sent: list[tuple[str, str, str, list[str]]] = []

    class Post:
        def send(self, target: str, title: str, body: str, *, key: str = "", files: Any = ()) -> None:
            sent.append((target, title, body, [path.name for path in files if path.exists()]))

    for _ in range(3):
        made(store, here, lists, MORNING)
        postman.deliver(store, here, Post(), lambda: MORNING)
    assert sorted(target for target, *_ in sent) == ["RASID_OTHER", "RASID_TO"]
    _, title, body, files = sent[0]
    assert title == "نشرة راصد، الفريق، الاثنين 23 تشرين الثاني/نوفمبر 2026"
    assert "خبر رقم 1" in body
    assert files == ["2026-11-23.html", "2026-11-23.json", "2026-11-23.eml"]


def test_a_message_that_nobody_took_stands_in_what_was_not_seen(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    here = config(tmp_path, audience("team", deliver=("RASID_TO",)))
    tell(store, 1)
    made(store, here, lists, MORNING)
    (one,) = store.outbox.due(MORNING)
    store.outbox.give_up(one.id, MORNING + DAY / 2, "401 Unauthorized")
    (later,) = made(store, here, lists, MORNING + DAY)
    (note,) = read(later)["coverage"]["notes"]
    assert "RASID_TO" in note
    assert "401 Unauthorized" in note


def test_edits_and_removals_are_of_the_audiences_lists(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    here = config(tmp_path, audience("team"), audience("desk", lists=("astana",)))
    one = tell(store, 1)
    store.looking.schedule({one.id: (NOW, NOW)})
    store.looking.looked(one.id, NOW, due_at=None, gone=(NOW, "404"), removed=True)
    team, desk = made(store, here, lists, MORNING)
    assert [len(read(path)["removed"]) for path in (team, desk)] == [1, 0]


def test_charts_count_the_days_of_the_audiences_zone(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    here = config(tmp_path)
    for n in range(12):
        tell(store, n + 1, at=NOW - n * DAY)
    tell(store, 20, replace(flag(), late=True))
    store.begin_pass(NOW - 11 * DAY)
    _, built = digests._Work(store, here, lists, here.audiences[0]).gather(TODAY, MORNING, complete=True)
    counted = next(one.chart for one in built.lists if one.id == "detainees")
    assert counted is not None
    assert counted.today == 1
    assert [one.found for one in counted.days][-13:] == [None, *[1] * 12]


def test_each_list_has_a_feed_over_the_days(store: Store, lists: WatchLists, tmp_path: Path) -> None:
    here = config(tmp_path, audience("team", formats=("atom",)))
    tell(store, 1)
    tell(store, 2, flag("astana", "أستانا"), at=NOW + DAY)
    made(store, here, lists, MORNING + DAY)
    folder = tmp_path / "digests" / "team"
    feeds = {path.name: etree.fromstring(path.read_bytes()) for path in (folder / "feeds").iterdir()}
    assert {name: len(feed.findall("{*}entry")) for name, feed in feeds.items()} == {
        "detainees.atom": 1,
        "astana.atom": 1,
    }


def test_what_was_flagged_before_the_first_day_by_a_clock_that_was_set_back_is_in_a_digest(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    store.begin_pass(NOW)
    earlier = tell(store, 1, at=NOW - timedelta(hours=20))
    later = tell(store, 2, title="خبر آخر عن المعتقلين")
    made = digests.make_missing(store, config(tmp_path), lists, MORNING)
    assert len(made) == 1
    assert store.flagged(until=MORNING) == []
    assert {earlier.id, later.id} <= set(ids(made[0][0]))


def test_a_clock_that_was_ahead_at_the_first_pass_keeps_no_digest_waiting(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    ahead = NOW + timedelta(days=400)
    store.begin_pass(ahead)
    assert digests.missing(store, config(tmp_path), ahead) == []  # the audience is there from that day, it is said
    store.begin_pass(NOW)
    told = tell(store, 1)
    made = digests.make_missing(store, config(tmp_path), lists, MORNING)
    assert len(made) == 1
    assert told.id in ids(made[0][0])


def test_digests_of_a_clock_that_was_ahead_are_made_again_when_their_days_are_over(
    store: Store, lists: WatchLists, tmp_path: Path
) -> None:
    settings = config(tmp_path, audience("all", deliver=("RASID_TO",)))
    store.begin_pass(NOW)
    before = tell(store, 1)
    assert len(digests.make_missing(store, settings, lists, NOW + timedelta(days=10))) == 10
    told = [before, *(tell(store, n + 2, at=NOW + timedelta(days=n)) for n in range(12))]
    made = [
        one
        for n in range(1, 13)
        for one in digests.make_missing(store, settings, lists, MORNING + timedelta(days=n - 1))
    ]
    assert sorted(number for files in made for number in ids(files[0])) == [one.id for one in told]
    assert store.flagged(until=NOW + timedelta(days=30), audience="all") == []
    assert digests.make_missing(store, settings, lists, MORNING + timedelta(days=11)) == []
    waiting = [one.message.key for one in store.outbox.listed(["waiting"])]
    assert len(waiting) == len(set(waiting)) == 12
