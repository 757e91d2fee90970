"""Events: which pages tell of the same happening, beside plain tf-idf cosine at its best threshold, in one run.

Data: ``syria_articles.jsonl.xz``. Pages that agree with one claim tell the same event: every pair of such pages is asked
about, 16,000 pairs, of which 406 are of one claim. The pages are dumps (navigation, related headlines), most have no date
that can be told: time helps nobody here. The plain cosine is given its best threshold on these very pairs; ours has the one
it is used with. Some claims are of one happening, which caps everybody's precision. "grouped": each page in one Event.
"""

from __future__ import annotations

import json
import lzma
import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from monitor.arabic import tokens
from monitor.stories import ENOUGH, Told, Weights, events, likeness

DATA = Path(os.environ.get("RASID_DATA", "../shared/data")) / "syria_articles.jsonl.xz"
AT = datetime(2018, 1, 21, tzinfo=UTC)
Pair = tuple[int, int]


def load() -> tuple[list[str], dict[int, str]]:
    """All texts, and the claim of those that agree with one."""
    with lzma.open(DATA, "rt", encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    claims = {n: next((c for c, stance in row["claims"] if stance == "agree"), "") for n, row in enumerate(found)}
    return [row["text"] for row in found], {n: claim for n, claim in claims.items() if claim}


def plain(texts: Sequence[str], term: Callable[[int], float]) -> Callable[[int, int], float]:
    words = [[token.folded for token in tokens(text)] for text in texts]
    often = Counter(word for one in words for word in set(one))
    vectors = []
    for one in words:
        vector = {word: term(n) * math.log(len(texts) / often[word]) for word, n in Counter(one).items()}
        length = math.sqrt(sum(x * x for x in vector.values())) or 1.0
        vectors.append({word: x / length for word, x in vector.items()})

    def cosine(a: int, b: int) -> float:
        return sum(x * vectors[b][word] for word, x in vectors[a].items() if word in vectors[b])

    return cosine


def quality(called: set[Pair], same: set[Pair]) -> tuple[float, float, float]:
    right = len(called & same)
    precision, recall = right / max(1, len(called)), right / len(same)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def best(scores: Mapping[Pair, float], same: set[Pair]) -> tuple[float, set[Pair]]:
    """The threshold with the best F1, and what it calls."""
    order = sorted(scores, key=lambda pair: -scores[pair])
    right, top, where = 0, 0.0, 0
    for n, pair in enumerate(order, 1):
        right += pair in same
        f1 = 2 * right / (n + len(same))
        if f1 > top:
            top, where = f1, n
    return scores[order[where - 1]], set(order[:where])


def joined(groups: Sequence[Sequence[int]]) -> set[Pair]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def grouped(scores: Mapping[Pair, float], keys: Sequence[int], threshold: float) -> list[list[int]]:
    """Groups by average likeness, as ours are made."""
    groups: list[list[int]] = []
    for key in sorted(keys):
        alike = [sum(scores[one, key] for one in group) / len(group) for group in groups]
        best = max(range(len(groups)), key=lambda n: alike[n], default=None)
        if best is not None and alike[best] >= threshold:
            groups[best].append(key)
        else:
            groups.append([key])
    return groups


def best_grouped(scores: Mapping[Pair, float], keys: Sequence[int], same: set[Pair]) -> tuple[float, set[Pair]]:
    """The threshold of the best F1 of forty, and what is together then."""
    order = sorted(scores.values(), reverse=True)
    tried = {order[min(len(order) - 1, n * len(same) // 20)] for n in range(1, 41)}
    found = {threshold: joined(grouped(scores, keys, threshold)) for threshold in tried}
    top = max(found, key=lambda threshold: (quality(found[threshold], same)[2], threshold))
    return top, found[top]


def main() -> int:
    """Print the table; 1 when plain cosine is better in precision or in recall; grouped, the one without logarithm counts."""
    if not DATA.exists():
        print(f"data not here: {DATA}")
        return 0
    texts, claims = load()
    asked = list(combinations(sorted(claims), 2))
    same = {(a, b) for a, b in asked if claims[a] == claims[b]}
    print(f"{len(texts)} pages, {len(claims)} that agree with a claim, {len(asked)} pairs, {len(same)} of one claim\n")
    print(f"{'':52}{'precision':>10}{'recall':>8}{'F1':>7}")

    def row(name: str, called: set[Pair]) -> tuple[float, float, float]:
        found = quality(called, same)
        print(f"{name:52}{found[0]:10.3f}{found[1]:8.3f}{found[2]:7.3f}")
        return found

    theirs, theirs_grouped = [], []
    for name, term in (("tf-idf cosine", float), ("tf-idf cosine, log tf", lambda n: 1 + math.log(n))):
        cosine = plain(texts, term)
        alike = {pair: cosine(*pair) for pair in asked}
        threshold, called = best(alike, same)
        theirs.append(row(f"{name}, best threshold {threshold:.3f}", called))
        threshold, called = best_grouped(alike, list(claims), same)
        theirs_grouped.append(row(f"{name}, grouped, best threshold {threshold:.3f}", called))
    weights = Weights(texts)
    profiles = {n: weights.profile("", texts[n]) for n in claims}
    scores = {(a, b): likeness(profiles[a], profiles[b]) for a, b in asked}
    threshold, called = best(scores, same)
    row(f"ours, pairs, best threshold {threshold:.3f}", called)
    pairs = row("ours, pairs, the threshold in use", {pair for pair in asked if scores[pair] >= ENOUGH})
    told = [Told(key=n, at=AT, title="", text=texts[n]) for n in claims]
    together = row("ours, grouped", joined([event.keys for event in events(told, weights)]))
    half = [event for event in events(told[::2], weights) if len(event.keys) > 1][:3]
    for edge in (edge for event in half for edge in event.edges[:1]):
        print(f"\nwhy {edge.one} and {edge.other}: {edge.likeness} {edge.words} {edge.names} {edge.numbers}")
    better = [*((pairs, one) for one in theirs), (together, theirs_grouped[0])]
    return 0 if all(ours[0] > one[0] and ours[1] > one[1] for ours, one in better) else 1


if __name__ == "__main__":
    sys.exit(main())
