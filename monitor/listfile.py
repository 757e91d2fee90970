"""One watch list's file made into a :class:`WatchList`: what can be told of it before its terms are looked for."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.conditions import WHERE, AllOf, AnyOf, Condition, Mention, Near, Not
from monitor.examples import Examples
from monitor.rulefile import Reader
from monitor.rules import SEVERITIES, Rule, WatchList
from monitor.shaping import items, keys, problem, slug
from monitor.yamlfile import ConfigError, Items, Keys, Node, Problem, Scalar, did_you_mean, read, shown

__all__ = ["Draft", "ListFile", "describe"]

_LIST_KEYS = (
    "id", "title", "severity", "audiences", "note", "use", "sources", "affiliations", "threshold", "exclude",
    "rules", "examples",
)  # fmt: skip
_RULE_KEYS = ("id", "title", "note", "weight", "in", "sources", "affiliations", "exclude", "examples")
_HEAVIEST = 100.0
_MOST_RULES = 10_000


@dataclass(slots=True)
class Draft:
    """A list with the nodes that it came from, for the checks that need the Matcher."""

    watchlist: WatchList
    node: Keys
    rule_nodes: list[Node]
    examples: Examples
    rule_examples: list[tuple[int, Examples]]

    @property
    def tests(self) -> int:
        """How many sentences it is tested with."""
        every = [self.examples, *(examples for _, examples in self.rule_examples)]
        return sum(len(examples.match) + len(examples.ignore) for examples in every)


class ListFile:
    """One file made into a Draft."""

    def __init__(self, path: Path, reader: Reader, outlets: Mapping[str, str] | None, problems: list[Problem]) -> None:
        self._path = path
        self._outlets = outlets
        self._problems = problems
        self._reader = reader

    def read(self) -> Draft | None:
        try:
            tree, body = read(self._path)
        except ConfigError as error:
            self._problems.extend(error.errors)
            return None
        root = keys(tree, _LIST_KEYS, self._problems)
        if root is None:
            return None
        rules, nodes, tests = self._rules(root)
        version = hashlib.sha256(body).hexdigest()[:12]
        watchlist = WatchList(
            id=self._id(root),
            title=self._line(root, "title") or self._path.stem,
            severity=self._severity(root),
            version=version,
            rules=tuple(rules),
            note=self._line(root, "note"),
            audiences=tuple(self._names(root, "audiences")),
            threshold=self._number(root, "threshold", 0.0, least=0.0),
            exclude=self._reader.exclusions(root.get("exclude")),
            only=self._only(root),
            file=str(self._path),
        )
        if not rules and "rules" not in root.entries and "use" not in root.entries:
            self._say(root, "`rules:` is missing: what does this list look for?")
        elif not nodes and not items(root.get("rules"), [], ""):
            self._say(root.get("rules") or root, "no rule stands here: this list would watch nothing")
        return Draft(watchlist, root, nodes, Examples.read(root.get("examples"), self._problems), tests)

    def _rules(self, root: Keys) -> tuple[list[Rule], list[Node], list[tuple[int, Examples]]]:
        rules: list[Rule] = []
        nodes: list[Node] = []
        tests: list[tuple[int, Examples]] = []
        used = root.get("use")
        listed = [(item, True) for item in _several(used)] + [
            (item, False) for item in items(root.get("rules"), self._problems, "rules")
        ]
        if len(listed) > _MOST_RULES:
            self._say(root, f"{len(listed):,} rules; at most {_MOST_RULES:,} stand in one list: split it into several")
            return [], [], []
        for node, is_pack in listed:
            rule = self._pack_rule(node) if is_pack else self._rule(node)
            if rule is not None:
                nodes.append(node)
                rules.append(rule)
                if isinstance(node, Keys) and "examples" in node.entries:
                    tests.append((len(rules) - 1, Examples.read(node.get("examples"), self._problems)))
        return self._named(rules, nodes), nodes, tests

    def _pack_rule(self, node: Node) -> Rule | None:
        parts = self._reader.pack(node)
        name = node.text if isinstance(node, Scalar) else ""
        return Rule(id=name, title=name, condition=AnyOf(tuple(parts)), line=node.line) if parts else None

    def _rule(self, node: Node) -> Rule | None:
        condition = self._reader.condition(node, _RULE_KEYS)
        given = node if isinstance(node, Keys) else Keys(node.file, node.line, node.column)
        weight = self._number(given, "weight", 1.0)
        if weight == 0:
            self._say(given.get("weight") or node, "a weight of 0 counts for nothing; delete the rule")
        rule_id = next(iter(self._names(given, "id")), "")
        title = self._line(given, "title")
        where = self._where(given)
        only = self._only(given)
        exclude = self._reader.exclusions(given.get("exclude"))
        if condition is None:
            return None
        name = rule_id or title or describe(condition)
        return Rule(
            id=name,
            title=title or name,
            condition=condition,
            weight=weight,
            where=where,
            only=only,
            exclude=exclude,
            line=node.line,
        )

    def _named(self, rules: list[Rule], nodes: list[Node]) -> list[Rule]:
        """Ids once each; the same rule twice is a slip of the pen."""
        seen: dict[tuple[object, ...], Rule] = {}
        ids: Counter[str] = Counter()
        named = []
        for rule, node in zip(rules, nodes, strict=True):
            same = seen.setdefault((rule.condition, rule.where, rule.only, rule.exclude), rule)
            if same is not rule:
                self._say(node, f"the same rule stands in line {same.line}; delete one of them")
            elif rule.id in ids and isinstance(node, Keys) and ("id" in node.entries or "title" in node.entries):
                self._say(node, f"another rule of this list is called `{shown(rule.id)}`")
            ids[rule.id] += 1
            named.append(replace(rule, id=f"{rule.id} ({ids[rule.id]})") if ids[rule.id] > 1 else rule)
        return named

    def _id(self, root: Keys) -> str:
        node = root.get("id")
        try:
            return slug(node.plain() if node else self._path.stem)
        except ValueError as error:
            hint = "" if node else "; the file's name is no id: add a line `id:`"
            self._say(node or root, f"`id`: {error}{hint}")
            return self._path.stem

    def _line(self, node: Keys, key: str) -> str:
        value = node.get(key)
        if value is None:
            return ""
        if not isinstance(value, Scalar) or value.value is None or not value.text.strip():
            self._say(value, f"`{key}`: text is expected")
            return ""
        return value.text.strip()

    def _severity(self, root: Keys) -> str:
        value = self._line(root, "severity") or "normal"
        if value not in SEVERITIES:
            self._say(
                root.entries["severity"][1], f"`severity`: `{shown(value)}` is none{did_you_mean(value, SEVERITIES)}"
            )
        return value

    def _number(self, node: Keys, key: str, default: float, least: float = -_HEAVIEST) -> float:
        value = node.get(key)
        if value is None:
            return default
        given = value.plain()
        if not isinstance(given, bool) and isinstance(given, int | float) and least <= given <= _HEAVIEST:
            return float(given)
        self._say(value, f"`{key}`: a number from {least:g} to {_HEAVIEST:g} is expected")
        return default

    def _where(self, node: Keys) -> tuple[str, ...]:
        value = node.get("in")
        if value is None:
            return ("title", "text")
        found = []
        for item in _several(value):
            name = item.text if isinstance(item, Scalar) else ""
            if name not in WHERE:
                self._say(item, f"`in`: `{shown(name)}` is no part of an article{did_you_mean(name, WHERE)}")
            found.append(name)
        if not found:
            self._say(value, "`in`: one of title, lead, text is expected")
        return tuple(found)

    def _names(self, node: Keys, key: str) -> list[str]:
        found = []
        for item in _several(node.get(key)):
            try:
                found.append(slug(item.plain()))
            except ValueError as error:
                self._say(item, f"`{key}`: {error}")
        return found

    def _only(self, node: Keys) -> frozenset[str] | None:
        """Names of the sources that `sources:` and `affiliations:` leave; ``None`` where neither is given."""
        if "sources" not in node.entries and "affiliations" not in node.entries:
            return None
        names, groups = self._names(node, "sources"), self._names(node, "affiliations")
        if self._outlets is None:
            if groups:
                self._say(
                    node.entries["affiliations"][1], "no sources.yaml beside the lists says whose affiliation this is"
                )
            return frozenset(names)
        self._known(node, "sources", names, sorted(self._outlets))
        self._known(node, "affiliations", groups, sorted(set(self._outlets.values())))
        return frozenset(names) | {name for name, group in self._outlets.items() if group in groups}

    def _known(self, node: Keys, key: str, names: list[str], known: list[str]) -> None:
        for item, name in zip(_several(node.get(key)), names, strict=False):
            if name not in known:
                self._say(item, f"`{key}`: no source in sources.yaml has `{shown(name)}`{did_you_mean(name, known)}")

    def _say(self, node: Node, message: str) -> None:
        self._problems.append(problem(node, message))


def _several(node: Node | None) -> list[Node]:
    return [] if node is None else list(node.items) if isinstance(node, Items) else [node]


def describe(condition: Condition, limit: int = 60) -> str:
    """The words of a condition, for a rule without a name: ``أ / ب`` for any, ``أ + ب`` for all of them."""
    text = _words(condition, nested=False)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _words(condition: Condition, *, nested: bool) -> str:
    match condition:
        case Mention():
            return condition.label
        case Not():
            return ""
        case AnyOf(parts) | AllOf(parts) | Near(parts):
            said = list(dict.fromkeys(words for part in parts if (words := _words(part, nested=True))))
            if len(said) < 2:  # the rest is `not:`, which is not said
                return next((words for part in parts if (words := _words(part, nested=nested))), "")
            joined = (" / " if isinstance(condition, AnyOf) else " + ").join(said)
            return f"({joined})" if nested else joined
