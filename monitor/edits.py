"""What became of articles after they were published, as the digest shows it: edited, removed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.source import Source
from monitor.coverage import Outlet, outlet
from storage.records import Change, Removed, Version

__all__ = ["Edit", "Removal", "edits", "removals"]

_KINDS = ("headline", "term", "number", "name", "cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An article that was changed in more than trifles after it was published."""

    id: int
    outlet: Outlet
    url: str
    title: str
    """As it was stored first."""
    read_at: datetime
    """When the new wording was seen."""
    changes: tuple[Change, ...]
    """Those that matter, the gravest kind first."""
    capture: str | None
    """Of the first wording."""
    new_url: str | None
    """Where the new wording was published, if it was published once more under another address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """An article that its site does not have any more."""

    id: int
    outlet: Outlet
    url: str
    title: str
    gone_at: datetime
    """The first look that did not find it."""
    removed_at: datetime
    why: str
    capture: str | None


def edits(changed: Sequence[Version], sources: Mapping[str, Source]) -> tuple[Edit, ...]:
    """Versions with a substantial change, in the order in which they were seen."""
    shown = sorted((version for version in changed if version.substantial), key=lambda v: (v.read_at, v.article.id))
    return tuple(
        Edit(
            id=version.article.id,
            outlet=outlet(version.article.article.source, sources),
            url=version.article.article.url,
            title=version.article.article.title,
            read_at=version.read_at,
            changes=tuple(
                sorted((c for c in version.changes if c.kind in _KINDS), key=lambda change: _KINDS.index(change.kind))
            ),
            capture=version.article.article.capture,
            new_url=version.url,
        )
        for version in shown
    )


def removals(removed: Sequence[Removed], sources: Mapping[str, Source]) -> tuple[Removal, ...]:
    """Articles that are gone, in the order in which that was found."""
    return tuple(
        Removal(
            id=one.article.id,
            outlet=outlet(one.article.article.source, sources),
            url=one.article.article.url,
            title=one.article.article.title,
            gone_at=one.gone_at,
            removed_at=one.removed_at,
            why=one.why,
            capture=one.article.article.capture,
        )
        for one in sorted(removed, key=lambda r: (r.removed_at, r.article.id))
    )
