"""Whether a page, as its bytes came, can hold an article that a watch list flags: told without taking it apart. Pure.

It may say yes to what is then not flagged; never no to what is. For that, words are taken from all that a reader could make a text
of: the text between the tags, words that tags break, attributes, scripts (JSON-LD), with character references and JSON's escapes
undone; and what stands beside a word, which decides much of what is flagged, is not looked at
(:meth:`monitor.matcher.Matcher.perhaps`). Measured beside reading the page: a tenth of the time.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from html import unescape

from crawler.charset import decode
from monitor.arabic import ARABIC_LETTERS, MARKS, UNSEEN, is_arabic, tokens
from monitor.conditions import AllOf, AnyOf, Condition, Mention, Near, Not
from monitor.rules import WatchList, WatchLists

__all__ = ["Superset"]

_TAG = re.compile(r"<[!/?a-zA-Z\\][^<>]*>")
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub"
    r"|sup|tt|u|var|wbr|time|data|label|nobr)\b[^<>]*>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BEYOND = re.compile("[^\x00-\x7f]+")
"""Most of a page is ASCII, which is passed over at ten times the speed of a class with holes."""
_WORD = re.compile(f"[{ARABIC_LETTERS}][{ARABIC_LETTERS}{MARKS}{UNSEEN}]*")
"""What of :data:`monitor.arabic.WORD` is Arabic."""
_LATIN = re.compile("[\u00c0-\u024f\u0300-\u036f\u1d00-\u1eff\u2100-\u24ff\ufb00-\ufb06\uff10-\uff5a]")
"""What is folded to an ASCII letter, a few signs that are not among it."""
_HIDDEN = re.compile(f"[{UNSEEN}]")
_EASTERN = re.compile("[\u0660-\u0669\u06f0-\u06f9]")
_DIGITS = {start + n: str(n) for start in (0x0660, 0x06F0) for n in range(10)}


class Superset:
    """What some watch lists could flag."""

    def __init__(self, lists: WatchLists) -> None:
        self._lists = lists
        written = (text for term in lists.matcher.terms for text in (term.text, *term.aliases))
        words = {token.folded for text in written for token in tokens(text)}
        self._others = sorted(word for word in words if not is_arabic(word))
        """Latin words and numbers: whether they stand in a page at all is asked."""

    def may_match(self, body: bytes, content_type: str | None) -> bool:
        """Whether an article read from this page could be flagged."""
        text = _plain(decode(body, content_type))
        runs = [_BEYOND.findall(_TAG.sub("\n", _INLINE.sub("", text)))]
        runs.append([run for tag in _TAG.findall(text) if not tag.isascii() for run in _BEYOND.findall(tag)])
        if _joins(text):  # a tag within a word, or nothing but a tag between two
            runs += [_BEYOND.findall(text), _BEYOND.findall(_TAG.sub("", text))]
        terms: set[int] = set()
        for number, given in enumerate(runs):
            beyond = " ".join(given)
            words = _WORD.findall(beyond)
            terms |= self._lists.matcher.perhaps(words if number else [*words, *self._standing(text, beyond)])
        return any(_reached(watchlist, terms) for watchlist in self._lists.lists)

    def _standing(self, text: str, beyond: str) -> list[str]:
        """The words that are not Arabic and may stand in a text; ``beyond``: what of it is not ASCII."""
        if not self._others or _LATIN.search(beyond):
            return self._others
        low = text.casefold()
        if _EASTERN.search(beyond):
            low = low.translate(_DIGITS)
        if _HIDDEN.search(beyond):
            low = _HIDDEN.sub("", low)
        return [word for word in self._others if word in low]


def _joins(text: str) -> bool:
    """Whether letters beyond ASCII stand on both sides of some tags."""
    before = False
    for part in text.split("<"):
        after = part.rpartition(">")[2] if ">" in part else "" if before else part
        if after:
            if before and after[0] > "\x7f" and ">" in part:
                return True
            before = after[-1] > "\x7f"
    return False


def _plain(text: str) -> str:
    """Without comments; character references and JSON's escapes undone, twice: in JSON-LD what was escaped is escaped again."""
    if "<!--" in text:
        text = _COMMENT.sub("", text)
    for _ in range(2):
        before = text
        if "&" in text:
            text = unescape(text)
        if "\\u" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        if text == before:
            break
    return text


def _reached(watchlist: WatchList, terms: AbstractSet[int]) -> bool:
    possible = [rule for rule in watchlist.rules if rule.weight > 0 and _perhaps(rule.condition, terms)]
    return bool(possible) and sum(rule.weight for rule in possible) >= watchlist.threshold


def _perhaps(condition: Condition, terms: AbstractSet[int]) -> bool:
    match condition:
        case Mention():
            return condition.term in terms
        case AnyOf(parts):
            return any(_perhaps(part, terms) for part in parts)
        case AllOf(parts) | Near(parts):
            return all(_perhaps(part, terms) for part in parts)
        case Not():
            return True
