"""``rasid crawl``."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import alerts_of, archive, depot, in_use, loaded, now, opened, shared, short_of_room, stamped
from monitor.cli.names import named, source_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.source import Source
    from monitor.config import Config
    from monitor.lists import WatchLists
    from monitor.passes import Summary
    from storage.store import Store

__all__ = ["crawl"]

_STRICT = 4
log = logging.getLogger(__name__)
_LATE = 60.0
"""Seconds: a service ends its child first."""
_NEARLY = 0.5
"""Of the reserve: a pass that runs may use the other half."""


@click.command()
@click.option(
    "-s",
    "--source",
    "names",
    multiple=True,
    shell_complete=source_names,
    help="Read only this source, due or not. Can be repeated.",
)
@click.option("--all", "everything", is_flag=True, help="Read all sources, due or not.")
@click.option("--strict", is_flag=True, help=f"Exit with {_STRICT} when a source failed.")
@click.option("--last-good", is_flag=True, hidden=True)
@click.option("--by", hidden=True, help="Who asks for this pass; of the sources it reads those that are due.")
@click.pass_obj
def crawl(
    folder: Path, names: tuple[str, ...], *, everything: bool, strict: bool, last_good: bool, by: str | None
) -> None:
    """Make one pass: read the sources that are due, store and flag what is new."""
    from monitor.config import ready_to_go_out
    from storage.errors import StorageError

    config = loaded(folder)
    lists = in_use(config, last_good=last_good)
    sources = {source.name: source for source in config.sources if source.enabled}
    named(sources.values(), names)
    # Where no service watches, as under cron: what spins so hard that it cannot be told to end is ended, and says where it was.
    faulthandler.dump_traceback_later(
        config.settings.pass_limit.total_seconds() + _LATE, exit=True, file=sys.__stderr__ or sys.stderr
    )
    with _turn(config, [sources[name] for name in names or sources]) as (store, mine):
        wanted = names and not by
        due = list(mine) if wanted or everything else store.due(list(mine), now())
        if not due:
            click.echo("no source is due; `--all` reads them all the same")
            return
        if lacks := ready_to_go_out(config):
            raise click.UsageError("\n".join(lacks))
        if why := short_of_room(config):
            raise StorageError(why)
        summary = _pass(store, config, lists, [sources[name] for name in due], by)
    if strict and summary.in_trouble:
        sys.exit(_STRICT)


@contextlib.contextmanager
def _turn(config: Config, sources: Sequence[Source]) -> Iterator[tuple[Store, list[str]]]:
    """The store, and the names of the sources that no other pass reads meanwhile: all of them, on one machine; where others have
    the same store, those of hosts that nobody asks at this moment. :class:`monitor.lock.BusyError`: none."""
    from monitor import queue
    from monitor.lock import BusyError, hold

    if not shared(config):
        with hold(config.settings.var / "pass.lock", "a pass"), opened(config) as store:
            yield store, [source.name for source in sources]
        return
    hosts = queue.by_host(sources)
    names = {queue.turn(host): host for host in hosts}
    with opened(config) as store, store.queue.turns.take(names) as got:
        free = [host for name, host in names.items() if name in got]
        if hosts and not free:
            raise BusyError("another pass reads it at this moment", subject=", ".join(list(hosts)[:3]))
        if left := [host for host in hosts if host not in free]:
            log.warning("left to the pass that reads them at this moment: %s", ", ".join(left))
        yield store, [source.name for host in free for source in hosts[host]]


def _pass(store: Store, config: Config, lists: WatchLists, sources: Sequence[Source], by: str | None = None) -> Summary:
    from crawler import run
    from monitor import logs, scope
    from monitor.again import Again
    from monitor.disk import guarded
    from monitor.evidence import tidying
    from monitor.lessons import taught
    from monitor.passes import Pass
    from storage.errors import StorageError

    about = scope.load(config.folder) if any(source.scope != "all" for source in sources) else None
    number = store.begin_pass(now())
    if by:
        store.remember(f"pass by {by}", {"number": str(number)})
    console = logs.console()
    watcher = logs.watcher(console, len(sources), number)
    sources = taught(store, sources, now())
    kept = archive(config, store) if config.settings.captures.keep else None
    again = Again(store, lists, now=now, settle=kept.settle if kept else None)
    work = Pass(
        store, lists, {s.name: s for s in sources},
        number=number, now=now, watcher=watcher, scope=about, archive=kept, alerts=alerts_of(config, lists, store),
        look_due=again.due_at,
    )  # fmt: skip
    room = partial(short_of_room, config, _NEARLY)
    try:
        with kept or contextlib.nullcontext(), watcher:
            run.crawl(
                sources,
                fetching=config.fetching(),
                now=now,
                known=work.known,
                memory=work,
                keep=guarded(work.keep, room),
                emit=guarded(work.emit, room),
                missed=work.missed,
                ended=work.ended,
                owed=work.owed,
                together=store.together,
                revisit=again.plan(sources),
                again=again.updated,
                revisited=again.seen,
                read_elsewhere=[source.url for source in config.sources if source.enabled],
            )
            if kept is not None:
                tidying.once_a_day(store, kept, config.settings.captures, now(), depot(config))
                for line in stamped(config, store):
                    log.info("%s", line)
        work.tidy()
    except BaseException as error:
        with contextlib.suppress(StorageError):  # it is the store, perhaps, that failed
            store.end_pass(number, now(), error=f"{type(error).__name__}: {error}")
        raise
    store.end_pass(number, now())
    logs.finished(console, work.summary, number)
    return work.summary
