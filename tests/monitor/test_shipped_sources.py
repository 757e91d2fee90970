"""The list that is shipped: who is on it, and what it says of each."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from crawler.source import Source
from monitor.candidates import identity
from monitor.config import shipped
from monitor.opml import read, written
from monitor.sourcefile import is_loopback, load
from monitor.yamlfile import Problem

FILE = shipped() / "sources.yaml"
AFFILIATIONS = {
    "state": 5, "opposition": 5, "north-east": 3, "independent": 8, "ngo": 4, "un": 1, "pan-arab": 8, "foreign-state": 6,
    "international": 5, "unknown": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    problems: list[Problem] = []
    found = load(FILE, problems)
    assert problems == []
    return found


def test_every_voice_is_there(sources: tuple[Source, ...]) -> None:
    assert len([source for source in sources if source.enabled and source.language == "ar"]) >= 40
    counts = Counter(source.affiliation for source in sources)
    assert set(counts) <= set(AFFILIATIONS)
    assert {name: least for name, least in AFFILIATIONS.items() if counts[name] < least} == {}
    assert {source.kind for source in sources} >= {"feed", "section", "telegram"}
    zones = {source.zone for source in sources if source.affiliation == "foreign-state"}
    assert {"Europe/Istanbul", "Europe/Moscow"} <= zones


def test_no_entrance_stands_twice(sources: tuple[Source, ...]) -> None:
    twice = Counter(identity(source.kind, source.url) for source in sources)
    assert [one for one, count in twice.items() if count > 1] == []


def test_nobody_has_tried_them_and_the_list_says_so(sources: tuple[Source, ...]) -> None:
    assert all(source.verified is None for source in sources)
    text = FILE.read_text("utf-8")
    assert text.count("verified: never\n") == len(sources)
    assert len(re.findall(r"^ {4}url: \S+   # seen: [a-e](?:;|$)", text, re.MULTILINE)) == len(sources)
    assert not any(is_loopback(source.url) or "example" in source.url for source in sources)


def test_of_those_who_write_about_the_whole_world_only_syria_is_kept(sources: tuple[Source, ...]) -> None:
    wide = ("pan-arab", "foreign-state", "international", "un")
    for source in sources:
        if source.affiliation in ("state", "opposition", "north-east", "independent"):
            assert source.scope == "all", source.name
        elif source.affiliation in wide and "syria" not in source.name:
            assert source.scope == "syria", source.name


def test_each_says_all_that_matters(sources: tuple[Source, ...]) -> None:
    text = FILE.read_text("utf-8")
    for key in ("kind", "url", "title", "affiliation", "zone", "scope", "important", "verified"):
        assert len(re.findall(rf"^ {{4}}{key}: ", text, re.MULTILINE)) == len(sources), key
    assert 8 <= sum(source.important for source in sources) <= 20
    assert all(source.every is None for source in sources)


def test_the_list_travels(sources: tuple[Source, ...]) -> None:
    assert len(read(written(sources, datetime(2026, 11, 25, tzinfo=UTC)), "x")) == len(sources)
