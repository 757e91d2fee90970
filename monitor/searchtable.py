"""What a search found, at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from monitor.formats.safe import plain
from monitor.quotes import Piece, cut, mark
from monitor.searching import Found

__all__ = ["show", "snippet"]


def show(console: Console, found: Sequence[Found], count: int, zone: str, *, more: bool) -> None:
    """``count``: articles that the index has given; ``more``: there may be more than are shown."""
    for one in found:
        article = one.stored.article
        at = (article.published_at or article.fetched_at).astimezone(ZoneInfo(zone))
        console.print(Text.assemble((f"{one.stored.id} ", "cyan"), f"{at:%Y-%m-%d %H:%M} {article.source}"))
        title = [(span.start, span.end) for span in one.spans if span.where == "title"]
        console.print(_marked(mark(article.title, title), style="bold"))
        for pieces in _quotes(one):
            console.print(_marked(pieces))
        console.print(Text(plain(article.url), style="dim"))
        console.print()
    if not found:
        console.print("nothing found")
    elif more and count > len(found):
        console.print(f"the newest {len(found)} of about {count}; --all shows all, --limit more")
    else:
        console.print(f"found: {len(found)}")


def snippet(one: Found) -> str:
    """The first sentence in which the words stand; where they stand in the title only, the beginning of the text."""
    quotes = list(_quotes(one))
    return plain("".join(piece.text for piece in quotes[0]) if quotes else one.stored.article.text[:200])


def _quotes(one: Found) -> Iterator[tuple[Piece, ...]]:
    spans = [span for span in one.spans if span.where == "text"]
    quotes, _ = cut(one.stored.article.text, spans, limit=2)
    return (quote.pieces for quote in quotes)


def _marked(pieces: Iterable[Piece], style: str = "") -> Text:
    text = Text(style=style)
    for piece in pieces:
        text.append(plain(piece.text), style="reverse" if piece.marked else "")
    return text
