"""Catching up: a source's listing is joined to what was known at the last look, and what fell out between is gone back for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import gaps, older
from crawler.article import Entry
from crawler.outcome import Gap
from crawler.source import Source
from crawler.spiders import Listing
from crawler.tally import Tally

if TYPE_CHECKING:
    from crawler.spiders.rounds import Rounds

__all__ = ["CatchingUp"]

_TRIES_TO_FILL = 5
_REACHES_BACK = frozenset({"wordpress", "telegram"})
"""Kinds whose first reading asks for older pages: they carry what they list whole, or nearly."""
_WINDOW = timedelta(hours=36)
_NEVER_JOINS = 3
"""Readings in a row that show nothing of the one before, nor a time: the addresses change with every reading (a session in them)."""


class CatchingUp:
    """Of one visit to a source."""

    def __init__(
        self,
        rounds: Rounds,
        source: Source,
        tally: Tally,
        later: dict[str, Mapping[str, str]],
        *,
        see: Callable[[Sequence[tuple[str, Entry]]], Awaitable[int]],
        listing_at: Callable[..., Awaitable[Listing]],
    ) -> None:
        """``later``: gets what is to be remembered once the Outcome is stored. ``see``: sees entries to their Fates, and says
        how many had not been known. ``listing_at``: asks for a listing, as the source's kind or as another source reads it."""
        self._rounds = rounds
        self._source = source
        self._tally = tally
        self._later = later
        self._see = see
        self._listing_at = listing_at

    async def join(self, listing: Listing, listed: list[tuple[str, Entry]], last: gaps.Look | None) -> bool:
        """Go back to what was known at the ``last`` look, where the listing does not reach it; ``False``: not done yet."""
        tally, source, apart = self._tally, self._source, 0
        if last is None:
            if source.kind in _REACHES_BACK:
                listed = listed + await self._reach_back(listing, listed)
        elif not self._window(last) and not gaps.joins(listed, last):
            if last.newest is None and last.apart >= _NEVER_JOINS:
                tally.defects += ("no two readings show one same address: what falls out between them cannot be told",)
                return self._seen(listed, apart=last.apart)
            back = await self._fill(listing, listed, last)
            apart, tries = 0 if back.met else last.apart + 1, last.tries + 1
            if back.again and tries < _TRIES_TO_FILL:
                self._later[f"seen {source.name}"] = gaps.worth_remembering(replace(last, tries=tries), source)
                return False
            listed = listed + back.listed
        return self._seen(listed, apart=apart)

    def _seen(self, listed: list[tuple[str, Entry]], *, apart: int) -> bool:
        """Remember this look, once the Outcome is stored, if it was taken to its end."""
        if not self._tally.not_reached and self._rounds.stopped is None:
            look = replace(gaps.look_of(listed, self._rounds.now()), apart=apart)
            self._later[f"seen {self._source.name}"] = gaps.worth_remembering(look, self._source)
        return True

    def _window(self, last: gaps.Look) -> bool:
        """Whether the listing is one of all that came in the last two days (or of all there is), and was looked at within them."""
        lately = last.at is not None and self._rounds.now() - last.at < _WINDOW
        return self._source.kind == "sitemap" and lately

    async def looked(self) -> None:
        """A look that brought nothing new is one."""
        key = f"seen {self._source.name}"
        if self._source.kind == "sitemap" and (value := await self._rounds.recall(key)):
            self._later[key] = {**value, "at": self._rounds.now().isoformat()}

    async def _reach_back(self, listing: Listing, listed: list[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
        horizon = self._rounds.now() - self._source.reach

        def met(page: Sequence[tuple[str, Entry]]) -> bool:
            oldest = gaps.oldest_of(page)
            return oldest is None or oldest < horizon

        if met(listed):
            return []
        back = await older.go_back(listing, listed, met, self._listing_at)
        if back.again:
            self._tally.defects += (f"what is older could not be had: {back.why}",)
        await self._see(back.listed)
        return back.listed

    async def _fill(self, listing: Listing, listed: list[tuple[str, Entry]], last: gaps.Look) -> older.Back:
        """Something may have fallen out since the ``last`` look: find it, and say what came of it."""
        until = gaps.oldest_of(listed)
        back = await older.go_back(listing, listed, partial(gaps.joins, last=last), self._listing_at)
        if not back.met and not back.again and until is not None and self._source.kind in ("feed", "section"):
            parts = urlsplit(self._source.url)
            site = f"{parts.scheme}://{parts.netloc}"
            robots = (await self._rounds.recall(f"robots {site}") or {}).get("body", "")
            more = await older.in_sitemaps(self._source, older.sitemaps_of(site, robots), last, until, self._listing_at)
            have = {url for url, _ in (*listed, *back.listed)}
            back.listed += [one for one in more.listed if one[0] not in have]
            back.asked, back.met = back.asked + more.asked, more.met
        found = await self._see(back.listed)
        if back.met and found:
            self._tally.defects += (
                f"{found} entries had fallen out since the last reading; they were found in {back.asked} older pages",
            )
        why = "" if back.met else back.why
        self._tally.gap = Gap(since=last.newest, until=until, filled=back.met, asked=back.asked, found=found, why=why)
        return back
