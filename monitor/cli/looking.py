"""``rasid digest``, ``rasid status`` and ``rasid show``."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from monitor.cli.edges import in_use, loaded, now, opened

__all__ = ["digest", "show", "status"]

_GAPS_SHOWN = timedelta(days=7)


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Make this finished day's digest, if it is missing.")
@click.option("--today", is_flag=True, help="Show today so far; the day's digest proper is made when it is over.")
@click.option("--last-good", is_flag=True, hidden=True)
@click.pass_obj
def digest(folder: Path, day: datetime | None, *, today: bool, last_good: bool) -> None:
    """Make every finished day's digest that is missing, in var/digests/."""
    from monitor import days, digests

    if day and today:
        raise click.UsageError("--day and --today exclude each other")
    config = loaded(folder)
    lists = in_use(config, last_good=last_good)
    moment = now()
    this_day = days.today(moment, config.settings.zone)
    if day and day.date() >= this_day:
        raise click.UsageError(f"{day.date()} is not over; `rasid digest --today` shows what there is so far")
    with opened(config) as store:
        if today:
            made = [digests.so_far(store, config, lists, this_day, moment)]
        elif day:
            made = digests.make(store, config, lists, [day.date()], moment)
        else:
            made = digests.make_missing(store, config, lists, moment)
    if not made:
        click.echo("no digest is missing")
    for files in made:
        for path in files:
            click.echo(path)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def status(folder: Path, *, as_json: bool) -> None:
    """Say what is there: the last pass, every source, the newest digest."""
    from rich.console import Console

    from monitor import layouts, lessons, refusals, terminal

    config = loaded(folder)
    with opened(config) as store:
        records = lessons.layouts(store, [source for source in config.sources if source.enabled])
        counts, passes, sources, digests = store.counts(), store.passes(1), store.sources(), store.digests()
        refusal = refusals.standing(refusals.read(store.recall(refusals.KEY)))
        gaps = [gap for gap in store.gaps.standing() if now() - gap.noticed_at < _GAPS_SHOWN]
    broken = layouts.now_broken(records, config.settings.zone)
    if as_json:
        click.echo(terminal.status_json(counts, passes, sources, digests, refusal, broken, gaps))
        return
    terminal.show_status(
        Console(),
        counts=counts,
        passes=passes,
        sources=sources,
        digests=digests,
        titles={source.name: source.title for source in config.sources if source.enabled},
        now=now(),
        zone=config.settings.zone,
        refusal=refusal,
        broken=broken,
        gaps=gaps,
    )


@click.command()
@click.argument("what", metavar="ID|URL")
@click.option(
    "--story",
    is_flag=True,
    help="Explain its Story and Event: who repeats whom, who tells of the same, and why we think so.",
)
@click.pass_obj
def show(folder: Path, what: str, *, story: bool) -> None:
    """Show one article: its text, its date, why it was flagged, who else told it."""
    from rich.console import Console

    from crawler.urls import canonical
    from monitor import terminal

    config = loaded(folder)
    zone = config.settings.zone
    with opened(config) as store:
        found = store.article(int(what)) if what.isdecimal() else store.article_at(canonical(what))
        if found is not None and story:
            from monitor import lineage

            for line in lineage.lines(lineage.of(store, found), zone):
                click.echo(line)
            return
        if found is not None:
            terminal.show_article(Console(), found, store.flags_of(found.id), store.tellings(found.id), zone)
            return
        missed = None if what.isdecimal() else store.missed_at([canonical(what)]).get(canonical(what))
    if missed is None:
        raise click.UsageError(f"nothing is stored under {what}; `rasid status` says what is there")
    terminal.show_missed(Console(), missed, zone)
