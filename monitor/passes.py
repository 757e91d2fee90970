"""A pass: what comes back from going out is decided here, one article at a time, and stored.

The engine calls these methods one at a time, in a thread of their own. An exception in any of them ends the pass.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from crawler.article import Article, Entry, Page
from crawler.outcome import Fate, Outcome
from crawler.source import Source
from monitor import rhythm
from monitor.dedup import WINDOW, Index, fingerprints, meeting, same_words, telling
from monitor.lessons import Verdicts
from monitor.lists import WatchLists
from monitor.oncemore import OnceMore
from monitor.scope import WHY, Scope
from monitor.versions import Versions
from monitor.watch import flag
from storage.records import Flag, Message, StoredArticle
from storage.store import Store

__all__ = ["Keeping", "Pass", "Summary", "Watcher"]

log = logging.getLogger(__name__)

_FLASH = 25
"""Words."""
_OWED_FOR, _OWED_AT_ONCE = timedelta(days=7), 50
_AFTER_AN_OUTAGE = timedelta(minutes=10)
_TIDIED, _TIDY_EVERY = "fingerprints tidied", timedelta(hours=24)
_COMPARED = 2 * WINDOW + timedelta(days=4)
"""What is found late may be dated days back, and is compared with what was told around its own date."""


class Keeping(Protocol):
    """Where raw responses are kept (:class:`storage.archive.Archive`)."""

    def keep(self, page: Page) -> str | None: ...
    def settle(self) -> None: ...


class Watcher(Protocol):
    """Who is told, while it happens, how a pass goes."""

    def article(self, article: Article, flags: Sequence[Flag]) -> None: ...
    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None: ...
    def ended(self, outcome: Outcome) -> None: ...


@dataclass(slots=True)
class Summary:
    """What a pass came to."""

    stored: int = 0
    retold: int = 0
    """Stored articles whose text was known from an earlier telling."""
    flagged: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def in_trouble(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.in_trouble]


class Pass:
    """Decides and stores. Everything it needs is handed to it."""

    def __init__(
        self,
        store: Store,
        lists: WatchLists,
        sources: Mapping[str, Source],
        *,
        number: int,
        now: Callable[[], datetime],
        watcher: Watcher,
        scope: Scope | None = None,
        archive: Keeping | None = None,
        alerts: Callable[[StoredArticle, Sequence[Flag]], Sequence[Message]] | None = None,
        aside: bool = False,
        look_due: Callable[[str], datetime | None] = lambda _: None,
    ) -> None:
        """``scope``: needed where one of ``sources`` is of ``scope: syria``. ``alerts``: what is to be said of an article
        at once (:class:`monitor.alerts.Alerts`). ``aside``: flags wait for no digest. ``look_due``: when a source's
        articles are to be looked at again."""
        self._store = store
        self._archive = archive
        self._lists = lists
        self._sources = sources
        self._number = number
        self._now = now
        self._watcher = watcher
        self._alerts = alerts
        self._aside = aside
        self._look_due = look_due
        self._scope = scope
        self._index = Index(store)
        self._verdicts = Verdicts(store, sources, now)
        self._states = {state.name: state for state in store.sources()}
        self._failures = {name: state.failures for name, state in self._states.items()}
        self._once_more = OnceMore(store, Versions(store, lists), sources, now=now)
        self._owed: dict[str, list[Entry]] | None = None
        self.summary = Summary()

    def known(self, urls: Sequence[str]) -> set[str]:
        """Those of ``urls`` (canonical) that need no fetch."""
        now = self._now()
        resting = {url for url, missed in self._store.missed_at(urls).items() if rhythm.left_alone(missed, now)}
        return self._store.known(urls) | resting

    def keep(self, page: Page) -> str | None:
        """Keeps the raw response before it is interpreted; names its Capture."""
        return self._archive.keep(page) if self._archive is not None else None

    def emit(self, article: Article) -> Fate:
        """Is it ours, new, the same text, watched? Then store it, article and flags in one transaction."""
        if self._scope and self._sources[article.source].scope != "all" and not self._scope.covers(article):
            return Fate.OFF_TOPIC
        words = telling(article.text)
        same, prints = same_words(words), fingerprints(words)
        if article.capture is not None and self._archive is not None:
            self._archive.settle()
        flags = flag(self._lists, article)
        if self._aside:
            flags = tuple(replace(one, aside=True) for one in flags)
        with self._store.queue.turns.deciding(meeting(same, prints)):
            earlier = self._earlier(article, words, same, prints)
            if self._once_more.twin(article) or self._once_more.republished(article, earlier and earlier[0]):
                return Fate.KNOWN
            stored = self._store.add(
                article,
                flags=flags,
                same_as=earlier and earlier[0],
                share=earlier and earlier[1],
                same_words=same,
                prints=prints,
                pass_id=self._number,
                now=self._now(),
                messages=partial(self._messages, flags) if flags and self._alerts else None,
            )
        if stored is None:
            return Fate.KNOWN
        self._verdicts.article(article)
        self.summary.stored += 1
        self.summary.retold += earlier is not None
        self.summary.flagged += bool(flags)
        self._watcher.article(article, flags)
        return Fate.STORED

    def _messages(self, flags: Sequence[Flag], stored: StoredArticle) -> Sequence[Message]:
        return self._alerts(stored, flags) if self._alerts else ()

    def _earlier(
        self, article: Article, words: Sequence[str], same: bytes, prints: Sequence[int]
    ) -> tuple[int, float] | None:
        """The telling that this one repeats, and how much of it. The same words are the same text whenever they come,
        but for a flash: two that say no more than "details follow" are two."""
        if len(words) >= _FLASH and (key := self._store.first_with(same)) is not None:
            return key, 1.0
        match = self._index.earlier(article, words=words, prints=prints)
        return None if match is None else (int(str(match.key)), match.share)

    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None:
        """An Entry did not become an Article."""
        if fate is Fate.OFF_TOPIC:
            why = why or WHY
        self._store.missed(source, entry, fate, why, self._now())
        self._verdicts.missed(source, fate, why)
        self._watcher.missed(source, entry, fate, why)

    def ended(self, outcome: Outcome) -> None:
        """A source is done: its Outcome and its next due time, in one transaction."""
        name = outcome.source
        source, state = self._sources[name], self._states.get(name)
        heard = rhythm.heard_by_now(state.heard if state else (), outcome)
        failures = self._failures.get(name, 0) + 1 if outcome.in_trouble else 0
        self._failures[name] = failures
        wait = rhythm.interval(source, heard, outcome.heard, outcome.ended_at)
        due_at = rhythm.due_again(source, outcome, failures, wait, state.last_read_at if state else None)
        self._store.record(
            self._number, outcome,
            due_at=self._in_time_to_look(source, outcome, due_at), heard=heard, rhythm=due_at - outcome.started_at,
        )  # fmt: skip
        self._verdicts.ended(name)
        self.summary.fates.update(outcome.fates)
        self.summary.outcomes.append(outcome)
        self._watcher.ended(outcome)

    def _in_time_to_look(self, source: Source, outcome: Outcome, due_at: datetime) -> datetime:
        """A quiet source is read sooner when a look is due; who asks for rest or has a rhythm of its own keeps it."""
        if outcome.in_trouble or outcome.not_before is not None or source.every is not None:
            return due_at
        look_due = self._look_due(source.name)
        return due_at if look_due is None else min(due_at, max(look_due, outcome.ended_at + rhythm.SHORTEST))

    def owed(self, source: str) -> list[Entry]:
        """Entries of earlier passes that are still to be had, whether or not a listing shows them."""
        if self._owed is None:  # for all sources at once
            now, self._owed = self._now(), {}
            for one in self._store.missed_since(now - _OWED_FOR, but=Fate.OFF_TOPIC):
                if rhythm.owed(one, now):
                    self._owed.setdefault(one.source, []).append(Entry(url=one.url, title=one.title))
        return self._owed.get(source, [])[:_OWED_AT_ONCE]

    def tidy(self) -> None:
        """When a pass is over: after an outage of our own the sources are due again soon. Once a day fingerprints that no
        article can be compared with any more are dropped."""
        now, last = self._now(), self._store.recall(_TIDIED)
        if rhythm.own_outage(self.summary.outcomes, self._store.sources(), now):
            log.warning("not one source could be reached: is this machine's network up? They are asked again soon.")
            self._store.hasten([outcome.source for outcome in self.summary.outcomes], now + _AFTER_AN_OUTAGE)
        if last is None or now - datetime.fromisoformat(last["at"]) >= _TIDY_EVERY:
            self._store.forget_fingerprints(now - _COMPARED)
            self._store.remember(_TIDIED, {"at": now.isoformat()})

    # crawler.run's Memory
    def recall(self, key: str) -> Mapping[str, str] | None:
        return self._store.recall(key)

    def recall_all(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return self._store.recall_all(keys)

    def remember(self, key: str, value: Mapping[str, str]) -> None:
        self._store.remember(key, value)
