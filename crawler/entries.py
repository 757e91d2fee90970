"""An Article of an Entry alone: of a listing that carries the article whole, such as a channel's posts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from crawler import labels, published
from crawler.article import Article, Entry
from crawler.folding import bare, squeeze
from crawler.languages import language_of
from crawler.notes import FROM_FEED, NO_HEADLINE, WHOLE
from crawler.pages import Reading
from crawler.sheet import Sheet, TooMuch, parse
from crawler.urls import canonical

__all__ = ["WHOLE", "from_entry"]

_ENOUGH = 25
"""Characters: what has to be left of a text for its first line to be taken off as its headline."""


def from_entry(
    entry: Entry, url: str, now: datetime, zone: str, *, source: str = "", boilerplate: Collection[str] = ()
) -> Reading:
    """The article that an Entry is; ``url`` is its address, ``now`` the aware moment of fetching the listing.

    A flash of three words is an article here: unlike :func:`crawler.pages.read`, which has to tell a text from a page's
    furniture, this judges nothing but that there is text. Standing phrases ("تابعونا على …") and lines of ``boilerplate`` are
    left out, and a first line that is the title, where something follows. ``zone`` is the IANA zone of a time without one.
    Never raises for what an Entry holds.
    """
    offered = entry.content or entry.summary or ""
    lines, why = _lines(offered)
    pruned = [f"label: {line[:80]}" for line in lines if labels.is_boilerplate(line)]
    kept = [line for line in lines if not labels.is_boilerplate(line)]
    kept, dropped = labels.without(kept, boilerplate)
    pruned += [f"boilerplate of the source: {line[:80]}" for line in dropped]
    if not kept:
        return Reading(
            article=None,
            why=why or ("nothing but standing phrases" if lines else "no text in it"),
            pruned=tuple(pruned),
        )
    title = squeeze(entry.title or "")
    notes = [WHOLE if entry.complete else FROM_FEED, *entry.notes]
    if not title:
        notes.append(NO_HEADLINE)
        title = kept[0][:120]
    elif bare(kept[0]) == bare(title) and len(bare("".join(kept[1:]))) >= _ENOUGH:
        pruned.append(f"headline or date line: {kept.pop(0)[:80]}")
    text = "\n".join(kept)
    moment = published.choose((), entry, (), entry.url, now, zone)
    if moment is not None and moment.note:
        notes.append(moment.note)
    article = Article(
        url=canonical(url),
        source=source,
        title=title,
        text=text,
        language=language_of(f"{title}\n{text}", entry.language),
        fetched_at=now,
        published_at=moment.at if moment else None,
        published_from=moment.origin if moment else None,
        published_raw=(moment.raw or None) if moment else None,
        author=entry.author,
        image=entry.image,
        tags=entry.tags,
        summary=entry.summary,
        notes=tuple(dict.fromkeys(notes)),
    )
    return Reading(article=article, pruned=tuple(pruned))


def _lines(offered: str) -> tuple[list[str], str]:
    """The lines of HTML or plain text, and why there are none."""
    if "<" not in offered:
        return [line for line in map(squeeze, offered.splitlines()) if line], ""
    try:
        root = parse(f"<html><body><div>{offered}</div></body></html>")
    except TooMuch as much:
        return [], f"more than an article may cost: {much}"
    return ([line.text for line in Sheet(root).lines if line.text] if root is not None else []), ""
