"""``rasid store``."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click

from monitor.cli.edges import loaded

__all__ = ["store"]


@click.group()
def store() -> None:
    """The store as a whole: moved to another database."""


@store.command()
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_obj
def copy(folder: Path, origin: str, target: str) -> None:
    """Copy the whole store FROM one database TO another, an empty one, and verify it.

    Addresses are written like sqlite:///var/rasid.db or postgresql+psycopg://user@host/rasid. A copy that was ended goes on with
    the same command. End the service first: a pass that runs meanwhile is not copied. When it is done, set `storage.url` in
    settings.yaml (or RASID_STORAGE_URL in the environment), and `rasid search` makes its index anew.

    Captures are files and stay where they are.
    """
    from monitor.lock import hold
    from storage.copying import copy as copied

    config = loaded(folder)
    with contextlib.ExitStack() as held:
        for name, what in (("service.lock", "the service"), ("pass.lock", "a pass")):
            held.enter_context(hold(config.settings.var / name, what))
        counts = copied(
            _absolute(origin, config.folder.parent), _absolute(target, config.folder.parent), progress=_tell
        )
    if sys.stderr.isatty():
        click.echo(err=True)
    for table, count in counts.items():
        if count:
            click.echo(f"{count:>10}  {table}")
    click.echo("copied, and equal")


def _absolute(address: str, base: Path) -> str:
    """A path of SQLite's as the settings mean it: beside the folder of the configuration."""
    path = address.removeprefix("sqlite:///")
    return f"sqlite:///{base / path}" if path != address and not path.startswith("/") else address


def _tell(table: str, done: int, whole: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{table}: {done} of {whole}\033[K", err=True, nl=False)
