"""canonical, twin_key, same_site: laws, and the cases that taught them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.urls import canonical, is_http, same_site, twin_key

SLUG = "غارة-جوية-على-أطراف-سراقب"


@pytest.mark.parametrize(
    ("written", "one_spelling"),
    [
        ("HTTP://WWW.Example.SY/Path", "http://www.example.sy/Path"),
        ("http://example.sy", "http://example.sy/"),
        ("http://example.sy:80/a", "http://example.sy/a"),
        ("https://example.sy:0443/a", "https://example.sy/a"),
        ("https://example.sy:/a", "https://example.sy/a"),
        ("http://example.sy:8080/a", "http://example.sy:8080/a"),
        ("http://example.sy./a", "http://example.sy/a"),
        ("http://example.sy/a?", "http://example.sy/a"),
        ("http://example.sy?p=7", "http://example.sy/?p=7"),
        ("http://example.sy/a?p=7&&q=&", "http://example.sy/a?p=7&q="),
        ("http://example.sy/a#comments", "http://example.sy/a"),
        ("http://example.sy/a#:~:text=دمشق", "http://example.sy/a"),
        ("http://example.sy/a/#/", "http://example.sy/a/"),
        ("http://example.sy/a/./b/../c/..", "http://example.sy/a/"),
        ("http://example.sy/../../a", "http://example.sy/a"),
        ("http://example.sy/a/%2e%2E/b", "http://example.sy/b"),
        ("http://example.sy//a///b/", "http://example.sy//a///b/"),
        ("http://example.sy/%7euser/%41%2d%5f", "http://example.sy/~user/A-_"),
        ("http://example.sy/%d8%ae%d8%a8%d8%b1", "http://example.sy/%D8%AE%D8%A8%D8%B1"),
        (
            "http://example.sy/خبر?عنوان=عاجل",
            "http://example.sy/%D8%AE%D8%A8%D8%B1?%D8%B9%D9%86%D9%88%D8%A7%D9%86=%D8%B9%D8%A7%D8%AC%D9%84",
        ),
        ('http://example.sy/a b|c"<d>', "http://example.sy/a%20b%7Cc%22%3Cd%3E"),
        ("http://example.sy/100%-خبر", "http://example.sy/100%25-%D8%AE%D8%A8%D8%B1"),
        ("http://example.sy/a%2fb%26c", "http://example.sy/a%2Fb%26c"),
        ("http://example.sy/%c7%e1", "http://example.sy/%C7%E1"),
        ("http:\\\\example.sy\\a\\b", "http://example.sy/a/b"),
        ("http:/example.sy/a", "http://example.sy/a"),
        (" \u200f\ufeffhttp://example.sy/a\r\n ", "http://example.sy/a"),
        ("http://example.sy/ar/\n  news/5", "http://example.sy/ar/%20%20news/5"),
        ("http://مثال.إختبار/", "http://xn--mgbh0fb.xn--kgbechtv/"),
        ("http://%D9%85%D8%AB%D8%A7%D9%84.com/", "http://xn--mgbh0fb.com/"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://[0:0::0:1]:80/a", "http://[::1]/a"),
        ("http://me:secret@Example.sy/a", "http://me:secret@example.sy/a"),
        ("http://example.sy/?a=1&amp;id=5", "http://example.sy/?a=1&id=5"),
        ("http://example.sy/?a=1&#038;id=5&amp;amp;b=2", "http://example.sy/?a=1&id=5&b=2"),
        ("http://example.sy/a;jsessionid=0F3A?id=5", "http://example.sy/a?id=5"),
        ("http://example.sy/(S(lit3py55t21z5v55vlm25s55))/News.aspx?id=5", "http://example.sy/News.aspx?id=5"),
    ],
)
def test_one_spelling(written: str, one_spelling: str) -> None:
    assert canonical(written) == one_spelling


@pytest.mark.parametrize(
    "address",
    [
        "http://example.sy/News.aspx?eid=5",
        "http://example.sy/article.aspx?cid=123&id=5",
        "http://example.sy/gallery.php?gallery=9",
        "http://example.sy/story?refid=55",
        "http://example.sy/?p=93082",
        "http://example.sy/index.php?option=com_content&view=article&id=5578:2&catid=177&Itemid=273&lang=ar",
        "http://example.sy/a/i.aspx?l=14&s=030300&r=418",
        "http://example.sy/spip.php?article10438",
        "http://example.sy/show?2009458",
        "http://example.sy/?ref=5&source=6&from=7&sid=8&share=9&page=2&start=240&tag=x&m=201404",
        "http://example.sy/story?utm=5&mtm=6&fbclidx=7&xgclid=8",
        "http://example.sy/news?b=2&a=1&b=3",
        "http://example.sy/#!/news/5",
        "http://example.sy/app#/news/5",
    ],
)
def test_what_may_be_the_article_stays(address: str) -> None:
    assert canonical(address) == address


@pytest.mark.parametrize(
    "tracking",
    [
        "utm_source=rss", "UTM_Campaign=x", "utm_whatever_comes_next=1", "mtm_campaign=a", "fbclid=IwAR0", "gclid=1", "igshid=1", "mc_eid=9",
        "xtor=RSS-8", "at_medium=RSS", "traffic_source=rss", "PHPSESSID=ab12", "replytocom=55", "doing_wp_cron=1.2", "fb%63lid=1",
        "__cf_chl_tk=abc", "ysclid",
    ],
)  # fmt: skip
def test_tracking_goes_and_its_neighbours_stay_in_order(tracking: str) -> None:
    assert canonical(f"https://example.sy/a?{tracking}") == "https://example.sy/a"
    assert canonical(f"https://example.sy/a?z=1&{tracking}&b=2") == "https://example.sy/a?z=1&b=2"
    assert canonical(f"https://example.sy/a?z=1&amp;{tracking}") == "https://example.sy/a?z=1"


def test_raw_escaped_and_half_escaped_arabic_are_one_address() -> None:
    raw = f"https://example.sy/{SLUG}/"
    escaped = f"https://example.sy/{quote(SLUG)}/"
    assert canonical(raw) == canonical(escaped) == canonical(escaped.lower()) == escaped
    assert canonical(f"https://example.sy/{SLUG[:4]}{quote(SLUG[4:])}/") == escaped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.sy/a", "http://example.sy/a/"),
        ("http://example.sy/a", "https://example.sy/a"),
        ("http://example.sy/a", "http://www.example.sy/a"),
        ("http://example.sy/a", "http://example.sy/A"),
        ("http://example.sy/a/b", "http://example.sy/a//b"),
        ("http://example.sy/a%2Fb", "http://example.sy/a/b"),
        ("http://example.sy/?a=1&b=2", "http://example.sy/?b=2&a=1"),
        ("http://example.sy/?a", "http://example.sy/?a="),
        ("http://example.sy/a+b", "http://example.sy/a%20b"),
        ("http://example.sy/#!/1", "http://example.sy/#!/2"),
    ],
)
def test_what_can_be_two_articles_is_kept_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "no_address",
    [
        "", "خبر عاجل", "/news/5", "//example.sy/a", "www.example.sy/a", "javascript:alert(1)", "data:text/html,<b>", "file:///etc/passwd",
        "mailto:news@example.sy", "http://", "http:///", "https://?a", "http://#", "http://a..b/", "http://exa mple.sy/", "http://example.sy:99999/",
        "http://example.sy:abc/", "http://[::1/", "http://[::g]/", "http://[fe80::1%25eth0]/", "http://a／b.example/", "http://%00.sy/",
        "http://%ff.sy/", "http://" + "a" * 64 + ".sy/", "http://" + "a." * 200 + "sy/", "http://-x/", "tag:example.sy,2025:1", "http:",
    ],
)  # fmt: skip
def test_what_is_no_address_comes_back_as_it_is(no_address: str) -> None:
    assert not is_http(no_address)
    assert canonical(f" {no_address}\n") == no_address
    assert twin_key(no_address) == no_address


@pytest.mark.parametrize(
    "address",
    ["http://localhost/", "https://127.0.0.1:8080/a", "HTTP://x.sy", "http://[::1]/", "http://مثال.سوريا/خبر"],
)
def test_http_addresses_are_known(address: str) -> None:
    assert is_http(address)


@pytest.mark.parametrize(
    "twin",
    [
        "http://example.sy/news/5",
        "https://example.sy/news/5/",
        "https://www.example.sy/news/5",
        "http://m.example.sy/news/5",
        "https://mobile.example.sy/news/5",
        "https://amp.example.sy/news/5",
        "https://www.example.sy/news/5/amp",
        "https://www.example.sy/news/5/amp/?utm_source=x",
        "https://www.example.sy/amp/news/5",
        "https://www.example.sy/news/5?amp",
        "https://www.example.sy/news/5?amp=1",
        "https://www.example.sy/news/5?outputType=amp#top",
        "https://example.sy/news/5.amp",
        "https://www-example-sy.cdn.ampproject.org/c/s/www.example.sy/news/5/amp",
        "https://www.google.com/amp/s/www.example.sy/news/5/amp/",
    ],
)
def test_twins_share_a_key(twin: str) -> None:
    assert twin_key(twin) == "example.sy/news/5"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.sy/news/5", "http://example.sy/news/6"),
        ("http://example.sy/?p=5", "http://example.sy/?p=6"),
        ("http://example.sy/news/5?m=1", "http://example.sy/news/5?m=0"),
        ("http://example.sy/amplify/5", "http://example.sy/lify/5"),
        ("http://example.sy/camp", "http://example.sy/c"),
        ("http://example.sy/%C7%E1", "http://example.sy/%C7%E4"),
        ("http://example.sy/amp/", "http://example.sy/news/"),
        ("http://news.example.sy/5", "http://sport.example.sy/5"),
        ("http://m.sy/5", "http://sy/5"),
        ("http://example.sy:81/5", "http://example.sy/5"),
    ],
)
def test_a_key_keeps_two_articles_apart(one: str, other: str) -> None:
    assert twin_key(one) != twin_key(other)


def test_a_key_folds_blogger_and_composed_letters() -> None:
    assert twin_key("https://x.blogspot.com/2020/01/a.html?m=1") == twin_key("http://x.blogspot.com/2020/01/a.html")
    assert twin_key("http://example.sy/آب") == twin_key("http://example.sy/ا\u0653ب") == "example.sy/آب"


def test_a_key_can_be_stored_anywhere() -> None:
    for address in (
        "http://example.sy/%00",
        "http://example.sy/%00%ff",
        "http://example.sy/\udc80",
        "http://example.sy/%ED%B2%80",
    ):
        assert twin_key(address).isprintable()
        assert twin_key(address).encode()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://example.sy/a", "https://www.example.sy/b", True),
        ("https://amp.example.com.sy/a", "https://example.com.sy/", True),
        ("https://arabic.example.org/", "https://edition.example.org/", True),
        ("https://one.com.sy/", "https://two.com.sy/", False),
        ("https://one.blogspot.com/", "https://two.blogspot.com/", False),
        ("https://www.one.blogspot.com/", "https://one.blogspot.com/", True),
        ("http://example.sy/", "http://example.org/", False),
        ("http://example.sy@evil.org/", "http://example.sy/", False),
        ("http://127.0.0.1/", "http://127.0.0.1:8080/a", True),
        ("http://10.0.0.1/", "http://11.0.0.1/", False),
        ("http://[::1]/", "http://[0::1]/", True),
        ("http://localhost/", "http://localhost/a", True),
        ("مرحبا", "مرحبا", False),
    ],
)
def test_same_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
    assert same_site(other, one) is same


_ANY = st.text(st.characters(), max_size=60)  # lone surrogates too
_ODD = st.text("aA1 %2fFeE.:/\\?#&;=@[]()!~+خ\u0653\u200f\t\n", max_size=40)
_PIECES = st.lists(
    st.sampled_from(
        ["http://", "HTTPS:/", "example.sy", "مثال.سوريا", "www.", "m.", ":80", ":443", ":99999", "/", "//", "/.", "/..", "/amp", "%", "%2", "%2e", "%d8%a7",
         "خبر", "?", "&", "&amp;", "&#038;", "amp;", "=", "id=5", "utm_source=x", "fbclid", "#", "#!", "#/", "a", ";jsessionid=1", "(S(lit3py55t21z5v55vlm25s55))",
         "/(S(", "))", "@", "\\", "\n", " ", "[::1]", ".", "\ud800"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
_ADDRESSES = (
    _ANY | _ODD | _PIECES | st.builds("http://example.sy/{}".format, _ODD) | st.builds("https://{}".format, _PIECES)
)


@given(_ADDRESSES)
@example("http://a.sy/(S((S(lit3py55t21z5v55vlm25s55))lit3py55t21z5v55vlm25s55))/")
@example("http://a.sy/;jsessionid=/%2e%2e/..")
@example("ht\ntp://a.sy/?&amp;&#38;amp;b")
@settings(deadline=None, max_examples=1500)
def test_canonical_is_defined_for_every_string_and_idempotent(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    assert is_http(once) == is_http(url)
    if is_http(url):
        assert once.isascii()
        assert not set(once) & set(' "<>\\^`{|}')


@given(_ADDRESSES)
@settings(deadline=None, max_examples=800)
def test_twin_key_is_defined_for_every_string_and_knows_one_spelling(url: str) -> None:
    assert twin_key(url) == twin_key(canonical(url))
    assert same_site(url, url) is is_http(url)


_NAMES = st.text("abcdefghijklmnopqrstuvwxyzABC_0123456789خبر", min_size=1, max_size=8).filter(
    lambda name: (
        not name.lower().startswith(("utm_", "mtm_", "hsa_"))
        and name.lower() not in ("_ga", "_gl", "xtor", "wt_mc", "xtref", "epik", "igsh")
    )
)


@given(st.lists(st.tuples(_NAMES, st.integers(0, 999)), min_size=1, max_size=6))
@settings(deadline=None)
def test_parameters_stay_all_and_in_order(pairs: list[tuple[str, int]]) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    assert canonical(f"http://example.sy/a?{query}").partition("?")[2] == quote(query, safe="&=")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30))
@settings(deadline=None)
def test_two_slugs_are_never_one(slug: str) -> None:
    assert canonical(f"http://example.sy/{quote(slug, safe='')}x") != canonical(
        f"http://example.sy/{quote(slug + 'ا', safe='')}x"
    )
