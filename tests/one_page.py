"""A small news page made to measure, its listing's entry, and ways to read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crawler.article import Article, Entry
from crawler.pages import Reading, explain

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
URL = "https://news.example/2026/article-1"
TITLE = "نقص الطحين يغلق ثلاثة أفران في ريف الرقة"
TEXT = (
    "أغلقت ثلاثة أفران أبوابها في ريف الرقة الغربي بسبب نقص الطحين، واضطر الأهالي إلى شراء الخبز السياحي بأسعار مضاعفة.",
    "وقال صاحب فرن في بلدة المنصورة إن الكميات التي تصله لا تكفي سوى نصف يوم عمل، وإن وعود زيادة المخصصات لم تنفذ.",
    "وتنتج أفران المنطقة نحو أربعين ألف ربطة خبز يومياً، بحسب لجنة الاقتصاد المحلية.",
)


def page(
    *paragraphs: str,
    title: str = TITLE,
    head: str = "",
    above: str = "",
    below: str = "",
    body: str = "",
    lang: str = "ar",
) -> bytes:
    text = "".join(f"<p>{p}</p>" for p in paragraphs or TEXT)
    return (
        f'<!DOCTYPE html><html lang="{lang}" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f'<body class="{body}"><header><a href="/">خبر</a></header><main><h1>{title}</h1>{above}'
        f'<div class="article-body">{text}</div>{below}</main></body></html>'
    ).encode()


def look(body: bytes, url: str = URL, **given: Any) -> Reading:
    return explain(body, url, "text/html; charset=utf-8", NOW, "Asia/Damascus", **given)


def article(body: bytes, url: str = URL, **given: Any) -> Article:
    reading = look(body, url, **given)
    assert reading.article is not None, reading.why
    return reading.article


ENTRY = Entry(
    url="https://news.example/2026/article-1?utm_source=rss",
    title=TITLE,
    summary="أغلقت ثلاثة أفران أبوابها في ريف الرقة الغربي بسبب نقص الطحين...",
    content="".join(f"<p>{p}</p>" for p in TEXT)
    + '<p>ظهرت المقالة <a href="/1">نقص الطحين</a> أولاً على <a href="/">خبر</a>.</p>',
    published_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    published_raw="Mon, 23 Nov 2026 08:00:00 +0000",
)
