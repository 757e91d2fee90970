"""Child processes that end: by themselves, at a hard limit, or with their parent.

A spinning page or spider ignores SIGTERM (Scrapy's graceful stop needs its loop), so that only SIGKILL to the whole group is sure;
and a parent killed with -9 cannot tell its children, so that they ask the kernel to be told (``PR_SET_PDEATHSIG``, prctl(2)).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Children", "Ended", "die_with_parent"]

_PR_SET_PDEATHSIG = 1
_PARENT = "RASID_PARENT"


def die_with_parent() -> None:
    """In a child: ask to be killed when the process that started it dies. Does nothing when a person started us."""
    parent = os.environ.get(_PARENT)
    if parent is None:
        return
    os.environ.pop(_PARENT)  # what we start in turn has us for a parent
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    code: int
    """Exit status; negative: the signal that ended it."""
    hung: bool
    """It had to be ended at its time limit."""


class Children:
    """Starts ``python -m monitor ARGUMENTS`` and sees each to its end. Safe to use from several threads."""

    def __init__(self, *, grace: float = 10.0) -> None:
        self._grace = grace
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def run(self, arguments: Sequence[str], *, limit: float) -> Ended | None:
        """Run one to its end, ``limit`` seconds at most; ``None`` when everything is being stopped.

        The calling thread waits: PR_SET_PDEATHSIG watches the thread that forked, which therefore must outlive the child.
        """
        with self._lock:
            if self._stopping:
                return None
            child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "monitor", *arguments],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {_PARENT: str(os.getpid())},
            )
            self._running.add(child)
        hung = threading.Event()
        limits = [threading.Timer(limit, self._at_limit, (child, hung))]
        limits.append(threading.Timer(limit + self._grace, _kill_group, (child.pid,)))
        for timer in limits:
            timer.daemon = True
            timer.start()
        try:
            # WNOWAIT leaves it a zombie, so that its group's number cannot be another's while we clear the group
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        finally:
            for timer in limits:
                timer.cancel()
            with self._lock:
                self._running.discard(child)
            _kill_group(child.pid)
            child.wait()
        return Ended(child.returncode, hung.is_set())

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

    @staticmethod
    def _at_limit(child: subprocess.Popen[bytes], hung: threading.Event) -> None:
        hung.set()
        child.terminate()


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
