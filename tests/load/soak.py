"""``python -m tests.load.soak [--ticks 5000] [--passes 300]``: does it grow with age?

First the service with children that do nothing but record Outcomes, as fast as it goes, over a real store and a clock of the
test's own; then real passes over a press that keeps publishing. What is looked at: memory and file descriptors of the service,
the size of the store, and whether any source was read later than a period after it was due. Prints figures; 1 when one is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psutil

from crawler.outcome import Ending, Fate, Outcome
from monitor.children import Children, Ended
from storage.store import Store
from tests.e2e.clocked import set_clock
from tests.e2e.running import configure
from tests.load.living import Life, Measured
from tests.load.press import BEGINNING, press

_TICK = timedelta(minutes=5)
_SETTLED = 500
_GROWTH = 1.05
_SOURCES = 12


class Pretended(Children):
    """Children that read nothing: each source is unchanged and due again in a quarter of an hour."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self.life: Life

    def run(self, arguments: Sequence[str], *, limit: float) -> Ended | None:
        if "crawl" not in arguments:
            return Ended(0)
        now = self.life.moment
        with Store.open(self._address) as store:
            number = store.begin_pass(now)
            for word, name in pairwise(arguments):
                if word == "--source":
                    ended = Outcome(
                        source=name,
                        ending=Ending.READ,
                        entries=30,
                        fates={Fate.KNOWN: 30},
                        started_at=now,
                        ended_at=now,
                    )
                    store.record(number, ended, due_at=now + 3 * _TICK)
            store.end_pass(number, now)
        return Ended(0)


def ticks(config: Path, clock: Path, count: int) -> list[str]:
    """The service alone."""
    address = f"sqlite:///{config.parent / 'var' / 'rasid.db'}"
    children = Pretended(address)
    life = children.life = Life(config, clock, BEGINNING + timedelta(hours=2), children)
    me, seen, began = psutil.Process(), list[tuple[int, int, int]](), time.process_time()
    for number in range(count):
        life.tick(_TICK)
        if number % 100 == 99:
            seen.append((me.memory_info().rss, me.num_fds(), number + 1))
    cpu = time.process_time() - began
    settled = [(rss, fds) for rss, fds, number in seen if number >= min(_SETTLED, count // 2)]
    growth = settled[-1][0] / settled[0][0]
    print(f"{count} ticks ({count * _TICK} of the clock): {cpu / count * 1000:.1f} ms of CPU each")
    print(
        f"  memory: {settled[0][0] / 2**20:.1f} MiB after {min(_SETTLED, count // 2)} ticks, {settled[-1][0] / 2**20:.1f} at the end: {growth - 1:+.1%}"
    )
    print(f"  file descriptors: {settled[0][1]} and {settled[-1][1]}")
    wrong = [
        *(["memory grows"] if growth > _GROWTH else []),
        *(["descriptors grow"] if settled[-1][1] > settled[0][1] else []),
    ]
    with Store.open(address) as store:
        late = _latest(store, life.moment)
    print(f"  latest reading: {late} after it was due")
    return [*wrong, *(["a pass was late"] if late > _TICK else [])]


def _latest(store: Store, until: datetime) -> timedelta:
    """By how much a source was read later than it was due, a period apart being the best there is."""
    before: dict[str, datetime] = {}
    worst = timedelta()
    for outcome in store.outcomes(BEGINNING, until + timedelta(days=1)):
        if (last := before.get(outcome.source)) is not None:
            worst = max(worst, outcome.started_at - last - 3 * _TICK)
        before[outcome.source] = outcome.started_at
    return worst


def passes(config: Path, clock: Path, count: int) -> list[str]:
    """Real passes: the store grows with what is stored, and with nothing else."""
    address = f"sqlite:///{config.parent / 'var' / 'rasid.db'}"
    measured = Measured(memory=False)
    life = Life(config, clock, BEGINNING + timedelta(hours=2), measured)
    me, seen = psutil.Process(), list[tuple[int, int, int, int]]()
    for _ in range(count):
        life.tick(4 * _TICK)
        with Store.open(address) as store:
            seen.append((store.counts()["articles"], store.upkeep.size(), me.memory_info().rss, me.num_fds()))
    (first, small, *_), (middle, half, rss, fds), (last, large, rss_end, fds_end) = seen[0], seen[count // 2], seen[-1]
    early, later = (half - small) / max(middle - first, 1), (large - half) / max(last - middle, 1)
    print(
        f"{count} passes ({count * 4 * _TICK} of the clock): {last} articles, {measured.cost.cpu / count:.1f} CPU-s each"
    )
    print(f"  store: {early / 1000:.1f} kB an article in the first half, {later / 1000:.1f} in the second")
    print(
        f"  memory of the service: {rss / 2**20:.1f} MiB at half time, {rss_end / 2**20:.1f} at the end; descriptors {fds}, {fds_end}"
    )
    failed = [str(ended) for ended in measured.ended if ended.code]
    wrong = [f"children failed: {failed[:3]}"] if failed else []
    if rss_end > rss * _GROWTH:
        wrong.append("memory grows")
    if fds_end > fds:
        wrong.append("descriptors grow")
    if later > 1.25 * early and count >= 100:  # before, pages and the log weigh more than what is in them
        wrong.append("the store grows faster than what is in it")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description=__doc__)
    parser.add_argument("--ticks", type=int, default=5000)
    parser.add_argument("--passes", type=int, default=300)
    given = parser.parse_args(arguments)
    wrong: list[str] = []
    for count, work in ((given.ticks, ticks), (given.passes, passes)):
        if not count:
            continue
        with tempfile.TemporaryDirectory(prefix="soak-") as place:
            clock = Path(place) / "clock"
            os.environ["CLOCK"] = str(clock)
            os.environ["RASID_LOG_FILE"] = str(Path(place) / "log")
            set_clock(clock, BEGINNING + timedelta(hours=2))
            with press(_SOURCES, 30, clock) as open_press:
                config = configure(Path(place), open_press.sources)
                wrong += work(config, clock, count)
    print(f"wrong: {'; '.join(wrong) or 'nothing'}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
