"""``rasid learned``: what Rasid learned of its sources, and how to take it back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, now, opened

if TYPE_CHECKING:
    from crawler.source import Source
    from monitor.lessons import Lesson
    from storage.store import Store

__all__ = ["learned"]


@click.command()
@click.argument("name", metavar="[SOURCE]", required=False)
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Line N is news: leave it in the texts from now on.")
@click.option("--drop", type=click.IntRange(1), metavar="N", help="Line N is no news after all: leave it out again.")
@click.option("--forget", is_flag=True, help="Forget what its texts are usually like: the outlet changed for good.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def learned(folder: Path, name: str | None, *, keep: int | None, drop: int | None, forget: bool, as_json: bool) -> None:
    """Show what was learned of a source from its articles.

    Without SOURCE: of all of them. The lines that it prints under article after article, which are left out of its texts, and what its texts are usually
    like: a page that gives something else is not stored, and a row of them is told in the digest. Both are learned before
    a pass, from the last 60 days.
    """
    from monitor import lessons

    config = loaded(folder)
    sources = {source.name: source for source in config.sources}
    if name is not None and name not in sources:
        raise click.UsageError(f"no source `{name}`; there are: {', '.join(sorted(sources))}")
    with opened(config) as store:
        if keep or drop or forget:
            if name is None:
                raise click.UsageError("say of which source")
            _change(store, name, keep or drop, news=bool(keep), forget=forget)
        wanted = [sources[name]] if name else list(sources.values())
        found = [(source, lessons.recalled(store, source.name)) for source in wanted]
    if as_json:
        told = {source.name: asdict(lesson) for source, lesson in found}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    for source, lesson in found:
        if name or lesson.standing or lesson.habits:
            _show(source, lesson)
    if not any(lesson.standing or lesson.habits for _, lesson in found):
        click.echo("nothing yet: a source is learned from when twenty articles of it are stored")


def _change(store: Store, name: str, number: int | None, *, news: bool, forget: bool) -> None:
    from monitor import lessons

    if number is not None:
        lines = lessons.recalled(store, name).standing
        if number > len(lines):
            raise click.UsageError(f"there are {len(lines)} lines; `rasid learned {name}` numbers them")
        lessons.mark(store, name, lines[number - 1].line, news=news)
    if forget:
        lessons.forget(store, name, now())


def _show(source: Source, lesson: Lesson) -> None:
    from monitor.terminal import plain

    click.echo(f"{source.name}: {plain(source.title)}")
    if (usual := lesson.habits) is not None:
        click.echo(
            f"  of {usual.articles} articles nine in ten have {usual.shortest} to {usual.longest} characters (half of them"
            f" {usual.middle} and more), {usual.arabic:.0%} Arabic letters and {usual.named:.0%} of the headline's words, or more"
        )
    for number, one in enumerate(lesson.standing, 1):
        what = "kept, you said that it is news" if one.kept else "left out"
        click.echo(
            f"  {number}. {what} (in {one.stories} stories of {one.days} days, since {one.since}): {plain(one.line)}"
        )
