"""An Article that comes under another address: known, and its new address and wording are kept with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from crawler.article import Article
from crawler.source import Source
from monitor.republished import is_twin, once_more
from monitor.versions import Versions
from storage.records import Address, StoredArticle
from storage.store import Store

__all__ = ["OnceMore"]


class OnceMore:
    """Of one pass. Everything it needs is handed to it."""

    def __init__(
        self, store: Store, versions: Versions, sources: Mapping[str, Source], *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._versions = versions
        self._sources = sources
        self._now = now

    def twin(self, article: Article) -> bool:
        """Whether the page is stored under an address that is a twin of its own. How it reads here is no Version of it:
        AMP pages are cut, and caches are old."""
        for one in self._store.addresses.twins(article.url):
            if one.article.url != article.url and is_twin(one.article, article):
                self._store.addresses.add(self._address(one, article, "twin"))
                return True
        return False

    def republished(self, article: Article, earlier: int | None) -> bool:
        """Whether its outlet has published it once more. ``earlier``: the telling that it repeats, if it repeats one."""
        if earlier is None or self._store.known([article.url]):
            return False
        for one in self._store.tellings(earlier):
            if self._of_one_outlet(one.article, article) and once_more(one.article, article):
                version = self._versions.of(one, article)
                self._store.addresses.add(self._address(one, article, "republished"), version=version)
                if version is not None and (flags := self._versions.flagged(version)):
                    self._store.flag_more({one.id: flags}, self._now())
                return True
        return False

    def _address(self, one: StoredArticle, article: Article, why: str) -> Address:
        return Address(url=article.url, article=one.id, why=why, seen_at=self._now())

    def _of_one_outlet(self, one: Article, other: Article) -> bool:
        return one.source == other.source or self._title(one.source) == self._title(other.source)

    def _title(self, name: str) -> str:
        source = self._sources.get(name)
        return name if source is None else source.title
