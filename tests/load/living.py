"""The service lives by the test's clock: ticks follow one another as fast as the machine goes, and what they cost is measured."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from monitor import config as configs
from monitor.children import Children, Ended
from monitor.cli.serving import Service
from tests.e2e.clocked import set_clock

__all__ = ["Cost", "Life", "Measured"]

_SAMPLE = 0.1


@dataclass
class Cost:
    """Of children."""

    cpu: float = 0.0
    """Seconds, all processes together: what each had used when it was last seen, a tenth of a second before its end at most."""
    wall: float = 0.0
    pss: int = 0
    """The most that all of them took at once, in bytes."""
    count: int = 0


class Measured(Children):
    """Children by the test's clock, that are looked at while they run."""

    def __init__(self, *, memory: bool = True) -> None:
        super().__init__(command=(sys.executable, "-m", "tests.chaos.rasid"))
        self.cost = Cost()
        self.ended: list[Ended] = []
        self._weigh = memory

    def run(self, arguments: Sequence[str], *, limit: float) -> Ended | None:
        with self._looked_at():
            ended = super().run(arguments, limit=limit)
        if ended is not None:
            self.ended.append(ended)
        return ended

    @contextmanager
    def _looked_at(self) -> Iterator[None]:
        over, began = threading.Event(), time.monotonic()
        seen: dict[psutil.Process, float] = {}
        looking = threading.Thread(target=self._look, args=(over, seen))
        looking.start()
        try:
            yield
        finally:
            over.set()
            looking.join()
            self.cost.cpu += sum(seen.values())
            self.cost.wall += time.monotonic() - began
            self.cost.count += 1

    def _look(self, over: threading.Event, seen: dict[psutil.Process, float]) -> None:
        turn = 0
        while not over.wait(_SAMPLE):
            family = []
            for pid in self.running:
                with suppress(psutil.Error):
                    child = psutil.Process(pid)
                    family += [child, *child.children(recursive=True)]
            pss = 0
            for process in family:
                with suppress(psutil.Error):
                    times = process.cpu_times()
                    seen[process] = times.user + times.system
                    if self._weigh and turn % 5 == 0:
                        pss += process.memory_full_info().pss
            self.cost.pss = max(self.cost.pss, pss)
            turn += 1


@dataclass
class Life:
    """A service over a configuration, tick by tick."""

    config: Path
    clock: Path
    moment: datetime
    children: Children
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        self.service = Service(self.config, configs.load(self.config), self.children, lambda: self.moment)

    def tick(self, step: timedelta) -> None:
        """Time goes on by ``step``, and the jobs are looked at."""
        self.moment += step
        set_clock(self.clock, self.moment)
        self.service.once()
