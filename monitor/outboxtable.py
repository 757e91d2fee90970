"""``rasid alerts`` at a terminal."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.formats.safe import plain
from storage.records import Waiting

__all__ = ["show"]


def show(
    console: Console, found: Sequence[Waiting], counts: Mapping[str, int], zone: str, *, wanted: Collection[str]
) -> None:
    """``wanted``: the variables that audiences name."""
    if found:
        table = Table(box=None, pad_edge=False)
        for title in ("no.", "kind", "to", "state", "next try", "tries", "about"):
            table.add_column(title)
        for one in found:
            about = plain(str(one.message.payload.get("headline") or ""))[:60]
            at = one.due_at.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") if one.ended_at is None else ""
            row = (str(one.id), one.message.kind, one.message.target, one.state, at, str(one.tries), about)
            table.add_row(*map(Text, row))
            if one.error:
                table.add_row("", "", "", "", "", "", Text(plain(one.error)[:200], style="red"))
        console.print(table)
    said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    console.print(f"messages: {said}" if said else "no message was ever put out")
    for target in wanted:
        if not os.environ.get(target):
            console.print(Text(f"{target} is not set in this environment: its messages would wait", style="yellow"))
