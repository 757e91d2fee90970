"""``rasid read``: what is understood of one page."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, now, opened

if TYPE_CHECKING:
    from crawler.article import Page
    from crawler.pages import Reading
    from crawler.source import Source
    from monitor.config import Config

__all__ = ["read"]

_MAX = 20 * 2**20
_NOT_READ = 4
_SAVED = "https://saved.invalid/page"


@click.command()
@click.argument("what", metavar="FILE|URL")
@click.option("-s", "--source", "name", help="Read it as a page of this source: its zone, its boilerplate, its habits.")
@click.option("--url", help="The address that a FILE was saved from.")
@click.option(
    "--type", "content_type", help="The Content-Type that it was served with, like `text/html; charset=windows-1256`."
)
@click.option("--zone", help="The zone of times that are printed without one; unsaid, the source's or Asia/Damascus.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="When it was saved (UTC), for dates like `أمس`."
)
@click.option("--explain", is_flag=True, help="Say what was left out of the page, and by which rule.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def read(
    folder: Path,
    what: str,
    name: str | None,
    url: str | None,
    content_type: str | None,
    zone: str | None,
    at: datetime | None,
    *,
    explain: bool,
    as_json: bool,
) -> None:
    """Show what is understood of a page: title, date, text.

    Nothing is stored. FILE is a page as it was saved, or - for standard input; nothing is fetched for it. URL is asked for once, as a pass would:
    robots.txt, waiting between requests, no private addresses. Where its site is that of a declared source it is read
    as a page of that source.

    Ends with 0 when it could be read, also when there is no article in it, and with 4 when URL could not be had.
    """
    if re.match(r"https?://", what, re.IGNORECASE):
        if content_type or at or url:
            raise click.UsageError("--url, --type and --at are for a FILE; an address says these itself")
        page, source = _asked(folder, what, name, zone)
        body, address, content_type, moment = page.body, page.url, page.content_type, page.fetched_at
    else:
        source = _source(loaded(folder), name, url) if name else None
        body, address, moment = _saved(what), url or _SAVED, at.replace(tzinfo=UTC) if at else now()
    zone = _zone(zone or (source.zone if source else "Asia/Damascus"))
    if source is not None:
        source = _taught(folder, source)
    from crawler import pages

    found = pages.explain(
        body,
        address,
        content_type,
        moment,
        zone,
        boilerplate=source.boilerplate if source else (),
        source=source.name if source else "saved",
        habits=source.habits if source else None,
    )
    click.echo(_json(found)) if as_json else _show(found, zone, source, moment, explain=explain)


def _saved(what: str) -> bytes:
    if what != "-" and not Path(what).is_file():
        raise click.UsageError(f"no file `{what}`; an address begins with http:// or https://")
    with click.open_file(what, "rb") as stream:
        body: bytes = stream.read(_MAX)
    return body


def _zone(zone: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.UsageError(f"no zone `{zone}`; one like Asia/Damascus is expected") from error
    return zone


def _source(config: Config, name: str | None, url: str | None) -> Source | None:
    """The source of that name, or else the one whose site the address is of."""
    from crawler.urls import same_site

    if name is not None:
        found = {source.name: source for source in config.sources}
        if name not in found:
            raise click.UsageError(f"no source `{name}`; there are: {', '.join(sorted(found))}")
        return found[name]
    return next((source for source in config.sources if url and same_site(source.url, url)), None)


def _taught(folder: Path, source: Source) -> Source:
    """The source with what was learned of it; as it is declared where there is no store yet."""
    from monitor import lessons

    with opened(loaded(folder)) as store:
        known = lessons.recalled(store, source.name)
    return replace(source, boilerplate=(*source.boilerplate, *known.boilerplate), habits=known.habits)


def _asked(folder: Path, url: str, name: str | None, zone: str | None) -> tuple[Page, Source | None]:
    """The page behind an address, asked for once with the engine of passes, and the source that it is of.

    What is asked is a listing as far as the engine knows: one of which no article is wanted.
    """
    from crawler.source import Source
    from monitor.cli import adding
    from monitor.cli.probing import Kept, look_at
    from monitor.lock import hold

    if zone:
        _zone(zone)
    config = loaded(folder)
    source = _source(config, name, url)
    adding.may_go_out(config, [url])
    asked = Source(name="read", kind="section", url=url, title=url)
    if source is not None:
        asked = replace(source, kind="section", url=url, selector=None)
    with hold(config.settings.var / "pass.lock", "a look at a page"), opened(config) as store:
        (probe,) = look_at([asked], config.fetching(), Kept(store), many=0, bodies=True)
    if probe.page is None:
        why = probe.outcome.why or str(probe.outcome.ending) if probe.outcome else "the look was ended"
        click.echo(f"not read: {why}", err=True)
        sys.exit(_NOT_READ)
    return probe.page, source


def _when(said: str, moment: datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo

    from crawler import dates

    read = dates.parse(said, moment, zone)
    if read is None:
        return "not read"
    shown = (
        f"{read.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if read.precision == "minute" else f"{read.at:%Y-%m-%d}"
    )
    return f"{shown}{'' if read.exact else ' (not exact)'}{f' (doubtful: {read.doubt})' if read.doubt else ''}"


def _show(found: Reading, zone: str, source: Source | None, moment: datetime, *, explain: bool) -> None:
    from rich.console import Console

    from monitor import terminal

    if found.article is None:
        click.echo(f"no article: {terminal.plain(found.why)}")
    else:
        terminal.show_reading(Console(), found.article, zone)
        if found.why:
            click.echo(f"\nnote: {terminal.plain(found.why)}")
    if not explain:
        return
    if found.dates:
        click.echo("\nwhat may say when, the most trusted first:")
    for origin, said in found.dates:
        click.echo(f"  {origin:<9} {_when(said, moment, zone)}: {terminal.plain(said)}")
    click.echo(f"\nleft out: {len(found.pruned)} pieces")
    for piece in found.pruned:
        click.echo(f"  {terminal.plain(piece)}")
    if source is None:
        click.echo("read as a page of no source: --source NAME says of which")
    elif source.boilerplate:
        click.echo(
            f"a line of the source's boilerplate that is news: `rasid learned {source.name}` tells how to keep it"
        )


def _json(found: Reading) -> str:
    from dataclasses import asdict

    value = {
        "article": found.article and asdict(found.article),
        "why": found.why,
        "pruned": found.pruned,
        "dates": found.dates,
    }
    return json.dumps(value, ensure_ascii=False, indent=2, default=lambda moment: moment.isoformat())
