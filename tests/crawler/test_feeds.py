"""feeds.read: what feeds say, however broken; nothing fetched, nothing raised."""

from __future__ import annotations

import codecs
import json
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import xmlfeed
from crawler.article import Entry
from crawler.feeds import Feed, read
from crawler.feedtext import ampersands_mended, prepared
from crawler.feedtimes import moment
from crawler.markup import one_line, paragraphs
from tests.crawler.feedfiles import FEEDS, FOLDER, expected, told

URL = "https://example.sy/rss/all.xml"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
)
GOOD = "<item><title>افتتاح جسر الرستن بعد ترميمه</title><link>https://example.sy/good</link></item>"
WORDPRESS = (FOLDER / "wordpress.xml").read_bytes()


def rss(*items: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{declaration}<rss version="2.0" {SPACES}><channel><title>نشرة</title>{"".join(items)}</channel></rss>'


def item(inside: str = "", title: str = "خبر", link: str = "https://example.sy/1") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{inside}</item>"


def only(text: str | bytes, content_type: str | None = None) -> Entry:
    feed = read(text if isinstance(text, bytes) else text.encode(), URL, content_type)
    (entry,) = feed.entries
    return entry


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_a_feed_of_each_kind_is_read_whole(path: Path) -> None:
    assert told(read(path.read_bytes(), f"https://example.sy/rss/{path.name}", None)) == expected(path)


# What a server says and what it sends


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/xml",
        "application/rss+xml",
        "text/html; charset=utf-8",
        "text/plain",
        "text/xml; charset=ISO-8859-1",
        "; ;",
    ],
)
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, b"\n\n  ", b"\n" + codecs.BOM_UTF8])
def test_headers_marks_and_blank_lines_do_not_matter(content_type: str | None, mark: bytes) -> None:
    assert read(mark + WORDPRESS, URL, content_type) == read(WORDPRESS, URL, "application/rss+xml")
    assert len(read(WORDPRESS, URL, content_type).entries) == 2


@pytest.mark.parametrize("declared", ["utf-8", "windows-1256", "iso-8859-1"])
@pytest.mark.parametrize("header", [None, "text/xml; charset=utf-8", "text/xml; charset=windows-1256"])
def test_windows_1256_under_any_name(declared: str, header: str | None) -> None:
    text = rss(
        item("<description>أكد مصدر في المحافظة أن العمل مستمر</description>", "انتهاء أعمال الصيانة في محطة تشرين")
    )
    entry = only(text.replace('"utf-8"', f'"{declared}"').encode("cp1256"), header)
    assert entry.title == "انتهاء أعمال الصيانة في محطة تشرين"
    assert entry.summary == "أكد مصدر في المحافظة أن العمل مستمر"


@pytest.mark.parametrize("end", range(2300, 2700, 7))
def test_a_feed_cut_off_anywhere_gives_what_is_whole(end: int) -> None:
    feed = read(WORDPRESS[:end], URL, "text/xml")
    assert feed.defects
    assert feed.entries[0].title == "“الدفاع المدني”: إخماد حريق في سوق الهال بالرقة – صور"
    assert feed.entries[0].url.endswith("/%d8%ad%d8%b1%d9%8a%d9%82-%d8%b3%d9%88%d9%82/")
    assert "\ufffd" not in repr(feed)


def test_half_an_address_and_half_a_text_are_not_told() -> None:
    whole = rss(
        GOOD,
        item(
            "<content:encoded><![CDATA[<p>بدأ الاجتماع</p><p>وانتهى</p>]]></content:encoded>",
            link="https://example.sy/12345",
        ),
    )
    in_link = read(whole[: whole.index("2345")].encode(), URL, None)
    assert [entry.url for entry in in_link.entries] == ["https://example.sy/good"]
    in_text = read(whole[: whole.index("وانتهى")].encode(), URL, None)
    assert [(entry.url, entry.content) for entry in in_text.entries] == [
        ("https://example.sy/good", None),
        ("https://example.sy/12345", None),
    ]


@pytest.mark.parametrize(
    "before",
    [
        "<br />\n<b>Warning</b>: Undefined array key 3 in <b>/var/www/feed.php</b> on line <b>12</b><br />\n",
        "<!-- cached <html> by a plugin -->\n",
        "<html><head><title>x</title></head><body></body></html>",
        "تنبيه: الموقع قيد الصيانة ",
    ],
)
def test_what_stands_before_the_feed_is_left_out(before: str) -> None:
    feed = read((before + rss(GOOD)).encode(), URL, None)
    assert [entry.url for entry in feed.entries] == ["https://example.sy/good"]
    assert bool(feed.defects) is not before.startswith("<!--")


def test_what_stands_behind_the_feed_is_left_out() -> None:
    feed = read((rss(GOOD) + "\n<!-- 0.2 s --><script>stats()</script>").encode(), URL, None)
    assert len(feed.entries) == 1
    assert feed.defects == ("text behind the feed was left out: no words in it",)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"<!DOCTYPE html><html><head><title>\xd8\xae\xd8\xb7\xd8\xa3</title></head><body><p>x</p></body></html>", "web page («خطأ»)"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "web page"),
        (b"<html>" + b"<div><p>x</p></div>" * 250_000, "web page"),
        (b"<div><p>x</p></div>" * 250_000, "not a feed"),
        (b"Forbidden", "not a feed: «Forbidden»"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "sitemap"),
        (b"<opml><head/><body><outline/></body></opml>", "OPML"),
        (b'{"code":"rest_no_route","data":{"status":404}}', "not a JSON Feed"),
        (b"[1, 2]", "not a JSON Feed"),
        (b"\x1f\x8b\x08\x00rest", "compressed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "not a feed"),
        (rss().encode(), "no entries"),
    ],
)  # fmt: skip
def test_what_is_no_feed_says_so_at_once(body: bytes, says: str) -> None:
    feed = read(body, URL, "application/rss+xml")
    assert feed.entries == ()
    assert says in " ".join(feed.defects)


# One bad entry never costs the others


@pytest.mark.parametrize(
    "bad",
    [
        item(title="سعر الليرة & الذهب", link="https://example.sy/a?x=1&y=2"),
        item(title="مقطع <b>غير مغلق"),
        item("<description><p>فقرة<br>بلا إغلاق</description>"),
        item("<description><![CDATA[<p>بلا نهاية</p></description>"),
        item("<description>&laquo;اقتباس&raquo; &nbsp; &unknown;</description>"),
        item(title="حرف \x0b تحكم \x00 هنا"),
        item(title="رقم &#11; &#xFFFF; &#99999999999; &#xD800;"),
        item('<enclosure url="a" url="b"/>'),
        item("<nobody:knows>x</nobody:knows>"),
        item("<pubDate>" + "9" * 5000 + "</pubDate>"),
        "<item><title>مبتور<link>https://example.sy/1</item>",
        item("<author>" + "a." * 50_000 + "</author>"),
        item("<description><![CDATA[" + "<!--" * 60_000 + "]]></description>"),
    ],
)
def test_the_neighbours_of_a_broken_entry_are_read(bad: str) -> None:
    other = GOOD.replace("good", "also")
    feed = read(rss(GOOD, bad, other).encode(), URL, "text/xml")
    assert {"https://example.sy/good", "https://example.sy/also"} <= {entry.url for entry in feed.entries}
    assert feed.entries[0].title == feed.entries[-1].title == "افتتاح جسر الرستن بعد ترميمه"
    assert len(feed.entries) + sum("entry 2" in defect for defect in feed.defects) == 3


def test_ampersands_entities_and_control_characters_read_as_meant() -> None:
    entry = only(
        rss(
            item(
                "<description>&laquo;قال&raquo;\x0b &#8220;نعم&#8221;&nbsp;&foo;</description>",
                "النفط & الغاز",
                "https://example.sy/?a=1&b=2",
            )
        )
    )
    assert (entry.title, entry.url, entry.summary) == (
        "النفط & الغاز",
        "https://example.sy/?a=1&b=2",
        "«قال» “نعم” &foo",
    )


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (item("<category>أ</item>ب</category>", "تسرب في خط النفط"), ("تسرب في خط النفط", "https://example.sy/1")),
        (
            "<item><title>تسرب</title><link href='/2?a=1&amp;b=2'/><category>أ</item>ب</category></item>",
            ("تسرب", "https://example.sy/2?a=1&b=2"),
        ),
    ],
)
def test_what_breaks_the_parser_itself_is_read_in_part(bad: str, told: tuple[str, str]) -> None:
    feed = read(rss(GOOD, bad, GOOD.replace("good", "also")).encode(), URL, None)
    assert [(entry.title, entry.url) for entry in feed.entries][1:-1] == [told]
    assert "entry 2 is broken and was read in part" in feed.defects


def test_half_an_address_is_not_told_of_a_broken_entry_either() -> None:
    feed = read(
        rss(GOOD, "<item><title>تسرب</title><link>https://example.sy/1</item>234</link></item>").encode(), URL, None
    )
    assert [entry.url for entry in feed.entries] == ["https://example.sy/good"]


def test_namespaces_that_nobody_declared_are_understood() -> None:
    text = "<rss rss:version=2.0><rss:channel><rss:item><rss:title>خبر</rss:title><rss:link>/5</rss:link></rss:item></rss:channel></rss>"
    assert only(text).url == "https://example.sy/5"
    plain = '<rss version="2.0"><channel><item><link>/5</link><content:encoded>&lt;p&gt;نص&lt;/p&gt;</content:encoded></item></channel></rss>'
    assert only(plain).content == "<p>نص</p>"


# Links


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<link>/news/5</link>", "https://example.sy/news/5"),
        ("<link>news/5?id=3</link>", "https://example.sy/rss/news/5?id=3"),
        ("<link>//cdn.example/5</link>", "https://cdn.example/5"),
        ("<link>\n   https://example.sy/\n5 </link>", "https://example.sy/5"),
        ("<link><![CDATA[https://example.sy/?a=1&b=2]]></link>", "https://example.sy/?a=1&b=2"),
        ("<link>https://example.sy/?a=1&amp;amp;b=2&amp;#038;copy=3</link>", "https://example.sy/?a=1&b=2&copy=3"),
        ("<link>https://example.sy/خبر عاجل</link>", "https://example.sy/خبر عاجل"),
        ("<guid>https://example.sy/5</guid>", "https://example.sy/5"),
        ("<guid isPermaLink='true'>/5</guid>", "https://example.sy/5"),
        ("<link>javascript:alert(1)</link><guid>https://example.sy/5</guid>", "https://example.sy/5"),
        ("<guid>https://example.sy/5</guid><link><![CDATA[ data:text/html,x ]]></link>", "https://example.sy/5"),
        ("<link xml:base='https://base.example/x/'>5</link>", "https://base.example/x/5"),
        ("<link></link><atom:link rel='alternate' href='https://example.sy/5'/>", "https://example.sy/5"),
        (
            "<link>http://feedproxy.example/~r/5</link><feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>"  # noqa: ISC004
            "https://example.sy/5</feedburner:origLink>",
            "https://example.sy/5",
        ),
    ],
)  # fmt: skip
def test_an_entry_has_its_own_whole_address(inside: str, url: str) -> None:
    assert only(rss(f"<item><title>خبر</title>{inside}</item>")).url == url


@pytest.mark.parametrize(
    "inside",
    [
        "<link>javascript:alert(1)</link>",
        "<link>JavaScript:alert(1)</link><guid isPermaLink='false'>https://example.sy/?p=5</guid>",
        "<link>data:text/html,&lt;b&gt;</link>",
        "<link>file:///etc/passwd</link>",
        "<link>ftp://example.sy/5</link>",
        "<link>mailto:news@example.sy</link>",
        "<link>java&#115;cript:alert(1)</link>",
        "<link>http://</link>",
        "<link/>",
        "<guid isPermaLink='false'>123</guid>",
        "<guid>urn:uuid:60a76c80</guid>",
        "<atom:link href='javascript:alert(1)'/>",
    ],
)
def test_what_leads_nowhere_is_refused_by_name(inside: str) -> None:
    feed = read(rss(f"<item><title>رابط غريب</title>{inside}</item>", GOOD).encode(), URL, None)
    assert [entry.url for entry in feed.entries] == ["https://example.sy/good"]
    assert any("رابط غريب" in defect for defect in feed.defects)


def test_an_atom_entry_is_refused_by_its_links_too() -> None:
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>سيئ</title><link href="javascript:x"/><id>tag:x,1</id></entry>'
        '<entry><title>جيد</title><link href="javascript:x"/><id>https://example.sy/2</id></entry></feed>'
    )
    feed = read(text.encode(), URL, None)
    assert [(entry.title, entry.url) for entry in feed.entries] == [("جيد", "https://example.sy/2")]


# Words


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("&lt;script&gt;alert(1)&lt;/script&gt;عاجل", "عاجل"),
        ("<![CDATA[<b>عاجل</b> | <i class='x'>دمشق</i>]]>", "عاجل | دمشق"),
        ("&amp;#8220;عاجل&amp;#8221; &amp;amp; مهم", "“عاجل” & مهم"),
        ("&amp;lt;b&amp;gt;عاجل&amp;lt;/b&amp;gt;", "عاجل"),
        ("الدولار &lt; 15000 &gt; 14000 ليرة", "الدولار < 15000 > 14000 ليرة"),
        ("  عاجل \n\t الآن\u00a0", "عاجل الآن"),
        ("R&amp;D &amp;copy=1", "R&D &copy=1"),
        ("<![CDATA[<img src=x onerror=alert(1)>عاجل]]>", "عاجل"),
        ("", None),
        ("   ", None),
        ("<![CDATA[<p></p>]]>", None),
    ],
)
def test_titles_are_plain_text(written: str, title: str | None) -> None:
    assert only(rss(item(title=written))).title == title


def test_a_missing_title_is_none() -> None:
    assert only(rss("<item><link>/1</link></item>")).title is None


def test_a_summary_keeps_its_paragraphs_and_loses_its_markup() -> None:
    written = (
        "<p>الأول<br/>والثاني</p><div>الثالث <a href='x'>رابط</a></div><style>p{}</style><script>x('</p>')</script>"
    )
    assert only(rss(item(f"<description><![CDATA[{written}]]></description>"))).summary == "الأول\nوالثاني\nالثالث رابط"


def test_content_is_safe_and_whole_and_not_the_summary_again() -> None:
    written = "<p onclick='x()'>نص <a href='/a'>رابط</a></p><script>x()</script><img src='img/1.jpg'>"
    entry = only(rss(item(f"<content:encoded><![CDATA[{written}]]></content:encoded>")))
    assert (
        entry.content
        == '<p>نص <a href="https://example.sy/a">رابط</a></p><img src="https://example.sy/rss/img/1.jpg" />'
    )
    assert entry.summary is None


def test_names_are_people_and_not_addresses() -> None:
    assert only(rss(item("<author>editor@example.sy (سلمى حداد)</author>"))).author == "سلمى حداد"
    assert only(rss(item("<author>noreply@example.sy</author>"))).author is None
    assert (
        only(rss(item("<dc:creator>&lt;b&gt;سلمى&lt;/b&gt;</dc:creator><dc:creator>عمر</dc:creator>"))).author
        == "سلمى، عمر"
    )


@pytest.mark.parametrize(
    ("inside", "image"),
    [
        ("<enclosure url='/a.jpg' type='image/jpeg' length='1'/>", "https://example.sy/a.jpg"),
        ("<enclosure url='/a.mp3' type='audio/mpeg'/>", None),
        ("<media:thumbnail url='https://example.sy/t.png'/>", "https://example.sy/t.png"),
        (
            "<media:content url='/v.mp4' type='video/mp4'/><media:content url='/b.jpg?w=1'/>",
            "https://example.sy/b.jpg?w=1",
        ),
        ("<media:content url='javascript:x' medium='image'/>", None),
        ("<image><url>/i.jpg</url></image>", "https://example.sy/i.jpg"),
        ("<url>/page</url>", None),
        ("<image/>", None),
    ],
)
def test_a_picture_is_one_and_on_the_web(inside: str, image: str | None) -> None:
    assert only(rss(item(inside))).image == image


def test_entries_stand_in_the_order_of_the_feed() -> None:
    feed = read(rss(*(item(link=f"/{n}") for n in (3, 1, 2, 1))).encode(), URL, None)
    assert [entry.url[-1] for entry in feed.entries] == ["3", "1", "2", "1"]


# Times


@pytest.mark.parametrize(
    ("printed", "at"),
    [
        ("Sat, 12 May 2018 14:35:00 +0300", "2018-05-12T11:35"),
        ("السبت, 12 May 2018 14:35:00 +0300", "2018-05-12T11:35"),
        ("Mon, 12 May 2018 14:35 GMT", "2018-05-12T14:35"),
        ("12 May 18 14:35 EST", "2018-05-12T19:35"),
        ("Sat, 12 May 2018 02:35:00 PM +03:00", "2018-05-12T11:35"),
        ("Sat, 12-May-2018 12:35:00 AM GMT+3", "2018-05-11T21:35"),
        ("Sat May 12 14:35:00 UTC 2018", "2018-05-12T14:35"),
        ("May 12, 2018 14:35 EEST", "2018-05-12T11:35"),
        ("2018-05-12T14:35:00Z", "2018-05-12T14:35"),
        ("2018-05-12T14:35:00.123+03:00", "2018-05-12T11:35"),
        ("2018-05-12 14:35:00 +0300", "2018-05-12T11:35"),
        ("٢٠١٨-٠٥-١٢T١٤:٣٥:٠٠+03:00", "2018-05-12T11:35"),
        ("Sat, 12 May 2018 23:59:60 -0000", "2018-05-12T23:59"),
    ],
)
def test_a_full_time_with_a_zone_is_believed(printed: str, at: str) -> None:
    found = moment(printed)
    assert found is not None
    assert found.tzinfo is UTC
    assert found.isoformat()[:16] == at


@pytest.mark.parametrize(
    "printed",
    [
        None, "", "أمس", "السبت 12 أيار 2018 - 14:35", "السبت, 12 مايو 2018 14:35:00 +0300", "Sat, 12 May 2018 14:35:00", "2018-05-12T14:35:00",
        "2018-05-12", "12/05/2018 14:35 GMT", "Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 GMT", "9999-12-31T23:59:59Z",
        "0000-00-00T00:00:00Z", "2018-02-31T10:00:00Z", "2018-05-12T24:00:00Z", "2018-13-01T10:00:00Z", "Sat, 12 Foo 2018 14:35 GMT",
        "Sat, 12 May 2018 14:35:00 AST", "Sat, 12 May 2018 14:35:00 +9900", "Sat, 12 May 2018 15:35 PM GMT", "1" * 100_000, "-" * 79, "2099-12-31T23:59:59-12:00",
    ],
)  # fmt: skip
def test_what_is_not_a_full_and_likely_time_is_left_to_others(printed: str | None) -> None:
    assert moment(printed) is None


def test_a_time_that_is_not_understood_is_kept_as_printed() -> None:
    entry = only(rss(item("<pubDate>السبت 12 أيار 2018 - 14:35</pubDate>")))
    assert (entry.published_at, entry.published_raw) == (None, "السبت 12 أيار 2018 - 14:35")


def test_without_a_publication_time_the_last_change_stands_for_it() -> None:
    entry = only(rss(item("<dc:date>2018-05-12T14:35:00+03:00</dc:date>")))
    assert entry.published_at == entry.updated_at == datetime(2018, 5, 12, 11, 35, tzinfo=UTC)


def test_how_the_feed_wants_to_be_read() -> None:
    feed = read((FOLDER / "rss091.xml").read_bytes(), URL, None)
    assert (feed.ttl, feed.skip_hours, feed.skip_days) == (timedelta(minutes=90), (0, 1, 2), (4,))
    assert read(WORDPRESS, URL, None).update_period == timedelta(minutes=30)


# Hostile and huge


BOMB = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(200_000))


@pytest.mark.parametrize(
    "text",
    [
        rss(GOOD, declaration="<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>").replace("افتتاح", "&x;"),
        rss(GOOD, declaration="<!DOCTYPE r [<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]>"),
        rss(GOOD, declaration=BOMB).replace("افتتاح", "&a9;"),
        rss(GOOD, declaration=f"<!DOCTYPE r [<!ENTITY a '{'A' * 50_000}'>]>").replace("افتتاح", "&a;" * 5_000),
        rss(GOOD, f"<item><title {ATTRIBUTES}>x</title></item>"),
        rss(GOOD, f"<item><description><![CDATA[<img {ATTRIBUTES}>]]></description></item>"),
        rss(GOOD, "<item><description>&lt;img " + ATTRIBUTES + "&gt;</description></item>"),
        rss(GOOD, "<item>" + "<a>" * 60_000 + "</a>" * 60_000 + "</item>"),
        rss(GOOD, "<item><description><![CDATA[" + "<" * 1_500_000 + "]]></description></item>"),
        rss(GOOD, "<item><description><![CDATA[" + "&" * 1_500_000 + "]]></description></item>"),
        rss(GOOD, "<item>" + "<category>c</category>" * 50_000 + "</item>"),
        rss(GOOD, "<item><link>" + " " * 500_000 + "</item>"),
        rss(GOOD, "<item><description>" + "نص " * 1_000_000 + "</description></item>"),
    ],
    ids=["xxe", "xxe parameter", "laughs", "quadratic", "attributes", "attributes in html", "attributes escaped", "deep", "angles", "ampersands",
         "categories", "spaces", "long"],
)  # fmt: skip
def test_hostile_feeds_give_their_good_entry_and_nothing_of_this_machine(text: str) -> None:
    feed = read(text.encode(), URL, None)
    assert feed.entries[0].url == "https://example.sy/good"
    assert len(feed.entries[0].title or "") < 600_000
    hostname = Path("/etc/hostname")
    assert not hostname.exists() or hostname.read_text().strip() not in (feed.entries[0].title or "")


def test_of_a_huge_feed_the_beginning_is_read() -> None:
    long = "<description><![CDATA[" + "<p>" + "نص الخبر الطويل " * 400 + "</p>]]></description>"
    text = rss(*(item(long, link=f"/{n}") for n in range(1_600)))
    feed = read(text.encode(), URL, None)
    assert len(text.encode()) > 18e6
    assert [entry.url for entry in feed.entries] == [f"https://example.sy/{n}" for n in range(len(feed.entries))]
    assert 400 < len(feed.entries) < 600
    assert "first 5 MB" in feed.defects[0]


def test_what_costs_the_parser_quadratic_time_is_gone_before_it() -> None:
    ready, _ = prepared(rss(GOOD, "<item><description><![CDATA[" + "<!--" * 60_000 + "]]></description></item>"))
    assert ready is not None
    assert "<!--" not in ready
    assert "]]></description></item></channel></rss>" in ready
    kept, _ = prepared(rss(item("<description><![CDATA[<p>أ</p><!-- wp --><p>ب</p>]]></description>")))
    assert kept is not None
    assert "<!-- wp -->" in kept


def test_ampersands_by_the_hundred_thousand_are_left_out() -> None:
    ready, _ = prepared(rss(GOOD, item("&" * 300_000 + "&amp;")))
    assert ready is not None
    assert ready.count("&") == 1


def test_of_endless_broken_entries_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlfeed, "_MOST_PIECES", 3)
    feed = read(rss(*(item(title="<b>", link=f"/{n}") for n in range(9))).encode(), URL, None)
    assert [entry.url[-1] for entry in feed.entries] == ["0", "1", "2"]
    assert "only its first 3 entries were read" in feed.defects


def test_an_ampersand_that_begins_nothing_is_escaped() -> None:
    assert ampersands_mended("نفط & غاز AT&T ?a=1&b=2 &amp; &#1575; &#x627; &laquo; &;") == (
        "نفط &amp; غاز AT&amp;T ?a=1&amp;b=2 &amp; &#1575; &#x627; &laquo; &amp;;"
    )


def test_defects_are_told_in_a_few_lines() -> None:
    feed = read(rss(*(f"<item><title>{n}</title></item>" for n in range(500))).encode(), URL, None)
    assert len(feed.defects) == 21
    assert feed.defects[-1] == "and 480 more like these"


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ('{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "url": "https://example.sy/1", "title": "خبر"}, {"id": "2", "url": "htt', ["1"]),
        ('\ufeff {"items": [{"url": "/rss/1", "tags": 7, "authors": 7, "image": {}, "title": 5}, 7, null, {"url": 7}]}', ["1"]),
        ('{"items": [{"url": "https://example.sy/rss/1", "title": "\\ud800\\u0000 خبر", "id": "\\ud800\\u0000"}]}', ["1"]),
        ('{"items": [{"id": "https://example.sy/rss/1", "url": "javascript:x"}]}', ["1"]),
        ('{"items": {"url": "x"}}', []),
        ('{"items": [' + "[" * 200_000, []),
        ('{"items": [{"url": "/1", "id": ' + "9" * 10_000 + "}]}", []),
    ],
)  # fmt: skip
def test_json_feeds_are_read_however_odd(text: str, urls: list[str]) -> None:
    feed = read(text.encode(), URL, "application/feed+json")
    assert [entry.url.rpartition("/")[2] for entry in feed.entries] == urls
    repr(feed).encode()
    assert all("\0" not in (entry.title or "") + (entry.guid or "") for entry in feed.entries)


def test_json_content_is_as_safe_as_xml_content() -> None:
    markup = "<p onclick='x()'>نص &amp; خبر</p><script>x()</script><img src='/1.jpg'>"
    entry = only(json.dumps({"items": [{"url": "/1", "content_html": markup}, {"url": "", "content_html": "x"}]}))
    assert entry.content == '<p>نص &amp; خبر</p><img src="https://example.sy/1.jpg" />'


# Laws


_MARKUP = st.lists(
    st.sampled_from(
        ["<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<link>", "</link>", "<link href='x'/>", "<guid>", "</guid>", "<![CDATA[", "]]>",
         "<description>", "</description>", "<content:encoded>", "&", "&lt;", "&#", "&#x", "&#99999999999;", "&amp;", "<", ">", "<!--", "-->", "<!", "<?", "?>", "خبر",
         "http://a.sy/1", "javascript:x", "\x00", "\x0b", "\ufffe", "'", '"', "<rss>", "</rss>", "<channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<html>",
         "<author>", "a@b.sy (", "<pubDate>", "9999", "<category/>", "<media:content url='x' width='y'/>", "<image>", "</image>", "<a ", "xml:base='//['", "http://["]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(
    inside=_MARKUP, head=st.sampled_from(["", rss()[:-16], '<feed xmlns="http://www.w3.org/2005/Atom">', "<rdf:RDF>"])
)
@settings(deadline=None, max_examples=400)
def test_it_never_raises_and_never_tells_what_is_not_so(inside: str, head: str) -> None:
    feed = read((head + inside).encode("utf-8", "replace"), URL, None)
    assert isinstance(feed, Feed)
    for entry in feed.entries:
        assert entry.url.startswith(("http://", "https://"))
        assert entry.title != ""
        assert "\n" not in (entry.title or "")


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=200)
def test_it_never_raises_on_any_bytes(body: bytes) -> None:
    read(body, URL, None)
    read(b"{" + body, URL, None)
    read(b"<rss><channel><item>" + body, URL, None)


_TITLES = (
    st.text(string.ascii_letters + "أبتثجحخدذر واالنمي«»،؟!-%$#@*()[]{}'\"/\\|;:.", min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(_TITLES)
@settings(deadline=None, max_examples=150)
def test_a_title_comes_back_as_it_was_written(title: str) -> None:
    escaped = title.replace("&", "&amp;").replace("<", "&lt;")
    assert only(rss(item(title=escaped))).title == title
    assert only(json.dumps({"items": [{"url": "/1", "title": title}]})).title == title


@given(_MARKUP)
@settings(deadline=None, max_examples=200)
def test_plain_text_is_plain(markup: str) -> None:
    line = one_line(markup)
    assert line is None or (line == " ".join(line.split()) and line)
    text = paragraphs(markup)
    assert text is None or all(line and line == line.strip() for line in text.split("\n"))
