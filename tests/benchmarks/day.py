"""A day of many sources at their natural rhythm, faster than real time: what it costs, and how late news is flagged.

``python -m tests.benchmarks.day [SOURCES] [TICKS]`` (500 sources that publish 30 reports a day each; 6 of the 288 ticks of
5 minutes: 30 minutes of the day). The press is a real server on loopback addresses, the passes are real processes, only the clock is
the test's. The figures for a whole day and for 5,000 sources follow from the ticks that were run.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from storage.store import Store
from tests.e2e.clocked import set_clock
from tests.e2e.running import configure
from tests.load.living import Life, Measured
from tests.load.press import BEGINNING, press

_TICK = timedelta(minutes=5)
_PER_DAY = 30
_DAY = timedelta(days=1)
_FIRST = BEGINNING + timedelta(hours=4)


def main(sources: int = 500, ticks: int = 6) -> int:
    with tempfile.TemporaryDirectory(prefix="day-") as place:
        folder = Path(place)
        clock = folder / "clock"
        os.environ["CLOCK"] = str(clock)
        os.environ["RASID_LOG_FILE"] = str(folder / "log")
        set_clock(clock, _FIRST)
        with press(sources, _PER_DAY, clock) as open_press:
            config = configure(folder, open_press.sources)
            return _run(config, clock, sources, ticks)


def _run(config: Path, clock: Path, sources: int, ticks: int) -> int:
    address = f"sqlite:///{config.parent / 'var' / 'rasid.db'}"
    first = Measured()
    life = Life(config, clock, _FIRST, first)
    began = time.monotonic()
    life.tick(timedelta())
    with Store.open(address) as store:
        initial = store.counts()["articles"]
    print(
        f"first pass: {initial} articles of {sources} sources, {first.cost.cpu:.0f} CPU-s, {time.monotonic() - began:.0f} s"
    )

    settle(address, life.moment)
    measured = Measured()
    life = Life(config, clock, life.moment, measured)
    own = time.process_time()
    for number in range(ticks):
        life.tick(_TICK)
        print(f"tick {number + 1}: {measured.cost.cpu:.1f} CPU-s so far", flush=True)
    own = time.process_time() - own
    _report(address, life, measured, sources, ticks, own)
    return any(ended.code for ended in measured.ended)


def settle(address: str, now: datetime) -> timedelta:
    """As if they had been read for long: due times are spread over each source's rhythm, as they are after some hours.

    Gives the rhythm of half of them."""
    with Store.open(address) as store:
        states = store.sources()
        rhythm = statistics.median((state.due_at - (state.last_pass_at or now)).total_seconds() for state in states)
        for number, state in enumerate(states):
            store.upkeep.put_off([state.name], now + timedelta(seconds=rhythm * number / len(states)))
    print(f"rhythm: {rhythm / 60:.0f} min (median)")
    return timedelta(seconds=rhythm)


def _report(address: str, life: Life, measured: Measured, sources: int, ticks: int, own: float) -> None:
    since = life.moment - ticks * _TICK
    with Store.open(address) as store:
        outcomes = store.outcomes(since, life.moment + _TICK)
        flagged = store.flagged(until=life.moment + _DAY, since=since, digested=True)
        late = sorted(
            (one.flagged_at - one.stored.article.published_at).total_seconds() / 60
            for one in flagged
            if one.stored.article.published_at is not None
            and one.stored.article.published_at > since - timedelta(hours=1)
        )
        size, articles = store.upkeep.size(), store.counts()["articles"]
    unchanged = sum(outcome.ending == "unchanged" for outcome in outcomes)
    seconds = ticks * _TICK.total_seconds()
    cpu, share = measured.cost.cpu, measured.cost.cpu / seconds
    mine = psutil.Process().memory_full_info().pss
    print(
        f"\n{ticks} ticks of {_TICK}, {len(outcomes)} visits ({unchanged / max(len(outcomes), 1):.0%} unchanged), {articles} articles"
    )
    print(f"CPU: {cpu:.0f} s in {seconds:.0f} s: {share:.1%} of one core; {cpu / max(len(outcomes), 1):.3f} s a visit")
    print(f"     the service itself, with the looking at its children: {own / seconds:.2%}")
    print(
        f"memory: {(measured.cost.pss + mine) / 2**20:.0f} MiB (PSS, all processes at once; {mine / 2**20:.0f} of them the service)"
    )
    print(f"store: {size / max(articles, 1) / 1000:.1f} kB an article")
    if late:
        p95 = late[int(len(late) * 0.95)]
        print(
            f"published to flagged: median {statistics.median(late):.0f} min, p95 {p95:.0f} min ({len(late)} articles)"
        )
    fixed = 1.5 * ticks
    print(
        f"5,000 sources: about {(fixed + (cpu - fixed) * 5000 / sources) / seconds:.0%} of one core (starting a pass: some 1.5 CPU-s each)"
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
