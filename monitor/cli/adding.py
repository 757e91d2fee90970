"""``rasid sources add``, ``import`` and ``export``: how the list becomes longer, and how it travels."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.edges import now

if TYPE_CHECKING:
    from crawler.source import Source
    from monitor.config import Config
    from monitor.opml import Outline
    from monitor.sourceedit import Declaration

__all__ = ["add", "export", "import_", "may_go_out", "record", "settled"]

_NOT_READ = 4


def may_go_out(config: Config, urls: Sequence[str]) -> None:
    """:class:`click.UsageError` where something is missing before these addresses may be asked."""
    from monitor.config import ready_to_go_out

    if lacks := ready_to_go_out(config, urls):
        raise click.UsageError("\n".join(lacks))


def record(folder: Path, names: Collection[str], key: str, value: str | bool) -> None:
    """Writes ``key: value`` of these sources."""
    from monitor.sourceedit import with_key
    from monitor.yamledit import write

    if not names:
        return
    path = folder / "sources.yaml"
    write(path, with_key(path.read_bytes(), names, key, value, str(path)))
    click.echo(f"wrote `{key}: {str(value).lower()}` for {len(names)} sources into {path}", err=True)


def settled(folder: Path) -> Config:
    """The configuration; that no source stands in it yet is no error here."""
    from monitor import config

    return config.load(folder, no_sources=True)


def _append(folder: Path, new: Sequence[Declaration]) -> None:
    from monitor.sourceedit import with_sources
    from monitor.yamledit import write

    path = folder / "sources.yaml"
    write(path, with_sources(path.read_bytes(), new, str(path)))


@click.command()
@click.argument("url")
@click.option("--name", help="What it is called in the list; made from the address without it.")
@click.option(
    "--kind", type=click.Choice(["feed", "section", "sitemap", "wordpress", "telegram"]), help="Take this kind."
)
@click.option("--title", help="The outlet's name as its readers know it; the site's own without it.")
@click.option(
    "--affiliation", default="unknown", show_default=True, help="Whose outlet it is: state, independent, ngo ..."
)
@click.option("--zone", help="The zone of times that it prints without one, like Europe/Istanbul.")
@click.option("--scope", type=click.Choice(["all", "syria"]), default="all", help="syria: keep what is about Syria.")
@click.option(
    "--allow-address", "allowed", multiple=True, help="A network of your own that may be asked, like 10.1.0.0/16."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.pass_obj
def add(folder: Path, /, url: str, *, dry_run: bool, yes: bool, **wishes: Any) -> None:
    """Find the entrances of a site, and write down the best one.

    URL is a site's front page, one of its sections, or an entrance itself: a feed, a sitemap, a WordPress API, a channel
    (https://t.me/NAME). What the site names and the usual places are asked, politely; what they give is compared.
    Comments and order of the file stay as they are.

    Ends with 4 when nothing could be found that can be read.
    """
    from monitor.cli.finding import Finder, Nothing
    from monitor.terminal import plain

    config = settled(folder)
    finder = Finder(config, url, wishes)
    may_go_out(config, [finder.url])
    try:
        declaration = finder.find()
    except Nothing as nothing:
        click.echo(f"rasid: {plain(str(nothing))}", err=True)
        sys.exit(_NOT_READ)
    from monitor.sourceedit import as_yaml

    click.echo(as_yaml(declaration))
    path = folder / "sources.yaml"
    if dry_run:
        click.echo(f"nothing was written; without --dry-run this goes to the end of {path}")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("say --yes to write it, or --dry-run to see it only")
        if not click.confirm(f"Write this to the end of {path}?", default=True):
            click.echo("nothing was written")
            return
    _append(folder, [declaration])
    click.echo(f"wrote `{declaration['name']}` into {path}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--affiliation", help="Of all that the file says nothing of.")
@click.option("--scope", type=click.Choice(["all", "syria"]), help="Of all that the file says nothing of.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.pass_obj
def import_(folder: Path, file: Path, *, affiliation: str | None, scope: str | None, dry_run: bool) -> None:
    """Put the subscriptions of an OPML file at the end of sources.yaml.

    What is read already is left out. What cannot be read is said, with its line, and left out. Nothing is fetched: try
    what is new with `rasid sources check`.
    """
    from monitor.importing import Importer
    from monitor.opml import read
    from monitor.sourceedit import as_yaml

    config = settled(folder)
    importer = Importer(config.sources, affiliation=affiliation, scope=scope)
    with file.open("rb") as stream:
        outlines: list[Outline] = read(stream.read(5_000_001), str(file))
    for outline in outlines:
        if problem := importer.take(outline):
            click.echo(f"{file}:{outline.line}: {problem}", err=True)
    if dry_run:
        click.echo("\n".join(as_yaml(declaration) for declaration in importer.new), nl=False)
    elif importer.new:
        _append(folder, importer.new)
    known, wrong = len(importer.known), len(outlines) - len(importer.new) - len(importer.known)
    where = "would be written" if dry_run else f"written to the end of {folder / 'sources.yaml'}"
    click.echo(f"{len(importer.new)} sources {where}; {known} are read already; {wrong} cannot be read", err=dry_run)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default=Path("-"))
@click.option("--all", "everything", is_flag=True, help="Also those that are switched off.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.pass_obj
def export(folder: Path, file: Path, *, everything: bool, force: bool) -> None:
    """Write the sources as OPML into FILE, or to standard output.

    Feed readers take the feeds; sections, sitemaps, WordPress APIs and channels are links for them, and come back as
    what they are with `rasid sources import`.
    """
    from monitor.opml import written

    sources: Sequence[Source] = settled(folder).sources
    body = written([source for source in sources if everything or source.enabled], now())
    if str(file) == "-":
        sys.stdout.buffer.write(body)
        return
    try:
        with file.open("wb" if force else "xb") as stream:
            stream.write(body)
    except FileExistsError:
        raise click.UsageError(f"{file} is there already; --force replaces it") from None
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror or error}") from error
    click.echo(f"wrote {file}")
