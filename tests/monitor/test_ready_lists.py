"""The lists that come with Rasid and are taken over by name: each holds what its own examples promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor import lists, ready
from monitor.cli import rasid

READY = ready.lists()


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner(env={"NO_COLOR": "1"}).invoke(rasid, ["--config", str(folder), "watch", "add", *arguments])


def test_there_are_lists_for_what_documenters_watch() -> None:
    assert {
        "airstrikes", "attacks-on-care", "ceasefire", "coast-suwayda", "displacement", "enforced-disappearance",
        "executions-torture", "israel-strikes", "journalists", "landmines", "mass-graves", "sanctions", "sdf-integration",
        "transitional-justice",
    } <= READY.keys()  # fmt: skip
    assert all(one.note and one.title != one.id for one in READY.values())


def test_every_example_holds_and_there_are_enough() -> None:
    found = lists.load(ready.folder())
    assert {one.id for one in found.lists} == READY.keys()
    assert all(one.examples >= 9 for one in found.lists)


def test_they_are_not_watched_until_they_are_taken_over() -> None:
    watched = {one.id for one in lists.load(ready.folder().parent / "watchlists").lists}
    assert watched.isdisjoint(READY)


def test_one_is_taken_over_and_nothing_is_replaced(tmp_path: Path) -> None:
    assert "airstrikes" in run(tmp_path).output
    done = run(tmp_path, "airstrikes", "landmines")
    assert done.exit_code == 0, done.output
    path = tmp_path / "watchlists" / "airstrikes.yaml"
    assert path.read_bytes() == READY["airstrikes"].path.read_bytes()
    assert {one.id for one in lists.load(tmp_path).lists} == {"airstrikes", "landmines"}
    path.write_text("title: mine\nrules: [حلب]\n", encoding="utf-8")
    again = run(tmp_path, "mass-graves", "airstrikes")
    assert again.exit_code == 2
    assert "nothing was written" in again.output
    assert not (tmp_path / "watchlists" / "mass-graves.yaml").exists()
    assert path.read_text("utf-8").startswith("title: mine")
    assert {row["id"] for row in json.loads(run(tmp_path, "--json").output) if row["there"]} == {
        "airstrikes",
        "landmines",
    }


@pytest.mark.parametrize("name", ["airstrike", "../secret", "نزوح"])
def test_a_name_that_is_none_of_them(tmp_path: Path, name: str) -> None:
    refused = run(tmp_path, name)
    assert refused.exit_code == 2
    assert "no list" in refused.output
    assert not (tmp_path / "watchlists").exists()
