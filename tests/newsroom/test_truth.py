"""What the newsroom plants is complete and consistent, and Rasid's reader and watch lists agree with it."""

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import feeds, pages
from crawler.article import Article, Entry
from crawler.outcome import Fate
from monitor import lists
from monitor.lists import WatchLists
from monitor.watch import find, flag
from tests.newsroom import truth
from tests.newsroom.asking import ask
from tests.newsroom.content import Line, reports
from tests.newsroom.running import Newsroom

ROOT = Path(__file__).parents[2]
BOTH = {one.key: one for edition in (2, 1) for one in truth.articles(edition)}

# Written apart from Rasid's own understanding: bare letters, no dictionary.
LOOKS_LIKE = {
    "astana": re.compile(r"[اأإآ]ستا?ن[اةه]|نور ?سلطان|الدول (?:الثلاث )?الضامنة"),
    "detainees": re.compile(
        r"معتقل|[ات]عتقل|اعتقال|سجين|سجناء|مختطف|مغيب|موقوف|محتجز|مخفيين قسر|[إا]خفاء القسري|اختفاء القسري"
    ),
    "envoy": re.compile(r"د[يو] ?مي?ستورا"),
}


def bare(text: str) -> str:
    return "".join(c for c in text if not unicodedata.combining(c) and c != "ـ")


def test_there_is_enough_of_everything() -> None:
    articles = truth.articles()
    assert len(articles) >= 48
    assert Counter(one.source for one in articles).keys() == {"alyasmin", "nidaa", "khabur"}
    for source in ("alyasmin", "nidaa", "khabur"):
        mine = [one for one in articles if one.source == source]
        assert sum(not one.mentions for one in mine) >= 5
        assert all(sum(name in one.mentions for one in mine) >= 2 for name in truth.LISTS)
    lengths = [sum(map(len, one.paragraphs)) for one in articles]
    assert min(lengths) < 120
    assert max(lengths) > 1500


def test_the_spellings_are_planted() -> None:
    words = {mention.words for one in truth.articles() for found in one.mentions.values() for mention in found}
    assert words >= {"أستانا", "أستانة", "استانا", "آستانة", "الأستانة", "الأستانا", "بأستانا", "وأستانا", "نور سلطان"}
    assert words >= {
        "المعتقلين",
        "معتقلون",
        "للمعتقلات",
        "معتقليها",
        "ومعتقلٍ",
        "مُعتَقَلين",
        "معتقـلين",
        "المعتقَل",
        "معتقلو",
    }
    envoy = {spelling for one in truth.articles() for spelling in one.envoy}
    assert envoy == {"دي ميستورا", "دي مستورا", "ديميستورا", "دو ميستورا"}
    traps = " ".join(trap for one in truth.articles() for trap in one.traps)
    assert all(
        trap in traps for trap in ("نادي أستانا", "الآستانة", "حلبة", "مدرعات", "المعتقد", "أعتقد", "معاقل", "مغيب")
    )


@pytest.mark.parametrize("edition", [1, 2])
def test_nothing_that_looks_like_a_mention_is_unmarked(edition: int) -> None:
    unmarked = [
        f"{report.key}: {found[0]} in {line.text[:60]}"
        for report in reports(edition)
        for line in (report.title, *report.lines)
        if line.own
        for pattern in LOOKS_LIKE.values()
        for found in pattern.finditer(bare(_blanked(line)))
    ]
    assert unmarked == []


def _blanked(line: Line) -> str:
    text = line.text
    for mark in line.marks:
        text = text[: mark.start] + "·" * (mark.end - mark.start) + text[mark.end :]
    return text


def test_an_agency_story_is_the_same_text_under_other_headlines() -> None:
    by_key = {one.key: one for one in truth.articles()}
    groups = truth.reprints()
    assert len(groups) >= 2
    for keys in groups.values():
        told = [by_key[key] for key in sorted(keys)]
        assert len({one.source for one in told}) == len(told) >= 2
        assert len({one.title for one in told}) == len(told)
        assert len({one.paragraphs[1:] for one in told}) == 1


def test_every_entry_has_a_fate() -> None:
    fates = truth.fates()
    assert fates.keys() == {report.key for report in reports()}
    assert Counter(fates.values()) == {Fate.STORED: len(truth.articles()) + 1, Fate.FAILED: 2, Fate.UNREADABLE: 1}


@pytest.fixture(scope="module")
def entries(room: Newsroom) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for source in room.sources_of("nidaa", "khabur"):
        answer = ask(source.url)
        feed = feeds.read(answer.body, source.url, answer.headers["content-type"])
        found |= {entry.url: entry for entry in feed.entries}
    return found


@pytest.mark.parametrize("expected", truth.articles(), ids=lambda one: one.key)
def test_the_reader_reads_it_as_it_was_written(
    room: Newsroom, entries: dict[str, Entry], expected: truth.Expected
) -> None:
    url = expected.url(room.port)
    answer = ask(url)
    now = room.now.astimezone(UTC)
    article = pages.read(
        answer.body,
        url,
        answer.headers["content-type"],
        now,
        "Asia/Damascus",
        entry=entries.get(url),
        source=expected.source,
    )
    assert article is not None
    assert article.title == expected.title
    lines = [line for line in article.text.split("\n") if line not in expected.may]
    assert lines == list(expected.paragraphs)
    assert [line for line in expected.never if line in article.text] == []
    assert article.published_at == expected.published(room.now)
    assert article.language == "ar"


@pytest.fixture(scope="module")
def shipped() -> WatchLists:
    return lists.load(ROOT / "config" / "watchlists")


@pytest.mark.parametrize("expected", BOTH.values(), ids=lambda one: one.key)
def test_the_shipped_lists_flag_what_is_planted_and_nothing_else(shipped: WatchLists, expected: truth.Expected) -> None:
    article = _article(expected)
    found: dict[str, set[tuple[str, int, str]]] = {name: set() for name in truth.LISTS}
    for one in flag(shipped, article):
        found.setdefault(one.list, set()).update((span.where, span.start, span.words) for span in one.spans)
    flagged = {name: Counter((where, words) for where, _, words in spans) for name, spans in found.items() if spans}
    planted = {name: Counter((m.where, m.words) for m in mentions) for name, mentions in expected.mentions.items()}
    assert flagged == planted


def test_the_envoys_name_is_found_in_its_spellings() -> None:
    for expected in truth.articles():
        found = {
            text[start:end]
            for text in (expected.title, _article(expected).text)
            for _, start, end in find(["دي ميستورا"], text)
        }
        assert all(any(spelling in words for words in found) for spelling in expected.envoy)
        # the first name may be a part of it
        assert all(words.endswith(tuple(expected.envoy or "-")) for words in found)


def _article(expected: truth.Expected) -> Article:
    return Article(
        url=f"http://127.0.0.1/{expected.key}",
        source=expected.source,
        title=expected.title,
        text="\n".join(expected.paragraphs),
        language="ar",
        fetched_at=datetime(2018, 5, 12, 12, tzinfo=UTC),
    )
