"""Patterns: regular expressions in linear time (RE2), with Arabic meaning for ``\\b`` and ``\\w``.

RE2's ``\\w`` and ``\\b`` know ASCII only: ``\\bأستانا\\b`` would silently never match. ``\\w`` ``\\W`` ``\\d`` ``\\s`` are
written out as Unicode classes. ``\\b`` is understood at the two ends of a pattern (or of each of its alternatives), where
it is checked on the text itself; elsewhere it is refused, and so is all that RE2 cannot do in linear time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Pattern", "PatternError", "parse"]

_WORD = r"\p{L}\p{M}\p{N}_"
_CLASSES = {"w": _WORD, "d": r"\p{Nd}", "s": r"\s\x{0b}\x{85}\p{Z}"}
_UNABLE = re.compile(
    r"\(\?(?P<look><?[=!])|\(\?(?P<atomic>>)|\(\?(?P<cond>\()|(?<!\\)(?:\\\\)*\\(?P<back>[1-9])|(?P<poss>[*+?}]\+)"
)
_MEMORY = 8 << 20
_LONGEST = 1000


class PatternError(ValueError):
    """Says what is wrong with a pattern and what to write instead."""


@dataclass(frozen=True, slots=True)
class _Branch:
    expression: Any
    starts: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern ready to be looked for."""

    source: str
    branches: tuple[_Branch, ...]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of every match, offsets in code points; those of one alternative do not overlap."""
        seen: set[tuple[int, int]] = set()
        for branch in self.branches:
            at = 0
            while at <= len(text) and (found := branch.expression.search(text, at)) is not None:
                start, end = found.span()
                if _fits(branch, text, start, end):
                    if (start, end) not in seen:
                        seen.add((start, end))
                        yield start, end
                    at = max(end, start + 1)
                else:
                    at = start + 1


def _fits(branch: _Branch, text: str, start: int, end: int) -> bool:
    if start == end:
        return False
    return not (branch.starts and _inside(text, start)) and not (branch.ends and _inside(text, end))


def _inside(text: str, at: int) -> bool:
    """Whether an offset stands inside a word."""
    return 0 < at < len(text) and _letter(text[at - 1]) and _letter(text[at])


def _letter(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LMN"


def parse(source: str) -> Pattern:
    """A Pattern of what a person wrote. Raises :class:`PatternError`."""
    import re2

    if len(source) > _LONGEST:
        raise PatternError(f"a pattern of {len(source)} characters; at most {_LONGEST} are possible")
    if unable := _UNABLE.search(source):
        raise PatternError(_remedy(unable))
    branches = []
    for part in _alternatives(source):
        body, starts, ends = _edges(part)
        translated = _translate(body)
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        try:
            expression = re2.compile(translated, options)
        except re2.error as error:
            why = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            raise PatternError(f"it is no pattern that can be looked for ({why}); make it simpler") from error
        if expression.fullmatch("") is not None:
            raise PatternError("it matches the empty text, so it would match everywhere; ask for at least one letter")
        branches.append(_Branch(expression, starts, ends))
    return Pattern(source, tuple(branches))


def _remedy(found: re.Match[str]) -> str:
    if found["look"]:
        return "looking ahead or behind (?= ?! ?<= ?<!) takes more than linear time; use `not:` or `near:` in the rule instead"
    if found["back"]:
        return f"a reference back (\\{found['back']}) takes more than linear time; write the alternatives out"
    return "atomic groups, conditions and possessive repetition are not needed here: every pattern takes linear time; leave them out"


def _alternatives(source: str) -> list[str]:
    """The alternatives at the top of a pattern: ``a|(b|c)`` has two."""
    parts, start, depth, at, in_class = [], 0, 0, 0, False
    while at < len(source):
        character = source[at]
        if character == "\\":
            at += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
            if source[at + 1 : at + 2] == "^":
                at += 1
            if source[at + 1 : at + 2] == "]":
                at += 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == "|" and depth == 0:
            parts.append(source[start:at])
            start = at + 1
        at += 1
    parts.append(source[start:])
    if len(parts) > 1 and re.match(r"\(\?[a-zA-Z]+\)", source):
        return [source]  # flags at the front hold for all alternatives
    return parts


def _edges(part: str) -> tuple[str, bool, bool]:
    """A pattern without the ``\\b`` at its ends."""
    starts = part.startswith(r"\b")
    if starts:
        part = part[2:]
    ends = part.endswith(r"\b") and (len(part) - len(part[:-1].rstrip("\\"))) % 2 == 0
    return (part[:-2] if ends else part), starts, ends


def _translate(body: str) -> str:
    out: list[str] = []
    at, in_class = 0, False
    while at < len(body):
        character = body[at]
        if character == "\\" and at + 1 < len(body):
            out.append(_escape(body[at + 1], in_class))
            at += 2
            continue
        if character == "[" and not in_class:
            in_class = True
        elif character == "]" and in_class:
            in_class = False
        out.append(character)
        at += 1
    return "".join(out)


def _escape(letter: str, in_class: bool) -> str:
    if letter in "bB" and not in_class:
        raise PatternError(
            f"\\{letter} is understood at the start and end of a pattern or of one of its alternatives only;"
            r" inside one write \W or a space, or move the alternatives to the top: \bأ\b|\bب\b"
        )
    small = letter.lower()
    if small in _CLASSES and letter in "wWdDsS":
        if letter == small:
            return _CLASSES[small] if in_class else f"[{_CLASSES[small]}]"
        if in_class:
            raise PatternError(f"\\{letter} inside [ ] cannot be said; write [^…] with what is not wanted")
        return f"[^{_CLASSES[small]}]"
    return "\\" + letter
