"""Listings that a listing says to ask as well, in the same pass: the sitemaps of an index."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from crawler.answers import Trouble
from crawler.article import Entry
from crawler.spiders import Listing

__all__ = ["follow"]

_MOST = 5
_DEEPEST = 2


async def follow(
    listing: Listing, address: str, ask: Callable[[str], Awaitable[Listing]]
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Entries and defects of ``listing``, which ``address`` gave, and of those that it names: five more at most, two
    levels deep, none twice. One that cannot be had is a defect; what another says twice counts once."""
    entries, defects = list(listing.entries), list(listing.defects)
    asked, pending = {address}, [(url, 1) for url in listing.more]
    while pending and len(asked) <= _MOST:
        url, depth = pending.pop(0)
        if url in asked:
            continue
        asked.add(url)
        try:
            found = await ask(url)
        except Trouble as trouble:
            defects.append(f"{url}: {trouble.why}")
            continue
        entries += found.entries
        defects += found.defects
        pending += [(more, depth + 1) for more in found.more if depth < _DEEPEST]
    return tuple({entry.url: entry for entry in reversed(entries)}.values())[::-1], tuple(defects)
