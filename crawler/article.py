"""What flows: an Entry is what a listing says, a Page is what was fetched, an Article is what was read.

All times are aware and in UTC. Text is as published: folding is done where it is needed and never stored.
What a page does not say is ``None``, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

__all__ = ["Article", "Entry", "Exchange", "Page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed, sitemap or listing says of an article before its page is fetched."""

    url: str
    """Absolute; as the listing wrote it, not yet canonical."""
    title: str | None = None
    guid: str | None = None
    summary: str | None = None
    """Plain text."""
    content: str | None = None
    """The article's HTML, where the listing carries it whole."""
    author: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str | None = None
    updated_at: datetime | None = None
    language: str | None = None
    """As the listing declares it."""
    complete: bool = False
    """The listing carries the whole article: no page is asked for (:func:`crawler.entries.from_entry`)."""
    links: tuple[str, ...] = ()
    """Addresses of other sites' pages that a complete Entry points its readers to, in its own order."""
    notes: tuple[str, ...] = ()
    """What a reader of the article should know of it, as :attr:`Article.notes`: ``edited after it was posted`` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer as they went over the wire, as far as the engine tells."""

    url: str
    method: str
    asked_with: tuple[tuple[str, str], ...]
    """Headers of the request, without ``Host`` and ``Connection``, which the engine adds last."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Of the answer; names in the engine's spelling and order."""
    body: bytes
    """After transfer decoding, before content decoding."""
    at: datetime
    """When the answer was complete."""
    protocol: str = "HTTP/1.1"
    ip_address: str | None = None
    certificate: bytes | None = None
    """What the host showed (DER); ``None`` without TLS."""
    cut: bool = False
    """The body went on, and is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A fetched response, before anything is made of it."""

    url: str
    """Where the bytes came from in the end."""
    asked: str
    """The address that was asked first; differs from ``url`` after a redirect."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """As received; names in the engine's spelling."""
    body: bytes
    """After transfer and content decoding."""
    fetched_at: datetime
    redirects: tuple[str, ...] = ()
    """Addresses that were passed through, in order, without ``url``."""
    ip_address: str | None = None
    received: tuple[Exchange, ...] = field(default=(), repr=False, compare=False)
    """What it was made of: the answers of the redirects that led here, then its own. What a Capture keeps."""

    def bare(self) -> Page:
        """Without :attr:`received`: what a reading process needs."""
        return replace(self, received=()) if self.received else self

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str | None:
        return self.header("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news text as published: the type that flows through Rasid."""

    url: str
    """Canonical (:func:`crawler.urls.canonical`)."""
    source: str
    """Name of the Source."""
    title: str
    text: str
    """Paragraphs separated by a newline."""
    language: str
    """BCP 47, ``und`` where it cannot be told."""
    fetched_at: datetime
    published_at: datetime | None = None
    published_from: str | None = None
    """``feed``, ``metadata``, ``printed`` or ``url``."""
    published_raw: str | None = None
    author: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    summary: str | None = None
    capture: str | None = None
    """Names the Capture that proves it."""
    notes: tuple[str, ...] = ()
    """What a reader of the article should know of how it was read: ``text from the feed``, ``TLS not verified`` …"""

    def __post_init__(self) -> None:
        for name in ("fetched_at", "published_at"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"Article.{name} must be aware: {moment!r}")
