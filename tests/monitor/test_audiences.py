"""Who receives what: read from YAML, refused with the place and what was probably meant."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor import audiences, config
from monitor.audiences import Alerting, Audience, Quiet, of_list, quiet_until
from monitor.yamlfile import ConfigError
from tests.monitor.configuring import load

WHOLE = """\
audiences:
  - name: team
    title: فريق التوثيق
    lists: [detainees, astana]
    formats: [html, atom]
    language: en
    zone: Europe/Berlin
    hour: "07:30"
    deliver: [RASID_TO_TEAM]
    redact:
      - هالة الديري
      - name: سامر اليوسف
        aliases: [Samer al-Yusuf]
    alerts:
      to: [RASID_TO_TEAM, RASID_TO_DUTY]
      severity: high
      quiet: "22:30-06:00"
      through_quiet: urgent
      per_hour: 5
      alive: "08:00"
      silent_after: 3h
  - name: partners
"""


def read(folder: Path, text: str) -> tuple[Audience, ...]:
    folder.mkdir(exist_ok=True)
    (folder / "audiences.yaml").write_text(text, encoding="utf-8")
    return load(folder, settings="zone: Asia/Beirut\ndigest:\n  formats: [text]\n").audiences


def wrong(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.errors]


def test_without_the_file_there_is_one_audience_with_everything(tmp_path: Path) -> None:
    (everybody,) = load(tmp_path, settings='schedule:\n  digest: "05:15"\n').audiences
    assert (everybody.name, everybody.formats, everybody.zone) == ("all", ("html", "markdown"), "Asia/Damascus")
    assert everybody.at == time(5, 15)
    assert (everybody.alerts, everybody.deliver, everybody.redact) == (None, (), ())
    assert of_list(everybody, {"astana": (), "detainees": ()}) is None


def test_the_whole_file_is_read_and_what_is_left_out_is_filled_in(tmp_path: Path) -> None:
    team, partners = read(tmp_path, WHOLE)
    assert (team.lists, team.formats, team.language) == (("detainees", "astana"), ("html", "atom"), "en")
    assert (team.zone, team.at, team.deliver) == ("Europe/Berlin", time(7, 30), ("RASID_TO_TEAM",))
    assert [(one.name, one.aliases) for one in team.redact] == [
        ("هالة الديري", ()), ("سامر اليوسف", ("Samer al-Yusuf",)),
    ]  # fmt: skip
    assert team.alerts is not None
    assert team.alerts.quiet == Quiet(start=time(22, 30), end=time(6))
    assert (team.alerts.per_hour, team.alerts.silent_after) == (5, timedelta(hours=3))
    assert (partners.formats, partners.zone, partners.at) == (("text",), "Asia/Beirut", time(6))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lists: [Astana]", "audiences.yaml:3:13: `lists`: a name of small Latin letters"),
        ("format: [html]", "audiences.yaml:3:5: unknown key `format`; did you mean `formats`?"),
        ("formats: [htm]", "audiences.yaml:3:14: `formats`: unknown format `htm`; did you mean `html`?"),
        ("language: fr", "audiences.yaml:3:15: `language`"),
        ("hour: 6", 'audiences.yaml:3:11: `hour`: an hour of the day is expected, like "06:00"'),
        ("zone: Asia/Damascsu", "audiences.yaml:3:11: `zone`: `Asia/Damascsu` is not a time zone; write one like"),
        ('deliver: ["mailtos://u:secret@mail.example"]', "must not stand in a file; write the name of a variable"),
        ("deliver: [team]", "the name of a variable of the environment is expected, like RASID_TO_TEAM, not `team`"),
        ("alerts: {}", "`to:` is missing"),
        ("alerts: {to: []}", "name at least one variable"),
        ("alerts: {to: [RASID_TO], severity: urgnet}", "`urgnet` is none; did you mean `urgent`?"),
        ("alerts: {to: [RASID_TO], quiet: night}", 'two hours are expected, like "22:30-06:00"'),
        ('alerts: {to: [RASID_TO], quiet: "22:00-22:00"}', "quiet hours that end when they begin"),
        ("alerts: {to: [RASID_TO], per_hour: 0}", "`per_hour`"),
        ("alerts: {to: [RASID_TO], silent_after: 1m}", "between 5m and 31d"),
        ("redact: [{alias: x}]", "unknown key `alias`; did you mean `aliases`?"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    problems = wrong(tmp_path, f"audiences:\n  - name: team\n    {line}\n")
    assert any(said in problem and problem.startswith("audiences.yaml:3:") for problem in problems), problems
    assert not any("secret" in problem for problem in problems)


def test_names_are_there_once_and_an_empty_file_is_refused(tmp_path: Path) -> None:
    problems = wrong(tmp_path, "audiences:\n  - name: a\n  - name: a\n")
    assert problems == ["audiences.yaml:3:11: the name `a` is taken by the audience in line 2"]
    assert wrong(tmp_path, "audiences: []\n")
    assert wrong(tmp_path, "readers:\n  - name: a\n")


def test_lists_and_audiences_that_name_each_other_are_there(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    path = tmp_path / "audiences.yaml"
    assert audiences.check(path, found, {"detainees": (), "astana": ("partners",)}) == []
    (missing,) = audiences.check(path, found, {"detainees": (), "astanaa": ()})
    said = "audiences.yaml:4:24: `lists`: there is no watch list `astana`; did you mean `astanaa`?"
    assert said in str(missing)
    (unknown,) = audiences.check(path, found, {"detainees": (), "astana": ("partnres",)})
    assert "for an audience `partnres` that is not here; did you mean `partners`?" in str(unknown)


def test_a_list_that_names_its_audience_is_added_and_an_audience_without_any_has_all(tmp_path: Path) -> None:
    team, partners = read(tmp_path, WHOLE)
    lists = {"astana": ("partners",), "detainees": (), "health": ("team",)}
    assert of_list(team, lists) == ["detainees", "astana", "health"]
    assert of_list(partners, lists) == ["astana"]
    assert of_list(partners, {"astana": ()}) is None


def alerting(quiet: str, through: str | None = None) -> Alerting:
    return Alerting.model_validate({"to": ("RASID_TO",), "quiet": quiet, "through_quiet": through})


@pytest.mark.parametrize(
    ("quiet", "clock", "until"),
    [
        ("22:00-06:00", "23:30", "2026-11-26 06:00"),
        ("22:00-06:00", "05:59", "2026-11-25 06:00"),
        ("22:00-06:00", "06:00", None),
        ("22:00-06:00", "12:00", None),
        ("12:00-14:00", "12:00", "2026-11-25 14:00"),
        ("12:00-14:00", "14:00", None),
    ],
)
def test_quiet_hours_end_in_the_audiences_zone(quiet: str, clock: str, until: str | None) -> None:
    zone = timedelta(hours=3)  # Damascus
    now = datetime.fromisoformat(f"2026-11-25 {clock}").replace(tzinfo=UTC) - zone
    held = quiet_until(alerting(quiet), "high", "Asia/Damascus", now)
    assert held == (datetime.fromisoformat(until).replace(tzinfo=UTC) - zone if until else None)


def test_what_is_urgent_goes_through_when_it_may() -> None:
    night = datetime(2026, 11, 25, 22, tzinfo=UTC)
    assert quiet_until(alerting("22:00-06:00", "urgent"), "urgent", "Asia/Damascus", night) is None
    assert quiet_until(alerting("22:00-06:00", "urgent"), "high", "Asia/Damascus", night) is not None
    assert quiet_until(alerting("22:00-06:00"), "urgent", "Asia/Damascus", night) is not None


def test_the_file_that_is_shipped_as_an_example_loads(tmp_path: Path) -> None:
    shown = (config.shipped() / "audiences.example.yaml").read_text("utf-8")
    found = read(tmp_path, shown)
    assert [one.name for one in found] == ["team", "partners"]
