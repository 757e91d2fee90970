"""Looking again at articles: what is due goes out with the pass, what comes back is judged and stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.article import Entry
from crawler.revisit import Revisit, Sight
from crawler.source import Source
from monitor.changes import of_its_page
from monitor.lists import WatchLists
from monitor.revisits import AFTER, LATELY, allowance, judge, next_look, outage, worth_a_look
from monitor.versions import Versions
from storage.records import Look
from storage.store import Store

__all__ = ["Again"]

_DAY, _MONTH = timedelta(days=1), timedelta(days=31)
_MARGIN = timedelta(minutes=10)
"""Flags that this pass stores are looked for from so long before the last time: clocks are set back."""
_EDITED = "edited after it was posted"
_LISTED = "text from the listing"
_NOT_LISTED = "it is not listed any more"


class Again:
    """Of one pass. Everything it needs is handed to it."""

    def __init__(
        self, store: Store, lists: WatchLists, *, now: Callable[[], datetime], settle: Callable[[], None] | None = None
    ) -> None:
        """``settle``: returns when the Captures of what was seen are safe."""
        self._settle = settle
        self._store = store
        self._versions = Versions(store, lists)
        self._now = now
        self._hosts: dict[str, str] = {}
        self._left: Counter[str] = Counter()
        self._flagged_since = datetime.min.replace(tzinfo=UTC)
        self._next_due: dict[str, datetime] = {}
        self._touched: set[str] = set()
        """Sources whose next due look may be another one by now."""

    def plan(self, sources: Sequence[Source]) -> list[Revisit]:
        """What is looked at again in this pass over these sources; plans the first look of what was flagged since."""
        now, looking = self._now(), self._store.looking
        self._flagged_since = now - AFTER[-1]
        self._next_due = looking.next_due_of_each()
        self._schedule(now)
        self._hosts = {source.name: urlsplit(source.url).hostname or "" for source in sources}
        self._left = self._allowed(now)
        due = looking.due(now, list(self._hosts))
        return [self._revisit(look) for look in due if self._bears(look.article.article.source)]

    def due_at(self, source: str) -> datetime | None:
        """When a source is to be read again so that the next look comes in time; ``None``: its host bears no more looks."""
        if self._left[self._hosts.get(source, "")] <= 0:
            return None
        self._schedule(self._now())
        if source in self._touched:
            self._touched.discard(source)
            self._next_due.pop(source, None)
            self._next_due |= self._store.looking.next_due_of_each(source)
        return self._next_due.get(source)

    def _schedule(self, now: datetime) -> None:
        looking = self._store.looking
        unscheduled = looking.unscheduled(self._flagged_since)
        self._flagged_since = max(self._flagged_since, now - _MARGIN)
        if unscheduled:
            looking.schedule({key: (at, next_look(at, at)) for key, at in unscheduled.items()})
            self._next_due = looking.next_due_of_each()

    def updated(self, source: str, entries: Sequence[Entry]) -> list[Revisit]:
        """Which entries of a listing, of articles that we have, are to be looked at because of what it says of them."""
        now, looks = self._now(), self._store.looking.met([entry.url for entry in entries])
        self._missing(source, [entry for entry in entries if entry.complete], looks.values())
        wanted = []
        for entry in sorted(entries, key=lambda entry: entry.url not in looks or looks[entry.url].due_at is None):
            look = looks.get(entry.url)
            if look is None:
                continue
            if entry.complete:
                if look.due_at is not None or (_EDITED in entry.notes and look.last_at is None):
                    wanted.append(Revisit(key=look.article.id, source=source, url=entry.url))
            elif worth_a_look(entry.updated_at, look, now) and self._bears(source):
                wanted.append(Revisit(key=look.article.id, source=source, url=entry.url))
        return wanted

    def seen(self, source: str, sights: Sequence[Sight]) -> None:
        """All looks at one source's articles: judged together, because many at once are an outage."""
        asked = {sight.revisit.key for sight in sights}
        lately = self._store.looking.lately(source, self._now() - LATELY)
        site_down = outage(sights, [gone for key, gone in lately.items() if key not in asked])
        if self._settle is not None:
            self._settle()
        for sight in sights:
            look = self._store.looking.look(sight.revisit.key)
            if look is None and (stored := self._store.article(sight.revisit.key)) is not None:
                self._store.looking.begin(stored)
                look = self._store.looking.look(stored.id)
            if look is not None:
                self._store_what_is_seen(look, sight, site_down=site_down)

    def _missing(self, source: str, listed: Sequence[Entry], looks: Iterable[Look]) -> None:
        """Posts that stood between those that are listed whole, and do not any more."""
        times = [entry.published_at for entry in listed if entry.published_at is not None]
        if not times:
            return
        there = {look.article.id for look in looks}
        planned = [one for one in self._store.looking.planned(source, min(times)) if _is_listed(one)]
        gone = [one for one in planned if one.article.id not in there]
        if gone:
            site_down = 2 * len(gone) > len(planned) and len(gone) > 2
            for look in gone:
                sight = Sight(revisit=self._revisit(look), gone=_NOT_LISTED, listed=True)
                self._store_what_is_seen(look, sight, site_down=site_down)

    def _store_what_is_seen(self, look: Look, sight: Sight, *, site_down: bool) -> None:
        now = self._now()
        verdict = judge(look, sight, now, site_down=site_down, before=self._versions.last(look.article).text)
        version = None
        if verdict.read and sight.article is not None:
            version = self._versions.of(look.article, sight.article)
        if sight.listed and version is None and (look.due_at is None or look.due_at > now):
            if verdict.gone is None and look.gone_at is None:
                return  # read in passing, at no cost: nothing is new
            if verdict.gone is not None and look.gone_at is not None:
                return  # known to be gone; on the day of its second look it is told
        self._touched.add(look.article.article.source)
        due_at, gone, removed = verdict.due_at, verdict.gone, verdict.removed
        if look.due_at is None and look.removed_at is None:  # looked at because its listing said so, and for no more
            due_at, gone, removed = None, None, False
        self._store.looking.looked(look.article.id, now, due_at=due_at, version=version, gone=gone, removed=removed)
        if version is not None and (flags := self._versions.flagged(version)):
            self._store.flag_more({look.article.id: flags}, now)

    def _revisit(self, look: Look) -> Revisit:
        """It is asked for where its outlet published it last."""
        article = look.article.article
        further = self._store.addresses.of([look.article.id]).get(look.article.id, ())
        newest = next((one.url for one in reversed(further) if one.why == "republished"), article.url)
        return Revisit(key=look.article.id, source=article.source, url=newest)

    def _allowed(self, now: datetime) -> Counter[str]:
        month, day = (self._asked(now - since) for since in (_MONTH, _DAY))
        nothing = (0, 0)
        return Counter({host: allowance(month.get(host, nothing), day.get(host, nothing)) for host in month})

    def _asked(self, since: datetime) -> dict[str, tuple[int, int]]:
        """Per host: requests, and looks among them."""
        found: dict[str, tuple[int, int]] = {}
        for source, (requests, looks) in self._store.looking.asked_since(since).items():
            if (host := self._hosts.get(source)) is not None:
                had = found.get(host, (0, 0))
                found[host] = had[0] + requests, had[1] + looks
        return found

    def _bears(self, source: str) -> bool:
        """Whether its host bears one more look, which is then taken."""
        host = self._hosts.get(source, "")
        if self._left[host] <= 0:
            return False
        self._left[host] -= 1
        return True


def _is_listed(look: Look) -> bool:
    article = look.article.article
    return not of_its_page(article) and any(note.startswith(_LISTED) for note in article.notes)
