"""``rasid doctor``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, now, opened, shared

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.doctor import Finding
    from monitor.health import Health

__all__ = ["doctor"]

_MARKS = ("ok", "warning", "FAULT")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def doctor(folder: Path, *, as_json: bool) -> None:
    """Look for the usual faults of a set-up, and say the remedy of each. Nothing is fetched.

    Exit code 0: nothing worse than a warning; 1: a fault.
    """
    import json

    from monitor.health import Level

    found = _examine(folder)
    if as_json:
        rows = [{"name": f.name, "level": f.level.name, "what": f.what, "remedy": f.remedy} for f in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(f"{_MARKS[finding.level]:<8}{finding.name}: {finding.what}")
            if finding.remedy:
                click.echo(f"{'':<8}-> {finding.remedy}")
    sys.exit(int(any(finding.level is Level.CRITICAL for finding in found)))


def _examine(folder: Path) -> list[Finding]:
    from crawler.errors import RasidError
    from monitor.doctor import Finding, examine
    from monitor.health import Level

    try:
        config = loaded(folder)
    except RasidError as error:
        return [Finding("configuration", Level.CRITICAL, str(error), "mend it; `rasid check` looks again")]
    return [*examine(config, now()), _lists(config), *_store(config)]


def _lists(config: Config) -> Finding:
    from crawler.errors import RasidError
    from monitor.cli.edges import watched
    from monitor.doctor import Finding
    from monitor.health import Level

    try:
        found = watched(config)
    except RasidError as error:
        return Finding("watch lists", Level.CRITICAL, str(error), "mend them; `rasid check` looks again")
    if not found.lists:
        return Finding(
            "watch lists", Level.WARNING, "there are none: nothing is flagged", "write one: docs/watchlists.md"
        )
    return Finding("watch lists", Level.OK, ", ".join(item.id for item in found.lists))


def _store(config: Config) -> list[Finding]:
    from crawler.errors import RasidError
    from monitor import health
    from monitor.doctor import Finding
    from monitor.health import Level
    from storage.upkeep import damage, file_of

    file = file_of(config.settings.storage.url)
    if file is not None and not file.exists():
        return [Finding("store", Level.OK, "not made yet: the first command that needs it makes it")]
    try:
        if file is not None and (wrong := damage(file)):
            return [
                Finding(
                    "store",
                    Level.CRITICAL,
                    f"{file} is damaged: {wrong}",
                    "`rasid restore` brings the last backup back",
                )
            ]
        with opened(config) as store:
            state = health.gather(store, config, now())
    except RasidError as error:
        return [Finding("store", Level.CRITICAL, str(error))]
    faults = [Finding("service", verdict.level, verdict.what, verdict.remedy) for verdict in health.verdicts(state)]
    whole = Finding("store", Level.OK, f"{state.counts['articles']} articles, whole")
    return [whole, *([_queue(state)] if shared(config) else []), *faults]


def _queue(state: Health) -> Finding:
    from importlib.util import find_spec

    from monitor.doctor import Finding
    from monitor.health import Level

    if find_spec("procrastinate") is None:
        return Finding("queue", Level.WARNING, "no worker can run on this machine", "pip install 'rasid[cluster]'")
    jobs = ", ".join(f"{count} {name}" for name, count in state.shared.states().items())
    return Finding("queue", Level.OK, f"workers: {', '.join(state.shared.names) or 'none'}; jobs: {jobs}")
