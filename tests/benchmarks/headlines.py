"""Republished headlines of one outlet, over the addresses that a live bot saw; the address is the headline.

Data: ``url_stream.tsv.xz``. All pairs of one host within a day whose headlines share half their words were read, and judged by hand
as an *edit* (the same report, its headline worded again) or not; the judgements are in ``headlines.tsv``, by hash. A daily form is
every pair of headlines of which one begins as the price of the pound does. There is no text here: in service the texts are compared
too, and a headline alone never makes two pages one. Beside it: the same words, and Dice's coefficient at .7 and .5.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

from monitor.dedup import telling
from monitor.headlines import edited

DATA = Path(os.environ.get("RASID_DATA", "../shared/data")) / "url_stream.tsv.xz"
JUDGED = Path(__file__).with_name("headlines.tsv")
DAY = timedelta(hours=26)
FORM = "سعر الليره"
_COPY = re.compile(r" \d$")
"""The second address of that name, as a WordPress numbers it."""


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    url: str
    headline: str


def load() -> dict[str, list[Seen]]:
    by_host: dict[str, list[Seen]] = defaultdict(list)
    with lzma.open(DATA, "rt", encoding="utf-8") as rows:
        next(rows)
        for row in rows:
            at, host, url, slug = row.rstrip("\n").split("\t")
            if len(slug.split()) >= 4:
                by_host[host].append(Seen(datetime.fromisoformat(at), url, _COPY.sub("", slug)))
    return by_host


def key(one: Seen, other: Seen) -> str:
    return hashlib.sha256(" ".join(sorted((one.url, other.url))).encode()).hexdigest()[:12]


def dice(one: Seen, other: Seen) -> float:
    a, b = set(telling(one.headline)), set(telling(other.headline))
    return 2 * len(a & b) / max(1, len(a) + len(b))


def near(by_host: dict[str, list[Seen]]) -> Iterator[tuple[Seen, Seen]]:
    """Pairs of one host within a day, under two addresses."""
    for seen in by_host.values():
        for one, other in combinations(seen, 2):
            if one.url != other.url and abs(one.at - other.at) <= DAY:
                yield one, other


def is_form(one: Seen) -> bool:
    return " ".join(telling(one.headline)).startswith(FORM)


RULES: dict[str, Callable[[Seen, Seen], bool]] = {
    "the same words": lambda a, b: telling(a.headline) == telling(b.headline),
    "Dice >= .7": lambda a, b: dice(a, b) >= 0.7,
    "Dice >= .5": lambda a, b: dice(a, b) >= 0.5,
    "ours": lambda a, b: edited(a.headline, b.headline, abs(a.at - b.at)),
}


def main() -> int:
    """Print the table; 1 when two days of a form are called one."""
    if not DATA.exists():
        print(f"data not here: {DATA}")
        return 0
    labels = dict(line.split("\t") for line in JUDGED.read_text("utf-8").splitlines() if not line.startswith("#"))
    by_host = load()
    pairs = list(near(by_host))
    forms = [(a, b) for seen in by_host.values() for a, b in combinations(list(filter(is_form, seen)), 2)]
    asked = [(a, b) for a, b in pairs if not (is_form(a) and is_form(b))]
    edits = {k for k, label in labels.items() if label == "edit"}
    print(
        f"{len(pairs):,} pairs within a day, {len(labels)} judged, {len(edits)} edits; {len(forms)} pairs of a daily form\n"
    )
    print(f"{'':20}{'precision':>10}{'recall':>8}{'forms called one':>18}")
    wrong = 0
    for name, rule in RULES.items():
        called = {key(a, b) for a, b in asked if rule(a, b)} - {k for k, label in labels.items() if label == "open"}
        wrong = sum(rule(a, b) for a, b in forms)
        print(
            f"{name:20}{len(called & edits) / max(1, len(called)):10.2f}{len(called & edits) / len(edits):8.2f}{wrong:18}"
        )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
