"""The sentence that matched, cut from the unmodified text, with the words marked as they stand there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.records import Span

__all__ = ["Piece", "Quote", "cut", "mark"]

_LONGEST = 300
"""Characters of a quote: the median sentence of a Syrian report is about 150; a longer one is cut round the words."""
_LEAD = 110
"""Characters that are kept before the words when a sentence is cut."""
_WINDOW = 600
"""How far a sentence's ends are looked for, so that a text without a full stop costs no more than one with."""

# A full stop after a single letter (د. رياض, أ. ف. ب.) or inside a number (3.5) ends nothing.
_END = re.compile(r"""\n|(?:(?<!\b\w)\.|[!?؟…])["'»”’)\]]*(?=\s)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text, marked where it is what a rule met."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """``"".join(p.text for p in pieces) == text[start:end]`` of the article it was cut from."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    cut_before: bool
    """It begins in the middle of a sentence."""
    cut_after: bool


def mark(text: str, ranges: Iterable[tuple[int, int]], start: int = 0, end: int | None = None) -> tuple[Piece, ...]:
    """``text[start:end]`` in pieces; ``ranges`` may overlap, touch or reach over the ends."""
    end = len(text) if end is None else end
    pieces: list[Piece] = []
    at = start
    for low, high in _merged(ranges):
        low, high = max(low, start), min(high, end)  # noqa: PLW2901
        if low >= high:
            continue
        if low > at:
            pieces.append(Piece(text=text[at:low]))
        pieces.append(Piece(text=text[low:high], marked=True))
        at = high
    if at < end:
        pieces.append(Piece(text=text[at:end]))
    return tuple(pieces)


def cut(text: str, spans: Sequence[Span], limit: int = 3) -> tuple[tuple[Quote, ...], int]:
    """At most ``limit`` quotes, in the order of the text, and how many mentions stand in none of them.

    Spans that do not lie inside ``text`` are passed over: a digest never fails for a flag that does not fit.
    """
    ranges = sorted({(s.start, s.end) for s in spans if 0 <= s.start < s.end <= len(text)})
    quotes: list[Quote] = []
    left_over = covered = 0
    for low, high in ranges:
        if low < covered:
            continue
        if len(quotes) == limit:
            left_over += 1
            continue
        start, end, before, after = _bounds(text, low, high, covered)
        covered = end
        pieces = mark(text, ranges, start, end)
        quotes.append(Quote(start=start, end=end, pieces=pieces, cut_before=before, cut_after=after))
    return tuple(quotes), left_over


def _bounds(text: str, low: int, high: int, floor: int) -> tuple[int, int, bool, bool]:
    """Start and end of the quote round ``text[low:high]``, and whether either is inside a sentence."""
    high = min(high, low + _LONGEST)
    start, before = _start(text, low, floor)
    end, after = _end(text, high)
    if end - start > _LONGEST:
        if low - start > _LEAD:
            start, before = _word_after(text, low - _LEAD, low), True
        if end - start > _LONGEST:
            end, after = max(high, _word_before(text, start + _LONGEST, high)), True
    while start < low and text[start].isspace():
        start += 1
    while end > high and text[end - 1].isspace():
        end -= 1
    return start, end, before, after


def _start(text: str, low: int, floor: int) -> tuple[int, bool]:
    floor = max(floor, low - _WINDOW)
    last = None
    for last in _END.finditer(text, floor, low):  # noqa: B007
        pass
    if last is not None:
        return last.end(), False
    return floor, floor > 0 and not _END.match(text, floor - 1)


def _end(text: str, high: int) -> tuple[int, bool]:
    ceiling = min(len(text), high + _WINDOW)
    first = _END.search(text, high, min(len(text), ceiling + 1))
    if first is None:
        return ceiling, ceiling < len(text)
    return (first.start() if first.group() == "\n" else first.end()), False


def _word_after(text: str, at: int, ceiling: int) -> int:
    """The first start of a word in ``at..ceiling``."""
    for i in range(at, ceiling):
        if text[i].isspace():
            return i + 1
    return at


def _word_before(text: str, at: int, floor: int) -> int:
    """The last end of a word in ``floor..at``."""
    for i in range(min(at, len(text) - 1), floor, -1):
        if text[i].isspace():
            return i
    return at


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
