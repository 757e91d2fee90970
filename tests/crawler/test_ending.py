"""How a pass ends: by a signal, at its time limit, killed, unable to store. Nothing is lost, nothing is claimed."""

import signal
from collections.abc import Iterator

import pytest

from crawler.outcome import Ending, Fate
from tests.crawler.going import Came, Going, Job, fetching, go, going
from tests.crawler.server import Answer, Site, article, feed, site


@pytest.fixture
def long() -> Iterator[Site]:
    """A site with twelve reports that take their time."""
    with site("127.0.0.71") as served:
        served.routes["/feed"] = feed(served.url, *[f"/{n}" for n in range(12)])
        for number in range(12):
            served.routes[f"/{number}"] = Answer(article(f"الخبر رقم {number} من ريف حماة").body, wait=0.25)
        yield served


def until_article(under_way: Going) -> Came:
    """What came until the first article did."""
    came = Came()
    for event in under_way.events():
        came.add(event)
        if event[0] == "article":
            return came
    raise AssertionError("no article came")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_pass_in_good_order(long: Site, number: signal.Signals) -> None:
    under_way = Going(Job([going(long.url)], fetching()))
    came = until_article(under_way)
    under_way.child.send_signal(number)
    rest = under_way.end()
    assert rest.returned, rest.stderr
    assert under_way.child.returncode == 0
    outcome = rest.outcomes["wire"]
    assert outcome.ending is Ending.CUT
    stored = len(came.articles) + len(rest.articles)
    assert outcome.fates == {Fate.STORED: stored, Fate.NOT_REACHED: 12 - stored}
    assert outcome.why == f"ended by {number.name}: {12 - stored} of 12 entries were not reached"
    assert not rest.missed
    assert not [key for key in rest.memory if key.startswith("page ")]
    assert stored < 12


def test_a_signal_does_not_wait_for_the_pace_of_a_host() -> None:
    with site("127.0.0.74") as served:
        served.routes["/feed"] = feed(served.url)
        under_way = Going(Job([going(served.url)], fetching(delay=300.0)))
        for name, _ in under_way.events():
            if name == "remembered":  # robots.txt; the feed's turn is in five minutes
                break
        under_way.child.terminate()
        came = under_way.end()
    assert came.returned, came.stderr
    assert came.outcomes["wire"].ending is Ending.CUT
    assert served.paths() == []


def test_the_time_limit_ends_the_pass_in_good_order(long: Site) -> None:
    for number in range(12):
        long.routes[f"/{number}"] = Answer(article().body, wait=4.0)
    with site("127.0.0.72") as quick:
        quick.routes["/feed"] = feed(quick.url)
        came = go(Job([going(long.url), going(quick.url, "quick")], fetching(time_limit=2.5)))
    assert came.returned
    assert came.outcomes["wire"].ending is Ending.CUT
    assert came.outcomes["wire"].why.startswith("the pass reached its time limit")
    assert came.outcomes["quick"].ending is Ending.EMPTY


def test_a_pass_that_is_killed_is_repeated_and_loses_nothing(long: Site) -> None:
    under_way = Going(Job([going(long.url)], fetching()))
    came = until_article(under_way)
    under_way.child.kill()
    rest = under_way.end()
    stored = [found.url for found in came.articles + rest.articles]
    memory = came.memory | rest.memory
    again = go(Job([going(long.url)], fetching(), known=set(stored), memory=memory))
    assert sorted([*stored, *[found.url for found in again.articles]]) == sorted(f"{long.url}/{n}" for n in range(12))
    assert again.outcomes["wire"].fates == {Fate.KNOWN: len(stored), Fate.STORED: 12 - len(stored)}


def test_a_failure_to_store_fails_the_pass(long: Site) -> None:
    came = go(Job([going(long.url)], fetching(), emit_fails_at=3))
    assert isinstance(came.error, OSError)
    assert str(came.error) == "no space left on device"
    assert not came.returned
    assert len(came.articles) == 2
    assert came.outcomes == {}
    assert not [key for key in came.memory if key.startswith("page ")]


def test_off_topic_articles_are_told_apart_and_slow_storing_loses_none(long: Site) -> None:
    came = go(Job([going(long.url)], fetching(), off_topic=True, emit_takes=0.1))
    assert came.outcomes["wire"].fates == {Fate.OFF_TOPIC: 12}
    assert {fate for _, _, fate, _ in came.missed} == {Fate.OFF_TOPIC}
