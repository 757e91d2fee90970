"""``rasid care``, ``rasid backup`` and ``rasid restore``: the store looked after."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, now, opened, sent

if TYPE_CHECKING:
    from monitor.chores import Chore, Done
    from monitor.config import Config
    from storage.store import Store

__all__ = ["backup", "care", "restore"]

_FAILED = 3
_JOBS_KEPT = timedelta(days=30)
"""After which a job that was given up is no more than history."""


@click.command()
@click.option("--all", "everything", is_flag=True, help="Do all of it, due or not.")
@click.pass_obj
def care(folder: Path, *, everything: bool) -> None:
    """Look after the store, as far as it is due: check it, back it up, drop old history, optimise it."""
    from monitor import chores

    config = loaded(folder)
    with opened(config) as store:
        done = {} if everything else chores.read(store.recall(chores.KEY))
        due = chores.due(chores.rhythms(config.settings), done, now())
        if not due:
            click.echo("nothing is due; `--all` does it all the same")
            return
        with store.queue.turns.take(["care"]) as mine:  # of several machines one
            ended = _work(config, store, due) if mine else []
    _say(ended)


@click.command()
@click.option("--list", "listed", is_flag=True, help="Show the backups that there are.")
@click.pass_obj
def backup(folder: Path, *, listed: bool) -> None:
    """Back the store up now: checked, packed, and older backups rotated."""
    from monitor import backups
    from monitor.disk import human

    config = loaded(folder)
    if listed:
        for one in backups.found(config.settings.backup.place(config.settings.var)):
            what = f", before schema {one.before}" if one.before else ""
            click.echo(f"{one.path}  {human(one.path.stat().st_size)}{what}{', encrypted' if one.encrypted else ''}")
        return
    with opened(config) as store:
        ended = _work(config, store, ["backup"])
    _say(ended)


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file with the secret key of age, for a backup that is encrypted.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore(folder: Path, file: Path | None, identity: Path | None, *, yes: bool) -> None:
    """Bring the store back from the backup FILE, or from the newest one. The store that is there is put aside."""
    from monitor import backups
    from monitor.lock import hold
    from storage.upkeep import file_of

    config = loaded(folder)
    var, to = config.settings.var, config.settings.backup
    store = file_of(config.settings.storage.url)
    if store is None:
        raise click.UsageError("the store is not in SQLite: its database server's own tools bring it back")
    if file is None:
        there = backups.found(to.place(var))
        if not there:
            raise click.UsageError(f"there is no backup in {to.place(var)}; name a file")
        file = there[0].path
    if not yes:
        click.confirm(f"Put {file} in the place of {store}?", abort=True)
    with ExitStack() as held:
        for name, what in (
            ("service", "the service"),
            ("pass", "a pass"),
            ("digest", "a digest"),
            ("alerts", "alerts"),
        ):
            held.enter_context(hold(var / f"{name}.lock", what))
        aside = backups.restore(file, store, now(), identity=identity)
    if aside is not None:
        click.echo(f"the store that was there is now {aside}; delete it when you do not need it any more")
    with opened(config) as back:
        counts, passes = back.counts(), back.passes(1)
    said = f", as of {passes[0].started_at:%Y-%m-%d %H:%M} UTC" if passes else ""
    click.echo(f"restored: {counts['articles']} articles{said}")
    click.echo("What came since then is read again, as far as the sources still show it: `rasid crawl --all`")


def _work(config: Config, store: Store, names: Sequence[str]) -> list[Done]:
    from monitor import chores

    can = {chore.name: chore for chore in _chores(config, store)}
    return chores.work([can[name] for name in names], store, now)


def _say(ended: Sequence[Done]) -> None:
    from monitor import logs

    for one in ended:
        if logs.for_programs():
            logs.event("chore", f"{one.name}: {one.what}", chore=one.name, well=one.well, what=one.what)
            continue
        click.echo(f"{one.name}: {'' if one.well else 'FAILED: '}{one.what}", err=not one.well)
    if not all(one.well for one in ended):
        sys.exit(_FAILED)


def _chores(config: Config, store: Store) -> list[Chore]:
    from monitor.chores import Chore, rhythms

    every = rhythms(config.settings)
    does: Mapping[str, Callable[[Config, Store], str]] = {
        "check": _check,
        "backup": _backup,
        "retention": _retention,
        "optimize": _optimize,
        "send": sent,
    }
    return [
        Chore(name=name, every=every[name], do=lambda do=do: do(config, store))  # type: ignore[misc]
        for name, do in does.items()
        if name in every
    ]


def _check(_: Config, store: Store) -> str:
    from storage.errors import StorageError
    from storage.upkeep import damage

    file = store.upkeep.file
    if file is None:
        return "left to the database server"
    if wrong := damage(file, quick=False):
        raise StorageError(f"it is damaged: {wrong}; `rasid restore` brings the last backup back", subject=str(file))
    return "whole"


def _backup(config: Config, store: Store) -> str:
    from monitor import backups
    from monitor.disk import human

    file, to = store.upkeep.file, config.settings.backup
    if file is None:
        return "left to the database server (pg_dump)"
    place = to.place(config.settings.var)
    made = backups.make(file, place, now(), encrypt_to=to.encrypt_to)
    gone = backups.rotate(place, daily=to.daily, weekly=to.weekly)
    dropped = f", {len(gone)} older dropped" if gone else ""
    return f"{made.path} ({human(made.path.stat().st_size)}{dropped})"


def _retention(config: Config, store: Store) -> str:
    before = now() - config.settings.keep.history
    dropped = {
        **store.upkeep.forget(before),
        "gaps": store.gaps.forget(before),
        "jobs": store.queue.forget(now() - _JOBS_KEPT),
    }
    return ", ".join(f"{count} {name}" for name, count in dropped.items() if count) or "nothing is old enough"


def _optimize(_: Config, store: Store) -> str:
    from monitor.disk import human

    before = store.upkeep.size()
    store.upkeep.optimize()
    with suppress(OSError):
        return f"{human(before)} before, {human(store.upkeep.size())} after"
    return "done"
