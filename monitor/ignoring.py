"""A false hit written into a watch list: one more sentence under ``examples: ignore:``, and nothing else changed.

The file is read with ruamel.yaml, which knows where everything stands. The line is put in at that place, so that every
other byte stays; what comes of it is read again and must say just what is meant. Where a file is laid out in a way that
leaves no such place, ruamel.yaml writes it anew, with its comments.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from crawler.errors import RasidError
from monitor.conditions import Reading
from monitor.quotes import cut
from monitor.rules import WatchList, met_rules, reaches
from monitor.terms import Matcher
from monitor.yamlfile import ConfigError, parse
from monitor.yamltext import BIDI
from storage.records import Flag, StoredArticle

__all__ = ["EditError", "sentence_of", "with_ignored", "write"]

_UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ufffd{BIDI}]+")
_PLAIN = re.compile(r"[^\W\d_](?:[\w ()؟،؛.!«»%/\-ـ\u064b-\u0652]*[\w)؟.!»])?")
"""Text that needs no quotes, in a list of lines and between brackets alike."""


class EditError(RasidError):
    """A list's file could not be edited."""


def sentence_of(article: StoredArticle, flags: Sequence[Flag], watchlist: WatchList | None, matcher: Matcher) -> str:
    """The words of an article that tell why it was flagged: the shortest that the list still flags, where one does.

    Each sentence with a mention alone, the headline alone, then all of them together.
    """
    told = article.article
    spans = [span for flag in flags for span in flag.spans]
    quotes, _ = cut(told.text, [span for span in spans if span.where == "text"], limit=4)
    sentences = [clean(told.text[quote.start : quote.end]) for quote in quotes]
    if not sentences or any(span.where == "title" for span in spans):
        sentences.append(clean(told.title))
    together = " ".join(sentences)
    sentences.sort(key=len)
    if watchlist is not None:
        for one in (*sentences, together):
            reading = Reading(matcher, one, one)
            if reaches(watchlist, [rule for rule, _ in met_rules(watchlist, watchlist.rules, reading, None)]):
                return one
    return sentences[0]


def clean(text: str) -> str:
    """On one line, without what must not stand in a file that people edit."""
    return re.sub(r"\s+", " ", _UNFIT.sub(" ", text)).strip()


def with_ignored(body: bytes, sentence: str, name: str) -> bytes:
    """The bytes of a list's file with ``sentence`` under ``examples: ignore:``; the same bytes, where it is there.

    Raises :class:`EditError`, with ``name``, for a file that is no watch list.
    """
    text = body.decode("utf-8-sig")
    mark = body[: len(body) - len(text.encode())]
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    before = _data(text, name)
    wanted = _ignored(before)
    if sentence in wanted:
        return body
    wanted.append(sentence)
    for make in (_put_in, _anew):
        try:
            attempt = make(text, sentence)
        except YAMLError:  # what Rasid reads and ruamel.yaml does not
            continue
        if attempt is not None and _says(attempt, before, wanted):
            return mark + attempt.replace("\n", newline).encode()
    raise EditError("the sentence could not be put in; add it by hand under `examples:` `ignore:`", subject=name)


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _data(text: str, name: str) -> dict[str, Any]:
    """What the file says, as Rasid will read it."""
    try:
        data = parse(text.encode(), name).plain()
    except ConfigError as error:
        raise EditError("it cannot be read; `rasid check` says what is wrong", subject=name) from error
    if not isinstance(data, dict) or not data:
        raise EditError("it is no watch list; `rasid check` says what is wrong", subject=name)
    return data


def _ignored(data: dict[str, Any]) -> list[Any]:
    examples = data.get("examples")
    ignored = examples.get("ignore") if isinstance(examples, dict) else None
    return [] if ignored is None else list(ignored) if isinstance(ignored, list) else [ignored]


def _says(text: str, before: dict[str, Any], wanted: list[Any]) -> bool:
    """Whether it says what it said before, with these examples to be left alone."""
    try:
        after = _data(text, "")
    except EditError:
        return False
    return _ignored(after) == wanted and _rest(after) == _rest(before)


def _rest(data: dict[str, Any]) -> dict[str, Any]:
    examples = data.get("examples") or {}
    rest = {key: value for key, value in data.items() if key != "examples"}
    return rest | {"examples": {key: value for key, value in examples.items() if key != "ignore"}}


def _scalar(sentence: str) -> str:
    """As people would type it: in quotes only where it must be."""
    if _PLAIN.fullmatch(sentence) and sentence.lower() not in {"null", "true", "false"}:
        return sentence
    return "'" + sentence.replace("'", "''") + "'"


def _put_in(text: str, sentence: str) -> str | None:
    """The text with the sentence at its place; ``None`` where there is none that is simple."""
    root = _yaml().compose(text)
    examples = None if root.flow_style else _value(root, "examples")
    if root.flow_style or not isinstance(getattr(examples, "value", []), list):
        return None
    if examples is None:
        end = "" if text.endswith("\n") else "\n"
        return f"{text}{end}\nexamples:\n  ignore:\n    - {_scalar(sentence)}\n"
    ignored = _value(examples, "ignore")
    if not isinstance(getattr(ignored, "value", []), list) or (ignored is None and examples.flow_style):
        return None
    if ignored is None:
        at, pad = _end(text, examples), " " * examples.start_mark.column
        return f"{text[:at]}{pad}ignore:\n{pad}  - {_scalar(sentence)}\n{text[at:]}"
    if ignored.flow_style:
        at = ignored.value[-1].end_mark.index if ignored.value else ignored.start_mark.index + 1
        return f"{text[:at]}{', ' if ignored.value else ''}{_scalar(sentence)}{text[at:]}"
    at, pad = _end(text, ignored), " " * ignored.start_mark.column
    return f"{text[:at]}{pad}- {_scalar(sentence)}\n{text[at:]}"


def _value(node: Any, key: str) -> Any:
    return next((value for name, value in node.value if name.value == key), None)


def _end(text: str, node: Any) -> int:
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


def _anew(text: str, sentence: str) -> str | None:
    """The file written by ruamel.yaml: comments kept, the layout as near as it comes."""
    yaml = _yaml()
    data = yaml.load(text)
    examples = data.get("examples")
    if examples is None:
        examples = data["examples"] = CommentedMap()
    if not isinstance(examples, dict):
        return None
    ignored = examples.get("ignore")
    if not isinstance(ignored, list):
        given = [] if ignored is None else [ignored]
        ignored = examples["ignore"] = CommentedSeq(given)
    ignored.append(SingleQuotedScalarString(sentence))
    found = re.search(r"^( +)- ", text, re.MULTILINE)
    offset = len(found[1]) if found else 0
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


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
