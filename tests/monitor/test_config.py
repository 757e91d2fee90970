"""Settings and sources: what may be written, what it becomes, and what is said of the rest."""

import dataclasses
from datetime import time, timedelta
from pathlib import Path

import pytest

from crawler.fetching import Fetching
from monitor import config, sourcefile, starter
from monitor.config import ConfigError
from tests.monitor.configuring import load, source, wrong

# --- settings ---


def test_an_empty_file_gives_every_default(tmp_path: Path) -> None:
    settings = load(tmp_path / "config").settings
    assert settings.zone == "Asia/Damascus"
    assert settings.schedule.crawl == timedelta(minutes=5)
    assert settings.schedule.digest == time(6, 0)
    assert settings.digest.formats == ("html", "markdown")
    assert settings.pass_limit == timedelta(minutes=30)
    assert settings.contact == ""


def test_the_shipped_settings_say_the_defaults(tmp_path: Path) -> None:
    text = (config.shipped() / "settings.yaml").read_text(encoding="utf-8")
    assert load(tmp_path / "config", text).settings == load(tmp_path / "config").settings


def test_what_is_written_is_used(tmp_path: Path) -> None:
    loaded = load(
        tmp_path / "config",
        "contact: desk@rasid.org\nzone: Europe/Berlin\nschedule: {crawl: 90s, digest: 7:30}\n"
        "fetching: {delay: 500ms, max_bytes: 2 MiB, concurrency: 4, timeout: 1m, readers: 1, read_limit: 10s}\n"
        "digest: {formats: [markdown]}\npass_limit: 1h30m\n",
    )
    settings = loaded.settings
    assert (settings.zone, settings.schedule.digest) == ("Europe/Berlin", time(7, 30))
    assert settings.schedule.crawl == timedelta(seconds=90)
    assert settings.pass_limit == timedelta(minutes=90)
    assert loaded.fetching() == Fetching(
        user_agent=loaded.user_agent,
        delay=0.5,
        concurrency=4,
        timeout=60.0,
        max_bytes=2 * 2**20,
        readers=1,
        read_limit=10.0,
        time_limit=5400 * 0.9,
    )
    assert loaded.user_agent.endswith("(+desk@rasid.org)")
    with pytest.raises(ValueError, match="frozen"):
        settings.zone = "UTC"


def test_the_defaults_are_those_of_the_engine(tmp_path: Path) -> None:
    loaded = load(tmp_path / "config")
    assert dataclasses.replace(loaded.fetching(), time_limit=None) == Fetching(user_agent=loaded.user_agent)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), ("1h30m", 5400), ("1h 30m", 5400), ("1.5h", 5400)],
)
def test_durations(tmp_path: Path, written: str, seconds: float) -> None:
    assert load(tmp_path, f"pass_limit: {written}").settings.pass_limit == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("written", "size"),
    [("5 MiB", 5 * 2**20), ("5MB", 5_000_000), ("500 kb", 500_000), ("1000", 1000), ("64 KiB", 65536)],
)
def test_sizes(tmp_path: Path, written: str, size: int) -> None:
    assert load(tmp_path, f"fetching: {{max_bytes: {written}}}").settings.fetching.max_bytes == size


@pytest.mark.parametrize(
    ("settings", "line", "column", "says"),
    [
        ("contakt: a@b.org", 1, 1, "unknown key `contakt`; did you mean `contact`? known: contact, zone"),
        ("storage:\n  urll: x", 2, 3, "unknown key `urll`; did you mean `url`? known: url"),
        ("zone: asia/damascus", 1, 7, "did you mean `Asia/Damascus`?"),
        ("zone: Damascus", 1, 7, "did you mean `Asia/Damascus`?"),
        ("zone: ../../etc/passwd", 1, 7, "is not a time zone"),
        ("zone: 3", 1, 7, "`zone`: text is expected; put it in quotes, not `3`"),
        ("zone:", 1, 6, "nothing is given"),
        ("schedule: {crawl: 5}", 1, 19, "like 30s, 15m, 2h, 1d or 1h30m, not `5`"),
        ("schedule: {crawl: 0s}", 1, 19, "a duration of nothing"),
        ("schedule: {crawl: 5 minutes}", 1, 19, "a duration is expected"),
        ("schedule: {crawl: 30d}", 1, 19, "between 1s and 1d"),
        ("schedule: {digest: 24:00}", 1, 20, "an hour of the day"),
        ("schedule: {digest: 6}", 1, 20, "an hour of the day"),
        ("schedule: daily", 1, 11, "`schedule`: keys are expected here"),
        ("schedule: [a]", 1, 11, "keys are expected here"),
        ("fetching: {concurrency: many}", 1, 25, "a whole number is expected, not `many`"),
        ("fetching: {concurrency: true}", 1, 25, "a whole number is expected, not `true`"),
        ("fetching: {concurrency: 0}", 1, 25, "greater than or equal to 1"),
        ("fetching: {max_bytes: 5 megabytes}", 1, 23, "like 5 MiB or 500 KiB"),
        ("fetching: {timeout: 1h}", 1, 21, "between 100ms and 10m"),
        ("digest: {formats: [html, pdf]}", 1, 19, "unknown format `pdf`"),
        ("digest: {formats: html}", 1, 19, "a list is expected: one `- ` a line"),
        ("digest: {formats: []}", 1, 19, "name at least one"),
        ("contact: me", 1, 10, "a mail address or a web address is expected"),
        ('contact: "a@b.org\\r\\nX-Evil: 1"', 1, 10, "a mail address or a web address is expected"),
        ("storage: {url: 'mysql://x'}", 1, 16, "`sqlite:///…` or `postgresql://…`"),
        ("storage: {url: 'postgresql://rasid:secret@db/rasid'}", 1, 16, "RASID_STORAGE_URL"),
        ("- a", 1, 1, "keys are expected here, one `key: value` a line; known: contact"),
        ("just words", 1, 1, "keys are expected here"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(
    tmp_path: Path, settings: str, line: int, column: int, says: str
) -> None:
    said = wrong(tmp_path, settings)
    assert len(said) == 1, said
    assert said[0].startswith(f"settings.yaml:{line}:{column}: "), said
    assert says in said[0]
    assert "secret" not in said[0]


def test_every_error_of_both_files_is_told_at_once(tmp_path: Path) -> None:
    said = wrong(tmp_path, "zone: Mars\npass_limit: 1\n", "sources:\n  - name: a\n    kind: fed\n")
    assert [s.split(": ")[0] for s in said] == [
        "settings.yaml:1:7",
        "settings.yaml:2:13",
        "sources.yaml:2:5",
        "sources.yaml:2:5",
        "sources.yaml:3:11",
    ]
    assert {"`title:` is missing", "`url:` is missing"} == {s.split(": ", 1)[1] for s in said[2:4]}


def test_a_folder_or_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`rasid init` writes a first configuration"):
        config.load(tmp_path / "none")
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path)
    assert [Path(problem.file).name for problem in caught.value.errors] == ["settings.yaml", "sources.yaml"]


# --- where things stand ---


def test_var_stands_beside_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(tmp_path / "config").settings
    assert settings.var == tmp_path / "var"
    assert settings.storage.url == f"sqlite:///{tmp_path}/var/rasid.db"
    monkeypatch.chdir(tmp_path)
    assert config.load(Path("config")).settings.var == Path("var")
    assert config.load(Path("config")).settings.storage.url == "sqlite:///var/rasid.db"
    monkeypatch.chdir(tmp_path / "config")
    assert config.load(Path()).settings.var == tmp_path / "var"


@pytest.mark.parametrize(
    ("url", "placed"),
    [
        ("sqlite:///data/x.db", "sqlite:///{beside}/data/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("sqlite+pysqlite:///x.db?timeout=5", "sqlite+pysqlite:///{beside}/x.db?timeout=5"),
        ("postgresql://db/rasid", "postgresql://db/rasid"),
        ("postgresql+psycopg://rasid@db/rasid", "postgresql+psycopg://rasid@db/rasid"),
    ],
)
def test_the_store_stands_where_it_says(tmp_path: Path, url: str, placed: str) -> None:
    settings = load(tmp_path / "config", f"storage: {{url: '{url}'}}").settings
    assert settings.storage.url == placed.format(beside=tmp_path)


def test_absolute_var_and_a_store_from_the_environment(tmp_path: Path) -> None:
    loaded = load(tmp_path / "config", f"var: {tmp_path}/elsewhere")
    assert loaded.settings.var == tmp_path / "elsewhere"
    assert loaded.settings.storage.url == f"sqlite:///{tmp_path}/elsewhere/rasid.db"
    secret = "postgresql://rasid:secret@db/rasid"
    assert load(tmp_path / "config", RASID_STORAGE_URL=secret).settings.storage.url == secret


# --- going out ---


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.11:8000/rss", True),
        ("http://[::1]:80/", True),
        ("http://localhost/", True),
        ("http://LOCALHOST./", True),
        ("http://127.0.0.1.example.org/", False),
        ("http://localhost.example.org/", False),
        ("https://sana.sy/", False),
        ("http://10.0.0.1/", False),
        ("http://128.0.0.1/", False),
    ],
)
def test_what_is_on_this_machine(url: str, *, here: bool) -> None:
    assert sourcefile.is_loopback(url) is here


def test_a_loopback_newsroom_needs_no_contact(tmp_path: Path) -> None:
    assert config.ready_to_go_out(load(tmp_path)) == []


@pytest.mark.parametrize(
    ("contact", "lacks"),
    [
        ("", "set `contact:`"),
        ("you@example.org", "still the example"),
        ("https://www.example.com/about", "still the example"),
        ("desk@rasid.test", "still the example"),
        ("desk@documenters.sy", None),
        ("https://documenters.sy/rasid", None),
        ("mailto:desk@documenters.sy", None),
    ],
)
def test_public_sites_must_be_able_to_reach_us(tmp_path: Path, contact: str, lacks: str | None) -> None:
    said = config.ready_to_go_out(load(tmp_path, f'contact: "{contact}"', source("")))
    assert [lacks in line for line in said if lacks] == ([True] if lacks else [])
    assert bool(said) is bool(lacks)


def test_a_source_that_is_switched_off_needs_no_contact(tmp_path: Path) -> None:
    assert config.ready_to_go_out(load(tmp_path, "", source("enabled: false"))) == []


# --- what is shipped ---


def test_the_shipped_configuration_is_sound() -> None:
    loaded = config.load(config.shipped(), environment={})
    assert len(loaded.sources) >= 20
    assert sum(source.enabled for source in loaded.sources) >= 15
    assert config.ready_to_go_out(loaded), "nobody goes out under our name"


def test_init_writes_a_configuration_that_loads(tmp_path: Path) -> None:
    written = starter.write(tmp_path / "new")
    assert {str(path.relative_to(tmp_path / "new")) for path in written} >= {
        "config/settings.yaml",
        "config/sources.yaml",
        "config/watchlists/astana.yaml",
        "config/watchlists/detainees.yaml",
    }
    assert config.load(tmp_path / "new" / "config").settings.var == tmp_path / "new" / "var"


def test_init_replaces_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "config" / "watchlists" / "astana.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(starter.StarterError, match=r"astana\.yaml: is there already; nothing was written"):
        starter.write(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_init_says_where_it_may_not_write(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, no folder")
    with pytest.raises(starter.StarterError, match="cannot be written"):
        starter.write(tmp_path)
