"""A rule as people write it, made into a Condition: a term, or a mapping of what must and must not stand there."""

from __future__ import annotations

import re
from typing import cast

from monitor.conditions import AllOf, AnyOf, Condition, Mention, Near, Not
from monitor.packs import Entry, Packs, aliases_of
from monitor.shaping import items, keys, problem
from monitor.terms import Kind, Term
from monitor.termtable import TermTable, term_text
from monitor.yamlfile import Items, Keys, Node, Problem, Scalar, did_you_mean, shown
from monitor.yamltext import UNSEEN

__all__ = ["CONDITION_KEYS", "Reader"]

KINDS = ("word", "name", "exact", "phrase", "pattern")
CONDITION_KEYS = (*KINDS, "near", "pack", "any", "all", "not")
_TERM_EXTRAS = ("aliases", "exclude")
_NEAR_KEYS = ("words", "within")
_WIDEST = 100


class Reader:
    """Makes Conditions out of nodes; terms go into the table, what is wrong into ``problems``."""

    def __init__(self, packs: Packs, table: TermTable, problems: list[Problem]) -> None:
        self._packs = packs
        self._table = table
        self._problems = problems
        self._entries: dict[int, tuple[Entry, Mention]] = {}

    def condition(self, node: Node, extra: tuple[str, ...] = ()) -> Condition | None:
        """The Condition of a rule or of a part of it. ``extra``: keys that belong to the rule around it."""
        if isinstance(node, Items):
            self._say(node, "a list stands here; say what it means: `any:` (one of these is enough), `all:` or `near:`")
            return None
        if not isinstance(node, Keys):
            return self._term(node, "auto")
        return self._mapping(node, extra)

    def exclusions(self, node: Node | None) -> tuple[Condition, ...]:
        """Terms and `near` whose places do not count."""
        found = [self.condition(item) for item in self._several(node, "terms")]
        conditions = [one for one in found if one is not None]
        for condition, item in zip(found, self._several(node, "terms"), strict=True):
            if condition is not None and not _stands_somewhere(condition):
                self._say(
                    item,
                    "`exclude:` takes terms, `any:` and `near:`; for what must not stand in the article, use `not:`",
                )
        return tuple(conditions)

    def pack(self, identity: Node) -> list[Condition]:
        """The terms of the packs that a node names."""
        found: list[Condition] = []
        for item in self._several(identity, "packs"):
            name = item.text if isinstance(item, Scalar) else ""
            pack = self._packs.by_id.get(name)
            if pack is None:
                self._say(item, f"there is no pack `{shown(name)}`{did_you_mean(name, sorted(self._packs.by_id))}")
                continue
            found += [self.entry(entry) for entry in pack.entries]
        return found

    def entry(self, entry: Entry) -> Mention:
        """A pack's term, with its spellings and its exclusions."""
        if id(entry) not in self._entries:
            number = self._table.number(Term(entry.text, cast("Kind", entry.kind), entry.aliases), entry.node)
            # while its own exclusions are read, its name means every place of it
            self._entries[id(entry)] = entry, Mention(number, entry.text)
            exclude = self.exclusions(entry.exclude)
            self._entries[id(entry)] = entry, Mention(number, entry.text, exclude)
        return self._entries[id(entry)][1]

    @property
    def used(self) -> list[tuple[Entry, Mention]]:
        """The terms of packs that the lists lean on."""
        return list(self._entries.values())

    def _mapping(self, node: Keys, extra: tuple[str, ...]) -> Condition | None:
        known = (*CONDITION_KEYS, *_TERM_EXTRAS, *extra)
        keys(node, known, self._problems)
        kinds = [key for key in KINDS if key in node.entries]
        if len(kinds) > 1:
            self._say(
                node, f"`{kinds[0]}:` and `{kinds[1]}:` in one place; put them into `any:` or `all:`, each after a `- `"
            )
            return None
        if "aliases" in node.entries and not kinds:
            self._say(
                node.entries["aliases"][0],
                "`aliases:` belong to a `name:` (or `word:`, `phrase:`, `exact:`) beside them",
            )
        if "exclude" in node.entries and not kinds and "exclude" not in extra:
            self._say(node.entries["exclude"][0], "`exclude:` belongs to a term beside it, or to the whole rule")
        # at the top of a rule `exclude:` is the rule's own affair
        exclude = self.exclusions(node.get("exclude")) if kinds and "exclude" not in extra else ()
        found = [self._part(key, value, node, exclude) for key, (_, value) in node.entries.items()]
        parts = [part for part in found if part is not None]
        if not any(key in node.entries for key in CONDITION_KEYS):
            self._say(node, f"nothing is asked for; one of {', '.join(CONDITION_KEYS)} is expected")
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self, key: str, value: Node, beside: Keys, exclude: tuple[Condition, ...]) -> Condition | None:
        if key in KINDS:
            aliases = aliases_of(beside.get("aliases"), self._problems)
            if aliases and key == "pattern":
                self._say(beside, "a pattern has no aliases; write them into the pattern with |")
            return self._term(value, cast("Kind", key), aliases, exclude)
        if key == "near":
            return self._near(value)
        if key == "pack":
            found = self.pack(value)
            return AnyOf(tuple(found)) if found else None
        if key in ("any", "all", "not"):
            return self._joined(key, value)
        return None

    def _joined(self, key: str, value: Node) -> Condition | None:
        listed = self._several(value, "terms or conditions")
        if not listed:
            self._say(value, f"`{key}:` is empty")
        parts = tuple(part for item in listed if (part := self.condition(item)) is not None)
        if not parts:
            return None
        together = parts[0] if len(parts) == 1 else AllOf(parts) if key == "all" else AnyOf(parts)
        return Not(together) if key == "not" else together

    def _near(self, node: Node) -> Condition | None:
        found = keys(node, _NEAR_KEYS, self._problems)
        if found is None:
            return None
        words, within = found.get("words"), found.get("within")
        distance = within.value if isinstance(within, Scalar) else None
        if not isinstance(distance, int) or isinstance(distance, bool) or not 0 <= distance <= _WIDEST:
            self._say(within or node, f"`within:` is expected: how many other words may stand between, 0 to {_WIDEST}")
            return None
        listed = items(words, self._problems, "words")
        slots = [self.condition(item) for item in listed]
        if len(listed) < 2 or len(listed) > 8:
            self._say(words or node, "`words:` is expected: a list of two to eight terms that stand near each other")
            return None
        for slot, item in zip(slots, listed, strict=True):
            if slot is not None and not _stands_somewhere(slot):
                self._say(item, "`near:` takes terms and `any:` of terms; the rest belongs beside it")
                return None
        given = tuple(slot for slot in slots if slot is not None)
        return Near(given, distance) if len(given) == len(slots) else None

    def _term(
        self, node: Node, kind: Kind, aliases: tuple[str, ...] = (), exclude: tuple[Condition, ...] = ()
    ) -> Condition | None:
        text = term_text(node, self._problems)
        if text is None:
            return None
        if kind == "pattern" and (odd := re.search(f"[{UNSEEN}]", text)):
            self._say(node, f"an unseen character (U+{ord(odd.group()):04X}) stands in the pattern; delete it")
            return None
        entry = self._packs.entry(text) if kind in ("auto", "name") else None
        if entry is not None and text in entry.typed:  # what was typed is no sign of it: its spellings are
            mention = self.entry(entry)
            return Mention(mention.term, text, (*mention.exclude, *exclude))
        if entry is not None:
            kind, aliases = "name", (entry.text, *entry.aliases, *aliases)
            exclude = (*self.entry(entry).exclude, *exclude)
        spellings = tuple(alias for alias in dict.fromkeys(aliases) if alias != text)
        return Mention(self._table.number(Term(text, kind, spellings), node), text, exclude)

    def _several(self, node: Node | None, what: str) -> list[Node]:
        """A list, or the one thing that stands in its place."""
        if node is None or isinstance(node, Items):
            return items(node, self._problems, what)
        return [node]

    def _say(self, node: Node, message: str) -> None:
        self._problems.append(problem(node, message))


def _stands_somewhere(condition: Condition) -> bool:
    """Whether it is met by places: terms, near, and any of these."""
    match condition:
        case Mention() | Near():
            return True
        case AnyOf(parts):
            return all(_stands_somewhere(part) for part in parts)
        case _:
            return False
