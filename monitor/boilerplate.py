"""Lines that a source prints under article after article and that are no news: learned from its articles. Pure.

What has to be kept apart: a standing line ("our correspondents are on WhatsApp, write to us") and a real sentence that
a running story repeats in every report ("the town has been besieged since March"). Both are seen in many articles. But a
running story is about something: words of its sentence, or others that its reports share, stand in the rest of
these reports and not in other articles. A standing line stands in articles that have nothing in common. So a line is
learned when it is frequent, over days, in stories of its own each, and when its articles are about this and that.
What cannot be told is not learned, and a person can take back what was (:func:`kept`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from crawler.folding import bare, fold, words

__all__ = ["Standing", "Telling", "kept", "learn", "letters"]

T = TypeVar("T")

_STORIES, _DAYS = 8, 3
_SHARE, _SHARE_INSIDE = 0.25, 0.5
"""Of the source's stories in the time in which the line is seen; higher for a line in the middle of texts."""
_SHORTEST, _LONGEST = 12, 700
"""Letters: shorter are names, places, questions; longer are articles."""
_ALONE_STORIES, _ALONE_DAYS = 20, 14
"""Where every article has the line, they have words in common, and there is nothing to compare them with."""
_IN_COMMON = 0.8
_COMPARED = 60
_OTHERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A stored article of a source."""

    story: int
    """Tellings of one text have the same: a report that is published three times says nothing three times."""
    day: date
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A line that was learned."""

    line: str
    """As it was last printed."""
    stories: int
    days: int
    since: date
    """When it was learned."""
    kept: bool = False
    """A person said that it is news: it stays in the texts."""


def letters(line: str) -> str:
    """What two printings of one line have in common."""
    return bare(line)


def learn(
    tellings: Sequence[Telling], before: Sequence[Standing], today: date, *, elsewhere: Iterable[str] = ()
) -> list[Standing]:
    """The standing lines of a source: those known ``before``, and those that its ``tellings`` show.

    ``elsewhere``: texts of other sources, to tell what a word's presence is worth where all of this source's have the line.
    A line that is known is no longer in texts, so that it is never unlearned: :func:`kept` is how.
    """
    known = {letters(one.line) for one in before}
    stories: dict[int, Telling] = {}
    for telling in tellings:  # the longest stands for its story
        first = stories.get(telling.story)
        if first is None or (len(telling.lines), telling.lines) > (len(first.lines), first.lines):
            stories[telling.story] = telling
    found = _Lines(list(stories.values()), known)
    shared = list(elsewhere)
    new = [found.standing(key, today) for key in sorted(found.frequent()) if not found.topical(key, shared)]
    return [*before, *new]


def kept(standing: Sequence[Standing], line: str, *, news: bool = True) -> list[Standing]:
    """The same lines, with this one marked as news, or no longer."""
    wanted = letters(line)
    return [replace(one, kept=news) if letters(one.line) == wanted else one for one in standing]


class _Lines:
    """The lines of a source's stories, and in which of them each stands."""

    def __init__(self, stories: Sequence[Telling], known: Collection[str]) -> None:
        self._stories = sorted(stories, key=lambda story: (story.day, story.story))
        self._where: dict[str, list[int]] = defaultdict(list)
        self._edge: Counter[str] = Counter()
        self._printed: dict[str, str] = {}
        for number, story in enumerate(self._stories):
            seen = set()
            for at, line in enumerate(story.lines):
                key = letters(line)
                if key in seen or key in known or not _SHORTEST <= len(key) <= _LONGEST:
                    continue
                seen.add(key)
                self._where[key].append(number)
                self._printed[key] = line
                self._edge[key] += at < 2 or at >= len(story.lines) - 4
        self._repeated = {key for key, where in self._where.items() if len(where) >= _STORIES // 2}
        self._texts: dict[int, str] = {}

    def frequent(self) -> list[str]:
        """Lines that stand in enough stories, on enough days, and in a fair share of what was told meanwhile."""
        found = []
        for key in self._repeated:
            where = self._where[key]
            share = len(where) / (where[-1] - where[0] + 1)
            least = _SHARE if self._edge[key] >= 0.8 * len(where) else _SHARE_INSIDE
            if len(where) >= _STORIES and self._days(key) >= _DAYS and share >= least:
                found.append(key)
        return found

    def _days(self, key: str) -> int:
        return len({self._stories[number].day for number in self._where[key]})

    def standing(self, key: str, today: date) -> Standing:
        where = self._where[key]
        return Standing(line=self._printed[key], stories=len(where), days=self._days(key), since=today)

    def topical(self, key: str, elsewhere: Sequence[str]) -> bool:
        """Whether the stories that have the line are about one thing, or whether that cannot be told."""
        mine = self._where[key]
        having = set(mine)
        others = [self._rest(n) for n in _spread([n for n in range(len(self._stories)) if n not in having])]
        others += [fold(text) for text in _spread(elsewhere)]
        rests = [self._rest(number) for number in _spread(mine)]
        common = Counter(word for rest in rests for word in words(rest))
        if len(others) < _OTHERS:
            alike = any(count >= _IN_COMMON * len(rests) for count in common.values())
            return alike and (len(mine) < _ALONE_STORIES or self._days(key) < _ALONE_DAYS)
        for word in words(self._printed[key]):
            if len(word) >= 3 and _share(word, rests) - _share(word, others) >= 0.35:
                return True
        return any(
            count >= 0.8 * len(rests) and len(word) >= 4 and _share(word, others) <= 0.25
            for word, count in common.items()
        )

    def _rest(self, number: int) -> str:
        """A story without the lines that others have too."""
        if number not in self._texts:
            lines = self._stories[number].lines
            self._texts[number] = fold(" ".join(line for line in lines if letters(line) not in self._repeated))
        return self._texts[number]


def _share(word: str, texts: Sequence[str]) -> float:
    """In how many of these folded texts a word stands, with whatever is written before and after it."""
    return sum(word in text for text in texts) / len(texts)


def _spread(items: Sequence[T]) -> list[T]:
    """At most so many of them, taken evenly."""
    step = max(1, -(-len(items) // _COMPARED))
    return list(items[::step])
