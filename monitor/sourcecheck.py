"""What one look at a source came to, and whether it is good enough to rely on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.article import Article, Entry, Page
from crawler.discovery import RobotsSaid
from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from crawler.urls import canonical

__all__ = ["FAILED", "LOOK", "OK", "Probe", "Rhythm", "Verdict", "rhythm", "to_read", "verdict"]

OK, LOOK, FAILED = "ok", "look", "failed"
"""Verdicts: it can be relied on; it is read, and a person should look; it cannot be read as declared."""

_SILENT = timedelta(days=14)
_SHORT = timedelta(hours=2)
_AHEAD = timedelta(hours=1)
_SHORT_TEXT = 30
"""Words: of less, an article is a flash or was cut."""


@dataclass(slots=True, kw_only=True)
class Probe:
    """What came back of a source in one look at it."""

    source: Source
    outcome: Outcome | None = None
    """``None``: the look was ended before it came to one."""
    page: Page | None = None
    """Its listing, as it was fetched; without the body where nothing more is made of that."""
    size: int = 0
    """Bytes of its body."""
    entries: tuple[Entry, ...] = ()
    articles: list[Article] = field(default_factory=list)
    """Those that were read, on topic or not."""
    off_topic: int = 0
    """Articles among them of which nothing is about Syria, for a source of ``scope: syria``."""
    missed: list[tuple[Entry, Fate, str]] = field(default_factory=list)
    """Entries that were tried and did not become articles."""
    robots: RobotsSaid | None = None
    """``None``: robots.txt was not asked for, or could not be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a listing says that its outlet publishes."""

    dated: int
    """Entries with a time."""
    newest: datetime | None = None
    oldest: datetime | None = None
    per_day: float | None = None
    """``None``: of fewer than two times nothing can be said."""

    @property
    def reach(self) -> timedelta | None:
        """How far back the listing goes."""
        return self.newest - self.oldest if self.newest and self.oldest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    kind: str
    """:data:`OK`, :data:`LOOK` or :data:`FAILED`."""
    why: tuple[str, ...] = ()
    """For a person: what is wrong, and what can be done."""


def rhythm(entries: Sequence[Entry], now: datetime) -> Rhythm:
    """What the times of ``entries`` say; a time that is yet to come says nothing."""
    times = sorted(e.published_at for e in entries if e.published_at and e.published_at <= now + _AHEAD)
    if not times:
        return Rhythm(dated=0)
    span = times[-1] - times[0]
    per_day = (len(times) - 1) / (span / timedelta(days=1)) if span >= timedelta(minutes=1) else None
    return Rhythm(dated=len(times), newest=times[-1], oldest=times[0], per_day=per_day)


def to_read(entries: Sequence[Entry], many: int) -> list[Entry]:
    """The ``many`` newest; where nothing says when, the first."""
    dated = [(entry.published_at, entry) for entry in entries if entry.published_at]
    newest = [entry for _, entry in sorted(dated, key=lambda one: one[0], reverse=True)]
    return (newest or list(entries))[:many]


def verdict(probe: Probe, now: datetime) -> Verdict:
    """Whether a source can be relied on as it is declared."""
    outcome = probe.outcome
    if outcome is None:
        return Verdict(kind=FAILED, why=("the look at it was ended before it was done; try again",))
    if outcome.in_trouble:
        return Verdict(kind=FAILED, why=(outcome.why or str(outcome.ending), *_remedy(probe, outcome)))
    why = [*_of_articles(probe), *_of_times(probe, now), *_of_address(probe)]
    if not probe.articles and probe.missed:
        return Verdict(kind=FAILED, why=tuple(why))
    return Verdict(kind=LOOK if why else OK, why=tuple(why))


def _remedy(probe: Probe, outcome: Outcome) -> list[str]:
    """What a person can do. The words looked for are those of :mod:`crawler.answers`."""
    look = f"`rasid sources add {_site(probe.source.url)}` looks for its other entrances"
    for said, advice in (
        ("robots.txt does not allow", f"the outlet asks not to be read there; {look}"),
        (
            "not allowed to go there",
            "it is inside a private network: name that under `allow_addresses:` if it is yours",
        ),
        ("asked to wait", "try again after that time; `delay: 10s` asks it more slowly"),
        ("DNS", "is the name misspelled, or the site gone? Without a name server all sources fail"),
        ("404", look),
        ("410", look),
    ):
        if said in outcome.why:
            return [advice]
    if outcome.ending is Ending.CHALLENGED:
        return [f"its owner lets browsers in only; {look}, a Telegram channel perhaps; else `enabled: false`"]
    if outcome.ending is Ending.EMPTY:
        return [look]
    return ["try again in an hour: sites are down now and then"]


def _of_articles(probe: Probe) -> list[str]:
    tried = len(probe.articles) + len(probe.missed)
    why = []
    if probe.missed:
        reasons = "; ".join(dict.fromkeys(f"{fate}{f': {said}' if said else ''}" for _, fate, said in probe.missed))
        why.append(f"{len(probe.missed)} of {tried} articles could not be read ({reasons})")
    if probe.articles:
        if all(len(article.text.split()) < _SHORT_TEXT for article in probe.articles):
            why.append(
                "the articles' texts are very short: is that all they say? See one with `rasid sources check NAME`"
            )
        if not any(article.published_at for article in probe.articles):
            why.append("no article says when it was published")
        declared = probe.source.language.partition("-")[0]
        spoken = {a.language.partition("-")[0] for a in probe.articles if a.language != "und"}
        if spoken and declared not in spoken:
            why.append(f"its articles are in `{'`, `'.join(sorted(spoken))}`; `language: {declared}` is declared")
    return why


def _of_times(probe: Probe, now: datetime) -> list[str]:
    found = rhythm(probe.entries, now)
    ahead = [e for e in probe.entries if e.published_at and e.published_at > now + _AHEAD]
    why = []
    if ahead:
        why.append(f"{len(ahead)} entries are dated in the time to come: its clock, or its zone, is wrong")
    if found.newest and now - found.newest > _SILENT:
        why.append(f"nothing new for {(now - found.newest).days} days: is this still where the outlet publishes?")
    elif found.reach is not None and found.dated > 3 and found.reach < _SHORT:
        minutes = max(1, round(found.reach / timedelta(minutes=1)))
        why.append(f"it shows only {minutes} minutes of publishing; a WordPress API or a sitemap would show more")
    return why


def _of_address(probe: Probe) -> list[str]:
    page = probe.page
    if page is None or not page.redirects or canonical(page.url) == canonical(page.asked):
        return []
    return [f"it has moved: write `url: {page.url}`"] if probe.source.url == page.asked else []


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
