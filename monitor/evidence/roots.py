"""Roots of the ledger as they are printed in digests, read back from there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["given", "in_folder", "printed"]

_ROOT = re.compile(r"(?<![0-9a-f])[0-9]+:([0-9a-f]{64})(?![0-9a-f])")
_BARE = re.compile(r"(?:[0-9]+:)?([0-9a-f]{64})")
_LARGEST = 64 * 2**20


def printed(number: int, root: str) -> str:
    """How a root is written for people: the number of its entry, a colon, 64 digits."""
    return f"{number}:{root}"


def given(text: str) -> dict[str, str]:
    """Roots that a person names, by hash, with where they are from: the root itself, or a file in which some are printed."""
    if found := _BARE.fullmatch(text.strip().lower()):
        return {found[1]: "--root"}
    path = Path(text)
    return dict(_in_file(path)) if path.is_file() else {}


def in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    """Roots printed in the digests of a folder."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix in (".html", ".md", ".txt", ".json") and "so-far" not in path.name:
            yield from _in_file(path)


def _in_file(path: Path) -> Iterator[tuple[str, str]]:
    if path.stat().st_size <= _LARGEST:
        text = path.read_text("utf-8", "replace")
        yield from ((found, path.name) for found in _ROOT.findall(text))
