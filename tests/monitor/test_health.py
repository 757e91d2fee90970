"""What is called wrong, how badly, and how it is shown: over values, no store."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from crawler.outcome import Ending, Outcome
from monitor import metrics, statusview
from monitor.chores import Done
from monitor.disk import Room
from monitor.halts import CONFIG, DISK, Halt
from monitor.health import Health, Level, verdicts, worst
from monitor.lock import Holder
from monitor.refusals import Refusal
from storage.records import DigestRecord, GapRecord, PassRecord, SourceState

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def source(name: str, **values: Any) -> SourceState:
    ending = Ending.FAILED if values.get("failures") else Ending.READ
    last = Outcome(source=name, ending=ending, started_at=NOW - HOUR, ended_at=NOW - HOUR)
    given = {"due_at": NOW + HOUR, "last_pass_at": NOW - HOUR, "last_read_at": NOW - HOUR, "failures": 0, "last": last}
    return SourceState(name=name, **given | values)


HOLDER = Holder(pid=7, host="srv", since=NOW - DAY, what="the service")
CHORE = Done(name="backup", started_at=NOW - HOUR, ended_at=NOW, well=True, what="a file", well_at=NOW - HOUR)
WELL = Health(
    now=NOW,
    zone="Asia/Damascus",
    every=timedelta(minutes=5),
    pass_limit=timedelta(minutes=30),
    titles={"a": "وكالة", "b": "جريدة"},
    counts={"articles": 12, "entries without an article": 3},
    last_pass=PassRecord(id=9, started_at=NOW - HOUR, ended_at=NOW - HOUR / 2, stored=2, flagged=1, error=None),
    sources=[source("a"), source("b")],
    digests=[DigestRecord(day=date(2026, 11, 24), audience="all", made_at=NOW, files=("2026-11-24.html",))],
    digest_due=None,
    next_digest=NOW + 15 * HOUR,
    refusal=None,
    broken=(),
    gaps=(),
    halts=(),
    rhythms={"backup": DAY},
    chores={"backup": CHORE},
    outbox={"sent": 4},
    disk=Room(free=2**40, total=2**41, files=10**6, writable=True),
    reserve=2**29,
    store_size=2**20,
    service=HOLDER,
    passing=None,
)
OVERDUE = [source("a", due_at=NOW - 2 * HOUR), source("b")]
GAP = GapRecord(
    source="a", since=NOW - DAY, until=NOW, noticed_at=NOW, filled_at=None, asked=3, found=0, why="no older listing"
)
REFUSED = Refusal(since=NOW - DAY, until=None, what=("lists/a.yaml:3:1: oh",), kept="0a1b")


def faults() -> Iterator[tuple[str, dict[str, Any], Level, str]]:
    critical, warning = Level.CRITICAL, Level.WARNING
    yield "dead", {"sources": OVERDUE, "service": None}, critical, "no service is running"
    yield "stuck", {"sources": OVERDUE}, critical, "the service starts none"
    yield "never", {"sources": [], "last_pass": None, "service": None}, critical, "no pass was made (never)"
    yield "pass", {"last_pass": replace(WELL.last_pass, error="it was ended by SIGSEGV")}, warning, "SIGSEGV"  # type: ignore[type-var]
    yield "no source", {"titles": {}}, critical, "no source is switched on"
    yield "one fails", {"sources": [source("a", failures=3), source("b")]}, warning, "1 of 2 sources are in trouble: a"
    yield "all fail", {"sources": [source("a", failures=9), source("b", failures=3)]}, critical, "2 of 2 sources"
    yield "gap", {"gaps": (GAP,)}, warning, "1 gaps could not be filled: a"
    yield "broken", {"broken": ("the layout of a broke",)}, warning, "the layout of a broke"
    yield "refused", {"refusal": REFUSED}, warning, "the last good ones are used"
    yield "none", {"refusal": replace(REFUSED, kept="")}, critical, "nothing is watched"
    yield "digest", {"digest_due": NOW - 3 * HOUR}, critical, "a digest is due since"
    yield "mail", {"outbox": {"failed": 2}}, warning, "2 messages could not be sent"
    yield (
        "halt",
        {"halts": (Halt(kind=DISK, since=NOW - DAY, until=None, why="full"),)},
        critical,
        "nothing is read since",
    )
    yield (
        "config",
        {"halts": (Halt(kind=CONFIG, since=NOW - DAY, until=None, why="x:1:1"),)},
        warning,
        "is refused since",
    )
    yield "full", {"disk": replace(WELL.disk, free=2**28)}, critical, "256 MiB left: nothing is fetched"
    yield "filling", {"disk": replace(WELL.disk, free=2**29 + 1)}, warning, "under 512 MiB nothing"
    yield "read-only", {"disk": replace(WELL.disk, writable=False)}, critical, "cannot be written"
    chore = replace(CHORE, well=False, what="no room", failures=4)
    yield "backup", {"chores": {"backup": chore}}, warning, "backup failed: no room"
    yield "old", {"chores": {"backup": replace(CHORE, started_at=NOW - 3 * DAY)}}, warning, "backup was done 3 days ago"


def test_all_is_well() -> None:
    assert verdicts(WELL) == []
    assert worst([]) is Level.OK
    assert statusview.check_line([], WELL) == (
        "RASID OK - 2 sources, 12 articles | trouble=0 gaps=0 free=1099511627776B store=1048576B articles=12c"
    )


@pytest.mark.parametrize(("changes", "level", "says"), [pytest.param(*rest, id=name) for name, *rest in faults()])
def test_each_fault_is_told_with_its_level_and_a_remedy(changes: dict[str, Any], level: Level, says: str) -> None:
    health = replace(WELL, **changes)
    found = verdicts(health)
    assert worst(found) is level
    (one,) = [verdict for verdict in found if says in verdict.what]
    assert one.level is level
    assert one.remedy
    assert f"RASID {level.name} - " in statusview.check_line(found, health)
    console = Console(width=200, record=True, file=None, quiet=True)
    statusview.show(console, health)


def test_what_is_no_fault() -> None:
    for changes in (
        {"sources": OVERDUE, "passing": HOLDER},  # a pass is at it
        {"sources": [source("a", failures=2), source("b")]},
        {"digest_due": NOW - HOUR},
        {"sources": [source("a"), source("b"), source("gone", failures=90, due_at=NOW - DAY)]},  # switched off
        {"service": None},  # cron
    ):
        assert verdicts(replace(WELL, **changes)) == [], changes


def test_the_worst_is_told_first() -> None:
    found = verdicts(replace(WELL, gaps=(GAP,), digest_due=NOW - DAY))
    assert [verdict.level for verdict in found] == [Level.CRITICAL, Level.WARNING]


def test_for_programs_everything_is_there() -> None:
    for _, changes, level, _ in faults():
        state = json.loads(statusview.as_json(replace(WELL, **changes)))
        assert state["level"] == level.name
    state = json.loads(statusview.as_json(replace(WELL, gaps=(GAP,))))
    assert state["endings"] == {"read": 2}
    assert state["gaps"][0]["since"] == (NOW - DAY).isoformat()
    assert state["verdicts"][0]["remedy"]


def test_a_line_for_a_monitor_is_one_line_without_a_bar_of_its_own() -> None:
    health = replace(WELL, last_pass=replace(WELL.last_pass, error="one | two\nthree\x1b[31m"))  # type: ignore[type-var]
    line = statusview.check_line(verdicts(health), health)
    assert line.count("|") == 1
    assert "\n" not in line
    assert "\x1b" not in line


def test_figures_for_prometheus() -> None:
    text = metrics.exposition(replace(WELL, gaps=(GAP,), digest_due=NOW - HOUR)).decode()
    for line in (
        "rasid_articles_total 12.0",
        "rasid_entries_without_an_article_total 3.0",
        'rasid_sources{ending="read"} 2.0',
        f'rasid_source_last_read_timestamp_seconds{{source="a"}} {(NOW - HOUR).timestamp():.10g}',
        "rasid_gaps 1.0",
        "rasid_digest_overdue_seconds 3600.0",
        "rasid_disk_free_bytes 1.099511627776e+012",
        'rasid_problems{level="warning"} 1.0',
    ):
        name, value = line.rsplit(" ", 1)
        found = [one.rsplit(" ", 1)[1] for one in text.splitlines() if one.startswith(f"{name} ")]
        assert [float(one) for one in found] == [float(value)], line
