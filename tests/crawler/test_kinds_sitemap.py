"""Sitemaps: news, plain, indexes, gzip; broken, hostile and huge ones."""

import gzip
import pickle
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import sitemaps
from crawler.article import Page
from crawler.source import Source
from crawler.spiders import KINDS, Listing

AT = "https://news.example/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/archives/1001</loc><lastmod>2024-05-12T14:00:00+03:00</lastmod>
  <news:news><news:publication><news:name>صوت السهل</news:name><news:language>ar</news:language></news:publication>
  <news:publication_date>2024-05-12T11:20:00+03:00</news:publication_date>
  <news:title>وفد المعارضة يصل إلى أستانا &amp; يلتقي المبعوث</news:title><news:keywords>أستانا, مفاوضات، سوريا</news:keywords></news:news>
  <image:image><image:loc>/media/1001.jpg</image:loc><image:title>صورة</image:title></image:image></url>
<url><loc>https://news.example/archives/1002</loc>
  <news:news><news:publication_date>2024-05-12T12:20Z</news:publication_date><news:title><![CDATA[قصف <b>مدفعي</b> على ريف إدلب]]></news:title></news:news></url>
</urlset>"""


def read(body: str | bytes, url: str = AT, content_type: str = "application/xml") -> Listing:
    page = Page(
        url=url,
        asked=url,
        status=200,
        headers=(("Content-Type", content_type),),
        body=body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body,
        fetched_at=datetime(2024, 5, 12, tzinfo=UTC),
    )
    listing = KINDS["sitemap"].listing(page, Source(name="s", kind="sitemap", url=url, title=""))
    return pickle.loads(pickle.dumps(listing))


def urlset(*urls: str) -> str:
    return '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + "".join(urls) + "</urlset>"


def url(loc: str, lastmod: str | None = None, name: str = "url") -> str:
    return f"<{name}><loc>{loc}</loc>" + (f"<lastmod>{lastmod}</lastmod>" if lastmod else "") + f"</{name}>"


def index(*urls: str) -> str:
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</sitemapindex>'


def test_it_asks_for_the_address_that_is_declared() -> None:
    assert KINDS["sitemap"].start(Source(name="s", kind="sitemap", url=AT, title="")) == AT


def test_a_news_sitemap_gives_titles_and_times_newest_first() -> None:
    listing = read(NEWS)
    assert listing.defects == ()
    second, first = listing.entries
    assert (second.title, second.published_at) == ("قصف مدفعي على ريف إدلب", datetime(2024, 5, 12, 12, 20, tzinfo=UTC))
    assert first.url == "https://news.example/archives/1001"
    assert first.title == "وفد المعارضة يصل إلى أستانا & يلتقي المبعوث"
    assert first.published_at == datetime(2024, 5, 12, 8, 20, tzinfo=UTC)
    assert first.published_raw == "2024-05-12T11:20:00+03:00"
    assert first.updated_at == datetime(2024, 5, 12, 11, tzinfo=UTC)
    assert first.language == "ar"
    assert first.tags == ("أستانا", "مفاوضات", "سوريا")
    assert first.image == "https://news.example/media/1001.jpg"


def test_the_date_of_a_change_is_no_date_of_publishing() -> None:
    (entry,) = read(urlset(url("https://news.example/a/1", "2024-05-12T10:00:00Z"))).entries
    assert entry.published_at is None
    assert entry.updated_at == datetime(2024, 5, 12, 10, tzinfo=UTC)


def test_entries_are_ordered_by_whatever_date_there_is() -> None:
    dates = {
        "a": None,
        "b": "2024-05-01",
        "c": "2024-05-12T10:00:00+00:00",
        "d": "2024-05",
        "e": "gestern",
        "f": "2024-05-10T10:00",
    }
    listing = read(urlset(*(url(f"https://news.example/{name}", date) for name, date in dates.items())))
    assert [entry.url[-1] for entry in listing.entries] == ["c", "f", "b", "d", "a", "e"]


def test_of_too_many_the_newest_are_kept_and_it_says_so() -> None:
    urls = (
        url(f"https://news.example/{n}", f"20{n // 1000 % 100:02}-01-{n % 28 + 1:02}") for n in range(10_000, 17_000)
    )
    listing = read(urlset(*urls))
    assert len(listing.entries) == 5_000
    assert min(int(entry.url.rpartition("/")[2]) for entry in listing.entries) >= 12_000
    assert listing.defects == ("it names 7,000 addresses: the newest 5,000 are listed",)


def test_an_index_names_its_three_newest_sitemaps() -> None:
    named = [("https://news.example/post-sitemap.xml", "2016-02-01T10:00:00+00:00"), ("https://news.example/post-sitemap3.xml", "2024-05-12T10:00:00+00:00"),
             ("https://news.example/post-sitemap2.xml", "2019-02-01"), ("https://news.example/category-sitemap.xml", "2024-05-12T11:00:00Z"),
             ("https://news.example/author-sitemap.xml", "2024-05-12"), ("ftp://news.example/x.xml", "2025-01-01"), ("/news-sitemap.xml", "2024-05-12T10:00:00+00:00")]  # fmt: skip
    listing = read(index(*(url(loc, at, "sitemap") for loc, at in named)))
    assert listing.entries == ()
    assert listing.more == tuple(
        f"https://news.example/{name}.xml" for name in ("news-sitemap", "post-sitemap3", "post-sitemap2")
    )
    assert listing.defects == ("addresses that do not lead to the web were left out: 1",)


@pytest.mark.parametrize(
    ("named", "newest"),
    [
        (["wp-sitemap-posts-post-1.xml", "wp-sitemap-posts-post-10.xml", "wp-sitemap-posts-post-2.xml", "wp-sitemap-posts-page-1.xml",
          "wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-users-1.xml"],
         ["wp-sitemap-posts-post-10.xml", "wp-sitemap-posts-post-2.xml", "wp-sitemap-posts-post-1.xml"]),
        (["s-2023-12.xml", "s-2024-05.xml", "s-2024-04.xml", "s-2022-01.xml"], ["s-2024-05.xml", "s-2024-04.xml", "s-2023-12.xml"]),
        (["sitemap.xml?page=1", "sitemap.xml?page=2", "sitemap.xml"], ["sitemap.xml?page=2", "sitemap.xml?page=1"]),  # not itself
    ],
)  # fmt: skip
def test_an_index_without_dates_goes_by_the_numbers(named: list[str], newest: list[str]) -> None:
    listing = read(index(*(url(f"https://news.example/{name}", None, "sitemap") for name in named)))
    assert listing.more == tuple(f"https://news.example/{name}" for name in newest)


def test_an_index_of_other_things_says_so() -> None:
    listing = read(index(url("https://news.example/page-sitemap.xml", None, "sitemap")))
    assert listing.more == ()
    assert "none of the sitemaps" in listing.defects[0]


def test_what_can_be_no_article_is_not_listed() -> None:
    kept = ["/archives/1001", "/category/news/10456", "/2024/05/12/%D8%AE%D8%A8%D8%B1", "/?p=12", "/story"]
    dropped = [
        "/",
        "",
        "/tag/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7",
        "/author/ahmad",
        "/category/news",
        "/وسم/أستانا",
        "/files/a.pdf",
    ]
    listing = read(urlset(*(url(f"https://news.example{path}") for path in (*kept, *dropped))))
    assert [entry.url for entry in listing.entries] == [f"https://news.example{path}" for path in kept]
    assert "lists no articles" in read(urlset(url("https://news.example/tag/a"))).defects[0]


def test_gzip_is_recognised_by_its_bytes_whatever_the_server_says() -> None:
    body = gzip.compress(NEWS.encode())
    assert read(body, AT + ".gz", "text/html").entries == read(NEWS).entries
    halves = gzip.compress(NEWS.encode()[:300]) + gzip.compress(NEWS.encode()[300:])
    assert read(halves).entries == read(NEWS).entries


def test_a_bomb_is_read_to_the_limit_and_no_further() -> None:
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(urlset(url("https://news.example/1001")).removesuffix("</urlset>").encode())]
    packed += [packer.compress(b" " * 2**20) for _ in range(300)]
    body = b"".join((*packed, packer.compress(url("https://news.example/late").encode()), packer.flush()))
    assert len(body) < 400_000
    listing = read(body)
    assert [entry.url for entry in listing.entries] == ["https://news.example/1001"]
    assert listing.defects[0] == "only its first 50 MB were read"


def test_a_gzip_that_is_cut_off_gives_what_it_has() -> None:
    many = urlset(*(url(f"https://news.example/{zlib.crc32(str(n).encode())}") for n in range(1000)))
    body = gzip.compress(many.encode())
    listing = read(body[: len(body) // 2])
    assert 200 < len(listing.entries) < 800
    assert "cut off" in listing.defects[0]
    broken = bytearray(body)
    broken[3000:3100] = b"\xff" * 100
    assert "broken" in " ".join(read(bytes(broken)).defects)


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        ("\n\ufeff" + NEWS, 2),
        ("<br />\n<b>Warning</b>: Undefined index in <b>/home/x.php</b> on line <b>3</b><br />\n" + NEWS, 2),
        (NEWS[: NEWS.index("1002</loc>") + 2], 1),
        (NEWS.replace(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', ""), 2),
        (NEWS.replace('xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', ""), 2),
        (NEWS.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"), 2),
        (NEWS.encode().replace("صوت".encode(), b"\xff\xfe\xd8"), 2),
        (NEWS.replace("صوت السهل", "&nbsp;&لا;&"), 2),
        (urlset(url("https://news.example/a?id=1001&cat=2&amp;x=3")), 1),
        (urlset(url("<![CDATA[https://news.example/a?id=1001&cat=2&x=3]]>")), 1),
    ],
)
def test_broken_ones_are_read(body: str | bytes, urls: int) -> None:
    listing = read(body)
    assert len(listing.entries) == urls
    assert all("1001" in entry.url or "1002" in entry.url for entry in listing.entries)
    if urls == 1 and "?" in listing.entries[0].url:
        assert listing.entries[0].url == "https://news.example/a?id=1001&cat=2&x=3"


def test_windows_1256_is_read_as_declared() -> None:
    body = NEWS.replace("UTF-8", "windows-1256").encode("cp1256")
    assert [entry.title for entry in read(body).entries] == [entry.title for entry in read(NEWS).entries]


def test_one_that_is_cut_off_or_broken_says_so() -> None:
    assert "not well-formed" in read(NEWS[: NEWS.index("<news:title><![")]).defects[0]
    assert "not well-formed" in read(NEWS.replace("</news:title>", "", 1)).defects[0]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "empty"),
        ("<html><head><title>الصفحة غير موجودة</title></head><body>", "web page («الصفحة غير موجودة»), not a sitemap"),
        ('<rss version="2.0"><channel></channel></rss>', "kind: feed"),
        ("User-agent: *\nSitemap: https://x.example/s.xml", "not a sitemap: «User-agent"),
        ("\x00\x01\x02\x03", "not a sitemap"),
        (urlset(), "names no address"),
        (urlset(url("javascript:alert(1)"), url("file:///etc/passwd"), url(""), url("http://[")), "left out: 4"),
    ],
)
def test_what_is_no_sitemap_says_what_it_is(body: str, why: str) -> None:
    listing = read(body)
    assert (listing.entries, listing.more) == ((), ())
    assert why in " ".join(listing.defects)


def test_entities_are_not_expanded_and_no_file_is_read() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    listing = read(bomb + urlset(url("https://news.example/1001/&b;&f;")))
    assert [entry.url for entry in listing.entries] == ["https://news.example/1001/&b;&f;"]


def test_a_list_of_lines_is_a_sitemap_too() -> None:
    listing = read("\ufeffhttps://news.example/a/1\r\nhttps://news.example/a/2\r\n\r\nno address\n")
    assert [entry.url for entry in listing.entries] == ["https://news.example/a/1", "https://news.example/a/2"]
    assert len(read("".join(f"https://news.example/{n}/{'x' * 60}\n" for n in range(6_000))).entries) == 5_000


@pytest.mark.parametrize(
    "body",
    [
        urlset() .replace("</urlset>", "<url>" * 200_000),
        urlset(url("https://news.example/" + "x" * 3_000_000)),
        urlset("<url " + "a='1' " * 200_000 + ">"),
        urlset("<url><loc>https://news.example/1</loc>" + "<news:keywords>ا</news:keywords>" * 100_000 + "</url>"),
        "<urlset>" + "&" * 3_000_000,
        "<urlset><!--" + "<url>" * 500_000,
    ],
    ids=["nested", "long", "attributes", "children", "ampersands", "comment"],
)  # fmt: skip
def test_hostile_ones_end(body: str) -> None:
    assert len(read(body).entries) <= 1


def test_fifty_thousand_addresses_are_read() -> None:
    body = urlset(*(url(f"https://news.example/archives/{n}", "2024-05-12") for n in range(50_000)))
    assert len(read(gzip.compress(body.encode())).entries) == 5_000


@settings(deadline=None, max_examples=80)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet="<>/!?[]&;'\"=urlsetocmap:ن \0\x01", max_size=200).map(str.encode)
    ),
    st.booleans(),
)
def test_nothing_that_a_site_sends_raises(body: bytes, within: bool) -> None:
    read(b"<urlset><url><loc>" + body if within else body)
    sitemaps.order(body.decode("utf-8", "replace"))
