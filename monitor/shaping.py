"""From a YAML tree to frozen pydantic values, with every error at its line and column."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from monitor.yamlfile import Items, Keys, Node, Problem, did_you_mean, shown
from monitor.yamltext import UNSEEN

__all__ = ["Duration", "Shape", "Size", "Slug", "Switch", "items", "keys", "problem", "shape", "slug"]

M = TypeVar("M", bound="Shape")


class Shape(BaseModel):
    """A part of a file that people edit: unknown keys are refused, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def problem(node: Node, message: str) -> Problem:
    """A Problem at ``node``."""
    return Problem(node.file, node.line, node.column, message)


def shape(model: type[M], node: Node, problems: list[Problem]) -> M | None:
    """``node`` as a ``model``; ``None``, and ``problems`` longer by all that is wrong, where it is not one."""
    if not isinstance(node, Keys):
        known = ", ".join(model.model_fields)
        problems.append(problem(node, f"keys are expected here, one `key: value` a line; known: {known}"))
        return None
    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        problems.extend(_located(details, model, node) for details in error.errors(include_url=False))
        return None


def keys(node: Node, known: Sequence[str], problems: list[Problem]) -> Keys | None:
    """``node`` if it is a mapping, unknown keys noted with a suggestion."""
    if not isinstance(node, Keys):
        problems.append(problem(node, f"keys are expected here, one `key: value` a line; known: {', '.join(known)}"))
        return None
    for name, (key, _) in node.entries.items():
        if name not in known:
            problems.append(problem(key, f"unknown key `{shown(name)}`{did_you_mean(name, known)}"))
    return node


def items(node: Node | None, problems: list[Problem], what: str) -> list[Node]:
    """The items of a list; nothing given is an empty one."""
    if node is None:
        return []
    if not isinstance(node, Items):
        problems.append(problem(node, f"a list of {what} is expected here: one `- ` a line"))
        return []
    return list(node.items)


def _located(details: ErrorDetails, model: type[BaseModel], root: Keys) -> Problem:
    """The error at its node: at the key where that is unknown, at the mapping where a key is missing."""
    loc = [part for part in details["loc"] if isinstance(part, str | int)]
    node: Node = root
    at: Node = root
    for part in loc:
        if isinstance(node, Keys) and isinstance(part, str) and part in node.entries:
            key, node = node.entries[part]
            at = key if details["type"] == "extra_forbidden" else node
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            at = node = node.items[part]
    return problem(at, _message(details, model, loc))


_EXPECTED = {
    "string_type": "text is expected; put it in quotes",
    "bool_type": "write true or false",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "list_type": "a list is expected: one `- ` a line",
    "tuple_type": "a list is expected: one `- ` a line",
    "model_type": "keys are expected here, one `key: value` a line",
    "model_attributes_type": "keys are expected here, one `key: value` a line",
}


def _message(details: ErrorDetails, model: type[BaseModel], loc: Sequence[str | int]) -> str:
    name = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")
    kind = details["type"]
    if kind == "extra_forbidden":
        return f"unknown key `{shown(name)}`{did_you_mean(name, _fields(model, loc[:-1]))}"
    if kind == "missing":
        return f"`{name}:` is missing"
    if kind == "value_error":
        return f"`{name}`: {details['ctx']['error']}"
    given = details["input"]
    said = _EXPECTED.get(kind) or _lower(details["msg"])
    return f"`{name}`: {said}" + ("; nothing is given" if given is None else f", not `{shown(given)}`")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(".")


def _fields(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys that are known at ``loc`` below ``model``."""
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            for inner in (model.model_fields[part].annotation, *typing.get_args(model.model_fields[part].annotation)):
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    model = inner
    return list(model.model_fields)


# --- kinds of value ---------------------------------------------------------------------------------------------------

_PARTS: Mapping[str, float] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:\d{1,6}(?:\.\d{1,3})?(?:ms|[smhdw]))+")


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and _DURATION.fullmatch(text := value.replace(" ", "")):
        found = re.findall(r"([\d.]+)(ms|[smhdw])", text)
        seconds = sum(float(number) * _PARTS[unit] for number, unit in found)
        if seconds > 0:
            return timedelta(seconds=seconds)
        raise ValueError("a duration of nothing; 15 minutes are `15m`")
    raise ValueError(f"a duration is expected, like 30s, 15m, 2h, 1d or 1h30m, not `{shown(value)}`")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""``15m``, ``2h``, ``1d``, ``90s``, ``1h30m``."""

_SIZES: Mapping[str, int] = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def _size(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and (found := re.fullmatch(r"(\d{1,9})\s*([KMG]?i?B)", value.strip(), re.IGNORECASE)):
        return int(found[1]) * _SIZES[found[2].upper()]
    raise ValueError(f"a size is expected, like 5 MiB or 500 KiB, not `{shown(value)}`")


Size = Annotated[int, BeforeValidator(_size)]
"""Bytes: ``5 MiB``, ``500 KB``, or a plain number of bytes."""

_MEANT = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    meant = _MEANT.get(str(value).lower())
    raise ValueError(f"write {meant or 'true or false'}, not `{shown(value)}`")


Switch = Annotated[bool, BeforeValidator(_switch)]

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")


def slug(value: Any) -> str:
    """``value`` if it is a short name of Latin small letters, digits and hyphens; ``ValueError`` otherwise."""
    if isinstance(value, str) and _SLUG.fullmatch(value):
        return value
    if not isinstance(value, str):  # pydantic takes ValueError, and no TypeError
        raise ValueError(  # noqa: TRY004
            f"a name is expected, like `enab-baladi`; put a number in quotes, not `{shown(value)}`"
        )
    odd = re.search(f"[{UNSEEN}]|[^\\x00-\\x7f]", value)
    named = f" (`{shown(odd.group())}` is U+{ord(odd.group()):04X})" if odd else ""
    said = "a name of small Latin letters, digits and hyphens is expected, like `enab-baladi`"
    raise ValueError(f"{said}, not `{shown(value)}`{named}")


Slug = Annotated[str, BeforeValidator(slug)]
