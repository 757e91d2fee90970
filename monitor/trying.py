"""What a text would raise, list by list and rule by rule, and why a rule whose words stand there is not met. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.conditions import AllOf, AnyOf, Condition, Mask, Mention, Near, Not, Place, Reading, mentions, places
from monitor.listfile import describe
from monitor.rules import Rule, WatchList, WatchLists, met_rules, reaches
from storage.records import Span

__all__ = ["ListTrial", "MetRule", "UnmetRule", "try_text"]

_EVERYWHERE = ("title", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetRule:
    rule: str
    line: int
    weight: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetRule:
    """A rule of which something stands there, and that is not met all the same."""

    rule: str
    line: int
    spans: tuple[Span, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTrial:
    """What one list says to a text."""

    id: str
    title: str
    severity: str
    file: str
    flagged: bool
    total: float
    """The weights of the rules that are met, together."""
    threshold: float
    met: tuple[MetRule, ...]
    unmet: tuple[UnmetRule, ...]
    """Rules of which no word stands there are not among them."""

    @property
    def why_not(self) -> str:
        """Why rules are met and the list is not; empty where that is not so."""
        if self.flagged or not self.met:
            return ""
        if self.total <= 0:
            return f"the rules that it meets weigh {self.total:g} together: what counts against the list outweighs the rest"
        return f"the rules that it meets weigh {self.total:g} together, the threshold is {self.threshold:g}"


def try_text(lists: WatchLists, title: str, text: str, source: str | None = None) -> tuple[ListTrial, ...]:
    """Every list over one text, in the order of the lists. No ``source``: what is for some sources only counts too."""
    reading = Reading(lists.matcher, title, text)
    return tuple(_trial(watchlist, reading, source) for watchlist in lists.lists)


def _trial(watchlist: WatchList, reading: Reading, source: str | None) -> ListTrial:
    met = met_rules(watchlist, watchlist.rules, reading, source)
    good = {rule.id for rule, _ in met}
    rest = [rule for rule in watchlist.rules if rule.id not in good]
    return ListTrial(
        id=watchlist.id,
        title=watchlist.title,
        severity=watchlist.severity,
        file=watchlist.file,
        flagged=reaches(watchlist, [rule for rule, _ in met]),
        total=sum(rule.weight for rule, _ in met),
        threshold=watchlist.threshold,
        met=tuple(
            MetRule(rule=rule.id, line=rule.line, weight=rule.weight, spans=reading.spans(found)) for rule, found in met
        ),
        unmet=tuple(unmet for rule in rest if (unmet := _unmet(watchlist, rule, reading, source))),
    )


def _unmet(watchlist: WatchList, rule: Rule, reading: Reading, source: str | None) -> UnmetRule | None:
    found = [place for one in _wanted(rule.condition) for place in reading.of(one, _EVERYWHERE)]
    if not found:
        return None
    why = _why_not(watchlist, rule, found, reading, source)
    return UnmetRule(rule=rule.id, line=rule.line, spans=reading.spans(found), why=why)


def _wanted(condition: Condition) -> Iterable[Mention]:
    """The Mentions that a condition asks for; those under ``not`` rule out."""
    match condition:
        case Not():
            return
        case Mention():
            yield condition
        case AnyOf(parts) | AllOf(parts) | Near(parts):
            for part in parts:
                yield from _wanted(part)


def _why_not(watchlist: WatchList, rule: Rule, found: Sequence[Place], reading: Reading, source: str | None) -> str:
    for owner, only in (("list", watchlist.only), ("rule", rule.only)):
        if source is not None and only is not None and source not in only:
            return f"this {owner} is only for {', '.join(sorted(only)) or 'sources that there are not'}"
    if hidden := _hidden(watchlist, rule, found, reading):
        return hidden
    scope = tuple(rule.where)
    masks = (reading.mask(watchlist.exclude), reading.mask(rule.exclude))
    if not any(places(one, reading, scope, masks) for one in _wanted(rule.condition)):
        return f"the words stand outside of what it looks at (`in: {', '.join(scope)}`)"
    return _lacks(rule.condition, reading, scope, masks) or "what stands there is not enough"


def _hidden(watchlist: WatchList, rule: Rule, found: Sequence[Place], reading: Reading) -> str | None:
    """Which exclusion covers the places, where exclusions cover them all."""
    covers: dict[str, None] = {}
    by_label = {one.label: one.exclude for one in mentions(rule.condition)}
    for place in found:
        mine = (*by_label.get(place.label, ()), *rule.exclude, *watchlist.exclude)
        over = [one for one in mine if Mask(places(one, reading, _EVERYWHERE) or ()).hides(place)]
        if not over:
            return None
        covers.update(dict.fromkeys(map(describe, over)))
    return f"an `exclude:` covers it: {', '.join(covers)}"


def _lacks(condition: Condition, reading: Reading, scope: Sequence[str], masks: Sequence[Mask]) -> str | None:
    """What of a condition is not so."""
    if places(condition, reading, scope, masks) is not None:
        return None
    match condition:
        case Mention():
            return f"{condition.label} is not found"
        case Near(slots, within):
            absent = [part for slot in slots if (part := _lacks(slot, reading, scope, masks))]
            return "; ".join(absent) or f"its words stand there, but not within {within} words of each other"
        case AllOf(parts):
            return "; ".join(part for one in parts if (part := _lacks(one, reading, scope, masks)))
        case AnyOf(parts):
            partly = [
                part
                for one in parts
                if not isinstance(one, Mention) and any(reading.of(m, scope) for m in _wanted(one))
                if (part := _lacks(one, reading, scope, masks))
            ]
            return "; ".join(partly) or f"none of {describe(condition)} is found"
        case Not(part):
            there = [p for one in mentions(part) for p in places(one, reading, scope, masks) or ()]
            words = ", ".join(dict.fromkeys(f"«{span.words}»" for span in reading.spans(there)))
            return f"`not:` rules it out, since {words} stands there" if words else "`not:` rules it out"
