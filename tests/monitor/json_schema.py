"""As much of JSON Schema 2020-12 as ``docs/digest.schema.json`` uses, and stricter: a field that it does not name is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["faults"]

_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None),
}  # fmt: skip
_FORMATS = {"date": r"\d{4}-\d\d-\d\d", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"}
_KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "items", "enum", "const",
    "format", "minimum", "propertyNames", "additionalProperties",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "$") -> Iterator[str]:
    """What of ``value`` does not fit, with its place."""
    assert set(schema) <= _KNOWN, set(schema) - _KNOWN
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, where)
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    wanted = schema.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    right = any(isinstance(value, _TYPES[n]) and (n != "integer" or not isinstance(value, bool)) for n in wanted)
    if wanted and not right:
        yield f"{where}: {value!r} is no {wanted}"
    elif isinstance(value, dict):
        yield from _object(value, schema, root, where)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from faults(item, schema["items"], root, f"{where}[{i}]")
    elif isinstance(value, str) and "format" in schema and not re.fullmatch(_FORMATS[schema["format"]], value):
        yield f"{where}: {value!r} is no {schema['format']}"
    elif isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{where}: {value} is below {schema['minimum']}"


def _object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], where: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}: {name} is missing"
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], root, f"{where}.{name}")
        elif "additionalProperties" in schema:
            yield from faults(item, schema["additionalProperties"], root, f"{where}.{name}")
            yield from faults(name, schema["propertyNames"], root, f"{where} (name)")
        else:
            yield f"{where}: {name} is not in the schema"
