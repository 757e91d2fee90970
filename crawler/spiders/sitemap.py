"""Source kind ``sitemap``: news sitemaps, plain sitemaps, and the indexes of both (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler import sitemaps
from crawler.article import Entry, Page
from crawler.markup import one_line
from crawler.source import Source
from crawler.spiders.kinds import Listing
from crawler.urls import canonical

__all__ = ["SitemapKind"]

_MOST_ENTRIES = 5_000
_MOST_MORE = 3
_TAXONOMIES = frozenset(
    [
        *("tag", "tags", "category", "categories", "author", "authors", "writer", "search"),
        *("وسم", "وسوم", "تصنيف", "تصنيفات", "كاتب", "كتاب", "بحث"),
    ]
)
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|mp[34]|xml|rss|apk)$", re.IGNORECASE)
_OTHER_LISTS = re.compile(
    r"(?:^|[^a-z])(?:page|pages|categor(?:y|ies)|(?:post_)?tags?|authors?|users?|taxonom(?:y|ies)|images?|videos?|attachments?)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_NEWS = re.compile(r"news", re.IGNORECASE)


class SitemapKind:
    """``url`` is the sitemap or the index. Of a sitemap the 5,000 newest addresses are listed, of an index the 3 newest sitemaps."""

    def start(self, source: Source) -> str:
        return source.url

    def showing(self, url: str, source: Source) -> str | None:  # noqa: ARG002
        return None

    def listing(self, page: Page, source: Source) -> Listing:  # noqa: ARG002
        told = sitemaps.read(page.body, page.url, most=_MOST_ENTRIES)
        defects = list(told.defects)
        more = _newest(told.sitemaps, page.url)
        if told.sitemaps and not more:
            defects.append("none of the sitemaps that the index names lists articles")
        articles = [place for place in told.pages if _can_be_article(place.url)]
        if told.pages and not articles:
            defects.append("it lists no articles, but tags, authors or the front page")
        return Listing(entries=tuple(map(_entry, articles)), defects=tuple(defects), more=more)


def _entry(place: sitemaps.Place) -> Entry:
    return Entry(
        url=place.url,
        title=one_line(place.title),
        image=place.image,
        tags=tuple(dict.fromkeys(filter(None, map(one_line, place.keywords))))[:100],
        published_at=sitemaps.instant(place.published),
        published_raw=place.published,
        # the date of the last change is no date of publishing: themes touch all their pages at once
        updated_at=sitemaps.instant(place.changed),
        language=place.language,
    )


def _can_be_article(url: str) -> bool:
    """Whether a page is worth asking for: no front page, no file, no list of a tag's or an author's articles."""
    parts = urlsplit(url)
    path = [part for part in unquote(parts.path).split("/") if part]
    if not path:
        return bool(parts.query)
    if _NO_PAGE.search(path[-1]):
        return False
    # /category/news/12345 may be an article's address; /category/news is none
    return not _TAXONOMIES & {part.lower() for part in path[:2]} or re.search(r"\d{3}", path[-1]) is not None


def _newest(told: tuple[sitemaps.Place, ...], index: str) -> tuple[str, ...]:
    """The sitemaps of articles in which the newest are: by their dates, else by the numbers in their names."""
    of_articles = [place for place in told if not _OTHER_LISTS.search(urlsplit(place.url).path.rpartition("/")[2])]
    unique: dict[str, str] = {}
    for place in sorted(of_articles, key=_rank, reverse=True):
        unique.setdefault(canonical(place.url), place.url)
    unique.pop(canonical(index), None)
    return tuple(unique.values())[:_MOST_MORE]


def _rank(place: sitemaps.Place) -> tuple[float, bool, tuple[int, ...]]:
    """Sorts sitemaps; ``post-sitemap12`` after ``post-sitemap2``: engines put the newest into the last."""
    path = urlsplit(place.url)
    name = f"{path.path.rpartition('/')[2]}?{path.query}"
    numbers = tuple(int(number[:12]) for number in re.findall(r"[0-9]+", name))
    return sitemaps.order(place.changed), _NEWS.search(name) is not None, numbers
