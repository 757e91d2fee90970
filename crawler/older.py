"""Going back in a source's listing, page by page, until what is known is met."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from crawler import gaps
from crawler.answers import Trouble
from crawler.article import Entry
from crawler.following import follow
from crawler.reading import Unread
from crawler.source import Source
from crawler.spiders import Listing
from crawler.urls import canonical, is_http, same_site

__all__ = ["Back", "go_back", "in_sitemaps", "sitemaps_of"]

MOST_PAGES = 20
_MOST_SITEMAPS = 2
_MARGIN = timedelta(hours=1)


@dataclass(slots=True)
class Back:
    """How far going back came."""

    listed: list[tuple[str, Entry]] = field(default_factory=list)
    """What the older listings list and the newest did not."""
    asked: int = 0
    met: bool = False
    why: str = ""
    """Why it ended before it met what is known."""
    again: bool = False
    """It was trouble that may be over the next time."""


async def go_back(
    first: Listing,
    listed: Sequence[tuple[str, Entry]],
    met: Callable[[Sequence[tuple[str, Entry]]], bool],
    ask: Callable[[str], Awaitable[Listing]],
) -> Back:
    """Ask for what is older than ``first``, whose entries are ``listed``, until a listing has ``met`` what is known: 20 at most."""
    back, seen, older = Back(), {url for url, _ in listed}, first.older
    while not back.met:
        if older is None:
            back.why = "it shows nothing older"
            break
        if back.asked == MOST_PAGES:
            back.why = f"{MOST_PAGES} older pages do not reach what was known"
            break
        back.asked += 1
        try:
            listing = await ask(older)
        except (Trouble, Unread) as trouble:
            nothing_there = isinstance(trouble, Trouble) and trouble.gone
            back.why = "it shows nothing older" if nothing_there else f"{older}: {trouble}"
            back.again = not nothing_there
            break
        page = [(canonical(entry.url), entry) for entry in listing.entries]
        back.met = met(page)
        fresh = [(url, entry) for url, entry in page if url not in seen]
        if not fresh and not back.met:
            back.why = "its older pages repeat the newest"
            break
        seen |= {url for url, _ in fresh}
        back.listed += fresh
        older = listing.older
    return back


async def in_sitemaps(
    source: Source,
    addresses: Sequence[str],
    last: gaps.Look,
    until: datetime,
    ask: Callable[[str, Source], Awaitable[Listing]],
) -> Back:
    """What the site's sitemaps list between the ``last`` look and ``until``, for a source whose own listing does not reach back.

    Entries without a time are left out: a plain sitemap is the whole archive.
    """
    back = Back()
    since = last.newest
    if since is None:
        return back
    for address in addresses[:_MOST_SITEMAPS]:
        reader = replace(source, kind="sitemap", url=address, selector=None)
        back.asked += 1
        try:
            top = await ask(address, reader)
            entries, _ = await follow(top, address, lambda url, reader=reader: ask(url, reader))  # type: ignore[misc]
        except (Trouble, Unread):
            continue
        dated = [(canonical(e.url), e) for e in entries if e.published_at or e.updated_at]
        within = [one for one in dated if _between(one[1], since - _MARGIN, until + _MARGIN)]
        back.listed += [one for one in within if one not in back.listed]
        oldest = gaps.oldest_of(dated)
        back.met = back.met or (oldest is not None and oldest <= since)
        if back.met:
            break
    return back


def _between(entry: Entry, start: datetime, end: datetime) -> bool:
    at = entry.published_at or entry.updated_at
    return at is not None and start <= at <= end


def sitemaps_of(site: str, robots: str) -> list[str]:
    """The sitemaps that a robots.txt names, of that very site; where it names none, where sites have them."""
    said = re.findall(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", robots)
    whole = dict.fromkeys(_joined(site, one) for one in said)
    named = [one for one in whole if is_http(one) and same_site(one, site)]
    # the sitemap of news first: it is small, and has the times of publishing
    parts = urlsplit(site)
    usual = f"{parts.scheme}://{parts.netloc}/sitemap.xml"
    return sorted(named, key=lambda one: "news" not in one.lower()) or [usual]


def _joined(site: str, written: str) -> str:
    try:
        return urljoin(site, written)
    except ValueError:  # "http://["
        return ""
