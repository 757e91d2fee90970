"""``rasid run``: the service, and what each of its jobs does."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import RasidError
from monitor import halts
from monitor.cli.edges import in_use, loaded, now, opened, short_of_room
from monitor.cli.outings import Outings
from storage.errors import StorageError

if TYPE_CHECKING:
    from monitor.children import Children, Ended
    from monitor.config import Config
    from monitor.health import Health

__all__ = ["Service", "run"]

log = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)
_FOR_A_DIGEST, _FOR_THE_MAIL, _FOR_CARE = 30 * _MINUTE, 10 * _MINUTE, 120 * _MINUTE
_REST = timedelta(minutes=15)
"""What failed is not tried again before."""


@click.command()
@click.option("--once", is_flag=True, help="Do once what is due and end, as cron wants it.")
@click.pass_obj
def run(folder: Path, *, once: bool) -> None:
    """Run the service: a clock that starts `rasid crawl`, `rasid digest` and `rasid alerts send`."""
    from monitor import keptconfig
    from monitor.children import Children
    from monitor.config import ready_to_go_out
    from monitor.lock import hold

    var = Path(os.environ.get("RASID_VAR") or folder.absolute().parent / "var")  # it may be only in what is refused
    os.environ[keptconfig.KEPT] = str(keptconfig.place(var))
    config = loaded(folder)  # after a restart at night it goes on with what was good
    os.environ[keptconfig.KEPT] = str(keptconfig.place(config.settings.var.absolute()))
    if lacks := ready_to_go_out(config):
        raise click.UsageError("\n".join(lacks))
    with hold(config.settings.var / "service.lock", "the service"):
        _sound(config)
        in_use(config, last_good=True)  # after a restart at night it goes on with what was good, and says so
        service = Service(folder, config, Children(memory=config.settings.pass_memory))
        if not once:
            service.serve()
        elif worst := service.once():
            sys.exit(worst)


def _sound(config: Config) -> None:
    """The store is whole, and brought forward; else it is said at once what is wrong with it, and what to do."""
    from storage.upkeep import damage, file_of

    file = file_of(config.settings.storage.url)
    if file is not None and file.exists() and (wrong := damage(file)):
        raise StorageError(f"it is damaged ({wrong}); `rasid restore` brings the last backup back", subject=str(file))
    opened(config).close()


class Service:
    """The jobs, over the configuration as it was when it was last good."""

    def __init__(self, folder: Path, config: Config, children: Children, clock: Callable[[], datetime] = now) -> None:
        self._base = ["--config", str(folder)]
        self._config = config
        self._seen = _edited(folder)
        self._children = children
        self._now = clock
        self._rest: dict[str, datetime] = {}
        self._outings = Outings(self._base, lambda: self._config, children, clock)
        self.reload()
        self.worst = 0
        """The exit code of the last child that did not end well."""

    def serve(self) -> None:
        from monitor.service import Job, Signals, serve

        if place := self._config.settings.metrics.place:
            from monitor import metrics

            metrics.serve(*place, self._health)
        every = self._config.settings.schedule.crawl
        often = {"digest": min(every, _MINUTE), "alerts": min(every, _MINUTE / 2)}
        jobs = [Job(name, often.get(name, every), look) for name, look in self._jobs().items()]
        serve(jobs, signals=Signals(), stop_children=self._children.stop, reload=self.reload)

    def once(self) -> int:
        """Everything that is due, one after the other; 0, or the exit code of what did not end well."""
        for look in self._jobs().values():
            look()
        return self.worst

    def _jobs(self) -> dict[str, Callable[[], None]]:
        return {"crawl": self.crawl, "digest": self.digest, "alerts": self.alerts, "care": self.care}

    @property
    def config(self) -> Config:
        """As it is in the files; as it was before where they have been edited and are refused."""
        if self._seen != _edited(self._config.folder):
            self.reload()
        return self._config

    def reload(self) -> None:
        """Read it again; what is good is kept, what is refused is told."""
        from monitor import config as configs
        from monitor import keptconfig

        folder = self._config.folder
        self._seen = _edited(folder)
        try:
            self._config = configs.load(folder)
        except RasidError as error:
            log.error("the edited configuration is refused, the one before is used:\n%s", error)  # noqa: TRY400
            self._halt(halts.CONFIG, str(error).splitlines()[0])
            return
        try:
            keptconfig.keep(self._config)
        except StorageError as error:
            log.warning("the configuration is used, and could not be kept as the last good one: %s", error)
        self._halt(halts.CONFIG, None)

    # the jobs

    def crawl(self) -> None:
        """Read the sources that are due, in children."""
        config = self.config
        why = short_of_room(config)
        self._halt(halts.DISK, why)
        if why is not None:
            return
        names = [source.name for source in config.sources if source.enabled]
        with opened(config) as store:
            due = store.due(names, self._now())
            away = halts.standing(halts.read(store.recall(halts.KEY)), halts.NETWORK)
        if away is not None:  # a few ask whether it is there again, instead of all of them for two days
            asked = halts.scouts(due, self._now(), config.settings.schedule.crawl)
            if not (answered := self._read(asked)):
                if answered is False:
                    self._outings.excuse(asked)
                return
            self._halt(halts.NETWORK, None)
            due = [name for name in due if name not in asked]
        if self._read(due) is False:
            with opened(config) as store:
                lost = halts.cut_off(store.sources())
            if lost:
                self._outings.excuse(lost)
                self._halt(halts.NETWORK, "the network is gone: no source could be reached")

    def _read(self, names: Sequence[str]) -> bool | None:
        """Read these sources; whether anything out there answered, ``None``: nobody was asked (another pass was at it, say)."""
        if not names:
            return None
        ended, done = self._outings.read(names, limit=self._config.settings.pass_limit)
        self._note("crawl", ended)
        return self._outings.answered(done)

    def _halt(self, kind: str, why: str | None) -> None:
        """Nothing can be read, or (``None``) it can again: said once, and written down for the digest."""
        try:
            with opened(self._config) as store:
                told = halts.read(store.recall(halts.KEY))
                if (halts.standing(told, kind) is None) == (why is None):
                    return
                changed = halts.begun(told, kind, why, self._now()) if why else halts.ended(told, kind, self._now())
                store.remember(halts.KEY, halts.written(changed))
        except StorageError as error:
            log.error("%s", why or error)  # noqa: TRY400 -- a disk that takes nothing takes no note of it either
            return
        log.error("%s", why) if why else log.warning("%s: it is over, reading goes on", kind)

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

    def care(self) -> None:
        """Look after the store, as far as it is due."""
        from monitor import chores

        config = self.config
        with opened(config) as store:
            due = chores.due(chores.rhythms(config.settings), chores.read(store.recall(chores.KEY)), self._now())
        if due:
            self._note("care", self._children.run([*self._base, "care"], limit=_seconds(_FOR_CARE)))

    def _health(self) -> Health:
        from monitor import health

        with opened(self._config) as store:
            return health.gather(store, self._config, self._now())

    # their parts

    def _note(self, job: str, ended: Ended | None) -> None:
        """75: another one is at it."""
        self._rest.pop(job, None)
        if ended is None or ended.code in (0, 75):
            return
        self.worst = ended.code if ended.code > 0 else 1
        self._rest[job] = self._now() + _REST
        log.error("`rasid %s` %s", job, ended)


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
