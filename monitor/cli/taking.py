"""``rasid watch add``: the lists that come with Rasid, one by one into one's own folder."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["add"]


@click.command()
@click.argument("names", metavar="[LIST]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def add(folder: Path, names: tuple[str, ...], *, as_json: bool) -> None:
    """Take over lists that come with Rasid; without LIST, say which there are.

    A list that is taken over is a file of yours in config/watchlists/, to be changed as you like. It is used from the
    next pass on; `rasid watch rescan` flags what was stored before. Nothing that is there already is replaced.
    """
    from monitor import ready
    from monitor.yamlfile import did_you_mean

    lists = ready.lists()
    taken = {path.stem for path in (folder / "watchlists").glob("*.y*ml")}
    if not names:
        if as_json:
            rows = [
                {"id": one.id, "title": one.title, "note": one.note, "there": one.id in taken} for one in lists.values()
            ]
            click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        width = max(map(len, lists))
        for one in lists.values():
            mark = "✓" if one.id in taken else " "
            click.echo(f"{mark} {one.id:{width}}  {one.title}: {one.note}")
        click.echo("\n✓ is in your folder; `rasid watch add NAME` takes one over")
        return
    for name in dict.fromkeys(names):
        if name not in lists:
            raise click.UsageError(f"no list `{name}` comes with Rasid{did_you_mean(name, sorted(lists))}")
        if name in taken:
            raise click.UsageError(f"{folder / 'watchlists' / name}.yaml is there already; nothing was written")
    written = [str(ready.write(lists[name], folder / "watchlists")) for name in dict.fromkeys(names)]
    if as_json:
        click.echo(json.dumps({"written": written}, ensure_ascii=False, indent=2))
        return
    for path in written:
        click.echo(f"{path}: yours now; `rasid watch test` and `rasid watch diff` show what it does")
