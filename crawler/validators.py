"""Asking only for what changed: ETag, Last-Modified, and a hash of the body for servers that lie about them.

What is remembered of a listing says "everything in it has been dealt with", so that it is only remembered when that is so: a pass
that was killed reads the listing again. Where an Entry failed, later passes are to try it again although the listing stays the
same: the listing is then read in full after 1, 2, 4, 8 … hours. Whether an Entry is tried is not decided here (``known`` is);
the times only see to it that it is asked. They end two days after the last failure: whoever waits no longer than a day between
two tries has had the next one by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from crawler.article import Page
from crawler.source import Source

__all__ = ["conditions", "same", "worth_remembering"]

FIRST_RETRY = timedelta(hours=1)
LAST_RETRY = timedelta(hours=24)
RETRY_FOR = timedelta(hours=48)
_VERSION = "1"  # raise it when Listings hold more than before, so that unchanged ones are read again


def _reader(source: Source) -> str:
    """A listing that was read otherwise was not read."""
    return f"{_VERSION} {source.kind} {source.selector or ''}".strip()


def _usable(remembered: Mapping[str, str], source: Source, now: datetime) -> bool:
    if remembered.get("reader") != _reader(source):
        return False
    retry_at = _moment(remembered.get("retry-at"))
    return retry_at is None or now < retry_at


def conditions(remembered: Mapping[str, str], source: Source, now: datetime) -> dict[str, str]:
    """Headers of a conditional request (RFC 9110, 13.1); none when the listing has to be read in full."""
    if not _usable(remembered, source, now):
        return {}
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {header: remembered[name] for name, header in names.items() if remembered.get(name)}


def same(remembered: Mapping[str, str], source: Source, now: datetime, page: Page) -> bool:
    """Whether the listing's bytes are those that were dealt with already."""
    return _usable(remembered, source, now) and remembered.get("hash") == _hash(page)


def worth_remembering(
    remembered: Mapping[str, str], source: Source, now: datetime, page: Page, *, to_be_retried: bool
) -> dict[str, str]:
    """What to remember of a listing all of whose Entries have been dealt with."""
    value = {"reader": _reader(source), "hash": _hash(page)}
    for name in ("etag", "last-modified"):
        if said := page.header(name):
            value[name] = said
    since = now if to_be_retried else _moment(remembered.get("failed-at"))
    if since is not None and now - since < RETRY_FOR:
        wait = min(max(now - since, FIRST_RETRY), LAST_RETRY)
        value |= {"failed-at": since.isoformat(), "retry-at": (now + wait).isoformat()}
    return value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _hash(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()
