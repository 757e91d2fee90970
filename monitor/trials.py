"""What ``rasid watch`` shows at a terminal. Words that were found are marked: reversed, or between ⟦ and ⟧ in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich.console import Console
from rich.text import Text

from monitor.comparing import Change
from monitor.explaining import Explained, Seen
from monitor.quotes import Piece, cut, mark
from monitor.spellings import Likeness
from monitor.terminal import plain
from monitor.trying import ListTrial
from storage.records import Span

__all__ = ["show_diff", "show_explained", "show_suggested", "show_tried"]

_SHORT = 800
"""Characters of a text that is shown whole."""
_SHOWN = 40
"""Words in one line of forms."""


def show_tried(console: Console, tried: Sequence[ListTrial], title: str, text: str) -> None:
    """The text with what was found, then each list: flagged or not, by which rules, and which were near."""
    spans = [span for trial in tried for rule in trial.met for span in rule.spans]
    if title != text:
        console.print(_pieces(console, mark(title, _ranges(spans, "title"))), soft_wrap=True)
    for pieces in _quoted(text, [span for span in spans if span.where == "text"]):
        console.print(_pieces(console, pieces), soft_wrap=True)
    console.print()
    for trial in sorted(tried, key=lambda one: (not one.flagged, not one.met, not one.unmet)):
        _list(console, trial)


def _list(console: Console, trial: ListTrial) -> None:
    how = f"flagged ({trial.severity})" if trial.flagged else "not flagged"
    _say(console, f"{trial.id}: {how}", bold=trial.flagged)
    if trial.why_not:
        _say(console, f"  {trial.why_not}")
    for rule in trial.met:
        weight = f", weight {rule.weight:g}" if rule.weight != 1 else ""
        words = _words(rule.spans)
        _say(console, f"  met: rule {rule.rule} (line {rule.line}{weight}){f': {words}' if words else ''}")
    for unmet in trial.unmet:
        _say(console, f"  not met: rule {unmet.rule} (line {unmet.line}), though {_words(unmet.spans)}: {unmet.why}")


def show_explained(console: Console, said: Explained) -> None:
    """What a term is looked for as, and what that finds."""
    _say(console, f"{said.term}: a {said.kind}", bold=True)
    _say(console, f"  {said.why}")
    for name, words in (("dictionary", said.words), ("pack", said.aliases), ("not where", said.exclude)):
        if words:
            _say(console, f"  {name}: {_row(words)}")
    if said.forms:
        _say(console, f"  matches, with what Arabic writes onto a word: {_row(said.forms)}")
    for warning in said.warnings:
        _say(console, f"  warning: {warning}")
    for one in said.homographs[:_SHOWN]:
        _say(
            console, f"  warning: {one.form} may be another word: {one.other} ({one.kind}, {one.share:.0%} of its uses)"
        )
    if not said.articles:
        _say(console, "No article is stored yet: after a first `rasid crawl` this shows what of the archive it finds.")
        return
    _say(console, f"In the newest {said.articles} articles:")
    _say(console, f"  found: {_counted(said.seen) or 'nowhere'}")
    _say(console, f"  looks alike, left alone: {_counted(said.left) or 'nothing'}")
    if said.left:
        _say(console, "  What of these is meant as well goes under `aliases:`, or into a rule of its own.")


def show_suggested(
    console: Console, term: str, shown: Sequence[Likeness], new: Sequence[Likeness], articles: int
) -> None:
    """Spellings like a term, with counts."""
    if not articles:
        _say(console, "No article is stored yet: after a first `rasid crawl` this looks through the archive.")
        return
    if not shown:
        _say(
            console,
            f"In the newest {articles} articles no spelling looks like {term}{'' if new else ' and is not found already'}.",
        )
        return
    for one in shown:
        also = [word for word in one.seen if word != one.spelling]
        found = "" if one in new else "  (found already)"
        _say(console, f"{one.count:>7}  {one.spelling}{f'  as {_row(also)}' if also else ''}{found}")
    if new:
        _say(console, "Those that mean the same go into the list beside the name; others look alike by chance:")
        _say(console, f"  - name: {term}\n    aliases: [..., ...]")


def show_diff(
    console: Console, changes: Sequence[Change], lists: Iterable[str], articles: int, since: date, limit: int
) -> None:
    """Per list what would be added and what lost, with the newest articles of each."""
    _say(
        console,
        f"{articles} articles stored since {since}, the lists as they are now beside the flags that are stored:",
    )
    known = list(lists)
    gone = sorted({one.list for one in changes} - set(known))
    for name in [*known, *gone]:
        mine = sorted((one for one in changes if one.list == name), key=lambda one: -one.stored.id)
        added = sum(one.added for one in mine)
        _say(
            console,
            f"{name}: +{added} -{len(mine) - added}{' (this list is gone)' if name in gone else ''}",
            bold=bool(mine),
        )
        for one in mine[:limit]:
            article = one.stored.article
            words = _words(span for flag in one.flags for span in flag.spans)
            _say(console, f"  {'+' if one.added else '-'} {one.stored.id} {article.source}: {article.title} ({words})")
        if len(mine) > limit:
            _say(console, f"  ... and {len(mine) - limit} more; --limit shows them")
    if changes:
        _say(
            console,
            "`rasid watch rescan --since DATE` flags what would be added; it comes with the next digest, marked.",
        )


def _say(console: Console, line: str, *, bold: bool = False) -> None:
    console.print(Text(plain(line), style="bold" if bold else ""), soft_wrap=True)


def _words(spans: Iterable[Span]) -> str:
    return "، ".join(dict.fromkeys(span.words for span in spans))


def _row(words: Sequence[str]) -> str:
    more = f" … and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return "، ".join(words[:_SHOWN]) + more


def _counted(seen: Sequence[Seen]) -> str:
    more = f" … and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
    return "، ".join(f"{one.word} ({one.count})" for one in seen[:_SHOWN]) + more


def _ranges(spans: Iterable[Span], where: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans if span.where == where]


def _quoted(text: str, spans: Sequence[Span]) -> Iterable[tuple[Piece, ...]]:
    if len(text) <= _SHORT:
        yield mark(text, _ranges(spans, "text"))
        return
    quotes, more = cut(text, spans, limit=10)
    for quote in quotes:
        yield (Piece(text="… "), *quote.pieces) if quote.cut_before else quote.pieces
    if more:
        yield (Piece(text=f"… and {more} more"),)


def _pieces(console: Console, pieces: Iterable[Piece]) -> Text:
    """Marked by colour where there is one, and by brackets where not."""
    coloured = console.is_terminal and not console.no_color
    said = Text()
    for piece in pieces:
        if not piece.marked:
            said.append(plain(piece.text))
        elif coloured:
            said.append(plain(piece.text), style="reverse")
        else:
            said.append(f"⟦{plain(piece.text)}⟧")
    return said
