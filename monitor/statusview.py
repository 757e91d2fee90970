"""What ``rasid status`` shows: for a person, for programs, and for a monitor of Nagios' kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from monitor import sharing
from monitor.disk import human
from monitor.health import Health, Level, Verdict, verdicts, worst
from monitor.refusals import Refusal
from monitor.terminal import ago, moment, plain
from storage.records import PassRecord

__all__ = ["as_json", "check_line", "show"]

_STYLES = {Level.CRITICAL: "bold red", Level.WARNING: "yellow"}


def show(console: Console, health: Health) -> None:
    """What is wrong first, then what is there, then every source."""

    def say(line: str, style: str = "") -> None:
        console.print(plain(line), style=style, markup=False, highlight=False, soft_wrap=True)

    for verdict in verdicts(health):
        say(f"{verdict.level.name}: {verdict.what}. {verdict.remedy}", _STYLES[verdict.level])
    if health.refusal is not None:
        _refusal(health.refusal, health.zone, say)
    for line in health.broken:
        say(line, "bold")
    say(", ".join(f"{count} {name}" for name, count in health.counts.items()))
    say(_pass_line(health.last_pass, health.zone) if health.last_pass else "No pass yet: `rasid crawl` makes one.")
    say(
        f"service: {health.service or 'not running'}"
        + (f"; a pass is running ({health.passing})" if health.passing else "")
    )
    if health.shared.workers or health.shared.counts:
        jobs = ", ".join(f"{count} {state}" for state, count in health.shared.states().items())
        say(f"workers: {', '.join(health.shared.names) or 'none'}; jobs: {jobs}")
    say("sources: " + (", ".join(f"{count} {ending}" for ending, count in sorted(health.endings.items())) or "none"))
    for line in (*_digests(health), *_machine(health)):
        say(line)
    console.print(_table(health))
    for line in _unseen(health):
        say(line)


def _refusal(refusal: Refusal, zone: str, say: Callable[..., None]) -> None:
    used = (
        f"the last good ones ({refusal.kept}) are used" if refusal.kept else "there are no others: nothing is watched"
    )
    say(f"The edited watch lists are refused since {_clock(refusal.since, zone)}; {used}:", "bold")
    for line in refusal.what:
        say(f"  {line}")


def _unseen(health: Health) -> Iterator[str]:
    """What fell out between two readings, and who is silent for longer than is usual."""
    for gap in health.gaps:
        between = f"between {moment(gap.since, health.zone)} and {moment(gap.until, health.zone)}"
        yield f"gap in {gap.source}: {between} ({gap.why})"
    for name, (since, usual) in health.silent.items():
        every = ago(health.now + usual, health.now).removeprefix("in ")
        yield f"stale: {name}: nothing new since {moment(since, health.zone)}; usually every {every}"


def _digests(health: Health) -> Sequence[str]:
    said = []
    if health.digests:
        newest = max(health.digests, key=lambda record: record.day)
        said.append(f"newest digest: {newest.day} ({', '.join(newest.files)})")
    else:
        said.append("No digest yet: `rasid digest` makes those of finished days, `rasid digest --preview` shows today.")
    if health.next_digest:
        said.append(f"next digest: {_clock(health.next_digest, health.zone)} ({health.zone})")
    waiting = {state: count for state, count in health.outbox.items() if state != "sent"}
    if waiting:
        said.append("messages: " + ", ".join(f"{count} {state}" for state, count in sorted(waiting.items())))
    return said


def _machine(health: Health) -> Sequence[str]:
    said = [f"store: {human(health.store_size)}; disk: {human(health.disk.free)} of {human(health.disk.total)} free"]
    for name in health.rhythms:
        done = health.chores.get(name)
        if done is not None:
            said.append(f"{name}: {'' if done.well else 'FAILED: '}{done.what} ({ago(done.started_at, health.now)})")
    return said


def _table(health: Health) -> Table:
    table = Table("source", "outlet", "last read", "ended", "due", "in trouble", box=None, header_style="bold")
    for state in health.sources:
        last = state.last
        table.add_row(
            state.name,
            plain(health.titles.get(state.name, "(no longer configured)")),
            ago(state.last_read_at, health.now),
            f"{last.ending}{f': {plain(last.why)}' if last.why else ''}" if last else "",
            ago(state.due_at, health.now),
            f"{state.failures} passes" if state.failures else "",
        )
    for name in sorted(set(health.titles) - {state.name for state in health.sources}):
        table.add_row(name, plain(health.titles[name]), "never", "", "now", "")
    return table


def _pass_line(record: PassRecord, zone: str) -> str:
    if record.error:
        how = f"failed: {record.error}"
    elif record.ended_at is None:
        how = "running, or killed"
    else:
        how = f"{(record.ended_at - record.started_at).total_seconds():.0f} s"
    return f"last pass: {_clock(record.started_at, zone)} ({how}): {record.stored} stored, {record.flagged} flagged"


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def as_json(health: Health) -> str:
    """The same for programs: times in ISO 8601, in UTC, durations in seconds."""
    found = verdicts(health)
    state = {
        "level": worst(found).name,
        "verdicts": [{"level": one.level.name, "what": one.what, "remedy": one.remedy} for one in found],
        "counts": dict(health.counts),
        "last_pass": health.last_pass and asdict(health.last_pass),
        "endings": dict(health.endings),
        "sources": [asdict(source) for source in health.sources],
        "digests": [asdict(record) for record in health.digests],
        "next_digest": health.next_digest,
        "digest_due_since": health.digest_due,
        "outbox": dict(health.outbox),
        "refused_lists": health.refusal and asdict(health.refusal),
        "broken_layouts": list(health.broken),
        "gaps": [asdict(gap) for gap in health.gaps],
        "silent": {name: since for name, (since, _) in health.silent.items()},
        "halts": [asdict(halt) for halt in health.halts],
        "chores": {name: asdict(done) for name, done in health.chores.items()},
        "disk": asdict(health.disk),
        "store_bytes": health.store_size,
        "service": health.service and asdict(health.service),
        "queue": sharing.told_of(health.shared),
    }
    return json.dumps(state, ensure_ascii=False, indent=2, default=_plainly)


def _plainly(value: object) -> str | float:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (Path, Enum)):
        return str(value)
    raise TypeError(f"not for JSON: {value!r}")


def check_line(found: Sequence[Verdict], health: Health) -> str:
    """One line and its figures, as monitoring plugins print them (monitoring-plugins.org/doc/guidelines.html)."""
    said = (
        "; ".join(verdict.what for verdict in found)
        or f"{len(health.mine)} sources, {health.counts.get('articles', 0)} articles"
    )
    figures = {
        "trouble": sum(state.failures > 0 for state in health.mine),
        "gaps": len(health.gaps),
        "free": f"{health.disk.free}B",
        "store": f"{health.store_size}B",
        "articles": f"{health.counts.get('articles', 0)}c",
    }
    if health.shared.counts or health.shared.workers:
        figures |= {"workers": len(health.shared.names), "given_up": len(health.shared.dead)}
    line = plain(f"RASID {worst(found).name} - {said}".replace("|", "/").replace("\n", " "))
    return f"{line} | {' '.join(f'{name}={value}' for name, value in figures.items())}"
