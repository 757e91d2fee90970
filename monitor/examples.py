"""The tests that a list carries with it: sentences that must be flagged, sentences that must be left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.conditions import Reading, mentions
from monitor.rules import Rule, WatchList, by_term, met_rules, reaches
from monitor.shaping import items, keys, problem
from monitor.terms import Matcher
from monitor.yamlfile import Items, Keys, Node, Problem, Scalar, shown

__all__ = ["Example", "Examples"]

_KEYS = ("match", "ignore")
_PARTS = ("title", "text", "source")
_WEIGHTS_SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A report in one sentence. One that is not taken apart stands as title and as text."""

    title: str
    text: str
    source: str | None
    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    match: tuple[Example, ...] = ()
    ignore: tuple[Example, ...] = ()

    @classmethod
    def read(cls, node: Node | None, problems: list[Problem]) -> Examples:
        """From ``examples: {match: […], ignore: […]}``."""
        if node is None:
            return cls()
        found = keys(node, _KEYS, problems)
        if found is None:
            return cls()
        match, ignore = (
            tuple(one for item in _several(found.get(key), problems) if (one := _example(item, problems)))
            for key in _KEYS
        )
        return cls(match, ignore)

    def test(self, watchlist: WatchList, rules: Sequence[Rule], matcher: Matcher, problems: list[Problem]) -> None:
        """Adds a Problem for each example that does not turn out as it says."""
        asked = by_term(rules)
        for example, must in (*((e, True) for e in self.match), *((e, False) for e in self.ignore)):
            reading = Reading(matcher, example.title, example.text)
            positions = {position for term in reading.terms for position in asked.get(term, ())}
            met = met_rules(watchlist, [rules[p] for p in sorted(positions)], reading, example.source)
            flagged = reaches(watchlist, [rule for rule, _ in met])
            if must and not flagged:
                why = _why_not(watchlist, rules, [rule for rule, _ in met], reading)
                problems.append(problem(example.node, f"this example must be flagged, and is not: {why}"))
            elif flagged and not must:
                rule, found = next((rule, found) for rule, found in met if rule.weight > 0)
                words = _quoted(span.words for span in reading.spans(found))
                why = f"rule `{shown(rule.id)}` (line {rule.line}) flags {words}; an `exclude:` would spare it"
                problems.append(problem(example.node, f"this example must be left alone, and {why}"))


def _why_not(watchlist: WatchList, rules: Sequence[Rule], met: Sequence[Rule], reading: Reading) -> str:
    if met:
        total = sum(rule.weight for rule in met)
        return f"the rules that it meets weigh {total:g}, the threshold is {watchlist.threshold:g}"
    asked = [mention for rule in rules for mention in mentions(rule.condition)]
    found = [place for mention in asked for place in reading.of(mention, ("title", "text"))]
    if not found:
        return "none of the words that are looked for is found in it"
    words = _quoted(span.words for span in reading.spans(found))
    return f"{words} is found in it, but meets no rule (is it excluded, or outside of `in:`?)"


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"«{shown(word)}»" for word in list(dict.fromkeys(words))[:_WEIGHTS_SHOWN])


def _several(node: Node | None, problems: list[Problem]) -> list[Node]:
    return [node] if isinstance(node, Scalar | Keys) else items(node, problems, "sentences")


def _example(node: Node, problems: list[Problem]) -> Example | None:
    if isinstance(node, Keys):
        found = keys(node, _PARTS, problems)
        parts = {key: _sentence(value, problems) for key, (_, value) in node.entries.items()}
        if found is None or not any(parts.get(key) for key in ("title", "text")):
            problems.append(problem(node, "a sentence is expected, or `title:` and `text:`"))
            return None
        return Example(parts.get("title") or "", parts.get("text") or "", parts.get("source") or None, node)
    text = _sentence(node, problems)
    return Example(text, text, None, node) if text else None


def _sentence(node: Node, problems: list[Problem]) -> str:
    if isinstance(node, Items | Keys) or node.value is None or not node.text.strip():
        problems.append(
            problem(node, "a sentence is expected; one that holds `: ` or begins with a sign goes in quotes")
        )
        return ""
    return node.text.strip()
