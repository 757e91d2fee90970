"""Previews of Telegram channels: posts as complete Entries, and Articles of them; broken, hostile and huge ones."""

import pickle
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Entry, Page
from crawler.entries import WHOLE, from_entry
from crawler.pages import FROM_FEED, NO_HEADLINE
from crawler.source import Source
from crawler.spiders import KINDS, Listing
from crawler.telegram import title_of

AT = "https://t.me/s/nidaa_sahl"
NOW = datetime(2024, 5, 12, 13, tzinfo=UTC)
HEADLINE = "مقتل ثلاثة مدنيين بقصف مدفعي على ريف إدلب الجنوبي"
BODY = "قال الدفاع المدني إن القصف طال سوقاً شعبية في بلدة كفرنبل صباح اليوم، وإن فرقه نقلت سبعة جرحى."


def message(
    number: int = 315,
    text: str | None = HEADLINE,
    *,
    before: str = "",
    after: str = "",
    meta: str = "",
    at: str = "2024-05-12T11:20:00+00:00",
) -> str:
    said = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>' if text is not None else ""
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="nidaa_sahl/{number}">
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/nidaa_sahl"><span dir="auto">نداء السهل</span></a></div>
{before}{said}{after}<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short js-message_info">
<span class="tgme_widget_message_views">1.2K</span><span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="https://t.me/nidaa_sahl/{number}"><time datetime="{at}" class="time">11:20</time></a></span></div></div></div></div></div>"""


def preview(*messages: str, head: str = "", more: str = "") -> str:
    return f'<!DOCTYPE html><html><head><title>نداء السهل – Telegram</title>{head}</head><body><section class="tgme_channel_history js-message_history">{more}{"".join(messages)}</section></body></html>'


def read(html: str | bytes, url: str = AT) -> Listing:
    page = Page(
        url=url,
        asked=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html,
        fetched_at=NOW,
    )
    listing = KINDS["telegram"].listing(page, Source(name="s", kind="telegram", url=AT, title=""))
    return pickle.loads(pickle.dumps(listing))


def only(*args: str, **more: str) -> Entry:
    (entry,) = read(preview(message(315, *args, **more))).entries  # type: ignore[arg-type]
    return entry


@pytest.mark.parametrize(
    "url",
    [
        AT,
        "https://t.me/nidaa_sahl",
        "https://telegram.me/nidaa_sahl/",
        "https://T.ME/nidaa_sahl/315",
        AT + "?before=20",
    ],
)
def test_the_preview_is_asked_however_the_channel_is_declared(url: str) -> None:
    assert KINDS["telegram"].start(Source(name="s", kind="telegram", url=url, title="")) == AT


def test_a_mirror_is_asked_where_it_is() -> None:
    url = "http://127.0.0.23:8411/s/nidaa_sahl"
    assert KINDS["telegram"].start(Source(name="s", kind="telegram", url=url, title="")) == url
    assert read(preview(message()), url).entries[0].url == "http://127.0.0.23:8411/nidaa_sahl/315"


def test_a_post_is_a_complete_entry_with_its_own_address() -> None:
    entry = only(
        f"{HEADLINE}<br/><br/>{BODY}<br/>تفاصيل <b>أخرى</b> <i class='emoji' style=\"background-image:url('//telegram.org/e.png')\"><b>🔴</b></i>"
    )
    assert (entry.url, entry.complete) == ("https://t.me/nidaa_sahl/315", True)
    assert entry.title == HEADLINE
    assert entry.content == f"<p>{HEADLINE}</p><p>{BODY}<br>تفاصيل أخرى 🔴</p>"
    assert entry.published_at == datetime(2024, 5, 12, 11, 20, tzinfo=UTC)
    assert (entry.links, entry.notes, entry.tags, entry.image) == ((), (), (), None)


def test_posts_are_listed_newest_first_and_once() -> None:
    listing = read(preview(message(313), message(314), message(316), message(314)))
    assert [entry.url[-3:] for entry in listing.entries] == ["316", "314", "313"]
    assert listing.defects == ()


def test_links_hashtags_and_where_it_comes_from() -> None:
    text = (
        f'{HEADLINE}<br/><a href="https://news.example/archives/1001?utm_source=tg" target="_blank">news.example/archives/1001</a> '
        '<a href="https://t.me/other/5">قناة</a> <a href="?q=%23%D8%A5%D8%AF%D9%84%D8%A8">#ريف_إدلب</a> <a href="tg://resolve?domain=x">x</a> '
        '<a href="javascript:alert(1)">y</a> <a href="https://t.me/iv?url=https%3A%2F%2Fother.example%2Fn%2F7&rhash=1">عرض</a>'
    )
    forwarded = '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/dd/9"><span dir="auto">الدفاع المدني</span></a></div>'
    card = '<a class="tgme_widget_message_link_preview" href="https://news.example/archives/1001"><div class="link_preview_title">عنوان</div></a>'
    entry = only(text, before=forwarded, after=card, meta="edited &nbsp;")
    assert entry.links == ("https://news.example/archives/1001?utm_source=tg", "https://other.example/n/7")
    assert entry.tags == ("ريف إدلب",)
    assert entry.notes == ("forwarded from الدفاع المدني", "edited after it was posted")
    assert "javascript" not in (entry.content or "")
    assert '<a href="https://t.me/other/5">قناة</a>' in (entry.content or "")


def test_the_text_of_the_post_that_it_answers_is_not_its_own() -> None:
    reply = '<a class="tgme_widget_message_reply" href="https://t.me/nidaa_sahl/300"><div class="tgme_widget_message_text js-message_reply_text">نص قديم</div></a>'
    assert only(HEADLINE, before=reply).content == f"<p>{HEADLINE}</p>"
    listing = read(preview(message(315, None, before=reply.replace(" js-message_reply_text", ""))))
    assert (listing.entries, listing.defects) == ((), ("posts without text (pictures, videos, voices), not listed: 1",))


def test_pictures_alone_are_counted_and_captions_are_posts() -> None:
    photo = """<a class="tgme_widget_message_photo_wrap 1" href="https://t.me/nidaa_sahl/317" style="width:800px;background-image:url('https://cdn.example/a.jpg')"></a><time class="message_video_duration">0:42</time>"""
    listing = read(
        preview(
            message(316, None, before=photo),
            message(317, HEADLINE, before=photo),
            message(318, " <br/> ", before=photo),
        )
    )
    assert [entry.url[-3:] for entry in listing.entries] == ["317"]
    assert listing.entries[0].image == "https://cdn.example/a.jpg"
    assert listing.entries[0].published_at == datetime(2024, 5, 12, 11, 20, tzinfo=UTC)
    assert listing.defects == ("posts without text (pictures, videos, voices), not listed: 2",)


def test_a_post_that_is_only_an_address_says_what_that_leads_to() -> None:
    card = f'<a class="tgme_widget_message_link_preview" href="https://news.example/1"><div class="link_preview_title">{HEADLINE}</div><div class="link_preview_description">{BODY}</div></a>'
    entry = only('<a href="https://news.example/1">https://news.example/1</a>', after=card)
    assert entry.title == HEADLINE
    assert BODY in (entry.content or "")
    assert entry.links == ("https://news.example/1",)
    assert only('<a href="https://news.example/1">https://news.example/1</a>').title == "https://news.example/1"


def test_a_poll_is_its_question_and_its_answers() -> None:
    poll = '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">هل تتوقع نجاح الجولة المقبلة؟</div><div>نعم</div><div>لا</div></div>'
    (entry,) = read(preview(message(315, None, after=poll))).entries
    assert entry.title == "هل تتوقع نجاح الجولة المقبلة؟"


def test_service_messages_are_no_posts() -> None:
    service = '<div class="tgme_widget_message service_message" data-post="nidaa_sahl/1"><div class="tgme_widget_message_text">Channel created</div></div>'
    assert len(read(preview(service, message())).entries) == 1


def test_older_posts_begin_before_the_oldest() -> None:
    link = '<a href="/s/nidaa_sahl?before=296" class="tme_messages_more js-messages_more" data-before="296"></a>'
    assert read(preview(message(), more=link)).older == f"{AT}?before=296"
    assert (
        read(preview(message(), head='<link rel="prev" href="/s/nidaa_sahl?before=296">')).older == f"{AT}?before=296"
    )
    assert read(preview(message(), more=link), AT + "?before=310").older == f"{AT}?before=296"
    assert read(preview(message(), more=link), AT + "?before=296").older is None  # it would be asked for ever
    newer = '<a href="/s/nidaa_sahl?after=400" class="tme_messages_more" data-after="400"></a>'
    for nothing in ("", newer, link.replace("296", "1"), link.replace("296", "javascript:")):
        assert read(preview(message(), more=nothing)).older is None


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("", "empty"),
        ("<html><body><p>x</p></body></html>", "https://t.me/s/NAME"),
        (
            '<html><body><div class="tgme_page">If you have Telegram, you can contact @x</div></body></html>',
            "no preview",
        ),
        (preview(), "no posts here"),
        (preview('<div class="tgme_widget_message" data-post="../../etc/1">x</div>'), "without a number"),
        (preview('<div class="tgme_widget_message" data-post="//evil.example/1">x</div>'), "without a number"),
    ],
)
def test_what_is_no_preview_says_so(html: str, why: str) -> None:
    listing = read(html)
    assert listing.entries == ()
    assert why in listing.defects[0]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([HEADLINE, "", BODY], HEADLINE),
        (["🔴 عاجل", HEADLINE], f"عاجل {HEADLINE}"),
        (["#عاجل", "", HEADLINE, BODY], HEADLINE),
        ([f"🔴⚡️ عاجل | {HEADLINE}:"], f"عاجل | {HEADLINE}"),
        (["«أستانا» تستضيف جولة جديدة"], "«أستانا» تستضيف جولة جديدة"),
        (["وصل الوفد صباح اليوم إلى المدينة. " + BODY], "وصل الوفد صباح اليوم إلى المدينة"),
        (["عاجل"], "عاجل"),
        (["https://news.example/1"], "https://news.example/1"),
        (["🔴"], "🔴"),
        ([], ""),
    ],
)
def test_a_title_is_made_of_the_first_words(lines: list[str], title: str) -> None:
    assert title_of(lines) == title


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ابت .،؟!🔴#@\n x", max_size=200), max_size=4))
def test_a_title_is_bounded_and_there_is_one_where_there_is_text(lines: list[str]) -> None:
    title = title_of(lines)
    assert len(title) <= 91
    assert bool(title) == bool("".join(lines).strip())
    long = title_of([BODY * 3])
    assert long.endswith("…")
    assert (BODY * 3).startswith(long[:-1])
    assert long[:-1].split()[-1] in BODY.split()


def test_an_article_of_a_post() -> None:
    entry = only(
        f"{HEADLINE}<br/><br/>{BODY}<br/>السطر الأخير<br/>تابعونا على تلغرام<br/>نداء السهل، صوت الناس", meta="edited"
    )
    reading = from_entry(
        entry,
        entry.url + "?single",
        NOW,
        "Asia/Damascus",
        source="sahl-telegram",
        boilerplate=["نداء السهل، صوت الناس"],
    )
    article = reading.article
    assert article is not None
    assert (article.title, article.text) == (HEADLINE, f"{BODY}\nالسطر الأخير")
    assert (article.source, article.language, article.fetched_at) == ("sahl-telegram", "ar", NOW)
    assert (article.published_at, article.published_from) == (datetime(2024, 5, 12, 11, 20, tzinfo=UTC), "feed")
    assert article.notes == (WHOLE, "edited after it was posted")
    assert [why.partition(":")[0] for why in reading.pruned] == [
        "label",
        "boilerplate of the source",
        "headline or date line",
    ]


@pytest.mark.parametrize("text", ["عاجل: قصف", HEADLINE, f"عاجل<br/>{HEADLINE}", BODY])
def test_a_flash_of_few_words_is_an_article_with_all_of_them(text: str) -> None:
    article = from_entry(entry := only(text), entry.url, NOW, "Asia/Damascus").article
    assert article is not None
    assert article.text == text.replace("<br/>", "\n")


def test_markup_in_a_post_is_text() -> None:
    text = "الوسم <script> في لغة HTML & أخواتها: 5 < 6 &amp;nbsp;"
    entry = only(escape(text))
    article = from_entry(entry, entry.url, NOW, "Asia/Damascus").article
    assert article is not None
    assert article.text == text


def test_an_entry_without_a_text_is_no_article_and_says_why() -> None:
    at = "https://t.me/a/1"
    assert from_entry(Entry(url=at), at, NOW, "UTC").why == "no text in it"
    assert (
        from_entry(Entry(url=at, content="<p>تابعونا على تلغرام</p>"), at, NOW, "UTC").why
        == "nothing but standing phrases"
    )
    assert "more than" in from_entry(Entry(url=at, content="<p>" * 100_000), at, NOW, "UTC").why
    bare = from_entry(Entry(url=at, summary=f"{HEADLINE}\n{BODY}"), at, NOW, "UTC").article
    assert bare is not None
    assert (bare.title, bare.text) == (HEADLINE, f"{HEADLINE}\n{BODY}")
    assert bare.notes == (FROM_FEED, NO_HEADLINE)


@pytest.mark.parametrize(
    "html",
    [
        preview(*(message(n, HEADLINE) for n in range(3_000))),
        preview(message(1, "<b>" * 50_000 + "نص")),
        preview(message(1, "<br/>" * 40_000 + "نص")),
        preview(message(1, "ا" * 4_000_000)),
        preview(message(1, "x" * 9_000_000)),
        preview('<div class="tgme_widget_message" data-post="a/1">' * 20_000),
        preview(message(1, "".join(f'<a href="https://x.example/{n}">x</a>' for n in range(20_000)))),
    ],
    ids=["posts", "nested", "lines", "long", "longer", "wraps", "links"],
)
def test_huge_and_hostile_ones_end(html: str) -> None:
    listing = read(html)
    assert len(listing.entries) <= 3_000
    for entry in listing.entries[:1]:
        from_entry(entry, entry.url, NOW, "Asia/Damascus")


@settings(deadline=None, max_examples=80)
@given(st.text(alphabet="<>/abr ='\"&;#?\0\x01خبر🔴\n-\ud800", max_size=150))
def test_nothing_that_a_site_sends_raises(text: str) -> None:
    read(text)
    for entry in read(preview(message(1, text), more=text, head=text)).entries:
        from_entry(entry, entry.url, NOW, "Asia/Damascus")
