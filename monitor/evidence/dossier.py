"""What is handed on of an article: its text and Versions, its flags, its Captures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.urls import canonical
from storage.proofs import CaptureRecord
from storage.records import Flag, Flagged, StoredArticle, Version
from storage.store import Store

__all__ = ["Case", "cases", "kept", "wanted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An article with everything that proves it."""

    stored: StoredArticle
    flags: tuple[Flag, ...]
    versions: tuple[Version, ...]
    captures: tuple[CaptureRecord, ...]
    """Of its first reading and of its Versions, oldest first; also those that were dropped by rule."""


def wanted(
    store: Store, names: Sequence[str], lists: Sequence[str], since: datetime | None
) -> tuple[list[int], list[str]]:
    """Ids of the articles that are named (by id, address, Capture, or the list that flagged them), and what nobody knows."""
    found: dict[int, None] = {}
    unknown = []
    for name in names:
        if name in lists:
            many: Iterable[int] = _flagged_by(store, name, since)
        else:
            one = _article(store, name)
            many = [one] if one is not None else []
            if one is None:
                unknown.append(name)
        found |= dict.fromkeys(many)
    return list(found), unknown


def _flagged_by(store: Store, name: str, since: datetime | None) -> list[int]:
    from datetime import UTC

    until = datetime.max.replace(tzinfo=UTC)
    flagged: list[Flagged] = store.flagged(until=until, since=since, lists=[name], digested=True)
    return [one.stored.id for one in flagged]


def _article(store: Store, name: str) -> int | None:
    if name.isdecimal():
        found = store.article(int(name)) if len(name) < 18 else None
        return None if found is None else found.id
    if name.startswith("urn:uuid:"):
        return store.proofs.article_of(name)
    found = store.article_at(canonical(name))
    return None if found is None else found.id


def cases(store: Store, numbers: Iterable[int]) -> list[Case]:
    """In the order that was asked for."""
    made = []
    for number in numbers:
        stored = store.article(number)
        if stored is not None:
            made.append(
                Case(
                    stored=stored,
                    flags=tuple(store.flags_of(number)),
                    versions=tuple(store.looking.versions_of(number)),
                    captures=tuple(store.proofs.captures_of(number)),
                )
            )
    return made


def kept(found: Iterable[Case]) -> list[CaptureRecord]:
    """Their Captures that are there, each once, in the order of the ledger."""
    once = {one.id: one for case in found for one in case.captures if one.dropped_at is None}
    return sorted(once.values(), key=lambda one: (one.chain, one.number))
