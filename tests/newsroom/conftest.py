from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.newsroom.running import Newsroom, newsroom

NOW = datetime.fromisoformat("2018-05-12T15:00:00+03:00")


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    """The newsroom on a day that is over, as it comes."""
    with newsroom(now=NOW) as found:
        yield found


@pytest.fixture
def own_room() -> Iterator[Newsroom]:
    """One that a test may change."""
    with newsroom(now=NOW) as found:
        yield found
