"""Whether a source's pages still read as they used to: a redesign breaks reading silently, and is to be said. Pure.

Each article that a pass tries is a verdict: read well, far shorter than usual, or not read from its page though this
source's pages usually are. Single ones happen (a flash, a video). A row of them is a layout that broke. The rows are
kept in the store's memory under :func:`key`, as JSON in one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from crawler import habits
from crawler.article import Article
from crawler.notes import FROM_FEED, UNLIKE, WHOLE
from crawler.outcome import Fate
from crawler.source import Source
from monitor import reasons

__all__ = [
    "Broken",
    "Record",
    "key",
    "notes",
    "now_broken",
    "of_article",
    "of_missed",
    "read",
    "seen",
    "standing",
    "written",
]

Verdict = Literal[".", "s", "x"]
"""Read well; far shorter than usual; not read from its page."""

_KEPT = 40
_ROW, _ROW_SHORT = 4, 7
_RARE = 0.25
"""Where more of a source's articles than this are no good at any time, a row of them says nothing."""
_SPELLS = 10
_UNREAD = frozenset({Fate.UNREADABLE, Fate.NEEDS_BROWSER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A time in which a source's pages did not read as they used to."""

    since: datetime
    """When the first of them was tried."""
    until: datetime | None
    """When one read well again; ``None``: it lasts."""
    articles: int
    why: str
    """Of the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A source's last verdicts, oldest first, and when its layout was broken."""

    verdicts: str = ""
    row_since: datetime | None = None
    """When the first of the last row of bad ones was tried."""
    spells: tuple[Broken, ...] = ()


def key(source: str) -> str:
    return f"layout {source}"


def of_article(article: Article, source: Source) -> tuple[Verdict, str] | None:
    """The verdict on an article that was stored; ``None`` where nothing is known of what is usual."""
    if source.habits is None or WHOLE in article.notes:
        return None
    if FROM_FEED in article.notes:
        return "x", next((note for note in article.notes if note.startswith(UNLIKE)), "no text was found on its page")
    found = habits.measured(article.title, article.text)
    if habits.short(found, source.habits):
        return "s", f"{found.length} characters, in this source's texts {source.habits.shortest} and more"
    return ".", ""


def of_missed(fate: Fate, why: str, source: Source) -> tuple[Verdict, str] | None:
    """The verdict on an entry that did not become an article; ``None`` where the reading is not to blame."""
    return ("x", why) if source.habits is not None and fate in _UNREAD else None


def seen(record: Record, verdict: Verdict, why: str, now: datetime) -> Record:
    """The record after one more verdict."""
    verdicts = (record.verdicts + verdict)[-_KEPT:]
    if verdict == ".":
        spells = [replace(one, until=now) if one.until is None else one for one in record.spells]
        return Record(verdicts=verdicts, spells=tuple(spells[-_SPELLS:]))
    since = record.row_since or now
    spells = list(record.spells)
    row = len(verdicts) - len(verdicts.rstrip("xs"))
    if spells and spells[-1].until is None:
        spells[-1] = replace(spells[-1], articles=spells[-1].articles + 1, why=why)
    elif _is_broken(verdicts, row):
        spells.append(Broken(since=since, until=None, articles=row, why=why))
    return Record(verdicts=verdicts, row_since=since, spells=tuple(spells[-_SPELLS:]))


def _is_broken(verdicts: str, row: int) -> bool:
    earlier = verdicts[: len(verdicts) - row]
    if len(earlier) - earlier.count(".") > _RARE * len(earlier):
        return False
    return verdicts.endswith("x" * _ROW) or row >= _ROW_SHORT


def standing(record: Record) -> Broken | None:
    """What is broken now, if it is."""
    return record.spells[-1] if record.spells and record.spells[-1].until is None else None


def read(value: Mapping[str, str] | None) -> Record:
    """From the store's memory."""
    if not value or "layout" not in value:
        return Record()
    told = json.loads(value["layout"])
    return Record(
        verdicts=told["verdicts"],
        row_since=_moment(told["row_since"]),
        spells=tuple(
            Broken(**one | {"since": datetime.fromisoformat(one["since"]), "until": _moment(one["until"])})
            for one in told["spells"]
        ),
    )


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def written(record: Record) -> Mapping[str, str]:
    """For the store's memory."""
    return {"layout": json.dumps(asdict(record), ensure_ascii=False, default=datetime.isoformat)}


def notes(
    records: Iterable[tuple[str, Record]], start: datetime, until: datetime, zone: str, language: str = "ar"
) -> list[str]:
    """Sentences for the digest of the time from ``start`` to ``until``; ``records``: each source's title and record."""
    return [
        _sentence(title, one, zone, language)
        for title, record in records
        for one in record.spells
        if one.since < until and (one.until is None or one.until > start)
    ]


def now_broken(records: Iterable[tuple[str, Record]], zone: str) -> list[str]:
    """Sentences in English on what is broken now."""
    return [_sentence(title, one, zone, "en") for title, record in records if (one := standing(record)) is not None]


def _sentence(title: str, one: Broken, zone: str, language: str) -> str:
    since = _clock(one.since, zone)
    if language == "ar":
        lasting = f"من {since} إلى {_clock(one.until, zone)}" if one.until else f"منذ {since}"
        said = f"{title}: تغيّر تصميم صفحاته على ما يبدو {lasting}، ومواد لم تُقرأ من صفحاتها كالمعتاد: {one.articles}"
        return f"{said} ({reasons.said(language, one.why)})"
    lasting = f"from {since} to {_clock(one.until, zone)}" if one.until else f"since {since}"
    said = f"{title}: its layout seems to have changed {lasting}; articles not read from their pages as usual: {one.articles}"
    return f"{said} ({one.why})"


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
