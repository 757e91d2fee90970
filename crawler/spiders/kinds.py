"""What a kind of source is: which address to ask first, and how its answer becomes Entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from crawler.article import Entry, Page
from crawler.source import Source

__all__ = ["Kind", "Listing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed, sitemap or page of headlines said, in its own order."""

    entries: tuple[Entry, ...]
    defects: tuple[str, ...] = ()
    """What was wrong with it and could be borne."""
    older: str | None = None
    """Address of the next older page of the same listing, where there is one."""
    again: timedelta | None = None
    """How long it asks not to be asked again."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day, in UTC, in which it asks not to be read."""
    skip_days: tuple[int, ...] = ()
    """Weekdays, Monday being 0."""
    more: tuple[str, ...] = ()
    """Addresses of further listings that this one is made of, to be asked in the same pass, newest first."""


class Kind(Protocol):
    """One kind of source. Pure: no network, no clock. ``listing`` runs in a reading process."""

    def start(self, source: Source) -> str:
        """The address to ask first."""
        ...

    def showing(self, url: str, source: Source) -> str | None:
        """Where a listing shows that entry once more, in a kind whose entries are complete; ``None``: it has a page of its own."""
        ...

    def listing(self, page: Page, source: Source) -> Listing:
        """What the answer says. Never raises for what a site may send."""
        ...
