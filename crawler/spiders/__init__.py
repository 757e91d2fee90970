"""Source kinds: what to ask first, and what an answer lists. Pure: a new kind is one file and one line in ``KINDS``."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.spiders.feed import FeedKind
from crawler.spiders.kinds import Kind, Listing
from crawler.spiders.section import SectionKind
from crawler.spiders.sitemap import SitemapKind
from crawler.spiders.telegram import TelegramKind
from crawler.spiders.wordpress import WordPressKind

__all__ = ["KINDS", "Kind", "Listing"]

KINDS: Mapping[str, Kind] = {
    "feed": FeedKind(),
    "section": SectionKind(),
    "sitemap": SitemapKind(),
    "wordpress": WordPressKind(),
    "telegram": TelegramKind(),
}
