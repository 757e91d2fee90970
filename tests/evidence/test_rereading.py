"""Captures read again by the real command: what nobody flagged is corrected, what was flagged stays as it was read."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.article import Article
from monitor.evidence.rereading import corrected, differences
from monitor.searching import NORMALISER
from storage.records import StoredArticle
from storage.store import Store
from tests.e2e.running import configure, opened, rasid
from tests.newsroom.running import newsroom
from tests.stores.making import NOW, article, put


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pass over an outlet with pages and over a channel, made by a reader that knew less."""
    folder = tmp_path_factory.mktemp("reread")
    with newsroom() as room:
        config = configure(folder, room.sources_of("nidaa", "minbar"))
        done = rasid(config, "crawl")
        assert done.returncode == 0, done.stderr
    return config


def spoil(store: Store, stored: StoredArticle) -> None:
    """As if an older reader had left a line in, and had missed the date."""
    from sqlalchemy import update

    from storage.schema import articles

    with store._engine.begin() as connection:
        values = {"text": f"{stored.article.text}\nشارك الخبر", "published_at": datetime(2018, 1, 1, tzinfo=UTC)}
        connection.execute(update(articles).where(articles.c.id == stored.id).values(values))


def find(store: Store, *, flagged: bool) -> StoredArticle:
    for some in store.past():
        for one in some:
            if bool(store.flags_of(one.id)) is flagged and one.article.published_from != "feed":
                return one
    raise AssertionError("no such article")


def test_what_is_read_as_before_is_not_told(passed: Path) -> None:
    done = rasid(passed, "reread", "--json")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_it_shows_then_corrects_and_leaves_what_was_flagged(passed: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    subprocess.run(["cp", "-r", passed.parent / "config", passed.parent / "var", tmp_path], check=True)
    with opened(config) as store:
        plain, flagged = find(store, flagged=False), find(store, flagged=True)
        for one in (plain, flagged):
            spoil(store, one)
    shown = rasid(config, "reread")
    assert shown.returncode == 0, shown.stderr
    assert "2 read otherwise" in shown.stdout
    assert "published_at: 2018-01-01T00:00:00+00:00" in shown.stdout
    told = [json.loads(line) for line in rasid(config, "reread", "--json").stdout.splitlines()]
    assert {one["id"] for one in told} == {plain.id, flagged.id}
    assert [one["field"] for one in told[0]["corrections"]] == ["text", "published_at"]
    with opened(config) as store:
        assert store.corrections.of(plain.id) == []
    assert rasid(config, "reread", "--apply").returncode == 0
    with opened(config) as store:
        now = store.article(plain.id)
        assert now is not None
        assert (now.article.text, now.article.published_at) == (plain.article.text, plain.article.published_at)
        assert now.article.capture == plain.article.capture
        (said,) = store.corrections.of(plain.id)
        assert said.applied
        assert said.fields[0].before == f"{plain.article.text}\nشارك الخبر"
        still = store.article(flagged.id)
        assert still is not None
        assert still.article.text.endswith("شارك الخبر")
        (version,) = store.looking.versions_of(flagged.id)
        assert (version.text, version.capture, version.substantial) == (
            flagged.article.text,
            flagged.article.capture,
            False,
        )
        assert not store.corrections.of(flagged.id)[0].applied
        begin = datetime.now(UTC) - timedelta(days=1)
        assert (
            store.looking.changed_between(begin, datetime.now(UTC) + timedelta(days=1)) == []
        )  # no edit of the outlet's
    assert rasid(config, "reread", "--apply", "--json").stdout == ""  # nor is it told again
    other = rasid(config, "reread", "--source", "nobody")
    assert (other.returncode, "no source `nobody`" in other.stderr) == (2, True)


def test_less_is_no_correction() -> None:
    before = article(author="سامر الحموي", published_at=NOW)
    assert differences(before, article(author=None, published_at=None, language="und")) == ()


def test_only_what_differs_is_taken_over() -> None:
    before = article(capture="urn:uuid:1", published_at=NOW, published_from="url")
    read = article(
        "https://a.example/other", title="عنوان", published_at=NOW - timedelta(days=1), published_from="printed"
    )
    after = corrected(before, read)
    assert isinstance(after, Article)
    assert (after.url, after.capture, after.title) == (before.url, "urn:uuid:1", "عنوان")
    assert (after.published_at, after.published_from) == (NOW - timedelta(days=1), "printed")
    assert [one.field for one in differences(before, read)] == ["title", "published_at"]


def test_what_was_corrected_is_found_by_its_new_words_and_not_by_its_old() -> None:
    with Store.open("sqlite://", words=NORMALISER) as store:
        stored = put(store, article(text="شارك الخبر مع أصدقائك قصف مدفعي"))
        assert stored is not None
        better = article(text="قصف مدفعي على البلدة")
        found = differences(stored.article, better)
        store.corrections.correct(stored.id, better, found, same_words=b"x", prints=[], by="Rasid/1", now=NOW)
        words = set(store.search.vocabulary().splitlines())
        assert "البلده" in words or "البلدة" in words
        assert not {word for word in words if word.startswith("اصدقا")}
        assert store.search.behind() == 0
