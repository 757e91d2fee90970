"""``rasid sources``: what is read, whether it answers, and how it becomes more.

Exit codes of ``check``: 0 every source could be read, 4 one could not (with ``--strict``: or needs a look), 2 usage or
configuration, 75 a pass is running (try later).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import adding
from monitor.cli.edges import loaded, now, opened
from monitor.cli.names import named, source_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.source import Source
    from monitor.config import Config
    from monitor.sourcecheck import Probe, Verdict

__all__ = ["sources"]

_NOT_READ = 4
_TRIED = 3
"""Articles of a source that a check reads: the newest may be a video."""


@click.group(invoke_without_command=True)
@click.option(
    "--trouble", is_flag=True, help="Only those that could not be read the last time, that are silent, or have gaps."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def sources(context: click.Context, *, trouble: bool, as_json: bool) -> None:
    """Show every source: when it was read and how it ended.

    Also how often it is read, what it publishes a day, its gaps, and when a person last verified it.

    `check` tries sources out, `add` finds a site's entrances and writes one down, `import` and `export` are for OPML, the
    format of feed readers. What can be written of a source is explained in docs/sources.md.
    """
    if context.invoked_subcommand:
        return
    from monitor import showing_sources, sourcetable

    config: Config = loaded(context.obj)
    moment = now()
    with opened(config) as store:
        rows = sourcetable.rows(config.sources, store.sources(), store.gaps.standing(), moment)
    if trouble:
        rows = [row for row in rows if row.in_trouble or row.silent_since or row.gaps]
    if as_json:
        click.echo(showing_sources.sources_json(rows))
    else:
        showing_sources.show_sources(showing_sources.wide(), rows, moment)


@sources.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=source_names)
@click.option("--try", "every", is_flag=True, help="Read every article that is listed, as a pass would, and show them.")
@click.option("--record", is_flag=True, help="Write `verified: TODAY` into sources.yaml for each that can be read.")
@click.option("--strict", is_flag=True, help=f"Exit with {_NOT_READ} also when a source needs a look.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def check(folder: Path, names: tuple[str, ...], *, every: bool, record: bool, strict: bool, as_json: bool) -> None:
    """Try sources out: fetch once, and show what is understood. Nothing is stored.

    Without a NAME all that are read are tried, and there is a line for each; with one or more, all that was understood of
    them is shown: robots.txt, entries with their times, the text of an article, and what can be done where something is
    wrong. Sites are asked as politely as in a pass, and three articles of each are read.

    Ends with 0 when every source could be read and with 4 when one could not.
    """
    from monitor import showing_sources
    from monitor.sourcecheck import FAILED, LOOK, verdict

    config = loaded(folder)
    chosen = named(config.sources, names) or [source for source in config.sources if source.enabled]
    if not chosen:
        raise click.UsageError(f"every source in {folder / 'sources.yaml'} is switched off; name one to try it")
    adding.may_go_out(config, [source.url for source in chosen])
    probes = _look(config, chosen, None if every else _TRIED)
    moment = now()
    checked = [(probe, verdict(probe, moment)) for probe in probes]
    if record:
        seen = [probe.source.name for probe, found in checked if found.kind != FAILED]
        adding.record(folder, seen, "verified", moment.date().isoformat())
    if as_json:
        click.echo(showing_sources.check_json(checked, moment))
    elif names:
        for probe, found in checked:
            showing_sources.show_check(showing_sources.wide(), probe, found, moment, everything=every)
    else:
        showing_sources.show_checks(showing_sources.wide(), checked, moment)
        _summary(checked)
    bad = (FAILED, LOOK) if strict else (FAILED,)
    if any(found.kind in bad for _, found in checked):
        sys.exit(_NOT_READ)


@sources.command("off")
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=source_names)
@click.pass_obj
def off(folder: Path, names: tuple[str, ...]) -> None:
    """Read these sources no more.

    They stay in the file, as `enabled: false`, and what they brought stays stored.
    """
    _switch(folder, names, on=False)


@sources.command("on")
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=source_names)
@click.pass_obj
def on(folder: Path, names: tuple[str, ...]) -> None:
    """Read these sources again."""
    _switch(folder, names, on=True)


def _switch(folder: Path, names: Sequence[str], *, on: bool) -> None:
    changed = [source.name for source in named(loaded(folder).sources, names) if source.enabled != on]
    adding.record(folder, changed, "enabled", on)
    for name in names:
        if name not in changed:
            click.echo(f"`{name}` is {'read' if on else 'not read'} already")


def _look(config: Config, chosen: Sequence[Source], many: int | None) -> list[Probe]:
    from rich.console import Console
    from rich.progress import Progress

    from monitor import scope
    from monitor.cli.probing import Kept, look_at
    from monitor.lock import hold

    about = scope.load(config.folder) if any(source.scope != "all" for source in chosen) else None
    console = Console(stderr=True)
    with (
        hold(config.settings.var / "pass.lock", "a pass"),
        opened(config) as store,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("asking", total=len(chosen))

        def ended(probe: Probe) -> None:
            progress.update(task, advance=1, description=f"asking ({probe.source.name} done)")

        return look_at(chosen, config.fetching(), Kept(store), many=many, scope=about, ended=ended)


def _summary(checked: Sequence[tuple[Probe, Verdict]]) -> None:
    from monitor.sourcecheck import FAILED, LOOK, OK

    counts = {kind: sum(found.kind == kind for _, found in checked) for kind in (OK, LOOK, FAILED)}
    said = [
        f"{counts[OK]} of {len(checked)} can be relied on",
        *([f"{counts[LOOK]} need a look"] if counts[LOOK] else []),
        *([f"{counts[FAILED]} cannot be read"] if counts[FAILED] else []),
    ]
    click.echo(f"\n{', '.join(said)}; `rasid sources check NAME` shows all that is known of one")


for command in (adding.add, adding.import_, adding.export):
    sources.add_command(command)
