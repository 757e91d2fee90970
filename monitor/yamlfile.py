"""YAML as people write it: a tree of values that know their line and column, or an error that says what to do.

The YAML that is read is small on purpose: mappings, lists and scalars. Anchors, aliases, merge keys, tags and second
documents are refused (an alias is how ten lines become a billion values). Plain scalars follow the core schema of
YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): ``true``, ``false``, ``null`` and decimal numbers are values;
``no``, ``on``, ``06:00`` and ``2018-05-14`` stay text. The tree is built from the parser's events without recursion, so
that depth and size are bounded before anything is built.
"""

from __future__ import annotations

import difflib
import math
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from crawler.errors import RasidError
from monitor import yamltext

__all__ = [
    "ConfigError",
    "Items",
    "Keys",
    "Node",
    "Plain",
    "Problem",
    "Scalar",
    "did_you_mean",
    "nearest",
    "parse",
    "read",
    "shown",
]

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_VALUES = 100_000
_SHOWN_PROBLEMS = 30

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: ``file:line:column: message``; line and column count from 1, columns in characters."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigError(RasidError):
    """What people edit cannot be used. ``errors`` holds every Problem that was found, ``str()`` shows each on its line.

    ``file``, ``line`` and ``column`` are those of the first.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.errors = tuple(sorted(set(problems)))
        first = self.errors[0]
        self.file, self.line, self.column = first.file, first.line, first.column
        lines = [str(problem) for problem in self.errors[:_SHOWN_PROBLEMS]]
        if len(self.errors) > _SHOWN_PROBLEMS:
            lines.append(f"... and {len(self.errors) - _SHOWN_PROBLEMS} more like these")
        super().__init__("\n".join(lines))


@dataclass(slots=True, eq=False)
class Scalar:
    """Text, a number, true, false or nothing. ``text`` is what was written, quotes taken off."""

    file: str
    line: int
    column: int
    text: str
    value: bool | int | float | str | None
    runs_on: bool = False
    """Unquoted text that goes on in the next line: where a `- ` was forgotten, two items became one."""

    def plain(self) -> Plain:
        return self.value


@dataclass(slots=True, eq=False)
class Items:
    """A list."""

    file: str
    line: int
    column: int
    items: list[Node] = field(default_factory=list)

    def plain(self) -> Plain:
        return [item.plain() for item in self.items]


@dataclass(slots=True, eq=False)
class Keys:
    """A mapping; ``entries`` holds for each key where it is written, and its value."""

    file: str
    line: int
    column: int
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)

    def plain(self) -> Plain:
        return {key: value.plain() for key, (_, value) in self.entries.items()}

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node: TypeAlias = "Scalar | Items | Keys"


def read(path: Path) -> tuple[Node, bytes]:
    """The file's tree and its bytes. Raises :class:`ConfigError`, also where there is no file or it cannot be read."""
    name = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a FIFO would be waited for without end
            raise ConfigError([Problem(name, 1, 1, "this is not a file")])
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError([Problem(name, 1, 1, f"cannot be read: {error.strerror or error}")]) from error
    return parse(body, name), body


def parse(body: bytes, name: str) -> Node:
    """The tree of a YAML file's bytes; an empty file is an empty mapping. Raises :class:`ConfigError`."""
    if len(body) > MAX_BYTES:
        raise ConfigError(
            [Problem(name, 1, 1, f"the file is larger than {MAX_BYTES // 1_000_000} MB; split it into several")]
        )
    text, problems = yamltext.decode(body)
    if problems:
        raise ConfigError(Problem(name, *problem) for problem in problems)
    try:
        return _Builder(name).build(text)
    except yaml.YAMLError as error:
        line, column, message = yamltext.explain(error, text)
        raise ConfigError([Problem(name, line, column, message)]) from None


class _Builder:
    """Events in, one tree out."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._values = 0
        self._open: list[tuple[Items | Keys, Scalar | None]] = []
        self._root: Node | None = None
        self._problems: list[Problem] = []

    def build(self, text: str) -> Node:
        documents = 0
        loader = yaml.CSafeLoader(text)
        try:
            while (event := loader.get_event()) is not None:
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._stop(event, "a second document begins here (`---`); a file holds one")
                self._take(event)
        finally:
            loader.dispose()
        if self._problems:
            raise ConfigError(self._problems)
        root = self._root
        if root is None or (isinstance(root, Scalar) and root.value is None):
            return Keys(self._name, 1, 1)
        return root

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._allowed(event)
        line, column = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and not event.style
            value = _resolve(event.value) if plain else event.value
            runs_on = plain and _place(event, end=True)[0] > line
            self._add(Scalar(self._name, line, column, event.value, value, runs_on))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._enter(event, Items(self._name, line, column))
        elif isinstance(event, yaml.MappingStartEvent):
            self._enter(event, Keys(self._name, line, column))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            node, _ = self._open.pop()
            self._add(node)

    def _allowed(self, event: yaml.NodeEvent) -> None:
        """Refuses what refers, names or types; counts what is left."""
        quote = "in quotes"
        if isinstance(event, yaml.AliasEvent):
            name = shown(event.anchor)
            self._stop(
                event, f"`*{name}` refers to another place; write it out, or put text that begins with * {quote}"
            )
        if event.anchor is not None:
            name = shown(event.anchor)
            self._stop(event, f"`&{name}` names a place; leave it out, or put text that begins with & {quote}")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self._stop(event, f"a tag (`!…`) has no meaning here; put text that begins with ! {quote}")
        self._values += 1
        if self._values > MAX_VALUES:
            self._stop(event, f"more than {MAX_VALUES:,} values; split the file into several")

    def _enter(self, event: yaml.Event, node: Items | Keys) -> None:
        if self._open and isinstance(self._open[-1][0], Keys) and self._open[-1][1] is None:
            self._stop(event, "a key must be a word; put it in quotes if it begins with { or [")
        if len(self._open) >= MAX_DEPTH:
            self._stop(event, f"nested more than {MAX_DEPTH} levels deep")
        self._open.append((node, None))

    def _add(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent, key = self._open[-1]
        if isinstance(parent, Items):
            parent.items.append(node)
        elif key is None:
            assert isinstance(node, Scalar)
            self._open[-1] = (parent, node)
        else:
            self._open[-1] = (parent, None)
            self._pair(parent, key, node)

    def _pair(self, parent: Keys, key: Scalar, node: Node) -> None:
        name = key.text
        if not name or (key.value is None and name != "null"):
            self._note(key, "a key is missing before the `:`")
        elif name == "<<":
            self._note(key, "merging (`<<`) has no meaning here; write the keys out")
        elif name in parent.entries:
            first = parent.entries[name][0]
            self._note(key, f"`{shown(name)}` is here a second time (first in line {first.line}); keep one of them")
        else:
            parent.entries[name] = (key, node)

    def _note(self, at: Scalar, message: str) -> None:
        self._problems.append(Problem(self._name, at.line, at.column, message))

    def _stop(self, event: yaml.Event, message: str) -> None:
        raise ConfigError([*self._problems, Problem(self._name, *_place(event), message)])


def _place(event: yaml.Event, *, end: bool = False) -> tuple[int, int]:
    """Line and column of its start or end, from 1."""
    mark = event.end_mark if end else event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}(?:\.[0-9]{0,18})?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {"": None, "~": None, **dict.fromkeys(("null", "Null", "NULL")), "true": True, "True": True, "TRUE": True,
          "false": False, "False": False, "FALSE": False}  # fmt: skip


def _resolve(text: str) -> bool | int | float | str | None:
    """What an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def shown(text: object, limit: int = 60) -> str:
    """``text`` fit for a message: on one line, short, its invisible characters named."""
    given = str(text).lower() if isinstance(text, bool) else str(text)
    cut = given if len(given) <= limit else given[: limit - 1] + "…"
    return "".join(f"<U+{ord(c):04X}>" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in cut)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """What was probably meant by ``word``; capitals and letters that only look Latin do not count."""
    by_skeleton = {name.casefold(): name for name in known}
    skeleton = "".join(yamltext.LOOK_ALIKES.get(c, c) for c in word.casefold() if unicodedata.category(c) != "Cf")
    near = difflib.get_close_matches(skeleton[:100], by_skeleton, n=1, cutoff=0.6)
    return by_skeleton[near[0]] if near else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """`` did you mean `x`?`` where something known is like ``word``; then the list of what is known."""
    foreign = sorted({c for c in word if not c.isascii() and not _arabic(c)})
    hidden = "".join(f" (it holds {unicodedata.name(c, '?')}, U+{ord(c):04X})" for c in foreign[:3])
    near = nearest(word, known)
    meant = f"; did you mean `{near}`?" if near else ";"
    return f"{hidden}{meant} known: {', '.join(known)}"


def _arabic(char: str) -> bool:
    return "\u0600" <= char <= "\u06ff" and unicodedata.category(char) != "Cf"
