"""Packs: tested lists of a name's spellings and of its homographs, in ``packs/*.yaml``.

A pack is a mapping: ``id`` (the file's name by default), ``title``, ``note``, ``terms``. Each term has one of ``name``,
``word``, ``phrase``, ``exact``; ``aliases`` (other spellings and other names of the same thing); ``typed`` (what people
write for it in a list, where that alone is no sign of it); ``exclude`` (terms, or ``near``: places that do not count); ``examples`` (``match`` and ``ignore``: sentences).

A list gets a whole pack by ``use: [id]`` or, inside a rule, ``pack: id``. A plain name in a list that a pack knows, by
its first spelling or by an alias, is looked for in all its spellings without being asked to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.arabic import fold, tokens
from monitor.shaping import Shape, Slug, items, keys, problem
from monitor.termtable import term_text
from monitor.yamlfile import ConfigError, Items, Keys, Node, Problem, Scalar, read, shown

__all__ = ["Entry", "Pack", "Packs", "aliases_of", "load", "yaml_files"]

_KEYS = ("id", "title", "note", "terms")
_KINDS = ("name", "word", "phrase", "exact")
_TERM_KEYS = (*_KINDS, "aliases", "typed", "exclude", "examples", "note")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """One term of a pack. ``exclude`` and ``examples`` are read where the entry is used."""

    text: str
    kind: str
    aliases: tuple[str, ...]
    typed: tuple[str, ...]
    """What people write for it in a list, and what is no spelling of it by itself: دوما is more often "always"."""
    exclude: Node | None
    examples: Node | None
    node: Keys


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pack:
    id: str
    title: str
    entries: tuple[Entry, ...]
    file: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Packs:
    """Every pack at hand, and the entry that knows a spelling."""

    by_id: Mapping[str, Pack]
    by_spelling: Mapping[tuple[str, ...], Entry] = field(repr=False)

    def entry(self, text: str) -> Entry | None:
        """The entry of a name as a person typed it."""
        return self.by_spelling.get(_spelling(text))


class _Head(Shape):
    id: Slug
    title: str


def load(folders: Sequence[Path], problems: list[Problem]) -> Packs:
    """The packs of ``folders``; where two have the same id, the earlier folder's counts."""
    packs: dict[str, Pack] = {}
    for folder in folders:
        here = [_pack(path, problems) for path in yaml_files(folder)]
        for pack in here:
            if pack is not None and pack.id not in packs:
                packs[pack.id] = pack
    known: dict[tuple[str, ...], Entry] = {}
    for pack in packs.values():
        for entry in pack.entries:
            if entry.kind == "name":
                for spelling in (entry.text, *entry.aliases, *entry.typed):
                    known.setdefault(_spelling(spelling), entry)
    return Packs(by_id=packs, by_spelling=known)


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder that people edit, by name; what editors leave behind is passed over."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in (".yaml", ".yml") and path.name[:1] not in ".#~"
    )


def _spelling(text: str) -> tuple[str, ...]:
    return tuple(token.folded for token in tokens(text)) or (fold(text),)


def _pack(path: Path, problems: list[Problem]) -> Pack | None:
    try:
        tree, _ = read(path)
    except ConfigError as error:
        problems.extend(error.errors)
        return None
    root = keys(tree, _KEYS, problems)
    if root is None:
        return None
    identity = root.get("id")
    head = {"id": identity.plain() if identity else path.stem, "title": _plain(root.get("title")) or path.stem}
    try:
        checked = _Head.model_validate(head)
    except ValueError:
        problems.append(
            problem(identity or root, f"`{shown(head['id'])}` cannot be an id: small Latin letters, digits and hyphens")
        )
        return None
    listed = items(root.get("terms"), problems, "terms")
    if not listed:
        problems.append(problem(root, "`terms:` is missing: a pack without terms does nothing"))
    entries = [entry for node in listed if (entry := _entry(node, problems)) is not None]
    known: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        for spelling in (entry.text, *entry.aliases):
            other = known.setdefault(_spelling(spelling), entry)
            if other is not entry:
                said = f"`{shown(spelling)}` belongs to `{shown(other.text)}` in line {other.node.line} already"
                problems.append(problem(entry.node, said))
    return Pack(id=checked.id, title=checked.title, entries=tuple(entries), file=str(path))


def _entry(node: Node, problems: list[Problem]) -> Entry | None:
    found = keys(node, _TERM_KEYS, problems)
    if found is None:
        return None
    kinds = [kind for kind in _KINDS if kind in found.entries]
    if len(kinds) != 1:
        problems.append(problem(node, f"one of {', '.join(f'`{kind}:`' for kind in _KINDS)} is expected"))
        return None
    text = term_text(found.entries[kinds[0]][1], problems)
    aliases = aliases_of(found.get("aliases"), problems)
    if text is None:
        return None
    return Entry(
        text=text,
        kind=kinds[0],
        aliases=tuple(alias for alias in aliases if alias != text),
        typed=aliases_of(found.get("typed"), problems),
        exclude=found.get("exclude"),
        examples=found.get("examples"),
        node=found,
    )


def aliases_of(node: Node | None, problems: list[Problem]) -> tuple[str, ...]:
    """Other spellings: a list of terms, each once."""
    seen: dict[str, None] = {}
    for item in items(node, problems, "spellings") if isinstance(node, Items | None) else [node]:
        if (text := term_text(item, problems)) is not None:
            if text in seen:
                problems.append(problem(item, f"`{shown(text)}` is here a second time"))
            seen[text] = None
    return tuple(seen)


def _plain(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""
