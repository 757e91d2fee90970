"""``rasid queue``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, now, opened

if TYPE_CHECKING:
    from storage.store import Store

__all__ = ["queue"]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def queue(context: click.Context, *, as_json: bool) -> None:
    """Show the jobs of the workers: what runs, what waits, what failed and why, and who works.

    The queue lies in the store's own PostgreSQL; `rasid worker` takes jobs from it.
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from monitor import sharing

    config = loaded(context.obj)
    with opened(config) as store:
        store.queue.prepare()
        shared, jobs = sharing.gather(store), store.queue.listed()
    if as_json:
        click.echo(sharing.as_json(shared, jobs))
    else:
        sharing.show(Console(), shared, jobs, now())


@queue.command()
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=int)
@click.option("--failed", is_flag=True, help="All that were given up.")
@click.pass_obj
def retry(folder: Path, numbers: tuple[int, ...], *, failed: bool) -> None:
    """Let jobs that were given up begin anew.

    `rasid queue` shows their numbers.
    """
    if bool(numbers) == failed:
        raise click.UsageError("name the numbers of jobs, or --failed for all that were given up")
    with opened(loaded(folder)) as store:
        store.queue.prepare()
        again = store.queue.retry(None if failed else numbers)
    click.echo(f"{again} wait again" if failed else f"{again} of {len(numbers)} wait again")


@queue.command()
@click.pass_obj
def pause(folder: Path) -> None:
    """Read nothing from now on, on any machine. Digests and messages go on; what runs is not ended."""
    with opened(loaded(folder)) as store:
        store.queue.prepare()
        if since := store.queue.paused():
            click.echo(f"paused already, since {since:%Y-%m-%d %H:%M} UTC")
            return
        store.queue.pause(now())
        _halt(store, paused=True)
    click.echo("paused; `rasid queue resume` ends it, and the digest will say so")


@queue.command()
@click.pass_obj
def resume(folder: Path) -> None:
    """Read again."""
    with opened(loaded(folder)) as store:
        store.queue.prepare()
        was = store.queue.resume()
        _halt(store, paused=False)
    click.echo("reading goes on" if was else "it was not paused")


def _halt(store: Store, *, paused: bool) -> None:
    """Written down for the digest."""
    from monitor import halts

    told = halts.read(store.recall(halts.KEY))
    changed = (
        halts.begun(told, halts.PAUSED, "`rasid queue pause`", now())
        if paused
        else halts.ended(told, halts.PAUSED, now())
    )
    store.remember(halts.KEY, halts.written(changed))
