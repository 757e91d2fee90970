"""Reading pages: eleven real ones, the recorded layouts, flashes in every layout; beside trafilatura as it ships.

Real pages: ``RASID_DATA/pages`` (texts and titles read by hand). Layouts: ``tests/pages``, written for this project
in the markup habits of real themes. Flashes: twelve texts under 250 characters put into each of these layouts in
place of its text, alone and with a "read also" box behind them. F1 is over words, as multisets; a leak is a word of
another story that the layout's author named. CPU is that of this process, after a warm-up, metadata on both sides.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawler import pages
from crawler.charset import decode
from tests.recorded import Recorded, recorded

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ZONES = {
    "youm7": "Africa/Cairo",
    "akhbarelyom": "Africa/Cairo",
    "elbaladtv": "Africa/Cairo",
    "alyaum": "Asia/Riyadh",
    "albayan": "Asia/Dubai",
    "cnn": "Asia/Dubai",
    "almadenah": "Asia/Amman",
    "sputnik": "Europe/Moscow",
    "beirutobs": "Asia/Beirut",
    "lbc": "Asia/Beirut",
    "assabah": "Africa/Tunis",
}
"""The outlets' zones, in which the gold dates are days."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader made of a page."""

    text: str
    title: str
    day: str


Reader = Callable[[bytes, str, str | None, str], Read]


def ours(body: bytes, url: str, content_type: str | None, zone: str) -> Read:
    article = pages.read(body, url, content_type, NOW, zone)
    if article is None:
        return Read("", "", "")
    day = article.published_at.astimezone(ZoneInfo(zone)).date().isoformat() if article.published_at else ""
    return Read(article.text, article.title, day)


def shipped(body: bytes, url: str, content_type: str | None, zone: str) -> Read:
    """trafilatura with its defaults and metadata, given bytes as its documentation does."""
    import trafilatura

    found = trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)
    return Read("", "", "") if found is None else Read(found.text or "", found.title or "", found.date or "")


def precise(body: bytes, url: str, content_type: str | None, zone: str) -> Read:
    """trafilatura given decoded text, set to precision."""
    import trafilatura

    found = trafilatura.bare_extraction(
        decode(body, content_type), url=url, with_metadata=True, include_comments=False, favor_precision=True
    )
    return Read("", "", "") if found is None else Read(found.text or "", found.title or "", found.date or "")


READERS: dict[str, Reader] = {"ours": ours, "trafilatura as shipped": shipped, "trafilatura, precision": precise}


def f1(found: str, expected: str) -> float:
    one, other = Counter(re.findall(r"\w+", found)), Counter(re.findall(r"\w+", expected))
    common = sum((one & other).values())
    return 2 * common / (sum(one.values()) + sum(other.values())) if common else 0.0


@dataclass(slots=True)
class Score:
    """Sums over pages."""

    pages: int = 0
    f1: float = 0.0
    whole: int = 0
    titles: int = 0
    days: int = 0
    leaks: int = 0
    seconds: float = 0.0
    worst: list[tuple[float, str]] = field(default_factory=list)

    def add(self, name: str, got: Read, text: str, title: str, day: str, absent: list[str], seconds: float) -> None:
        value = f1(got.text, text)
        self.pages += 1
        self.f1 += value
        self.whole += _words(got.text) == _words(text)
        self.titles += got.title == title
        self.days += got.day == day
        self.leaks += any(word in got.text for word in absent)
        self.seconds += seconds
        self.worst.append((value, name))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@dataclass(frozen=True, slots=True)
class Case:
    """A page and what is expected of it."""

    name: str
    body: bytes
    url: str
    content_type: str | None
    zone: str
    text: str
    title: str
    day: str
    absent: list[str]


def measure(heading: str, cases: list[Case]) -> dict[str, Score]:
    """Reads all cases with every reader and prints a table."""
    print(f"\n{heading}: {len(cases)} pages")
    print(f"  {'':26}{'F1':>8}{'all words':>11}{'leaks':>8}{'titles':>9}{'days':>9}{'CPU ms a page':>15}")
    scores: dict[str, Score] = {}
    for name, reader in READERS.items():
        for case in cases[:16]:
            reader(case.body, case.url, case.content_type, case.zone)
        score = scores[name] = Score()
        for case in cases:
            begun = time.process_time()
            got = reader(case.body, case.url, case.content_type, case.zone)
            seconds = time.process_time() - begun
            score.add(case.name, got, case.text, case.title, case.day, case.absent, seconds)
        n = score.pages
        print(
            f"  {name:26}{score.f1 / n:8.4f}{f'{score.whole}/{n}':>11}{score.leaks:8}{f'{score.titles}/{n}':>9}"
            f"{f'{score.days}/{n}':>9}{score.seconds / n * 1000:15.1f}"
        )
    for value, case_name in sorted(scores["ours"].worst)[:3]:
        if value < 0.999:
            print(f"    ours, worst: {case_name} {value:.3f}")
    ratio = scores["ours"].seconds / scores["trafilatura as shipped"].seconds
    print(f"    CPU of ours : trafilatura as shipped = {ratio:.2f} : 1")
    return scores


# --- the sets ----------------------------------------------------------------------------------------------


def real(folder: Path) -> list[Case]:
    gold: dict[str, dict[str, Any]] = json.loads((folder / "gold.json").read_text("utf-8"))
    return [
        Case(
            name,
            (folder / f"{name}.html").read_bytes(),
            g["url"],
            None,
            ZONES[name],
            g["text"],
            g["title"],
            g["date"],
            [],
        )
        for name, g in gold.items()
    ]


def layouts() -> list[Case]:
    return [_case(page) for page in recorded() if page.article is not None and page.entry is None]


def _case(page: Recorded) -> Case:
    assert page.article is not None
    published = page.article["published_at"]
    day = datetime.fromisoformat(published).astimezone(ZoneInfo(page.zone)).date().isoformat() if published else ""
    return Case(
        page.name,
        page.body,
        page.url,
        page.content_type,
        page.zone,
        page.article["text"],
        page.article["title"],
        day,
        page.absent,
    )


FLASHES = (
    ("إغلاق طريق دمشق - بيروت الدولي بسبب الثلوج", "فرع مرور ريف دمشق: إغلاق طريق دمشق - بيروت الدولي عند منطقة الديماس بسبب تراكم الثلوج."),
    ("مقتل مدني بانفجار لغم شرقي حماة", "قُتل مدني وأصيب شقيقه بانفجار لغم من مخلفات الحرب في قرية الحمرا بريف حماة الشرقي."),
    ("هزة أرضية تضرب الساحل السوري", "هزة أرضية بقوة 4.2 درجات شعر بها سكان اللاذقية وطرطوس وإدلب، ولا أنباء عن أضرار."),
    ("قصف مدفعي على أطراف بلدة البارة", "قصف مدفعي يستهدف أطراف بلدة البارة في جبل الزاوية جنوبي إدلب."),
    ("الإفراج عن صحفيين في منبج", "أفرجت قوى الأمن الداخلي في مدينة منبج عن صحفيين اثنين بعد احتجازهما أربعة أيام، وفق رابطة محلية للصحفيين."),
    ("انقطاع الكهرباء عن محافظة الحسكة", "انقطاع التيار الكهربائي عن كامل محافظة الحسكة إثر عطل في خط التغذية القادم من سد تشرين."),
    ("وفاة ثلاثة عمال داخل صهريج وقود في سرمدا", "توفي ثلاثة عمال اختناقاً في أثناء تنظيف صهريج وقود في منطقة صناعية قرب سرمدا، وانتشلت فرق الدفاع المدني جثامينهم."),
    ("بيدرسون يصل إلى دمشق", "وصل المبعوث الأممي إلى سوريا اليوم إلى دمشق، في زيارة يلتقي خلالها وزير الخارجية لبحث استئناف أعمال اللجنة الدستورية."),
    ("رفع سعر ليتر المازوت الصناعي", "وزارة التجارة الداخلية ترفع سعر ليتر المازوت الصناعي والتجاري إلى ثمانية آلاف ليرة سورية."),
    ("حريق في سوق الهال بحلب", "أخمدت فرق الإطفاء حريقاً اندلع فجراً في سوق الهال بمدينة حلب، وتقتصر الأضرار على الماديات."),
    ("انتهاء عملية تبادل أسرى قرب الباب", "انتهت عملية تبادل أسرى عند معبر أبو الزندين قرب مدينة الباب، وشملت ثمانية عشر شخصاً من الطرفين بينهم امرأتان."),
    ("استئناف الدوام في مدارس درعا البلد", "مديرية التربية: استئناف الدوام في مدارس درعا البلد اعتباراً من يوم غد الأحد."),
)  # fmt: skip
BOX = '<p><strong>اقرأ أيضاً:</strong> <a href="/other/1">مزارعو الغاب يشكون ارتفاع أسعار الأسمدة</a></p>'
_TEXT = re.compile(r"<!-- text -->.*?<!-- /text -->", re.DOTALL)
_DATA = re.compile(r'<script[^>]*type="application/ld\+json".*?</script>', re.DOTALL)


def flashes(*, boxed: bool) -> Iterator[Case]:
    """Every flash in every recorded layout that marks its text and is in Arabic."""
    for page in recorded():
        if page.article is None or page.entry is not None or page.name in ("live-blog", "persian", "script-json-ld"):
            continue
        html = decode(page.body, page.content_type)
        if not _TEXT.search(html):
            continue
        html = _DATA.sub("", html).replace("windows-1256", "utf-8")
        for number, (title, text) in enumerate(FLASHES):
            inside = f"<p>{text}</p>{BOX if boxed else ''}"
            flash = _TEXT.sub(lambda _, put=inside: put, html).replace(page.article["title"], title)
            flash = re.sub(
                r'(?i)(<meta[^>]*(?:og:description|name="description")[^>]*content=")[^"]*', rf"\g<1>{text[:70]}", flash
            )
            flash = re.sub(r'(?s)<h2 class="entry-sub-title">.*?</h2>|<div class="articleSummary">.*?</div>', "", flash)
            case = _case(page)
            absent = [*page.absent, "الأسمدة"]
            yield Case(
                f"{page.name} {number}",
                flash.encode(),
                case.url,
                "text/html; charset=utf-8",
                case.zone,
                text,
                title,
                case.day,
                absent,
            )


def main() -> int:
    """Prints the tables. Exit code 0 where the bounds of the real pages and the flashes hold."""
    good = True
    folder = Path(os.environ.get("RASID_DATA", "../shared/data")) / "pages"
    if folder.exists():
        score = measure("Real pages", real(folder))["ours"]
        good &= score.f1 / score.pages >= 0.985 and score.titles == score.days == score.pages
    else:
        print(f"{folder}: data not here")
    score = measure("Recorded layouts", layouts())["ours"]
    good &= score.whole == score.pages and score.leaks == 0
    for boxed in (False, True):
        score = measure(f"Flashes{', with a box behind' if boxed else ''}", list(flashes(boxed=boxed)))["ours"]
        good &= score.f1 / score.pages >= 0.95
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
