"""Which of a post's links are worth following: pages that may be articles, and that no other Source reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import unquote, urlsplit

from crawler.urls import is_http, same_site

__all__ = ["worth_following"]

_MOST = 3
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|mp[34]|m4a|xml|rss|apk)$", re.IGNORECASE)
_NO_NEWS = re.compile(
    r"""(?:^|\.)(?:youtube\.com|youtu\.be|facebook\.com|fb\.(?:com|me|watch)|twitter\.com|x\.com|instagram\.com|tiktok\.com
    |threads\.net|linkedin\.com|whatsapp\.com|wa\.me|soundcloud\.com|spotify\.com|pinterest\.com|snapchat\.com|paypal\.(?:com|me)
    |patreon\.com|vk\.com|(?:play|docs|forms|drive|maps|news)\.google\.com|goo\.gl|apps\.apple\.com|linktr\.ee|viber\.com|t\.me)$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Where channels send their readers that is no page of news: social networks, shops, forms."""


def worth_following(links: Iterable[str], read: Collection[str]) -> tuple[str, ...]:
    """The first three that may be articles; ``read``: addresses of Sources, to whose sites no other Source follows a link:
    an Article carries the name of the outlet that published it."""
    found = []
    for link in links:
        parts = urlsplit(link) if is_http(link) else None
        if parts is None or _NO_NEWS.search(parts.hostname or ""):
            continue
        path = unquote(parts.path)
        if (path in ("", "/") and not parts.query) or _NO_PAGE.search(path):
            continue
        if not any(same_site(link, source) for source in read):
            found.append(link)
    return tuple(found[:_MOST])
