"""``python -m tests.chaos [--runs 40] [--seed S]``: passes that are struck by faults, and then what must be true all the same.

Each run has a store of its own, three passes that a fault strikes at a random moment, and a calm time after. Then: every article
of the newsroom is stored once, every flag is there once, every finished day has one digest and every flag is in one, the
captures verify, the store is whole, no process is left. The seed is printed: with it a run can be had again.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from storage.store import Store
from tests.chaos.faults import FAULTS, Stage, ends, small_disk
from tests.e2e.clocked import set_clock
from tests.e2e.running import ROOT, configure
from tests.newsroom import truth
from tests.newsroom.running import Newsroom, newsroom

__all__ = ["Run", "main"]

NAMES = ("alyasmin", "nidaa", "khabur")
_STRUCK = 3
_DAY = timedelta(days=1)
_SETTINGS = "disk_reserve: 1 B\ncaptures: {free: 1 B}\npass_limit: 2m\n"


@dataclass
class Run:
    """One store's life."""

    room: Newsroom
    folder: Path
    seed: int
    faults: Sequence[str] = ()
    """In this order; none: three by chance."""
    struck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clock = self.folder / "clock"
        self.store = self.folder / "var" / "rasid.db"
        self.mark = f"chaos-{os.getpid()}-{self.seed}"
        set_clock(self.clock, datetime.now(UTC))

    def live(self) -> None:
        with small_disk(self.folder / "var", "96m") as disk:
            self.config = configure(self.folder, self.room.sources_of(*NAMES), settings=_SETTINGS)
            possible = [name for name, fault in FAULTS.items() if disk or not fault.needs_disk]
            for name in self.faults or [self.chance.choice(possible) for _ in range(_STRUCK)]:
                self._strike(name)
            self._calm()
            self._judge()

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.rasid", "--config", str(self.config), *arguments],
            cwd=ROOT,
            env={**os.environ, "CLOCK": str(self.clock), "NO_COLOR": "1", "CHAOS": self.mark, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _strike(self, name: str) -> None:
        self.struck.append(name)
        fault, log = FAULTS[name], self.folder / "log"
        with log.open("a") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.rasid", "--config", str(self.config), "run", "--once"],
                cwd=ROOT,
                env={**os.environ, "CLOCK": str(self.clock), "CHAOS": self.mark, **fault.environment(self.chance)},
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        fault.strike(Stage(self.chance, process, self.room, NAMES, self.store, self.clock))
        if not ends(process, 240):
            self.wrong.append(f"{name}: the service did not end")
        self._nobody_left(name)

    def _nobody_left(self, after: str) -> None:
        for _ in range(100):
            left = [process for process in psutil.process_iter() if self._ours(process)]
            if not left:
                return
            time.sleep(0.1)
        self.wrong.append(f"{after}: left running: {[process.pid for process in left]}")
        for process in left:
            process.send_signal(signal.SIGKILL)

    def _ours(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and process.environ().get("CHAOS") == self.mark
        except psutil.Error:
            return False

    def _say(self, *arguments: str) -> str:
        with self._start(*arguments) as process:
            said = process.communicate(timeout=300)[0]
        if process.returncode:
            self.wrong.append(f"rasid {' '.join(arguments)} ended with {process.returncode}: {said[-500:]}")
        return said

    def _calm(self) -> None:
        """The faults are over: a pass two days later, when nothing rests any more, and the digests a day after that."""
        last = max(datetime.now(UTC), self._newest()) + 2 * _DAY
        set_clock(self.clock, last)
        self._say("crawl", "--all")
        set_clock(self.clock, last + 2 * _DAY)
        self._say("digest")
        if "no digest is missing" not in self._say("digest"):
            self.wrong.append("a digest was made twice")

    def _newest(self) -> datetime:
        """A clock that was set ahead for a while has left its mark."""
        if not self.store.exists():
            return datetime.now(UTC)
        with Store.open(f"sqlite:///{self.store}") as store:
            passes = store.passes(200)
        return max((one.started_at for one in passes), default=datetime.now(UTC))

    def _judge(self) -> None:
        wanted = {one.url(self.room.port): one for one in truth.articles() if one.key.split("/")[0] in NAMES}
        with Store.open(f"sqlite:///{self.store}") as store:
            stored = [one for some in store.past() for one in some]
            urls = Counter(one.article.url for one in stored)
            for url in wanted:
                if urls[url] != 1:
                    self.wrong.append(f"{url} is stored {urls[url]} times")
            for one in stored:
                if (expected := wanted.get(one.article.url)) is not None:
                    found = Counter(flag.list for flag in store.flags_of(one.id))
                    if set(found) != set(expected.mentions):
                        self.wrong.append(f"{one.article.url} is flagged {dict(found)}, not {set(expected.mentions)}")
            if left := store.flagged(until=datetime.now(UTC) + 3650 * _DAY):
                self.wrong.append(f"{len(left)} flagged articles are in no digest")
        with closing(sqlite3.connect(self.store)) as database:
            if (said := database.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
                self.wrong.append(f"the store is damaged: {said}")
            for question, what in _TWICE.items():
                if twice := database.execute(question).fetchall():
                    self.wrong.append(f"{what}: {twice[:3]}")
        self._say("evidence", "verify")


_TWICE = {
    "SELECT article_id, list, rule FROM flags GROUP BY 1, 2, 3 HAVING count(*) > 1": "flags twice",
    "SELECT day, audience FROM digests GROUP BY 1, 2 HAVING count(*) > 1": "digests twice",
    "SELECT flag_id, audience FROM claims GROUP BY 1, 2 HAVING count(*) > 1": "a flag in two digests",
    "SELECT f.id FROM flags f LEFT JOIN articles a ON a.id = f.article_id WHERE a.id IS NULL": "flags of nothing",
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args(arguments)
    print(f"{given.runs} runs, seed {given.seed}; again: python -m tests.chaos --runs {given.runs} --seed {given.seed}")
    counted: Counter[str] = Counter()
    failed: list[int] = []
    began = time.monotonic()
    with newsroom() as room:
        for seed in range(given.seed, given.seed + given.runs):
            with tempfile.TemporaryDirectory(prefix="chaos-") as place:
                run = Run(room, Path(place), seed)
                run.live()
                counted.update(run.struck)
                print(f"{seed}: {', '.join(run.struck)}: {'; '.join(run.wrong) or 'as it should be'}", flush=True)
                if run.wrong:
                    failed.append(seed)
                    print((Path(place) / "log").read_text("utf-8", "replace")[-3000:])
    print(f"\n{sum(counted.values())} faults in {given.runs} runs, {time.monotonic() - began:.0f} s:")
    for name in FAULTS:
        print(f"  {counted[name]:4} {name}")
    print(f"runs that went wrong: {failed or 'none'}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
