"""Looking again at flagged articles: what is due goes out with the pass, what comes back is judged and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from crawler.outcome import Outcome
from crawler.revisit import Revisit, Sight
from monitor.lists import WatchLists
from monitor.revisits import AFTER, allowance, judge, next_look, outage
from monitor.versions import Versions
from storage.records import Look
from storage.store import Store

__all__ = ["Again"]

_DAY = timedelta(hours=24)


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

    def plan(self, sources: Sequence[str]) -> list[Revisit]:
        """What is looked at again in this pass over these sources; plans the first look of what was flagged since."""
        now, looking = self._now(), self._store.looking
        unscheduled = looking.unscheduled(now - AFTER[-1])
        looking.schedule({key: (at, next_look(at, at)) for key, at in unscheduled.items()})
        left = self._allowed(sources, now)
        planned = []
        for look in looking.due(now, sources):
            source = look.article.article.source
            if left[source] > 0:
                left[source] -= 1
                planned.append(Revisit(key=look.article.id, source=source, url=look.article.article.url))
        return planned

    def _allowed(self, sources: Iterable[str], now: datetime) -> dict[str, int]:
        by_source: dict[str, list[Outcome]] = {name: [] for name in sources}
        for outcome in self._store.outcomes(now - _DAY, now):
            if outcome.source in by_source:
                by_source[outcome.source].append(outcome)
        looked = self._store.looking.looked_since(now - _DAY)
        return {name: allowance(outcomes, looked.get(name, 0)) for name, outcomes in by_source.items()}

    def seen(self, source: str, sights: Sequence[Sight]) -> None:  # noqa: ARG002
        """All looks at one source's articles: judged together, because many at once are an outage."""
        site_down = outage(sights)
        if self._settle is not None:
            self._settle()
        for sight in sights:
            look = self._store.looking.look(sight.revisit.key)
            if look is not None:
                self._store_what_is_seen(look, sight, site_down=site_down)

    def _store_what_is_seen(self, look: Look, sight: Sight, *, site_down: bool) -> None:
        now = self._now()
        verdict = judge(look, sight, now, site_down=site_down)
        version = None
        if verdict.read and sight.article is not None:
            version = self._versions.of(look.article, sight.article)
        self._store.looking.looked(
            look.article.id, now, due_at=verdict.due_at, version=version, gone=verdict.gone, removed=verdict.removed
        )
