"""One whole pass over the newsroom by the real commands, held against the newsroom's truth."""

import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.outcome import Fate
from monitor import days
from storage.records import Flagged, StoredArticle
from storage.store import Store
from tests.e2e.running import ROOT, command, configure, opened, rasid
from tests.newsroom import truth
from tests.newsroom.running import Newsroom, newsroom

LATER = timedelta(hours=1)


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


@pytest.fixture(scope="module")
def passed(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a store after one pass."""
    config = configure(tmp_path_factory.mktemp("pass"), room.sources)
    done = rasid(config, "crawl")
    assert done.returncode == 0, done.stderr
    return config


@pytest.fixture(scope="module")
def store(passed: Path) -> Iterator[Store]:
    with opened(passed) as found:
        yield found


def stored(store: Store, room: Newsroom, one: truth.Expected) -> StoredArticle:
    found = store.article_at(one.url(room.port))
    assert found is not None, one.key
    return found


ARTICLES = pytest.mark.parametrize("one", truth.articles(), ids=lambda one: one.key)


@ARTICLES
def test_the_text_is_the_articles_and_nothing_else(store: Store, room: Newsroom, one: truth.Expected) -> None:
    article = stored(store, room, one).article
    assert article.title == one.title
    lines = [line for line in article.text.splitlines() if line not in one.may]
    assert lines == list(one.paragraphs)
    assert not [line for line in one.never if line in article.text]


@ARTICLES
def test_the_date_is_the_printed_one(store: Store, room: Newsroom, one: truth.Expected) -> None:
    assert stored(store, room, one).article.published_at == one.published(room.now)


@ARTICLES
def test_every_planted_mention_is_flagged_and_nothing_else(store: Store, room: Newsroom, one: truth.Expected) -> None:
    found = stored(store, room, one)
    flagged = {name: [] for name in one.mentions}  # type: ignore[var-annotated]
    for flag in store.flags_of(found.id):
        for span in flag.spans:
            text = getattr(found.article, span.where)
            assert text[span.start : span.end] == span.words
            flagged.setdefault(flag.list, []).append((span.where != "title", span.start, span.words))
    for name, spans in flagged.items():
        planted = [mention.words for mention in one.mentions.get(name, ())]
        assert [words for *_, words in sorted(set(spans))] == planted, name


def test_every_entry_has_the_fate_it_must_have(store: Store, room: Newsroom) -> None:
    expected = Counter((key.split("/")[0], fate) for key, fate in truth.fates().items())
    outcomes = {one.source: one for one in store.outcomes(datetime.now(UTC) - LATER, datetime.now(UTC) + LATER)}
    assert {name: one.ending for name, one in outcomes.items()} == {name: truth.ENDINGS[name] for name in outcomes}
    assert set(outcomes) == {source.name for source in room.sources}
    counted = Counter({(name, fate): n for name, one in outcomes.items() for fate, n in one.fates.items() if n})
    assert counted == expected


def groups(flagged: list[Flagged]) -> set[frozenset[str]]:
    return {frozenset(told.article.url for told in one.tellings) for one in flagged}


def test_an_agency_story_is_one_story_with_all_its_outlets(store: Store, room: Newsroom) -> None:
    url = {one.key: one.url(room.port) for one in truth.articles()}
    told = groups(store.flagged(until=datetime.now(UTC) + LATER, digested=True))
    assert {frozenset(url[key] for key in keys) for keys in truth.reprints().values()} <= told
    assert sum(len(group) > 1 for group in told) == len(truth.reprints())


def test_the_digest_names_each_story_once_and_what_was_not_read(passed: Path, store: Store) -> None:
    made = rasid(passed, "digest", "--today")
    assert made.returncode == 0, made.stderr
    text = next(Path(line) for line in made.stdout.splitlines() if line.endswith(".md")).read_text(encoding="utf-8")
    for group in groups(store.flagged(until=datetime.now(UTC) + LATER, digested=True)):
        for url in group:
            assert url in text
    assert "إذاعة المنارة" in text  # the outlet that is dead
    assert store.digests() == []  # today is not over: nothing is claimed


def test_the_day_is_digested_once_when_it_is_over(passed: Path, tmp_path: Path) -> None:
    """A copy of the store, in which everything happened a day earlier."""
    config = tmp_path / "config"
    subprocess.run(["cp", "-r", passed.parent / "config", passed.parent / "var", tmp_path], check=True)
    with closing(sqlite3.connect(tmp_path / "var" / "rasid.db")) as database, database:
        for table, columns in {
            "flags": ["flagged_at"],
            "passes": ["started_at", "ended_at"],
            "outcomes": ["started_at", "ended_at"],
            "articles": ["stored_at", "fetched_at"],
        }.items():
            for column in columns:
                database.execute(
                    f"UPDATE {table} SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, '-1 day') || '000'"
                )
    yesterday = str(days.today(datetime.now(UTC), "Asia/Damascus") - timedelta(days=1))
    first = rasid(config, "digest")
    assert first.returncode == 0, first.stderr
    assert yesterday in first.stdout
    with opened(config) as after:
        assert after.flagged(until=datetime.now(UTC)) == []
        assert [str(record.day) for record in after.digests()] == [yesterday]
    assert "no digest is missing" in rasid(config, "digest").stdout


def test_a_second_pass_stores_nothing_twice_and_fetches_nothing_known(
    passed: Path, store: Store, room: Newsroom
) -> None:
    before, asked = store.counts(), len(room.requests())
    again = rasid(passed, "crawl", "--all")
    assert again.returncode == 0, again.stderr
    after = store.counts()
    assert after["articles"] == before["articles"]
    assert after["flagged"] == before["flagged"]
    articles = {one.path for one in truth.articles()}
    assert not [request.target for request in room.requests()[asked:] if request.target in articles]


def test_strict_says_that_a_source_failed(passed: Path) -> None:
    assert rasid(passed, "crawl", "--all", "--strict").returncode == 4
    assert rasid(passed, "crawl", "--source", "nidaa", "--strict").returncode == 0


def test_the_next_edition(room: Newsroom, tmp_path: Path) -> None:
    """Later on: what is new is stored, what was edited is known by its address."""
    with newsroom() as own:
        config = configure(tmp_path, own.sources)
        assert rasid(config, "crawl").returncode == 0
        own.edition(2)
        assert rasid(config, "crawl", "--all").returncode == 0
        with opened(config) as after:
            urls = {one.url(own.port) for one in truth.articles(1)} | {one.url(own.port) for one in truth.articles(2)}
            assert {url for url in urls if after.article_at(url) is None} == set()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_pass_that_is_ended_midway_is_repeated_and_loses_nothing(tmp_path: Path, number: signal.Signals) -> None:
    moments = random.Random(int(number))
    with newsroom() as own:
        config = configure(tmp_path, own.sources_of("alyasmin", "nidaa", "khabur"))
        for _ in range(3):
            with subprocess.Popen(
                command(config, "crawl", "--all"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
            ) as running:
                assert running.stdout is not None
                running.stdout.readline()  # something has happened
                time.sleep(moments.uniform(0, 1.5))
                running.send_signal(number)
                running.stdout.read()
        last = rasid(config, "crawl", "--all")
        assert last.returncode == 0, last.stderr
        with opened(config) as after:
            urls = [one.url(own.port) for one in truth.articles()]
            assert [url for url in urls if after.article_at(url) is None] == []
            stored = [fate for fate in truth.fates().values() if fate is Fate.STORED]
            assert after.counts()["articles"] == len(stored)
            for one in truth.articles():
                found = after.article_at(one.url(own.port))
                assert found is not None
                assert {flag.list for flag in after.flags_of(found.id)} == set(one.mentions)
        with closing(sqlite3.connect(config.parent / "var" / "rasid.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
