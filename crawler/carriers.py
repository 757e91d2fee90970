"""The answers that carry articles whole (a feed, a Telegram page, an API): kept as well, where an Article came out of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from crawler.article import Article, Entry, Page
from crawler.notes import FROM_FEED
from crawler.spiders.kinds import Listing

__all__ = ["Carriers"]


class Carriers:
    """Of one visit to a source. An answer is kept once, when the first Article needs it, and not at all when none does."""

    def __init__(self, keep: Callable[[Page], Awaitable[str | None]]) -> None:
        self._keep = keep
        self._by_entry: dict[str, Page] = {}
        self._kept: dict[int, asyncio.Future[str | None]] = {}

    def carries(self, page: Page, listing: Listing) -> None:
        """``listing`` was read from ``page``. Only what a Capture needs of it stays in memory."""
        whole = [entry.url for entry in listing.entries if entry.complete or entry.content or entry.summary]
        if whole and page.received:
            slim = replace(page, body=b"")
            self._by_entry |= dict.fromkeys(whole, slim)

    async def proven(self, article: Article, entry: Entry, capture: str | None) -> Article:
        """The Article with the Capture that proves its text: that of its own page, unless the listing is its source."""
        if capture is None or FROM_FEED in article.notes:
            capture = await self._of(entry) or capture
        return replace(article, capture=capture) if capture is not None else article

    async def _of(self, entry: Entry) -> str | None:
        page = self._by_entry.get(entry.url)
        if page is None:
            return None
        if id(page) not in self._kept:
            self._kept[id(page)] = asyncio.ensure_future(self._keep(page))
        return await asyncio.shield(self._kept[id(page)])
