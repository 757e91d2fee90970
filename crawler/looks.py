"""A look at an address that was read before: fetched and read as any page, and told apart from its absence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

from crawler import answers
from crawler.answers import Trouble
from crawler.article import Article, Entry, Page
from crawler.notes import FAULT, UNLIKE
from crawler.reading import Unread
from crawler.revisit import Revisit, Sight
from crawler.spiders import Listing
from crawler.urls import canonical

__all__ = ["look", "look_at_listing", "look_in_passing"]


async def look(
    revisit: Revisit,
    *,
    fetch: Callable[[str], Awaitable[Page]],
    keep: Callable[[Page], Awaitable[str | None]],
    read: Callable[[Page, Entry], Awaitable[tuple[Article | None, str]]],
) -> Sight:
    """What is seen. Raises what ends a pass, and nothing else of its own."""
    try:
        page = await fetch(revisit.url)
        if (gone := _leads_away(page)) is not None:
            return Sight(revisit=revisit, gone=gone)
        if (why := answers.not_a_page(page)) is not None:
            return Sight(revisit=revisit, why=why)
        capture = await keep(page)
        article, why = await read(page, Entry(url=revisit.url))
    except Trouble as trouble:
        return Sight(revisit=revisit, gone=trouble.why if trouble.gone else None, why=trouble.why)
    except Unread as unread:
        return Sight(revisit=revisit, why=str(unread))
    if article is not None:
        return Sight(revisit=revisit, article=replace(article, capture=capture))
    return _without_text(revisit, page, why)


async def look_in_passing(
    revisit: Revisit, entry: Entry, *, read: Callable[[str, Entry], Awaitable[tuple[Article | None, str]]]
) -> Sight:
    """What is seen of an entry in a listing that was read anyhow, and carries it whole."""
    try:
        article, why = await read(entry.url, entry)
    except Unread as unread:
        article, why = None, str(unread)
    return Sight(revisit=revisit, article=article, why=why, listed=True)


async def look_at_listing(
    revisit: Revisit,
    address: str,
    *,
    listing: Callable[[str], Awaitable[Listing]],
    read: Callable[[str, Entry], Awaitable[tuple[Article | None, str]]],
) -> Sight:
    """What is seen of an entry that has no page of its own, in the listing at ``address`` that would show it."""
    try:
        shown = await listing(address)
        found = next((entry for entry in shown.entries if canonical(entry.url) == canonical(revisit.url)), None)
        if found is None:
            if not shown.entries:  # a channel that shows nothing at all is another trouble
                return Sight(revisit=revisit, why="; ".join(shown.defects) or "nothing is listed")
            return Sight(revisit=revisit, gone="it is not listed any more", listed=True)
        article, why = await read(revisit.url, found)
    except Trouble as trouble:
        return Sight(revisit=revisit, gone=trouble.why if trouble.gone else None, why=trouble.why)
    except Unread as unread:
        return Sight(revisit=revisit, why=str(unread))
    if article is None:
        return Sight(revisit=revisit, gone=f"no text is left in it ({why})", listed=True)
    return Sight(revisit=revisit, article=article, listed=True)


def _without_text(revisit: Revisit, page: Page, why: str) -> Sight:
    if answers.needs_browser(page):
        return Sight(revisit=revisit, why="its text is made by scripts in a browser")
    if why.startswith((UNLIKE, FAULT)):  # the layout changed, a wall stands before it: it may well be behind
        return Sight(revisit=revisit, why=why)
    return Sight(revisit=revisit, gone=f"no text is left in it ({why or 'no article in it'})", emptied=True)


def _leads_away(page: Page) -> str | None:
    """How an address that led to no article looks, as far as the new address tells it."""
    final = canonical(page.url)
    if final == canonical(page.asked):
        return None
    parts = urlsplit(final)
    return "it leads to the front page" if parts.path in ("", "/") and not parts.query else None
