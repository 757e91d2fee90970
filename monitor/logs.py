"""What is written down while Rasid works: lines for people, or one JSON object a line for programs; to the terminal or a file.

A chosen format and file are handed on to children by the environment. A file is opened anew when it has been renamed, so that
logrotate needs to tell nobody.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from storage.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.article import Article, Entry
    from crawler.outcome import Fate, Outcome
    from monitor.passes import Summary
    from monitor.terminal import Plain
    from storage.records import Flag

__all__ = ["FILE", "FORMAT", "Events", "Lines", "console", "event", "finished", "for_programs", "set_up", "watcher"]

FORMAT, FILE = "RASID_LOG_FORMAT", "RASID_LOG_FILE"
_NOISY = ("scrapy", "twisted", "apscheduler", "trafilatura", "htmldate", "asyncio", "alembic", "protego")
_GIVEN = "event"
"""Where a record carries fields of its own."""


class Lines(logging.Formatter):
    """One JSON object a line: ``time`` (ISO 8601, UTC), ``level``, ``from``, ``message``, and what an event has besides."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        said |= getattr(record, _GIVEN, {})
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def set_up(*, verbose: bool, form: str, file: Path | None) -> None:
    """For this process and those that it starts. ``form``: ``text`` or ``json``."""
    os.environ[FORMAT] = form
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if file is not None:
        os.environ[FILE] = str(file.absolute())
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"cannot be written to: {error.strerror}", subject=str(file)) from error
    plain = "%(asctime)s %(levelname)s %(name)s: %(message)s" if verbose or file else "%(message)s"
    handler.setFormatter(Lines() if form == "json" else logging.Formatter(plain))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.INFO if verbose else logging.ERROR)


def console() -> Console:
    """Where a pass says how it goes: the chosen file, or standard output."""
    from rich.console import Console

    if (file := os.environ.get(FILE)) is not None:
        return Console(file=Path(file).open("a", encoding="utf-8"), width=10_000)
    return Console()


def watcher(where: Console, sources: int, number: int) -> Plain | Events:
    """Who tells of a pass: a bar for a person, lines for a pipe or a file, events for programs."""
    from monitor import terminal

    if for_programs():
        return Events(number)
    return terminal.Live(where, sources) if where.is_terminal else terminal.Plain(where)


def finished(where: Console, summary: Summary, number: int) -> None:
    """What a pass came to: two or three lines, or one event."""
    from monitor import terminal

    if not for_programs():
        terminal.show_summary(where, summary)
        return
    event(
        "pass",
        f"{summary.stored} stored, {summary.flagged} flagged",
        **{
            "pass": number,
            "sources": len(summary.outcomes),
            "in_trouble": len(summary.in_trouble),
            "stored": summary.stored,
            "retold": summary.retold,
            "flagged": summary.flagged,
            "fates": {str(fate): count for fate, count in summary.fates.items()},
        },
    )


def event(name: str, message: str, **fields: object) -> None:
    """Something that happened, for programs: its name, and what it has besides."""
    logging.getLogger("rasid").info("%s", message, extra={_GIVEN: {"event": name, **fields}})


def for_programs() -> bool:
    return os.environ.get(FORMAT) == "json"


class Events:
    """A pass as events in the log: ``source`` for each Outcome, ``flagged`` for each flagged article, ``missed``; at the end ``pass`` (:func:`finished`)."""

    def __init__(self, number: int) -> None:
        self._pass = number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def article(self, article: Article, flags: Sequence[Flag]) -> None:
        if flags:
            lists = sorted({flag.list for flag in flags})
            self._say("flagged", article.title, source=article.source, url=article.url, lists=lists)

    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None:
        self._say("missed", why, source=source, url=entry.url, fate=str(fate))

    def ended(self, outcome: Outcome) -> None:
        self._say(
            "source",
            f"{outcome.source}: {outcome.ending}",
            source=outcome.source,
            ending=str(outcome.ending),
            why=outcome.why,
            entries=outcome.entries,
            fates={str(fate): count for fate, count in outcome.fates.items()},
            seconds=round((outcome.ended_at - outcome.started_at).total_seconds(), 3),
        )

    def _say(self, name: str, message: str, **fields: object) -> None:
        event(name, message, **{"pass": self._pass, **fields})
