"""What every command needs: the clock, the configuration, the store."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.alerts import Alerts
    from monitor.audiences import Audience
    from monitor.config import Config
    from monitor.lists import ConfigError, WatchLists
    from storage.archive import Archive
    from storage.depot import Depot
    from storage.store import Store

__all__ = [
    "alerts_of",
    "alone",
    "archive",
    "depot",
    "in_use",
    "loaded",
    "looking_through",
    "now",
    "opened",
    "prepared",
    "shared",
    "short_of_room",
    "stamped",
    "watched",
]

log = logging.getLogger(__name__)

_MANY = 1000
_STAMPED = 30
"""Days back for which stamps are asked that are not there."""
_SAID = 10
"""Errors that are written down of lists that are refused."""


def now() -> datetime:
    return datetime.now(UTC)


def opened(config: Config) -> Store:
    """The store. One that an older Rasid made is backed up and brought forward."""
    from monitor.searching import NORMALISER
    from storage.store import Store

    def keep(version: str) -> None:
        from monitor import backups
        from storage.upkeep import file_of

        if (file := file_of(config.settings.storage.url)) is not None:
            to = config.settings.backup
            backups.before_upgrade(file, to.place(config.settings.var), now(), to.encrypt_to)(version)

    return Store.open(config.settings.storage.url, words=NORMALISER, before_upgrade=keep)


@contextmanager
def alone(config: Config, name: str, what: str) -> Iterator[Store]:
    """The store; while within, nobody else does this, on this machine or on another with the same store.
    :class:`monitor.lock.BusyError` where somebody does."""
    from monitor.lock import BusyError, hold

    with (
        hold(config.settings.var / f"{name}.lock", what),
        opened(config) as store,
        store.queue.turns.take([name]) as got,
    ):
        if not got:
            raise BusyError(f"{what} is running already on another machine", subject=name)
        yield store


def short_of_room(config: Config, share: float = 1.0) -> str | None:
    """Why nothing may be fetched: the disk of `var`, or that of the store. ``share``: of the reserve that is asked for."""
    from monitor.disk import lack
    from storage.upkeep import file_of

    reserve = int(config.settings.disk_reserve * share)
    file = file_of(config.settings.storage.url)
    folders = [config.settings.var, *([file.parent] if file else [])]
    return next((why for folder in dict.fromkeys(folders) if (why := lack(folder, reserve))), None)


def archive(config: Config, store: Store) -> Archive:
    """Where Captures are kept, open for writing within a ``with``."""
    from storage.archive import Archive

    wanted = config.settings.captures
    return Archive(
        config.captures, store.proofs,
        software=config.software, now=now, chain=chain(config), max_bytes=wanted.file, floor=wanted.free,
    )  # fmt: skip


def depot(config: Config) -> Depot | None:
    """Where closed files of captures are put; ``None``: they stay here."""
    from storage.depot import Depot

    wanted = config.settings.captures
    return Depot(wanted.store, config.captures, endpoint=wanted.endpoint) if wanted.store else None


def sent(config: Config, store: Store) -> str:
    """Puts there what is closed here; what came of it."""
    from monitor.evidence import sending

    where = depot(config)
    if where is None:
        return "no store is named"
    local = config.settings.captures.local
    return sending.send(config.captures, where, store.proofs, now(), local=local, chain=chain(config))


def chain(config: Config) -> str:
    """The name of this machine's chain of captures."""
    from storage.archive import chain_of

    return chain_of(config.captures, shared=shared(config))


def shared(config: Config) -> bool:
    """Whether other machines may have the same store."""
    return not config.settings.storage.url.startswith("sqlite")


def stamped(config: Config, store: Store) -> Iterator[str]:
    """Has the roots of the last finished days stamped, where authorities are named; what came of it."""
    from datetime import timedelta

    from monitor import days
    from monitor.evidence import stamping

    authorities, zone = config.settings.captures.stamps, config.settings.zone
    if not authorities:
        return
    today = days.today(now(), zone)
    ends = [days.bounds(today - timedelta(days=back), zone)[1] for back in range(1, _STAMPED + 1)]
    yield from stamping.run(config.captures, store.proofs, store, authorities, ends, now(), stamping.post)


def loaded(folder: Path) -> Config:
    """The configuration; within a service the last good one, where the edited one is refused."""
    from monitor import config

    try:
        return config.load(folder)
    except config.ConfigError as error:
        if (kept := os.environ.get("RASID_KEPT")) is None or not Path(kept).is_dir():
            raise
        from monitor import keptconfig

        log.error("the edited configuration is refused, the last good one is used:\n%s", error)  # noqa: TRY400
        return keptconfig.load(Path(kept), folder)


def prepared() -> None:
    """The first time on a machine the lexicon is built, and said to be."""
    from monitor import terms

    if reason := terms.prepare(_progress):
        log.warning("no Arabic lexicon: words are matched in the form that is written only (%s)", reason)


def watched(config: Config) -> WatchLists:
    """The watch lists as they are now. :class:`monitor.lists.ConfigError` when they are refused."""
    from monitor import lists

    prepared()
    found = lists.load(config.folder / "watchlists", sources=config.sources)
    fitting(config, found)
    return found


def fitting(config: Config, found: WatchLists) -> None:
    """Audiences and watch lists name each other. :class:`monitor.lists.ConfigError` where one is not there."""
    from monitor import audiences
    from monitor.lists import ConfigError

    named = {item.id: item.audiences for item in found.lists}
    if problems := audiences.check(config.folder / "audiences.yaml", config.audiences, named):
        raise ConfigError(problems)


def in_use(config: Config, *, last_good: bool) -> WatchLists:
    """The watch lists to work with, kept for the day when edited ones are refused.

    ``last_good``: then these are used, and the refusal is written down for the digest and for ``rasid status``; without
    it, or where none were kept, :class:`monitor.lists.ConfigError`.
    """
    from monitor import lastgood, refusals
    from monitor.lists import ConfigError

    place = config.settings.var / "lists"
    version = lastgood.version_of(config.folder)
    try:
        found = watched(config)
    except ConfigError as error:
        if not last_good:
            raise
        return _last_good(config, place, error)
    try:
        lastgood.keep(config.folder, place, version)
    except lastgood.LastGoodError as error:
        log.warning("the watch lists are used, and could not be kept as the last good ones: %s", error)
    with opened(config) as store:
        told = refusals.read(store.recall(refusals.KEY))
        if refusals.standing(told):
            store.remember(refusals.KEY, refusals.written(refusals.mended(told, now())))
    return found


def _last_good(config: Config, place: Path, error: ConfigError) -> WatchLists:
    from monitor import lastgood, lists, refusals

    kept, folder = None, lastgood.find(place)
    if folder is not None:
        try:
            kept = lists.load(folder / "watchlists")
        except lists.ConfigError as again:  # a new version of Rasid, or of a pack of its own, refuses them as well
            log.error("the last good watch lists are refused too:\n%s", again)  # noqa: TRY400
    version = folder.name if folder is not None and kept is not None else ""
    with opened(config) as store:
        told = refusals.read(store.recall(refusals.KEY))
        told = refusals.refused(told, [str(problem) for problem in error.errors[:_SAID]], version, now())
        store.remember(refusals.KEY, refusals.written(told))
    if kept is None:
        raise error
    log.error("the edited watch lists are refused, the last good ones (%s) are used:\n%s", version, error)
    return kept


def looking_through(articles: int) -> None:
    """Tells a person at a terminal what takes so long."""
    if articles > _MANY and sys.stderr.isatty():
        click.echo(f"looking through {articles} stored articles ...", err=True)


def _progress(what: str, share: float) -> None:
    """At a terminal a line that counts; a log gets one line."""
    saying = "building the Arabic lexicon, once on this machine"
    if sys.stderr.isatty():
        click.echo(f"\r{saying}: {what} {share:4.0%}", err=True, nl=share >= 1)
    elif not share:
        click.echo(f"{saying}: some 10 s", err=True)


def alerts_of(config: Config, lists: WatchLists, store: Store) -> Alerts:
    """What a pass asks of every article that it stores."""
    from monitor import redacting
    from monitor.alerts import Alerts
    from monitor.lists import packs_of

    def redactor(audience: Audience) -> redacting.Redactor | None:
        if not audience.redact:
            return None
        return redacting.made(audience.redact, packs_of(config.folder / "watchlists"), audience.language)

    return Alerts(
        config.audiences,
        {one.id: one.audiences for one in lists.lists},
        {source.name: source for source in config.sources},
        muted=store.muted(),
        redactor=redactor,
    )
