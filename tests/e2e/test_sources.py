"""``rasid sources`` by the real command over the newsroom: every kind of source, and everything that can ail one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.errors import RasidError
from monitor.cli import rasid as command
from tests.e2e.running import ROOT, configure, opened, rasid
from tests.newsroom.outlets import OUTLETS
from tests.newsroom.running import Newsroom, newsroom

GOOD = ("alyasmin", "nidaa", "khabur", "baydar", "fanar", "minbar")
BAD = ("manara", "jisr", "sour", "rahba", "qalaa")


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


def quick(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same command in this process: to start one takes a second, and what goes out does so in a child of its own anyway."""
    done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"}).invoke(command, ["--config", str(config), *arguments])
    if isinstance(done.exception, RasidError):
        return subprocess.CompletedProcess(arguments, 2, done.stdout, str(done.exception))
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def declared(config: Path) -> list[str]:
    return [
        line.split(": ")[1] for line in (config / "sources.yaml").read_text("utf-8").splitlines() if "name: " in line
    ]


def test_a_check_of_all_says_what_can_be_relied_on_and_stores_nothing(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of(*GOOD, *BAD))
    path = config / "sources.yaml"
    path.write_text(path.read_text("utf-8").replace("kind: sitemap", "kind: sitemap   # kept"), "utf-8")
    done = rasid(config, "sources", "check", "--record", "--json")
    assert done.returncode == 4, done.stderr
    told = {one["source"]: one for one in json.loads(done.stdout)}
    assert {name: told[name]["verdict"] for name in told} == dict.fromkeys(GOOD, "ok") | dict.fromkeys(BAD, "failed")
    for name in GOOD:
        assert 1 <= len(told[name]["articles"]) <= 3, name
        assert all(one["text"] and one["language"] == "ar" for one in told[name]["articles"]), name
        assert told[name]["robots"] == {"allowed": True, "delay": None}
    assert told["sour"]["robots"]["allowed"] is False
    assert all(len(told[name]["why"]) == 2 for name in BAD)
    today = f"verified: {datetime.now(UTC).date()}"
    text = path.read_text("utf-8")
    assert text.count(today) == len(GOOD)
    assert text.count("verified:") == len(GOOD)
    assert "kind: sitemap   # kept" in text
    with opened(config) as store:
        assert not any(store.counts().values())
        assert store.sources() == []
        assert store.recall("host 127.0.0.15") is not None  # it asked to be left alone: the next pass will
        assert store.recall("robots http://127.0.0.12") is None
    shown = rasid(config, "sources")
    assert shown.returncode == 0
    assert f"{len(BAD)} were never verified" in shown.stdout
    asked = [request.target for request in room.requests("rahba")]
    assert not [request for request in room.requests() if request.host == "127.0.0.30"]
    assert asked


def test_a_check_of_one_shows_all_that_was_understood(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of("nidaa", "qalaa"))
    done = rasid(config, "sources", "check", "nidaa")
    assert done.returncode == 0, done.stderr
    for part in ("nidaa: ok", "robots.txt allowed", "18 with a time", "+0300", "from metadata", "some 1", "goes back"):
        assert part in done.stdout, part
    assert rasid(config, "sources", "check", "nidaa", "--try", "--strict").returncode == 4  # one of its pages is broken
    assert quick(config, "sources", "off", "nidaa").returncode == 0
    assert "1 to read, 1 switched off, 1 never verified" in quick(config, "check").stdout
    assert "`nidaa` is not read already" in quick(config, "sources", "off", "nidaa").stdout
    wrong = rasid(config, "sources", "check", "nida")
    assert wrong.returncode == 2
    assert "no source `nida`; did you mean `nidaa`?" in wrong.stderr


def test_the_table_tells_of_passes_that_were(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of("minbar", "sour"))
    assert rasid(config, "crawl").returncode == 0
    rows = {row["name"]: row for row in json.loads(quick(config, "sources", "--json").stdout)}
    assert rows["minbar"]["new_per_day"] > 0
    assert rows["minbar"]["ended"] == "read"
    assert rows["minbar"]["verified"] is None
    assert (rows["sour"]["in_trouble"], rows["sour"]["last_read_at"]) == (1, None)
    trouble = quick(config, "sources", "--trouble")
    assert "sour" in trouble.stdout
    assert "minbar" not in trouble.stdout
    configure(tmp_path, room.sources_of("sour"))
    assert "(no longer declared)" in quick(config, "sources").stdout


@pytest.mark.parametrize(
    ("outlet", "entrance", "kind"),
    [
        ("nidaa", "/", "feed"),
        ("alyasmin", "/section.asp?cat=0", "section"),
        ("baydar", "/", "wordpress"),
        ("fanar", "/", "sitemap"),
        ("minbar", "/s/minbar_news", "telegram"),
    ],
)
def test_a_site_is_added_by_its_best_entrance(
    room: Newsroom, tmp_path: Path, outlet: str, entrance: str, kind: str
) -> None:
    config = configure(tmp_path, ())
    before = "# mine, and it stays\nsources:\n"
    (config / "sources.yaml").write_text(before, "utf-8")
    url = room.bases[outlet] + entrance
    more = ("--allow-address", f"{OUTLETS[outlet].host}/32", "--affiliation", "press", "--scope", "syria")
    done = (rasid if kind == "feed" else quick)(config, "sources", "add", url, "--name", "mine", "--yes", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    text = (config / "sources.yaml").read_text("utf-8")
    assert text.startswith(before)
    for line in (
        "name: mine",
        f"kind: {kind}",
        "affiliation: press",
        "scope: syria",
        f"title: {OUTLETS[outlet].title}",
    ):
        assert line in text
    if kind not in ("feed", "telegram"):  # a site and a channel are enough for that
        return
    again = quick(config, "sources", "add", url, "--yes", *more)
    assert again.returncode == 2
    assert "`mine` reads" in again.stderr
    assert (config / "sources.yaml").read_text("utf-8") == text


def test_what_cannot_be_added_says_why_and_is_not_written(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of("nidaa"))
    before = (config / "sources.yaml").read_bytes()
    for outlet, said in (("qalaa", "a bot wall"), ("sour", "robots.txt"), ("manara", "refused the connection")):
        more = ("--allow-address", f"{OUTLETS[outlet].host}/32")
        done = quick(config, "sources", "add", room.bases[outlet] + "/", "--yes", *more)
        assert done.returncode == 4, outlet
        assert said in done.stdout + done.stderr
    unguarded = quick(config, "sources", "add", room.bases["khabur"] + "/", "--yes")
    assert unguarded.returncode == 4
    assert "not a public address" in unguarded.stdout + unguarded.stderr
    for words, said in (
        (("https://user:pw@a.example/",), "password"),
        (("ftp://a.example/",), "begins with https:// or http://"),
        ((room.bases["nidaa"], "--name", "nidaa"), "the name `nidaa` is taken"),
        (("https://outside.example/",), "set `contact:`"),
    ):
        done = quick(config, "sources", "add", *words, "--yes")
        assert done.returncode == 2, words
        assert said in done.stderr
    assert (config / "sources.yaml").read_bytes() == before


def test_a_host_that_asks_for_rest_is_left_alone_by_the_next_addition_too(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources_of("nidaa"))
        words = ("sources", "add", f"{room.bases['jisr']}/", "--yes", "--allow-address", "127.0.0.15/32")
        assert quick(config, *words).returncode == 4
        asked = [request.target for request in room.requests("jisr")]
        assert asked == ["/robots.txt", "/"]  # and none of its other entrances
        again = quick(config, *words)
        assert again.returncode == 4
        assert "asked to wait until" in again.stdout
        assert [request.target for request in room.requests("jisr")] == asked


def test_an_addition_is_shown_first_and_without_a_person_needs_a_yes(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of("nidaa"))
    before = (config / "sources.yaml").read_bytes()
    url, more = room.bases["minbar"] + "/s/minbar_news", ("--allow-address", "127.0.0.23/32")
    done = quick(config, "sources", "add", url, "--dry-run", *more)
    assert done.returncode == 0, done.stderr
    assert "  - name: '127-0-0-23'\n    kind: telegram\n" in done.stdout
    asked = quick(config, "sources", "add", url, *more)
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert (config / "sources.yaml").read_bytes() == before


def test_a_list_travels_as_opml(room: Newsroom, tmp_path: Path) -> None:
    here, there = configure(tmp_path / "a", room.sources_of(*GOOD)), configure(tmp_path / "b", room.sources_of("nidaa"))
    file = tmp_path / "list.opml"
    assert quick(here, "sources", "export", str(file)).returncode == 0
    assert quick(here, "sources", "export", str(file)).returncode == 2
    assert quick(here, "sources", "export", "-").stdout.startswith("<?xml")
    shown = quick(there, "sources", "import", str(file), "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert declared(there) == ["nidaa"]
    done = quick(there, "sources", "import", str(file))
    assert done.returncode == 0, done.stderr
    assert sorted(declared(there)) == sorted(GOOD)
    assert "5 sources written" in done.stdout
    assert "1 are read already" in done.stdout
    assert "0 sources written" in quick(there, "sources", "import", str(file)).stdout
    assert quick(there, "check").returncode == 0
    file.write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><opml/>", "utf-8")
    bad = rasid(there, "sources", "import", str(file))
    assert bad.returncode == 2
    assert "list.opml: it declares entities" in bad.stderr


def test_the_shell_completes_names_of_sources(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of("nidaa", "naoura", "sour"))
    for words in (f"rasid -c {config} sources check n", f"rasid -c {config} crawl -s n"):
        asking = {"_RASID_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        done = subprocess.run(
            [sys.executable, "-m", "monitor"], env={**os.environ, **asking}, cwd=ROOT, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert sorted(line.split(",")[1] for line in done.stdout.splitlines()) == ["naoura", "nidaa"], done.stderr
