"""The digest for programs: every value as it is, nothing escaped but what no reader should meet raw.

The shape is published in ``docs/digest.schema.json``; ``format`` changes its number when a field changes its meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.digest import Digest
from monitor.formats.sentences import headline

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["render"]

_FORMAT = "rasid-digest/1"

# Written as \\uXXXX, which every JSON reader gives back: lone surrogates (no UTF-8 for them), bidi controls and other
# format characters that would turn the file round in an editor.
_ESCAPED = re.compile(
    "[\u007f-\u009f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def render(digest: Digest) -> str:
    """UTF-8 JSON in one line, a newline at its end: ``python -m json.tool`` lays it out."""
    shown = {"format": _FORMAT, "headline": headline(digest), **_object(digest)}
    written = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", written) + "\n"


def _object(value: DataclassInstance) -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> object:
    """Dataclasses become objects, times RFC 3339 in UTC, tuples arrays."""
    if is_dataclass(value) and not isinstance(value, type):
        return _object(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
