"""One look at sources through the engine that passes use: the same guard, politeness and readers, and nothing is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.article import Article, Entry, Page
from crawler.outcome import Fate, Outcome
from crawler.source import Source
from crawler.urls import canonical
from monitor.cli.edges import now
from monitor.sourcecheck import Probe, to_read

if TYPE_CHECKING:
    from crawler.fetching import Fetching, Memory
    from monitor.scope import Scope

__all__ = ["Kept", "look_at", "look_in_a_child"]

_FOR_POLITENESS = ("host ", "robots ")
_NO_REACH = {"wordpress": timedelta(), "telegram": timedelta()}
"""A look is at what is listed now: these would be asked for older pages as well."""
_ANY_AGE = timedelta(days=3650)
"""However old what is listed may be, its newest is tried."""


class Kept:
    """What hosts asked for, as far as ``below`` remembers it; of what is learnt here only a host's wish to be left alone is kept."""

    def __init__(self, below: Memory | None) -> None:
        self._below = below
        self.learnt: dict[str, Mapping[str, str]] = {}

    def recall(self, key: str) -> Mapping[str, str] | None:
        if key in self.learnt:
            return self.learnt[key]
        return self._below.recall(key) if self._below and key.startswith(_FOR_POLITENESS) else None

    def remember(self, key: str, value: Mapping[str, str]) -> None:
        self.learnt[key] = value
        if self._below and key.startswith("host "):
            self._below.remember(key, value)


class _Look:
    """What the engine calls, for one look at several sources."""

    def __init__(
        self,
        sources: Sequence[Source],
        many: int | None,
        scope: Scope | None,
        ended: Callable[[Probe], object],
        *,
        bodies: bool,
    ) -> None:
        self.probes = {source.name: Probe(source=source) for source in sources}
        self._many = many
        self._scope = scope
        self._ended = ended
        self._bodies = bodies
        self._wanted: set[str] = set()

    def listed(self, name: str, page: Page, entries: Sequence[Entry], defects: Sequence[str]) -> None:  # noqa: ARG002
        probe = self.probes[name]
        probe.page, probe.size, probe.entries = page.bare(), len(page.body), tuple(entries)
        if not self._bodies:
            probe.page = replace(probe.page, body=b"")
        chosen = entries if self._many is None else to_read(entries, self._many)
        self._wanted.update(canonical(entry.url) for entry in chosen)

    def known(self, urls: Sequence[str]) -> set[str]:
        return {url for url in urls if url not in self._wanted}

    def emit(self, article: Article) -> Fate:
        probe = self.probes[article.source]
        probe.articles.append(article)
        if self._scope and probe.source.scope != "all" and not self._scope.covers(article):
            probe.off_topic += 1
            return Fate.OFF_TOPIC
        return Fate.STORED

    def missed(self, name: str, entry: Entry, fate: Fate, why: str) -> None:
        if fate is not Fate.OFF_TOPIC:
            self.probes[name].missed.append((entry, fate, why))

    def ended(self, outcome: Outcome) -> None:
        probe = self.probes[outcome.source]
        probe.outcome = outcome
        self._ended(probe)


def look_at(
    sources: Sequence[Source],
    fetching: Fetching,
    memory: Kept,
    *,
    many: int | None,
    scope: Scope | None = None,
    ended: Callable[[Probe], object] = id,
    bodies: bool = False,
) -> list[Probe]:
    """Each source's listing, and the ``many`` newest of its articles (``None``: all). Once a process, as passes are.

    ``bodies``: the listings' own are kept; of a hundred sources they may be hundreds of megabytes.
    """
    from crawler import run

    look = _Look(sources, many, scope, ended, bodies=bodies)
    run.crawl(
        [replace(source, reach=_NO_REACH.get(source.kind, _ANY_AGE)) for source in sources],
        fetching=fetching,
        now=now,
        known=look.known,
        memory=memory,
        keep=lambda page: None,  # noqa: ARG005
        emit=look.emit,
        missed=look.missed,
        ended=look.ended,
        listed=look.listed,
    )
    return [_with_robots(probe, memory, fetching.user_agent) for probe in look.probes.values()]


def look_in_a_child(
    sources: Sequence[Source], fetching: Fetching, *, many: int | None, learnt: dict[str, Mapping[str, str]]
) -> list[Probe]:
    """The same in a process of its own, for those that look several times.

    ``learnt`` is what hosts asked for so far, and becomes longer by what they ask for now.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=logging.disable, initargs=(logging.WARNING,)) as child:
        probes, more = child.submit(_looked, sources, fetching, many, learnt).result()
    learnt.update(more)
    return probes


def _looked(
    sources: Sequence[Source], fetching: Fetching, many: int | None, learnt: Mapping[str, Mapping[str, str]]
) -> tuple[list[Probe], dict[str, Mapping[str, str]]]:
    memory = Kept(None)
    memory.learnt.update(learnt)
    probes = look_at(sources, fetching, memory, many=many, bodies=True)
    return probes, {key: value for key, value in memory.learnt.items() if key.startswith(_FOR_POLITENESS)}


def _with_robots(probe: Probe, memory: Kept, user_agent: str) -> Probe:
    from crawler.discovery import robots
    from crawler.politeness import product
    from crawler.spiders import KINDS

    address = KINDS[probe.source.kind].start(probe.source)
    parts = urlsplit(address)
    said = memory.recall(f"robots {parts.scheme}://{parts.netloc}")
    if said is None:
        return probe
    return replace(probe, robots=robots(said.get("body", ""), address, product(user_agent)))
