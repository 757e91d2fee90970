"""Outlets in trouble, and a feed that runs over between two readings: by the real commands, over the newsroom."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.outcome import Ending
from tests.e2e.running import configure, opened, rasid
from tests.newsroom.outlets import HIDDEN, OVERFLOWS
from tests.newsroom.running import Newsroom, newsroom


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


@pytest.fixture(scope="module")
def config(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After two readings, between which thirty bulletins came to a feed that shows ten."""
    sources = room.sources_of("manara", "jisr", "sour", "rahba", OVERFLOWS)
    folder = configure(tmp_path_factory.mktemp("trouble"), sources)
    first = rasid(folder, "crawl")
    assert first.returncode == 0, first.stderr
    room.goes_on(OVERFLOWS)
    second = rasid(folder, "crawl", "--source", OVERFLOWS)
    assert second.returncode == 0, second.stderr
    return folder


def test_what_fell_out_of_the_feed_is_found_in_its_older_pages(config: Path, room: Newsroom) -> None:
    with opened(config) as store:
        assert store.counts()["articles"] == 40
        state = next(state for state in store.sources() if state.name == OVERFLOWS)
        assert store.gaps.standing() == []
        [gap] = store.gaps.between(room.now.replace(year=room.now.year - 1), room.now.replace(year=room.now.year + 1))
    assert (gap.found, gap.asked) == (20, 3)
    assert state.last is not None
    assert state.last.defects[-1].startswith("20 entries had fallen out since the last reading")
    targets = [one.target for one in room.requests(OVERFLOWS) if one.target.startswith("/feed/")]
    assert targets == ["/feed/", "/feed/", "/feed/?paged=2", "/feed/?paged=3", "/feed/?paged=4"]


def test_each_trouble_is_named_and_nobody_came_where_nobody_may(config: Path, room: Newsroom) -> None:
    with opened(config) as store:
        ended = {state.name: state.last for state in store.sources() if state.name != OVERFLOWS and state.last}
    assert {name: outcome.ending for name, outcome in ended.items()} == {
        "manara": Ending.FAILED,
        "jisr": Ending.REFUSED,
        "sour": Ending.REFUSED,
        "rahba": Ending.REFUSED,
    }
    assert "refused the connection" in ended["manara"].why
    assert "asked to wait until" in ended["jisr"].why
    assert ended["sour"].why == "robots.txt does not allow it"
    assert f"{HIDDEN} is not a public address (loopback)" in ended["rahba"].why
    assert not [one for one in room.requests() if one.host == HIDDEN]


def test_a_source_that_asked_to_wait_is_due_no_sooner(config: Path) -> None:
    state = json.loads(rasid(config, "status", "--json").stdout)
    [busy] = [source for source in state["sources"] if source["name"] == "jisr"]
    assert busy["due_at"] > busy["last_pass_at"]
