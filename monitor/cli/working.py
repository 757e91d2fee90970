"""``rasid worker``: one of many machines that read for the same store."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from crawler.errors import RasidError
from monitor import halts, queue
from monitor.cli.edges import archive, in_use, loaded, now, opened, short_of_room
from monitor.cli.outings import Outings
from monitor.cli.serving import Service
from monitor.together import Together

if TYPE_CHECKING:
    from monitor.children import Children, Ended
    from monitor.config import Config
    from monitor.health import Health
    from storage.records import Worker

__all__ = ["worker"]

log = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)
_SLOW = 2 * _MINUTE
_BUSY, _RESTING = timedelta(seconds=10), _MINUTE
_FOR_AN_ARCHIVE = timedelta(hours=12)
_BROKEN = 4
"""Of an archive: what is whole of it was read, and a second time is no better."""
_MEANS = {
    2: "the configuration or a watch list was refused",
    3: "the store could not be used",
    4: "it could not be read to its end",
}
_NAME = re.compile(r"[\w.-]{1,60}")


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 16), default=2, show_default=True, help="Passes that it makes at a time."
)
@click.option(
    "--hosts", "together", type=click.IntRange(1, 32), default=16, show_default=True, help="Hosts that one pass reads."
)
@click.option("--name", help="What it is called in `rasid queue`; a machine's name without it.")
@click.option(
    "--no-digests",
    is_flag=True,
    help="Leave digests and messages to other workers: they make files, each where it runs.",
)
@click.pass_obj
def worker(folder: Path, concurrency: int, together: int, name: str | None, *, no_digests: bool) -> None:
    """Run a worker: one of any number of machines that read for the same store, on PostgreSQL.

    Each takes jobs from the store's own queue: the sources of one host that are due, digests, messages, archives. `rasid queue`
    shows them. Ends on SIGTERM within seconds; what it was at begins anew elsewhere, also when it is killed.
    """
    from monitor import keptconfig
    from monitor.config import ready_to_go_out
    from monitor.lock import hold
    from monitor.notify import Notifier
    from storage.records import Worker

    config = loaded(folder)
    var = config.settings.var
    os.environ[keptconfig.KEPT] = str(keptconfig.place(var.absolute()))
    if lacks := ready_to_go_out(config):
        raise click.UsageError("\n".join(lacks))
    named = name or socket.gethostname()
    if not _NAME.fullmatch(named):
        raise click.UsageError(f"`{named}`: a name is letters, digits, - and ., 60 at most; give it with --name")
    me = Worker(name=named, host=socket.gethostname(), pid=os.getpid(), slots=concurrency, takes="")
    with hold(var / f"worker-{named}.lock", "a worker of this name (--name gives another)"), opened(config) as store:
        store.queue.prepare()
        from monitor.crew import Crew  # the extra is there

        _alone(me, store.queue.workers())
        in_use(config, last_good=True)
        if config.settings.captures.keep:
            with archive(config, store):  # its chain begins before two passes could each begin one
                pass
        slots = {queue.CRAWL: concurrency * together, queue.BACKFILL: 1, queue.CLOCK: 2}
        _metrics(config)
        Crew(
            address=config.settings.storage.url, queue=store.queue, me=me, every=_rhythms(config),
            slots=slots if no_digests else slots | {queue.TELLING: 2},
            hands=lambda: _Hands(folder, config, named, concurrency, together), notifier=Notifier(),
        ).run()  # fmt: skip


def _alone(me: Worker, others: Sequence[Worker]) -> None:
    """A name is one worker's: machines are made from one image, and have one name, more often than one thinks."""
    import psutil

    from monitor.lock import BusyError

    for one in others:
        fresh = one.heard_at is not None and now() - one.heard_at < _MINUTE / 4
        if one.name == me.name and fresh and (one.host != me.host or psutil.pid_exists(one.pid)):
            raise BusyError(
                f"a worker of this name runs on {one.host}, process {one.pid}; give another with --name",
                subject=me.name,
            )


def _rhythms(config: Config) -> Mapping[str, timedelta]:
    often = min(config.settings.schedule.crawl, _MINUTE)
    return {"dispatch": often, "care": 10 * _MINUTE, "digest": often, "alerts": min(often, _MINUTE / 2)}


def _metrics(config: Config) -> None:
    from monitor import health, metrics

    def gathered() -> Health:
        with opened(config) as store:
            return health.gather(store, config, now())

    if place := config.settings.metrics.place:
        metrics.serve(*place, gathered)


class _Hands:
    """Does the jobs; from several threads. It lives for as long as a connection to the queue does."""

    def __init__(self, folder: Path, config: Config, name: str, concurrency: int, together: int) -> None:
        from monitor.children import Children

        self._children: Children = Children(memory=config.settings.pass_memory)
        self._service = Service(folder, config, self._children)
        self._base = ["--config", str(folder)]
        self._places: SimpleQueue[str] = SimpleQueue()
        for place in range(concurrency):
            self._places.put(f"{name}/{place + 1}")
        self._together = Together(self._read, places=concurrency, most=together)
        self._apart = Together(self._read, places=concurrency, most=1, gathering=0)
        self._reach = queue.Reach()
        self._ended = False
        self._rests: tuple[datetime, str] | None = None

    @property
    def rests(self) -> str:
        """For a minute after it was found unable to read; then a job finds out whether it still is."""
        if self._rests is None or now() - self._rests[0] > _RESTING:
            return ""
        return self._rests[1]

    def stop(self) -> None:
        self._ended = True
        self._children.stop()

    def reload(self) -> None:
        log.info("reading the configuration again")
        self._service.reload()

    def do(self, kind: str, args: Mapping[str, Any]) -> None:
        if self._ended:
            raise _given_back()
        if kind == queue.CRAWL:
            self._crawl(args["host"])
        elif kind == queue.BACKFILL:
            self._backfill(args["place"], args.get("options", []))
        elif kind == "dispatch":
            self._dispatch()
        else:
            {"digest": self._service.digest, "alerts": self._service.alerts, "care": self._service.care}[kind]()

    def _dispatch(self) -> None:
        """Every host of which something is due has a job. When a source is due next is written by the pass that reads it, so that
        a job that is lost here is put in at the next look."""
        config = self._service.config
        sources = {source.name: source for source in config.sources if source.enabled}
        with opened(config) as store:
            if store.queue.paused() is None:
                due = store.due(list(sources), now())
                store.queue.put(queue.jobs(sources[name] for name in due))

    def _crawl(self, host: str) -> None:
        config = self._service.config
        mine = queue.by_host(source for source in config.sources if source.enabled).get(host, [])
        if why := short_of_room(config):
            self._rest(why)
        with opened(config) as store:
            due = store.due([source.name for source in mine], now())
            if due and store.queue.turns.busy(queue.turn(host)):
                raise _given_back(_BUSY)  # a worker that is frozen has a child that is not, or a person reads it
            last = [state.last for state in store.sources() if state.name in due and state.last]
        if due:  # a pass ends with its slowest host, and the others' next reading waits for it
            slow = any(one.ended_at - one.started_at > _SLOW for one in last)
            (self._apart if slow else self._together)((host, due))

    def _read(self, hosts: list[tuple[str, list[str]]]) -> Mapping[int, BaseException]:
        """One pass over what is due of several hosts; which of them could not be done, and why."""
        config, due = self._service.config, [name for _, names in hosts for name in names]
        by = self._places.get()
        try:
            outings = Outings(self._base, lambda: config, self._children, now, began_by=by)
            ended, done = outings.read(due, limit=config.settings.pass_limit)
        finally:
            self._places.put(by)
        if self._ended:  # asked to end, it ended in good order: what it left is due for whoever takes the job up
            if left := outings.cut_short(done):
                outings.excuse(left)
            raise _given_back()
        read = [done.intersection(names) for _, names in hosts]
        for (host, names), answered in zip(hosts, outings.each_answered(read), strict=True):
            self._heard(host, names, outings, answered=answered)
        failed: dict[int, BaseException] = {}
        for at, (_, names) in enumerate(hosts):
            if set(names) - done:
                try:
                    self._judge("crawl", ended)
                except Exception as error:  # noqa: BLE001 -- each job is answered with its own
                    failed[at] = error
        return failed

    def _heard(self, host: str, due: Sequence[str], outings: Outings, *, answered: bool | None) -> None:
        """Where it is our own network that is gone, others read what we could not, and we ask one host a minute whether it is back."""
        was = self._reach.gone_since
        if excused := self._reach.heard(host, due, now(), answered=answered):
            outings.excuse(excused)
        if answered:
            self._rests = None
        elif self._reach.gone_since:
            self._rests = (now(), "its network is gone: no source could be reached")
        if (was is None) != (self._reach.gone_since is None):
            log.error(
                "the %s %s",
                halts.NETWORK,
                "is there again" if was else "is gone: no host could be reached; others read them",
            )

    def _backfill(self, place: str, options: Sequence[str]) -> None:
        if not place.startswith(("http://", "https://")) and not Path(place).is_file():
            raise _failed(f"no such file on {socket.gethostname()}: every worker must see it under this path")
        arguments = [*self._base, "backfill", "--json", *options, "--", place]
        self._judge("backfill", self._children.run(arguments, limit=_FOR_AN_ARCHIVE.total_seconds()))

    def _judge(self, what: str, ended: Ended | None) -> None:
        if ended is None or self._ended:
            raise _given_back()
        if ended.code == 75 and not ended.crashed:
            raise _given_back(_BUSY)
        if ended.code or ended.crashed:
            raise _failed(f"`rasid {what}` {ended}{_meaning(ended)}", final=ended.code == _BROKEN)

    def _rest(self, why: str) -> None:
        if not self.rests:
            log.error("%s; this worker reads nothing meanwhile", why)
        self._rests = (now(), why)
        raise _given_back(_BUSY)


def _meaning(ended: Ended) -> str:
    return f": {_MEANS[ended.code]}; its log says more" if ended.code in _MEANS else ""


def _given_back(wait: timedelta = timedelta()) -> Exception:
    from monitor.crew import GivenBackError

    return GivenBackError(wait)


def _failed(why: str, *, final: bool = False) -> RasidError:
    from monitor.crew import JobFailedError

    failed = JobFailedError(why)
    failed.final = final
    return failed
