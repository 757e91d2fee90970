"""A false hit written into a watch list: one more sentence under ``examples: ignore:``, and nothing else changed.

The file is read with ruamel.yaml, which knows where everything stands. The line is put in at that place, so that every
other byte stays; what comes of it is read again and must say just what is meant. Where a file is laid out in a way that
leaves no such place, ruamel.yaml writes it anew, with its comments.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from monitor.conditions import Reading
from monitor.quotes import cut
from monitor.rules import WatchList, met_rules, reaches
from monitor.terms import Matcher
from monitor.yamledit import EditError, block_end, round_trip, scalar, value_of, write
from monitor.yamlfile import ConfigError, parse
from monitor.yamltext import BIDI
from storage.records import Flag, StoredArticle

__all__ = ["EditError", "sentence_of", "with_ignored", "write"]

_UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ufffd{BIDI}]+")


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


def _put_in(text: str, sentence: str) -> str | None:
    """The text with the sentence at its place; ``None`` where there is none that is simple."""
    root = round_trip().compose(text)
    examples = None if root.flow_style else value_of(root, "examples")
    if root.flow_style or not isinstance(getattr(examples, "value", []), list):
        return None
    if examples is None:
        end = "" if text.endswith("\n") else "\n"
        return f"{text}{end}\nexamples:\n  ignore:\n    - {scalar(sentence)}\n"
    ignored = value_of(examples, "ignore")
    if not isinstance(getattr(ignored, "value", []), list) or (ignored is None and examples.flow_style):
        return None
    if ignored is None:
        at, pad = block_end(text, examples), " " * examples.start_mark.column
        return f"{text[:at]}{pad}ignore:\n{pad}  - {scalar(sentence)}\n{text[at:]}"
    if ignored.flow_style:
        at = ignored.value[-1].end_mark.index if ignored.value else ignored.start_mark.index + 1
        return f"{text[:at]}{', ' if ignored.value else ''}{scalar(sentence)}{text[at:]}"
    at, pad = block_end(text, ignored), " " * ignored.start_mark.column
    return f"{text[:at]}{pad}- {scalar(sentence)}\n{text[at:]}"


def _anew(text: str, sentence: str) -> str | None:
    """The file written by ruamel.yaml: comments kept, the layout as near as it comes."""
    yaml = round_trip()
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
