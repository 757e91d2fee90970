"""What the demo does before and after the real commands, which run in the end-to-end tests."""

import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path

from monitor import config
from tests.newsroom.demo import kept_clock, write_config
from tests.newsroom.running import Newsroom

CLOCK = datetime.fromisoformat("2018-05-12T15:20:00+03:00")


def test_its_configuration_is_a_valid_one_and_what_a_person_changed_is_kept(room: Newsroom, tmp_path: Path) -> None:
    folder = write_config(tmp_path, room)
    mine = folder / "watchlists" / "astana.yaml"
    mine.write_text(mine.read_text("utf-8") + "\n# mine\n", "utf-8")
    write_config(tmp_path, room)
    loaded = config.load(folder, environment={})
    assert loaded.sources == tuple(dataclasses.replace(source, delay=0.01) for source in room.shown)
    assert loaded.settings.storage.url == f"sqlite:///{tmp_path / 'rasid.db'}"
    assert mine.read_text("utf-8").endswith("# mine\n")
    assert config.ready_to_go_out(loaded) == []


def test_a_second_run_of_the_day_reads_the_same_newsroom(tmp_path: Path) -> None:
    assert kept_clock(tmp_path, CLOCK) is None
    _left(tmp_path)
    assert kept_clock(tmp_path, CLOCK + timedelta(hours=8)) == CLOCK
    assert (tmp_path / "rasid.db").exists()


def test_the_next_day_starts_over_and_keeps_the_configuration(tmp_path: Path) -> None:
    _left(tmp_path)
    assert kept_clock(tmp_path, CLOCK + timedelta(hours=9)) is None
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_a_run_whose_store_is_gone_or_whose_note_is_broken_is_the_first(tmp_path: Path) -> None:
    _left(tmp_path)
    (tmp_path / "rasid.db").unlink()
    assert kept_clock(tmp_path, CLOCK) is None
    _left(tmp_path)
    (tmp_path / "newsroom.json").write_text("{", "utf-8")
    assert kept_clock(tmp_path, CLOCK) is None


def _left(folder: Path) -> None:
    (folder / "config").mkdir(exist_ok=True)
    (folder / "digests").mkdir(exist_ok=True)
    (folder / "rasid.db").touch()
    (folder / "newsroom.json").write_text(json.dumps({"now": CLOCK.isoformat(), "articles": 53}), "utf-8")
