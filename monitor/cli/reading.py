"""``rasid read``: what is understood of one page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import now

if TYPE_CHECKING:
    from crawler.pages import Reading

__all__ = ["read"]

_MAX = 20 * 2**20


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--url", default="https://saved.invalid/page", help="The address that the page was saved from.")
@click.option(
    "--type", "content_type", help="The Content-Type that it was served with, like `text/html; charset=windows-1256`."
)
@click.option(
    "--zone", default="Asia/Damascus", show_default=True, help="The zone of times that are printed without one."
)
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="When it was saved (UTC), for dates like `أمس`."
)
@click.option("--explain", is_flag=True, help="Say what was left out of the page, and by which rule.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def read(
    file: Path, url: str, content_type: str | None, zone: str, at: datetime | None, *, explain: bool, as_json: bool
) -> None:
    """Show what is understood of a saved page: title, date, author, text. Nothing is fetched and nothing is stored.

    FILE is a page as it was saved, or - for standard input. A page of a source is asked for by `rasid crawl`, politely, and
    shown by `rasid show URL`.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from crawler import pages

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.UsageError(f"no zone `{zone}`; one like Asia/Damascus is expected") from error
    with click.open_file(str(file), "rb") as stream:
        body = stream.read(_MAX)
    moment = at.replace(tzinfo=UTC) if at else now()
    found = pages.explain(body, url, content_type, moment, zone, source="saved")
    if as_json:
        click.echo(_json(found))
        return
    _show(found, zone, explain=explain)


def _show(found: Reading, zone: str, *, explain: bool) -> None:
    from rich.console import Console

    from monitor import terminal

    if found.article is None:
        click.echo(f"no article: {terminal.plain(found.why)}")
    else:
        terminal.show_reading(Console(), found.article, zone)
        if found.why:
            click.echo(f"\nnote: {terminal.plain(found.why)}")
    if explain:
        click.echo(f"\nleft out: {len(found.pruned)} pieces")
        for piece in found.pruned:
            click.echo(f"  {terminal.plain(piece)}")


def _json(found: Reading) -> str:
    from dataclasses import asdict

    value = {"article": found.article and asdict(found.article), "why": found.why, "pruned": found.pruned}
    return json.dumps(value, ensure_ascii=False, indent=2, default=lambda moment: moment.isoformat())
