"""WordPress's API: posts, paging, refusals; broken, hostile and huge answers."""

import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import pages
from crawler.article import Page
from crawler.source import Source
from crawler.spiders import KINDS, Listing

SITE = "https://sahl.example"
AT = f"{SITE}/wp-json/wp/v2/posts?per_page=50&_fields=id,title"
TEXT = "وصل وفد المعارضة اليوم إلى أستانا للمشاركة في جولة جديدة من المحادثات، وفق ما قال متحدث باسمه لمراسلنا."


def post(**changes: Any) -> dict[str, Any]:
    return {
        "id": 1001,
        "guid": {"rendered": f"{SITE}/?p=1001"},
        "date": "2024-05-12T14:20:00",
        "date_gmt": "2024-05-12T11:20:00",
        "modified_gmt": "2024-05-12T12:00:00",
        "link": f"{SITE}/archives/1001",
        "title": {"rendered": "وفد المعارضة في أستانا&#8230; &#171;جولة أخيرة&#187; &amp; لقاءات"},
        "excerpt": {"rendered": f"<p>{TEXT[:60]} [&hellip;]</p>\n", "protected": False},
        "content": {
            "rendered": f"<p>{TEXT}</p><script>alert(1)</script><p><a href='/archives/990'>تفاصيل</a></p>",
            "protected": False,
        },
        "yoast_head_json": {"author": "سلمى الخالد", "og_image": [{"url": f"{SITE}/media/a.jpg", "width": 10}]},
    } | changes


def read(told: Any, url: str = AT, **headers: str) -> Listing:
    body = (
        told
        if isinstance(told, bytes)
        else (told if isinstance(told, str) else json.dumps(told)).encode("utf-8", "surrogatepass")
    )
    page = Page(
        url=url,
        asked=url,
        status=200,
        headers=(
            ("Content-Type", "application/json; charset=UTF-8"),
            *((k.replace("_", "-"), v) for k, v in headers.items()),
        ),
        body=body,
        fetched_at=datetime(2024, 5, 12, 13, tzinfo=UTC),
    )
    listing = KINDS["wordpress"].listing(page, Source(name="s", kind="wordpress", url=SITE, title=""))
    return pickle.loads(pickle.dumps(listing))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (SITE, "/wp-json/wp/v2/posts?"),
        (f"{SITE}/", "/wp-json/wp/v2/posts?"),
        (f"{SITE}/ar/", "/ar/wp-json/wp/v2/posts?"),
        (f"{SITE}/index.php", "/wp-json/wp/v2/posts?"),
        (f"{SITE}/wp-json", "/wp-json/wp/v2/posts?"),
        (f"{SITE}/ar/wp-json/wp/v2/", "/ar/wp-json/wp/v2/posts?"),
        (f"{SITE}/wp-json/wp/v2/posts", "/wp-json/wp/v2/posts?"),
        (f"{SITE}/wp-json/wp/v2/news?categories=5", "/wp-json/wp/v2/news?"),
        (f"{SITE}/?rest_route=/wp/v2/posts", "/?"),
    ],
)
def test_the_api_is_asked_whether_the_site_or_the_api_is_declared(url: str, asked: str) -> None:
    start = KINDS["wordpress"].start(Source(name="s", kind="wordpress", url=url, title=""))
    assert start.startswith(SITE + asked)
    assert "per_page=50" in start
    assert "date_gmt" in start
    assert ("categories=5" in start) == ("categories" in url)
    assert ("rest_route=/wp/v2/posts" in start) == ("rest_route" in url)
    assert KINDS["wordpress"].start(Source(name="s", kind="wordpress", url=start, title="")) == start


def test_a_post_says_everything() -> None:
    listing = read([post()])
    assert listing.defects == ()
    (entry,) = listing.entries
    assert (entry.url, entry.guid) == (f"{SITE}/archives/1001", f"{SITE}/?p=1001")
    assert entry.title == "وفد المعارضة في أستانا… «جولة أخيرة» & لقاءات"
    assert entry.published_at == datetime(2024, 5, 12, 11, 20, tzinfo=UTC)
    assert entry.updated_at == datetime(2024, 5, 12, 12, tzinfo=UTC)
    assert entry.summary == f"{TEXT[:60].strip()} […]"
    assert (entry.author, entry.image, entry.tags) == ("سلمى الخالد", f"{SITE}/media/a.jpg", ())
    assert entry.content is not None
    assert TEXT in entry.content
    assert f"{SITE}/archives/990" in entry.content
    assert "alert" not in entry.content
    assert not entry.complete


def test_its_text_stands_in_where_the_page_is_refused() -> None:
    (entry,) = read([post()]).entries
    reading = pages.explain(b"", entry.url, None, datetime(2024, 5, 12, 13, tzinfo=UTC), "Asia/Damascus", entry=entry)
    assert reading.article is not None
    assert reading.article.text.startswith(TEXT)
    assert reading.article.notes == ("text from the feed",)


def test_what_an_operator_embeds_is_read() -> None:
    embedded = {
        "author": [{"name": "رنا"}],
        "wp:featuredmedia": [{"source_url": "/m/b.jpg"}],
        "wp:term": [[{"name": "سوريا"}], [{"name": "أستانا"}, 3], None],
    }
    (entry,) = read([post(_embedded=embedded, tags=[1, 2], categories=[3])]).entries
    assert (entry.author, entry.image, entry.tags) == ("رنا", f"{SITE}/m/b.jpg", ("سوريا", "أستانا"))


@pytest.mark.parametrize("date", [None, "0000-00-00T00:00:00", "", 5, {}, "12 أيار 2024"])
def test_a_time_without_a_zone_is_none(date: object) -> None:
    (entry,) = read([post(date_gmt=date)]).entries
    assert entry.published_at is None
    assert entry.published_raw in ("2024-05-12T14:20:00", "12 أيار 2024")


def test_a_post_with_a_password_says_so_and_gives_no_text() -> None:
    (entry,) = read([post(content={"rendered": "<form>كلمة المرور</form>", "protected": True})]).entries
    assert (entry.content, entry.summary) == (None, None)
    assert "password" in entry.notes[0]


def test_plain_strings_do_as_well_as_objects() -> None:
    (entry,) = read([post(title="خبر", content="<p>نص</p>", excerpt=None)]).entries
    assert (entry.title, entry.content, entry.summary) == ("خبر", "<p>نص</p>", None)


def test_older_posts_are_the_next_page_until_there_is_none() -> None:
    full = [post(link=f"{SITE}/{n}") for n in range(50)]
    assert read(full).older == f"{AT}&page=2"
    assert read(full, f"{AT}&page=7").older == f"{AT}&page=8"
    assert read(full[:45]).older == f"{AT}&page=2"  # some may only be read by the site's own people
    assert read(full[:7]).older is None
    assert read(full, X_WP_TotalPages="1").older is None
    assert read(full[:2], X_WP_TotalPages="3").older == f"{AT}&page=2"
    assert read(full, f"{AT}&page=3", X_WP_TotalPages="3").older is None
    assert read(full, f"{AT}&page={'9' * 5000}", X_WP_TotalPages="x").older == f"{AT}&page=2"
    assert read([]).older is None


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"code": "rest_no_route", "message": "لم يتم العثور على مسار", "data": {"status": 404}}, "this site has no such API"),
        ({"code": "rest_forbidden", "message": "x"}, "keeps its API to itself: read its feed (`kind: feed`)"),
        ({"code": "rest_not_logged_in"}, "keeps its API to itself"),
        ({"code": "itsec_rest_api_access_restricted"}, "keeps its API to itself"),
        ({"code": "rest_post_invalid_page_number"}, "no older posts"),
        ({"code": "rest_invalid_param"}, "refuses a parameter"),
        ({"code": "something_else", "message": "<b>لا</b>"}, "the API refuses: read its feed (`kind: feed`) (something_else: لا)"),
        ({"name": "الموقع", "routes": {}}, "no list of posts"),
        ({"code": 5}, "no list of posts"),
        ("", "empty"),
        ("[]", "no posts"),
        ("<!DOCTYPE html><html><head><title>صفحة غير موجودة</title></head><script>[{}]</script>", "web page («صفحة غير موجودة»), not WordPress"),
        ('<?xml version="1.0"?><rss/>', "kind: feed"),
        ("null", "not the answer of an API: «null»"),
        ("صيانة", "not the answer of an API: «صيانة»"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_posts_says_what_to_do(told: Any, why: str) -> None:
    listing = read(told)
    assert (listing.entries, listing.older) == ((), None)
    assert why in listing.defects[0]


def test_a_warning_before_and_an_end_that_is_missing() -> None:
    text = json.dumps([post(link=f"{SITE}/{n}") for n in range(3)])
    warned = read("<br />\n<b>Warning</b>: foreach() in <b>x.php</b><br />\n" + text)
    assert (len(warned.entries), "warning" in warned.defects[0]) == (3, True)
    cut = read(text[:-200])
    assert (len(cut.entries), "not well-formed" in cut.defects[0]) == (2, True)
    assert len(read("\ufeff" + text).entries) == 3


def test_one_bad_post_costs_no_other() -> None:
    bad = [
        None,
        5,
        "x",
        [],
        {},
        post(link=None),
        post(link="javascript:alert(1)"),
        post(link={"a": 1}),
        post(link="http://["),
    ]
    listing = read([*bad, post()])
    assert len(listing.entries) == 1
    assert len(listing.defects) == len(bad)
    assert "post 6 (وفد المعارضة في أستانا" in listing.defects[5]


def test_halves_of_characters_and_zero_bytes_are_not_handed_on() -> None:
    (entry,) = read(json.dumps([post(title={"rendered": "خبر \ud83d \0 عاجل"})])).entries
    assert entry.title is not None
    assert entry.title.encode()
    assert "\0" not in entry.title


def test_huge_answers_are_cut_to_size() -> None:
    many = read([post(link=f"{SITE}/{n}", content="") for n in range(1_200)])
    assert (len(many.entries), "first 1,000" in many.defects[0]) == (1_000, True)
    huge = read([post(), post(link=f"{SITE}/2", content="ا" * 6_000_000)])
    assert [entry.url for entry in huge.entries] == [f"{SITE}/archives/1001"]
    assert "first 10 MB" in huge.defects[0]
    assert len(read([[]] * 10_000).defects) <= 22


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '[{"link":' * 50_000, "[" + "9" * 100_000 + "]", '[{"a":' + "1" * 5000 + "}]", "{" * 99_999]
)
def test_hostile_json_ends(text: str) -> None:
    assert read(text).entries == ()


_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
    ["rendered", "protected", "author", "og_image", "url", "wp:term", "wp:featuredmedia", "source_url", "name"]), inner, max_size=4), max_leaves=8)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(st.sampled_from([*post(), "_embedded", "jetpack_featured_media_url", "code", "message"]), _VALUES)
)
def test_wrong_types_everywhere(changes: dict[str, Any]) -> None:
    read([post() | changes])
    read(changes)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=120) | st.text(alphabet='[]{}":,\\u0d8<!html> ن', max_size=120).map(str.encode))
def test_nothing_that_a_site_sends_raises(body: bytes) -> None:
    read(body)
    read(b'[{"link": "' + body)
