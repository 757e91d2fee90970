"""Archives read into the store: WARC files of others, through the same reader, the same rules and the same store as a pass.

Three sieves, each some ten times cheaper than the next: is there Arabic in the bytes at all (:mod:`crawler.triage`), could a watch
list flag what is there (:mod:`monitor.superset`; only where nothing else is wanted), is it an article (the reader, in processes of
its own). Where a file was left is remembered by record, and what is known already is not stored twice: a run that was killed goes
on, and a second one changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

from crawler import archives, triage
from crawler.archives import ArchiveError, Found
from crawler.article import Article, Entry, Page
from crawler.notes import ARCHIVED
from crawler.outcome import Fate, Outcome
from crawler.source import Source
from crawler.urls import canonical
from monitor.passes import Pass
from monitor.rules import WatchLists
from monitor.superset import Superset
from monitor.watch import flag
from storage.records import Flag
from storage.store import Store

__all__ = ["Backfill", "Reader", "Report", "files", "identity"]

_UNDER_WAY = 16
"""Pages that are being read at a time."""
_REMEMBERED_EVERY = 200
"""Records."""
_SUFFIXES = (".warc", ".warc.gz", ".warc.zst")


class Reader(Protocol):
    """What takes pages apart (:class:`crawler.reading.Readers`)."""

    async def article(self, page: Page, source: Source, entry: Entry) -> tuple[Article | None, str]: ...


@dataclass(slots=True)
class Report:
    """What came of a file."""

    file: str
    size: int
    offset: int = 0
    """As far as it was read."""
    records: int = 0
    """Responses, with those of an earlier run."""
    counts: Counter[str] = field(default_factory=Counter)
    """``stored``, ``flagged``, ``known``, and how many were left out, by why."""
    ended: bool = False
    """To its end; or as far as it can be read, with ``error``."""
    error: str = ""

    def as_json(self) -> Mapping[str, object]:
        """For programs."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"counts": dict(self.counts)}


def files(places: Iterable[Path]) -> list[Path]:
    """The WARC files among ``places`` and in folders of them, each once, by name. :class:`ArchiveError` names what is none."""
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside = sorted(one for one in place.rglob("*") if one.is_file() and one.name.endswith(_SUFFIXES))
            if not inside:
                raise ArchiveError("there is no WARC file (*.warc, *.warc.gz) in this folder", subject=str(place))
            found |= dict.fromkeys(inside)
        elif place.is_file():
            found[place] = None
        else:
            raise ArchiveError("there is no such file or folder", subject=str(place))
    return list(found)


def identity(file: Path) -> str:
    """By which a file is known again, wherever it lies: its size, its first and its last 64 KiB."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        digest = hashlib.sha256(stream.read(2**16))
        stream.seek(max(0, size - 2**16))
        digest.update(stream.read())
    return f"{size}-{digest.hexdigest()[:24]}"


_Waiting: TypeAlias = "deque[tuple[Found, asyncio.Task[tuple[Article | None, str]]]]"


class Backfill:
    """Reads WARC files into a store."""

    def __init__(
        self,
        store: Store,
        lists: WatchLists,
        sources: Iterable[Source],
        reader: Reader,
        *,
        now: Callable[[], datetime],
        everything: bool = False,
        digest: bool = False,
        again: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        most: int = 5 * 2**20,
        tell: Callable[[Report], None] | None = None,
    ) -> None:
        """``everything``: keep every Arabic article, and not only what is flagged. ``digest``: what is flagged goes into the next
        digest. ``again``: files that were read are read once more. ``since``, ``until``: only what was fetched in that time.
        ``tell`` hears now and then how far it is."""
        self._store = store
        self._lists = lists
        self._by_host = {(urlsplit(source.url).hostname or "").removeprefix("www."): source for source in sources}
        self._sources: dict[str, Source] = {source.name: source for source in self._by_host.values()}
        self._reader = reader
        self._now = now
        self._everything = everything
        self._aside = not digest
        self._again = again
        self._since, self._until = since, until
        self._most = most
        self._tell = tell
        self._superset = None if everything else Superset(lists)
        self._wanted = "everything" if everything else "-".join(one.version for one in lists.lists)

    async def run(self, file: Path) -> Report:
        """Reads one file, from where an earlier run left it. Trouble with it is ``Report.error``."""
        key = f"backfill {identity(file)}"
        size = int(key.split()[1].partition("-")[0])
        remembered = {} if self._again else dict(self._store.recall(key) or {})
        if remembered.get("wanted") != self._wanted:  # other lists, or more than what was flagged: from the start
            remembered = {}
        report = Report(str(file), size, offset=int(remembered.get("offset", 0)))
        report.records = int(remembered.get("records", 0))
        if remembered.get("ended"):
            report.ended, report.offset, report.error = True, size, remembered.get("error", "")
            report.counts["read before"] = report.records
            return report
        number = self._store.begin_pass(self._now(), archives=True)
        error: str | None = "ended before it was done"
        try:
            await self._file(file, report, key, number)
            error = None
        except BaseException as trouble:
            error = f"{type(trouble).__name__}: {trouble}"
            raise
        finally:
            self._store.end_pass(number, self._now(), error=error)
        return report

    async def _file(self, file: Path, report: Report, key: str, number: int) -> None:
        work = Pass(
            self._store, self._lists, self._sources, number=number, now=self._now, watcher=_Deaf(), aside=self._aside
        )
        waiting: _Waiting = deque()
        try:
            for found in archives.pages(file, after=report.offset or None, most=self._most):
                if (why := self._left_out(found)) is not None:
                    report.counts[why] += 1
                else:
                    assert found.page is not None
                    waiting.append((found, asyncio.create_task(self._read(found.page))))
                    await asyncio.sleep(0)
                report.records += 1
                while len(waiting) > _UNDER_WAY:
                    await self._take(waiting, work, report, file.name)
                if not waiting:  # what is under way is not done: an earlier place is where to go on
                    report.offset = found.offset
                if report.records % _REMEMBERED_EVERY == 0:
                    self._remember(key, report)
        except ArchiveError as error:
            report.error = str(error)
        while waiting:
            await self._take(waiting, work, report, file.name)
        report.ended, report.offset = True, report.size
        self._remember(key, report)

    def _left_out(self, found: Found) -> str | None:
        """Why a record needs no reading."""
        page = found.page
        if page is None:
            return found.why
        if (self._since and page.fetched_at < self._since) or (self._until and page.fetched_at >= self._until):
            return "of another time"
        if (why := triage.why_not(page)) is not None:
            return why
        if self._superset is not None and not self._superset.may_match(page.body, page.content_type):
            return "of no watch list"
        return "known" if self._store.known([canonical(page.url)]) else None

    async def _read(self, page: Page) -> tuple[Article | None, str]:
        from crawler.reading import Unread

        source = self._source(page.url)
        try:
            return await self._reader.article(page, source, Entry(url=page.url))
        except Unread as unread:
            return None, str(unread)

    def _source(self, url: str) -> Source:
        """The outlet at whose address a page lies; one that nobody has declared is named by its host."""
        host = (urlsplit(url).hostname or "unknown").removeprefix("www.")
        found = self._by_host.get(host)
        if found is None:
            found = Source(name=host, kind="feed", url=f"https://{host}/", title=host)
            self._by_host[host] = self._sources[found.name] = found
        return found

    async def _take(self, waiting: _Waiting, work: Pass, report: Report, name: str) -> None:
        """What has been under way for longest is kept, or left out."""
        found, task = waiting.popleft()
        article, why = await task
        self._keep(article, why, work, f"{ARCHIVED}: {name}, record {found.record}", report)
        report.offset = found.offset

    def _keep(self, article: Article | None, why: str, work: Pass, note: str, report: Report) -> None:
        if article is None:
            report.counts[f"unreadable: {why}" if why else "unreadable"] += 1
        elif article.language != "ar":
            report.counts["not in Arabic"] += 1
        elif self._everything or flag(self._lists, article):
            flagged = work.summary.flagged
            fate = work.emit(replace(article, notes=(*article.notes, note)))
            report.counts[str(fate)] += 1
            report.counts["flagged"] += work.summary.flagged - flagged
        else:
            report.counts["not flagged"] += 1

    def _remember(self, key: str, report: Report) -> None:
        value: Mapping[str, str] = {
            "file": report.file,
            "wanted": self._wanted,
            "offset": str(report.offset),
            "records": str(report.records),
            "ended": "yes" if report.ended else "",
            "error": report.error,
        }
        self._store.remember(key, value)
        if self._tell is not None:
            self._tell(report)


class _Deaf:
    """A pass is told of one article at a time; a backfill tells how far it is."""

    def article(self, article: Article, flags: Sequence[Flag]) -> None: ...
    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None: ...
    def ended(self, outcome: Outcome) -> None: ...
