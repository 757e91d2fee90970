"""What falls out between two looks at a source is noticed and gone back for, over real HTTP."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from crawler.article import Entry
from crawler.outcome import Ending, Fate, Gap, Outcome
from tests.crawler.going import Came, Job, fetching, go, going
from tests.crawler.server import Answer, Asked, Site, article, feed, site

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
XML = {"Content-Type": "application/xml; charset=utf-8"}


@pytest.fixture
def wire() -> Iterator[Site]:
    with site() as served:
        yield served


def at(number: int) -> datetime:
    """The outlet publishes once an hour; report 100 at noon."""
    return NOW + timedelta(hours=number - 100)


def rss(wire: Site, numbers: Sequence[int], *, generator: str = "") -> Answer:
    items = "".join(
        f"<item><title>خبر رقم {n} من ريف دمشق</title><link>{wire.url}/{n}</link><pubDate>{format_datetime(at(n))}</pubDate></item>"
        for n in numbers
    )
    head = f"<generator>{generator}</generator>" if generator else ""
    for n in numbers:
        wire.routes[f"/{n}"] = article(f"خبر رقم {n} من ريف دمشق", words=f"وهذا هو الخبر ذو الرقم {n}.")
    return Answer(f"<rss version='2.0'><channel><title>نشرة</title>{head}{items}</channel></rss>".encode(), headers=XML)


def passes(wire: Site, memory: Mapping[str, Mapping[str, str]], known: set[str], **more: object) -> Came:
    job = Job([going(wire.url, **more)], fetching(), known=known, memory=dict(memory), now=NOW)  # type: ignore[arg-type]
    came = go(job)
    assert came.returned, came.stderr
    return came


def outcome(came: Came) -> Outcome:
    [found] = came.outcomes.values()
    assert sum(found.fates.values()) == found.entries
    return found


class Row:
    """Passes one after the other, each of which remembers what those before it came to."""

    def __init__(self, wire: Site) -> None:
        self.wire = wire
        self.memory: dict[str, Mapping[str, str]] = {}
        self.known: set[str] = set()

    def go(self, **more: object) -> Came:
        came = passes(self.wire, self.memory, self.known, **more)
        self.memory |= came.memory
        self.known |= {one.url for one in came.articles}
        return came

    def numbers(self) -> list[int]:
        return sorted(int(url.rpartition("/")[2]) for url in self.known)


def test_a_wordpress_feed_that_ran_over_is_asked_for_its_older_pages(wire: Site) -> None:
    row, wordpress = Row(wire), "https://wordpress.org/?v=6.4"
    wire.routes["/rss"] = rss(wire, [83, 82, 81], generator=wordpress)
    first = row.go(path="/rss")
    assert outcome(first).gap is None, "a first look has nothing to join"
    wire.routes["/rss"] = rss(wire, [92, 91, 90], generator=wordpress)
    for number, shown in ((2, [89, 88, 87]), (3, [86, 85, 84]), (4, [83, 82, 81])):
        wire.routes[f"/rss?paged={number}"] = rss(wire, shown, generator=wordpress)
    second = row.go(path="/rss")
    assert outcome(second).gap == Gap(since=at(83), until=at(90), filled=True, asked=3, found=6)
    assert outcome(second).fates == {Fate.STORED: 9, Fate.KNOWN: 3}
    assert row.numbers() == list(range(81, 93))
    assert outcome(row.go(path="/rss")).ending is Ending.UNCHANGED


def test_where_a_feed_shows_nothing_older_the_sitemap_is_asked(wire: Site) -> None:
    row = Row(wire)
    wire.routes["/robots.txt"] = Answer(
        f"User-agent: *\nDisallow:\n\nSitemap: http://[\nSitemap: {wire.url}/map.xml\n".encode(),
        headers={"Content-Type": "text/plain"},
    )
    wire.routes["/rss"] = rss(wire, [92, 91])
    row.go(path="/rss")
    wire.routes["/rss"] = rss(wire, [99, 98])
    rss(wire, range(80, 100))
    wire.routes["/map.xml"] = Answer(
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        + b"".join(
            f"<url><loc>{wire.url}/{n}</loc><lastmod>{at(n).isoformat()}</lastmod></url>".encode()
            for n in range(80, 100)
        )
        + b"</urlset>",
        headers=XML,
    )
    gap = outcome(row.go(path="/rss")).gap
    assert gap is not None
    assert gap.filled
    assert row.numbers() == list(range(91, 100)), "what is older than the last look is not asked for"


def test_what_cannot_be_filled_is_a_gap_that_stands(wire: Site) -> None:
    row = Row(wire)
    wire.routes["/rss"] = rss(wire, [92, 91])
    row.go(path="/rss")
    wire.routes["/rss"] = rss(wire, [99, 98])
    gap = outcome(row.go(path="/rss")).gap
    assert gap == Gap(since=at(92), until=at(98), filled=False, asked=1, why="it shows nothing older")
    wire.routes["/rss"] = rss(wire, [100, 99])
    assert outcome(row.go(path="/rss")).gap is None, "the next look joins this one"


def test_a_gap_is_tried_again_when_trouble_kept_it_open(wire: Site) -> None:
    row, wordpress = Row(wire), "https://wordpress.org/?v=6.4"
    wire.routes["/rss"] = rss(wire, [92, 91], generator=wordpress)
    row.go(path="/rss")
    wire.routes["/rss"] = rss(wire, [96, 95], generator=wordpress)
    wire.routes["/rss?paged=2"] = Answer(b"Error establishing a database connection", status=500)
    first = outcome(row.go(path="/rss")).gap
    assert first is not None
    assert not first.filled
    assert "HTTP 500" in first.why
    wire.routes["/rss?paged=2"] = rss(wire, [94, 93], generator=wordpress)
    wire.routes["/rss?paged=3"] = rss(wire, [92, 91], generator=wordpress)
    second = outcome(row.go(path="/rss")).gap
    assert second is not None
    assert second.filled
    assert second.since == first.since
    assert row.numbers() == list(range(91, 97))


def test_older_pages_that_repeat_the_newest_are_not_asked_for_ever(wire: Site) -> None:
    row, wordpress = Row(wire), "https://wordpress.org/?v=6.4"
    wire.routes["/rss"] = rss(wire, [92, 91], generator=wordpress)
    row.go(path="/rss")
    for path in ("/rss", "/rss?paged=2", "/rss?paged=3"):
        wire.routes[path] = rss(wire, [99, 98], generator=wordpress)
    gap = outcome(row.go(path="/rss")).gap
    assert gap is not None
    assert (gap.filled, gap.why) == (False, "its older pages repeat the newest")


def test_a_first_look_at_a_wordpress_reaches_back_two_days(wire: Site) -> None:
    def posts(asked: Asked) -> Answer:
        page = int(asked.path.partition("&page=")[2] or 1)
        shown = range(100 - 10 * (page - 1), 90 - 10 * (page - 1), -1)
        text = "<p>" + "قصف مدفعي على أطراف بلدة في ريف إدلب صباح اليوم أدى إلى إصابة مدنيين بجروح. " * 4 + "</p>"
        body = [
            {
                "id": n,
                "link": f"{wire.url}/{n}",
                "date_gmt": f"{at(n):%Y-%m-%dT%H:%M:%S}",
                "title": {"rendered": f"خبر رقم {n}"},
                "content": {"rendered": text},
            }
            for n in shown
        ]
        return Answer(
            json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-WP-TotalPages": "400", "X-WP-Total": "4000"},
        )

    class Pages(dict[str, Answer]):
        def get(self, path: str, default: object = None) -> object:  # type: ignore[override]
            return posts if path.startswith("/wp-json") else super().get(path, default)

    rss(wire, range(40, 101))
    wire.routes = Pages(wire.routes)  # type: ignore[assignment]
    row = Row(wire)
    came = row.go(kind="wordpress", path="/")
    assert outcome(came).gap is None
    assert len([path for path in wire.paths() if path.startswith("/wp-json")]) == 5
    assert row.numbers() == list(range(51, 101))


def test_what_a_listing_and_its_host_ask_for_is_in_the_outcome(wire: Site) -> None:
    fresh = rss(wire, [92, 91])
    wire.routes["/rss"] = Answer(fresh.body, headers=XML | {"Cache-Control": "public, max-age=1200", "ETag": '"a"'})
    came = passes(wire, {}, set(), path="/rss")
    assert outcome(came).not_before == NOW + timedelta(minutes=20)
    assert outcome(came).heard == (at(92), at(91))


def test_a_listing_that_is_gone_for_good_is_told_from_one_that_is_not_there(wire: Site) -> None:
    wire.routes["/rss"] = Answer(b"", status=410)
    assert outcome(passes(wire, {}, set(), path="/rss")).gone
    assert not outcome(passes(wire, {}, set(), path="/none")).gone


def test_what_earlier_passes_could_not_have_is_asked_for_though_no_listing_shows_it(wire: Site) -> None:
    wire.routes["/rss"] = rss(wire, [92, 91])
    rss(wire, [40, 92])
    owed = [Entry(url=f"{wire.url}/{n}", title="خبر") for n in (40, 41, 92)]
    came = go(Job([going(wire.url, path="/rss")], fetching(), now=NOW, owed=owed))
    assert {one.url.rpartition("/")[2] for one in came.articles} == {"92", "91", "40"}
    assert outcome(came).fates == {Fate.STORED: 3, Fate.FAILED: 1}, "the one that is listed too is seen once"
    assert came.why("/41") == (Fate.FAILED, "HTTP 404 Not Found")


def test_a_sitemap_of_the_last_two_days_that_was_looked_at_within_them_has_no_gap(wire: Site) -> None:
    def news(*numbers: int) -> Answer:
        rss(wire, numbers)
        listed = "".join(f"<url><loc>{wire.url}/{n}</loc><lastmod>{at(n).isoformat()}</lastmod></url>" for n in numbers)
        space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        return Answer(f"<?xml version='1.0'?><urlset {space}>{listed}</urlset>".encode(), headers=XML)

    memory: dict[str, Mapping[str, str]] = {}

    def look(answer: Answer, hours: int) -> Outcome:
        wire.routes["/news.xml"] = answer
        source = going(wire.url, kind="sitemap", path="/news.xml")
        came = go(Job([source], fetching(), memory=dict(memory), now=NOW + timedelta(hours=hours)))
        memory.update(came.memory)
        return outcome(came)

    assert look(news(92, 91), 0).gap is None
    quiet = look(news(), 24)
    assert (quiet.ending, quiet.entries, quiet.defects) == (Ending.READ, 0, ())
    assert look(news(140, 139), 48).gap is None, "it was looked at a day before"
    gap = look(news(300, 299), 300).gap
    assert gap is not None, "it was not looked at for ten days"
    assert not gap.filled


def test_addresses_that_change_with_every_reading_are_not_a_gap_each_time(wire: Site) -> None:
    row, found = Row(wire), []
    for number in range(6):
        links = [f"/{number}-{n}" for n in (1, 2)]
        wire.routes |= {path: article(f"خبر {path} من ريف دمشق", words=path * 3) for path in links}
        wire.routes["/rss"] = feed(wire.url, *links)
        found.append(outcome(row.go(path="/rss")))
    assert [one.gap is not None for one in found] == [False, True, True, True, False, False]
    assert "cannot be told" in found[-1].defects[-1]


def test_a_sitemap_that_has_been_silent_for_longer_than_is_taken_says_since_when(wire: Site) -> None:
    places = "".join(
        f"<url><loc>{wire.url}/{n}</loc><n:news><n:publication_date>{(NOW - timedelta(days=90 + n)).isoformat()}</n:publication_date>"
        f"<n:title>خبر رقم {n} من ريف دمشق</n:title></n:news></url>"
        for n in range(5)
    )
    space = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    wire.routes["/news.xml"] = Answer(f"<urlset {space}>{places}</urlset>".encode(), headers=XML)
    source = going(wire.url, kind="sitemap", path="/news.xml")
    came = go(Job([source], fetching(), known=set(), memory={}, now=NOW))
    found = outcome(came)
    assert (found.ending, found.entries) == (Ending.READ, 0)
    assert found.defects == ("the newest that it lists is of 2026-08-25: that is too long ago to be taken",)
    assert len(found.heard) == 5  # and the service can tell that it is silent
    assert found.heard[0] == NOW - timedelta(days=90)
