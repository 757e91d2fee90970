"""Edited lists that are refused: what goes on being watched, who says so, and how it ends."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor import lastgood, lists, refusals
from monitor.cli import rasid
from storage.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIST = "title: المحتجزون\nrules:\n  - word: معتقل\nexamples:\n  match: [طالبت عائلات المعتقلين]\n"
SOURCES = "sources:\n  - {name: a, kind: feed, url: 'http://127.0.0.1:9/a', title: وكالة, enabled: false}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "packs").mkdir()
    (folder / "settings.yaml").write_text("contact: watch@rasid.org\ndigest: {formats: [markdown]}\n", encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "watchlists" / "held.yaml").write_text(LIST, encoding="utf-8")
    (folder / "packs" / "own.yaml").write_text("terms:\n  - name: النبك\n", encoding="utf-8")
    return folder


def run(config: Path, *arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"}).invoke(rasid, ["--config", str(config), *arguments])


def spoil(config: Path) -> None:
    (config / "watchlists" / "held.yaml").write_text(LIST.replace("title:", "titel:"), encoding="utf-8")


def mend(config: Path) -> None:
    (config / "watchlists" / "held.yaml").write_text(LIST + "# mended\n", encoding="utf-8")


# the copy


def test_a_copy_loads_like_the_folder_that_it_is_of(config: Path, tmp_path: Path) -> None:
    place, version = tmp_path / "lists", lastgood.version_of(config)
    assert lastgood.find(place) is None
    assert lastgood.keep(config, place, version)
    kept = lastgood.find(place)
    assert kept is not None
    assert kept.name == version
    assert lastgood.version_of(kept) == version
    (copied,), (own,) = lists.load(kept / "watchlists").lists, lists.load(config / "watchlists").lists
    assert (copied.id, copied.version, copied.rules) == (own.id, own.version, own.rules)
    assert (kept / "packs" / "own.yaml").read_bytes() == (config / "packs" / "own.yaml").read_bytes()


def test_what_was_edited_since_it_was_found_good_is_not_kept(config: Path, tmp_path: Path) -> None:
    version = lastgood.version_of(config)
    spoil(config)
    assert not lastgood.keep(config, tmp_path / "lists", version)
    assert lastgood.find(tmp_path / "lists") is None


def test_a_copy_that_was_cut_short_never_counts(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "lists"
    lastgood.keep(config, place, first := lastgood.version_of(config))
    mend(config)
    real, calls = os.fsync, iter(range(99))

    def full(handle: int) -> None:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(lastgood.LastGoodError, match="No space left on device"):
        lastgood.keep(config, place, lastgood.version_of(config))
    kept = lastgood.find(place)
    assert kept is not None
    assert kept.name == first
    lists.load(kept / "watchlists")


def test_old_copies_go_and_the_one_that_counts_stays(config: Path, tmp_path: Path) -> None:
    place = tmp_path / "lists"
    for number in range(7):
        (config / "watchlists" / "held.yaml").write_text(f"{LIST}# {number}\n", encoding="utf-8")
        assert lastgood.keep(config, place, lastgood.version_of(config))
    kept = lastgood.find(place)
    assert kept is not None
    assert (kept / "watchlists" / "held.yaml").read_text(encoding="utf-8").endswith("# 6\n")
    assert len([path for path in place.iterdir() if path.is_dir()]) <= 3


@pytest.mark.parametrize("current", ["", "..", "../..", "nosuch", "\udcff", "abc/def"])
def test_a_spoilt_pointer_points_to_nothing(tmp_path: Path, current: str) -> None:
    (tmp_path / "watchlists").mkdir()
    place = tmp_path / "var" / "lists"
    place.mkdir(parents=True)
    (place / "current").write_bytes(current.encode("utf-8", "surrogateescape"))
    assert lastgood.find(place) is None


# what is remembered


def test_a_refusal_lasts_from_the_first_pass_to_the_one_that_loads() -> None:
    told = refusals.refused([], ["a.yaml:1:1: x"], "abc", NOON)
    told = refusals.refused(told, ["a.yaml:2:2: y"], "abc", NOON + HOUR)
    assert refusals.read(refusals.written(told)) == told
    (one,) = told
    assert (one.since, one.until, one.what) == (NOON, None, ("a.yaml:2:2: y",))
    assert refusals.standing(told) == one
    told = refusals.mended(told, NOON + 3 * HOUR)
    assert refusals.standing(told) is None
    assert refusals.mended(told, NOON + 9 * HOUR) == told
    again = refusals.refused(told, ["b.yaml:1:1: z"], "", NOON + 5 * HOUR)
    assert [one.kept for one in again] == ["abc", ""]
    assert refusals.read(None) == []
    assert refusals.read({}) == []


def test_the_digest_of_a_day_says_what_was_refused_on_that_day() -> None:
    told = refusals.mended(refusals.refused([], ["a.yaml:1:1: x"], "abc", NOON), NOON + HOUR)
    told = refusals.refused(told, ["b.yaml:1:1: y"], "", NOON + 48 * HOUR)
    day = timedelta(days=1)
    first = refusals.notes(told, NOON - HOUR, NOON - HOUR + day, "Asia/Damascus")
    assert len(first) == 2
    assert "من 2026-11-23 15:00 إلى 2026-11-23 16:00" in first[0]
    assert first[1] == "a.yaml:1:1: x"
    assert refusals.notes(told, NOON + day, NOON + day + HOUR, "Asia/Damascus") == []
    assert "فلم يُرصد شيء" in refusals.notes(told, NOON + 3 * day, NOON + 4 * day, "Asia/Damascus")[0]


# the commands


def test_a_person_is_refused_and_the_service_goes_on_with_the_last_good_lists(config: Path) -> None:
    assert "no source is due" in run(config, "crawl").output
    spoil(config)
    by_hand = run(config, "crawl")
    assert isinstance(by_hand.exception, lists.ConfigError)
    assert "refused" not in run(config, "status").output
    served = run(config, "crawl", "--last-good")
    assert served.exit_code == 0, served.exception
    said = run(config, "status").output
    assert "The edited watch lists are refused since" in said
    assert "held.yaml:1:1: unknown key `titel`" in said
    assert json.loads(run(config, "status", "--json").output)["refused_lists"]["kept"]
    shown = run(config, "digest", "--today", "--last-good")
    assert shown.exit_code == 0, shown.exception
    digest = Path(shown.output.split()[0]).read_text(encoding="utf-8")
    assert "لم تُقبل قوائم الرصد المعدّلة" in digest
    assert "unknown key" in digest

    mend(config)
    assert run(config, "crawl").exit_code == 0
    assert "refused" not in run(config, "status").output
    assert json.loads(run(config, "status", "--json").output)["refused_lists"] is None
    ended = Path(run(config, "digest", "--today").output.split()[0]).read_text(encoding="utf-8")
    assert "لم تُقبل قوائم الرصد المعدّلة" in ended  # of that day it stays true
    kept = lastgood.find(config.parent / "var" / "lists")
    assert kept is not None
    assert kept.name == lastgood.version_of(config)


def test_with_no_copy_it_is_refused_and_said_that_nothing_is_watched(config: Path) -> None:
    spoil(config)
    assert isinstance(run(config, "crawl", "--last-good").exception, lists.ConfigError)
    assert "nothing is watched" in run(config, "status").output


def test_a_copy_that_is_refused_too_is_not_used(config: Path) -> None:
    run(config, "crawl")
    spoil(config)
    kept = lastgood.find(config.parent / "var" / "lists")
    assert kept is not None
    (kept / "watchlists" / "held.yaml").write_text("rules: 7\n", encoding="utf-8")
    assert isinstance(run(config, "crawl", "--last-good").exception, lists.ConfigError)
    assert "nothing is watched" in run(config, "status").output


def test_lists_that_are_gone_are_a_refusal_and_no_silence(config: Path) -> None:
    run(config, "crawl")
    shutil.rmtree(config / "watchlists")
    assert run(config, "crawl", "--last-good").exit_code == 0
    assert "there is no such folder" in run(config, "status").output


def test_a_place_that_cannot_be_written_stops_no_pass(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    var = config.parent / "var"
    var.mkdir()
    (var / "lists").write_text("in the way", encoding="utf-8")
    assert run(config, "crawl").exit_code == 0
    assert "could not be kept as the last good ones" in caplog.text
    Store.open(f"sqlite:///{var / 'rasid.db'}").close()
