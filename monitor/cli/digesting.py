"""``rasid digest``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import alone, in_use, loaded, now

if TYPE_CHECKING:
    from monitor.audiences import Audience
    from monitor.config import Config
    from monitor.lists import WatchLists
    from storage.store import Store

__all__ = ["digest"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--day", type=_DAY, help="Make this finished day's digest, if it is missing.")
@click.option("--preview", "--today", "today", is_flag=True, help="Show today so far; claims nothing.")
@click.option("--rebuild", type=_DAY, help="Make this day's digest again, of what it had, and say what changed.")
@click.option("-a", "--audience", "name", metavar="NAME", help="Only this audience's (config/audiences.yaml).")
@click.option("--due", is_flag=True, hidden=True, help="Only those whose hour has come: what the service asks for.")
@click.option("--last-good", is_flag=True, hidden=True)
@click.pass_obj
def digest(
    folder: Path,
    day: datetime | None,
    rebuild: datetime | None,
    name: str | None,
    *,
    today: bool,
    due: bool,
    last_good: bool,
) -> None:
    """Make every finished day's digest that is missing, in var/digests/.

    Each audience has its own. The digest proper of a day is made when the day is over; --preview shows today so far.
    """
    from monitor import digests, rebuilding

    if sum(map(bool, (day, today, rebuild))) > 1:
        raise click.UsageError("--day, --preview and --rebuild exclude each other")
    config = loaded(folder)
    chosen = _chosen(config, name)
    lists = in_use(config, last_good=last_good)
    moment = now()
    made: list[Sequence[Path]] = []
    with alone(config, "digest", "a digest") as store:
        if today:
            made += [digests.so_far(store, config, lists, audience, moment) for audience in chosen]
        elif rebuild:
            for line in rebuilding.again(store, config, lists, chosen, rebuild.date()):
                click.echo(line)
            return
        else:
            made += _finished(store, config, lists, chosen, day and day.date(), moment, due=due)
    if not made:
        click.echo("no digest is missing")
    for files in made:
        for path in files:
            click.echo(path)


def _finished(
    store: Store,
    config: Config,
    lists: WatchLists,
    chosen: Sequence[Audience],
    day: date | None,
    moment: datetime,
    *,
    due: bool,
) -> list[tuple[Path, ...]]:
    from monitor import days, digests

    if day is None:
        wanted = (digests.due if due else digests.missing)(store, config, moment)
        return digests.make(store, config, lists, [one for one in wanted if one[0] in chosen], moment)
    for audience in chosen:
        if day >= days.today(moment, audience.zone):
            raise click.UsageError(f"{day} is not over; `rasid digest --preview` shows what there is so far")
    return digests.make(store, config, lists, [(audience, day) for audience in chosen], moment)


def _chosen(config: Config, name: str | None) -> Sequence[Audience]:
    if name is None:
        return config.audiences
    found = [audience for audience in config.audiences if audience.name == name]
    if not found:
        raise click.UsageError(
            f"no audience `{name}`; there are: {', '.join(audience.name for audience in config.audiences)}"
        )
    return found
