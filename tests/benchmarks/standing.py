"""Lines that a source prints under article after article: learned, and told from the sentences of running stories.

Over ten days of thirteen newspapers (``RASID_DATA/agency_articles.jsonl.xz``), 200 articles of each. A *standing line* (ten,
written for this) is put at the end or into the middle of a share of a newspaper's articles, drawn at random. A *running
story* are all its articles that have a word in common (a country, a war, a trade); a real sentence of one of them
that has the word is put into the end or the middle of a share of the others. Beside it what comes first to mind: a line
seen in ten articles or more is no news.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

from crawler.folding import fold
from monitor.boilerplate import Telling, learn, letters

LINES = (
    "للتواصل مع غرفة الأخبار عبر واتساب أرسلوا رسالة إلى الرقم المثبت أعلى الصفحة",
    "المواد المنشورة هنا محمية ولا يسمح بإعادة استخدامها دون إذن خطي",
    "حرر هذا الخبر قسم التحرير في المؤسسة",
    "انضموا إلى قناتنا ليصلكم كل جديد",
    "فريقنا يراجع كل رسالة تصله من القراء ويرد عليها في أقرب وقت",
    "إن وجدتم خطأ في هذه المادة فأبلغونا به",
    "مشروع صحفي مستقل يدعمه القراء",
    "هل لديكم قصة تريدون أن نرويها؟ اكتبوا لنا",
    "صدر هذا العدد بالتعاون مع شركاء المؤسسة في المنطقة",
    "جميع الأوقات المذكورة بالتوقيت المحلي للعاصمة",
)
STORIES = (
    "اليمن",
    "سوريا",
    "ايران",
    "النفط",
    "الحوثي",
    "داعش",
    "الاسهم",
    "الهلال",
    "العراق",
    "تركيا",
    "المرور",
    "الحج",
)
SHARES = (0.1, 0.3, 0.6, 1.0)


def newspapers(folder: Path) -> dict[str, list[Telling]]:
    """200 articles of each, drawn at random, in order."""
    found: dict[str, list[Telling]] = defaultdict(list)
    with lzma.open(folder / "agency_articles.jsonl.xz", "rt", encoding="utf-8") as stream:
        for number, row in enumerate(map(json.loads, stream)):
            lines = tuple(line.strip() for line in row["content"].splitlines() if line.strip())
            found[row["source"]].append(
                Telling(story=number, day=date.fromisoformat(row["date_extracted"][:10]), lines=lines)
            )
    draw = random.Random(2015)
    return {
        name: sorted(draw.sample(told, min(200, len(told))), key=lambda one: (one.day, one.story))
        for name, told in found.items()
        if len(told) >= 300
    }


def put(told: list[Telling], numbers: set[int], line: str, *, inside: bool) -> list[Telling]:
    """The line put into these articles: at their end, or in their middle."""
    changed = []
    for number, one in enumerate(told):
        lines = list(one.lines)
        if number in numbers:
            lines.insert(len(lines) // 2 if inside else len(lines), line)
        changed.append(Telling(story=one.story, day=one.day, lines=tuple(lines)))
    return changed


def plainly(told: list[Telling]) -> set[str]:
    """What comes first to mind: lines in ten articles or more."""
    seen = Counter(key for one in told for key in {letters(line) for line in one.lines})
    return {key for key, count in seen.items() if count >= 10}


def ours(told: list[Telling]) -> set[str]:
    return {letters(one.line) for one in learn(told, [], date(2015, 8, 1))}


def main() -> int:
    """Prints the tables. Exit code 0 where no sentence of a running story was learned."""
    folder = Path(os.environ.get("RASID_DATA", "../shared/data"))
    if not (folder / "agency_articles.jsonl.xz").exists():
        print(f"{folder}: data not here")
        return 0
    papers = newspapers(folder)
    draw = random.Random(7)
    begun = time.process_time()
    untouched = {name: (ours(told), plainly(told)) for name, told in papers.items()}
    seconds = (time.process_time() - begun) / len(papers)
    print(f"{len(papers)} newspapers, 200 articles each; a look at one takes {seconds * 1000:.0f} CPU ms")
    print(f"  lines learned of them as they are: {sum(len(one) for one, _ in untouched.values())}, ", end="")
    print(f"in ten articles or more: {sum(len(other) for _, other in untouched.values())}")
    print("  standing lines, learned of those put in:  ours / ten articles or more")
    for inside in (False, True):
        for share in SHARES:
            mine = other = tries = 0
            for told in papers.values():
                for line in draw.sample(LINES, 2):
                    numbers = {number for number in range(len(told)) if draw.random() < share}
                    changed = put(told, numbers, line, inside=inside)
                    tries += 1
                    mine += letters(line) in ours(changed)
                    other += letters(line) in plainly(changed)
            where = "in the middle" if inside else "at the end"
            print(f"    {where:14} of {share:4.0%} of the articles: {mine:3} / {other:3} of {tries}")
    print("  sentences of running stories, taken for standing lines (should be none):")
    wrong = 0
    for inside in (False, True):
        for share in (0.6, 1.0):
            mine = other = tries = 0
            for told in papers.values():
                texts = [fold(" ".join(one.lines)) for one in told]
                for word in STORIES:
                    about = [number for number, text in enumerate(texts) if word in text]
                    if len(about) < 8:
                        continue
                    sentences = [
                        line for n in about for line in told[n].lines if word in fold(line) and 40 < len(line) < 300
                    ]
                    numbers = {number for number in about if draw.random() < share}
                    if not sentences or len(numbers) < 8:
                        continue
                    line = draw.choice(sentences)
                    changed = put(told, numbers, line, inside=inside)
                    tries += 1
                    mine += letters(line) in ours(changed)
                    other += letters(line) in plainly(changed)
            where = "in the middle" if inside else "at the end"
            print(f"    {where:14} of {share:4.0%} of a story's articles: {mine:3} / {other:3} of {tries}")
            wrong += mine
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
