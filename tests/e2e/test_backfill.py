"""An archive read into a store: our own captures of the newsroom, read by another Rasid that never went out."""

import json
import shutil
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.notes import ARCHIVED, FROM_FEED, WHOLE
from storage.records import StoredArticle
from storage.store import Store
from tests.e2e.running import command, configure, opened, rasid
from tests.newsroom.running import newsroom
from tests.warcs import Answer, warc


def told(store: Store) -> dict[str, tuple[StoredArticle, set[tuple[str, str]]]]:
    """Everything that is stored, by its address, with its flags."""
    every = [one for some in store.past() for one in some]
    flags = store.flags_by_article([one.id for one in every])
    return {one.article.url: (one, {(flag.list, flag.rule) for flag in flags.get(one.id, ())}) for one in every}


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration that has made a pass over the newsroom; its captures are the archive."""
    folder = tmp_path_factory.mktemp("first")
    with newsroom() as room:
        config = configure(folder, room.sources, settings="contact: test@example.org\n")
        assert rasid(config, "crawl").returncode == 0
    return config


@pytest.fixture
def other(archived: Path, tmp_path: Path) -> Path:
    """The same lists and sources, and an empty store."""
    shutil.copytree(archived, tmp_path / "config")
    return tmp_path / "config"


def test_the_same_articles_are_flagged_for_the_same_reasons(archived: Path, other: Path) -> None:
    said = rasid(other, "backfill", str(archived.parent / "var" / "captures"))
    assert said.returncode == 0, said.stderr
    with opened(archived) as there, opened(other) as here:
        first, again = told(there), told(here)
        from_pages = {
            url: one for url, one in first.items() if one[1] and not {WHOLE, FROM_FEED} & set(one[0].article.notes)
        }
        assert len(from_pages) > 15
        assert again.keys() == from_pages.keys()
        for url, (stored, flags) in from_pages.items():
            mine, found = again[url]
            assert found == flags
            assert (mine.article.title, mine.article.text) == (stored.article.title, stored.article.text)
            assert any(note.startswith(ARCHIVED) for note in mine.article.notes)
            assert abs(mine.article.fetched_at - stored.article.fetched_at) < timedelta(seconds=1)
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        assert here.flagged(until=tomorrow) == []  # no digest takes them
        assert here.passes() == []
        assert here.first_pass_at(tomorrow) is None
        assert here.looking.unscheduled(datetime.now(UTC) - timedelta(days=1)) == {}


def test_a_second_run_changes_nothing_and_other_lists_read_it_anew(archived: Path, other: Path) -> None:
    captures = str(archived.parent / "var" / "captures")
    assert rasid(other, "backfill", captures).returncode == 0
    with opened(other) as store:
        before = store.counts()
    again = rasid(other, "backfill", captures, "--json")
    report = json.loads(again.stdout)
    assert report["ended"]
    assert set(report["counts"]) == {"read before"}
    assert json.loads(rasid(other, "backfill", captures, "--json", "--again").stdout)["counts"]["known"] > 15
    (other / "watchlists" / "astana.yaml").write_text(
        "title: حمص\nrules:\n  - name: حمص\nexamples:\n  match: [وصلت قافلة إلى حمص]\n  ignore: [وصلت قافلة إلى حماة]\n",
        encoding="utf-8",
    )
    with opened(other) as store:
        assert store.counts()["articles"] == before["articles"]
    assert "read before" not in rasid(other, "backfill", captures).stdout


def test_everything_and_into_the_digest_when_asked(archived: Path, other: Path) -> None:
    captures = str(archived.parent / "var" / "captures")
    assert rasid(other, "backfill", captures, "--all", "--digest").returncode == 0
    with opened(other) as store:
        counts = store.counts()
        assert counts["articles"] > counts["flagged"] > 15
        assert len(store.flagged(until=datetime.now(UTC) + timedelta(days=1))) == counts["flagged"]


def test_what_is_killed_goes_on_where_it_was(other: Path, tmp_path: Path) -> None:
    text = "<html lang=ar><body><article><h1>المعتقلون {n} في السجن</h1><p>{text}</p></article></body></html>"
    line = "طالبت عائلات المعتقلين رقم {n} بالكشف عن مصير أبنائها في سجون المدينة القديمة بعد سنوات من الغياب. "
    answers = [
        Answer(url=f"https://paper.example/news/{n}", body=text.format(n=n, text=line.format(n=n) * 3).encode())
        for n in range(400)
    ]
    warc(tmp_path / "a.warc.gz", answers)
    running = subprocess.Popen(command(other, "backfill", "--all", str(tmp_path / "a.warc.gz")), stdout=subprocess.PIPE)
    try:
        while running.poll() is None:
            with opened(other) as store:
                if store.counts()["articles"] > 50:
                    break
        running.send_signal(signal.SIGKILL)
    finally:
        running.wait()
        assert running.stdout is not None
        running.stdout.close()
    said = rasid(other, "backfill", "--all", str(tmp_path / "a.warc.gz"), "--json")
    assert said.returncode == 0, said.stderr
    report = json.loads(said.stdout)
    with opened(other) as store:
        assert store.counts()["articles"] == 400
    assert report["records"] == 400


def test_trouble_is_named_and_costs_the_others_nothing(other: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    body = "<html lang=ar><article><h1>المعتقلون في السجن</h1><p>" + "طالبت عائلات المعتقلين بالكشف عن مصيرهم. " * 5
    warc(folder / "b.warc.gz", [Answer(url="https://paper.example/news/1", body=body.encode())])
    (folder / "a.warc.gz").write_bytes(b"<html>no archive</html>")
    said = rasid(other, "backfill", str(folder))
    assert said.returncode == 4
    assert "a.warc.gz" in said.stdout
    assert "no WARC file" in said.stdout
    with opened(other) as store:
        assert store.counts()["articles"] == 1
        stored = store.article_at("https://paper.example/news/1")
        assert stored is not None
        assert stored.article.source == "paper.example"
    assert rasid(other, "backfill", str(tmp_path / "nowhere")).returncode == 2
    (tmp_path / "empty").mkdir()
    assert "no WARC file" in rasid(other, "backfill", str(tmp_path / "empty")).stderr


def test_an_archive_at_an_address_is_fetched_past_the_guard_only_where_it_may(other: Path, tmp_path: Path) -> None:
    settings = other / "settings.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("contact: test@example.org", 'contact: "me@example.org"')
    )
    said = rasid(other, "backfill", "http://10.0.0.1/a.warc.gz")
    assert said.returncode == 2
    assert "private" in said.stderr
    assert rasid(other, "backfill", "http://2130706433:9/a.warc.gz").returncode == 2
