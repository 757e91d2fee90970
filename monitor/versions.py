"""Reads an Article that was met once more against what is stored of it: the Version that it makes, if it makes one."""

from __future__ import annotations

from dataclasses import replace

from crawler.article import Article
from monitor.changes import Reading, compare, of_its_page, substantial
from monitor.lists import WatchLists
from monitor.watch import flag
from storage.records import Flag, StoredArticle, Version
from storage.store import Store

__all__ = ["Versions"]


class Versions:
    """Over a store, by these watch lists."""

    def __init__(self, store: Store, lists: WatchLists) -> None:
        self._store = store
        self._lists = lists

    def of(self, first: StoredArticle, read: Article) -> Version | None:
        """The Version that was read, if it differs from the last one in more than trifles."""
        if of_its_page(first.article) != of_its_page(read):
            return None
        last = self.last(first, read.url)
        changes = compare(self._reading(first, last.title, last.text), self._reading(first, read.title, read.text))
        if not changes:
            return None
        return Version(
            article=first,
            read_at=read.fetched_at,
            title=read.title,
            text=read.text,
            capture=read.capture,
            substantial=substantial(changes),
            changes=changes,
            url=None if read.url == first.article.url else read.url,
        )

    def flagged(self, version: Version) -> tuple[Flag, ...]:
        """The flags of lists that ask for an article as it reads now and did not before. Their words stand in the Version."""
        first = version.article
        have = {one.list for one in self._store.flags_of(first.id)}
        found = flag(self._lists, replace(first.article, title=version.title, text=version.text))
        return tuple(
            replace(one, spans=tuple(replace(span, where="version") for span in one.spans))
            for one in found
            if one.list not in have
        )

    def last(self, first: StoredArticle, url: str | None = None) -> Article | Version:
        """How it read last; at the address ``url``, where it was read there: both of two pages may stay."""
        known = self._store.looking.versions_of(first.id)
        there = [one for one in known if (one.url or first.article.url) == url]
        if there or not known or url == first.article.url:
            return there[-1] if there else first.article
        return known[-1]

    def _reading(self, first: StoredArticle, title: str, text: str) -> Reading:
        """A wording, and what the watch lists find in it now: both wordings by the same lists."""
        found = flag(self._lists, replace(first.article, title=title, text=text))
        return Reading(title, text, frozenset(span.words for one in found for span in one.spans))
