"""Why Articles are one Story and Stories one Event, for a person: every edge with its reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.alignment import Overlap, overlap
from monitor.dedup import telling
from monitor.formats.safe import plain
from monitor.stories import ENOUGH, SPAN, Edge, Told, Weights, events, likeness
from storage.records import Address, Look, StoredArticle, Version
from storage.store import Store

__all__ = ["Afterwards", "Lineage", "afterwards", "as_json", "lines", "of", "told"]

_SAMPLE = 2000
_NEAREST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What is known of a Story."""

    first: StoredArticle
    retold: tuple[tuple[StoredArticle, Overlap], ...]
    """Later tellings, each with what it has in common with the first one."""
    others: tuple[tuple[StoredArticle, Edge, bool], ...]
    """Other Stories that resemble it enough, and whether they are in its Event."""
    after: Afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What became of an Article after it was stored."""

    versions: tuple[Version, ...]
    addresses: tuple[Address, ...]
    """Further ones, under which it was met."""
    look: Look | None


def of(store: Store, article: StoredArticle) -> Lineage:
    """The Story that ``article`` belongs to, the Stories near it, and what became of its first telling."""
    first, *later = store.tellings(article.id)
    said = telling(first.article.text)
    return Lineage(
        first=first,
        retold=tuple((one, overlap(telling(one.article.text), said)) for one in later),
        others=tuple(_others(store, first)),
        after=afterwards(store, article.id),
    )


def afterwards(store: Store, number: int) -> Afterwards:
    """What became of the article of that id."""
    return Afterwards(
        versions=tuple(store.looking.versions_of(number)),
        addresses=store.addresses.of([number]).get(number, ()),
        look=store.looking.look(number),
    )


def _others(store: Store, first: StoredArticle) -> Iterator[tuple[StoredArticle, Edge, bool]]:
    slack = SPAN + timedelta(days=1)  # published then, stored a little later
    lately = store.told_between(first.stored_at - slack, first.stored_at + slack, limit=_SAMPLE)
    weights = Weights(one.article.text for one in lately)
    mine = weights.profile(first.article.title, first.article.text)
    alike = {
        one.id: likeness(mine, weights.profile(one.article.title, one.article.text))
        for one in lately
        if one.id != first.id
    }
    near = sorted((key for key in alike if alike[key] >= ENOUGH), key=lambda key: (-alike[key], key))[:_NEAREST]
    by_id = {one.id: one for one in lately if one.id in near} | {first.id: first}
    together = next(event for event in events(map(_told, by_id.values()), weights) if first.id in event.keys)
    for key in near:
        for event in events((_told(first), _told(by_id[key])), weights):
            for edge in event.edges:
                yield by_id[key], edge, key in together.keys


def _told(one: StoredArticle) -> Told:
    article = one.article
    return Told(key=one.id, at=article.published_at or article.fetched_at, title=article.title, text=article.text)


def as_json(store: Store, article: StoredArticle, *, story: bool) -> str:
    """The article, its flags, its tellings and what became of it, for programs: times in ISO 8601, in UTC."""
    after = afterwards(store, article.id)
    shown: dict[str, Any] = {
        "id": article.id,
        "same_as": article.same_as,
        "stored_at": article.stored_at,
        "article": asdict(article.article),
        "flags": [asdict(flag) for flag in store.flags_of(article.id)],
        "tellings": [_brief(one) for one in store.tellings(article.id)],
        "addresses": [asdict(address) for address in after.addresses],
        "versions": [_without(version, "article") for version in after.versions],
        "look": after.look and _without(after.look, "article"),
    }
    if story:
        whole = of(store, article)
        shown["retold"] = [_brief(one) | _without(both, "places", "sources") for one, both in whole.retold]
        shown["others"] = [
            _brief(one) | asdict(edge) | {"apart": edge.apart.total_seconds(), "same_event": within}
            for one, edge, within in whole.others
        ]
    return json.dumps(shown, ensure_ascii=False, indent=2, default=lambda moment: moment.isoformat())


def _brief(one: StoredArticle) -> dict[str, Any]:
    return {"id": one.id, "source": one.article.source, "url": one.article.url, "title": one.article.title}


def _without(value: Version | Look | Overlap, *names: str) -> dict[str, Any]:
    kept = (field.name for field in fields(value) if field.name not in names)
    return {name: [asdict(c) for c in value.changes] if name == "changes" else getattr(value, name) for name in kept}  # type: ignore[union-attr]


def lines(lineage: Lineage, zone: str) -> Iterator[str]:
    """The explanation, line by line."""
    first = lineage.first
    yield f"story {first.id}: {plain(first.article.title)}"
    yield f"  first told by {first.article.source}, {_when(first, zone)}: {plain(first.article.url)}"
    for one, both in lineage.retold:
        yield f"  told again by {one.article.source}, {_when(one, zone)}: {one.id} {plain(one.article.url)}"
        yield (
            f"    {both.later:.0%} of its words stand in runs of the first telling, {both.earlier:.0%} of that one's in it;"
            f" within the runs {both.density:.0%} are the same words"
        )
    if not lineage.retold:
        yield "  nobody repeats it"
    yield "event: stories that tell of the same happening" if lineage.others else "event: no other story resembles it"
    for other, edge, within in lineage.others:
        yield f"  {other.id} {other.article.source}, {_when(other, zone)}: {plain(other.article.title)}"
        verdict = "the same event" if within else "alike, but not the event's other stories: another event"
        yield f"    {verdict}; likeness {edge.likeness:.2f} (from {ENOUGH:.2f} on), {_apart(edge.apart)} apart"
        for name, words in (("words", edge.words), ("names", edge.names), ("numbers", edge.numbers)):
            if words:
                yield f"    {name}: {plain('، '.join(words))}"
    yield from told(lineage.after, zone)


def told(after: Afterwards, zone: str) -> Iterator[str]:
    """What became of an article, line by line; nothing where nothing is known."""
    for address in after.addresses:
        yield f"also at {plain(address.url)} ({address.why}, seen {_local(address.seen_at, zone)})"
    for version in after.versions:
        where = f" at {plain(version.url)}" if version.url else ""
        yield f"version read {_local(version.read_at, zone)}{where}{' (substantial)' if version.substantial else ''}"
        if version.capture:
            yield f"    capture {plain(version.capture)}"
        for change in version.changes:
            words = f" ({plain('، '.join(change.words))})" if change.words else ""
            yield f"    {change.kind}{words}: «{plain(change.before)}» → «{plain(change.after)}»"
    look = after.look
    if look is None:
        return
    if look.removed_at:
        yield f"removed: gone since {_local(look.gone_at or look.removed_at, zone)} ({plain(look.gone_why or '')})"
    elif look.gone_at:
        yield f"not found since {_local(look.gone_at, zone)} ({plain(look.gone_why or '')}); a second look will tell"
    next_one = f"next {_local(look.due_at, zone)}" if look.due_at else "no other is planned"
    yield f"looked at again {look.looks} time{'' if look.looks == 1 else 's'}, {next_one}"


def _when(one: StoredArticle, zone: str) -> str:
    return _local(one.article.published_at or one.article.fetched_at, zone)


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _apart(apart: timedelta) -> str:
    minutes = int(abs(apart).total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
