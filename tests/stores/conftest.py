"""One contract, every store: each test here runs on each of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.store import Store

STORES: dict[str, Callable[[Path], str]] = {
    "sqlite file": lambda folder: f"sqlite:///{folder / 'rasid.db'}",
    "sqlite memory": lambda _: "sqlite://",
}


@pytest.fixture(params=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with Store.open(STORES[request.param](tmp_path)) as opened:
        yield opened
