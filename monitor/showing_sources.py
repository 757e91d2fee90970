"""What a person at a terminal sees of sources: the table, what a check understood, what an addition would write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.article import Article, Entry
from monitor.sourcecheck import FAILED, LOOK, OK, Probe, Verdict, rhythm
from monitor.sourcetable import Row
from monitor.terminal import ago, plain

__all__ = ["check_json", "lasting", "show_check", "show_checks", "show_sources", "sources_json", "wide"]

_ENTRIES_SHOWN = 5
_TEXT_SHOWN = 600
_WIDE = 240
_ORDER = (FAILED, LOOK, OK)
_STYLES = {FAILED: "bold red", LOOK: "yellow"}


def wide() -> Console:
    """Standard output; what goes into a file or a pipe is not folded for a screen."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)


def lasting(span: timedelta | None) -> str:
    """A duration as people write it: ``15m``, ``2h``, ``3d``."""
    if span is None:
        return ""
    seconds = span.total_seconds()
    size, unit = next(((s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "m")) if seconds >= s), (1, "s"))
    return (
        f"{seconds / size:.0f}{unit}" if seconds / size >= 10 or seconds % size == 0 else f"{seconds / size:.1f}{unit}"
    )


def show_sources(console: Console, rows: Sequence[Row], now: datetime) -> None:
    """A line a source; what needs a person is told below."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("source", "outlet", "kind", "last read", "every", "new a day", "gaps", "ended", "verified"):
        table.add_column(name, justify="right" if name in ("every", "new a day", "gaps") else "left", overflow="fold")
    for row in rows:
        off = row.title is not None and not row.enabled
        table.add_row(
            row.name,
            plain(row.title) if row.title else "(no longer declared)",
            row.kind or "",
            "off" if off else ago(row.last_read_at, now),
            lasting(row.rhythm),
            "" if row.new_per_day is None else f"{row.new_per_day:.3g}",
            str(row.gaps or ""),
            Text(_ended(row, now), style="red" if row.in_trouble else "yellow" if row.silent_since else ""),
            "" if row.title is None else str(row.verified or "never"),
            style="dim" if off or row.title is None else "",
        )
    console.print(table)
    read = [row for row in rows if row.enabled]
    trouble = [row.name for row in read if row.in_trouble]
    unseen = sum(row.verified is None for row in read)
    said = [f"\n{len(read)} of {len(rows)} are read"]
    if trouble:
        said.append(f"in trouble: {', '.join(trouble)} (`rasid sources check NAME` looks again)")
    if gaps := sum(row.gaps for row in rows):
        said.append(f"{gaps} gaps could not be filled: the digest of their day tells of each")
    if unseen:
        said.append(f"{unseen} were never verified: `rasid sources check --record` tries all and writes down the day")
    for line in said:
        console.print(line, highlight=False, soft_wrap=True)


def _ended(row: Row, now: datetime) -> str:
    if row.ended is None:
        return ""
    often = f" ({row.in_trouble} passes)" if row.in_trouble > 1 else ""
    silent = f"; silent for {lasting(now - row.silent_since)}" if row.silent_since else ""
    return f"{row.ended}{often}{f': {plain(row.why)}' if row.why else ''}{silent}"


def sources_json(rows: Sequence[Row]) -> str:
    """Times in ISO 8601, in UTC; durations in seconds."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"not for JSON: {value!r}")


# --- rasid sources check ----------------------------------------------------------------------------------------------


def show_checks(console: Console, checked: Sequence[tuple[Probe, Verdict]], now: datetime) -> None:
    """A verdict a source, those that failed first; then what can be done."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("verdict", "source", "entries", "newest", "a day", "articles", "why"):
        table.add_column(name, justify="right" if name in ("entries", "a day", "articles") else "left", overflow="fold")
    for probe, verdict in sorted(checked, key=lambda one: _ORDER.index(one[1].kind)):
        found = rhythm(probe.entries, now)
        tried = len(probe.articles) + len(probe.missed)
        table.add_row(
            Text(verdict.kind, style=_STYLES.get(verdict.kind, "green")),
            probe.source.name,
            str(len(probe.entries)) if probe.entries else "",
            ago(found.newest, now) if found.newest else "",
            "" if found.per_day is None else f"{found.per_day:.0f}",
            f"{len(probe.articles)}/{tried}" if tried else "",
            plain("; ".join(verdict.why)),
        )
    console.print(table)


def show_check(console: Console, probe: Probe, verdict: Verdict, now: datetime, *, everything: bool = False) -> None:
    """All that was understood of one source."""
    source = probe.source
    console.print(Text(f"{source.name}: {verdict.kind}", style=_STYLES.get(verdict.kind, "bold green")))
    for why in verdict.why:
        _say(console, "", f"! {why}")
    _say(console, "outlet", source.title)
    _say(console, "asked", f"{source.url} ({source.kind})")
    if probe.page is not None:
        page = probe.page
        moved = f", came from {page.url}" if page.redirects else ""
        _say(console, "answer", f"HTTP {page.status}, {page.content_type or 'no type'}, {probe.size:,} bytes{moved}")
    if probe.robots is not None:
        delay = f", {probe.robots.delay:g} s between two requests" if probe.robots.delay else ""
        _say(console, "robots.txt", f"{'allowed' if probe.robots.allowed else 'not allowed'}{delay}")
    if probe.outcome is not None:
        _say(console, "outcome", f"{probe.outcome.ending}{f': {probe.outcome.why}' if probe.outcome.why else ''}")
        for defect in probe.outcome.defects:
            _say(console, "defect", defect)
    _rhythm(console, probe, now)
    zone = ZoneInfo(source.zone)
    for entry in probe.entries[: None if everything else _ENTRIES_SHOWN]:
        _entry(console, entry, zone)
    if not everything and len(probe.entries) > _ENTRIES_SHOWN:
        _say(console, "", f"... and {len(probe.entries) - _ENTRIES_SHOWN} more")
    for entry, fate, said in probe.missed:
        _say(console, str(fate), f"{entry.url}{f': {said}' if said else ''}")
    if source.scope != "all" and probe.articles:
        _say(console, "on topic", f"{len(probe.articles) - probe.off_topic} of {len(probe.articles)} that were read")
    for article in probe.articles[: None if everything else 1]:
        _article(console, article, zone)
    console.print()


def _rhythm(console: Console, probe: Probe, now: datetime) -> None:
    if not probe.entries:
        return
    found = rhythm(probe.entries, now)
    whole = sum(entry.complete or bool(entry.content) for entry in probe.entries)
    _say(console, "entries", f"{len(probe.entries)}, {found.dated} with a time, {whole} with the whole text")
    if found.newest:
        _say(console, "newest", ago(found.newest, now))
    if found.per_day is not None:
        _say(console, "rhythm", f"some {found.per_day:.3g} a day; the listing goes back {lasting(found.reach)}")


def _entry(console: Console, entry: Entry, zone: ZoneInfo) -> None:
    at = f"{entry.published_at.astimezone(zone):%Y-%m-%d %H:%M %Z}" if entry.published_at else "no time"
    said = f" (it says {entry.published_raw!r})" if entry.published_raw else ""
    _say(console, "entry", f"{at}{said} {entry.title or entry.url}")


def _article(console: Console, article: Article, zone: ZoneInfo) -> None:
    at = "no time"
    if article.published_at:
        at = f"{article.published_at.astimezone(zone):%Y-%m-%d %H:%M %Z}, from {article.published_from}"
    console.print()
    console.print(Text(f"  {plain(article.title)}", style="bold"), soft_wrap=True)
    _say(console, "address", article.url)
    _say(console, "published", f"{at}{f' (it says {article.published_raw!r})' if article.published_raw else ''}")
    _say(console, "language", article.language)
    _say(console, "text", f"{len(article.text.split())} words{''.join(f'; {note}' for note in article.notes)}")
    cut = article.text[:_TEXT_SHOWN]
    console.print(Text(plain(cut + (" …" if len(article.text) > _TEXT_SHOWN else ""))), soft_wrap=True)


def _say(console: Console, name: str, value: str) -> None:
    console.print(f"  {name:<11}{plain(value)}", markup=False, highlight=False, soft_wrap=True)


def check_json(checked: Sequence[tuple[Probe, Verdict]], now: datetime) -> str:
    """What a check understood, for programs: a list, one object a source."""
    return json.dumps([_told(*one, now) for one in checked], ensure_ascii=False, indent=2, default=_plain)


def _told(probe: Probe, verdict: Verdict, now: datetime) -> dict[str, Any]:
    found, outcome, page, robots = rhythm(probe.entries, now), probe.outcome, probe.page, probe.robots
    return {
        "source": probe.source.name,
        "kind": probe.source.kind,
        "url": probe.source.url,
        "verdict": verdict.kind,
        "why": verdict.why,
        "outcome": outcome and {"ending": str(outcome.ending), "why": outcome.why, "defects": outcome.defects},
        "answer": page and {"url": page.url, "status": page.status, "type": page.content_type, "bytes": probe.size},
        "robots": robots and {"allowed": robots.allowed, "delay": robots.delay},
        "entries": len(probe.entries),
        "dated": found.dated,
        "newest": found.newest,
        "oldest": found.oldest,
        "per_day": found.per_day,
        "articles": [_article_told(article) for article in probe.articles],
        "off_topic": probe.off_topic,
        "missed": [{"url": entry.url, "fate": str(fate), "why": why} for entry, fate, why in probe.missed],
    }


def _article_told(article: Article) -> dict[str, Any]:
    names = ("url", "title", "language", "published_at", "published_from", "published_raw", "author", "notes")
    return {name: getattr(article, name) for name in names} | {"words": len(article.text.split()), "text": article.text}
