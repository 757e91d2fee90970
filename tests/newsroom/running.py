"""Starts the newsroom for a test or the demo, and ends it."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from crawler.source import Source
from tests.newsroom.outlets import CONTROL, DEFAULT, OUTLETS, SHOWN

__all__ = ["Newsroom", "NewsroomError", "Request", "newsroom", "write_sources"]

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30.0


class NewsroomError(Exception):
    """It could not be started: the port is taken, most often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the newsroom was asked."""

    host: str
    method: str
    target: str
    status: int
    """That of the answer."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    now: datetime
    """What dates in it count back from."""
    port: int
    process: subprocess.Popen[str]
    log: Path

    @property
    def bases(self) -> dict[str, str]:
        """``http://host:port`` of every outlet, by name."""
        return {name: outlet.base(self.port) for name, outlet in OUTLETS.items()}

    @property
    def sources(self) -> tuple[Source, ...]:
        """Three outlets, and one that is dead."""
        return self.sources_of(*DEFAULT)

    @property
    def shown(self) -> tuple[Source, ...]:
        """What the demo reads: every kind of source, and every kind of trouble."""
        return self.sources_of(*SHOWN)

    def sources_of(self, *names: str) -> tuple[Source, ...]:
        return tuple(OUTLETS[name].source(self.port) for name in names)

    def requests(self, outlet: str | None = None) -> list[Request]:
        """Every request so far, or those to one outlet, in the order in which they were answered."""
        lines = self.log.read_text("utf-8").splitlines()
        asked = [Request(**json.loads(line)) for line in lines]
        return [one for one in asked if outlet is None or one.host == OUTLETS[outlet].host]

    def edition(self, number: int) -> None:
        """2: the newsroom later on (see :func:`tests.newsroom.content.reports`)."""
        self._control("/edition?" + urlencode({"is": number}))

    def goes_on(self, outlet: str) -> None:
        """That outlet alone is in its second edition from now on."""
        self._control("/edition?" + urlencode({"outlet": outlet}))

    def trouble(self, outlet: str, what: str | None) -> None:
        """From now on that ails the outlet (a key of ``TROUBLES``); ``None``: nothing does."""
        self._control("/trouble?" + urlencode({"outlet": outlet} | ({"is": what} if what else {})))

    def _control(self, target: str) -> None:
        opener = build_opener(ProxyHandler({}))  # no proxy of the environment: this is loopback
        with opener.open(f"http://{CONTROL}:{self.port}{target}", timeout=_PATIENCE):
            pass


@contextmanager
def newsroom(
    *, now: datetime | None = None, edition: int = 1, port: int = 0, folder: Path | None = None
) -> Iterator[Newsroom]:
    """A newsroom in a child process, which ends with the block and with this process, however that ends.

    ``now``: aware; the real clock rounded to the hour. ``port``: 0 takes one that is free. ``folder``: where the log
    of requests is kept; a temporary one. Raises :class:`NewsroomError`.
    """
    with tempfile.TemporaryDirectory(prefix="newsroom-") as temporary:
        log = (folder or Path(temporary)) / "requests.jsonl"
        log.touch()
        when = now or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        arguments = ["--port", str(port), "--now", when.isoformat(), "--edition", str(edition), "--log", str(log)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.newsroom.server", "--with-parent", *arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            said = _ready(process)
            yield Newsroom(now=when, port=said, process=process, log=log)
        finally:
            _end(process)


def _ready(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], _PATIENCE)[0]:
        raise NewsroomError(f"the newsroom said nothing for {_PATIENCE:.0f} s")
    line = process.stdout.readline()
    said = json.loads(line) if line.strip() else {"error": "it ended at once"}
    if "error" in said:
        raise NewsroomError(said["error"])
    return int(said["port"])


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def write_sources(path: Path, sources: Sequence[Source]) -> None:
    """``sources.yaml`` for these sources."""
    lines = [
        "# The newsroom on this machine, written by the demo. Every address is a loopback address.",
        "",
        "sources:",
    ]
    for source in sources:
        lines += [
            f"  - name: {source.name}",
            f"    kind: {source.kind}",
            f"    url: {source.url}",
            f"    title: {source.title}",
            f"    affiliation: {source.affiliation}",
            *([f"    every: {int(source.every.total_seconds() // 60)}m"] if source.every else []),
            f"    delay: {max(source.delay or 0, 0.01) * 1000:g}ms",  # a delay of nothing is refused in this file
            f"    allow_addresses: [{', '.join(source.allow_addresses)}]",
            *([f'    selector: "{source.selector}"'] if source.selector else []),
            *([f"    scope: {source.scope}"] if source.scope != "all" else []),
        ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
