"""``sources.yaml`` changed for a person: sources put at its end, a key of some of them set, and nothing else touched."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from monitor.yamledit import EditError, block_end, round_trip, scalar, value_of
from monitor.yamlfile import MAX_BYTES, ConfigError, parse

__all__ = ["Declaration", "as_yaml", "with_key", "with_sources"]

Declaration: TypeAlias = Mapping[str, "str | bool | Sequence[str]"]
"""Keys and values of one source, in the order in which they are to stand."""

_ADDRESS = re.compile(r"https?://\S*[^\s:,\]}]")
_BARE = re.compile(r"(?!(?:null|true|false)$)(?:[a-z][a-z0-9/_-]*|\d{4}-\d\d-\d\d|[A-Z][A-Za-z]+(?:/[A-Za-z_-]+)+)")


def as_yaml(declaration: Declaration, indent: int = 2) -> str:
    """The lines of one source, as they stand in a list."""
    lines = [f"{key}: {_value(value)}" for key, value in declaration.items()]
    pad = " " * indent
    return "".join(f"{pad}{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


def with_sources(body: bytes, new: Sequence[Declaration], name: str) -> bytes:
    """The bytes of ``sources.yaml`` with ``new`` at the end of its list. Raises :class:`EditError`, with ``name``."""

    def wanted(listed: list[Any]) -> list[Any]:
        return [*listed, *(_plain(declaration) for declaration in new)]

    return _edited(body, name, wanted, [lambda text: _appended(text, new), lambda text: _appended_anew(text, new)])


def with_key(body: bytes, names: Collection[str], key: str, value: str | bool, name: str) -> bytes:
    """The bytes of ``sources.yaml`` in which these sources say ``key: value``. Raises :class:`EditError`, with ``name``."""

    def wanted(listed: list[Any]) -> list[Any]:
        return [{**one, key: value} if _name(one) in names else one for one in listed]

    return _edited(
        body,
        name,
        wanted,
        [lambda text: _set(text, names, key, value), lambda text: _set_anew(text, names, key, value)],
    )


def _edited(
    body: bytes, name: str, wanted: Callable[[list[Any]], list[Any]], ways: Sequence[Callable[[str], str | None]]
) -> bytes:
    text = body.decode("utf-8-sig")
    mark = body[: len(body) - len(text.encode())]
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    try:
        aim = wanted(_listed(text, name))
    except ConfigError as error:
        raise EditError("it cannot be read; `rasid check` says what is wrong", subject=name) from error
    for make in ways:
        try:
            attempt = make(text)
            if attempt is not None and (len(attempt) > MAX_BYTES or _listed(attempt, name) == aim):
                done = mark + attempt.replace("\n", newline).encode()
                if len(done) <= MAX_BYTES:
                    return done
                raise EditError(
                    f"it would be larger than {MAX_BYTES // 1_000_000} MB; nothing was written", subject=name
                )
        except (YAMLError, ConfigError):  # what Rasid reads and ruamel.yaml does not, or an attempt that went wrong
            continue
    raise EditError("it is laid out in a way that cannot be edited here; write the lines by hand", subject=name)


def _listed(text: str, name: str) -> list[Any]:
    data = parse(text.encode(), name).plain()
    listed = data.get("sources") if isinstance(data, dict) else data
    if listed is not None and not isinstance(listed, list):
        raise EditError("under `sources:` stands no list; `rasid check` says what is wrong", subject=name)
    if not isinstance(data, dict):
        raise EditError("it is no list of sources; `rasid check` says what is wrong", subject=name)
    return list(listed or ())


def _name(one: Any) -> Any:
    return one.get("name") if isinstance(one, dict) else None


def _plain(declaration: Declaration) -> dict[str, Any]:
    return {key: value if isinstance(value, str | bool) else list(value) for key, value in declaration.items()}


def _value(value: str | bool | Sequence[str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return f"[{', '.join(_value(one) for one in value)}]"
    return value if _ADDRESS.fullmatch(value) or _BARE.fullmatch(value) else scalar(value)


def _appended(text: str, new: Sequence[Declaration]) -> str | None:
    if text and not text.endswith("\n"):
        text += "\n"
    root = round_trip().compose(text)
    listed = value_of(root, "sources") if root is not None and not root.flow_style else None
    if listed is None:
        return f"{text}sources:\n{_block(new, 2)}" if root is None else None
    if not isinstance(listed.value, list) or not listed.value:  # `sources:` or `sources: []`
        key = next(key for key, _ in root.value if key.value == "sources")
        colon = text.find(":", key.end_mark.index) + 1
        empty = listed.end_mark.index if isinstance(listed.value, list) else colon
        end = text.find("\n", empty)
        return f"{text[:colon]}{text[empty:end]}\n{_block(new, 2)}{text[end + 1 :]}"
    if listed.flow_style:
        return None
    at, indent = block_end(text, listed), listed.start_mark.column
    apart = "\n\n" in text[listed.start_mark.index : at] or len(listed.value) == 1
    return f"{text[:at]}{chr(10) if apart else ''}{_block(new, indent)}{text[at:]}"


def _block(new: Sequence[Declaration], indent: int) -> str:
    return "\n".join(as_yaml(declaration, indent) for declaration in new)


def _set(text: str, names: Collection[str], key: str, value: str | bool) -> str | None:
    root = round_trip().compose(text)
    listed = value_of(root, "sources") if root is not None else None
    if listed is None or not isinstance(listed.value, list):
        return text
    changes: list[tuple[int, int, str]] = []
    for item in listed.value:
        if not isinstance(item.value, list) or getattr(value_of(item, "name"), "value", None) not in names:
            continue
        there = value_of(item, key)
        if there is not None:
            changes.append((there.start_mark.index, there.end_mark.index, _value(value)))
        elif item.flow_style:
            at = item.value[-1][1].end_mark.index
            changes.append((at, at, f", {key}: {_value(value)}"))
        else:
            at = block_end(text, item)
            before = "" if text[at - 1 : at] == "\n" else "\n"
            changes.append((at, at, f"{before}{' ' * item.start_mark.column}{key}: {_value(value)}\n"))
    pieces, at = [], 0
    for start, end, new in sorted(changes):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def _appended_anew(text: str, new: Sequence[Declaration]) -> str | None:
    def quoted(value: str | bool | Sequence[str]) -> Any:
        if isinstance(value, bool) or (isinstance(value, str) and _BARE.fullmatch(value)):
            return value
        return SingleQuotedScalarString(value) if isinstance(value, str) else CommentedSeq(map(quoted, value))

    def appended(listed: CommentedSeq) -> None:
        listed.extend(CommentedMap((key, quoted(value)) for key, value in one.items()) for one in new)

    return _anew(text, appended)


def _set_anew(text: str, names: Collection[str], key: str, value: str | bool) -> str | None:
    def set_all(listed: CommentedSeq) -> None:
        for one in listed:
            if _name(one) in names:
                one[key] = value

    return _anew(text, set_all)


def _anew(text: str, change: Callable[[CommentedSeq], None]) -> str | None:
    """The file written by ruamel.yaml: comments kept, the layout as near as it comes."""
    yaml = round_trip()
    data = yaml.load(text)
    listed = data.get("sources") if isinstance(data, CommentedMap) else None
    if not isinstance(listed, CommentedSeq):
        return None
    change(listed)
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()
