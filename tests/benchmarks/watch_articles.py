"""Terms in whole pages about the war: which articles hold each, beside what others find.

How it was judged: independently of the engine, every word of the 1,143 pages in which the letters of a term stand (split
by a space, without hamzas, run together with the next word) was listed by its forms; a reader of Arabic judged each form
that was not found, and of what was found every form and, for the articles with one place only, the sentence around it.
What is kept is the numbers of the articles that speak of the term: no text. ``asked`` are the sixteen terms of a
documenter's first list, ``others`` were looked at afterwards. Both were seen while rules were written: what the same rules
do on other pages is not shown by this.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.finding import Finder
from tests.benchmarks.watch import DATA, rivals

PAGES = DATA / "syria_articles.jsonl.xz"
JUDGED = Path(__file__).with_name("watch_judged.json")

Found = dict[str, set[int]]


def rasid(terms: Sequence[str], texts: Sequence[str]) -> Found:
    """Each term alone, as the only word of a list; what is found of one does not depend on the others."""
    finder = Finder(terms)
    found: Found = {term: set() for term in terms}
    for number, text in enumerate(texts):
        for term, _, _ in finder.find(text):
            found[term].add(number)
    return found


def by_others(terms: Sequence[str], texts: Sequence[str]) -> dict[str, Found]:
    """What the obvious alternatives find; of a term of several words each word has to stand in the article."""
    words = {term: term.split() for term in terms}
    single = sorted({word for parts in words.values() for word in parts})
    answers: dict[str, Found] = {}
    for name, finder in rivals().items():
        whole = name in ("substring", r"\bword\b")
        asked = list(terms) if whole else single
        hits = dict(zip(asked, finder(asked, texts), strict=True))
        answers[name] = (
            hits if whole else {term: set.intersection(*(hits[word] for word in words[term])) for term in terms}
        )
    return answers


def scores(found: Found, truth: Mapping[str, set[int]]) -> tuple[float, float, list[tuple[str, int, int, int]]]:
    """Precision and recall by article over all terms, and (term, right, false, missed) for each."""
    rows = [(t, len(found[t] & truth[t]), len(found[t] - truth[t]), len(truth[t] - found[t])) for t in truth]
    right, false, missed = (sum(row[n] for row in rows) for n in (1, 2, 3))
    return right / ((right + false) or 1), right / ((right + missed) or 1), rows


def main() -> int:
    if not PAGES.exists():
        print("watch_articles: data not here")
        return 0
    judged = json.loads(JUDGED.read_text("utf-8"))
    if hashlib.sha256(PAGES.read_bytes()).hexdigest() != judged["sha256"]:
        print("watch_articles: not the pages that were judged")
        return 0
    with lzma.open(PAGES, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    for part in ("asked", "others"):
        truth = {term: set(numbers) for term, numbers in judged[part].items()}
        own = rasid(list(truth), texts)
        precision, recall, rows = scores(own, truth)
        print(f"\n{part}: {len(truth)} terms, {sum(map(len, truth.values()))} articles of {len(texts)}")
        least = min(rows, key=lambda row: row[1] / (sum(row[1:]) or 1))
        print(f"  {'Rasid':12} precision {precision:.3f}  recall {recall:.3f}   weakest: {_told(least)}")
        for name, found in by_others(list(truth), texts).items():
            precision, recall, rows = scores(found, truth)
            print(f"  {name:12} precision {precision:.3f}  recall {recall:.3f}")
    return 0


def _told(row: tuple[str, int, int, int]) -> str:
    term, right, false, missed = row
    return f"{term} ({right} right, {false} false, {missed} missed)"


if __name__ == "__main__":
    raise SystemExit(main())
