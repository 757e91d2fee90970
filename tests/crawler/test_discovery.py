"""What a site says of its entrances, from pages as sites write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Page
from crawler.discovery import announced, robots, usual

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def page(html: str | bytes, url: str = "https://site.example/", **headers: str) -> Page:
    body = html if isinstance(html, bytes) else html.encode()
    given = (("Content-Type", "text/html; charset=utf-8"), *headers.items())
    return Page(url=url, asked=url, status=200, headers=given, body=body, fetched_at=NOW)


WORDPRESS = """<!doctype html><html lang="ar-SY" dir="rtl"><head>
<title>الرئيسية | صحيفة البيدر</title>
<link rel="alternate" type="application/rss+xml" title="صحيفة البيدر &laquo; الخلاصة" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="صحيفة البيدر &laquo; خلاصة التعليقات" href="/comments/feed/">
<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed?url=x">
<link rel="https://api.w.org/" href="https://site.example/wp-json/">
<link rel="sitemap" type="application/xml" href="/sitemap.xml">
</head><body><a href="https://t.me/baydar_news">تلغرام</a> <a href="https://t.me/share/url?url=x">شارك</a>
<a href="https://telegram.me/s/baydar_news">مرة أخرى</a> <a href="https://t.me/+AbCdEf">مجموعة</a>
<a href="/comments/feed/">RSS</a> <a href="https://elsewhere.example/rss.xml">شريك</a></body></html>"""


def test_a_wordpress_site_names_all_its_entrances() -> None:
    said = announced(page(WORDPRESS))
    assert said.feeds == ("https://site.example/feed/",)
    assert said.wordpress == "https://site.example/wp-json/"
    assert said.sitemaps == ("https://site.example/sitemap.xml",)
    assert said.channels == ("https://t.me/s/baydar_news",)
    assert (said.title, said.language) == ("صحيفة البيدر", "ar")


def test_wordpress_is_known_by_a_header_or_by_how_it_is_made() -> None:
    assert announced(page("<p>x", Link='<https://site.example/ar/wp-json/>; rel="https://api.w.org/"')).wordpress == (
        "https://site.example/ar/wp-json/"
    )
    made = '<meta name="generator" content="WordPress 6.6"><p>x'
    assert announced(page(made, "https://site.example/news/1")).wordpress == "https://site.example/"
    assert announced(page("<p>x")).wordpress is None


def test_feeds_that_are_only_linked_to_are_found_on_the_site_itself() -> None:
    html = '<base href="https://site.example/ar/"><a href="rss.xml">خلاصات</a><a href="?feed=rss2">ب</a><a href="feedback">رأيك</a>'
    assert announced(page(html)).feeds == ("https://site.example/ar/rss.xml", "https://site.example/ar/?feed=rss2")


def test_relative_doubled_and_broken_links() -> None:
    html = """<link rel="ALTERNATE stylesheet" type="Application/RSS+XML; charset=utf-8" href="//site.example/feed#top">
    <link rel="alternate" type="application/atom+xml" href="/feed"><link rel="alternate" type="application/rss+xml" href="http://[">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"><link rel="alternate" type="application/rss+xml">"""
    assert announced(page(html)).feeds == ("https://site.example/feed#top",)


@given(st.binary(max_size=400))
def test_whatever_a_server_sends_is_borne(body: bytes) -> None:
    announced(page(body))


@pytest.mark.parametrize("body", ["", "<a " + "x=1 " * 5000 + ">", "<p>" * 300_000, "\0\0\0"])
def test_a_page_that_costs_too_much_says_nothing(body: str) -> None:
    assert announced(page(body)).feeds == ()


@pytest.mark.parametrize(
    "href", ["http://[", "http://[::1", "//[", "http://a]/", "http://a:99999999/rss", "?feed=rss&x=[", "\x00"]
)
def test_links_that_are_no_addresses_are_passed_over(href: str) -> None:
    html = (
        f'<base href="{href}"><link rel="alternate" type="application/rss+xml" href="{href}"><a href="{href}">RSS</a>'
    )
    announced(page(html + '<a href="https://t.me/minbar_news">x</a>'))
    announced(page(html, Link=f'<{href}>; rel="https://api.w.org/"'))
    robots(f"Sitemap: {href}", "https://site.example/", "Rasid")


def test_what_robots_txt_says_to_us() -> None:
    text = "User-agent: *\nDisallow: /private/\nCrawl-delay: 5\n\nSitemap: /news.xml\nsitemap : https://site.example/b.xml\n"
    said = robots(text, "https://site.example/private/feed", "Rasid")
    assert (said.allowed, said.delay) == (False, 5.0)
    assert said.sitemaps == ("https://site.example/news.xml", "https://site.example/b.xml")
    assert robots("", "https://site.example/feed", "Rasid").allowed
    ours = "User-agent: *\nDisallow: /\n\nUser-agent: rasid\nAllow: /\n"
    assert robots(ours, "https://site.example/feed", "Rasid").allowed


def test_the_usual_places_of_a_site_in_a_folder() -> None:
    feeds, sitemaps = usual("https://site.example/ar/index.php")
    assert feeds[0] == "https://site.example/ar/feed/"
    assert "https://site.example/feed/" in feeds
    assert all(url.startswith("https://site.example/") for url in sitemaps)
