"""Runs :func:`crawler.run.crawl` in a child process (it can be called once in each) and brings back what it called.

``python -m tests.crawler.going`` reads a pickled :class:`Job` from standard input and writes what happens to standard output, one
pickled event after the other, as it happens.
"""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from crawler.article import Article, Entry, Page
from crawler.fetching import Fetching
from crawler.outcome import Fate, Outcome
from crawler.revisit import Revisit, Sight
from crawler.source import Source

ROOT = Path(__file__).parents[2]
AGENT = "Rasid/0.1 (+https://example.org/rasid)"


@dataclass
class Job:
    sources: Sequence[Source]
    fetching: Fetching
    known: set[str] = field(default_factory=set)
    memory: dict[str, Mapping[str, str]] = field(default_factory=dict)
    emit_fails_at: int | None = None
    """The number of the article at which storing breaks."""
    emit_takes: float = 0.0
    off_topic: bool = False
    now: datetime | None = None
    revisit: Sequence[Revisit] = ()
    owed: Sequence[Entry] = ()


@dataclass
class Came:
    """What a pass called, in order."""

    articles: list[Article] = field(default_factory=list)
    missed: list[tuple[str, Entry, Fate, str]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    sights: dict[str, Sequence[Sight]] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    memory: dict[str, Mapping[str, str]] = field(default_factory=dict)
    error: BaseException | None = None
    returned: bool = False
    events: list[tuple[str, Any]] = field(default_factory=list)
    stderr: str = ""

    def add(self, event: tuple[str, Any]) -> None:
        self.events.append(event)
        name, value = event
        if name == "article":
            self.articles.append(value)
        elif name == "missed":
            self.missed.append(value)
        elif name == "ended":
            assert value.source not in self.outcomes, f"{value.source} ended twice"
            self.outcomes[value.source] = value
        elif name == "revisited":
            assert value[0] not in self.sights
            assert value[0] not in self.outcomes
            self.sights[value[0]] = value[1]
        elif name == "kept":
            self.pages.append(value)
        elif name == "remembered":
            self.memory[value[0]] = value[1]
        elif name == "raised":
            self.error = value
        elif name == "returned":
            self.returned = True

    def why(self, path: str) -> tuple[Fate, str]:
        """Fate and reason of the missed entry whose address ends so."""
        [found] = [(fate, why) for _, entry, fate, why in self.missed if entry.url.endswith(path)]
        return found


def going(
    site_url: str,
    name: str = "wire",
    *,
    kind: str = "feed",
    path: str = "/feed",
    allow: str = "127.0.0.0/8",
    **more: Any,
) -> Source:
    return Source(
        name=name, kind=kind, url=site_url + path, title=name, allow_addresses=(allow,) if allow else (), **more
    )


def fetching(**changes: Any) -> Fetching:
    return Fetching(**({"user_agent": AGENT, "delay": 0.0, "timeout": 5.0, "readers": 1} | changes))


@cache
def bytecode() -> str:
    """Where bytecode is not written, every child would compile Scrapy again: 1.5 s of work each."""
    folder = tempfile.mkdtemp(prefix="rasid-bytecode-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Going:
    """A pass under way in a child."""

    def __init__(self, job: Job) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.crawler.going"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode()},
        )
        assert self.child.stdin is not None
        pickle.dump(job, self.child.stdin)
        self.child.stdin.close()

    def events(self) -> Iterator[tuple[str, Any]]:
        assert self.child.stdout is not None
        while True:
            try:
                yield pickle.load(self.child.stdout)
            except (EOFError, pickle.UnpicklingError):
                return

    def end(self) -> Came:
        came = Came()
        for event in self.events():
            came.add(event)
        assert self.child.stderr is not None
        came.stderr = self.child.stderr.read().decode()
        self.child.wait()
        self.child.stderr.close()
        assert self.child.stdout is not None
        self.child.stdout.close()
        return came


def go(job: Job) -> Came:
    """The whole pass."""
    return Going(job).end()


class _Store:
    def __init__(self, job: Job, out: IO[bytes]) -> None:
        self._job = job
        self._out = out
        self._memory = dict(job.memory)
        self._known = set(job.known)
        self._count = 0

    def tell(self, name: str, value: object = None) -> None:
        pickle.dump((name, value), self._out)
        self._out.flush()

    def known(self, urls: Sequence[str]) -> set[str]:
        return self._known & set(urls)

    def recall(self, key: str) -> Mapping[str, str] | None:
        return self._memory.get(key)

    def remember(self, key: str, value: Mapping[str, str]) -> None:
        self._memory[key] = value
        self.tell("remembered", (key, dict(value)))

    def keep(self, page: Page) -> str | None:
        self.tell("kept", page)
        return f"capture of {page.url}"

    def emit(self, article: Article) -> Fate:
        self._count += 1
        if self._count == self._job.emit_fails_at:
            raise OSError("no space left on device")
        time.sleep(self._job.emit_takes)
        if article.url in self._known:
            return Fate.KNOWN
        if self._job.off_topic:
            return Fate.OFF_TOPIC
        self._known.add(article.url)
        self.tell("article", article)
        return Fate.STORED

    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None:
        self.tell("missed", (source, entry, fate, why))

    def revisited(self, source: str, sights: Sequence[Sight]) -> None:
        self.tell("revisited", (source, list(sights)))

    def ended(self, outcome: Outcome) -> None:
        self.tell("ended", outcome)


def main() -> None:
    job: Job = pickle.load(sys.stdin.buffer)
    with os.fdopen(os.dup(1), "wb") as out:
        _crawl(job, _Store(job, out))


def _crawl(job: Job, store: _Store) -> None:
    from crawler.run import crawl

    now: Callable[[], datetime] = lambda: job.now or datetime.now(UTC)  # noqa: E731
    try:
        crawl(
            job.sources,
            fetching=job.fetching,
            now=now,
            known=store.known,
            memory=store,
            keep=store.keep,
            emit=store.emit,
            missed=store.missed,
            ended=store.ended,
            revisit=job.revisit,
            revisited=store.revisited,
            owed=lambda source: job.owed,
        )
    except BaseException as error:
        store.tell("raised", error)
        raise
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    store.tell("returned")


if __name__ == "__main__":
    main()
