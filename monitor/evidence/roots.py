"""Roots of the ledger as they are printed in digests, and read back from there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from storage.records import Root

__all__ = ["given", "in_folder", "printed"]

_BARE = re.compile(r"(?:[0-9]+:)?([0-9a-f]{64})")
_READ = (".html", ".md", ".txt", ".json", ".atom", ".eml")
_LARGEST = 64 * 2**20


def printed(root: Root) -> str:
    """How a root is written for people: the number of its entry, a colon, 64 digits."""
    return f"{root.number}:{root.hash}"


def given(text: str) -> dict[str, str]:
    """Roots that a person names, by hash, with where they are from: the root itself, or a digest in which some are printed."""
    if found := _BARE.fullmatch(text.strip().lower()):
        return {found[1]: "--root"}
    path = Path(text)
    return dict(_in_file(path)) if path.is_file() else {}


def in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    """Roots printed in the digests of a folder and of those in it. Of a day that is not over yet none is taken."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and "so-far" not in path.name:
            yield from _in_file(path)


def _in_file(path: Path) -> Iterator[tuple[str, str]]:
    if path.suffix in _READ and path.stat().st_size <= _LARGEST:
        yield from ((root, path.name) for root in _found(path.suffix, path.read_bytes()))


def _found(suffix: str, data: bytes) -> list[str]:
    if suffix == ".eml":
        return _of_mail(data)
    text = data.decode("utf-8", "replace")
    return _of_json(text) if suffix == ".json" else _printed(suffix).findall(text)


def _of_mail(data: bytes) -> list[str]:
    from email import message_from_bytes, policy

    found = []
    for part in message_from_bytes(data, policy=policy.default).walk():
        suffix = {"text/plain": ".txt", "text/html": ".html"}.get(part.get_content_type())
        if suffix is not None:
            body = part.get_payload(decode=True)
            found += _found(suffix, body.replace(b"\r\n", b"\n") if isinstance(body, bytes) else b"")
    return list(dict.fromkeys(found))


@cache
def _printed(suffix: str) -> re.Pattern[str]:
    """An element or a line that only a digest itself can write: what it quotes is escaped, or stands further in."""
    from monitor.formats.words import say

    if suffix == ".html":
        return re.compile('<bdi dir="ltr" class="root">[0-9]+:([0-9a-f]{64})</bdi>')
    begins = "|".join(re.escape(say(language, "root")) for language in ("ar", "en"))
    if suffix == ".atom":
        return re.compile(rf"<subtitle>[^<]*(?:{begins}) [0-9]+:([0-9a-f]{{64}})</subtitle>")
    return re.compile(rf"^\u200f?(?:{begins}) \u2068?[0-9]+\\?:([0-9a-f]{{64}})\b", re.MULTILINE)


def _of_json(text: str) -> list[str]:
    try:
        said: Any = json.loads(text)
        return [str(root["hash"]) for root in said["roots"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        return []
