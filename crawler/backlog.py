"""How much has been fetched and not yet read: when it is much, fetching waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.article import Page

__all__ = ["Backlog"]

_MUCH = 32 * 2**20


class Backlog:
    """Counts the bytes of bodies in hand."""

    def __init__(self, much: int = _MUCH) -> None:
        self._much = much
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Wait until less than ``much`` is in hand."""
        await self._room.wait()

    @contextmanager
    def hold(self, page: Page) -> Iterator[None]:
        """While a page's body is in hand."""
        self._add(len(page.body))
        try:
            yield
        finally:
            self._add(-len(page.body))

    def _add(self, size: int) -> None:
        self._bytes += size
        if self._bytes < self._much:
            self._room.set()
        else:
            self._room.clear()
