"""What is learned over passes: with a real store, from stored articles to the next pass, the digest and the status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.article import Article, Entry
from crawler.notes import FROM_FEED
from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor import lessons, lists
from monitor.layouts import standing
from monitor.passes import Pass
from storage.store import Store
from tests.monitor.telling_tales import outlet
from tests.monitor.test_cli import rasid
from tests.monitor.test_passes import LIST, Heard

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOURCE = Source(name="a", kind="feed", url="https://a.example/feed", title="نداء السهل", every=timedelta(hours=1))
LINE = "مراسلونا على مدار الساعة معكم، راسلونا على بريد غرفة الأخبار"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open("sqlite://") as opened:
        yield opened


def begun(store: Store, folder: Path, source: Source, at: datetime) -> Pass:
    folder = folder / "lists"
    folder.mkdir(exist_ok=True)
    (folder / "list.yaml").write_text(LIST, "utf-8")
    number = store.begin_pass(at)
    return Pass(store, lists.load(folder), {source.name: source}, number=number, now=lambda: at, watcher=Heard())


def articles(count: int, line: str = "", first: int = 0, notes: tuple[str, ...] = ()) -> list[Article]:
    return [
        Article(
            url=f"https://a.example/{first + number}",
            source="a",
            title=text[0][:60],
            text="\n".join([*text, *([line] if line else [])]),
            language="ar",
            fetched_at=NOW,
            published_at=NOW - timedelta(hours=6 * (count - number)),
            notes=notes,
        )
        for number, text in enumerate(outlet(count, seed=first))
    ]


def ended(work: Pass) -> None:
    work.ended(Outcome(source="a", ending=Ending.READ, entries=0, started_at=NOW, ended_at=NOW))


def test_what_was_stored_teaches_the_next_pass(store: Store, tmp_path: Path) -> None:
    work = begun(store, tmp_path, SOURCE, NOW)
    assert lessons.taught(store, [SOURCE], NOW) == [SOURCE]
    for article in articles(40, LINE):
        work.emit(article)
    (known,) = lessons.taught(store, [SOURCE], NOW)
    assert known.boilerplate == (LINE,)
    assert known.habits is not None
    assert known.habits.articles == 40
    assert lessons.taught(store, [SOURCE], NOW) == [known]  # from memory

    lessons.mark(store, "a", LINE, news=True)
    assert lessons.taught(store, [SOURCE], NOW)[0].boilerplate == ()
    lessons.mark(store, "a", LINE, news=False)
    lessons.forget(store, "a", NOW)
    (forgot,) = lessons.taught(store, [SOURCE], NOW)
    assert (forgot.boilerplate, forgot.habits) == ((LINE,), None)
    for article in articles(12, first=100):
        work.emit(article)
    assert lessons.taught(store, [SOURCE], NOW)[0].habits is None  # twelve are too few, and the forty are forgotten


def test_a_declared_line_stays_beside_the_learned_ones(store: Store, tmp_path: Path) -> None:
    declared = replace(SOURCE, boilerplate=("حرره فريقنا",))
    work = begun(store, tmp_path, declared, NOW)
    for article in articles(40, LINE):
        work.emit(article)
    assert lessons.taught(store, [declared], NOW)[0].boilerplate == ("حرره فريقنا", LINE)


def test_a_row_of_pages_that_cannot_be_read_is_a_broken_layout(store: Store, tmp_path: Path) -> None:
    work = begun(store, tmp_path, SOURCE, NOW)
    for article in articles(30):
        work.emit(article)
    (known,) = lessons.taught(store, [SOURCE], NOW)
    good = begun(store, tmp_path, known, NOW)
    for article in articles(10, first=50):
        good.emit(article)
    ended(good)
    ((title, record),) = lessons.layouts(store, [SOURCE])
    assert (title, record.verdicts) == ("نداء السهل", "." * 10)

    later = begun(store, tmp_path, known, NOW + timedelta(hours=1))
    for article in articles(2, first=70, notes=(FROM_FEED,)):
        later.emit(article)
    for number in range(2):
        later.missed("a", Entry(url=f"https://a.example/gone{number}"), Fate.UNREADABLE, "no text found")
    assert standing(lessons.layouts(store, [SOURCE])[0][1]) is None  # the source is not done
    ended(later)
    broken = standing(lessons.layouts(store, [SOURCE])[0][1])
    assert broken is not None
    assert (broken.articles, broken.since, broken.why) == (4, NOW + timedelta(hours=1), "no text found")


def test_people_see_it_and_can_take_it_back(tmp_path: Path) -> None:
    config = tmp_path / "config"
    assert rasid("init", tmp_path).returncode == 0
    (config / "sources.yaml").write_text(
        "sources:\n  - name: a\n    kind: feed\n    url: https://a.example/feed\n    title: نداء السهل\n", "utf-8"
    )
    assert "nothing yet" in rasid("-c", config, "learned").stdout
    with Store.open(f"sqlite:///{tmp_path}/var/rasid.db") as store:
        work = begun(store, tmp_path, SOURCE, NOW)
        for article in articles(40, LINE):
            work.emit(article)
        lessons.taught(store, [SOURCE], NOW)
    assert f"1. left out (in 40 stories of 11 days, since 2026-11-23): {LINE}" in rasid("-c", config, "learned").stdout
    assert "1. kept" in rasid("-c", config, "learned", "a", "--keep", "1").stdout
    assert json.loads(rasid("-c", config, "learned", "a", "--json").stdout)["a"]["standing"][0]["kept"] is True
    assert "1. left out" in rasid("-c", config, "learned", "a", "--drop", "1").stdout
    assert "characters" not in rasid("-c", config, "learned", "a", "--forget").stdout
    assert rasid("-c", config, "learned", "a", "--keep", "9").returncode == 2
    assert rasid("-c", config, "learned", "--keep", "1").returncode == 2
    assert rasid("-c", config, "learned", "b").returncode == 2
