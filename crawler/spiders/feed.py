"""RSS, Atom, RDF and JSON Feed."""

from __future__ import annotations

from crawler import feeds
from crawler.article import Page
from crawler.source import Source
from crawler.spiders.kinds import Listing

__all__ = ["FeedKind"]


class FeedKind:
    """``url`` is the feed."""

    def start(self, source: Source) -> str:
        return source.url

    def listing(self, page: Page, source: Source) -> Listing:  # noqa: ARG002
        feed = feeds.read(page.body, page.url, page.content_type)
        return Listing(entries=feed.entries, defects=feed.defects)
