"""A Source: one outlet's entrance, as a person declared it in ``config/sources.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["KIND_NAMES", "SCOPES", "Habits", "Source"]

KIND_NAMES = ("feed", "section", "sitemap", "wordpress", "telegram")
"""The keys of :data:`crawler.spiders.KINDS`, here for those who only check a declaration and read nothing."""

SCOPES = ("all", "syria")
"""What of a source is kept: everything, or what is about Syria."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The usual of a source: what nine of ten of its texts keep to."""

    articles: int
    """How many they were learned from."""
    shortest: int
    """Characters: the 5th of a hundred, by length."""
    middle: int
    longest: int
    """The 95th of a hundred."""
    arabic: float
    """The 5th of a hundred, by the share of Arabic letters."""
    named: float
    """The 10th of a hundred, by the share of the headline's words in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    name: str
    """Short, unique, stable: ``sana``, ``enab-baladi``. Articles carry it."""
    kind: str
    """A key of :data:`crawler.spiders.KINDS`."""
    url: str
    title: str
    """The outlet's name as its readers know it."""
    language: str = "ar"
    zone: str = "Asia/Damascus"
    """IANA zone of what the outlet prints without a zone."""
    affiliation: str = "unknown"
    """``state``, ``opposition``, ``north-east``, ``independent``, ``ngo``, ``un``, ``pan-arab`` …"""
    scope: str = "all"
    """One of :data:`SCOPES`: ``syria`` for an outlet that writes about the whole world."""
    every: timedelta | None = None
    """The rhythm at which it is read; ``None``: it follows how often the source publishes."""
    important: bool = False
    """Read at least every quarter of an hour, however seldom it publishes."""
    reach: timedelta = timedelta(days=2)
    """How far back the first reading asks, where a kind can be asked for what is older."""
    selector: str | None = None
    """CSS selector of the article links of a ``section``."""
    delay: float | None = None
    """Seconds between two requests to its host; ``None``: the setting of the service."""
    allow_addresses: tuple[str, ...] = ()
    """Networks (CIDR) that are not public and may be dialled all the same."""
    proxy: str | None = None
    """``http://host:port`` through which it is asked: the proxy resolves its names, and the guard sees only those."""
    verify_tls: bool = True
    """``False``: a certificate that nobody vouches for is borne, and its Articles say so."""
    boilerplate: tuple[str, ...] = ()
    """Lines of this outlet that are never news: those that a person declared, and those that were learned."""
    habits: Habits | None = None
    """What its texts were like so far. Learned, not declared."""
    enabled: bool = True
    verified: date | None = None
    """The day on which a person last saw it answer as declared; ``None``: nobody has."""
