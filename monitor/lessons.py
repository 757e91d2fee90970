"""What is learned of each source from its own articles, kept in the store's memory: standing lines, habits, broken layouts.

A source is looked at anew when some articles of it have come, before a pass; between two looks a pass costs one count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from crawler.article import Article
from crawler.habits import learned, measured
from crawler.notes import FROM_FEED, WHOLE
from crawler.outcome import Fate
from crawler.source import Habits, Source
from monitor import layouts as layout
from monitor.boilerplate import Standing, Telling, kept, learn
from storage.records import StoredArticle
from storage.store import Store

__all__ = ["Lesson", "Verdicts", "forget", "layouts", "lesson", "mark", "read", "recalled", "taught", "written"]

_PERIOD = timedelta(days=60)
_MOST = 300
"""Articles: more of them teach nothing that these do not."""
_AGAIN_AFTER = 10
_ELSEWHERE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is known of a source."""

    upto: int = 0
    """The id of the newest article that was looked at."""
    after: int = 0
    """The habits are learned from articles after this id: a person had them forgotten then."""
    standing: tuple[Standing, ...] = ()
    habits: Habits | None = None

    @property
    def boilerplate(self) -> tuple[str, ...]:
        """The lines that are left out of its texts."""
        return tuple(one.line for one in self.standing if not one.kept)


def key(source: str) -> str:
    """Where it is kept in the store's memory."""
    return f"learned {source}"


def read(value: Mapping[str, str] | None) -> Lesson:
    """From the store's memory."""
    if not value or "lesson" not in value:
        return Lesson()
    told = json.loads(value["lesson"])
    return Lesson(
        upto=told["upto"],
        after=told["after"],
        standing=tuple(Standing(**one | {"since": date.fromisoformat(one["since"])}) for one in told["standing"]),
        habits=Habits(**told["habits"]) if told["habits"] else None,
    )


def written(lesson: Lesson) -> Mapping[str, str]:
    """For the store's memory."""
    return {"lesson": json.dumps(asdict(lesson), ensure_ascii=False, default=date.isoformat)}


def lesson(stored: Sequence[StoredArticle], before: Lesson, today: date, elsewhere: Sequence[str]) -> Lesson:
    """What these articles of a source teach, beside what was known. Pure."""
    tellings = [
        Telling(
            story=one.same_as or one.id,
            day=(one.article.published_at or one.article.fetched_at).date(),
            lines=tuple(one.article.text.splitlines()),
        )
        for one in stored
    ]
    # what came from the listing says nothing of how the source's pages are read
    pages = [one.article for one in stored if one.id > before.after and not {FROM_FEED, WHOLE} & set(one.article.notes)]
    return Lesson(
        upto=max((one.id for one in stored), default=before.upto),
        after=before.after,
        standing=tuple(learn(tellings, before.standing, today, elsewhere=elsewhere)),
        habits=learned(measured(article.title, article.text) for article in pages),
    )


def recalled(store: Store, source: str) -> Lesson:
    """What is known of a source."""
    return read(store.recall(key(source)))


def layouts(store: Store, sources: Iterable[Source]) -> list[tuple[str, layout.Record]]:
    """How each source's pages read lately, by its title."""
    return [(source.title or source.name, layout.read(store.recall(layout.key(source.name)))) for source in sources]


class Verdicts:
    """During a pass: how well each source's pages read, remembered when the source is done."""

    def __init__(self, store: Store, sources: Mapping[str, Source], now: Callable[[], datetime]) -> None:
        self._store = store
        self._sources = sources
        self._now = now
        self._new: dict[str, layout.Record] = {}

    def article(self, article: Article) -> None:
        """An article was stored."""
        source = self._sources.get(article.source)
        self._count(article.source, layout.of_article(article, source) if source else None)

    def missed(self, source: str, fate: Fate, why: str) -> None:
        """An entry did not become an article."""
        declared = self._sources.get(source)
        self._count(source, layout.of_missed(fate, why, declared) if declared else None)

    def _count(self, source: str, verdict: tuple[layout.Verdict, str] | None) -> None:
        if verdict is not None:
            before = self._new.get(source) or layout.read(self._store.recall(layout.key(source)))
            self._new[source] = layout.seen(before, *verdict, self._now())

    def ended(self, source: str) -> None:
        """A source is done."""
        if (record := self._new.pop(source, None)) is not None:
            self._store.remember(layout.key(source), layout.written(record))


def taught(store: Store, sources: Sequence[Source], now: datetime) -> list[Source]:
    """The sources with what is known of them, learned anew where there is enough new of them."""
    told = store.recall_all([key(source.name) for source in sources])
    known = {source.name: read(told.get(key(source.name))) for source in sources}
    new = store.lessons.since({name: before.upto for name, before in known.items()})
    for name, many in new.items():
        if many >= _AGAIN_AFTER:
            known[name] = _learned(store, name, known[name], now)
    return [
        replace(
            source,
            boilerplate=(*source.boilerplate, *known[source.name].boilerplate),
            habits=known[source.name].habits,
        )
        for source in sources
    ]


def _learned(store: Store, source: str, known: Lesson, now: datetime) -> Lesson:
    since = now - _PERIOD
    stored = store.lessons.newest(source, since, _MOST)
    others = [one.article.text for one in store.lessons.elsewhere(source, since, _ELSEWHERE)]
    new = lesson(stored, known, now.date(), others)
    store.remember(key(source), written(new))
    return new


def mark(store: Store, source: str, line: str, *, news: bool) -> None:
    """A person says that a learned line is news, or that it is none after all."""
    known = recalled(store, source)
    store.remember(key(source), written(replace(known, standing=tuple(kept(known.standing, line, news=news)))))


def forget(store: Store, source: str, now: datetime) -> None:
    """Forget what a source's texts are usually like, after it changed for good; its standing lines stay."""
    known = recalled(store, source)
    newest = store.lessons.newest(source, now - _PERIOD, 1)
    after = newest[0].id if newest else known.upto
    store.remember(key(source), written(replace(known, habits=None, upto=after, after=after)))
