"""Imported by the process that reading processes are forked from: whatever reading loads late is loaded here, once.

The first page costs what the next ones do not: imports (1.3 s), and tables that are made at the first use.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import UTC, datetime

from crawler.article import Page
from crawler.source import Source
from crawler.spiders import KINDS

__all__: list[str] = []

_NOW = datetime(2000, 1, 1, tzinfo=UTC)
_PAGE = (
    "<html lang=ar><head><title>خبر عاجل من دمشق</title></head><body><article><h1>خبر عاجل من دمشق</h1><time>٣ شباط ٢٠٢٤</time>"
    + "<p>أعلنت الجهات المعنية في دمشق اليوم عن بدء أعمال الصيانة في الطريق الواصل بين المدينة وريفها.</p>" * 4
    + "</article><a href=/news/1/one-two-three>عنوان من أربع كلمات</a></body></html>"
).encode()
_FEED = b"<rss version='2.0'><channel><item><link>http://localhost/1</link></item></channel></rss>"
_AT = "http://localhost/news"

# A fault of reading's is to show where something is read, not here, where it would end the fork server.
with suppress(Exception):
    from crawler import feeds, pages

    pages.read(_PAGE, _AT, "text/html; charset=utf-8", _NOW, "Asia/Damascus")
    feeds.read(_FEED, _AT, "text/xml")
    KINDS["section"].listing(
        Page(url=_AT, asked=_AT, status=200, headers=(), body=_PAGE, fetched_at=_NOW),
        Source(name="", kind="section", url=_AT, title=""),
    )

gc.freeze()  # what is there stays there: not gone through for garbage in each process, and its memory is shared for longer
