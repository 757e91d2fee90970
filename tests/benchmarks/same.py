"""Reprints: synthetic edits over real agency copy, beside one hash of the text and 3-gram containment, in one run.

``make bench-same``. Data: ``agency_articles.jsonl.xz`` (fourteen newspapers, July 2015). From articles that resemble no other
one, positives are made as the press makes them (another headline, cut, extended, reordered, respelled, words replaced,
boilerplate, a lead of its own), and negatives: two stories mixed half and half, a paragraph quoted, another article.
Real negatives: templates, that is pairs at least four days apart that share a quarter to seven tenths of their 4-grams.
Time is the same for all articles, so that the window helps nobody; a second table has the real dates.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from crawler.article import Article
from monitor.dedup import Index, fingerprints, same_words, telling

DATA = Path(os.environ.get("RASID_DATA", "../shared/data")) / "agency_articles.jsonl.xz"
SAME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    text: str
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Query:
    kind: str
    text: str
    of: int | None
    """The telling it repeats; ``None``: it repeats none."""
    like: tuple[int, ...] = ()
    """Tellings that it must not be taken for."""
    day: date | None = None


def load() -> list[Told]:
    with lzma.open(DATA, "rt", encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    return [
        Told(row["content"].strip(), date.fromisoformat(row["date_extracted"][:10]), row["source"])
        for row in found
        if len((row.get("content") or "").strip()) >= 200
    ]


def grams(words: list[str], n: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[at:] for at in range(n)), strict=False))


def related(told: list[Told]) -> tuple[set[int], list[tuple[int, int]]]:
    """Articles that share a tenth of their 4-grams with another one; pairs of templates."""
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes = []
    for number, one in enumerate(told):
        held = grams(telling(one.text), 4)
        sizes.append(max(1, len(held)))
        for gram in held:
            where[gram].append(number)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for numbers in where.values():
        if 2 <= len(numbers) <= 60:
            for at, a in enumerate(numbers):
                for b in numbers[at + 1 :]:
                    shared[a, b] += 1
    overlap = {pair: count / min(sizes[pair[0]], sizes[pair[1]]) for pair, count in shared.items()}
    alike = {number for pair, share in overlap.items() if share >= 0.1 for number in pair}
    apart = [
        pair
        for pair, share in overlap.items()
        if 0.25 <= share < 0.7 and abs((told[pair[0]].day - told[pair[1]].day).days) >= 4
    ]
    return alike, sorted(apart)


BOILERPLATE = (
    "شاهد أيضاً: {other}",
    "اقرأ أيضا: {other}",
    "تابعونا على منصات التواصل لمتابعة الأخبار أولاً بأول",
    "جميع الحقوق محفوظة للموقع",
    "المصدر: وكالات",
    "الوسوم: أخبار، محليات، دولي",
    "شارك الخبر عبر فيسبوك وواتساب",
)


class Press:
    """Edits, as newspapers make them to what an agency sends."""

    def __init__(self, told: list[Told], donors: list[int], seed: int = 20261124) -> None:
        self.random = random.Random(seed)
        self.donors = [told[number].text for number in donors]
        self.words = [word for text in self.donors[:600] for word in text.split()]

    def foreign(self, count: int) -> str:
        words: list[str] = []
        while len(words) < count:
            words += self.random.choice(self.donors).split()
        return " ".join(words[:count])

    def cut(self, text: str, share: float) -> str:
        words = text.split(" ")
        return " ".join(words[: max(25, int(len(words) * share))])

    def replaced(self, text: str, share: float) -> str:
        return " ".join(
            self.random.choice(self.words) if self.random.random() < share else word for word in text.split(" ")
        )

    def respelled(self, text: str) -> str:
        swaps = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي"})
        return " ".join(word.translate(swaps) if self.random.random() < 0.4 else word for word in text.split(" "))

    def reordered(self, text: str) -> str:
        sentences = text.replace("\n", ". ").split(". ")
        return ". ".join(self.random.sample(sentences, len(sentences)))

    def boilerplate(self, text: str) -> str:
        lines = self.random.sample(BOILERPLATE, self.random.randint(3, 6))
        lines = [line.format(other=self.foreign(7)) for line in lines]
        at = self.random.randint(0, 2)
        return "\n".join([*lines[:at], text, *lines[at:]])

    def extended(self, text: str) -> str:
        more = self.foreign(len(text.split()) // 2)
        return f"{text}\n{more}" if self.random.random() < 0.5 else f"{more}\n{text}"

    def realistic(self, text: str) -> str:
        sentences = text.replace("\n", ". ").split(". ")
        if len(sentences) > 2:
            sentences[0] = self.foreign(max(8, len(sentences[0].split())))
        return self.boilerplate(self.respelled(self.replaced(self.cut(". ".join(sentences), 0.65), 0.04)))

    def edits(self) -> dict[str, Callable[[str], str]]:
        return {
            "another headline": lambda text: text,
            "cut to 50 %": lambda text: self.cut(text, 0.5),
            "cut to 30 %": lambda text: self.cut(text, 0.3),
            "boilerplate": self.boilerplate,
            "respelled": self.respelled,
            "reordered": self.reordered,
            "10 % replaced": lambda text: self.replaced(text, 0.1),
            "20 % replaced": lambda text: self.replaced(text, 0.2),
            "extended by 50 %": self.extended,
            "realistic": self.realistic,
        }


def queries(told: list[Told]) -> tuple[list[int], list[Query]]:
    """Which tellings are indexed, and what is asked."""
    alike, apart = related(told)
    clean = [n for n, one in enumerate(told) if n not in alike and 80 <= len(one.text.split()) <= 700]
    random.Random(7).shuffle(clean)
    base, donors = clean[:1200], clean[1200:]
    press = Press(told, donors)
    made = [
        Query(kind, edit(told[n].text), n)
        for n in base
        for kind, edit in press.random.sample(sorted(press.edits().items(), key=lambda item: item[0]), 4)
    ]
    for _ in range(600):
        a = press.random.choice(base)
        b = press.random.choice([n for n in base if n != a and abs((told[n].day - told[a].day).days) <= 1])
        one, two = told[a].text.split(), told[b].text.split()
        half = min(len(one), len(two)) // 2
        made.append(Query("two stories mixed", " ".join(one[:half] + two[:half]), None, (a, b)))
    for _ in range(400):
        a = press.random.choice(base)
        words = told[a].text.split()
        quote = " ".join(words[len(words) // 3 :][: max(10, len(words) * 15 // 100)])
        around = press.foreign(len(words) // 2)
        made.append(Query("a quotation", f"{around} {quote} {around}", None, (a,)))
    made += [Query("another article", told[n].text, None) for n in donors[:800]]
    seen: set[int] = set()
    for a, b in press.random.sample(apart, len(apart)):
        if len(seen) < 800 and not {a, b} & seen:
            seen |= {a, b}
            made.append(Query("a template", told[b].text, None, (a,), told[b].day))
    asked = {query.text for query in made if query.kind == "a template"}
    held_back = set(donors)
    return [n for n, one in enumerate(told) if n not in held_back and one.text not in asked], made


def article(text: str, day: date | None = None) -> Article:
    at = SAME_TIME if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Article(url="-", source="-", title="-", text=text, language="ar", fetched_at=at)


Finder = Callable[[Query], "int | None"]


def ours(told: list[Told], indexed: list[int], *, dated: bool) -> Finder:
    index = Index()
    for n in indexed:
        index.add(n, article(told[n].text, told[n].day if dated else None))

    def find(query: Query) -> int | None:
        day = query.day or (told[query.of].day if query.of is not None else told[(query.like or (0,))[0]].day)
        match = index.earlier(article(query.text, day if dated else None))
        return None if match is None else int(str(match.key))

    return find


def by_hash(told: list[Told], indexed: list[int]) -> Finder:
    first = {same_words(telling(told[n].text)): n for n in reversed(indexed)}
    return lambda query: first.get(same_words(telling(query.text)))


def by_containment(told: list[Told], indexed: list[int], threshold: float = 0.51) -> Finder:
    """Share of the smaller text's sampled 3-grams; the threshold is the best one of the literature's measurements."""
    where: dict[int, list[int]] = defaultdict(list)
    sizes = {}
    for n in indexed:
        prints = fingerprints(telling(told[n].text))
        sizes[n] = len(prints)
        for one in prints:
            where[one].append(n)

    def find(query: Query) -> int | None:
        mine = fingerprints(telling(query.text))
        votes: dict[int, int] = defaultdict(int)
        for one in mine:
            for n in where.get(one, ()):
                votes[n] += 1
        shares = {n: count / max(1, min(len(mine), sizes[n])) for n, count in votes.items()}
        best = max(shares, key=lambda n: shares[n], default=None)
        return best if best is not None and shares[best] >= threshold else None

    return find


def score(find: Finder, asked: list[Query]) -> Iterator[tuple[str, str]]:
    """F1, then per kind the share that was called a reprint; a wrong telling counts as wrong."""
    called: dict[str, list[bool]] = defaultdict(list)
    right = wrong = lost = 0
    start = time.process_time()
    for query in asked:
        found = find(query)
        if query.of is not None:
            hit = found == query.of
            right, wrong, lost = right + hit, wrong + (found is not None and not hit), lost + (not hit)
            called[query.kind].append(hit)
        else:
            false = found in query.like if query.kind == "a template" else found is not None
            wrong += false
            called[query.kind].append(false)
    spent = time.process_time() - start
    precision, recall = right / max(1, right + wrong), right / max(1, right + lost)
    yield "F1", f"{2 * precision * recall / max(1e-9, precision + recall):.3f}"
    yield "precision", f"{precision:.3f}"
    yield "recall", f"{recall:.3f}"
    for kind in sorted(called, key=lambda kind: (kind in NEGATIVE, kind)):
        yield (f"  not: {kind}" if kind in NEGATIVE else f"  {kind}"), f"{sum(called[kind]) / len(called[kind]):.3f}"
    yield "queries per CPU-second", f"{len(asked) / spent:.0f}"


NEGATIVE = {"two stories mixed", "a quotation", "another article", "a template"}


def main() -> int:
    if not DATA.exists():
        print(f"data not here: {DATA}")
        return 0
    told = load()
    indexed, asked = queries(told)
    print(f"{len(told)} articles, {len(indexed)} indexed, {len(asked)} asked")
    finders = {
        "one hash": by_hash(told, indexed),
        "3-gram containment": by_containment(told, indexed),
        "ours": ours(told, indexed, dated=False),
        "ours, 72 h": ours(told, indexed, dated=True),
    }
    columns = {name: dict(score(find, asked)) for name, find in finders.items()}
    print(f"{'':28s}" + "".join(f"{name:>20s}" for name in columns))
    for row in columns["ours"]:
        print(f"{row:28s}" + "".join(f"{columns[name][row]:>20s}" for name in columns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
