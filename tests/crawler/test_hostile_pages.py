"""Hostile, broken and huge pages cost little, hide nothing and expand nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import explain
from tests.one_page import ENTRY, NOW, TEXT, URL, article, look, page

# --- hostile pages -----------------------------------------------------------------------------------------


def test_pages_that_would_cost_too_much_are_refused() -> None:
    for body in (
        page() + b"<a href='/x'>x</a>" * 40_000,
        page() + b"<br>" * 100_000,
        b"<div>" * 100_000,
        b"<p>" + b"x" * (6 * 1024 * 1024),
        b"<div " + b" ".join(b"a%d=1" % i for i in range(5_000)) + b">" + page(),
    ):
        assert "more than a news page" in look(body).why
    assert article(page() + b"<br>" * 100_000, entry=ENTRY).notes == ("text from the feed",)


def test_a_script_full_of_tags_costs_nothing() -> None:
    state = "<script>var state = '" + "<p>x</p>" * 50_000 + "';</script>"
    assert article(page(head=state)).text == "\n".join(TEXT)


@pytest.mark.parametrize(
    "below",
    [
        "<a href='/x'>رابط</a> " * 14_000,
        "<ul>" + "<li><a href='/x'>رابط إلى خبر آخر</a></li>" * 7_000 + "</ul>",
        "<div class='related'>شاهد أيضاً</div>" * 14_000,
        "<p><strong>اقرأ أيضاً</strong> <a href='/x'>خبر</a></p>" * 7_000,
        "<time datetime='2020-01-02'>12 أيار 2018</time>" * 14_000,
        "<p>" + "1" * 200_000 + "/12/2020 " + "2020-01-" * 50_000 + "</p>",
        "<div>" * 300 + "عمق" + "</div>" * 300,
        "<script type='application/ld+json'>" + "[" * 100_000 + "]" * 100_000 + "</script>",
        "<!-- " + "تعليق " * 20_000,
        "\x00\x01\x08\ufffe نص",
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><p>&x;</p>',
    ],
    ids=["links", "list", "boxes", "labels", "times", "digits", "depth", "json", "comment", "control", "entity"],
)
def test_hostile_markup_leaves_the_text(below: str) -> None:
    assert article(page(below=below)).text.startswith(TEXT[0])


def test_nothing_of_the_machine_is_expanded() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page(
        *TEXT, "مرجع &x; في النص الأخير للخبر."
    )
    assert "root:" not in article(bomb).text


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400) | st.text(alphabet="<>/ apdivh1=\"'!-&;نص خبر", max_size=300).map(str.encode))
def test_no_bytes_raise(body: bytes) -> None:
    look(body)
    look(page() + body)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(TEXT), min_size=1, max_size=3, unique=True), st.integers(0, 40))
def test_reading_is_a_function_of_its_arguments(paragraphs: list[str], minutes: int) -> None:
    body, later = page(*paragraphs), NOW + timedelta(minutes=minutes)
    first = explain(body, URL, None, later, "Asia/Damascus")
    assert explain(body, URL, None, later, "Asia/Damascus") == first
    assert first.article is not None
    assert first.article.text == "\n".join(paragraphs)
    assert first.article.fetched_at == later


def test_addresses_that_are_none_raise_nothing() -> None:
    nodes = '[{"@type": "NewsArticle", "url": "http://[", "headline": "x"}, {"@type": "NewsArticle", "@id": "//[x", "image": "http://["}]'
    bad = f'<script type="application/ld+json">{nodes}</script><link rel="canonical" href="http://["><base href="http://[">'
    assert article(page(head=bad)).text == "\n".join(TEXT)
    assert "not an address" in look(page(), url="http://[").why
