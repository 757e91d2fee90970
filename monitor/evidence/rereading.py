"""Captures read again with today's reader: what would be different, and what is done about it.

What nobody flagged is corrected where it stands. What was flagged stays as it was read when it was flagged, since people have seen it and
may have quoted it: the new reading becomes a Version of it, which no digest shows as an edit of the outlet's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.article import Article, Entry, Page
from crawler.notes import FROM_FEED, WHOLE
from crawler.reading import Readers, Unread
from crawler.source import Source
from crawler.urls import canonical
from storage import warc
from storage.captures import Elsewhere, read_span
from storage.errors import StorageError
from storage.proofs import CaptureRecord
from storage.records import Correction

__all__ = ["Again", "corrected", "differences", "read_again"]

_FIELDS = ("title", "text", "published_at", "author", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What today's reader makes of a Capture."""

    article: Article | None
    why: str = ""
    """Why nothing came of it."""


def differences(before: Article, after: Article) -> tuple[Correction, ...]:
    """What is read otherwise. A date, an author that were known and are not found any more stay: less is no correction."""
    found = []
    for name in _FIELDS:
        was, now = getattr(before, name), getattr(after, name)
        if now != was and now not in (None, "", "und"):
            found.append(Correction(field=name, before=_written(was), after=_written(now)))
    return tuple(found)


def corrected(before: Article, after: Article) -> Article:
    """``before`` with what is read otherwise, and nothing else: address, Capture and time of fetching stay."""
    changed = {one.field: getattr(after, one.field) for one in differences(before, after)}
    if "published_at" in changed:
        changed |= {"published_from": after.published_from, "published_raw": after.published_raw}
    return replace(before, **changed)


def _written(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)


async def read_again(
    article: Article, capture: CaptureRecord, source: Source, *, folder: Path, readers: Readers, limit: int,
    elsewhere: Elsewhere | None = None,
) -> Again:  # fmt: skip
    """``limit``: bytes of a body. A page that is hostile costs its reading process, and nothing else."""
    try:
        records = list(warc.records(read_span(folder, capture.span, elsewhere)))
        page = warc.page_of(records, limit)
    except StorageError as error:
        return Again(article=None, why=f"its Capture cannot be read: {error}")
    try:
        if FROM_FEED in article.notes or WHOLE in article.notes:
            read, why = await _out_of_listing(article, page, source, readers)
        else:
            read, why = await readers.article(page, source, _entry(article))
    except Unread as unread:
        return Again(article=None, why=str(unread))
    return Again(article=read, why=why if read is None else "")


def _entry(article: Article) -> Entry:
    """What is still known of what the listing said: its date, where that was taken."""
    if article.published_from != "feed":
        return Entry(url=article.url)
    return Entry(url=article.url, published_at=article.published_at, published_raw=article.published_raw)


async def _out_of_listing(article: Article, page: Page, source: Source, readers: Readers) -> tuple[Article | None, str]:
    listing = await readers.listing(page, source)
    entry = next((one for one in listing.entries if canonical(one.url) == article.url), None)
    if entry is None:
        return None, "the listing that was kept does not have it"
    return await readers.whole(article.url, entry, source, article.fetched_at)
