"""The watch lists that come with Rasid and are used only when somebody takes them over: ``config/ready``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.config import shipped
from monitor.packs import yaml_files
from monitor.yamlfile import Keys, Scalar, read

__all__ = ["ReadyList", "folder", "lists", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyList:
    id: str
    title: str
    note: str
    path: Path


def folder() -> Path:
    """Where they stand."""
    return shipped() / "ready"


def lists() -> Mapping[str, ReadyList]:
    """Those that are there, by name."""
    found = {}
    for path in yaml_files(folder()):
        tree, _ = read(path)
        said = {
            key: node.text
            for key in ("title", "note")
            if isinstance(tree, Keys) and isinstance(node := tree.get(key), Scalar)
        }
        found[path.stem] = ReadyList(
            id=path.stem, title=said.get("title", path.stem), note=said.get("note", ""), path=path
        )
    return found


def write(ready: ReadyList, target: Path) -> Path:
    """Copies it into ``target``; raises FileExistsError where a file of that name is there."""
    target.mkdir(parents=True, exist_ok=True)
    path = target / ready.path.name
    with path.open("xb") as stream:
        stream.write(ready.path.read_bytes())
    return path
