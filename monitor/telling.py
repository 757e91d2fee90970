"""Stories: articles that carry the same text, with what a reader should know of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crawler.source import Source
from monitor import days
from monitor.agencies import agency
from monitor.coverage import Outlet, outlet
from monitor.quotes import Piece, Quote, cut, mark
from storage.records import Flag, Flagged, StoredArticle

__all__ = ["LATE", "Mark", "Story", "Teller", "Telling", "Why"]

_LONG_BEFORE = timedelta(days=1)
"""Published so long before the day began: not today's news, and marked."""


class Mark(StrEnum):
    """What a reader should know of how a Story came into this digest."""

    CARRIED = "carried over"
    """Flagged on a day before this one, and in no digest yet."""
    PUBLISHED_EARLIER = "published earlier"
    """Found today, published long before."""
    MATCHED_LATER = "matched later"
    """Stored before; a list that was changed since has flagged it."""
    TOLD_AGAIN = "told again"
    """The text was here before today; another outlet carries it now."""


LATE = frozenset({Mark.PUBLISHED_EARLIER, Mark.MATCHED_LATER})
"""What is not of this day, though this day's digest is the first to have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One outlet's Article of a Story."""

    id: int
    """Of the stored Article: what ``rasid show`` takes."""
    outlet: Outlet
    url: str
    title: str
    language: str
    """BCP 47, ``und`` where it cannot be told."""
    published_at: datetime | None
    """UTC; ``None`` where the page does not say."""
    published_from: str | None
    fetched_at: datetime
    capture: str | None
    notes: tuple[str, ...]
    new: bool
    """Stored on the day of the digest."""
    timed: bool
    """Its page says the time of day, not only the day."""
    agency: str | None
    """That it gives as its origin (:mod:`monitor.agencies`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A rule that the Story met, and the words that met it, in their original spelling."""

    list: str
    list_title: str
    rule: str
    severity: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles with the same text, as one list (or *urgent*) shows them."""

    id: int
    """Of the first telling's stored Article."""
    headline: tuple[Piece, ...]
    told_by: int
    """Id of the telling that is quoted: the first one that was flagged."""
    tellings: tuple[Telling, ...]
    """The first one here first."""
    outlets: int
    affiliations: tuple[str, ...]
    quotes: tuple[Quote, ...]
    more: int
    """Mentions that stand in no quote."""
    why: tuple[Why, ...]
    marks: tuple[Mark, ...]

    @property
    def quoted(self) -> Telling:
        return next(telling for telling in self.tellings if telling.id == self.told_by)


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes a Story of the flagged articles with one text."""

    starts_at: datetime
    until: datetime
    sources: Mapping[str, Source]
    zone: str

    def story(self, group: Sequence[Flagged]) -> Story:
        stored = self._stored(group)
        lead = next(one for one in group if one.stored.id == self._lead(stored, group))
        tellings = self.tellings(group)
        spans = [span for flag in lead.flags for span in flag.spans]
        quotes, more = cut(lead.stored.article.text, [span for span in spans if span.where == "text"])
        titles = [(span.start, span.end) for span in spans if span.where == "title"]
        return Story(
            id=stored[0].id,
            headline=mark(lead.stored.article.title, titles),
            told_by=lead.stored.id,
            tellings=tellings,
            outlets=len({telling.outlet.title for telling in tellings}),
            affiliations=tuple(dict.fromkeys(telling.outlet.affiliation for telling in tellings)),
            quotes=quotes,
            more=more,
            why=_why(group),
            marks=tuple(self._marks(group, lead, stored)),
        )

    def tellings(self, group: Sequence[Flagged]) -> tuple[Telling, ...]:
        return tuple(self._telling(one) for one in self._stored(group))

    def _stored(self, group: Sequence[Flagged]) -> list[StoredArticle]:
        """The tellings that were here by the end of the day: what came later belongs to a later digest."""
        flagged = {one.stored.id for one in group}
        every = {telling.id: telling for one in group for telling in one.tellings}
        every |= {one.stored.id: one.stored for one in group}
        kept = [one for one in every.values() if one.stored_at < self.until or one.id in flagged]
        first = group[0].stored.same_as
        return sorted(kept, key=lambda one: (one.id != first and one.same_as is not None, one.stored_at, one.id))

    def _lead(self, stored: Sequence[StoredArticle], group: Sequence[Flagged]) -> int:
        flagged = {one.stored.id for one in group}
        return next(one.id for one in stored if one.id in flagged)

    def _telling(self, stored: StoredArticle) -> Telling:
        article = stored.article
        source = self.sources.get(article.source)
        return Telling(
            id=stored.id,
            outlet=outlet(article.source, self.sources),
            url=article.url,
            title=article.title,
            language=article.language,
            published_at=article.published_at,
            published_from=article.published_from,
            fetched_at=article.fetched_at,
            capture=article.capture,
            notes=article.notes,
            new=stored.stored_at >= self.starts_at,
            timed=days.is_timed(article.published_at, source.zone if source else self.zone),
            agency=agency(article.text, article.author),
        )

    def _marks(self, group: Sequence[Flagged], lead: Flagged, stored: Sequence[StoredArticle]) -> Iterable[Mark]:
        published = lead.stored.article.published_at
        carried = all(one.flagged_at < self.starts_at for one in group)
        if carried:
            yield Mark.CARRIED
        if all(flag.late for one in group for flag in one.flags):
            yield Mark.MATCHED_LATER
        elif not carried and stored[0].stored_at < self.starts_at and not _by_an_edit(group):
            yield Mark.TOLD_AGAIN
        if published is not None and published < self.starts_at - _LONG_BEFORE:
            yield Mark.PUBLISHED_EARLIER


def _by_an_edit(group: Sequence[Flagged]) -> bool:
    """Whether it is here for words that were written into it after it was published."""
    return all(span.where == "version" for one in group for flag in one.flags for span in flag.spans)


def _why(group: Sequence[Flagged]) -> tuple[Why, ...]:
    """One for each rule, over all tellings: a reprint under another headline may meet one more."""
    words: dict[tuple[str, str], dict[str, None]] = {}
    flags: dict[tuple[str, str], Flag] = {}
    for one in group:
        for flag in one.flags:
            key = (flag.list, flag.rule)
            flags.setdefault(key, flag)
            words.setdefault(key, {}).update(dict.fromkeys(span.words for span in flag.spans))
    return tuple(
        Why(list=flag.list, list_title=flag.list_title, rule=flag.rule, severity=flag.severity, words=tuple(words[key]))
        for key, flag in flags.items()
    )
