"""One source's part of a pass: its listing, what fell out since the last one, and a Fate for every Entry."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import answers, freshness, gaps, sitemaps, validators
from crawler.answers import Trouble
from crawler.article import Article, Entry, Page
from crawler.carriers import Carriers
from crawler.catching import CatchingUp
from crawler.errors import CrawlError
from crawler.following import follow
from crawler.linked import worth_following
from crawler.looks import look, look_at_listing, look_in_passing
from crawler.notes import NOT_VERIFIED
from crawler.outcome import Ending, Fate
from crawler.reading import Unread
from crawler.source import Source
from crawler.spiders import KINDS, Listing
from crawler.tally import Tally
from crawler.urls import canonical, same_site
from crawler.writer import Broken

if TYPE_CHECKING:
    from crawler.spiders.rounds import Rounds

__all__ = ["Stopped", "Visit"]

log = logging.getLogger(__name__)

_AT_ONCE = 4  # pages of one source under way: one or two are fetched (its host's pace), the others are read or stored
_LISTING_RETRIES = 2
_PAGE_RETRIES = 1
_COMPLETE = frozenset({"telegram"})
"""Kinds whose entries have no pages of their own."""
_HEARD = 60
_TEASER = 200
"""Characters: a feed's content that is shorter says only that there is an article."""


class Stopped(Exception):  # noqa: N818 -- not an error
    """The pass is to end: nothing more is fetched."""


class Visit:
    """What a pass does with one source. It ends with the source's Outcome, whatever happens."""

    def __init__(self, rounds: Rounds, source: Source) -> None:
        self._rounds = rounds
        self._source = source
        self._tally = Tally(source, rounds.now())
        self._carriers = Carriers(rounds.keep)
        self._links: dict[str, str] = {}
        """Addresses that new posts link to, and the post that does."""
        self._had: list[Entry] = []
        """Entries that are known, and that may read otherwise now."""
        self._later: dict[str, Mapping[str, str]] = {}
        """What is remembered once the Outcome is stored: whoever is killed before looks again as if nothing had been."""
        self._catching = CatchingUp(
            rounds, source, self._tally, self._later, see=self._entries, listing_at=self._listing_at
        )

    async def run(self) -> None:
        source, tally = self._source, self._tally
        try:
            await self._round()
            if tally.ending in (Ending.READ, Ending.UNCHANGED):  # a site in trouble is left alone
                await self._owed()
                await self._look_again()
        except (Stopped, asyncio.CancelledError):
            if self._rounds.stopped is None:
                raise
            tally.end(Ending.CUT, self._rounds.stopped)
        except Broken:
            return
        except CrawlError as error:
            self._rounds.fail(error)
            return
        except Trouble as trouble:
            tally.end(answers.ending(trouble), trouble.why)
            tally.not_before, tally.gone = trouble.wait, trouble.for_good
        except Unread as unread:
            tally.end(Ending.FAILED, str(unread))
        except Exception as error:
            log.exception("%s: unexpected", source.name)
            tally.end(Ending.FAILED, f"unexpected, see the log: {type(error).__name__}: {error}")
        if source.proxy and tally.ending in (Ending.READ, Ending.UNCHANGED):
            tally.defects += (
                f"asked through {source.proxy}: names were resolved there, and the guard saw only the names",
            )
        with suppress(Broken):
            await self._rounds.end(tally.outcome(self._rounds.now()), self._later)

    # the listing

    async def _round(self) -> None:
        source, tally, now = self._source, self._tally, self._rounds.now()
        address = KINDS[source.kind].start(source)
        known = await self._rounds.recall(f"page {address}") or {}
        headers = validators.conditions(known, source, now)
        page = await self._fetch(address, headers=headers, retries=_LISTING_RETRIES)
        if page.status == 304 or validators.same(known, source, now, page):
            tally.not_before = freshness.not_before(page, known, now)
            tally.end(Ending.UNCHANGED)
            await self._catching.looked()
            return
        with self._rounds.backlog.hold(page):
            listing = await self._rounds.readers.listing(page, source)
        self._carriers.carries(page, listing)
        entries, tally.defects = await follow(listing, address, self._listing_at)
        await self._rounds.listed(source.name, page, entries, tally.defects)
        if not entries:
            await self._catching.looked()
            if tally.defects == (
                sitemaps.NOTHING,
            ):  # a sitemap of news has the last two days: a quiet outlet's is empty
                tally.defects = ()
                return
            tally.end(Ending.EMPTY, "; ".join(tally.defects) or "nothing is listed")
            return
        said = freshness.worth_remembering(listing)
        tally.not_before = freshness.not_before(page, said, now)
        listed = [(canonical(entry.url), entry) for entry in entries]
        last = gaps.remembered(await self._rounds.recall(f"seen {source.name}"), source)
        newest = listed
        if source.kind == "sitemap":  # an archive
            listed = list(gaps.lately(listed, last, now, source.reach))
            if not listed and (at := gaps.newest_of(newest)) is not None:
                tally.defects += (f"the newest that it lists is of {at:%Y-%m-%d}: that is too long ago to be taken",)
        new = await self._entries(listed)
        await self._follow_links()
        tally.heard = _heard(listed or newest, new if last else 0, self._rounds.now())
        if tally.not_reached:  # the next pass sees them, and what is behind them
            return
        whole = await self._catching.join(listing, listed, last)
        if tally.not_reached or self._rounds.stopped is not None:
            return
        # an index of listings is asked for whole each time: that it is unchanged says nothing of what it lists
        if whole and not listing.more:
            value = validators.worth_remembering(known, source, now, page, to_be_retried=tally.to_be_retried)
            self._later[f"page {address}"] = value | said

    async def _listing_at(self, address: str, reader: Source | None = None) -> Listing:
        page = await self._fetch(address, retries=_LISTING_RETRIES)
        with self._rounds.backlog.hold(page):
            listing = await self._rounds.readers.listing(page, reader or self._source)
        self._carriers.carries(page, listing)
        return listing

    # entries

    async def _entries(self, listed: Sequence[tuple[str, Entry]]) -> int:
        """See each to its Fate; how many had not been known."""
        tally = self._tally
        tally.seen += len(listed)
        known = await self._rounds.known(list(dict.fromkeys(url for url, _ in listed)))
        todo = []
        for url, entry in listed:
            if url in known or url in self._rounds.taken:
                tally.count(Fate.KNOWN)
                if url in known and (entry.complete or entry.updated_at is not None):
                    self._had.append(replace(entry, url=url))
            else:
                self._rounds.taken.add(url)
                todo.append((url, entry))
        turns = iter(todo)

        async def take_turns() -> None:
            for url, entry in turns:
                await self._entry(url, entry)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(todo))):
                group.create_task(take_turns())
        if tally.not_reached and self._rounds.stopped is not None:
            tally.end(Ending.CUT, self._rounds.stopped)
        return len(todo)

    async def _entry(self, url: str, entry: Entry) -> None:
        source, tally, why = self._source, self._tally, ""
        try:
            fate, why = await self._article(url, entry)
        except Broken:
            return
        except (Stopped, asyncio.CancelledError):
            if self._rounds.stopped is None:
                raise
            return
        except Trouble as trouble:
            if trouble.wait:
                tally.end(Ending.REFUSED, trouble.why)
                tally.not_before = trouble.wait
                return
            fate, why = trouble.fate, trouble.why
        except Unread as unread:
            fate, why = Fate.UNREADABLE, str(unread)
        except CrawlError as error:
            self._rounds.fail(error)
            return
        except Exception as error:
            log.exception("%s: %s: unexpected", source.name, url)
            fate, why = Fate.FAILED, f"unexpected, see the log: {type(error).__name__}: {error}"
        tally.count(fate)
        if fate not in (Fate.STORED, Fate.KNOWN):
            with suppress(Broken):
                await self._rounds.missed(source.name, replace(entry, url=url), fate, why)

    async def _article(self, url: str, entry: Entry) -> tuple[Fate, str]:
        if entry.complete:  # the listing carries it whole: there is nothing to ask for
            return await self._whole(url, entry)
        try:
            fate, why = await self._page(url, entry)
            closed = fate is Fate.NEEDS_BROWSER
        except Trouble as trouble:
            fate, why = trouble.fate, trouble.why
            closed = trouble.gone or fate in (Fate.REFUSED, Fate.CHALLENGED)
            if trouble.wait or not closed or not entry.content:
                raise
        if closed and entry.content:
            told, _ = await self._whole(url, entry, because=why)
            if told is not Fate.UNREADABLE:
                return told, ""
        return fate, why

    async def _whole(self, url: str, entry: Entry, *, because: str = "") -> tuple[Fate, str]:
        """An article of what the listing carries; ``because`` the page itself cannot be had, and then a teaser is none."""
        article, why = await self._read_whole(url, entry)
        if article is None or (because and len(article.text) < _TEASER):
            return Fate.UNREADABLE, why
        if because:
            article = replace(article, notes=(*article.notes, f"the page itself could not be had: {because}"))
        article = await self._carriers.proven(article, entry, None)
        fate = await self._rounds.emit(self._noted(article, entry, self._source.url))
        if fate is Fate.STORED:
            for link in worth_following(entry.links, self._rounds.read_elsewhere):
                self._links.setdefault(link, article.url)
        return fate, why

    async def _page(self, url: str, entry: Entry) -> tuple[Fate, str]:
        source, readers = self._source, self._rounds.readers
        page = await self._fetch(entry.url, retries=_PAGE_RETRIES)
        with self._rounds.backlog.hold(page):
            if page.redirects and (led := await self._led_elsewhere(url, page)) is not None:
                return led
            if (why := answers.not_a_page(page)) is not None:
                return Fate.UNREADABLE, why
            capture = await self._rounds.keep(page)
            article, why = await readers.article(page, source, entry)
        if article is None:
            if answers.needs_browser(page):
                return Fate.NEEDS_BROWSER, "its text is made by scripts in a browser"
            return Fate.UNREADABLE, why or "no article in it"
        article = await self._carriers.proven(article, entry, capture)
        fate = await self._rounds.emit(self._noted(article, entry, page.url))
        if article.url != url:
            await self._rounds.remember(f"entry {url}", {"led-to": article.url})
        return fate, why

    def _noted(self, article: Article, entry: Entry, address: str) -> Article:
        """An article that came from ``address``, with what is to be known of how it came."""
        source, notes = self._source, article.notes
        if not source.verify_tls and address.startswith("https:") and same_site(address, source.url):
            notes = (*notes, NOT_VERIFIED)
        if entry.url in self._links:
            notes = (*notes, f"linked from {self._links[entry.url]}")
        return replace(article, notes=notes)

    async def _led_elsewhere(self, url: str, page: Page) -> tuple[Fate, str] | None:
        """The Fate of an entry whose address led to another one; ``None``: the other one is to be read."""
        final = canonical(page.url)
        if final == url:
            return None
        if urlsplit(final).path in ("", "/") and not urlsplit(final).query:
            return Fate.UNREADABLE, "it leads to the front page"
        if final in self._rounds.taken or final in await self._rounds.known([final]):
            await self._rounds.remember(f"entry {url}", {"led-to": final})
            return Fate.KNOWN, ""
        self._rounds.taken.add(final)
        return None

    async def _follow_links(self) -> None:
        """To the pages that new posts send their readers to: they are Entries like the others."""
        follow_to = [(canonical(link), Entry(url=link)) for link in self._links]
        if follow_to and not self._tally.not_reached:
            await self._entries(follow_to)

    async def _owed(self) -> None:
        """What earlier passes could not have, and no listing shows any more."""
        if self._tally.not_reached or self._source.kind in _COMPLETE:
            return
        owed = [(entry.url, entry) for entry in self._rounds.owed(self._source.name)]
        await self._entries([one for one in owed if one[0] not in self._rounds.taken])

    # looking again

    async def _look_again(self) -> None:
        """At what is asked for of this source, one after the other: news goes first."""
        source, sights = self._source, []
        again = partial(
            look,
            fetch=self._fetch_again,
            keep=self._rounds.keep,
            read=lambda page, entry: self._rounds.readers.article(page, source, entry),
        )
        whole = {entry.url: entry for entry in self._had if entry.complete}
        wanted = self._rounds.revisits(source.name)
        asked = {revisit.url for revisit in wanted}
        wanted += [one for one in await self._rounds.again(source.name, self._had) if one.url not in asked]
        try:
            for revisit in wanted:
                listed = whole.get(revisit.url)
                shown_at = KINDS[source.kind].showing(revisit.url, source)
                if listed is not None:
                    sights.append(await look_in_passing(revisit, listed, read=self._read_whole))
                elif shown_at is not None:
                    sights.append(
                        await look_at_listing(revisit, shown_at, listing=self._listing_again, read=self._read_whole)
                    )
                else:
                    sights.append(await again(revisit))
        finally:
            if sights:
                await self._rounds.revisited(source.name, sights)

    async def _read_whole(self, url: str, entry: Entry) -> tuple[Article | None, str]:
        return await self._rounds.readers.whole(url, entry, self._source, self._rounds.now())

    async def _listing_again(self, address: str) -> Listing:
        self._tally.looks += 1
        return await self._listing_at(address)

    async def _fetch_again(self, url: str) -> Page:
        self._tally.looks += 1
        return await self._fetch(url, retries=_PAGE_RETRIES)

    async def _fetch(self, url: str, *, retries: int, headers: Mapping[str, str] | None = None) -> Page:
        self._tally.requests += 1
        return await self._rounds.fetch(url, self._source, retries=retries, headers=headers)


def _heard(listed: Sequence[tuple[str, Entry]], new: int, now: datetime) -> tuple[datetime, ...]:
    """When entries were published, newest first; of a listing that does not say so, that ``new`` ones are there now."""
    told = sorted({entry.published_at for _, entry in listed if entry.published_at is not None}, reverse=True)
    if 2 * len(told) >= len(listed):
        return tuple(told[:_HEARD])
    return tuple(now - timedelta(seconds=number) for number in range(min(new, _HEARD)))
