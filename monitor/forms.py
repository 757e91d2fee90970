"""Is this text the form of that one, filled in anew? Pure.

Prices, weather, cables of congratulation, a ministry's receptions and its circulars to each province share nine words of
ten with yesterday's and are other news. What gives them away is not how much differs but what: the figures and the days of
the week; and the names that their own headlines speak of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from monitor.alignment import Overlap

__all__ = ["figures", "filled_in", "replaced", "stem"]

_WEEKDAYS = frozenset(("السبت", "الاحد", "الاثنين", "الثلاثاء", "الاربعاء", "الخميس", "الجمعه"))
_PREFIXES = ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")
_SUFFIXES = ("ات", "ون", "ين", "ان", "تا", "تي", "يه", "ها", "ه", "ا", "ي")
_STEM = 3
"""Letters that a stem keeps."""
_GROUP = 3
"""Digits between two separators of thousands."""
_SLOT = 8
"""Words; what is longer was written anew."""
_ANOTHER, _ANOTHER_OF_OURS = 0.7, 0.85
"""Likeness of letters below which a word is another word: two outlets write انستجرام and انستغرام; one outlet that writes
تلمنس and ترمانين means two towns."""
_NAMED = 2
"""Slots of a text that its headline names; of one outlet's own two texts, which it does not translate, one is enough."""
_VERBATIM = 0.985
_YEAR = re.compile("(?:19|20|14)[0-9]{2}")
_MOST = 400
"""Words that are compared: a form says at once what it is filled in with."""


def figures(words: Iterable[str]) -> Counter[str]:
    """The numbers and days of the week among folded words; 41,882 is one number, as 41882 is."""
    found: list[str] = []
    thousands = False
    for word in words:
        if thousands and word.isdigit() and len(word) == _GROUP:
            found[-1] += word
            continue
        thousands = word.isdigit() and len(word) <= _GROUP
        if word.isdigit() or word.removeprefix("و") in _WEEKDAYS:
            found.append(word)
    return Counter(found)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A folded word without the particles and endings that come and go when a sentence is edited."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _STEM:
            word = word.removeprefix(prefix)
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM:
            return word.removesuffix(suffix)
    return word


def replaced(one: Sequence[str], other: Sequence[str], *, own: bool = False) -> Iterator[tuple[set[str], set[str]]]:
    """Stems that stand where others stood and that are nowhere in the other text, place by place; figures left out.

    ``own``: both texts are of one outlet.
    """
    another = _ANOTHER_OF_OURS if own else _ANOTHER
    a, b = ([stem(word) for word in words[:_MOST]] for words in (one, other))
    in_a, in_b = set(map(stem, one)), set(map(stem, other))
    for what, low, high, first, last in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "replace" and high - low <= _SLOT and last - first <= _SLOT:
            before = {word for word in a[low:high] if word not in in_b and _tells(word)}
            after = {word for word in b[first:last] if word not in in_a and _tells(word)}
            if before and after and not any(_alike(x, y) >= another for x in before for y in after):
                yield before, after


def filled_in(
    later: Sequence[str],
    earlier: Sequence[str],
    one: Overlap,
    *,
    headlines: tuple[str, str] = ("", ""),
    own: bool = False,
) -> bool:
    """Whether the common runs of two texts, given as folded words, are one form. ``headlines``: of the later and the
    earlier text, folded. ``own``: both are of one outlet."""
    if not own and _the_news(headlines):
        return False
    before = figures(earlier[at] for at in sorted(one.sources))
    after = figures(later[at] for at in sorted(one.places))
    changed = min((after - before).total(), (before - after).total())
    if changed > 1 and changed > (before & after).total():
        return True
    if one.density >= _VERBATIM:
        return False
    new, old = (set(map(stem, headline.split())) for headline in headlines)
    if not new - old or not old - new:
        return False
    named = sum(bool(y & (new - old) and x & (old - new)) for x, y in replaced(earlier, later, own=own))
    return named >= (1 if own else _NAMED)


def _the_news(headlines: tuple[str, str]) -> bool:
    """Whether the headlines of two outlets tell the same figure: a form would be filled in with another one."""
    one, other = (set(figures(headline.split())) for headline in headlines)
    return any(figure.isdigit() and len(figure) >= 2 and not _YEAR.fullmatch(figure) for figure in one & other)


def _tells(stem_: str) -> bool:
    return len(stem_) >= _STEM and not stem_.isdigit()


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
