"""Files that people edit, changed in one place: every other byte stays.

ruamel.yaml knows where everything stands; what is new is put in at that place. Who uses this reads the result again, and has
ruamel.yaml write the file anew, with its comments, where it is laid out so that no such place is found.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from crawler.errors import RasidError

__all__ = ["EditError", "block_end", "round_trip", "scalar", "value_of", "write"]

_PLAIN = re.compile(r"[^\W\d_](?:[\w ()؟،؛.!«»%/\-ـ\u064b-\u0652]*[\w)؟.!»])?")
"""Text that needs no quotes, in a list of lines and between brackets alike."""


class EditError(RasidError):
    """A file that people edit could not be edited."""


def round_trip() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def scalar(text: str) -> str:
    """As people would type it: in quotes only where it must be."""
    if _PLAIN.fullmatch(text) and text.lower() not in {"null", "true", "false"}:
        return text
    return "'" + text.replace("'", "''") + "'"


def value_of(node: Any, key: str) -> Any:
    return next((value for name, value in node.value if name.value == key), None)


def block_end(text: str, node: Any) -> int:
    """The start of the line after the last line of a block: the parser counts the blank lines and comments behind it."""
    last = node
    while isinstance(last.value, list) and last.value and not last.flow_style:
        last = last.value[-1][1] if isinstance(last.value[-1], tuple) else last.value[-1]
    at: int = last.end_mark.index
    if text[at - 1 : at] == "\n":  # a block of text ends where the next line begins
        while at and text[: at - 1].endswith("\n"):
            at -= 1
        return at
    line = text.find("\n", at)
    return len(text) if line < 0 else line + 1


def write(path: Path, body: bytes) -> None:
    """Replaces a file that people edit, whole or not at all; its rights stay. Raises :class:`EditError`."""
    real = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".part", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(real.stat().st_mode & 0o7777)
            Path(name).replace(real)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EditError(f"cannot be written: {error.strerror or error}", subject=str(path)) from error
