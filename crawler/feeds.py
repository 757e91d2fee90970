"""Bytes of a feed in, Entries out: RSS, Atom, RDF and JSON Feed. Never fetches, never raises.

Keeps what a feed says even when it is broken: being broken is a note (a defect), not a verdict, and one bad entry
never costs the others. Zero entries with a defect is what comes of a page that is no feed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from crawler.article import Entry
from crawler.charset import decode

__all__ = ["Feed", "read"]

_MOST_BYTES = 5 * 1024 * 1024
_MOST_DEFECTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says: its entries in its own order, and how it wants to be read."""

    entries: tuple[Entry, ...]
    defects: tuple[str, ...] = ()
    """What was wrong with it, for a person to read; none of it kept an entry from being read that is in ``entries``."""
    title: str | None = None
    link: str | None = None
    """The site's address, as the feed says it."""
    language: str | None = None
    ttl: timedelta | None = None
    """How long the feed asks not to be asked again (RSS ``ttl``)."""
    update_period: timedelta | None = None
    """How often it says it changes (``sy:updatePeriod`` by ``sy:updateFrequency``)."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day, in UTC, in which it asks not to be read."""
    skip_days: tuple[int, ...] = ()
    """Weekdays, Monday being 0, in which it asks not to be read."""
    older: str | None = None
    """Where its older entries are (RFC 5005 ``prev-archive`` or ``next``, JSON Feed ``next_url``)."""


def read(body: bytes, url: str, content_type: str | None) -> Feed:
    """Read a feed from its bytes, after transfer decoding; ``url`` is where they came from, for relative links.

    Titles, summaries, authors and tags are plain text. ``Entry.content`` is HTML, sanitised and with whole addresses,
    for the extractor. ``Entry.published_at`` is the feed's publication time, else its last change; ``None`` where it
    has no zone, is not in English or cannot be true, with ``published_raw`` kept. Of more than 5 MiB the beginning is
    read.
    """
    from crawler import jsonfeed, xmlfeed

    defects: tuple[str, ...] = ()
    if len(body) > _MOST_BYTES:
        defects = (f"only its first 5 MB were read: it has {len(body) / 1e6:.0f} MB",)
        body = body[:_MOST_BYTES]
    if body.startswith(b"\x1f\x8b"):
        return Feed(entries=(), defects=("it is compressed, and the server does not say so",))
    text = decode(body, content_type)
    reader = jsonfeed.read if text.lstrip()[:1] in ("{", "[") else xmlfeed.read
    feed = reader(text, url)
    defects += feed.defects
    if len(defects) > _MOST_DEFECTS:
        defects = (*defects[:_MOST_DEFECTS], f"and {len(defects) - _MOST_DEFECTS} more like these")
    return replace(feed, defects=defects)
