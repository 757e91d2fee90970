"""Matching: how well and how fast, beside what others do.

Quality: UD Arabic PUD (real text) and PADT (dev), whose words carry gold lemmas. For every lemma met five times or more
its commonest form is looked for, as a person would type it, in every sentence; a sentence is right when it holds a word
of that lemma. Strict: homographs count as errors. Speed: newspaper text, warm.
"""

from __future__ import annotations

import json
import os
import re
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor import terms
from monitor.arabic import fold, relax, tokens

DATA = Path(os.environ.get("RASID_DATA", "../shared/data"))
GOLD = DATA.parent / "bench" / "data"
SETS = ("pud", "padt_dev")
PARTS = ("NOUN", "ADJ", "VERB", "PROPN")


@dataclass(frozen=True)
class Gold:
    texts: list[str]
    unknown: list[list[str]]
    truth: dict[str, set[int]]
    queries: list[tuple[str, str, str]]
    """(lemma, part of speech, as typed)"""


def gold(name: str, typed: str = "q_form") -> Gold:
    rows = [json.loads(line) for line in (GOLD / f"gold_{name}.jsonl").read_text("utf-8").splitlines()]
    truth: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        for lemma, *_ in row["items"]:
            truth[lemma].add(number)
    asked: dict[str, tuple[str, str, str]] = {}
    for line in (GOLD / f"queries_{name}.jsonl").read_text("utf-8").splitlines():
        query = json.loads(line)
        asked.setdefault(query["lemma"], (query["lemma"], query["pos"], query[typed]))
    return Gold([row["text"] for row in rows], [row["unk"] for row in rows], truth, list(asked.values()))


Finder = Callable[[Sequence[str], Sequence[str]], list[set[int]]]
"""(queries, texts) -> for each query the texts that it is found in."""


def rasid(queries: Sequence[str], texts: Sequence[str]) -> list[set[int]]:
    matcher = terms.compile([terms.Term(query) for query in queries])
    found: list[set[int]] = [set() for _ in queries]
    for number, text in enumerate(texts):
        for hit in matcher.scan(text):
            found[hit.term].add(number)
    return found


def substring(queries: Sequence[str], texts: Sequence[str]) -> list[set[int]]:
    return [{n for n, text in enumerate(texts) if query in text} for query in queries]


def whole_word(queries: Sequence[str], texts: Sequence[str]) -> list[set[int]]:
    compiled = [re.compile(rf"\b{re.escape(query)}\b") for query in queries]
    return [{n for n, text in enumerate(texts) if pattern.search(text)} for pattern in compiled]


def by_key(key: Callable[[str], str]) -> Finder:
    def finder(queries: Sequence[str], texts: Sequence[str]) -> list[set[int]]:
        places: dict[str, set[int]] = defaultdict(set)
        for number, text in enumerate(texts):
            for token in tokens(text):
                places[key(token.folded)].add(number)
        return [places.get(key(fold(query)), set()) for query in queries]

    return finder


def light10(word: str) -> str:
    """Larkey, Ballesteros and Connell 2007."""
    word = relax(word)
    for before in ("وال", "بال", "كال", "فال", "ال", "لل", "و"):
        if word.startswith(before) and len(word) - len(before) >= (3 if before == "و" else 2):
            word = word[len(before) :]
            break
    for after in ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"):
        if word.endswith(after) and len(word) - len(after) >= 2:
            word = word[: -len(after)]
    return word


def rivals() -> dict[str, Finder]:
    import simplemma
    import Stemmer  # type: ignore[import-not-found,unused-ignore]

    stemmer = Stemmer.Stemmer("arabic")
    return {
        "substring": substring,
        r"\bword\b": whole_word,
        "Snowball": by_key(lambda word: relax(stemmer.stemWord(word))),
        "light10": by_key(light10),
        "simplemma": by_key(lambda word: relax(simplemma.lemmatize(word, "ar"))),
    }


def counts(asked: Gold, finder: Finder) -> list[tuple[str, int, int, int]]:
    """(part of speech, right, false, missed) for every query."""
    found = finder([typed for _, _, typed in asked.queries], asked.texts)
    rows = []
    for (lemma, part, typed), hits in zip(asked.queries, found, strict=True):
        truth = asked.truth[lemma]
        stem = relax(fold(typed)).removeprefix("ال")
        excused = {n for n in hits - truth if any(stem in relax(fold(word)) for word in asked.unknown[n])}
        rows.append((part, len(hits & truth), len(hits - truth - excused), len(truth - hits)))
    return rows


def f1(rows: Sequence[tuple[str, int, int, int]]) -> tuple[float, float, float]:
    right, false, missed = (sum(row[n] for row in rows) for n in (1, 2, 3))
    precision = right / (right + false) if right else 0.0
    recall = right / (right + missed) if right else 0.0
    both = 2 * precision * recall / (precision + recall) if right else 0.0
    return 100 * precision, 100 * recall, 100 * both


def quality(typed: str = "q_form") -> None:
    print(f"\nstrict, micro, sentences, %{'':14}    P     R    F1 | " + "  ".join(f"{part:>5}" for part in PARTS))
    sets = {name: gold(name, typed) for name in SETS}
    for name, finder in {"Rasid": rasid, **rivals()}.items():
        whole: list[tuple[str, int, int, int]] = []
        for set_name, asked in sets.items():
            rows = counts(asked, finder)
            whole += rows
            print(f"{name:14} {set_name:20} " + line(rows))
        print(f"{name:14} {'both':20} " + line(whole))


def line(rows: Sequence[tuple[str, int, int, int]]) -> str:
    by_part = "  ".join(f"{f1([row for row in rows if row[0] == part])[2]:5.1f}" for part in PARTS)
    return "{:5.1f} {:5.1f} {:5.1f} | ".format(*f1(rows)) + by_part


def newspaper(megabytes: float) -> list[str]:
    import lzma

    texts, size = [], 0
    with lzma.open(DATA / "agency_articles.jsonl.xz", "rt", encoding="utf-8") as file:
        for row in file:
            text = json.loads(row)["content"]
            texts.append(text)
            size += len(text.encode())
            if size > megabytes * 1e6:
                break
    return texts


def words_of_the_press(count: int) -> list[str]:
    """Dictionary words by use, without the two hundred commonest."""
    lexicon = terms._lexicon()
    assert lexicon is not None
    ranked = sorted(range(len(lexicon)), key=lexicon.prior, reverse=True)
    lemmas = dict.fromkeys(lemma for number in ranked if len(lemma := lexicon.lemma(number)) >= 3)
    return list(lemmas)[200 : 200 + count]


def speed(megabytes: float = 12.0) -> None:
    import random

    texts = newspaper(megabytes)
    size = sum(len(text.encode()) for text in texts) / 1e6
    pool = words_of_the_press(12_000)
    random.Random(3).shuffle(pool)
    print(f"\n{size:.1f} MB of UTF-8 text, {len(texts)} articles; MB per second of one core")
    for count in (10, 100, 1_000, 10_000):
        start = time.process_time()
        matcher = terms.compile([terms.Term(word) for word in pool[:count]])
        built = time.process_time() - start
        passes = []
        for _ in range(3):
            start = time.process_time()
            hits = sum(len(matcher.find(text).terms) for text in texts)
            passes.append(time.process_time() - start)
        pattern = re.compile("|".join(map(re.escape, pool[:count]))) if count <= 100 else None
        start = time.process_time()
        if pattern:
            for text in texts:
                for _ in pattern.finditer(text):
                    pass
        naive = f"; re, substrings: {size / (time.process_time() - start):5.1f}" if pattern else ""
        print(
            f"{count:6} terms: cold {size / passes[0]:5.1f}  warm {size / min(passes[1:]):5.1f}"
            f"  ({hits} hits; compiled in {built:.2f} s){naive}"
        )
        del matcher
    print(
        f"peak memory of this process (bench and texts included): {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


def main() -> int:
    if not (GOLD / "gold_pud.jsonl").exists():
        print("watch: data not here")
        return 0
    start = time.process_time()
    terms.prepare()
    print(f"lexicon opened in {time.process_time() - start:.2f} s")
    speed()
    quality()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
