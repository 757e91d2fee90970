"""What can befall a pass: each fault is set up before it, strikes at a random moment, and is cleared away afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from tests.e2e.clocked import set_clock
from tests.newsroom.running import Newsroom

__all__ = ["FAULTS", "Stage"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a fault strikes."""

    chance: random.Random
    process: subprocess.Popen[str]
    room: Newsroom
    names: tuple[str, ...]
    store: Path
    clock: Path

    def wait(self, longest: float) -> None:
        """Until a random moment, or until the process has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.chance.uniform(0, longest))


Strike = Callable[[Stage], None]


def _kill(which: Callable[[psutil.Process], list[psutil.Process]], number: signal.Signals) -> Strike:
    def strike(stage: Stage) -> None:
        stage.wait(8)
        with contextlib.suppress(psutil.Error, IndexError):
            stage.chance.choice(which(psutil.Process(stage.process.pid))).send_signal(number)

    return strike


def _below(process: psutil.Process) -> list[psutil.Process]:
    """What the pass itself has started: its readers, what they are forked from."""
    return [inner for child in process.children() for inner in child.children(recursive=True)]


def _trouble(what: str) -> Strike:
    def strike(stage: Stage) -> None:
        stage.wait(3)
        ailing = stage.chance.sample(stage.names, 2)
        for name in ailing:
            stage.room.trouble(name, what)
        stage.wait(6)
        for name in ailing:
            stage.room.trouble(name, None)

    return strike


def _lock(stage: Stage) -> None:
    """Another program holds the store for longer than anybody waits."""
    stage.wait(5)
    with contextlib.suppress(sqlite3.Error):
        other = sqlite3.connect(stage.store, isolation_level=None, timeout=5)
        try:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(2)
            other.execute("ROLLBACK")
        finally:
            other.close()


def _jump(stage: Stage) -> None:
    stage.wait(6)
    set_clock(stage.clock, datetime.now(UTC) + timedelta(hours=stage.chance.uniform(-40, 40)))


def _fill(stage: Stage) -> None:
    """The disk of the store is full, but for some bytes."""
    stage.wait(5)
    ballast, free = stage.store.parent / "ballast", os.statvfs(stage.store.parent)
    size = free.f_bavail * free.f_frsize - stage.chance.randrange(0, 400_000)
    with contextlib.suppress(OSError):
        ballast.write_bytes(b"\0" * max(size, 0))
    stage.wait(8)
    ballast.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Fault:
    strike: Strike = lambda stage: stage.wait(0.1)
    environment: Callable[[random.Random], Mapping[str, str]] = lambda chance: {}
    needs_disk: bool = False


def _fault(kind: str, low: int, high: int) -> Callable[[random.Random], Mapping[str, str]]:
    return lambda chance: {"FAULT": f"{kind}:{chance.randint(low, high)}"}


FAULTS: Mapping[str, Fault] = {
    "kill -9 service": Fault(_kill(lambda process: [process], signal.SIGKILL)),
    "kill -9 child": Fault(_kill(lambda process: process.children(), signal.SIGKILL)),
    "kill -9 reader": Fault(_kill(_below, signal.SIGKILL)),
    "SIGTERM": Fault(_kill(lambda process: [process], signal.SIGTERM)),
    "disk full": Fault(_fill, needs_disk=True),
    "store full": Fault(environment=_fault("full", 0, 60)),
    "EIO": Fault(environment=_fault("eio", 0, 400)),
    "SQLITE_BUSY": Fault(_lock, _fault("busy", 10, 500)),
    "connection reset": Fault(_trouble("reset")),
    "slow-loris": Fault(_trouble("drip")),
    "clock jump": Fault(_jump),
}


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[bool]:
    """A file system of its own at ``place``; ``False`` where only root could make one, and then there is a plain folder."""
    place.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=False, capture_output=True
    )
    try:
        yield made.returncode == 0
    finally:
        if made.returncode == 0:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def ends(process: subprocess.Popen[str], within: float) -> bool:
    """Whether it ends by itself; else it is ended with all that it started."""
    guard = threading.Timer(within, lambda: os.killpg(process.pid, signal.SIGKILL))
    guard.start()
    process.wait()
    on_time = guard.is_alive()
    guard.cancel()
    return on_time
