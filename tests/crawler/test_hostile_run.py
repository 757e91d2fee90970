"""Everything at once: a pass over hostile sites and a good one, over real HTTP. Nothing inside is reached, nothing hangs, the good
one is read."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from crawler.outcome import Ending, Fate
from tests.crawler.going import Came, Job, fetching, go
from tests.crawler.hostile import GOOD, Field, lay_out


@pytest.fixture(scope="module")
def run() -> Iterator[tuple[Came, Field]]:
    with ExitStack() as stack:
        field = lay_out(stack, megabytes=8)
        quick = fetching(timeout=2.5, max_bytes=2**20, read_limit=5.0, readers=2)
        yield go(Job(field.sources, quick)), field


def test_the_pass_ends_and_every_source_with_it(run: tuple[Came, Field]) -> None:
    came, field = run
    assert came.returned, came.stderr
    assert set(came.outcomes) == {source.name for source in field.sources}
    assert not [name for name, outcome in came.outcomes.items() if "unexpected" in outcome.why]


def test_the_good_source_is_read_to_the_end(run: tuple[Came, Field]) -> None:
    came, _ = run
    assert came.outcomes["good"].ending is Ending.READ
    assert came.outcomes["good"].fates == {Fate.STORED: GOOD}


def test_nothing_inside_is_reached(run: tuple[Came, Field]) -> None:
    came, field = run
    assert field.listener.paths(robots=True) == []
    fates = {entry.url: (fate, why) for source, entry, fate, why in came.missed if source == "inside"}
    assert len(fates) == came.outcomes["inside"].entries == len(field.links)
    assert {fate for fate, _ in fates.values()} <= {Fate.REFUSED, Fate.FAILED}
    odd = [found for found in fates.items() if found[1][0] is Fate.FAILED]
    assert all("cannot be resolved" in why or "not an address" in why for _, (_, why) in odd), odd
    assert len(odd) <= 8, odd


def test_each_case_has_its_fate(run: tuple[Came, Field]) -> None:
    came, field = run
    missed = {entry.url: (fate, why) for _, entry, fate, why in came.missed}
    wrong = []
    for url, case in field.cases.items():
        fate, why = missed.get(url, (Fate.STORED, ""))
        if fate not in case.fates or case.why not in why or "unexpected" in why:
            wrong.append((case.name, str(fate), why))
    assert wrong == []


def test_no_cookie_is_sent_back_and_nothing_external_is_loaded(run: tuple[Came, Field]) -> None:
    _, field = run
    assert not [asked for served in field.sites for asked in served.asked if "cookie" in asked.headers]
