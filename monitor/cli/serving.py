"""``rasid run``: the service, and what each of its jobs does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import RasidError
from monitor.cli.edges import in_use, loaded, now, opened

if TYPE_CHECKING:
    from monitor.children import Children, Ended
    from monitor.config import Config

__all__ = ["Service", "run"]

log = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)
_FOR_A_DIGEST, _FOR_THE_MAIL = 30 * _MINUTE, 10 * _MINUTE
_REST = timedelta(minutes=15)
"""What failed is not tried again before."""


@click.command()
@click.option("--once", is_flag=True, help="Do once what is due and end, as cron wants it.")
@click.pass_obj
def run(folder: Path, *, once: bool) -> None:
    """Run the service: a clock that starts `rasid crawl`, `rasid digest` and `rasid alerts send`."""
    from monitor.children import Children
    from monitor.config import ready_to_go_out
    from monitor.lock import hold

    config = loaded(folder)
    if lacks := ready_to_go_out(config):
        raise click.UsageError("\n".join(lacks))
    with hold(config.settings.var / "service.lock", "the service"):
        in_use(config, last_good=True)  # after a restart at night it goes on with what was good, and says so
        opened(config).close()  # migrates, and says at once what is wrong with it
        service = Service(folder, config, Children(memory=config.settings.pass_memory))
        if not once:
            service.serve()
        elif worst := service.once():
            sys.exit(worst)


class Service:
    """The jobs, over the configuration as it was when it was last good."""

    def __init__(self, folder: Path, config: Config, children: Children, clock: Callable[[], datetime] = now) -> None:
        self._base = ["--config", str(folder)]
        self._config = config
        self._seen = _edited(folder)
        self._children = children
        self._now = clock
        self._rest: dict[str, datetime] = {}
        self.worst = 0
        """The exit code of the last child that did not end well."""

    def serve(self) -> None:
        from monitor.service import Job, Signals, serve

        every = self._config.settings.schedule.crawl
        often = {"crawl": every, "digest": min(every, _MINUTE), "alerts": min(every, _MINUTE / 2)}
        jobs = [Job(name, often[name], look) for name, look in self._jobs().items()]
        serve(jobs, signals=Signals(), stop_children=self._children.stop, reload=self.reload)

    def once(self) -> int:
        """Everything that is due, one after the other; 0, or the exit code of what did not end well."""
        for look in self._jobs().values():
            look()
        return self.worst

    def _jobs(self) -> dict[str, Callable[[], None]]:
        return {"crawl": self.crawl, "digest": self.digest, "alerts": self.alerts}

    @property
    def config(self) -> Config:
        """As it is in the files; as it was before where they have been edited and are refused."""
        if self._seen != _edited(self._config.folder):
            self.reload()
        return self._config

    def reload(self) -> None:
        self._seen = _edited(self._config.folder)
        try:
            self._config = loaded(self._config.folder)
        except RasidError as error:
            log.error("the edited configuration is refused, the one before is used:\n%s", error)  # noqa: TRY400

    # the jobs

    def crawl(self) -> None:
        """Read the sources that are due, in children."""
        from monitor import batches

        config = self.config
        names = [source.name for source in config.sources if source.enabled]
        with opened(config) as store:
            due = store.due(names, self._now())
            suspects = {state.name for state in store.sources() if batches.suspected(state.last)}
        if not due:
            return
        ended = batches.read(
            due,
            suspects=suspects,
            run=self._pass,
            done=self._done,
            blame=self._blame,
            limit=config.settings.pass_limit,
            now=self._now,
        )
        self._note("crawl", ended)

    def digest(self) -> None:
        """Make the digests of finished days that are missing, once their audience's hour has come."""
        from monitor import digests

        config = self.config
        if (rest := self._rest.get("digest")) and self._now() < rest:
            return
        with opened(config) as store:
            wanted = digests.due(store, config, self._now())
        if wanted:
            asked = [*self._base, "digest", "--due", "--last-good"]
            self._note("digest", self._children.run(asked, limit=_seconds(_FOR_A_DIGEST)))

    def alerts(self) -> None:
        """Send what waits in the outbox."""
        from monitor import postman

        config = self.config
        if (rest := self._rest.get("alerts")) and self._now() < rest:
            return
        with opened(config) as store:
            waiting = postman.anything_due(store, config, self._now())
        if waiting:
            asked = [*self._base, "alerts", "send"]
            self._note("alerts", self._children.run(asked, limit=_seconds(_FOR_THE_MAIL)))

    # their parts

    def _note(self, job: str, ended: Ended | None) -> None:
        """75: another one is at it."""
        self._rest.pop(job, None)
        if ended is None or ended.code in (0, 75):
            return
        self.worst = ended.code if ended.code > 0 else 1
        self._rest[job] = self._now() + _REST
        log.error("`rasid %s` %s", job, ended)

    def _pass(self, names: Sequence[str], limit: timedelta) -> Ended | None:
        chosen = [word for name in names for word in ("--source", name)]
        ended = self._children.run([*self._base, "crawl", "--last-good", *chosen], limit=_seconds(limit))
        if ended is not None and ended.crashed:
            with opened(self._config) as store:
                last = store.passes(1)
                if last and last[0].ended_at is None:
                    store.end_pass(last[0].id, self._now(), error=f"it {ended}")
        return ended

    def _done(self, names: Sequence[str], since: datetime) -> set[str]:
        with opened(self._config) as store:
            states = {state.name: state for state in store.sources()}
        found = {name: states[name].last_pass_at for name in names if name in states}
        return {name for name, at in found.items() if at is not None and at >= since}

    def _blame(self, name: str, ended: Ended, began: datetime) -> None:
        from monitor import batches
        from monitor.rhythm import due_again

        source = next(source for source in self._config.sources if source.name == name)
        outcome = batches.blamed(name, ended, began, self._now())
        with opened(self._config) as store:
            failures = next((state.failures for state in store.sources() if state.name == name), 0) + 1
            passes = store.passes(1)
            number = passes[0].id if passes else store.begin_pass(began)
            store.record(number, outcome, due_at=due_again(source, outcome, failures))


def _seconds(limit: timedelta) -> float:
    return limit.total_seconds()


def _edited(folder: Path) -> tuple[tuple[int, int], ...]:
    """Changes with every edit of settings, sources or audiences."""
    found = []
    for name in ("settings.yaml", "sources.yaml", "audiences.yaml"):
        with suppress(OSError):
            state = (folder / name).stat()
            found.append((state.st_mtime_ns, state.st_size))
    return tuple(found)
