"""Which jobs there are, and when one is tried again: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.source import Source
from monitor import queue
from storage.records import Dead

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _source(name: str, url: str) -> Source:
    return Source(name=name, kind="feed", url=url, title=name)


def test_the_sources_of_a_host_are_one_job() -> None:
    found = queue.jobs(
        [
            _source("a", "https://www.rasd.example/feed"),
            _source("b", "https://sana.example/ar/rss"),
            _source("c", "http://RASD.example:8080/en"),
        ]
    )
    assert [(one.about, one.args) for one in found] == [
        ("crawl rasd.example", {"host": "rasd.example"}),
        ("crawl sana.example", {"host": "sana.example"}),
    ]


def test_a_job_that_fails_rests_ever_longer_and_is_given_up() -> None:
    waits = [queue.again_in(tries) for tries in range(1, queue.MOST + 1)]
    assert waits[-1] is None
    rests = [wait for wait in waits if wait is not None]
    assert rests == sorted(rests)
    assert rests[0] == timedelta(seconds=20)
    assert rests[-1] == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (timedelta(0), "* * * * * */1"),
        (timedelta(seconds=2), "* * * * * */2"),
        (timedelta(minutes=1), "*/1 * * * *"),
        (timedelta(minutes=5), "*/5 * * * *"),
        (timedelta(days=1), "0 * * * *"),
    ],
)
def test_the_clock_in_the_words_of_cron(every: timedelta, said: str) -> None:
    assert queue.cron(every) == said


def _dead(about: str, minutes: int = 0) -> Dead:
    kind = about.partition(" ")[0]
    return Dead(id=1, kind=kind, about=about, at=_NOW + timedelta(minutes=minutes), why="x", standing=True)


def test_the_digest_names_each_host_once() -> None:
    dead = [
        _dead("crawl sana.example"),
        _dead("crawl sana.example", 30),
        _dead("digest"),
        _dead("backfill /a/b.warc.gz"),
    ]
    assert queue.notes(dead, "Asia/Damascus", language="en") == [
        "What was due of sana.example was not read (2026-11-26 15:30): it failed several times and was given up.",
        "The archive /a/b.warc.gz was not read to its end (2026-11-26 15:00): it failed several times and was given up.",
    ]
    assert "sana.example" in queue.notes(dead, "Asia/Damascus")[0]
    many = [_dead(f"crawl h{n}.example") for n in range(20)]
    assert queue.notes(many, "UTC", language="en")[-1] == "12 more jobs were given up after several tries."
    assert queue.notes([], "UTC") == []


def _lose(reach: queue.Reach, hosts: str, minutes: int = 0) -> list[str]:
    excused = []
    for host in hosts:
        excused += reach.heard(host, [f"{host}-news"], _NOW + timedelta(minutes=minutes), answered=False)
    return excused


def test_of_three_hosts_in_a_row_nobody_answered_it_is_our_network() -> None:
    reach = queue.Reach()
    assert _lose(reach, "ab") == []
    assert reach.heard("c", ["c-news"], _NOW, answered=None) == []
    assert reach.heard("d", ["d-news"], _NOW, answered=True) == [], "the row is broken"
    assert _lose(reach, "ab") == []
    assert reach.gone_since is None
    assert _lose(reach, "c") == ["a-news", "b-news", "c-news"]
    assert reach.gone_since == _NOW
    assert _lose(reach, "e", 30) == []
    back = reach.heard("f", ["f-news"], _NOW + timedelta(minutes=31), answered=True)
    assert back == ["a-news", "b-news", "c-news", "e-news"]
    assert reach.gone_since is None


def test_sites_that_are_dead_for_good_are_excused_once_an_hour() -> None:
    reach = queue.Reach()
    assert _lose(reach, "abc")
    assert reach.heard("f", [], _NOW + timedelta(minutes=1), answered=True)
    assert _lose(reach, "abc", 5) == []
    assert reach.gone_since is None
    assert _lose(reach, "abc", 61) == ["a-news", "b-news", "c-news"]
