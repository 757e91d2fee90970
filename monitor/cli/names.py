"""Names that the shell completes: sources of the configuration that the command line names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from crawler.source import Source

__all__ = ["named", "source_names"]


def source_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Completes the name of a source, for an option's or argument's ``shell_complete``."""
    from monitor import sourcefile

    folder = context.find_root().params.get("folder") or "config"
    sources = sourcefile.load(Path(folder) / "sources.yaml", [])
    return [CompletionItem(one.name, help=one.title) for one in sources if one.name.startswith(incomplete)]


def named(sources: Iterable[Source], names: Iterable[str]) -> list[Source]:
    """The sources of these names. :class:`click.UsageError` for one that is not there, with what was probably meant."""
    from monitor.yamlfile import nearest, shown

    by_name = {source.name: source for source in sources}
    chosen = []
    for name in dict.fromkeys(names):
        if name not in by_name:
            near = nearest(name, by_name)
            meant = f"did you mean `{near}`?" if near else "`rasid sources` shows all"
            raise click.UsageError(f"no source `{shown(name)}`; {meant}")
        chosen.append(by_name[name])
    return chosen
