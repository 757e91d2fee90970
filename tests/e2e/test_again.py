"""What becomes of articles after they were published: a month of passes over two outlets that edit, delete and break down.

The commands are the real ones, their clock is the test's; what the outlets publish is written here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.outcome import Ending, Outcome
from crawler.source import Source
from storage.records import StoredArticle
from storage.store import Store
from tests.crawler.server import Answer, Site, site
from tests.e2e.running import ROOT, configure, opened

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PASSES, REQUESTS = (0, 1.1, 6.2, 26.5, 50, 74), 120

LEAD = "أعلنت لجنة أهلية في بلدة {place} أن {number} من المعتقلين من أبناء البلدة ما زالوا مجهولي المصير منذ سنوات."
BODY = (
    "وقال {name} إن العائلات قدمت أسماءهم إلى أكثر من جهة ولم تتلق جواباً، وإن بعضها باع ما يملك ليصل إلى خبر.",
    "ومن المقرر أن تنظم العائلات وقفة أمام مبنى المجلس المحلي في {place} ظهر الجمعة، تليها قراءة للأسماء واحداً واحداً.",
    "وكانت البلدة قد شهدت قبل أشهر توزيع استبيان يحصي الغائبين ويسأل عن آخر مكان شوهدوا فيه.",
)
PLACES = ["تلمنس", "حيش", "كفرعويد", "الدانا", "سلقين", "حارم", "ترمانين", "أريحا", "معرزيتا", "بسنقول"]


class Page:
    """A report, and how it reads now."""

    def __init__(self, number: int, title: str, place: str, *, calm: bool = False) -> None:
        self.path, self.title, self.updated = f"/news/{number}", title, NOW - HOUR
        self.lines = [LEAD, *BODY] if not calm else [line.replace("المعتقلين", "المسافرين") for line in (LEAD, *BODY)]
        self.words = {"place": place, "number": "12", "name": "المحامي سامر العبد الله"}

    def answer(self) -> Answer:
        text = "".join(f"<p>{line.format(**self.words)}</p>" for line in self.lines)
        return _html(
            f"<article><h1>{self.title}</h1><time datetime='{NOW - HOUR:%Y-%m-%dT%H:%M:%SZ}'></time>{text}</article>",
            self.title,
        )


def _html(body: str, title: str) -> Answer:
    return Answer(
        f"<!doctype html><html lang=ar dir=rtl><head><title>{title}</title></head><body>{body}</body></html>".encode()
    )


class Paper:
    """An outlet with a feed."""

    def __init__(self, served: Site, name: str, what: Mapping[str, Page]) -> None:
        self.site, self.name, self.pages = served, name, dict(what)
        served.routes |= {page.path: (lambda _, page=page: page.answer()) for page in what.values()}  # type: ignore[misc]
        served.routes["/"] = _html("<h1>الصفحة الأولى</h1>", name)
        served.routes["/feed"] = lambda _: self.feed()

    def feed(self) -> Answer:
        entries = "".join(
            f"<entry><title>{page.title}</title><id>{self.site.url}{page.path}</id><link href='{self.site.url}{page.path}'/>"
            f"<published>{NOW - HOUR:%Y-%m-%dT%H:%M:%SZ}</published><updated>{page.updated:%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
            for page in self.pages.values()
        )
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{self.name}</title>{entries}</feed>"
        return Answer(body.encode(), headers={"Content-Type": "application/atom+xml; charset=utf-8"})

    def source(self) -> Source:
        return Source(
            name=self.name, kind="feed", url=f"{self.site.url}/feed", title=f"صحيفة {self.name}", delay=0.0,
            affiliation="independent", every=timedelta(minutes=30), allow_addresses=(f"{self.site.address}/32",),
        )  # fmt: skip

    def looks(self) -> int:
        """Requests for pages that had been asked for before."""
        asked = [one.path for one in self.site.asked if one.path.startswith("/news/")]
        return len(asked) - len(set(asked))


WHAT = ("headline", "number", "name", "term", "trifle", "gone", "front", "replaced", "emptied", "same")


class World:
    """Two outlets, a configuration, a clock."""

    def __init__(self, folder: Path, one: Site, other: Site) -> None:
        titles = {what: f"أهالي {place} يسألون عن أبنائهم" for what, place in zip(WHAT, PLACES, strict=True)}
        self.paper = Paper(one, "qalam", {what: Page(n, titles[what], PLACES[n]) for n, what in enumerate(WHAT)})
        calm = Page(50, "استبيان في كفرنبل يحصي الغائبين", "كفرنبل", calm=True)
        self.paper.pages["calm"] = calm
        one.routes[calm.path] = lambda _: calm.answer()
        self.other = Paper(
            other, "safir", {str(n): Page(n, f"أبناء {PLACES[n]} الغائبون", f"{PLACES[n]} الشرقية") for n in range(4)}
        )
        self.config = configure(
            folder,
            [self.paper.source(), self.other.source()],
            settings="digest: {formats: [html, markdown, json]}\n",
        )
        self.page = self.paper.pages
        self.days: list[dict[str, Any]] = []
        """The digests of two days, so far."""

    def crawl(self, hours: float) -> None:
        """A pass, after an hour in which both outlets were read: a tenth of that is for looking again."""
        before = NOW + (hours - 0.5) * HOUR
        with opened(self.config) as store:
            number = store.begin_pass(before)
            for name in ("qalam", "safir"):
                been = Outcome(source=name, ending=Ending.READ, started_at=before, ended_at=before, requests=REQUESTS)
                store.record(number, been, due_at=NOW)
            store.end_pass(number, before)
        self.rasid(hours, "crawl", "--all")

    def rasid(self, hours: float, *arguments: str) -> str:
        """A command so long after the first pass."""
        moment = (NOW + hours * HOUR).isoformat()
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.at", moment, "--config", str(self.config), *arguments],
            capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def digest(self, hours: float) -> dict[str, Any]:
        self.rasid(hours, "digest", "--today")
        newest = max((self.config.parent / "var" / "digests").rglob("*-so-far.json"), key=lambda path: path.name)
        return dict(json.loads(newest.read_text("utf-8")))

    def stored(self, store: Store, what: str) -> StoredArticle:
        found = store.article_at(self.paper.site.url + self.page[what].path)
        assert found is not None, what
        return found


def edit(world: World) -> None:
    """What an editor does within the first hour."""
    page = world.page
    page["headline"].title = "تلمنس: وقفة ظهر الجمعة"
    page["number"].words["number"] = "21"
    page["name"].words["name"] = "المحامي زاهر الخالد"
    page["term"].lines[0] = page["term"].lines[0].replace("من المعتقلين ", "")
    page["trifle"].lines.append("318 مشاهدة")
    routes = world.paper.site.routes
    routes[page["gone"].path] = Answer(b"not here", 410)
    routes[page["front"].path] = Answer(status=302, headers={"Location": "/"})
    other = " ".join(["افتتح معرض الزهور في الحديقة العامة بمشاركة ثلاثين مشتلاً من المحافظات كلها."] * 4)
    routes[page["replaced"].path] = _html(f"<article><h1>معرض الزهور</h1><p>{other}</p></article>", "معرض")
    routes[page["emptied"].path] = _html("<article></article>", "خبر")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two outlets after six passes in three days."""
    with site("127.0.0.1") as one, site("127.0.0.2") as other:
        world = World(tmp_path_factory.mktemp("again"), one, other)
        world.crawl(PASSES[0])
        edit(world)
        for path in list(other.routes):
            if path.startswith("/news/"):
                other.routes[path] = Answer(b"not here", 404)
        world.crawl(PASSES[1])
        moved = Page(90, "بلدة بسنقول: أين أبناؤنا؟", PLACES[9])  # the report that nobody touched, under a new address
        world.page["moved"] = moved
        one.routes[moved.path] = lambda _: moved.answer()
        calm = world.page["calm"]
        calm.lines, calm.updated = [LEAD, *BODY], NOW + 3 * HOUR
        for number, trouble in enumerate((Answer(status=503), Answer(wait=3.0), Answer(status=500))):
            other.routes[f"/news/{number}"] = trouble
        world.crawl(PASSES[2])
        world.days.append(world.digest(6.3))
        world.crawl(PASSES[3])
        world.days.append(world.digest(26.6))
        for page in world.other.pages.values():
            other.routes[page.path] = page.answer()
        world.crawl(PASSES[4])
        world.crawl(PASSES[5])
        yield world


KINDS = {"headline": "headline", "number": "number", "name": "name", "term": "term"}


@pytest.mark.parametrize("what", KINDS)
def test_an_edit_is_a_version_with_both_wordings(world: World, what: str) -> None:
    with opened(world.config) as store:
        one = world.stored(store, what)
        (version,) = store.looking.versions_of(one.id)
    assert version.substantial
    change = next(change for change in version.changes if change.kind == KINDS[what])
    assert change.before in f"{one.article.title}\n{one.article.text}"
    assert change.after in f"{version.title}\n{version.text}"
    assert version.capture is not None
    assert version.read_at == NOW + PASSES[1] * HOUR


def test_a_counter_is_no_version(world: World) -> None:
    with opened(world.config) as store:
        assert store.looking.versions_of(world.stored(store, "trifle").id) == []
        assert store.looking.versions_of(world.stored(store, "emptied").id) == []


def test_the_digest_shows_both_wordings(world: World) -> None:
    shown = {(entry["title"], change["kind"]) for entry in world.days[0]["changed"] for change in entry["changes"]}
    for what, kind in KINDS.items():
        with opened(world.config) as store:
            assert (world.stored(store, what).article.title, kind) in shown, what
    assert world.days[0]["removed"] == []


def test_what_is_gone_is_said_after_a_second_look_on_another_day(world: World) -> None:
    told = {entry["url"]: entry for entry in world.days[1]["removed"]}
    expected = {
        "gone": "HTTP 410 Gone",
        "front": "it leads to the front page",
        "replaced": "another text stands at its address",
        "emptied": "no text is left in it",
    }
    with opened(world.config) as store:
        for what, why in expected.items():
            one = world.stored(store, what)
            assert told[one.article.url]["why"].startswith(why)
            assert told[one.article.url]["capture"] == one.article.capture is not None
    assert len(told) == len(expected)


def test_an_outage_is_no_removal(world: World) -> None:
    with opened(world.config) as store:
        gone = store.looking.removed_between(NOW, NOW + 100 * HOUR)
        assert {one.article.article.source for one in gone} == {"qalam"}
        for page in world.other.pages.values():
            found = store.article_at(world.other.site.url + page.path)
            assert found is not None
            look = store.looking.look(found.id)
            assert look is not None
            assert (look.gone_at, look.removed_at) == (None, None)


def test_a_report_under_a_new_address_is_the_same_report(world: World) -> None:
    with opened(world.config) as store:
        one = world.stored(store, "same")
        assert world.stored(store, "moved") == one
        (version,) = store.looking.versions_of(one.id)
    assert version.url is not None
    assert version.url.endswith("/news/90")
    assert [change.kind for change in version.changes] == ["headline"]
    (edit_,) = [entry for entry in world.days[0]["changed"] if entry["new_url"]]
    assert edit_["url"].endswith("/news/9")


def test_what_the_feed_calls_updated_is_read_again(world: World) -> None:
    with opened(world.config) as store:
        one = world.stored(store, "calm")
        assert {span.where for flag in store.flags_of(one.id) for span in flag.spans} == {"version"}
        (version,) = store.looking.versions_of(one.id)
    assert ("term", ("المعتقلين",)) in [(change.kind, change.words) for change in version.changes]


def test_looks_are_a_tenth_of_the_requests_at_most(world: World) -> None:
    with opened(world.config) as store:
        for paper in (world.paper, world.other):
            requests, looks = store.looking.asked_since(NOW - 2 * HOUR)[paper.name]
            assert 0 < looks == paper.looks()
            assert 10 * looks <= requests
            assert requests - REQUESTS * len(PASSES) == len([path for path in paper.site.paths() if path != "/"])


def test_show_tells_how_it_reads_now(world: World) -> None:
    with opened(world.config) as store:
        number, gone, moved = (str(world.stored(store, what).id) for what in ("number", "gone", "same"))
    told = world.rasid(80, "show", number)
    assert "12 من المعتقلين" in told
    assert "21 من المعتقلين" in told
    assert "HTTP 410 Gone" in world.rasid(80, "show", gone)
    assert "/news/90" in world.rasid(80, "show", moved)
    assert "story" in world.rasid(80, "show", "--story", number)
