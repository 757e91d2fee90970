"""What a person at a terminal sees: a pass as it goes, the state of things, one article and why it was flagged.

Everything from the web goes through :func:`plain`: a headline must not move the cursor or turn the line round.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from crawler.article import Article, Entry
from crawler.outcome import Fate, Outcome
from storage.records import Flag, Missed, StoredArticle

if TYPE_CHECKING:
    from monitor.passes import Summary  # with it come the matcher and the index, which `status` has no use for

__all__ = [
    "Live",
    "Plain",
    "ago",
    "moment",
    "plain",
    "show_article",
    "show_missed",
    "show_reading",
    "show_summary",
]


def plain(text: str) -> str:
    """Without control and format characters (escape sequences, bidi overrides); zero-width joiners stay."""
    return "".join(c for c in text if c in "\n\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


def _line(outcome: Outcome) -> str:
    counts = ", ".join(f"{count} {fate}" for fate, count in sorted(outcome.fates.items()) if count)
    why = f": {plain(outcome.why)}" if outcome.why else ""
    return f"{outcome.source}: {outcome.ending}{why}{f' ({counts})' if counts else ''}"


class Plain:
    """A line for each source that ended and each flagged article: for logs, cron and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def article(self, article: Article, flags: Sequence[Flag]) -> None:
        if flags:
            lists = ", ".join(dict.fromkeys(flag.list for flag in flags))
            self._print(f"flagged [{lists}] {article.source}: {plain(article.title)}")

    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None:
        if fate is Fate.OFF_TOPIC:  # a hundred a pass, of nobody's interest one by one: the source's line counts them
            return
        self._print(f"{fate}: {source}: {plain(entry.url)}: {plain(why)}")

    def ended(self, outcome: Outcome) -> None:
        self._print(_line(outcome))

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class Live(Plain):
    """The same lines, over a bar that shows how many sources are done."""

    def __init__(self, console: Console, sources: int) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("sources"),
            TextColumn("{task.fields[stored]} stored, {task.fields[flagged]} flagged"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("reading", total=sources, stored=0, flagged=0)
        self._stored = self._flagged = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def article(self, article: Article, flags: Sequence[Flag]) -> None:
        self._stored += 1
        self._flagged += bool(flags)
        self._progress.update(self._task, stored=self._stored, flagged=self._flagged)
        super().article(article, flags)

    def ended(self, outcome: Outcome) -> None:
        self._progress.advance(self._task)
        super().ended(outcome)


def show_summary(console: Console, summary: Summary) -> None:
    """Two or three lines: what the pass came to."""
    console.print(
        f"{len(summary.outcomes)} sources, {sum(summary.fates.values())} entries: {summary.stored} stored"
        f" ({summary.retold} of them retold), {summary.flagged} flagged",
        highlight=False,
    )
    other = {fate: n for fate, n in summary.fates.items() if n and fate is not Fate.STORED}
    if other:
        console.print("not stored: " + ", ".join(f"{n} {fate}" for fate, n in sorted(other.items())), highlight=False)
    if summary.in_trouble:
        names = ", ".join(f"{o.source} ({o.ending})" for o in summary.in_trouble)
        console.print(f"sources in trouble: {names}", markup=False, highlight=False)


def ago(at: datetime | None, now: datetime) -> str:
    """``3 h ago``, ``in 12 min``."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    amount, unit = next(
        (abs(seconds) // size, unit)
        for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"), (0.001, "ms"))
        if abs(seconds) >= size or size < 1
    )
    if unit == "ms":
        return "now"
    return f"{amount:.0f} {unit} ago" if seconds > 0 else f"in {amount:.0f} {unit}"


def show_article(
    console: Console,
    stored: StoredArticle,
    flags: Sequence[Flag],
    tellings: Iterable[StoredArticle],
    zone: str,
    after: Iterable[str] = (),
) -> None:
    """One article: what it is, why it was flagged, who else told it, what became of it, its text with the words marked."""
    _facts(console, stored.article, zone, [("id", str(stored.id))])
    if stored.same_as:
        console.print(f"  {'same text as':<13}{stored.same_as}")
    for flag in flags:
        words = "، ".join(dict.fromkeys(plain(span.words) for span in flag.spans))
        late = ", late" if flag.late else ""
        console.print(
            f"  {'flagged':<13}{flag.list} ({flag.severity}{late}), rule {plain(flag.rule)}: {words}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if not flags:
        console.print("  not flagged by any watch list")
    for other in tellings:
        if other.id != stored.id:
            console.print(
                f"  {'also told':<13}{other.article.source}, {other.id}: {plain(other.article.url)}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    for line in after:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(_marked(stored.article.text, flags), soft_wrap=True)


def show_reading(console: Console, article: Article, zone: str) -> None:
    """An article that is not stored, as it was read."""
    _facts(console, article, zone)
    console.print()
    console.print(Text(plain(article.text)), soft_wrap=True)


def _facts(console: Console, article: Article, zone: str, first: Sequence[tuple[str, str | None]] = ()) -> None:
    console.print(Text(plain(article.title), style="bold"))
    rows = [
        *first,
        ("url", article.url),
        ("source", article.source),
        ("published", moment(article.published_at, zone, article.published_from, article.published_raw)),
        ("read", moment(article.fetched_at, zone)),
        ("author", article.author),
        ("language", article.language),
        ("image", article.image),
        ("tags", ", ".join(article.tags) or None),
        ("capture", article.capture),
        ("notes", "; ".join(article.notes) or None),
    ]
    for name, value in rows:
        if value:
            console.print(f"  {name:<13}{plain(value)}", markup=False, highlight=False, soft_wrap=True)


def _marked(text: str, flags: Sequence[Flag]) -> Text:
    marked, at = Text(), 0
    spans = sorted({(s.start, s.end) for flag in flags for s in flag.spans if s.where == "text"})
    for start, end in spans:
        if start < at:
            continue
        marked.append(plain(text[at:start]))
        marked.append(plain(text[start:end]), style="reverse")
        at = end
    marked.append(plain(text[at:]))
    return marked


def moment(at: datetime | None, zone: str, origin: str | None = None, raw: str | None = None) -> str | None:
    """As people write it; ``unknown`` where the page says none."""
    if at is None:
        return f"unknown (the page says {raw!r})" if raw else "unknown"
    shown = f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
    return f"{shown}, from {origin}" if origin else shown


def show_missed(console: Console, missed: Missed, zone: str) -> None:
    """An entry that did not become an article, and why."""
    console.print(Text(plain(missed.title or missed.url), style="bold"))
    for name, value in (
        ("url", missed.url),
        ("source", missed.source),
        ("fate", str(missed.fate)),
        ("why", missed.why),
        ("first seen", moment(missed.first_seen_at, zone)),
        ("last seen", f"{moment(missed.last_seen_at, zone)}, tried {missed.tries} times"),
    ):
        console.print(f"  {name:<13}{plain(value or '')}", markup=False, highlight=False, soft_wrap=True)
