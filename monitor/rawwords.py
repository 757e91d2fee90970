"""The Arabic words in the bytes of a page, without taking it apart: all that a reader could make a text of. Pure.

A byte below 128 is part of no Arabic word, so that the runs of bytes above it hold the words: those between tags, in attributes, in
scripts (JSON-LD), in comments. What is less plain is looked for, and read besides:

* character references and JSON's escapes that stand for a letter: the page with them undone, once more for each time they were escaped;
* tags within a word (``قص<b>ف</b>``): the page without them. A reader begins a line where a block begins; all other tags it passes
  over, some with what is in them (:data:`crawler.sheet.BLOCKS`, :data:`crawler.sheet.SILENT`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from html import unescape

from crawler import markup, sheet
from monitor.arabic import ARABIC_LETTERS, MARKS, UNSEEN

__all__ = ["DIGITS", "LATIN", "WORD", "Unsure", "letters", "levels", "runs", "whole", "with_ascii_digits"]

WORD = re.compile(f"[{ARABIC_LETTERS}][{ARABIC_LETTERS}{MARKS}{UNSEEN}]*")
"""What of :data:`monitor.arabic.WORD` is Arabic."""
LATIN = re.compile(
    "[\u00aa\u00b2\u00b3\u00b9\u00ba\u00bc-\u00be\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u02b0-\u02e4\u0300-\u036f\u1d00-\u1eff\u2070-\u209c\u2100-\u218b"
    "\u2460-\u24ff\u3250-\u33ff\u2c7c\u2c7d\ua7f0-\ua7ff\uab5c-\uab69\ufb00-\ufb06\uff10-\uff5a\U000107a5\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]"
)
"""What is folded to an ASCII letter or digit, a few signs that are not among it."""
DIGITS = re.compile("[\u0660-\u0669\u06f0-\u06f9]")
_MEANS = re.compile(f"[{ARABIC_LETTERS}{MARKS}{UNSEEN}0-9A-Za-z]|{LATIN.pattern}|{DIGITS.pattern}")

_SPACED = bytes(0x20 if byte < 0x80 else byte for byte in range(256))
_CONTROL = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in b"\t\n\r")
"""They are left out before a page is parsed, and part no word."""
_NO_LETTER = bytes(byte for byte in range(256) if not chr(byte).isalnum() or byte > 0x7F)
_LOWER = bytes(range(256)).lower()
_ARABIC_DIGIT = re.compile(rb"\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]")
_AMPERSAND = rb"&(?:(?:amp|#0*38|#[xX]0*26);)*+"
_REFERENCE = re.compile(_AMPERSAND + rb"(?:#[xX]?[0-9a-fA-F]{2,7}|[a-zA-Z]{2,31});?")
_ANY_REFERENCE = re.compile(rb"&(?:#[xX]?[0-9a-fA-F]{2,7}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_OPENINGS = re.compile(_AMPERSAND + rb"(?:lt|#0*60|#[xX]0*3[cC])\b"), re.compile(rb"\\u003[cC]")
"""What hides a tag."""
_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")
_ESCAPES = re.compile(rb"\\u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*")
_DEEPEST = 5
"""In JSON-LD what was escaped for HTML is escaped again, and titles come escaped up to three times over."""


class Unsure(Exception):  # noqa: N818 -- no error: the page has to be taken apart
    """What stands between two halves of a word cannot be told from the bytes."""


def runs(body: bytes) -> list[bytes]:
    """What of a page is beyond ASCII, in its order."""
    return body.translate(_SPACED, _CONTROL).split()


def letters(body: bytes) -> tuple[bytes, bytes]:
    """The ASCII letters and digits of a page in lower case, all in a row: with those of its tags, and without."""
    text = b"".join([part[part.find(b">") + 1 :] for part in body.split(b"<")])
    return body.translate(_LOWER, _NO_LETTER), text.translate(_LOWER, _NO_LETTER)


def with_ascii_digits(body: bytes) -> bytes:
    """A page in UTF-8 whose Arabic digits are ASCII ones."""
    return _ARABIC_DIGIT.sub(lambda digit: b"%d" % (digit[0][1] & 0x0F), body)


def levels(body: bytes) -> list[bytes]:
    """A page in UTF-8, and what of it has references and escapes that make a difference to words, undone, as often as it has some."""
    found = [body]
    while len(found) <= _DEEPEST and (telling := _telling(body)) is not None:
        parts = body.split(b"<")
        hiding = [number for number, part in enumerate(parts) if _tells(part, telling)]
        near = _around(parts, hiding)
        undone = b"".join([_undone(b"<" + part) for part, wanted in zip(parts, near, strict=True) if wanted])
        if undone == body or not undone:
            break
        body = undone
        found.append(body)
    return found


def _tells(part: bytes, telling: AbstractSet[bytes]) -> bool:
    """Whether something that is ``telling`` stands in it, or an escape, or what may open a tag."""
    if b"\\u" in part:
        return True
    return b"&" in part and (not telling.isdisjoint(_REFERENCE.findall(part)) or _OPENINGS[0].search(part) is not None)


def _undone(part: bytes) -> bytes:
    part = _ESCAPES.sub(_unescaped, part) if b"\\u" in part else part
    return _ANY_REFERENCE.sub(_dereferenced, part) if b"&" in part else part


def _unescaped(escapes: re.Match[bytes]) -> bytes:
    return escapes[0].decode("unicode_escape").encode("utf-8", "surrogatepass")


def _dereferenced(reference: re.Match[bytes]) -> bytes:
    return _meaning(reference[0])


@lru_cache(maxsize=4096)
def _meaning(reference: bytes) -> bytes:
    return unescape(reference.decode("ascii")).encode("utf-8", "surrogatepass")


def _telling(body: bytes) -> AbstractSet[bytes] | None:
    """Its references that stand for a letter; ``None``: there are none, nor escapes that do, nor any that may open a tag in a word."""
    codes = {code.lower() for code in set(_ESCAPE.findall(body))} if b"\\" in body else set()
    if b"0026" in codes:
        body = body.replace(b"\\u0026", b"&")
    references = set(_REFERENCE.findall(body)) if b"&" in body else set()
    telling = {one for one in references if _stands_for_letters(one)}
    if telling or any(_MEANS.match(chr(int(code, 16))) for code in codes):
        return telling
    patterns = (*_OPENINGS[: bool(references)], *_OPENINGS[1 : 1 + (b"003c" in codes)])
    opening = (found.start() for pattern in patterns for found in pattern.finditer(body))
    return telling if any(at and body[at - 1] > 0x7F for at in opening) else None


@lru_cache(maxsize=4096)
def _stands_for_letters(given: bytes) -> bool:
    reference, before = given.decode("ascii"), ""
    while reference != before:  # what was escaped is escaped again
        before = reference
        reference = unescape(reference)
    return not reference.startswith("&") and _MEANS.match(reference) is not None


# --- tags within words --------------------------------------------------------------------------------------


def _names(tags: frozenset[str]) -> bytes:
    return "|".join(sorted(tags)).encode()


_BLOCKS = sheet.BLOCKS & markup.BLOCKS
_SILENT = sheet.SILENT - {"input", "option", "head", "title", "map"}
_TAG = re.compile(
    # Before it a line ends, for every reader.
    rb"(?P<begin>br|hr|option|head|title|" + _names(_BLOCKS) + rb")(?=[\s/>])"
    # Not so before the end of a block: it may be the end of none, and is passed over then.
    rb"|(?P<end>/(?:" + _names(_BLOCKS) + rb"))(?=[\s/>])"
    # What it holds is passed over with it: it may stand between two halves of a word.
    rb"|(?P<silence>!--|(?:" + _names(_SILENT) + rb")(?=[\s/>]))"
    rb"|(?P<silenced>/(?:" + _names(_SILENT) + rb"))(?=[\s/>])",
    re.IGNORECASE,
)
_NAME = 12
"""Bytes that tell which element it is."""
_WORD = re.compile(rb"[a-zA-Z][^\s/>]*")
_HIDDEN = re.compile(rb"display\s*:\s*none", re.IGNORECASE)
_LONGEST = 2_000
"""Tags within what is passed over in a word."""
_MOST = 200
"""Words with something in them that is passed over."""


@lru_cache(maxsize=4096)
def _kind(begin: bytes) -> str | None:
    found = _TAG.match(begin)
    return found.lastgroup if found else None


def whole(body: bytes) -> bytes:
    """Where tags stand within words, the page without them, and what is around; :class:`Unsure` where that cannot be told."""
    parts = body.split(b"<")
    left: dict[int, int] = {}
    """The parts that belong to the text before them, from that byte on."""
    budget = [_MOST]
    for number in [number for number, part in enumerate(parts[:-1]) if part and part[-1] > 0x7F]:
        if (found := _next_text(parts, number + 1, budget)) is not None:
            last, begin = found
            left.update(dict.fromkeys(range(number + 1, last), -1))
            left[last] = begin
    if not left:
        return b""
    pieces: list[bytes] = []
    for number in [number for number, wanted in enumerate(_around(parts, left)) if wanted]:
        at = left.get(number)
        if at is None:
            pieces += (b"<", parts[number])
        elif at >= 0:
            pieces.append(parts[number][at:])
    return b"".join(pieces)


_FAR = 2
"""Lines and pieces of lines with something beyond ASCII in them."""


def _around(parts: Sequence[bytes], numbers: Iterable[int]) -> bytearray:
    """Marks these parts, and as many beside each that all words are whole of which one of its letters, or their neighbours, are part."""
    marked = bytearray(len(parts))
    for number in numbers:
        for step in (-1, 1):
            at, passed = number, 0
            while 0 <= at < len(parts) and passed < _FAR and (at == number or not marked[at]):
                marked[at] = 1
                after = at if step > 0 else at - 1  # between which two parts the next step goes
                if not parts[at].isascii() and 0 <= after < len(parts) - 1 and _parted(parts[after], parts[after + 1]):
                    passed += 1
                at += step
    return marked


def _parted(one: bytes, other: bytes) -> bool:
    """Whether no word goes on from one part to the next."""
    return (one[-1:] < b"\x80" and one[-1:] not in b">") or _kind(other[:_NAME]) == "begin"


def _next_text(parts: list[bytes], at: int, budget: list[int]) -> tuple[int, int] | None:
    """Where, after the tags that begin with that part, a letter follows on the same line: the part, the byte of it."""
    ended = False
    while at < len(parts):
        part = parts[at]
        close = part.find(b">")
        if part[:1] == b"/" and close + 1 < len(part) and part[close + 1] <= 0x7F:
            return None  # by far the commonest: told at once
        kind = _kind(part[:_NAME]) or ("hidden" if _HIDDEN.search(part, 0, max(0, close)) else None)
        if kind in {"begin", "silenced"} or (ended and kind in {"silence", "hidden"}):
            return None
        if kind in {"silence", "hidden"}:
            budget[0] -= 1
            at, close = _behind(parts, at, nested=kind == "hidden")
            if not budget[0] or at < 0:
                raise Unsure
            part = parts[at]
        elif kind == "end":
            ended = True
        elif _open(part if close < 0 else part[:close]):
            raise Unsure
        if close < 0:
            return None
        if close + 1 < len(part):
            return (at, close + 1) if part[close + 1] > 0x7F else None
        at += 1
    return None


def _open(tag: bytes) -> bool:
    """Whether a tag does not end where it seems to: there is a ``>`` or a ``<`` in one of its attributes."""
    return bool(tag.count(b'"') % 2 or tag.count(b"'") % 2)


def _behind(parts: list[bytes], at: int, *, nested: bool) -> tuple[int, int]:
    """Where what is passed over ends: the part, and the byte of it at which the last tag closes; -1: nowhere near."""
    if parts[at].startswith(b"!--"):
        for number in range(at, min(len(parts), at + _LONGEST)):
            if (close := parts[number].find(b"-->", 2 if number == at else 0)) >= 0:
                return number, close + 2
        return -1, -1
    name = _WORD.match(parts[at])
    begin, end, depth = (name[0].lower(), b"/" + name[0].lower(), 1) if name else (b"", b"", 1)
    for number in range(at + 1, min(len(parts), at + _LONGEST)):
        tag = parts[number][: len(end)].lower()
        if tag == end:
            depth -= 1
            if not depth:
                return number, parts[number].find(b">")
        elif nested and tag.startswith(begin):
            depth += 1
    return -1, -1
