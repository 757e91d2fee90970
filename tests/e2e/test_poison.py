"""One source that ends whatever reads it: it is found, named, and read apart; the others are read."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.outcome import Ending
from monitor import config as configs
from monitor.children import Children
from monitor.cli.serving import Service
from tests.e2e.running import ROOT, configure, opened, rasid
from tests.newsroom.running import newsroom


def test_a_poisonous_source_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("POISON", "khabur:SIGSEGV")
    ahead = timedelta()
    with newsroom() as room:
        config = configure(tmp_path, room.sources_of("khabur", "nidaa", "fanar"))
        children = Children(command=(sys.executable, "-m", "tests.e2e.poisoned"))
        service = Service(config, configs.load(config), children, lambda: datetime.now(UTC) + ahead)
        service.crawl()
        with opened(config) as store:
            states = {state.name: state for state in store.sources()}
            assert {name: state.failures for name, state in states.items()} == {"khabur": 1, "nidaa": 0, "fanar": 0}
            last = states["khabur"].last
            assert last is not None
            assert last.ending is Ending.FAILED
            assert last.why.startswith("reading it ended its pass, which")
            sources = {stored.article.source for some in store.past() for stored in some}
            assert sources == {"nidaa", "fanar"}
            passes = store.passes()
            assert all(one.ended_at is not None for one in passes)
        ahead = timedelta(days=2)
        service.crawl()
        with opened(config) as store:
            again = [one for one in store.passes() if one.id > passes[0].id]
            assert len(again) == 2  # the others, and then the suspect alone
            assert again[-1].error is None
            assert {state.name: state.failures for state in store.sources()}["khabur"] == 2
        monkeypatch.setenv("POISON", "nobody:bug")  # it is mended
        ahead = timedelta(days=9)
        service.crawl()
        with opened(config) as store:
            assert {state.failures for state in store.sources()} == {0}


def test_once_does_what_is_due_and_a_second_one_says_who_is_at_it(tmp_path: Path) -> None:
    from monitor.lock import hold

    with newsroom() as room:
        config = configure(tmp_path, room.sources_of("nidaa"))
        done = rasid(config, "run", "--once")
        assert done.returncode == 0, done.stderr
        with opened(config) as store:
            assert store.counts()["articles"] > 5
        with hold(tmp_path / "var" / "service.lock", "the service"):
            busy = rasid(config, "run", "--once")
            assert busy.returncode == 75
            assert "the service is running already (process" in busy.stderr
