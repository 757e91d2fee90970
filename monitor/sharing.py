"""What a person and a monitor want to know of the machines that share one store: who works, what waits, what was given up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.terminal import ago, plain
from storage.records import Job, Worker

if TYPE_CHECKING:
    from storage.store import Store

__all__ = ["Shared", "as_json", "gather", "show", "told_of", "wrong"]

_SHOWN = 200
_NAMED = 5
_STYLES = {"failed": "red", "running": "bold"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Empty where there is one machine."""

    workers: Sequence[Worker] = ()
    """One that has places for several kinds of jobs is there once for each."""
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Jobs by kind and state."""
    dead: Sequence[Job] = ()
    """Jobs that were given up."""
    lost: Mapping[str, datetime] = field(default_factory=dict)
    """Workers that were there and went without a word, since when."""
    paused: datetime | None = None

    @property
    def names(self) -> list[str]:
        return sorted({worker.name for worker in self.workers})

    def states(self) -> Mapping[str, int]:
        """How many jobs are in each state, whatever their kind."""
        found = dict.fromkeys(("waiting", "running", "failed"), 0)
        for (_, state), count in self.counts.items():
            found[state] += count
        return found


def gather(store: Store) -> Shared:
    queue = store.queue
    if not queue.there:
        return Shared()
    return Shared(
        workers=queue.workers(),
        counts=queue.counts(),
        dead=queue.listed(["failed"]),
        lost=queue.lost(),
        paused=queue.paused(),
    )


def wrong(shared: Shared, now: datetime) -> Iterator[tuple[str, str]]:
    """What of it a person must see to, and how."""
    if shared.dead:
        named = ", ".join(one.about for one in shared.dead[:_NAMED])
        more = f" and {len(shared.dead) - _NAMED} more" if len(shared.dead) > _NAMED else ""
        yield (
            f"{len(shared.dead)} jobs were given up: {named}{more}",
            "`rasid queue` says why; `rasid queue retry --failed` lets them begin anew",
        )
    for worker in shared.workers:
        if worker.rests and worker.takes == "crawl":
            yield f"worker {worker.name} reads nothing: {worker.rests}", f"see to {worker.host}; others read meanwhile"
    for name, since in shared.lost.items():
        if name not in shared.names and now - since < timedelta(days=1):
            yield (
                f"worker {name} is gone without a word since {since:%Y-%m-%d %H:%M} UTC",
                "see to it, or start it again",
            )


def show(console: Console, shared: Shared, jobs: Sequence[Job], now: datetime) -> None:
    """``rasid queue`` at a terminal."""

    def say(line: str, style: str = "") -> None:
        console.print(plain(line), style=style, markup=False, highlight=False, soft_wrap=True)

    if shared.paused:
        say(f"reading is paused since {ago(shared.paused, now)}: `rasid queue resume`", "yellow")
    for what, remedy in wrong(shared, now):
        say(f"{what}. {remedy}", "yellow")
    if jobs:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("no.", "what", "state", "since", "tries", "by", "why"):
            table.add_column(title, overflow="fold")
        for one in jobs:
            row = (str(one.id), plain(one.about), one.state, ago(one.since, now), str(one.attempts), one.worker or "")
            table.add_row(*map(Text, row), Text(plain(one.why or "")[:200]), style=_STYLES.get(one.state, ""))
        console.print(table)
    more = sum(shared.counts.values()) - len(jobs)
    said = ", ".join(f"{count} {state}" for state, count in shared.states().items())
    say(f"jobs: {said}" + (f" ({more} more than shown)" if more > 0 else ""))
    for worker in shared.workers:
        rests = f"; rests: {worker.rests}" if worker.rests else ""
        done = f"{worker.running} of {worker.slots} running, {worker.done} done"
        say(
            f"worker {worker.name} on {worker.host} ({worker.takes}): {done}, heard of {ago(worker.heard_at, now)}{rests}"
        )
    if not shared.workers:
        say("no worker is running: `rasid worker` starts one")


def as_json(shared: Shared, jobs: Sequence[Job]) -> str:
    told = told_of(shared) | {"jobs": [asdict(one) for one in jobs]}
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)


def told_of(shared: Shared) -> dict[str, Any]:
    """For programs; part of ``rasid status --json``."""
    return {
        "states": dict(shared.states()),
        "kinds": {f"{kind} {state}": count for (kind, state), count in sorted(shared.counts.items())},
        "paused_since": shared.paused and shared.paused.isoformat(),
        "workers": [_plain(asdict(one)) for one in shared.workers],
        "lost": {name: since.isoformat() for name, since in shared.lost.items()},
        "given_up": [_plain(asdict(one)) for one in shared.dead],
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
