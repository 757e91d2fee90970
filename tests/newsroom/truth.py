"""What Rasid must make of the newsroom: for each article its text, its time and its flags; for the rest their Fates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from crawler.outcome import Ending, Fate
from tests.newsroom import content
from tests.newsroom.content import Line, Report, reports
from tests.newsroom.outlets import OUTLETS

__all__ = [
    "ENDINGS",
    "FURNITURE",
    "LISTS",
    "Expected",
    "Mention",
    "articles",
    "fates",
    "furniture",
    "further",
    "reprints",
]

LISTS = ("astana", "detainees")
"""The shipped watch lists that the newsroom has mentions for."""

ENDINGS: Mapping[str, Ending] = {
    "alyasmin": Ending.READ,
    "nidaa": Ending.READ,
    "khabur": Ending.READ,
    "hal": Ending.READ,
    "baydar": Ending.READ,
    "fanar": Ending.READ,
    "minbar": Ending.READ,
    "manara": Ending.FAILED,
    "jisr": Ending.REFUSED,
    "sour": Ending.REFUSED,
    "rahba": Ending.REFUSED,
    "naoura": Ending.FAILED,
    "qalaa": Ending.CHALLENGED,
}
"""How each source ends in its first pass, by the outlet's name, as long as nothing else ails it."""

FURNITURE: Mapping[str, tuple[str, ...]] = {
    "alyasmin": ("الأكثر قراءة", "هل تتوقع نجاح محادثات أستانا؟", "عدد الزوار", "جميع الحقوق محفوظة", "أضف تعليقاً"),
    "nidaa": (
        "الأكثر قراءة",
        "اللهم فك قيد المعتقلين",
        "يذهبون إلى أستانا ليصافحوا",
        "صحفي مهتم بملف المعتقلين",
        "وفد الفصائل يصل إلى أستانا",
        "مقالات ذات صلة",
        "جميع الحقوق محفوظة",
        "تابعونا على",
    ),
    "khabur": (
        "معتقلون ومفقودون",
        "الأكثر قراءة",
        "أستانا وأخواتها",
        "الحرية لجميع المعتقلين في سجون جميع الأطراف",
        "حقوق النشر محفوظة",
        "اكتب تعليقاً",
    ),
}
"""What stands on every page of an outlet and is no part of any article."""

_ZONE = ZoneInfo("Asia/Damascus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    words: str
    """As it stands in the text."""
    where: str
    """``title`` or ``text``."""
    before: str
    """The words before it, up to 40 characters of the same line: tells two of one spelling apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    key: str
    """``outlet/number``."""
    source: str
    path: str
    title: str
    paragraphs: tuple[str, ...]
    """All that the article's text has, in this order."""
    may: tuple[str, ...]
    """Lines that the text may have or not: credits, an editor's initials."""
    never: tuple[str, ...]
    """What stands on the page and must not stand in the text."""
    precision: str
    """``minute``; ``day``: nothing says the time, so that it is the start of that day in the outlet's zone."""
    ago: timedelta
    mentions: Mapping[str, tuple[Mention, ...]]
    """By watch list, in reading order, the title's first; a list that is not here must not flag the article."""
    envoy: tuple[str, ...]
    """Spellings of the envoy's name in the text, in reading order."""
    traps: tuple[str, ...]
    """Words of title and text that look like mentions and are none."""
    wire: str | None
    """Name of the agency story that it reprints."""

    def url(self, port: int) -> str:
        return OUTLETS[self.source].base(port) + self.path

    def published(self, now: datetime) -> datetime:
        """What ``Article.published_at`` must be, ``now`` being the newsroom's."""
        at = (now - self.ago).astimezone(_ZONE)
        return at if self.precision == "minute" else at.replace(hour=0, minute=0, second=0, microsecond=0)


@cache
def articles(edition: int = 1) -> tuple[Expected, ...]:
    """Every Arabic article of the three outlets, each outlet's newest first."""
    return tuple(_expected(report) for report in reports(edition) if report.what == "article")


@cache
def further(edition: int = 1) -> tuple[Expected, ...]:
    """Every article of the outlets that are read through WordPress's API, sitemaps and a channel's preview."""
    return tuple(_expected(report) for report in content.further(edition))


@cache
def fates(edition: int = 1) -> Mapping[str, Fate]:
    """``outlet/number`` -> the Fate that its Entry must have in the first pass, for all Entries of the three outlets.

    One of khabur's is in English: stored, and flagged by no list.
    """
    ends = {
        "article": Fate.STORED,
        "foreign": Fate.STORED,
        "video": Fate.UNREADABLE,
        "broken": Fate.FAILED,
        "gone": Fate.FAILED,
    }
    return {report.key: ends[report.what] for report in reports(edition)}


@cache
def reprints(edition: int = 1) -> Mapping[str, frozenset[str]]:
    """Name of an agency story -> keys of the articles that tell it: one line in the digest, with all their outlets."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for report in reports(edition):
        if report.wire:
            groups[report.wire].add(report.key)
    return {name: frozenset(keys) for name, keys in groups.items()}


def furniture(source: str) -> tuple[str, ...]:
    return FURNITURE.get(source, ())


def _expected(report: Report) -> Expected:
    own = [line for line in report.lines if line.own]
    lists = {name: (*_mentions(name, "title", [report.title]), *_mentions(name, "text", own)) for name in LISTS}
    marks = [mark for line in (report.title, *own) for mark in line.marks]
    also = tuple(line.text for line in report.lines if line.kind == "also")
    return Expected(
        key=report.key,
        source=report.outlet,
        path=OUTLETS[report.outlet].path(report),
        title=report.title.text,
        paragraphs=report.paragraphs,
        may=tuple(line.text for line in report.lines if line.kind == "credit"),
        never=(*report.also, *also, *furniture(report.outlet)),
        # feeds tell the minute even where the page prints the day
        precision=report.printed if OUTLETS[report.outlet].kind == "section" else "minute",
        ago=timedelta(minutes=report.minutes),
        mentions={name: found for name, found in lists.items() if found},
        envoy=tuple(mark.words for mark in marks if mark.what == "envoy"),
        traps=tuple(mark.words for mark in marks if mark.what == "trap"),
        wire=report.wire,
    )


def _mentions(what: str, where: str, lines: list[Line]) -> tuple[Mention, ...]:
    return tuple(
        Mention(words=mark.words, where=where, before=line.text[max(0, mark.start - 40) : mark.start])
        for line in lines
        for mark in line.marks
        if mark.what == what
    )
