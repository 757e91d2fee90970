"""``rasid status`` and ``rasid show``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.edges import loaded, now, opened

__all__ = ["show", "status"]

_UNKNOWN = 3
"""As Nagios and its kin count."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--check",
    is_flag=True,
    help="For monitors: one line with figures; exit code 0 all is well, 1 warning, 2 critical, 3 it cannot be said.",
)
@click.pass_obj
def status(folder: Path, *, as_json: bool, check: bool) -> None:
    """Say how it is: what is wrong, the last pass, every source, digests, messages, disk and chores."""
    if check:
        sys.exit(_check(folder))
    from rich.console import Console

    from monitor import health, statusview

    config = loaded(folder)
    with opened(config) as store:
        found = health.gather(store, config, now())
    if as_json:
        click.echo(statusview.as_json(found))
    else:
        statusview.show(Console(), found)


def _check(folder: Path) -> int:
    """A store that cannot be read is critical; a configuration that cannot be read leaves nothing to judge by."""
    from crawler.errors import RasidError
    from monitor import health, statusview
    from storage.errors import StorageError

    try:
        config = loaded(folder)
        with opened(config) as store:
            found = health.gather(store, config, now())
    except StorageError as error:
        click.echo(f"RASID CRITICAL - {error}")
        return int(health.Level.CRITICAL)
    except RasidError as error:
        click.echo(f"RASID UNKNOWN - {error}".splitlines()[0])
        return _UNKNOWN
    wrong = health.verdicts(found)
    click.echo(statusview.check_line(wrong, found))
    return int(health.worst(wrong))


@click.command()
@click.argument("what", metavar="ID|URL")
@click.option(
    "--story",
    is_flag=True,
    help="Explain its Story and Event: who repeats whom, who tells of the same, and why we think so.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def show(folder: Path, what: str, *, story: bool, as_json: bool) -> None:
    """Show one article: its text, its date, why it was flagged, who else told it, and how it was changed since."""
    from rich.console import Console

    from crawler.urls import canonical
    from monitor import lineage, terminal

    config = loaded(folder)
    zone = config.settings.zone
    with opened(config) as store:
        found = store.article(int(what)) if what.isdecimal() else store.article_at(canonical(what))
        if found is not None and as_json:
            click.echo(lineage.as_json(store, found, story=story))
            return
        if found is not None and story:
            for line in lineage.lines(lineage.of(store, found), zone):
                click.echo(line)
            return
        if found is not None:
            flags, tellings = store.flags_of(found.id), store.tellings(found.id)
            after = lineage.told(lineage.afterwards(store, found.id), zone)
            terminal.show_article(Console(), found, flags, tellings, zone, after)
            return
        missed = None if what.isdecimal() else store.missed_at([canonical(what)]).get(canonical(what))
    if missed is None:
        raise click.UsageError(f"nothing is stored under {what}; `rasid status` says what is there")
    terminal.show_missed(Console(), missed, zone)
