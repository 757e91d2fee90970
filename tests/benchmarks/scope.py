"""``scope: syria``: what it keeps and what it leaves out, beside a search for the country's name.

Kept: pages of a corpus about the war in Syria and its neighbours that name Syria by a reading of our own, whole words of a short
list, without the pack. What the pack leaves out of them is printed. Left out: a newspaper month of the whole world; 60 articles
that the pack kept were read by a person, who said of each whether its word means the Syrian thing (Raqqa, and not tenderness).
"""

from __future__ import annotations

import json
import lzma
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from crawler.article import Article
from monitor import scope

DATA = Path(os.environ.get("RASID_DATA", "../shared/data"))
_OURS = re.compile(
    r"(?<!\w)[وبلفك]{0,2}(?:ال)?(?:سوري[اةه]|سوري(?:ين|ون|ات)?|سورية|دمشق|إدلب|ادلب|درعا|الغوطة|دير الزور|حلب)(?!\w)"
)
_COUNTRY = re.compile("سوري")
_NAMES_IT = [
    94, 223, 740, 1152, 1434, 1935, 1966, 2242, 2632, 3000, 3003, 4192, 4537, 5300, 5401, 5975, 6011, 6401, 6700, 7053, 7057,
    7616, 7785, 8155, 8157, 8162, 8534, 8554, 9322, 9972, 10034, 10300, 10343, 10592, 10935, 11010, 11192, 11512, 11576, 12314,
    12335, 12389, 12527, 13100, 13161, 13197, 13199, 13222, 13390, 13784, 14094,
]  # fmt: skip
_ANOTHER_THING = [433, 1263, 2412, 6759, 6968, 10942, 13654, 14041, 14619]
"""Rows of the file, counted from 0."""
_SAMPLE = 5


def main() -> None:
    if not (DATA / "syria_articles.jsonl.xz").exists():
        print(f"data not here ({DATA}): nothing measured")
        return
    about = scope.load(Path("config"))
    pages = [_article("", row["text"]) for row in _rows("syria_articles")]
    ours = [page for page in pages if _OURS.search(page.text)]
    lost = [page for page in ours if not about.covers(page)]
    print(f"{len(pages)} pages, {len(ours)} name Syria by our own reading: recall {1 - len(lost) / len(ours):.4f}")
    for page in lost:
        found = _OURS.search(page.text)
        assert found
        print(f"  left out: ... {page.text[max(0, found.start() - 40) : found.end() + 40]!r}")
    world = [_article(row["title"] or "", row["content"] or "") for row in _rows("agency_articles")]
    some = world[::_SAMPLE]
    for name, covers in (("the pack", about.covers), ("`سوري` anywhere in it", _country)):
        kept, each = _timed(covers, some)
        print(f"{name}: {kept} of {len(some)} articles of the world kept ({kept / len(some):.1%}), {each:.2f} ms each")
        right = sum(covers(world[row]) for row in _NAMES_IT)
        wrong = sum(covers(world[row]) for row in _ANOTHER_THING)
        print(
            f"  of {len(_NAMES_IT)} that were read and name it {right} are kept, of {len(_ANOTHER_THING)} others {wrong}"
        )


def _country(article: Article) -> bool:
    return _COUNTRY.search(article.title) is not None or _COUNTRY.search(article.text) is not None


def _timed(covers: Callable[[Article], bool], articles: list[Article]) -> tuple[int, float]:
    begin = time.process_time()
    kept = sum(map(covers, articles))
    return kept, 1000 * (time.process_time() - begin) / len(articles)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with lzma.open(DATA / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _article(title: str, text: str) -> Article:
    now = datetime.now(UTC)
    return Article(url="https://a.example/", source="a", title=title, text=text, language="ar", fetched_at=now)


if __name__ == "__main__":
    main()
