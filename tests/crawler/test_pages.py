"""Pages are read as their readers see them: recorded layouts, what is no article, what stands in for it, hostile markup."""

from __future__ import annotations

import json
import pickle

import pytest

from crawler.article import Entry
from crawler.pages import read
from tests.one_page import ENTRY, NOW, TEXT, TITLE, URL, article, look, page
from tests.recorded import Recorded, recorded

# --- recorded layouts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", recorded(), ids=lambda layout: layout.name)
def test_recorded(layout: Recorded) -> None:
    reading = layout.read()
    if layout.article is None:
        assert reading.article is None
        assert layout.expected["why"] in reading.why
        return
    assert reading.article is not None, reading.why
    found = {field: getattr(reading.article, field) for field in layout.article}
    found |= {"published_at": reading.article.published_at and reading.article.published_at.isoformat()}
    found |= {field: list(found[field]) for field in ("tags", "notes")}
    assert found == layout.article
    assert not [word for word in layout.absent if word in reading.article.text]
    for mark in layout.expected["pruned"]:
        assert any(mark in line for line in reading.pruned), mark


def test_enough_layouts_are_recorded() -> None:
    assert len(recorded()) >= 86


def test_read_is_the_article_of_explain() -> None:
    body = page()
    assert read(body, URL, None, NOW, "Asia/Damascus", source="raqqa") == look(body, source="raqqa").article


def test_readings_can_be_sent_between_processes() -> None:
    reading = look(page())
    assert pickle.loads(pickle.dumps(reading)) == reading


# --- the text ----------------------------------------------------------------------------------------------


def test_quotes_lists_and_subheads_are_kept() -> None:
    body = page(
        TEXT[0],
        "«الخبز خط أحمر»، قال أحد المحتجين، و“لا نريد وعوداً”.",
        below="",
    ).replace(
        b"</p></div>",
        "</p><h3>مطالب الأهالي</h3><ul><li>زيادة المخصصات اليومية من الطحين.</li><li>مراقبة الأفران.</li></ul>"
        "<blockquote><p>لن نغادر قبل أن نسمع جواباً.</p></blockquote></div>".encode(),
    )
    assert article(body).text.split("\n")[1:] == [
        "«الخبز خط أحمر»، قال أحد المحتجين، و“لا نريد وعوداً”.",
        "مطالب الأهالي",
        "زيادة المخصصات اليومية من الطحين.",
        "مراقبة الأفران.",
        "لن نغادر قبل أن نسمع جواباً.",
    ]


def test_text_before_a_break_in_a_bare_div_is_kept() -> None:
    body = page().replace(b"<p>", b"<div>").replace(b"</p>", b"<br></div>")
    assert article(body).text == "\n".join(TEXT)


def test_a_lead_outside_the_container_is_kept_once() -> None:
    lead = "أربعون ألف ربطة خبز في اليوم لا تكفي سكان الريف الغربي، والوعود بزيادة المخصصات لم تنفذ بعد"
    assert article(page(above=f'<div class="standfirst">{lead}</div>')).text == "\n".join([lead, *TEXT])
    assert article(page(above=f'<div class="standfirst">{TEXT[0]}</div>')).text == "\n".join(TEXT)


@pytest.mark.parametrize(
    "widget",
    [
        '<p>اقرأ أيضاً: <a href="/2">مهرجان للتسوق في الطبقة</a></p>',
        '<p><b>إقرأ أيضًا</b></p><p><a href="/2">مهرجان للتسوق في الطبقة</a></p>',
        '<h4>مواضيع ذات صلة</h4><ul><li><a href="/2">مهرجان للتسوق في الطبقة</a></li></ul>',
        '<div><span>قد يهمك أيضاً</span> <a href="/2">مهرجان للتسوق في الطبقة</a></div>',
        '<div class="x"><h4>شاهد أيضاً</h4><a href="/2">مهرجان للتسوق في الطبقة</a><p>افتتح في مدينة الطبقة مهرجان للتسوق بمشاركة …</p></div>',
        '<div class="irp_box"><a href="/2">مهرجان للتسوق في الطبقة</a></div>',
        '<p><a href="/2">مهرجان للتسوق في الطبقة</a></p>',
        '<figure><img src="a.jpg"><figcaption>مهرجان للتسوق في الطبقة</figcaption></figure>',
        '<div class="wp-caption"><img src="a.jpg"><p class="wp-caption-text">مهرجان للتسوق في الطبقة</p></div>',
        '<div class="newsletter-form">اشترك في نشرة مهرجان للتسوق في الطبقة</div>',
        '<p style="display: none">مهرجان للتسوق في الطبقة</p>',
        "<script>document.write('مهرجان للتسوق في الطبقة')</script>",
    ],
)
def test_widgets_inside_the_text_are_pruned(widget: str) -> None:
    body = page().replace(f"<p>{TEXT[1]}".encode(), f"{widget}<p>{TEXT[1]}".encode())
    assert article(body).text == "\n".join(TEXT)


@pytest.mark.parametrize("trap", ["tag-share-post newsletter related", "post-tag", "comments sidebar", "breadcrumb"])
def test_no_class_prunes_what_holds_the_article(trap: str) -> None:
    body = page(body=trap).replace(b"<main>", f'<div class="{trap}"><article class="{trap}">'.encode())
    assert article(body).text == "\n".join(TEXT)
    short = "ثلاثة أفران في ريف الرقة الغربي تغلق أبوابها لنقص الطحين."
    flash = page(short, body=trap).replace(b"<main>", f'<div class="{trap}"><article class="{trap}">'.encode())
    assert article(flash).text == short


def test_teasers_in_markup_that_tells_nothing_are_pruned() -> None:
    card = '<div class="c9"><a href="/{n}"><h3>{head}</h3></a><p>{text}</p></div>'
    heads = ("افتتاح سوق شعبي في الطبقة", "ترميم جسر على نهر الفرات", "دورة تدريبية لمزارعي القطن")
    long = (
        "بدأت الورشات أعمالها صباح اليوم بحضور عدد من أعضاء المجلس المحلي، ومن المتوقع أن تستمر ثلاثة أشهر على الأقل."
    )
    cards = "".join(card.format(n=n, head=head, text=f"{head}. {long}") for n, head in enumerate(heads))
    body = page(below=f'<div class="c8">{cards}</div>').replace(b"article-body", b"c7")
    assert article(body).text == "\n".join(TEXT)


def test_rules_of_the_house_are_pruned() -> None:
    rules = (
        '<p>نرحب بنقاشكم ونحتفظ بحق حذف ما يخالف <a href="/terms">شروط الاستخدام</a> و<a href="/privacy.html">سياسة الخصوصية</a>، '
        "ويسمح للموقع باستخدام ما ينشر من تعليقات في مواده.</p>"
    )
    reading = look(page().replace(b"</p></div>", f"</p>{rules}</div>".encode()))
    assert reading.article is not None
    assert reading.article.text == "\n".join(TEXT)
    assert any("rules of the house" in line for line in reading.pruned)


def test_sentences_that_begin_like_labels_are_news() -> None:
    news = (
        "شاهد أيضاً محققون آثار حريق في المستودع الذي كان يستخدم لتخزين الطحين قرب الطبقة.",
        "اشترك في الاجتماع ممثلون عن أصحاب الأفران ولجنة الاقتصاد ومنظمات محلية تعمل في المنطقة.",
        "وتابع أيضاً: الكميات التي وصلت أقل من نصف ما وعدنا به مطلع الشهر.",
        "المزيد من الأفران مهدد بالإغلاق خلال الأسبوع المقبل إن لم تصل الشحنة.",
    )
    assert article(page(TEXT[0], *news)).text == "\n".join([TEXT[0], *news])


def test_boilerplate_of_the_source_is_dropped() -> None:
    line = "شبكة الرقة الإخبارية - صوت الأهالي منذ عام 2013"
    body = page(*TEXT, line)
    assert line in article(body).text
    reading = look(body, boilerplate=["شبكة الرقّة الاخبارية – صوت الأهالي منذ عام ٢٠١٣"])
    assert reading.article is not None
    assert reading.article.text == "\n".join(TEXT)
    assert any("boilerplate" in line for line in reading.pruned)


def test_an_anchor_left_open_is_no_link() -> None:
    assert article(page().replace(b"<h1>", b'<a name="top"><h1>')).text == "\n".join(TEXT)


# --- flashes, and what is too poor -------------------------------------------------------------------------


def test_a_flash_is_an_article() -> None:
    flash = "إصابة خمسة مدنيين بقصف مدفعي على أطراف مدينة الباب."
    assert article(page(flash, title="إصابة مدنيين بقصف على أطراف الباب")).text == flash


def test_a_flash_that_repeats_its_headline_is_an_article() -> None:
    flash = "إغلاق معبر باب الهوى يومين بسبب العيد"
    assert article(page(flash, title=flash)).text == flash


def test_a_flash_may_share_no_word_with_its_headline_where_it_stands_in_its_place() -> None:
    assert article(page("قُتل مدني وجُرح آخرون مساء اليوم.", title="قصف على الأتارب غربي حلب")).text


@pytest.mark.parametrize("text", ["", "...", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "{var a=1;b=2;c[3]=4;d(5);e(6)}"])
def test_what_is_too_poor_is_no_article(text: str) -> None:
    reading = look(page(text))
    assert reading.article is None
    assert reading.why


def test_an_arabic_page_whose_text_is_not_arabic_is_not_read() -> None:
    notice = "We use cookies to improve your experience on our website. By browsing this website you agree to our use of cookies."
    reading = look(page(notice, notice.replace("We", "They")))
    assert reading.article is None
    assert "not Arabic" in reading.why


def test_an_english_page_is_an_english_article() -> None:
    text = "Three bakeries in the western countryside of Raqqa closed their doors because flour has run out, residents said on Monday."
    assert article(page(text, title="Flour shortage closes three bakeries in Raqqa", lang="en-GB")).language == "en"


@pytest.mark.parametrize(
    ("text", "lang", "language"),
    [
        (
            "وەزارەتی دەرەوەی سووریا ڕایگەیاند کە گفتوگۆکان بەردەوامن و ئەنجامەکانیان بەم زووانە بڵاو دەکرێنەوە.",
            "ar",
            "ckb",
        ),
        (
            "شام کی وزارت خارجہ نے کہا ہے کہ پناہ گزینوں کی واپسی سے متعلق بات چیت جاری ہے اور نتائج جلد سامنے آئیں گے۔",
            "ar",
            "ur",
        ),
        (
            "وزارت امور خارجه سوريه اعلام كرد كه گفتگوها درباره بازگشت آوارگان ادامه دارد و نتايج آن بزودي منتشر مي شود",
            "ar",
            "fa",
        ),
        (TEXT[0], "en-US", "ar"),
        (TEXT[0], "fa", "ar"),
    ],
)
def test_language_is_that_of_the_letters(text: str, lang: str, language: str) -> None:
    assert article(page(text, title=text[:40], lang=lang)).language == language


# --- what stands in for the page ---------------------------------------------------------------------------


def test_the_feeds_text_stands_in_for_a_page_without_one() -> None:
    reading = look(b"<html><body><div id='root'></div><script src='/a.js'></script></body></html>", entry=ENTRY)
    assert reading.article is not None
    assert reading.article.text == "\n".join(TEXT)
    assert reading.article.title == TITLE
    assert reading.article.notes == ("text from the feed",)
    assert reading.article.published_from == "feed"
    assert "browser" in reading.why


def test_a_summary_stands_in_where_the_feed_has_no_more() -> None:
    summary_only = Entry(url=ENTRY.url, title=TITLE, summary=ENTRY.summary)
    assert article(b"", entry=summary_only).text == ENTRY.summary


def test_a_page_that_was_redirected_to_the_front_page_keeps_its_own_address() -> None:
    found = article(page(), url="https://news.example/", entry=ENTRY)
    assert found.url == "https://news.example/2026/article-1"
    assert found.notes == ("text from the feed",)


def test_a_teaser_gives_way_to_the_whole_text_of_the_feed() -> None:
    assert article(page(TEXT[0][:90] + "…"), entry=ENTRY).text == "\n".join(TEXT)


def test_a_whole_page_does_not_give_way() -> None:
    short = Entry(url=ENTRY.url, title=TITLE, content=f"<p>{TEXT[0]}</p>")
    found = article(page(), entry=short)
    assert found.text == "\n".join(TEXT)
    assert found.notes == ()


def test_json_ld_stands_in_for_a_text_that_script_would_write() -> None:
    node = {
        "@context": "https://schema.org",
        "@graph": [{"@type": "NewsArticle", "headline": TITLE, "articleBody": "\r\n".join(TEXT)}],
    }
    found = article(
        page("جارٍ التحميل").replace(
            b"</head>", f'<script type="application/ld+json">{json.dumps(node)}</script></head>'.encode()
        )
    )
    assert found.text == "\n".join(TEXT)


def test_what_the_page_does_not_say_the_listing_does() -> None:
    rich = Entry(
        url=ENTRY.url,
        title=TITLE,
        author="سلمى",
        image="https://news.example/a.jpg",
        tags=("الرقة",),
        summary="موجز الخبر كما جاء",
    )
    found = article(page(), entry=rich)
    assert (found.author, found.image, found.tags, found.summary) == (
        "سلمى",
        rich.image,
        ("الرقة",),
        "موجز الخبر كما جاء",
    )


# --- what is no article ------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["https://news.example", "https://news.example/ar/", "https://news.example/index.php"])
def test_a_front_page_is_no_article(url: str) -> None:
    assert "front page" in look(page(), url=url).why


def test_a_headline_that_says_not_found_is_news_where_text_follows() -> None:
    title = "لم يتم العثور على المفقودين في انهيار منجم قرب تدمر"
    assert (
        article(
            page("لم يتم العثور على ثلاثة عمال فقدوا إثر انهيار منجم فوسفات قرب تدمر، وفق مصدر محلي.", title=title)
        ).title
        == title
    )


def test_a_soft_404_is_no_article() -> None:
    assert "no such page" in look(page("عذراً، لم نجد ما تبحث عنه.", title="404 - الصفحة غير موجودة")).why


@pytest.mark.parametrize("title", ["404", "خطأ 404", "404 | الصفحة غير موجودة", "404 - Not Found"])
def test_forms_of_a_soft_404(title: str) -> None:
    assert "no such page" in look(page("جرب البحث أو عد إلى الصفحة الرئيسية من هنا.", title=title)).why


def test_a_number_of_that_name_is_news() -> None:
    text = "سجلت مديرية الصحة 404 إصابات جديدة بالكوليرا في مخيمات ريف إدلب خلال أسبوع."
    assert article(page(text, title="تسجيل 404 إصابات بالكوليرا في إدلب")).text == text


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Checking your browser before accessing news.example. This process is automatic and takes a while."),
        ("تسجيل الدخول", "يرجى تسجيل الدخول لمتابعة القراءة أو إنشاء حساب جديد خلال دقيقة واحدة."),
        ("الموقع تحت الصيانة", "نعتذر عن هذا الانقطاع، وسنعود قريباً كما كنا وأفضل."),
        ("500", "Internal Server Error: the server encountered an internal error and was unable to complete your request."),
        ("خبر", "Fatal error: Uncaught Error: Call to undefined function foo() in /var/www/html/index.php on line 12"),
        ("خبر", "عذراً، الصفحة التي تبحث عنها غير موجودة أو تم نقلها إلى مكان آخر."),
    ],
)  # fmt: skip
def test_what_stands_in_place_of_a_page(title: str, text: str) -> None:
    assert "the page says" in look(page(text, title=title)).why


def test_a_file_is_no_page() -> None:
    assert look(b"%PDF-1.7\n" + "نص".encode() * 300).why == "a file, not a page"


@pytest.mark.parametrize(
    ("more", "paged"),
    [
        (f'<link rel="next" href="{URL}/2">', True),
        (f'<link rel="next" href="{URL}/page/2/">', True),
        (f'<link rel="next" href="{URL}?page=2">', True),
        ('<link rel="next" href="https://news.example/2026/article-2">', False),
        ('<link rel="next" href="http://[">', False),
        (f'<link rel="prev" href="{URL}/2">', False),
    ],
)
def test_an_article_of_several_pages_says_so(more: str, paged: bool) -> None:
    assert ("it goes on on further pages, which are not read" in article(page(head=more)).notes) is paged


# --- the address -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "canonical", "expected"),
    [
        ("https://news.example/a/1?utm_source=x", "https://news.example/a/1", "https://news.example/a/1"),
        ("https://news.example/node/77", "https://news.example/news/bread", "https://news.example/news/bread"),
        ("https://news.example/a/1/amp/", "https://news.example/a/1/", "https://news.example/a/1/"),
        ("https://news.example/a/1?amp=1", "/a/1", "https://news.example/a/1"),
        # not to be believed
        ("https://news.example/a/1", "https://news.example/", "https://news.example/a/1"),
        ("https://news.example/a/1", "https://other.example/a/1", "https://news.example/a/1"),
        ("https://news.example/a/1", "https://news.example/a/", "https://news.example/a/1"),
        (
            "https://news.example/news.aspx?id=5",
            "https://news.example/news.aspx",
            "https://news.example/news.aspx?id=5",
        ),
        ("https://news.example/a/1", "javascript:void(0)", "https://news.example/a/1"),
        ("https://news.example/a/1", "", "https://news.example/a/1"),
        ("https://news.example/a/1", "http://[", "https://news.example/a/1"),
    ],
)
def test_canonical_addresses(own: str, canonical: str, expected: str) -> None:
    assert article(page(head=f'<link rel="canonical" href="{canonical}">'), url=own).url == expected
