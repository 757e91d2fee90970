"""Rules and watch lists, and which of them an Article meets. Pure: no file, no clock, no store.

All terms of all lists are looked for in one scan of the title and one of the text; a rule is looked at only where one
of its terms was found, so that the cost of an article does not depend on how many rules there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crawler.article import Article
from monitor.conditions import Condition, Place, Reading, mentions, places
from monitor.severity import SEVERITIES
from monitor.terms import Matcher
from storage.records import Flag

__all__ = ["SEVERITIES", "Rule", "WatchList", "WatchLists", "by_term", "flag", "met_rules", "reaches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: str
    """Unique in its list; what it asks for, where the person gave it no name."""
    title: str
    condition: Condition
    weight: float = 1.0
    """Negative: it counts against the list, and raises no Flag of its own."""
    where: tuple[str, ...] = ("title", "text")
    """Of ``title``, ``lead``, ``text``."""
    only: frozenset[str] | None = None
    """Names of the sources that it is for; ``None``: all."""
    exclude: tuple[Condition, ...] = ()
    """Places that do not count: ``نادي أستانا`` for أستانا."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    id: str
    title: str
    severity: str
    version: str
    """The first 12 digits of the SHA-256 of the file's bytes."""
    rules: tuple[Rule, ...]
    note: str = ""
    audiences: tuple[str, ...] = ()
    threshold: float = 0.0
    """The least sum of the weights of the rules that are met; the sum must be more than nothing in any case."""
    exclude: tuple[Condition, ...] = ()
    only: frozenset[str] | None = None
    file: str = ""
    examples: int = 0
    """How many sentences it was tested with."""


@dataclass(frozen=True, kw_only=True)
class WatchLists:
    """Every watch list, and the one Matcher that looks for the terms of all of them."""

    lists: tuple[WatchList, ...]
    matcher: Matcher = field(repr=False)
    notes: tuple[str, ...] = ()
    """What is not wrong and should be known: ``file:line:column: …``."""

    @cached_property
    def by_term(self) -> Mapping[int, tuple[tuple[int, int], ...]]:
        """For each term the rules in which it stands, as (number of the list, number of the rule)."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, watchlist in enumerate(self.lists):
            for term, positions in by_term(watchlist.rules).items():
                found.setdefault(term, []).extend((number, position) for position in positions)
        return {term: tuple(asking) for term, asking in found.items()}


def by_term(rules: Sequence[Rule]) -> dict[int, list[int]]:
    """For each term the positions of the rules in which it stands."""
    found: dict[int, dict[int, None]] = {}
    for position, rule in enumerate(rules):
        for mention in mentions(rule.condition):
            found.setdefault(mention.term, {})[position] = None
    return {term: list(positions) for term, positions in found.items()}


def flag(lists: WatchLists, article: Article) -> tuple[Flag, ...]:
    """A Flag for every rule that ``article`` meets, in the order of the lists and their rules.

    A list whose threshold is not reached raises none. Spans are exact: ``getattr(article, where)[start:end] == words``.
    """
    reading = Reading(lists.matcher, article.title, article.text)
    asked = {place for term in reading.terms for place in lists.by_term.get(term, ())}
    flags: list[Flag] = []
    for number in sorted({number for number, _ in asked}):
        watchlist = lists.lists[number]
        rules = [watchlist.rules[position] for where, position in sorted(asked) if where == number]
        flags += _flags(watchlist, rules, reading, article.source)
    return tuple(flags)


def _flags(watchlist: WatchList, rules: Sequence[Rule], reading: Reading, source: str) -> list[Flag]:
    met = met_rules(watchlist, rules, reading, source)
    if not reaches(watchlist, [rule for rule, _ in met]):
        return []
    return [
        Flag(
            list=watchlist.id,
            list_title=watchlist.title,
            rule=rule.id,
            severity=watchlist.severity,
            version=watchlist.version,
            spans=reading.spans(found),
            weight=rule.weight,
        )
        for rule, found in met
        if rule.weight > 0
    ]


def reaches(watchlist: WatchList, met: Iterable[Rule]) -> bool:
    """Whether the rules that are met are enough for the list."""
    total = sum(rule.weight for rule in met)
    return total > 0 and total >= watchlist.threshold


def met_rules(
    watchlist: WatchList, rules: Iterable[Rule], reading: Reading, source: str | None
) -> list[tuple[Rule, list[Place]]]:
    """Those of ``rules`` that are met, and the places that meet them. No ``source``: restrictions are not looked at."""
    if source is not None and watchlist.only is not None and source not in watchlist.only:
        return []
    mask = reading.mask(watchlist.exclude)
    met = []
    for rule in rules:
        if source is not None and rule.only is not None and source not in rule.only:
            continue
        found = places(rule.condition, reading, rule.where, (mask, reading.mask(rule.exclude)))
        if found:
            met.append((rule, found))
    return met
