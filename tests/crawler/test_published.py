"""When an article was published: witnesses in order of trust, checked against each other."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.article import Entry
from crawler.pages import read
from crawler.published import Published, choose, in_address

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ZONE = "Asia/Damascus"
PLAIN = "https://news.example/a/1"


def listed(at: str, raw: str = "") -> Entry:
    return Entry(url=PLAIN, published_at=datetime.fromisoformat(at), published_raw=raw or at)


def chosen(
    markup: tuple[str, ...] = (),
    entry: Entry | None = None,
    printed: tuple[str, ...] = (),
    url: str = PLAIN,
    zone: str = ZONE,
) -> Published | None:
    return choose(markup, entry, printed, url, NOW, zone)


def said(found: Published | None) -> tuple[str, str] | None:
    return (found.at.strftime("%Y-%m-%dT%H:%M"), found.origin) if found else None


def test_the_order_of_trust() -> None:
    markup, entry, printed = (
        ("2021-05-04T10:00:00+03:00",),
        listed("2021-05-04T07:30:00+00:00"),
        ("4 أيار 2021 - 11:00",),
    )
    url = "https://news.example/2021/05/04/x"
    assert said(chosen(markup, entry, printed, url)) == ("2021-05-04T07:00", "metadata")
    assert said(chosen((), entry, printed, url)) == ("2021-05-04T07:30", "feed")
    assert said(chosen((), None, printed, url)) == ("2021-05-04T08:00", "printed")
    assert said(chosen((), None, (), url)) == ("2021-05-03T21:00", "url")
    assert chosen() is None


def test_the_zone_of_the_source_is_that_of_what_names_none() -> None:
    assert said(chosen(("2021-05-04 10:00:00",))) == ("2021-05-04T07:00", "metadata")
    assert said(chosen(("2021-05-04 10:00:00",), zone="Africa/Tunis")) == ("2021-05-04T09:00", "metadata")


@pytest.mark.parametrize("raw", ["2021-05-04", "2021-05-04T00:00:00Z", "2021-05-04T00:00:00+00:00", "4/5/2021"])
def test_a_day_is_that_day_where_the_outlet_is(raw: str) -> None:
    found = chosen((raw,))
    assert found is not None
    assert found.at.astimezone(ZoneInfo(ZONE)).date().isoformat() == "2021-05-04"
    assert not found.timed


def test_a_midnight_with_the_outlets_own_offset_is_a_moment() -> None:
    found = chosen(("2021-05-04T00:00:00+03:00",))
    assert found is not None
    assert found.timed
    assert said(found) == ("2021-05-03T21:00", "metadata")


def test_another_witness_of_the_day_lends_its_time() -> None:
    assert said(chosen(("2021-05-04",), listed("2021-05-04T07:30:00+00:00"))) == ("2021-05-04T07:30", "feed")
    assert said(chosen(("2021-05-04",), None, ("4 أيار 2021 - 11:00",))) == ("2021-05-04T08:00", "printed")
    assert said(chosen(("2021-05-04",), None, ("6 أيار 2021 - 11:00",))) == ("2021-05-03T21:00", "metadata")


def test_local_time_called_utc_is_read_as_local() -> None:
    assert said(chosen(("2021-05-04T10:00:00Z",), None, ("4 أيار 2021 - 10:00",))) == ("2021-05-04T07:00", "metadata")
    assert said(chosen(("2021-05-04T10:00:00Z",), None, ("4 أيار 2021 - 13:00",))) == ("2021-05-04T10:00", "metadata")


def test_a_date_long_after_the_address_or_the_listing_is_one_of_change() -> None:
    url = "https://news.example/2021/05/04/x"
    assert said(chosen(("2021-06-20T10:00:00Z",), url=url)) == ("2021-05-03T21:00", "url")
    assert said(chosen((), None, ("20 حزيران 2021 - 10:00",), url)) == ("2021-05-03T21:00", "url")
    assert said(chosen(("2021-06-20T10:00:00Z",), listed("2021-05-04T07:30:00+00:00"))) == ("2021-05-04T07:30", "feed")
    assert said(chosen(("2021-05-04T20:00:00Z",), url=url)) == ("2021-05-04T20:00", "metadata")


@pytest.mark.parametrize(
    "raw",
    [
        "2021-01-01",
        "2021-01-01T00:00:00Z",
        "2021-01-01 00:00:00",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        "1989-04-02",
        "2031-05-04",
    ],
)
def test_what_systems_write_when_they_know_nothing_is_refused(raw: str) -> None:
    assert chosen((raw,)) is None


def test_new_year_stands_where_another_attests_it() -> None:
    assert said(chosen(("2021-01-01",), None, ("1 كانون الثاني 2021",))) == ("2020-12-31T22:00", "metadata")
    assert said(chosen(("2021-01-01T08:15:00+02:00",))) == ("2021-01-01T06:15", "metadata")
    assert said(chosen((), None, ("1 كانون الثاني 2021",))) == ("2020-12-31T22:00", "printed")


def test_a_future_listing_is_refused() -> None:
    assert chosen((), listed("2026-12-04T07:30:00+00:00")) is None


def test_what_is_approximate_says_so() -> None:
    hijri, relative, yearless = (
        chosen(printed=("27 شعبان 1439",)),
        chosen(printed=("منذ ساعتين",)),
        chosen(printed=("12 أيار",)),
    )
    assert hijri is not None
    assert relative is not None
    assert yearless is not None
    assert "Hijri" in hijri.note
    assert "relative" in relative.note
    assert "year" in yearless.note


def test_doubtful_and_relative_markup_is_no_witness() -> None:
    assert chosen(("أمس",)) is None
    assert chosen(printed=("الأحد 4 أيار 2021",)) is None  # it was a Tuesday
    assert chosen(printed=("أيار 2021",)) is None
    assert choose((), None, ("21/2/1435",), PLAIN, NOW, ZONE, hijri=False) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.example/2021/05/04/slug/", "2021-05-04"),
        ("https://x.example/story/2021/5/4/slug/49", "2021-05-04"),
        ("https://x.example/news/2021-05-04-1.387", "2021-05-04"),
        ("https://x.example/world/202105041044893040-slug/", "2021-05-04"),
        ("https://x.example/2021/middle_east/5/4/clashes/index.html", "2021-05-04"),
        ("https://x.example/2021/05/slug", None),
        ("https://x.example/2021/13/45/slug", None),
        ("https://x.example/a/20210504", "2021-05-04"),
        ("https://x.example/?d=2021/05/04", None),
        ("https://x.example/2027/05/04/", None),
        ("https://x.example/news/4943459", None),
    ],
)
def test_days_in_addresses(url: str, day: str | None) -> None:
    found = in_address(url, NOW, ZoneInfo(ZONE))
    assert [f.at.astimezone(ZoneInfo(ZONE)).date().isoformat() for f in found] == ([day] if day else [])


def page(above: str, below: str = "") -> bytes:
    text = (
        "انقطعت الكهرباء عن أحياء في مدينة حماة إثر عطل في محطة التحويل، وتعمل الورشات على إصلاحه، بحسب شركة الكهرباء. "
        * 3
    )
    return (
        f'<html lang="ar"><head><meta charset="utf-8"><title>انقطاع الكهرباء عن أحياء في حماة</title></head><body>'
        f'<div class="top-bar"><span class="today">الثلاثاء 24 تشرين الثاني 2026</span></div><main><div class="head">'
        f"<h1>انقطاع الكهرباء عن أحياء في حماة</h1>{above}</div><div class='article-body'><p>{text}</p></div>{below}</main>"
        f'<aside><div class="date">20 تشرين الثاني 2026</div></aside></body></html>'
    ).encode()


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ('<div class="date">4 أيار 2021</div>', "2021-05-03T21:00"),
        ("<span>حماة</span> <span>الثلاثاء 4 أيار/مايو 2021 - 14:35</span>", "2021-05-04T11:35"),
        ("<p>كتب: سامر الأحمد | 4/5/2021 | 2:35 م</p>", "2021-05-04T11:35"),
        ('<ul class="meta"><li>حماة</li><li>منذ 3 ساعات</li></ul>', "2026-11-24T06:00"),
        ("", None),
        (
            "<p>وقع العطل ذاته في 4 أيار 2021 عندما احترقت المحولة الرئيسية في محطة الزارة وانقطعت الكهرباء يوماً كاملاً</p>",
            None,
        ),
    ],
)
def test_what_is_printed_near_the_headline(above: str, expected: str | None) -> None:
    article = read(page(above), PLAIN, None, NOW, ZONE)
    assert article is not None
    found = article.published_at.strftime("%Y-%m-%dT%H:%M") if article.published_at else None
    assert found == expected
    assert article.published_from == ("printed" if expected else None)


def test_a_labelled_date_counts_below_the_text() -> None:
    article = read(page("", below="<div>تاريخ النشر: 4 أيار 2021</div>"), PLAIN, None, NOW, ZONE)
    assert article is not None
    assert article.published_raw == "تاريخ النشر: 4 أيار 2021"
