"""``rasid backfill``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import in_use, loaded, now, opened, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.backfill import Report
    from monitor.config import Config
    from storage.store import Store

__all__ = ["backfill"]

_BROKEN = 4
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="FILE|FOLDER|URL...")
@click.option("--all", "everything", is_flag=True, help="Keep every Arabic article, not only what a watch list flags.")
@click.option("--since", type=_DAY, help="Only what was fetched on this day or later.")
@click.option("--until", type=_DAY, help="Only what was fetched before this day.")
@click.option("--digest", is_flag=True, help="Let what is flagged go into the next digest.")
@click.option("--again", is_flag=True, help="Read files once more that were read to their end.")
@click.option("--queue", "later", is_flag=True, help="Leave it to the workers: each file is a job of theirs.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def backfill(
    folder: Path,
    places: tuple[str, ...],
    *,
    everything: bool,
    since: datetime | None,
    until: datetime | None,
    digest: bool,
    again: bool,
    later: bool,
    as_json: bool,
) -> None:
    """Read archives of the past (WARC files, like those of Common Crawl's news) into the store.

    Articles found so are marked as such: seen then, read now. They come up in `rasid search` and `rasid show`, and in no digest
    and no alert unless asked. What was begun goes on where it was left; a second run changes nothing.

    Exit code 4: a file could not be read to its end; what is whole of it was.
    """
    import asyncio

    from crawler.reading import Readers
    from monitor.backfill import Backfill

    config = loaded(folder)
    if later:
        click.echo(_queued(config, places, _words(since, until, all=everything, digest=digest, again=again)))
        return
    lists = in_use(config, last_good=False)
    with _turn(config, places) as (store, wanted):
        shown = _Progress(sum(file.stat().st_size for file in wanted), quiet=as_json)
        fetching = config.fetching()
        readers = Readers(fetching.readers, fetching.read_limit)
        work = Backfill(
            store, lists, config.sources, readers,
            now=now, everything=everything, digest=digest, again=again, since=_utc(since), until=_utc(until),
            most=fetching.max_bytes, tell=shown.report,
        )  # fmt: skip

        async def all_of_them() -> list[Report]:
            return [shown.done(await work.run(file)) for file in wanted]

        try:
            with shown:
                reports = asyncio.run(all_of_them())
        finally:
            readers.close()
    for report in reports:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else _told(report))
    if any(report.error for report in reports):
        sys.exit(_BROKEN)


@contextmanager
def _turn(config: Config, places: Sequence[str]) -> Iterator[tuple[Store, list[Path]]]:
    """The store, and the files that nobody else reads meanwhile: all of them, on one machine."""
    from monitor.backfill import identity
    from monitor.lock import BusyError, hold

    if not shared(config):
        with hold(config.settings.var / "backfill.lock", "a backfill"), opened(config) as store:
            yield store, _files(config, places)
        return
    names = {f"backfill {identity(file)}": file for file in _files(config, places)}
    with opened(config) as store, store.queue.turns.take(names) as got:
        if busy := [str(file) for name, file in names.items() if name not in got]:
            if not got:
                raise BusyError("another backfill reads it at this moment", subject=busy[0])
            click.echo(f"left to the backfill that reads them at this moment: {', '.join(busy)}", err=True)
        yield store, [file for name, file in names.items() if name in got]


def _queued(config: Config, places: Sequence[str], options: Sequence[str]) -> str:
    """A job for each file, to be found under the same path by every worker."""
    from monitor import queue
    from monitor.backfill import files

    addresses = [place for place in places if place.startswith(("http://", "https://"))]
    here = files(Path(place) for place in places if place not in addresses) if len(addresses) < len(places) else []
    wanted = [queue.backfill_job(place, options) for place in (*addresses, *(str(file.absolute()) for file in here))]
    with opened(config) as store:
        store.queue.prepare()
        new, workers = store.queue.put(wanted, rest=0), store.queue.workers()
    there = "" if workers else "; no worker is running: `rasid worker` starts one"
    known = f" ({len(wanted) - new} waited already)" if new < len(wanted) else ""
    return f"{new} files wait for workers{known}; `rasid queue` shows them{there}"


def _words(since: datetime | None, until: datetime | None, **switches: bool) -> list[str]:
    """The options, as they were written."""
    days = [f"--{name}={day:%Y-%m-%d}" for name, day in (("since", since), ("until", until)) if day]
    return [*(f"--{name}" for name, on in switches.items() if on), *days]


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


def _files(config: Config, places: Sequence[str]) -> list[Path]:
    from monitor.backfill import files

    return files(
        _fetched(config, place) if place.startswith(("http://", "https://")) else Path(place) for place in places
    )


def _fetched(config: Config, url: str) -> Path:
    """The file at an address, in ``var/archives``: fetched once."""
    from urllib.parse import urlsplit

    from crawler.download import download
    from monitor.config import ready_to_go_out

    if lacks := ready_to_go_out(config):
        raise click.UsageError("\n".join(lacks))
    name = Path(urlsplit(url).path).name or "archive.warc.gz"
    target = config.settings.var / "archives" / name
    if not target.exists():
        host = urlsplit(url).hostname
        allowed = [
            a for source in config.sources if urlsplit(source.url).hostname == host for a in source.allow_addresses
        ]
        click.echo(f"fetching {url}", err=True)
        download(url, target, user_agent=config.fetching().user_agent, allow_addresses=allowed, tell=_bytes_told())
    return target


def _bytes_told() -> Callable[[int, int | None], None]:
    last = 0

    def tell(have: int, whole: int | None) -> None:
        nonlocal last
        if have - last >= 2**24 and sys.stderr.isatty():
            last = have
            click.echo(f"\r{have >> 20} MiB{f' of {whole >> 20}' if whole else ''}", err=True, nl=False)

    return tell


class _Progress:
    """A bar at a terminal, with the rate and the time that is left; a line each minute elsewhere."""

    def __init__(self, size: int, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[records]} records"),
            TransferSpeedColumn(), TimeRemainingColumn(), console=Console(stderr=True), disable=quiet or not sys.stderr.isatty(),
        )  # fmt: skip
        self._task = self._bar.add_task("", total=size, records=0)
        self._before = self._records = 0

    def __enter__(self) -> None:
        self._bar.start()

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def report(self, report: Report) -> None:
        self._bar.update(
            self._task, description=Path(report.file).name,
            completed=self._before + report.offset, records=self._records + report.records,
        )  # fmt: skip

    def done(self, report: Report) -> Report:
        self.report(report)
        self._before += report.size
        self._records += report.records
        return report


def _told(report: Report) -> str:
    counts = ", ".join(f"{count} {what}" for what, count in report.counts.most_common() if count)
    said = f"{report.file}: {report.records} responses: {counts or 'nothing'}"
    return f"{said}\n  {report.error}" if report.error else said
