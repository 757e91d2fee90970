"""A little of `make chaos`: a store's life with three faults in it, and what must be true all the same."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import Run
from tests.newsroom.running import newsroom


@pytest.mark.parametrize(
    "faults", [("kill -9 child", "store full", "kill -9 service"), ("connection reset", "EIO", "clock jump")]
)
def test_what_is_struck_three_times_ends_as_it_should(tmp_path: Path, faults: tuple[str, ...]) -> None:
    with newsroom() as room:
        run = Run(room, tmp_path, seed=20261125, faults=faults)
        run.live()
    assert run.struck == list(faults)
    assert run.wrong == []
