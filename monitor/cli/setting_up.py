"""``rasid init`` and ``rasid check``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import watched

if TYPE_CHECKING:
    from monitor.config import Config

__all__ = ["check", "init"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
def init(directory: Path) -> None:
    """Write a commented starter configuration into DIRECTORY."""
    from monitor import starter

    for path in starter.write(directory):
        click.echo(f"wrote {path}")
    config = directory / "config"
    click.echo(f"Now set `contact:` in {config}/settings.yaml, and see what answers from where you are:")
    click.echo(f"  rasid -c {config} check                    # is everything written as it should be?")
    click.echo(f"  rasid -c {config} sources check --record   # asks every source once, stores nothing")


@click.command()
@click.pass_obj
def check(folder: Path) -> None:
    """Validate everything that people edit: settings, sources, watch lists with their examples."""
    from monitor import config

    loaded = config.load(folder)
    watch = watched(loaded)
    enabled = sum(source.enabled for source in loaded.sources)
    click.echo(f"settings: {folder / 'settings.yaml'}")
    unseen = sum(source.enabled and source.verified is None for source in loaded.sources)
    never = f", {unseen} never verified (`rasid sources check --record` tries them)" if unseen else ""
    click.echo(f"sources: {enabled} to read, {len(loaded.sources) - enabled} switched off{never}")
    for item in watch.lists:
        click.echo(f"watch list {item.id}: {item.title} ({len(item.rules)} rules)")
    if (folder / "audiences.yaml").exists():
        for line in _audiences(loaded):
            click.echo(line)
    for note in watch.notes:
        click.echo(f"note: {note}")
    for lack in config.ready_to_go_out(loaded):
        click.echo(f"before going out: {lack}")


def _audiences(config: Config) -> Iterator[str]:
    """Who receives what; names that are withheld are tried out."""
    from monitor import redacting
    from monitor.lists import packs_of

    packs = packs_of(config.folder / "watchlists")
    for audience in config.audiences:
        if audience.redact:
            redacting.made(audience.redact, packs, audience.language)
        lists = ", ".join(audience.lists) or "all lists that are for it"
        targets = dict.fromkeys((*audience.deliver, *(audience.alerts.to if audience.alerts else ())))
        to = f"; sends to {', '.join(targets)}" if targets else ""
        withheld = f"; {len(audience.redact)} names withheld" if audience.redact else ""
        yield f"audience {audience.name}: {lists}, at {audience.at:%H:%M} {audience.zone}{to}{withheld}"
        for target in targets:
            if not os.environ.get(target):
                yield f"note: {target} is not set in this environment; its messages would wait"
