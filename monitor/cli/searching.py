"""``rasid search``."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.edges import loaded, now, opened, prepared

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.searching import Found
    from storage.store import Store

__all__ = ["search"]

_DAY = click.DateTime(["%Y-%m-%d"])
_SHOWN = 20
_AT_ONCE = 500


@click.command()
@click.argument("words", metavar="WORDS...", nargs=-1, required=True)
@click.option(
    "--without", multiple=True, metavar="WORD", help="Only articles in which this does not stand. Can be repeated."
)
@click.option("--since", type=_DAY, help="Published on this day or later (2018-05-14).")
@click.option("--until", type=_DAY, help="Published before this day.")
@click.option("-s", "--source", "sources", multiple=True, help="Only of this source. Can be repeated.")
@click.option("-l", "--list", "lists", multiple=True, metavar="LIST", help="Only what this watch list has flagged.")
@click.option("--limit", type=click.IntRange(1), default=_SHOWN, show_default=True, help="How many, the newest first.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet.")
@click.option("--digest", "as_digest", metavar="FORMAT", help="As a digest: html, markdown, text, json, atom or mail.")
@click.pass_obj
def search(
    folder: Path,
    words: tuple[str, ...],
    without: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    sources: tuple[str, ...],
    lists: tuple[str, ...],
    limit: int,
    *,
    everything: bool,
    as_json: bool,
    as_csv: bool,
    as_digest: str | None,
) -> None:
    """Search the archive for articles in which all WORDS stand.

    Words are understood as in watch lists: all forms of a word, all spellings of a name. A phrase goes in quotes:
    `rasid search معتقلين "سجن صيدنايا"`.
    """
    from monitor.formats import FORMATS

    if sum(map(bool, (as_json, as_csv, as_digest))) > 1:
        raise click.UsageError("--json, --csv and --digest exclude each other")
    if as_digest and as_digest not in FORMATS:
        raise click.UsageError(f"no format `{as_digest}`; there are: {', '.join(FORMATS)}")
    config = loaded(folder)
    prepared()
    with opened(config) as store:
        _ready(store)
        count, hits = _hits(store, config, words, without, since, until, sources, lists)
        found = list(hits if everything else islice(hits, limit))
        if as_digest:
            click.echo(_filed(store, config, words, found, as_digest))
        elif as_json:
            told = {"words": words, "without": without, "candidates": count, "found": [_told(one) for one in found]}
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        elif as_csv:
            _write_csv(found, config)
        else:
            from rich.console import Console

            from monitor import searchtable

            searchtable.show(Console(), found, count, config.settings.zone, more=not everything and len(found) == limit)


def _ready(store: Store) -> None:
    """The first search of an old archive makes the index; a person is told what takes so long."""
    behind = store.search.behind()

    def say(done: int) -> None:
        if behind > _AT_ONCE and sys.stderr.isatty():
            click.echo(f"\rindexing the archive, once: {done} of {behind} articles", err=True, nl=done >= behind)

    store.search.ready(say)


def _hits(
    store: Store,
    config: Config,
    words: Sequence[str],
    without: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    sources: Sequence[str],
    lists: Sequence[str],
) -> tuple[int, Iterator[Found]]:
    """How many articles the index gives, and those that hold on a second look."""
    from monitor import days, searching
    from monitor.lists import packs_of
    from storage.search import Filters

    known = {source.name for source in config.sources}
    if unknown := [name for name in sources if name not in known]:
        raise click.UsageError(f"no source `{unknown[0]}`; `rasid status` names them")
    zone = config.settings.zone
    seeker = searching.Seeker(words, without, packs_of(config.folder / "watchlists"))
    filters = Filters(
        since=days.bounds(since.date(), zone)[0] if since else None,
        until=days.bounds(until.date(), zone)[0] if until else None,
        sources=tuple(sources),
        lists=tuple(lists),
    )
    query = seeker.query(store.search.vocabulary())
    if query is None:
        return 0, iter(())
    return store.search.count(query, filters), searching.found(seeker, query, filters, store.search.find)


def _told(one: Found) -> dict[str, Any]:
    article = one.stored.article
    return {
        "id": one.stored.id,
        "source": article.source,
        "url": article.url,
        "title": article.title,
        "published_at": article.published_at and article.published_at.isoformat(),
        "fetched_at": article.fetched_at.isoformat(),
        "spans": [
            {"where": s.where, "start": s.start, "end": s.end, "words": s.words, "term": s.term} for s in one.spans
        ],
        "text": article.text,
    }


def _write_csv(found: Sequence[Found], config: Config) -> None:
    """RFC 4180, with the byte-order mark without which spreadsheets take Arabic for Latin."""
    from monitor.searchtable import snippet

    click.echo("\ufeff", nl=False)
    titles = {source.name: source.title for source in config.sources}
    rows = csv.writer(sys.stdout)
    rows.writerow(("id", "published", "fetched", "source", "title", "url", "words", "sentence"))
    for one in found:
        article = one.stored.article
        published = article.published_at.isoformat() if article.published_at else ""
        said = "؛ ".join(dict.fromkeys(span.words for span in one.spans))
        cells = (titles.get(article.source, article.source), article.title, article.url, said, snippet(one))
        rows.writerow((one.stored.id, published, article.fetched_at.isoformat(), *map(_cell, cells)))


def _cell(text: str) -> str:
    """A cell that a spreadsheet would take for a formula is text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _filed(store: Store, config: Config, words: Sequence[str], found: Sequence[Found], name: str) -> Path:
    from monitor import filing, searchdigest
    from monitor.formats import FORMATS

    moment = now()
    digest = searchdigest.made(store, config, words, found, moment)
    stem = moment.astimezone().strftime("%Y-%m-%d-%H%M%S")
    contents = {f"{stem}{FORMATS[name].suffix}": FORMATS[name].render(digest)}
    return filing.write(config.settings.var / "searches", contents)[0]
