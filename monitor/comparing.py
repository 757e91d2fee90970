"""The stored past under other watch lists: what they would add and what they would lose. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from crawler.notes import ARCHIVED
from monitor.rules import WatchLists, flag
from storage.records import Flag, StoredArticle

__all__ = ["Change", "compare", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An article that a list flags now and did not, or did and does not now."""

    list: str
    added: bool
    """``False``: lost."""
    stored: StoredArticle
    flags: tuple[Flag, ...]
    """What would be added, or what was stored and would be so no more."""


def compare(
    lists: WatchLists, stored: StoredArticle, flags: Sequence[Flag], only: Collection[str] | None = None
) -> list[Change]:
    """What ``lists`` would change for one article; ``flags``: those that are stored. ``only``: ids of lists.

    An article that a list goes on to flag, by whatever rule, is no change.
    """
    now = _by_list(flag(lists, stored.article), only)
    then = _by_list(flags, only)
    changes = [
        Change(list=name, added=True, stored=stored, flags=mine) for name, mine in now.items() if name not in then
    ]
    changes += [
        Change(list=name, added=False, stored=stored, flags=mine) for name, mine in then.items() if name not in now
    ]
    return changes


def late(
    lists: WatchLists, stored: StoredArticle, flags: Sequence[Flag], only: Collection[str] | None = None
) -> tuple[Flag, ...]:
    """The flags of ``lists`` that an article does not have yet, marked late; no digest takes those of an archive."""
    have = {(one.list, one.rule) for one in flags}
    found = (one for mine in _by_list(flag(lists, stored.article), only).values() for one in mine)
    aside = any(note.startswith(ARCHIVED) for note in stored.article.notes)
    return tuple(replace(one, late=True, aside=aside) for one in found if (one.list, one.rule) not in have)


def _by_list(flags: Iterable[Flag], only: Collection[str] | None) -> dict[str, tuple[Flag, ...]]:
    found: dict[str, tuple[Flag, ...]] = {}
    for one in flags:
        if only is None or one.list in only:
            found[one.list] = (*found.get(one.list, ()), one)
    return found
