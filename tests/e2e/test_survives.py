"""What a small server does to a service: disks that fill, go read-only or rot, a network that goes, upgrades. The real things."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor import config as configs
from monitor import halts
from monitor.children import Children, Ended
from monitor.cli.serving import Service
from storage.schema import VERSION
from storage.store import Store
from tests.e2e.clocked import set_clock
from tests.e2e.running import ROOT, configure, opened, rasid
from tests.newsroom import truth
from tests.newsroom.running import Newsroom, newsroom


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


@contextmanager
def disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own of that size, which only root can make."""
    place.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("a small disk can be made by root only")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path, leave: int) -> Path:
    ballast, free = place / "ballast", os.statvfs(place)
    ballast.write_bytes(b"\0" * max(free.f_bavail * free.f_frsize - leave, 0))
    return ballast


def service(config: Path) -> Service:
    return Service(config, configs.load(config), Children())


def test_a_disk_that_fills_stops_fetching_is_told_and_recovers(room: Newsroom, tmp_path: Path) -> None:
    with disk(tmp_path / "var", "64m") as var:
        config = configure(tmp_path, room.sources_of("nidaa"), settings="disk_reserve: 8 MiB\ncaptures: {free: 1 B}\n")
        opened(config).close()
        ballast = fill(var, 6 * 2**20)
        before = len(room.requests())
        said = rasid(config, "crawl")
        assert said.returncode == 3
        assert "nothing is fetched until there is room" in said.stderr
        service(config).crawl()
        assert len(room.requests()) == before
        with opened(config) as store:
            assert halts.standing(halts.read(store.recall(halts.KEY)), halts.DISK) is not None
        told = rasid(config, "digest", "--today")
        assert told.returncode == 0, told.stderr
        assert "ضاقت مساحة القرص" in (var / "digests").glob("*.md").__next__().read_text("utf-8")
        ballast.unlink()
        service(config).crawl()
        with opened(config) as store:
            assert halts.standing(halts.read(store.recall(halts.KEY)), halts.DISK) is None
            assert store.counts()["articles"] > 5


def test_a_disk_that_is_full_all_the_same_costs_nothing_that_was_stored(room: Newsroom, tmp_path: Path) -> None:
    """No reserve: SQLite meets the real ENOSPC, in the middle of a pass."""
    with disk(tmp_path / "var", "32m") as var:
        config = configure(
            tmp_path, room.sources_of("nidaa", "khabur"), settings="disk_reserve: 1 B\ncaptures: {keep: false}\n"
        )
        opened(config).close()
        ballast = fill(var, 150_000)
        full = rasid(config, "crawl")
        assert full.returncode == 3, full.stdout
        assert "full" in full.stderr
        assert "Traceback" not in full.stderr
        ballast.unlink()
        assert rasid(config, "crawl", "--all").returncode == 0
        wanted = {one.url(room.port) for one in truth.articles() if one.key.split("/")[0] in ("nidaa", "khabur")}
        with opened(config) as store:
            urls = Counter(stored.article.url for some in store.past() for stored in some)
        assert wanted <= set(urls)
        assert set(urls.values()) == {1}
        with closing(sqlite3.connect(var / "rasid.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_disk_that_is_mounted_read_only_is_said(room: Newsroom, tmp_path: Path) -> None:
    with disk(tmp_path / "var", "32m") as var:
        config = configure(tmp_path, room.sources_of("nidaa"))
        opened(config).close()
        subprocess.run(["mount", "-o", "remount,ro", str(var)], check=True)
        for command in (["crawl"], ["run", "--once"], ["backup"], ["status"]):
            said = rasid(config, *command)
            assert said.returncode == 3, (command, said.stdout, said.stderr)
            assert "Traceback" not in said.stderr
            assert "ead-only" in said.stderr or "readonly" in said.stderr or "cannot be written" in said.stderr, (
                said.stderr
            )


def test_a_store_that_rots_is_found_at_the_start_and_brought_back_by_one_command(
    room: Newsroom, tmp_path: Path
) -> None:
    config = configure(tmp_path, room.sources_of("nidaa"))
    path = tmp_path / "var" / "rasid.db"
    assert rasid(config, "crawl").returncode == 0
    made = rasid(config, "backup")
    assert made.returncode == 0, made.stderr
    assert str(tmp_path / "var" / "backups") in made.stdout
    with opened(config) as store:
        store.upkeep.optimize()
        before = store.counts()["articles"]
    body = bytearray(path.read_bytes())
    body[4096 * 6 : 4096 * 30] = os.urandom(4096 * 24)
    path.write_bytes(body)
    said = rasid(config, "run", "--once")
    assert said.returncode == 3
    assert "it is damaged" in said.stderr
    assert "rasid restore" in said.stderr
    back = rasid(config, "restore", "--yes")
    assert back.returncode == 0, back.stderr
    assert f"restored: {before} articles" in back.stdout
    assert rasid(config, "run", "--once").returncode == 0
    listed = rasid(config, "backup", "--list")
    assert listed.stdout.count("rasid-") >= 1


def test_an_upgrade_in_place_keeps_the_store_as_it_was(room: Newsroom, tmp_path: Path) -> None:
    from alembic import command as alembic
    from alembic.config import Config

    import storage
    from storage.database import connect, writing

    config = configure(tmp_path, room.sources_of("nidaa"))
    (tmp_path / "var").mkdir()
    engine, old = connect(f"sqlite:///{tmp_path / 'var' / 'rasid.db'}"), Config()
    old.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    with writing(engine) as connection:
        old.attributes["connection"] = connection
        alembic.upgrade(old, "0003")
        connection.exec_driver_sql("INSERT INTO passes (id, started_at) VALUES (1, '2026-11-23 09:30:00.000000')")
    engine.dispose()
    said = rasid(config, "status", "--json")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["counts"]["passes"] == 1
    (kept,) = (tmp_path / "var" / "backups").iterdir()
    assert f"-before-{VERSION}.db.gz" in kept.name
    back = rasid(config, "restore", "--yes", str(kept))
    assert back.returncode == 0, back.stderr
    with closing(sqlite3.connect(tmp_path / "var" / "rasid.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (VERSION,)
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    newer = rasid(config, "run", "--once")
    assert newer.returncode == 3
    assert "upgrade Rasid" in newer.stderr


class Counting(Children):
    """Real children, by a clock of ours; remembers which sources they were asked for."""

    def __init__(self, clock: Path) -> None:
        super().__init__(command=(sys.executable, "-m", "tests.e2e.clocked"))
        self.clock, self.moment = clock, datetime.now(UTC)
        self.asked: list[list[str]] = []

    def run(self, arguments, *, limit: float) -> Ended | None:  # type: ignore[no-untyped-def]
        if "crawl" not in arguments:
            return Ended(0)
        set_clock(self.clock, self.moment)
        self.asked.append([name for flag, name in pairwise(arguments) if flag == "--source"])
        return super().run(arguments, limit=limit)


def test_a_network_that_is_gone_for_two_days_is_one_gap_and_no_storm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("nidaa", "khabur", "fanar", "baydar", "minbar", "alyasmin")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CLOCK", str(tmp_path / "clock"))
    with newsroom() as room:
        config = configure(tmp_path, room.sources_of(*names))
        children = Counting(tmp_path / "clock")
        watch = Service(config, configs.load(config), children, lambda: children.moment)
        watch.crawl()
        for name in names:
            room.trouble(name, "dead")
        gone = children.moment
        for hours in (1, 1.1, 6, 24, 48):
            children.moment = gone + timedelta(hours=hours)
            watch.crawl()
        assert [len(few) for few in children.asked] == [6, 6, 4, 4, 4, 4]  # a few ask for all of them
        for name in names:
            room.trouble(name, None)
        room.edition(2)
        before = len(room.requests())
        children.moment = gone + timedelta(hours=48.1)
        watch.crawl()
        with opened(config) as store:
            (halt,) = halts.read(store.recall(halts.KEY))
            assert (halt.kind, halt.since, halt.until) == (halts.NETWORK, gone + timedelta(hours=1), children.moment)
            assert all(state.failures == 0 for state in store.sources())
            urls = {one.url(room.port) for one in truth.articles(2) if one.key.split("/")[0] in names}
            assert {url for url in urls if store.article_at(url) is None} == set()
        pages = Counter(request.target for request in room.requests()[before:] if request.target != "/robots.txt")
        asked_twice = {target for target, count in pages.items() if count > 1}
        assert not [target for target in asked_twice if "archives/" in target or "node/" in target]


def test_a_backup_may_run_beside_a_pass(room: Newsroom, tmp_path: Path) -> None:
    config = configure(tmp_path, room.sources_of("nidaa", "khabur"))
    Store.open(f"sqlite:///{tmp_path / 'var' / 'rasid.db'}").close()
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", "--config", str(config), "crawl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    ) as crawling:
        assert crawling.stdout is not None
        crawling.stdout.readline()
        assert rasid(config, "backup").returncode == 0
        crawling.stdout.read()
    assert crawling.returncode == 0


def test_sources_that_are_broken_by_an_edit_are_read_as_they_were(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RASID_KEPT", str(tmp_path / "var" / "config"))
    config = configure(tmp_path, room.sources_of("nidaa"))
    opened(config).close()
    moment = datetime.now(UTC)
    watch = Service(config, configs.load(config), Children(), lambda: moment)
    (config / "sources.yaml").write_text("sources:\n  - name: nidaa\n    kind feed\n", "utf-8")
    watch.crawl()
    with opened(config) as store:
        assert store.counts()["articles"] > 5
        halt = halts.standing(halts.read(store.recall(halts.KEY)), halts.CONFIG)
        assert halt is not None
        assert "sources.yaml:4" in halt.why
    monkeypatch.delenv("RASID_KEPT")
    restarted = rasid(config, "run", "--once")  # after a power cut at night
    assert restarted.returncode == 0, restarted.stderr
    assert "the last good one is used" in restarted.stderr
    configure(tmp_path, room.sources_of("nidaa"))
    watch.crawl()
    with opened(config) as store:
        assert halts.standing(halts.read(store.recall(halts.KEY)), halts.CONFIG) is None
