"""The law of the superset: what an article read from a page is flagged for, its bytes alone said was possible."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import pages, triage
from crawler.article import Page
from monitor import lists
from monitor.rules import WatchLists, flag
from monitor.superset import Superset

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

PARAGRAPHS = [
    "وصل إلى العاصمة الكازاخية وفد الفصائل للمشاركة في محادثات أستانا التي تبدأ صباح الغد برعاية الدول الضامنة.",
    "طالبت عائلات المعتقلين في سجن صيدنايا بالكشف عن مصير أبنائها الذين انقطعت أخبارهم منذ سنوات طويلة.",
    "افتتح معرض الزهور في حديقة تشرين بدمشق بمشاركة واسعة من المشاتل المحلية والزوار من مختلف المحافظات.",
    "قال رئيس الاتحاد الرياضي إن المنتخب سيخوض مباراتين وديتين قبل التصفيات المقبلة في الأردن والعراق.",
    "أفاد ناشطون بإصابة مدنيين بحالات اختناق جراء قصف بغاز الكلور استهدف بلدة في ريف إدلب الجنوبي.",
    "روسياوتركيا تبحثان في الأس تانة ملف المختفين قسراً والإفراج عن المعتقلات وفق مصادر دبلوماسية مطلعة.",
]


@pytest.fixture(scope="module")
def watched() -> WatchLists:
    return lists.load(ROOT / "config" / "watchlists")


@pytest.fixture(scope="module")
def superset(watched: WatchLists) -> Superset:
    return Superset(watched)


Breaking = Callable[[str, Random], str]


def tags(text: str, dice: Random) -> str:
    """Tags within words and between them."""
    kinds = [
        "<b>{}</b>",
        '<a href="/x">{}</a>',
        "<span>{}</span>",
        "{}<wbr>",
        "<!-- -->{}",
        "{}&shy;",
        "{}\u200c",
        "<em><i>{}</i></em>",
    ]
    return "".join(dice.choice(kinds).format(one) if dice.random() < 0.12 else one for one in text)


def entities(text: str, dice: Random) -> str:
    return "".join(dice.choice([f"&#{ord(one)};", f"&#x{ord(one):x};"]) if dice.random() < 0.5 else one for one in text)


def marks(text: str, dice: Random) -> str:
    return "".join(
        one + dice.choice(["\u064e", "\u0640", "\u0652"]) if one.isalpha() and dice.random() < 0.3 else one
        for one in text
    )


def plain(text: str, dice: Random) -> str:
    return escape(text)


BREAKINGS: list[Breaking] = [plain, tags, entities, marks]
CODINGS = [("utf-8", "utf-8"), ("cp1256", "windows-1256"), ("utf-8", "windows-1256"), ("utf-16", "utf-16")]


def page(paragraphs: list[str], breaking: Breaking, dice: Random, *, data: bool) -> str:
    title = "نشرة الأخبار المسائية لهذا اليوم"
    body = "".join(f"<p>{breaking(one, dice)}</p>" for one in paragraphs)
    about = {"@type": "NewsArticle", "headline": title, "articleBody": "\n".join(paragraphs)}
    told = f'<script type="application/ld+json">{json.dumps(about)}</script>' if data else ""
    shown = "" if data and dice.random() < 0.5 else body
    return (
        f'<html lang="ar" dir="rtl"><head><title>{title}</title><meta property="og:title" content="{title}">{told}</head>'
        f"<body><h1>{title}</h1><article>{shown}</article><footer>جميع الحقوق محفوظة</footer></body></html>"
    )


def holds(body: bytes, content_type: str, watched: WatchLists, superset: Superset) -> bool:
    """Whether it is flagged; asserts the law."""
    read = pages.read(body, "https://a.example/news/12345", content_type, NOW, "Asia/Damascus")
    flagged = read is not None and bool(flag(watched, read))
    asked = Page(
        url="https://a.example/", asked="https://a.example/", status=200, headers=(("Content-Type", content_type),),
        body=body, fetched_at=NOW,
    )  # fmt: skip
    if read is not None and read.language == "ar":
        assert triage.why_not(asked) is None
    if flagged:
        assert superset.may_match(body, content_type)
    return flagged


@settings(max_examples=150, deadline=None)
@given(
    which=st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4),
    breaking=st.sampled_from(BREAKINGS),
    coding=st.sampled_from(CODINGS),
    data=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_what_is_flagged_was_possible(
    watched: WatchLists,
    superset: Superset,
    which: list[str],
    breaking: Breaking,
    coding: tuple[str, str],
    data: bool,
    seed: int,
) -> None:
    text = page(which, breaking, Random(seed), data=data)
    holds(text.encode(coding[0], "xmlcharrefreplace"), f"text/html; charset={coding[1]}", watched, superset)


def test_it_is_no_law_about_nothing(watched: WatchLists, superset: Superset) -> None:
    """Each way of breaking leaves pages that are flagged, and pages that are passed over."""
    for breaking in BREAKINGS:
        for wanted in (PARAGRAPHS[0], PARAGRAPHS[1]):
            body = page([wanted, PARAGRAPHS[2]], breaking, Random(7), data=False).encode()
            assert holds(body, "text/html; charset=utf-8", watched, superset), breaking
        assert not superset.may_match(page(PARAGRAPHS[3:4], breaking, Random(7), data=True).encode(), "text/html"), (
            breaking
        )


RECORDED = sorted((ROOT / "tests" / "pages").glob("*/page.html"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.parent.name)
def test_it_holds_for_every_recorded_page(file: Path, watched: WatchLists, superset: Superset) -> None:
    holds(file.read_bytes(), "text/html", watched, superset)
