"""RSS, Atom, RDF and JSON Feed."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler import feeds
from crawler.article import Page
from crawler.source import Source
from crawler.spiders.kinds import Listing

__all__ = ["FeedKind"]

_WORDPRESS = re.compile(rb"<generator[^>]*>?[^<]{0,40}wordpress\.org", re.IGNORECASE)
_HEAD = 20_000


class FeedKind:
    """``url`` is the feed."""

    def start(self, source: Source) -> str:
        return source.url

    def showing(self, url: str, source: Source) -> str | None:  # noqa: ARG002
        return None

    def listing(self, page: Page, source: Source) -> Listing:  # noqa: ARG002
        feed = feeds.read(page.body, page.url, page.content_type)
        return Listing(
            entries=feed.entries,
            defects=feed.defects,
            older=feed.older or (_paged(page) if feed.entries else None),
            again=feed.ttl or feed.update_period,
            skip_hours=feed.skip_hours,
            skip_days=feed.skip_days,
        )


def _paged(page: Page) -> str | None:
    """The next older page of a WordPress feed, which no feed names: ``?paged=2``."""
    parts = urlsplit(page.asked)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    theirs = parts.path.rstrip("/").endswith("/feed") or "feed" in asked
    if not theirs and not _WORDPRESS.search(page.body, 0, _HEAD):
        return None
    number = asked.get("paged", "1")
    asked["paged"] = str(int(number) + 1 if re.fullmatch(r"[0-9]{1,6}", number) else 2)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(asked), ""))
