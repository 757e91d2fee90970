"""Passes that are killed at random moments, and what is left of each."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from monitor.evidence.verifying import verify
from tests.e2e.running import ROOT, command, configure, opened, rasid
from tests.newsroom.running import Newsroom

__all__ = ["Left", "kill"]

_OUTLETS = ("alyasmin", "nidaa", "khabur")


@dataclass
class Left:
    kills: int = 0
    torn: int = 0
    """Left something behind that nobody knew of."""
    articles: int = 0
    flagged: int = 0
    whole: int = 0
    """Times that everything was stored, and it began anew."""


def kill(folder: Path, room: Newsroom, times: int, seed: int) -> Left:
    """After each kill: verify is clean, and no article is without its Capture. At the end a whole pass repairs what is left."""
    chance, left = random.Random(seed), Left()
    config = configure(folder, room.sources_of(*_OUTLETS))
    for _ in range(times):
        with subprocess.Popen(
            command(config, "crawl", "--all"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT
        ) as run:
            assert run.stdout is not None
            run.stdout.readline()  # something has happened
            time.sleep(chance.uniform(0, 2.5))
            run.send_signal(signal.SIGKILL)
            run.stdout.read()
        left.kills += 1
        if _check(config, left) > 45:
            left.whole += 1
            shutil.rmtree(folder / "var")
    done = rasid(config, "crawl", "--all")
    assert done.returncode == 0, done.stderr
    _check(config, left)
    done = rasid(config, "evidence", "verify", "--repair")
    assert (done.returncode, "everything is as it was written" in done.stdout) == (0, True), done.stdout
    return left


def _check(config: Path, left: Left) -> int:
    with opened(config) as store:
        report = verify(config.parent / "var" / "captures", store.proofs)
        assert report.clean, report.findings
        left.torn += bool(report.findings)
        articles = [one for some in store.past() for one in some]
        known = {one.id for one in store.proofs.standing()}
        for one in articles:
            assert one.article.capture in known, one.article.url
        left.articles += len(articles)
        left.flagged += store.counts()["flagged"]
        return len(articles)
