"""The command line without going out: exit codes, messages, and what the commands show of a store."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from crawler.article import Entry
from crawler.outcome import Ending, Fate, Gap, Outcome
from storage.store import Store
from tests.stores.making import NOW, article, flag, put

ROOT = Path(__file__).parents[2]

SETTINGS = "contact: watch@rasid.org\n"
SOURCES = """\
sources:
  - name: a
    kind: feed
    url: http://127.0.0.1:9/feed
    title: وكالة الاختبار
    allow_addresses: [127.0.0.1/32]
"""
LIST = """\
title: المعتقلون
rules:
  - word: معتقل
examples:
  match: [طالبت عائلات المعتقلين بالكشف عن مصيرهم]
  ignore: [افتتح معرض الزهور في دمشق]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = tmp_path / "config"
    (config / "watchlists").mkdir(parents=True)
    (config / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (config / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (config / "watchlists" / "detainees.yaml").write_text(LIST, encoding="utf-8")
    return config


def rasid(*arguments: object, config: Path | None = None) -> subprocess.CompletedProcess[str]:
    chosen = ["--config", str(config)] if config else []
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "monitor", *chosen, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )


def test_help_names_every_command() -> None:
    said = rasid("--help")
    assert said.returncode == 0
    assert all(name in said.stdout for name in ("check", "crawl", "digest", "init", "run", "show", "status"))
    assert rasid("--version").stdout.startswith("rasid, version ")


def test_help_says_whole_sentences_and_options_are_called_alike() -> None:
    from monitor.cli import rasid as root

    def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
        yield path, command
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                yield from walk(inner, f"{path} {name}")

    said: dict[str, str] = {}
    for path, command in walk(root, "rasid"):
        if isinstance(command, click.Group) and path in ("rasid", "rasid sources"):
            room = 78 - 6 - max(map(len, command.commands))
            assert [n for n, c in command.commands.items() if c.get_short_help_str(room).endswith("...")] == [], path
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert option.help, (path, option.opts)
                assert option.help.endswith((".", ":")), (path, option.opts)
            if isinstance(option, click.Option) and "--json" in option.opts:
                assert said.setdefault("--json", option.help or "") == option.help


def test_an_error_is_said_in_one_line_and_with_what_to_do(tmp_path: Path) -> None:
    misspelled = rasid("sorces")
    assert misspelled.returncode == 2
    assert misspelled.stderr.startswith("rasid: No such command 'sorces'")
    assert "`rasid -h` shows" in misspelled.stderr
    assert "Usage:" not in misspelled.stderr
    missing = rasid("sources", config=tmp_path / "nowhere")
    assert missing.returncode == 2
    assert len(missing.stderr.splitlines()) == 1
    assert "`rasid init` writes a first configuration" in missing.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["crawl", "--nosuch"],
        ["nosuch"],
        ["digest", "--day", "yesterday"],
        ["digest", "--day", "2020-01-01", "--today"],
        ["digest", "--day", "2999-01-01"],
        ["crawl", "--source", "nosuch"],
        ["show", "77"],
        ["show", "https://a.example/nothing"],
    ],
)
def test_usage_ends_with_2_and_says_what_is_wrong(folder: Path, wrong: list[str]) -> None:
    said = rasid(*wrong, config=folder)
    assert said.returncode == 2
    assert said.stderr.startswith("rasid: ")
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("command", ["check", "crawl", "digest", "run", "status"])
def test_a_wrong_configuration_ends_with_2_and_names_file_and_line(folder: Path, command: str) -> None:
    (folder / "watchlists" / "detainees.yaml").write_text(LIST.replace("title:", "titel:"), encoding="utf-8")
    (folder / "settings.yaml").write_text("contakt: a@b.org\n", encoding="utf-8")
    said = rasid(command, config=folder)
    assert said.returncode == 2
    assert "settings.yaml:1:1: " in said.stderr
    assert "contact" in said.stderr
    assert "Traceback" not in said.stderr


def test_no_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    said = rasid("crawl", config=tmp_path / "nosuch")
    assert said.returncode == 2
    assert "rasid init" in said.stderr


def test_a_store_that_is_none_ends_with_3(folder: Path) -> None:
    var = folder.parent / "var"
    var.mkdir()
    (var / "rasid.db").write_bytes(b"no database" * 1000)
    said = rasid("status", config=folder)
    assert said.returncode == 3
    assert "rasid.db: it is not a store of Rasid" in said.stderr
    assert "Traceback" not in said.stderr


def test_going_out_needs_a_contact(folder: Path) -> None:
    (folder / "settings.yaml").write_text("{}\n", encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES.replace("127.0.0.1:9", "a.example"), encoding="utf-8")
    said = rasid("crawl", config=folder)
    assert said.returncode == 2
    assert "contact:" in said.stderr


def test_init_then_check(tmp_path: Path) -> None:
    made = rasid("init", tmp_path / "my")
    assert made.returncode == 0, made.stderr
    assert "contact" in made.stdout
    checked = rasid("check", config=tmp_path / "my" / "config")
    assert checked.returncode == 0, checked.stderr
    assert "watch list astana" in checked.stdout
    assert "before going out: set `contact:`" in checked.stdout
    again = rasid("init", tmp_path / "my")
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.fixture
def filled(folder: Path) -> Path:
    with Store.open(f"sqlite:///{folder.parent / 'var' / 'rasid.db'}") as store:
        number = store.begin_pass(NOW)
        first = put(
            store, article("https://a.example/1", title="عنوان\u202eمقلوب\x1b[31m"), flags=(flag(),), pass_id=number
        )
        assert first is not None
        put(store, article("https://b.example/1", source="b"), same_as=first.id, share=1.0, pass_id=number)
        store.missed(
            "a",
            Entry(url="https://a.example/x", title="مشاهدات"),
            Fate.UNREADABLE,
            "nothing that can be called an article",
            NOW,
        )
        store.record(
            number,
            Outcome(
                source="a",
                ending=Ending.FAILED,
                why="connection refused",
                started_at=NOW,
                ended_at=NOW + timedelta(seconds=3),
            ),
            due_at=datetime.now(UTC) + timedelta(hours=2),
        )
        store.end_pass(number, NOW + timedelta(seconds=9))
    return folder


def test_status_says_what_is_there(filled: Path) -> None:
    said = rasid("status", config=filled)
    assert said.returncode == 0, said.stderr
    assert "2 articles, 1 retold, 1 flagged" in said.stdout
    assert "failed: connection refused" in said.stdout
    assert "وكالة الاختبار" in said.stdout


def test_status_names_gaps_and_sources_that_are_unusually_silent(filled: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=9)
    gap = Gap(since=NOW, until=NOW + timedelta(hours=3), filled=False, why="it shows nothing older")
    ended = Outcome(source="a", ending=Ending.READ, started_at=long_ago, ended_at=datetime.now(UTC), gap=gap)
    with Store.open(f"sqlite:///{filled.parent / 'var' / 'rasid.db'}") as store:
        heard = [long_ago - timedelta(hours=2 * n) for n in range(20)]
        store.record(store.begin_pass(NOW), ended, due_at=datetime.now(UTC), heard=heard, rhythm=timedelta(hours=1))
    said = rasid("status", config=filled).stdout
    assert "gap in a: between " in said
    assert "(it shows nothing older)" in said
    assert "usually every 2 h" in said
    state = json.loads(rasid("status", "--json", config=filled).stdout)
    assert [one["why"] for one in state["gaps"]] == ["it shows nothing older"]
    assert state["sources"][0]["rhythm"] == 3600


def test_status_for_programs(filled: Path) -> None:
    state = json.loads(rasid("status", "--json", config=filled).stdout)
    assert state["counts"]["articles"] == 2
    assert state["sources"][0]["last"]["why"] == "connection refused"
    assert datetime.fromisoformat(state["last_pass"]["started_at"]) == NOW


@pytest.mark.parametrize("what", ["1", "https://a.example/1", "https://a.example/1?utm_source=x#top"])
def test_show_says_why_it_was_flagged_and_who_else_told_it(filled: Path, what: str) -> None:
    said = rasid("show", what, config=filled)
    assert said.returncode == 0, said.stderr
    assert "detainees (high), rule معتقلين: المعتقلين" in said.stdout
    assert "b, 2: https://b.example/1" in said.stdout
    assert "\x1b" not in said.stdout
    assert "\u202e" not in said.stdout


def test_show_explains_a_story(filled: Path) -> None:
    said = rasid("show", "--story", "2", config=filled)
    assert said.returncode == 0, said.stderr
    assert "first told by a" in said.stdout
    assert "told again by b" in said.stdout
    assert "of its words stand in runs of the first telling" in said.stdout
    assert "\u202e" not in said.stdout


def test_show_says_what_became_of_an_entry(filled: Path) -> None:
    said = rasid("show", "https://a.example/x", config=filled)
    assert said.returncode == 0
    assert "unreadable" in said.stdout
    assert "nothing that can be called an article" in said.stdout


def test_nothing_due_is_no_trouble(filled: Path) -> None:
    said = rasid("crawl", config=filled)
    assert said.returncode == 0
    assert "no source is due" in said.stdout


def test_digests_of_every_finished_day_once(folder: Path) -> None:
    began = datetime.now(UTC) - timedelta(days=2)
    with Store.open(f"sqlite:///{folder.parent / 'var' / 'rasid.db'}") as store:
        number = store.begin_pass(began)
        put(store, article("https://a.example/1"), flags=(flag(),), pass_id=number, now=began)
        store.end_pass(number, began)
    made = rasid("digest", config=folder)
    assert made.returncode == 0, made.stderr
    written = sorted((folder.parent / "var" / "digests").glob("20*.md"))
    assert len(written) == 2
    assert "ذوو المعتقلين يطالبون" in written[0].read_text(encoding="utf-8")
    assert "ذوو المعتقلين يطالبون" not in written[1].read_text(encoding="utf-8")
    assert "no digest is missing" in rasid("digest", config=folder).stdout
    so_far = rasid("digest", "--today", config=folder)
    assert "so-far.html" in so_far.stdout


def test_status_for_monitors(filled: Path) -> None:
    assert rasid("status", "--check", config=filled).returncode == 2  # digests are due
    assert rasid("digest", config=filled).returncode == 0
    said = rasid("status", "--check", config=filled)
    assert said.returncode == 0, said.stdout
    assert said.stdout.startswith("RASID OK - ")
    assert " | trouble=1 " in said.stdout
    with Store.open(f"sqlite:///{filled.parent / 'var' / 'rasid.db'}") as store:
        store.upkeep.put_off(["a"], datetime.now(UTC) - timedelta(hours=3))
    late = rasid("status", "--check", config=filled)
    assert late.returncode == 2
    assert "no service is running" in late.stdout
    (filled.parent / "var" / "rasid.db").write_bytes(b"no database" * 1000)
    assert rasid("status", "--check", config=filled).returncode == 2
    (filled / "settings.yaml").write_text("contakt: x", encoding="utf-8")
    assert rasid("status", "--check", config=filled).returncode == 3


def test_doctor_says_what_ails_a_set_up(folder: Path) -> None:
    well = rasid("doctor", config=folder)
    assert well.returncode == 0, well.stdout
    assert "ok      sqlite: " in well.stdout
    (folder / "watchlists" / "detainees.yaml").write_text("titel: x", encoding="utf-8")
    ill = rasid("doctor", "--json", config=folder)
    assert ill.returncode == 1
    assert "watch lists" in [one["name"] for one in json.loads(ill.stdout) if one["level"] == "CRITICAL"]
    (folder / "settings.yaml").write_text("contakt: x", encoding="utf-8")
    worse = rasid("doctor", config=folder)
    assert worse.returncode == 1
    assert "FAULT   configuration: " in worse.stdout


def test_a_pass_for_programs(filled: Path) -> None:
    said = rasid("--log-format", "json", "crawl", "--all", config=filled)
    assert said.returncode == 0, said.stderr
    events = [json.loads(line) for line in said.stderr.splitlines()]
    (ended,) = [event for event in events if event.get("event") == "source"]
    assert (ended["source"], ended["ending"]) == ("a", "failed")
    assert events[-1]["event"] == "pass"
    assert said.stdout == ""
