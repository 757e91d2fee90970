"""Before and beside the YAML parser: is this text at all, and what did its author mean where the parser gave up.

Pure; knows no file.
"""

from __future__ import annotations

import re
import unicodedata

import yaml

__all__ = ["BIDI", "LOOK_ALIKES", "UNSEEN", "decode", "explain"]

BIDI = "\u202a-\u202e\u2066-\u2069"
"""Class body: embeddings, overrides and isolates. They make a line read otherwise than it is
(https://trojansource.codes); nothing that is typed into a watch list needs them."""
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
"""Class body: characters that nobody sees, harmless in a sentence and never in a name, a key or an address."""

LOOK_ALIKES = dict(zip("аеорсухіјѕһԁոԛԝքցαοιρυνκτıɡⅼ", "aeopcyxijshdnqwpgaoipuvktigl", strict=True))
"""Cyrillic, Greek and Armenian letters that are drawn like Latin ones (a small part of Unicode's confusables.txt)."""

_REFUSED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff{BIDI}]")
_MANY = 10


def decode(body: bytes) -> tuple[str, list[tuple[int, int, str]]]:
    """The text of a UTF-8 file, and (line, column, what is wrong) for all that must not stand in it.

    A byte order mark at the start is passed over, as Windows editors write it; line ends may be theirs as well.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [(1, 1, "the file is in UTF-16; save it as UTF-8")]
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8", "replace")
        return "", [
            (
                *_place(before, len(before)),
                "from here on the file is not UTF-8; save it as UTF-8 (it may be windows-1256 or latin-1)",
            )
        ]
    problems = []
    for found in _REFUSED.finditer(text):
        problems.append((*_place(text, found.start()), _why(found.group())))
        if len(problems) >= _MANY:
            break
    return text, problems


def _place(text: str, offset: int) -> tuple[int, int]:
    before = re.split(r"\r\n?|\n", text[:offset])
    return len(before), len(before[-1].removeprefix("\ufeff")) + 1


def _why(char: str) -> str:
    name = f"{unicodedata.name(char, 'a control character')} (U+{ord(char):04X})"
    if char == "\x00":
        return f"{name}: this is not a text file"
    if re.fullmatch(f"[{BIDI}]", char):
        return f"{name} turns text round, so that a line reads otherwise than it is; delete it"
    return f"{name} must not stand in the file; delete it"


# The parser's words, and what a person most often did. Longest experience first: the first that fits is used.
_QUOTED_PART = "text that begins with a quotation mark must be in quotes as a whole"
_MEANT = (
    ("mapping values are not allowed", "a `: ` too many, or indented too far; put text that holds `: ` in quotes"),
    (
        "could not find expected ':'",
        "a key without its `:`, or text that goes on in the next line without being indented",
    ),
    ("unknown escape character", "`\\` has a meaning in double quotes; use single quotes"),
    ("did not find expected escape", "`\\` has a meaning in double quotes; use single quotes"),
    ("did not find expected hexdecimal", "`\\` has a meaning in double quotes; use single quotes"),
    ("while scanning a quoted scalar", "a quotation mark is opened and not closed"),
    ("while scanning an alias", "text that begins with * must be in quotes"),
    ("while scanning an anchor", "text that begins with & must be in quotes"),
    ("while scanning a tag", "text that begins with ! must be in quotes"),
    ("while parsing a flow", "a bracket is opened and not closed, or a comma is missing"),
    ("while scanning a directive", "text that begins with % must be in quotes"),
    ("while scanning a block scalar", "text after | or > goes to the next line, indented"),
    ("did not find expected key", f"this does not fit the lines above it: indent it as they are; {_QUOTED_PART}"),
    (
        "did not find expected '-' indicator",
        f"this does not fit the list above it: begin the line with `- `; {_QUOTED_PART}",
    ),
    ("block sequence entries are not allowed", "a list begins in the middle of a line; put `- ` on a line of its own"),
    ("cannot start any token", "text that begins with this character must be in quotes"),
    ("did not find expected <document start>", "this does not fit the lines above it: is `key:` missing?"),
)


def explain(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """(line, column, message) of a parser's error; lines and columns from 1."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return 1, 1, f"this is not YAML: {error}"
    words = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1, f"this is not YAML: {words.strip()}"
    line, column = mark.line + 1, mark.column + 1
    if tab := _tab(text, line):
        return line, tab, "a tab; YAML is indented with spaces"
    message = next((meant for said, meant in _MEANT if said in words), f"this is not YAML: {words.strip()}")
    begun = error.context_mark
    if begun is not None and begun.line + 1 < line:
        message += f" (it begins in line {begun.line + 1})"
    return line, column, message


def _tab(text: str, line: int) -> int | None:
    lines = re.split(r"\r\n?|\n", text)
    if not 0 < line <= len(lines):
        return None
    lead = re.match(r"[ \t\-]*", lines[line - 1])
    tab = lead.group().find("\t") if lead else -1
    return tab + 1 if tab >= 0 else None
