"""Child processes that end: by themselves, at a hard limit of time or memory, or with their parent.

A spinning page or spider ignores SIGTERM (Scrapy's graceful stop needs its loop), so that only SIGKILL to the whole group is sure;
and a parent killed with -9 cannot tell its children, so that they ask the kernel to be told (``PR_SET_PDEATHSIG``, prctl(2)).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Children", "Ended", "die_with_parent", "footprint"]

_PR_SET_PDEATHSIG = 1
_PARENT = "RASID_PARENT"
_FIRST_TO_GO = b"500"
"""When the machine runs out of memory the kernel ends a pass, which is repeated, and not the clock (proc(5), oom_score_adj)."""
_LOOK = 2.0
"""Seconds between two looks at how much memory a child takes: some 2 ms for each of its processes."""
_ANSWERS = frozenset({0, 2, 3, 4, 75})
"""What ``rasid`` exits with when it knows what it says; anything else is a crash."""


def die_with_parent() -> None:
    """In a child: ask to be killed when the process that started it dies. Does nothing when a person started us."""
    parent = os.environ.get(_PARENT)
    if parent is None:
        return
    os.environ.pop(_PARENT)  # what we start in turn has us for a parent
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash that repeats must not fill the disk with its images
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_bytes(_FIRST_TO_GO)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    code: int
    """Exit status; negative: the signal that ended it."""
    hung: bool = False
    """It had to be ended at its time limit."""
    hungry: bool = False
    """It had to be ended at its memory limit."""

    @property
    def crashed(self) -> bool:
        """It did not end as it meant to: what it was at may have ended it."""
        return self.hung or self.hungry or self.code not in _ANSWERS

    def __str__(self) -> str:
        if self.hung:
            return "took too long and was ended"
        if self.hungry:
            return "took too much memory and was ended"
        if self.code < 0:
            try:
                return f"was ended by {signal.Signals(-self.code).name}"
            except ValueError:
                return f"was ended by signal {-self.code}"
        return f"ended with {self.code}"


def footprint(pid: int) -> int:
    """Bytes of memory that ``pid`` and all that descend from it take: what they share is counted once (PSS)."""
    import psutil

    total = 0
    with contextlib.suppress(psutil.Error):
        one = psutil.Process(pid)
        for process in (one, *one.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total


class Children:
    """Starts ``python -m monitor ARGUMENTS`` and sees each to its end. Safe to use from several threads."""

    def __init__(
        self, *, grace: float = 10.0, command: Sequence[str] = (sys.executable, "-m", "monitor"), memory: int = 0
    ) -> None:
        """``grace``: seconds between asking and killing. ``memory``: bytes for a child and all it starts; 0: no limit."""
        self._grace = grace
        self._command = tuple(command)
        self._memory = memory
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopping = False

    @property
    def running(self) -> list[int]:
        """Process numbers of those that run."""
        with self._lock:
            return [child.pid for child in self._running]

    def run(self, arguments: Sequence[str], *, limit: float) -> Ended | None:
        """Run one to its end, ``limit`` seconds at most; ``None`` when everything is being stopped.

        The calling thread waits: PR_SET_PDEATHSIG watches the thread that forked, which therefore must outlive the child.
        """
        with self._lock:
            if self._stopping:
                return None
            child = subprocess.Popen(  # noqa: S603
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {_PARENT: str(os.getpid())},
            )
            self._running.add(child)
        watch = _Watch(child, limit=limit, memory=self._memory, grace=self._grace)
        try:
            # WNOWAIT leaves it a zombie, so that its group's number cannot be another's while we clear the group
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        finally:
            watch.end()
            with self._lock:
                self._running.discard(child)
            _kill_group(child.pid)
            child.wait()
        return Ended(child.returncode, hung=watch.hung, hungry=watch.hungry)

    def stop(self) -> None:
        """Ask all that run to end, kill them after the grace, and start no more. Returns at once."""
        with self._lock:
            self._stopping = True
            running = list(self._running)
        for child in running:
            child.terminate()
            timer = threading.Timer(self._grace, _kill_group, (child.pid,))
            timer.daemon = True
            timer.start()


class _Watch:
    """Ends a child at its limits: asked first, killed with all that it started after the grace."""

    def __init__(self, child: subprocess.Popen[bytes], *, limit: float, memory: int, grace: float) -> None:
        self.hung = self.hungry = False
        self._child, self._memory, self._grace = child, memory, grace
        self._until = time.monotonic() + limit
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name=f"watch {child.pid}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(min(_LOOK, max(self._until - time.monotonic(), 0.0))):
            if self._memory and footprint(self._child.pid) > self._memory:
                self.hungry = True
            elif time.monotonic() >= self._until:
                self.hung = True
            else:
                continue
            self._child.terminate()
            if not self._over.wait(self._grace):
                _kill_group(self._child.pid)
            return


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
