"""Dates where pages print them, in the forms they do: which of them is when the article was published."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.one_page import TEXT, URL, article, page

DAY, MOMENT = "2026-05-12T00:00:00+03:00", "2026-05-12T14:05:00+03:00"


@pytest.mark.parametrize(
    ("printed", "expected", "zone"),
    [
        ('<div class="date">12 أيار 2026</div>', DAY, None),
        ('<span class="time">الثلاثاء 12 أيار/مايو 2026 - 02:05 مساءً</span>', MOMENT, None),
        ('<p class="meta">نشر في: 12 مايو (أيار) 2026، الساعة: 14:05 بتوقيت دمشق</p>', MOMENT, None),
        ('<div class="date">الثلاثاء 12 ماي 2026</div>', "2026-05-12T00:00:00+01:00", "Africa/Tunis"),
        ('<div class="date">12 غشت 2025 على الساعة 14:05</div>', "2025-08-12T14:05:00+01:00", "Africa/Casablanca"),
        ('<div class="date">8 جويلية 2025</div>', "2025-07-08T00:00:00+01:00", "Africa/Tunis"),
        ('<div class="date">١٢/٠٥/٢٠٢٦ ٢:٠٥ م</div>', MOMENT, None),
        ('<div class="date">٢٠٢٦/٠٥/١٢</div>', DAY, None),
        ('<div class="date">الثلاثاء 25 ذو القعدة 1447 هـ الموافق 12 مايو 2026 م</div>', DAY, None),
        ('<div class="date">١٢ ئایار ٢٠٢٦</div>', DAY, None),
        ('<div class="date">12ی ئایاری 2026</div>', None, None),
        ('<div class="date">12 کانوونی دووەم 2026</div>', "2026-01-12T00:00:00+03:00", None),
        ('<div class="info"><span>آخر تحديث 13 أيار 2026 09:00</span> <span>نشر 12 أيار 2026 14:05</span></div>', MOMENT, None),
        ('<div class="info"><span>تاريخ النشر: 12.05.2026 | 14:05</span><span>آخر تحديث: 13.05.2026 | 09:00</span></div>', MOMENT, None),
        ('<p class="upd">آخر تحديث: 13 أيار 2026</p><p class="pub">تاريخ النشر: 12 أيار 2026</p>', DAY, None),
        ('<div class="date">منذ 3 ساعات</div>', "2026-11-24T06:00:00+00:00", None),
        ('<div class="date-box"><span class="day">12</span><span class="month">أيار</span><span>2026</span></div>', DAY, None),
        ('<li itemprop="datePublished"><a href="/2026/05/12/"><time>12 مايو، 2026</time></a></li>', DAY, None),
        (f'<time class="entry-date updated td-module-date" datetime="{MOMENT}">مايو 12, 2026</time>', MOMENT, None),
        (f'<time class="updated" datetime="{MOMENT}">مايو 12, 2026</time>', DAY, None),
        ("<p>الثلاثاء 24 تشرين الثاني 2026، كانت المدينة خالية إلا من طوابير أمام الأفران كما في كل يوم.</p>", None, None),
    ],
)  # fmt: skip
def test_printed_above_the_text(printed: str, expected: str | None, zone: str | None) -> None:
    from crawler.pages import read
    from tests.one_page import NOW

    found = read(page(above=printed), URL, None, NOW, zone or "Asia/Damascus")
    assert found is not None
    assert found.published_at == (datetime.fromisoformat(expected) if expected else None)


def test_a_card_above_the_article_does_not_date_it() -> None:
    card = '<article><a href="/c"><h3>شتلات زيتون للغاب</h3></a><time datetime="2026-05-10">10 أيار</time></article>'
    body = page(above=f'<time datetime="{MOMENT}">12 أيار 2026</time>').replace(
        b"<main>", f"{card * 3}<main><article>".encode()
    )
    found = article(body.replace(b"</main>", b"</article></main>"))
    assert found.published_at == datetime.fromisoformat(MOMENT)


@pytest.mark.parametrize("name", ["og:updated_time", "article:modified_time"])
def test_a_time_of_change_is_no_time_of_publishing(name: str) -> None:
    assert article(page(head=f'<meta property="{name}" content="{MOMENT}">')).published_at is None


def test_a_date_in_the_text_is_not_the_articles() -> None:
    told = "وكان المجلس قد أعلن في 3 آذار 2019 إغلاق الفرن حتى إشعار آخر."
    assert article(page(TEXT[0], told, TEXT[1])).published_at is None
