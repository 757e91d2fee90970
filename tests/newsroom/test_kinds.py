"""The outlets that are read through WordPress's API, sitemaps and a channel's preview, by Rasid's own kinds."""

import json
from collections import Counter
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from crawler import pages
from crawler.article import Article, Entry, Page
from crawler.entries import from_entry
from crawler.source import Source
from crawler.spiders import KINDS, Listing
from monitor import lists
from monitor.watch import flag
from tests.newsroom import truth
from tests.newsroom.asking import ask
from tests.newsroom.content import FURTHER, further
from tests.newsroom.outlets import DEFAULT, OUTLETS, SHOWN
from tests.newsroom.running import Newsroom, write_sources
from tests.newsroom.test_truth import LOOKS_LIKE, _blanked, bare

ROOT = Path(__file__).parents[2]


def listing(room: Newsroom, source: Source, url: str) -> Listing:
    answer = ask(url)
    assert answer.status == 200
    page = Page(
        url=url,
        asked=url,
        status=200,
        headers=tuple(answer.headers.items()),
        body=answer.body,
        fetched_at=room.now.astimezone(UTC),
    )
    return KINDS[source.kind].listing(page, source)


def listed(room: Newsroom, name: str) -> tuple[dict[str, Entry], list[str]]:
    """All Entries by their address, following what the listings themselves name; and the addresses that were asked."""
    (source,) = room.sources_of(name)
    found: dict[str, Entry] = {}
    todo, asked = [KINDS[source.kind].start(source)], []
    while todo:
        asked.append(todo.pop(0))
        said = listing(room, source, asked[-1])
        todo += [*said.more, *([said.older] if said.older else [])]
        for entry in said.entries:
            found.setdefault(entry.url, entry)
    return found, asked


@pytest.mark.parametrize("name", FURTHER)
def test_every_report_is_listed_with_its_time(room: Newsroom, name: str) -> None:
    found, _ = listed(room, name)
    expected = {one.url(room.port): one for one in truth.further() if one.source == name}
    assert found.keys() == expected.keys()
    for url, entry in found.items():
        assert entry.published_at == expected[url].published(room.now)
        assert entry.title == expected[url].title


def test_what_is_asked_of_each(room: Newsroom) -> None:
    asked = {name: [url.removeprefix(room.bases[name]) for url in listed(room, name)[1]] for name in FURTHER}
    assert asked["fanar"] == ["/sitemap_index.xml", "/news-sitemap.xml", "/post-sitemap.xml.gz"]
    assert asked["minbar"] == ["/s/minbar_news", "/s/minbar_news?before=912"]
    assert len(asked["baydar"]) == 1
    assert asked["baydar"][0].startswith("/wp-json/wp/v2/posts?per_page=50&_fields=id,")


@pytest.mark.parametrize("expected", truth.further(), ids=lambda one: one.key)
def test_the_reader_reads_it_as_it_was_written(room: Newsroom, expected: truth.Expected) -> None:
    (source,) = room.sources_of(expected.source)
    entry, url = listed(room, expected.source)[0][expected.url(room.port)], expected.url(room.port)
    now = room.now.astimezone(UTC)
    if entry.complete:
        article = from_entry(entry, url, now, "Asia/Damascus", source=source.name).article
    else:
        answer = ask(url)
        article = pages.read(answer.body, url, answer.headers["content-type"], now, "Asia/Damascus", entry=entry)
    assert article is not None
    assert article.title == expected.title
    assert [line for line in article.text.split("\n") if not line.startswith("#")] == list(expected.paragraphs)
    assert article.published_at == expected.published(room.now)
    assert article.language == "ar"


def test_a_wordpress_carries_its_texts_and_pages_back(room: Newsroom) -> None:
    (source,) = room.sources_of("baydar")
    start = KINDS["wordpress"].start(source).replace("per_page=50", "per_page=2")
    first = listing(room, source, start)
    assert len(first.entries) == 2
    assert first.older == f"{start}&page=2"
    second = listing(room, source, first.older)
    assert (len(second.entries), second.older) == (1, None)
    expected = {one.url(room.port): one for one in truth.further()}
    for entry in (*first.entries, *second.entries):
        assert all(line in unescape(entry.content or "") for line in expected[entry.url].paragraphs)
    refused = ask(f"{start}&page=9")
    assert (refused.status, json.loads(refused.body)["code"]) == (400, "rest_post_invalid_page_number")


def test_an_edited_post_says_so(own_room: Newsroom) -> None:
    before, _ = listed(own_room, "minbar")
    own_room.edition(2)
    after, _ = listed(own_room, "minbar")
    assert [url.rpartition("/")[2] for url in after.keys() - before.keys()] == ["918"]
    changed = [url for url in before if before[url].content != after[url].content]
    assert [url.rpartition("/")[2] for url in changed] == ["912"]
    assert [entry.notes for entry in after.values() if entry.notes] == [("edited after it was posted",)]


@pytest.mark.parametrize("edition", [1, 2])
def test_the_shipped_lists_flag_what_is_planted_and_nothing_else(edition: int) -> None:
    shipped = lists.load(ROOT / "config" / "watchlists")
    for one in truth.further(edition):
        article = Article(
            url="http://127.0.0.1/x",
            source=one.source,
            title=one.title,
            text="\n".join(one.paragraphs),
            language="ar",
            fetched_at=datetime(2018, 5, 12, 12, tzinfo=UTC),
        )
        flags = {
            found.list: Counter((span.where, span.words) for span in found.spans) for found in flag(shipped, article)
        }
        assert flags == {name: Counter((m.where, m.words) for m in found) for name, found in one.mentions.items()}, (
            one.key
        )


def test_nothing_that_looks_like_a_mention_is_unmarked() -> None:
    lines = [line for edition in (1, 2) for report in further(edition) for line in (report.title, *report.lines)]
    assert [
        line.text for line in lines for pattern in LOOKS_LIKE.values() if pattern.search(bare(_blanked(line)))
    ] == []


def test_the_demo_reads_every_kind(room: Newsroom, tmp_path: Path) -> None:
    from monitor import config

    assert not set(FURTHER) & set(DEFAULT)
    assert {OUTLETS[name].kind for name in SHOWN} == set(KINDS)
    assert {OUTLETS[name].kind for name in FURTHER} == {"wordpress", "sitemap", "telegram"}
    write_sources(tmp_path / "sources.yaml", room.sources_of(*FURTHER))
    (tmp_path / "settings.yaml").write_text('contact: ""\n', "utf-8")
    loaded = config.load(tmp_path, environment={})
    assert [source.kind for source in loaded.sources] == ["wordpress", "sitemap", "telegram"]
