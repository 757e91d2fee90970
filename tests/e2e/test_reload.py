"""A running service takes an edited watch list at the next pass, and goes on with the last good one when it is refused."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.outcome import Ending, Outcome
from monitor import refusals
from tests.e2e.running import ROOT, command, configure, opened
from tests.newsroom.running import newsroom

OUTLETS = ("nidaa", "khabur", "alyasmin")


def eventually(what: Callable[[], bool], seconds: float = 240) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.2)
    return what()


def wait_for(config: Path, *names: str) -> None:
    """Sources that are due in the far future."""
    with opened(config) as store:
        number = store.begin_pass(datetime.now(UTC))
        for name in names:
            now = datetime.now(UTC)
            outcome = Outcome(source=name, ending=Ending.READ, started_at=now, ended_at=now)
            store.record(number, outcome, due_at=now + timedelta(days=99))
        store.end_pass(number, datetime.now(UTC))


def make_due(config: Path, name: str) -> None:
    with sqlite3.connect(config.parent / "var" / "rasid.db", timeout=30) as store:
        store.execute("UPDATE sources SET due_at = '2000-01-01 00:00:00.000000' WHERE name = ?", [name])
    store.close()


def versions(config: Path, source: str) -> set[str]:
    """Of the lists that have flagged a source's articles, once its pass has ended."""
    with opened(config) as store:
        told = store.flagged(until=datetime.now(UTC) + timedelta(hours=1))
        return {flag.version for one in told if one.stored.article.source == source for flag in one.flags}


def standing(config: Path) -> refusals.Refusal | None:
    with opened(config) as store:
        return refusals.standing(refusals.read(store.recall(refusals.KEY)))


def test_an_edited_list_is_used_at_the_next_pass_and_a_refused_one_never(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources_of(*OUTLETS), settings="schedule: {crawl: 1s}\n")
        (config / "watchlists" / "detainees.yaml").unlink()
        path = config / "watchlists" / "astana.yaml"
        good = path.read_text(encoding="utf-8")
        wait_for(config, "khabur", "alyasmin")
        with (
            (tmp_path / "log").open("w") as log,
            subprocess.Popen(
                command(config, "run"), stdout=log, stderr=log, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"}
            ) as service,
        ):
            try:
                assert eventually(lambda: bool(versions(config, "nidaa")))
                (first,) = versions(config, "nidaa")

                path.write_text(good.replace("title: أستانا", "titel: أستانا"), encoding="utf-8")
                make_due(config, "khabur")
                assert eventually(lambda: bool(versions(config, "khabur")))
                assert versions(config, "khabur") == {first}
                refusal = standing(config)
                assert refusal is not None
                assert any("astana.yaml" in line and "titel" in line for line in refusal.what)

                path.write_text(f"{good}# edited\n", encoding="utf-8")
                make_due(config, "alyasmin")
                assert eventually(lambda: bool(versions(config, "alyasmin")))
                assert versions(config, "alyasmin").isdisjoint({first})
                assert standing(config) is None
                assert service.poll() is None
            finally:
                service.terminate()
                service.wait(60)
