"""Pages of headlines: which of their links are articles'."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Page
from crawler.source import Source
from crawler.spiders import KINDS, Listing

AT = "https://news.example/politics"
HEADLINES = [
    "وفد المعارضة يصل إلى أستانا لجولة جديدة من المحادثات",
    "إصابة مدنيين بقصف مدفعي على ريف إدلب الجنوبي",
    "أهالي المعتقلين ينظمون وقفة أمام مبنى الأمم المتحدة",
    "وزارة الصحة تعلن وصول شحنة أدوية إلى الحسكة",
    "انقطاع التيار الكهربائي عن أحياء واسعة في حلب",
    "مجلس الأمن يعقد جلسة مغلقة حول الملف السوري",
]
FURNITURE = """
<header><nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/politics">سياسة</a></li><li><a href="/about-us">من نحن</a></li>
<li><a href="/news/2023/05/01/oldest-headline-of-all">خبر قديم جداً في قائمة الموقع العلوية</a></li></ul></nav></header>
<div class="tags"><a href="/tag/syria">أخبار سوريا اليوم من كل مكان</a><a href="/author/ahmad">كتب أحمد مقالات كثيرة هنا</a></div>
<a href="https://twitter.example/share?u=1">شارك هذا الخبر مع أصدقائك على تويتر</a><a href="javascript:void(0)">المزيد من الأخبار والتقارير هنا</a>
<a href="mailto:x@news.example">راسلونا على البريد الإلكتروني للموقع</a><a href="#top">عودة إلى أعلى هذه الصفحة</a>
<a href="/files/report-2024-05-final.pdf">تقرير حقوقي مفصل بصيغة ملف محمول</a><a href="http://[broken">رابط مكسور في هذه الصفحة كلها</a>
<footer><a href="/news/2024/05/11/how-to-advertise-with-us">أعلن معنا في هذا الموقع الإخباري</a><a href="/privacy-policy">سياسة الخصوصية</a></footer>
"""


def read(html: str, selector: str | None = None, url: str = AT) -> Listing:
    page = Page(
        url=url,
        asked=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=html.encode("utf-8", "surrogatepass"),
        fetched_at=datetime(2024, 5, 12, tzinfo=UTC),
    )
    return KINDS["section"].listing(page, Source(name="s", kind="section", url=url, title="", selector=selector))


def listed(paths: list[str], link: str = '<h2><a href="{path}">{text}</a></h2>') -> str:
    return "".join(link.format(path=path, text=text) for path, text in zip(paths, HEADLINES, strict=False))


SHAPES = {
    "number": ["/news/10234", "/news/10235", "/news/10236", "/news/10237"],
    "section and number": ["/politics/10234", "/economy/10235", "/local/10236", "/politics/10237"],
    "date and slug": [f"/2024/05/{day}/a-slug-of-words-{day}" for day in (11, 12, 13, 14)],
    "slug": [f"/a-slug-of-five-words-{word}" for word in ("one", "two", "three", "four")],
    "arabic slug": [f"/أخبار/قصف-مدفعي-على-ريف-إدلب-{word}" for word in ("أول", "ثان", "ثالث", "رابع")],
    "escaped slug": [f"/news/%D9%82%D8%B5%D9%81-%D8%B9%D9%84%D9%89-%D8%AD%D9%84%D8%A8-{n}" for n in range(4)],
    "query": ["/article.php?id=991", "/article.php?id=992", "/article.php?id=993", "/article.php?id=994"],
    "html": ["/story/abc-991.html", "/story/abc-992.html", "/story/abd-993.html", "/story/abe-994.html"],
    "other host of the site": [f"https://www.news.example/news/{n}" for n in range(991, 995)],
}


@pytest.mark.parametrize("paths", SHAPES.values(), ids=SHAPES)
def test_article_links_are_told_from_the_furniture(paths: list[str]) -> None:
    listing = read(f"<html><body>{FURNITURE}<main>{listed(paths)}</main></body></html>")
    assert [entry.title for entry in listing.entries] == HEADLINES[:4]
    assert not listing.defects


def test_several_links_to_one_article_are_one_entry_with_the_longest_text() -> None:
    card = '<div><a href="{path}?utm_source=home"><img alt=""></a><a href="{path}">{text}</a><a href="{path}#more">المزيد</a></div>'
    listing = read(f"<main>{listed(SHAPES['number'], card)}</main>")
    assert [entry.title for entry in listing.entries] == HEADLINES[:4]


def test_an_article_linked_by_its_picture_only_is_kept() -> None:
    listing = read(f"<main>{listed(SHAPES['number'])}<a href='/news/10250'><img src='x.jpg'></a></main>")
    assert listing.entries[-1].url.endswith("/news/10250")
    assert listing.entries[-1].title is None


def test_headlines_in_an_articles_own_header_are_not_furniture() -> None:
    card = '<article><header><h2><a href="{path}">{text}</a></h2></header></article>'
    assert len(read(f"<body>{FURNITURE}{listed(SHAPES['number'], card)}</body>").entries) == 4


def test_relative_links_stand_on_the_base() -> None:
    html = f"<head><base href='https://news.example/sy/'></head><main>{listed(['n/991', 'n/992', 'n/993'])}</main>"
    assert read(html).entries[0].url == "https://news.example/sy/n/991"


@pytest.mark.parametrize("selector", ["h3.t > a", "h3.t", "h3.t span", "h3.t a::attr(href), h3.t"])
def test_a_selector_names_links_whether_it_meets_them_their_frame_or_their_content(selector: str) -> None:
    link = '<h3 class="t"><a href="{path}"><span>{text}</span></a></h3>'
    listing = read(f"<body>{FURNITURE}{listed(['/x', '/y'], link)}</body>", selector)
    assert [(entry.url, entry.title) for entry in listing.entries] == [
        ("https://news.example/x", HEADLINES[0]),
        ("https://news.example/y", HEADLINES[1]),
    ]


@pytest.mark.parametrize(
    ("html", "selector", "why"),
    [
        ("", None, "empty"),
        ("<p>لا روابط هنا</p>", None, "no link"),
        (f"<body>{FURNITURE}</body>", None, "no link"),
        ("<a href='/news/1'>خبر من أربع كلمات</a>", "h2 a", "'h2 a' finds no link"),
        ("<a href='/news/1'>خبر من أربع كلمات</a>", "h2 >> a[", "is not CSS"),
    ],
)
def test_a_page_without_article_links_says_why(html: str, selector: str | None, why: str) -> None:
    listing = read(html, selector)
    assert listing.entries == ()
    assert why in listing.defects[0]


def test_the_next_older_page_is_found() -> None:
    html = f"<head><link rel='next' href='/politics/page/2'></head><main>{listed(SHAPES['number'])}</main>"
    assert read(html).older == "https://news.example/politics/page/2"
    assert read("<a rel='next' href='javascript:more()'>x</a>").older is None


def test_a_page_of_ten_thousand_links_is_read() -> None:
    links = "".join(f"<a href='/news/{n}'>خبر من كلمات أربع رقمه {n}</a>" for n in range(10_000))
    assert len(read(links).entries) == 10_000


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="<>/ah ref='\"=#?:[]%\0\x01خبر&;-1", max_size=200), st.sampled_from([None, "a", "h2"]))
def test_nothing_that_a_site_sends_raises(html: str, selector: str | None) -> None:
    read(html, selector)
