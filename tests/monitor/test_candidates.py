"""Which entrance is the best one, from what they gave; names and titles for what is to be written."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Article, Entry, Page
from crawler.discovery import Announced
from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor import candidates
from monitor.candidates import Entrance, choose, guesses, identity, kind_of, name_for, title_for
from monitor.shaping import slug
from monitor.sourcecheck import FAILED, LOOK, OK, Probe, rhythm, to_read, verdict
from monitor.sourcefile import Declared

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def entry(number: int, *, ago: timedelta | None, content: str | None = None, title: str | None = "عنوان") -> Entry:
    at = None if ago is None else NOW - ago
    return Entry(url=f"https://s.example/{number}", title=title, published_at=at, content=content)


def entries(
    many: int, every: timedelta | None, *, first: timedelta = timedelta(), title: str | None = "عنوان"
) -> list[Entry]:
    return [entry(n, ago=None if every is None else first + n * every, title=title) for n in range(many)]


def probe(
    kind: str, listed: Sequence[Entry] = (), *, ending: Ending = Ending.READ, why: str = "", url: str = ""
) -> Probe:
    source = Source(name=f"{kind}-1", kind=kind, url=url or f"https://s.example/{kind}", title="س")
    outcome = Outcome(source=source.name, ending=ending, why=why, started_at=NOW, ended_at=NOW)
    return Probe(source=source, outcome=outcome, entries=tuple(listed))


def kinds(*probes: Probe) -> list[str]:
    return [choice.probe.source.kind for choice in choose(probes, NOW)]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_feed_that_shows_a_day_goes_first_and_a_short_one_behind_the_api() -> None:
    api = probe("wordpress", entries(50, HOUR))
    news = probe("sitemap", entries(80, HOUR))
    page = probe("section", entries(30, None))
    assert kinds(page, news, api, probe("feed", entries(40, HOUR))) == ["feed", "wordpress", "sitemap", "section"]
    assert kinds(page, news, api, probe("feed", entries(10, HOUR))) == ["wordpress", "sitemap", "feed", "section"]
    assert kinds(page, api, probe("feed", entries(40, None))) == ["wordpress", "feed", "section"]


def test_a_plain_sitemap_is_better_than_headlines_only() -> None:
    assert kinds(probe("section", entries(30, None)), probe("sitemap", entries(500, DAY, title=None))) == [
        "sitemap",
        "section",
    ]


def test_what_is_dead_or_empty_is_no_choice_and_what_stopped_long_ago_is_the_last() -> None:
    dead = probe("feed", ending=Ending.FAILED, why="HTTP 404 Not Found")
    old = probe("feed", entries(40, HOUR, first=timedelta(days=400)))
    assert kinds(dead, old, probe("sitemap", entries(20, HOUR))) == ["sitemap", "feed"]
    assert choose([dead], NOW) == []
    assert [c.probe.source.kind for c in choose([old, probe("section", entries(3, None))], NOW, "section")] == [
        "section"
    ]


def test_of_two_feeds_the_one_that_tells_more() -> None:
    whole = probe("feed", entries(40, HOUR), url="https://s.example/all")
    part = probe("feed", entries(40, 6 * HOUR), url="https://s.example/sport")
    assert choose([part, whole], NOW)[0].probe is whole


@pytest.mark.parametrize(
    ("url", "body", "kind"),
    [
        ("https://t.me/s/x", b"<html>", "telegram"),
        ("https://mirror.example/x", b'<div class="tgme_widget_message">', "telegram"),
        ("https://s.example/a", b'\xef\xbb\xbf\n<?xml version="1.0"?><rss version="2.0">', "feed"),
        ("https://s.example/a", b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        ("https://s.example/a", b"<rdf:RDF xmlns:rdf='x'>", "feed"),
        ("https://s.example/a", b'{"version": "https://jsonfeed.org/version/1.1"}', "feed"),
        ("https://s.example/a", b'<?xml version="1.0"?><sitemapindex>', "sitemap"),
        ("https://s.example/a.gz", b"\x1f\x8b\x08", "sitemap"),
        ("https://s.example/wp-json/wp/v2/posts", b"[]", "wordpress"),
        ("https://s.example/", b"<!doctype html><html><head>", None),
        ("https://s.example/", b"", None),
    ],
)
def test_an_entrance_is_known_by_itself(url: str, body: bytes, kind: str | None) -> None:
    assert kind_of(url, body, "text/html; charset=utf-8") == kind


def test_only_what_a_site_does_not_name_is_guessed() -> None:
    said = Announced(feeds=("https://s.example/feed/",), wordpress="https://s.example/wp-json/")
    named = candidates.entrances(said, ("https://s.example/news.xml",), "https://s.example/")
    assert [one.kind for one in named] == ["feed", "wordpress", "sitemap", "section"]
    assert guesses("https://s.example/", named) == []
    assert {one.kind for one in guesses("https://s.example/", [Entrance("section", "x")])} == {
        "feed",
        "wordpress",
        "sitemap",
    }


def test_two_ways_to_write_one_entrance_are_one() -> None:
    assert identity("telegram", "https://t.me/x") == identity("telegram", "https://telegram.me/s/x")
    assert identity("wordpress", "https://s.example/") == identity("wordpress", "https://s.example/wp-json/wp/v2/posts")
    assert identity("feed", "https://S.example:443/feed#top") == identity("feed", "https://s.example/feed")
    assert identity("feed", "https://s.example/?cat=1") != identity("feed", "https://s.example/?cat=2")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.enabbaladi.net/feed", "enabbaladi"),
        ("https://arabic.rt.com/rss/", "rt"),
        ("https://t.me/s/AlekhbariahSY", "alekhbariahsy"),
        ("https://sana.sy/?feed=rss2", "sana"),
        ("https://www.spa.gov.sa/rss", "spa"),
        ("http://127.0.0.1:8000/feed", "127-0-0-1"),
        ("https://xn--mgb.example.org/", "example"),
    ],
)
def test_names_come_from_addresses(url: str, name: str) -> None:
    assert name_for(url, ()) == name
    assert name_for(url, {name, f"{name}-2"}) == f"{name}-3"


@given(st.from_regex(r"https?://[a-z0-9.\-:\[\]]{0,30}/?[!-~]{0,10}", fullmatch=True))
def test_any_name_may_stand_in_the_file(url: str) -> None:
    try:
        name = name_for(url, ())
    except ValueError:  # no address at all
        return
    assert slug(name) == name


@given(st.text(max_size=200))
def test_any_title_may_stand_in_the_file(said: str) -> None:
    title = title_for(said, "name")
    Declared.model_validate({"name": "a", "kind": "feed", "url": "https://a.example/", "title": title})


# --- the verdict ------------------------------------------------------------------------------------------------------

TEXT = (
    "قال مراسل الصحيفة إن الأهالي عادوا إلى بيوتهم بعد أن أزيلت الألغام من الطريق، وإن البلدية بدأت بإصلاح شبكة المياه. "
    * 3
)


def article(text: str = TEXT, *, at: datetime | None = NOW, language: str = "ar") -> Article:
    return Article(
        url="https://s.example/1", source="feed-1", title="عودة الأهالي", text=text, language=language, fetched_at=NOW, published_at=at
    )  # fmt: skip


def test_what_is_as_it_should_be_is_ok() -> None:
    one = probe("feed", entries(20, HOUR))
    one.articles.append(article())
    assert verdict(one, NOW).kind == OK
    assert verdict(one, NOW).why == ()


def test_what_a_person_should_look_at() -> None:
    page = Page(
        url="https://new.example/feed", asked="https://s.example/feed", status=200, headers=(), body=b"", fetched_at=NOW,
        redirects=("https://s.example/feed",),
    )  # fmt: skip
    for change, said in (
        ({"entries": tuple(entries(20, HOUR, first=timedelta(days=40)))}, "nothing new for 40 days"),
        ({"entries": tuple(entries(20, timedelta(minutes=2)))}, "only 38 minutes of publishing"),
        ({"entries": tuple(entries(3, HOUR, first=timedelta(hours=-9)))}, "dated in the time to come"),
        ({"articles": [article("عاجل")]}, "very short"),
        ({"articles": [article(at=None)]}, "no article says when"),
        ({"articles": [article(language="en")]}, "its articles are in `en`"),
        ({"missed": [(entry(1, ago=HOUR), Fate.UNREADABLE, "no article in it")]}, "1 of 2 articles could not be read"),
        ({"page": page}, "it has moved: write `url: https://new.example/feed`"),
    ):
        one = probe("feed", entries(20, HOUR))
        one.articles.append(article())
        for name, value in change.items():
            setattr(one, name, value)
        found = verdict(one, NOW)
        assert found.kind == LOOK, said
        assert said in "; ".join(found.why)


@pytest.mark.parametrize(
    ("ending", "why", "advice"),
    [
        (Ending.REFUSED, "robots.txt does not allow it", "the outlet asks not to be read there"),
        (Ending.REFUSED, "not allowed to go there: 127.0.0.30 is not a public address", "allow_addresses"),
        (Ending.REFUSED, "s.example asked to wait until 2026-11-25 10:00 UTC", "after that time"),
        (Ending.FAILED, "the host's name cannot be resolved (DNS)", "misspelled"),
        (Ending.FAILED, "HTTP 404 Not Found", "rasid sources add https://s.example/"),
        (Ending.FAILED, "HTTP 500 Internal Server Error", "in an hour"),
        (Ending.CHALLENGED, "a bot wall answered (HTTP 403)", "enabled: false"),
        (Ending.EMPTY, "it is a web page, and no feed", "rasid sources add https://s.example/"),
    ],
)
def test_what_fails_says_what_can_be_done(ending: Ending, why: str, advice: str) -> None:
    found = verdict(probe("feed", ending=ending, why=why), NOW)
    assert found.kind == FAILED
    assert found.why[0] == why
    assert advice in found.why[1]


def test_a_source_of_which_no_article_can_be_read_fails() -> None:
    one = probe("feed", entries(20, HOUR))
    one.missed = [
        (entry(n, ago=HOUR), Fate.NEEDS_BROWSER, "its text is made by scripts in a browser") for n in range(3)
    ]
    assert verdict(one, NOW).kind == FAILED
    assert verdict(Probe(source=one.source), NOW).kind == FAILED


def test_the_rhythm_is_told_by_times_that_have_come() -> None:
    found = rhythm([*entries(25, HOUR), entry(99, ago=-DAY), entry(98, ago=None)], NOW)
    assert (found.dated, found.per_day, found.reach) == (25, 24.0, DAY)
    assert rhythm(entries(1, HOUR), NOW).per_day is None
    assert rhythm(entries(5, timedelta()), NOW).per_day is None
    assert rhythm([], NOW).newest is None


def test_the_newest_are_tried_and_without_times_the_first() -> None:
    assert [one.url[-1] for one in to_read(entries(5, HOUR)[::-1], 2)] == ["0", "1"]
    assert [one.url[-1] for one in to_read(entries(5, None), 2)] == ["0", "1"]
