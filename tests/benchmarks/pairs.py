"""Real pairs of agency copy that were read and judged by hand, within three days: precision and recall of recognising reprints.

Data: ``agency_articles.jsonl.xz``; the judgements are in ``pairs.tsv`` beside this file, by the hash of the articles' addresses,
without a word of their text. How they were made: candidates came from three methods that know nothing of each other (shared
4-grams, cosine of weighted words, cosine of headlines), not more than three days apart; they were drawn by strata of coverage
and density so that most are hard (of the easy ones a handful), no article twice in a draw. One reader saw both headlines, leads
and every difference, word by word, and called a pair a *reprint* when one of the two texts, cut, extended, reworded by its
editors or as one of two stories on a page, is the other; *partial* when both rewrite one statement so freely, or share so much
background only, that two people would differ; else *another*. Partial pairs count neither way and are reported.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from crawler.article import Article
from monitor.dedup import Index, fingerprints, same_words, telling
from tests.benchmarks.shingles import containment, jaccard, near_simhash

DATA = Path(os.environ.get("RASID_DATA", "../shared/data")) / "agency_articles.jsonl.xz"
JUDGED = Path(__file__).with_name("pairs.tsv")
Rule = Callable[[Article, Article], bool]


def key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def load() -> dict[str, Article]:
    with lzma.open(DATA, "rt", encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    return {key(row["url"]): _article(row) for row in found if (row.get("content") or "").strip()}


def _article(row: dict[str, str]) -> Article:
    at = datetime.fromisoformat(row["date_extracted"]).replace(tzinfo=UTC)
    return Article(
        url=row["url"], source=row["source"], title=row.get("title") or "", text=row["content"].strip(), language="ar",
        fetched_at=at, published_at=at,
    )  # fmt: skip


def judged() -> Iterator[tuple[str, str, str]]:
    for line in JUDGED.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            one, other, label = line.split("\t")
            yield one, other, label


def ours(first: Article, later: Article) -> bool:
    index = Index()
    index.add(1, first)
    return index.earlier(later) is not None


def one_hash(first: Article, later: Article) -> bool:
    return same_words(telling(first.text)) == same_words(telling(later.text))


RULES: dict[str, Rule] = {
    "one hash": one_hash,
    "SimHash, 64 bits, 6 differ": lambda a, b: near_simhash(telling(a.text), telling(b.text)),
    "MinHash as usual: Jaccard .5 of 3-grams": lambda a, b: jaccard(telling(a.text), telling(b.text)) >= 0.5,
    "3-gram containment .51": lambda a, b: (
        containment(fingerprints(telling(a.text)), fingerprints(telling(b.text))) >= 0.51
    ),
    "ours": ours,
}


def main() -> int:
    """Print the table; 1 when ours is below .95."""
    if not DATA.exists():
        print(f"data not here: {DATA}")
        return 0
    articles, counts = load(), Counter(label for *_, label in judged())
    print(f"{sum(counts.values())} judged pairs: {dict(counts)}\n")
    print(f"{'':42}{'precision':>10}{'recall':>8}{'F1':>7}{'partial called':>16}")
    f1 = 0.0
    for name, rule in RULES.items():
        called: dict[str, list[bool]] = defaultdict(list)
        for a, b, label in judged():
            one, other = sorted((articles[a], articles[b]), key=lambda article: article.fetched_at)
            called[label].append(rule(one, other))
        right, wrong = sum(called["reprint"]), sum(called["another"])
        precision, recall = right / max(1, right + wrong), right / len(called["reprint"])
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(
            f"{name:42}{precision:10.3f}{recall:8.3f}{f1:7.3f}{sum(called['partial']):>10} of {len(called['partial'])}"
        )
    return 0 if f1 >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
