"""``rasid status`` and ``rasid show``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from monitor.cli.edges import loaded, now, opened

__all__ = ["show", "status"]

_GAPS_SHOWN = timedelta(days=7)


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
