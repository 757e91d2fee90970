"""One contract, every store: each test here runs on each of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from storage.store import Store
from tests import postgres


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'rasid.db'}"


@contextmanager
def _memory(_: Path) -> Iterator[str]:
    yield "sqlite://"


@contextmanager
def _postgres(_: Path) -> Iterator[str]:
    with postgres.database() as address:
        yield address


STORES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite file": _file,
    "sqlite memory": _memory,
    "postgresql": _postgres,
}


@pytest.fixture(params=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with STORES[request.param](tmp_path) as address, Store.open(address) as opened:
        yield opened
