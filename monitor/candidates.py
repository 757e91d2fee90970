"""Which entrance of a site to read: what its entrances gave, compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.charset import decode
from crawler.discovery import Announced, usual
from crawler.source import Source
from crawler.spiders import KINDS
from crawler.telegram import HOSTS
from crawler.urls import canonical
from monitor.sourcecheck import Probe, rhythm
from monitor.yamltext import BIDI, UNSEEN

__all__ = ["Choice", "Entrance", "choose", "entrances", "guesses", "identity", "kind_of", "name_for", "title_for"]

_DAY = timedelta(days=1)
_STALE = timedelta(days=7)
_UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{UNSEEN}{BIDI}]+")
_GENERIC = frozenset(
    (
        "www",
        "m",
        "ar",
        "arabic",
        "news",
        "feeds",
        "feed",
        "rss",
        "com",
        "net",
        "org",
        "info",
        "co",
        "gov",
        "edu",
        "tv",
        "fm",
    )
)
_MOST = 8
"""Addresses of one kind that are tried."""


@dataclass(frozen=True, slots=True)
class Entrance:
    kind: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entrance that answered, and what speaks for it."""

    probe: Probe
    why: str
    rank: tuple[float, ...]
    """Higher is better."""

    @property
    def usable(self) -> bool:
        return bool(self.probe.entries) and self.probe.outcome is not None and not self.probe.outcome.in_trouble


def kind_of(url: str, body: bytes, content_type: str | None) -> str | None:
    """The kind of source that a fetched address is by itself; ``None``: a page of a site, as it seems."""
    if urlsplit(url).netloc.lower() in HOSTS:
        return "telegram"
    if b"tgme_widget_message" in body or b"tgme_channel_history" in body:  # a mirror of the preview
        return "telegram"
    start = decode(body[:4000], content_type).lstrip("\ufeff \t\r\n").lower()
    if re.search(r"<(?:[\w-]{1,20}:)?(?:urlset|sitemapindex)[\s>]", start) or body[:2] == b"\x1f\x8b":
        return "sitemap"
    if re.search(r"<(?:rss|feed|rdf:rdf)[\s>]", start) or "jsonfeed.org" in start:
        return "feed"
    if "/wp-json" in url or "rest_route=" in url:
        return "wordpress"
    return None


def entrances(announced: Announced, sitemaps: Sequence[str], front: str) -> list[Entrance]:
    """What a site names, each once: its front page, as a page of headlines, is the last."""
    found = [Entrance("feed", url) for url in announced.feeds[:_MOST]]
    if announced.wordpress:
        found.append(Entrance("wordpress", announced.wordpress))
    found += [Entrance("sitemap", url) for url in (*announced.sitemaps, *sitemaps)[:_MOST]]
    return _once([*found, Entrance("section", front)])


def guesses(front: str, known: Iterable[Entrance]) -> list[Entrance]:
    """Where most sites have what this one does not name."""
    kinds = {entrance.kind for entrance in known}
    feeds, sitemaps = usual(front)
    found = [] if "feed" in kinds else [Entrance("feed", url) for url in feeds]
    if "wordpress" not in kinds:
        found.append(Entrance("wordpress", front))
    found += [] if "sitemap" in kinds else [Entrance("sitemap", url) for url in sitemaps]
    return _once(found)


def _once(found: Iterable[Entrance]) -> list[Entrance]:
    kept: dict[tuple[str, str], Entrance] = {}
    for entrance in found:
        kept.setdefault((entrance.kind, canonical(entrance.url)), entrance)
    return list(kept.values())


def identity(kind: str, url: str) -> str:
    """What two declarations of the same entrance have in common: ``t.me/NAME`` is ``t.me/s/NAME``."""
    return canonical(KINDS[kind].start(Source(name="x", kind=kind, url=url, title="x")))


def choose(probes: Sequence[Probe], now: datetime, kind: str | None = None) -> list[Choice]:
    """The entrances that answered with entries, best first; only those of ``kind``, where one is asked for."""
    newest = max((found.newest for p in probes if (found := rhythm(p.entries, now)).newest), default=None)
    choices = [_choice(p, now, newest) for p in probes if kind is None or p.source.kind == kind]
    usable = [choice for choice in choices if choice.usable]
    return sorted(usable, key=lambda choice: choice.rank, reverse=True)


def _choice(probe: Probe, now: datetime, newest: datetime | None) -> Choice:
    found, kind = rhythm(probe.entries, now), probe.source.kind
    share = found.dated / max(len(probe.entries), 1)
    reach = found.reach or timedelta()
    current = newest is None or (found.newest is not None and newest - found.newest < _STALE)
    titled = sum(entry.title is not None for entry in probe.entries) / max(len(probe.entries), 1)
    if kind == "feed":
        day = reach >= _DAY
        worth = 4.0 if day and share > 0.8 else 2.0
        shows = f"it shows {_days(reach)} of publishing" if share > 0.8 else "its entries have hardly any times"
        why = f"the feed: cheap to ask, and {shows}" if day else f"a feed, but {shows}"
    elif kind == "wordpress":
        worth, why = 3.0, "WordPress's API: exact times, whole texts, and pages back in time where something was missed"
    elif kind == "sitemap":
        news = share > 0.8 and titled > 0.8
        worth = 2.5 if news else 1.0
        why = "a news sitemap: titles and times of the last days" if news else "a sitemap: the archive, without titles"
    else:
        worth, why = 0.5, "a page of headlines: titles, and no times"
    return Choice(probe=probe, why=why, rank=(float(current), worth, found.per_day or 0.0, float(len(probe.entries))))


def _days(span: timedelta) -> str:
    if span >= 2 * _DAY:
        return f"{span / _DAY:.0f} days"
    if span >= timedelta(hours=2):
        return f"{span / timedelta(hours=1):.0f} hours"
    return f"{span / timedelta(minutes=1):.0f} minutes"


def name_for(url: str, taken: Collection[str]) -> str:
    """A name that is free: the channel's, or what a host's name has of its own (``www.enabbaladi.net``: ``enabbaladi``)."""
    parts = urlsplit(url)
    if parts.netloc.lower() in HOSTS:
        path = [part for part in parts.path.split("/") if part and part != "s"]
        words = [path[0] if path else "telegram"]
    else:
        host = (parts.hostname or "source").rstrip(".").lower()
        labels = host.split(".") if not re.fullmatch(r"[0-9.]+|.*:.*", host) else [host]
        own = [label for label in labels[:-1] if label not in _GENERIC] or labels[:1]
        words = own[-1:]
    name = re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")[:40] or "source"
    candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def title_for(said: str | None, name: str) -> str:
    """A title that may stand in the file."""
    title = re.sub(r"\s+", " ", _UNFIT.sub(" ", said or "")).strip()[:100].strip()
    return title or name
