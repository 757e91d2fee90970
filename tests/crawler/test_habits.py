"""What a source's texts are usually like, and what gives way when a page is not like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Entry
from crawler.habits import ENOUGH, Measure, learned, measured, unlike
from crawler.notes import FROM_FEED, UNLIKE
from crawler.source import Habits
from tests.one_page import ENTRY, TEXT, TITLE, article, look, page

USUAL = Habits(articles=100, shortest=600, middle=1800, longest=5000, arabic=0.95, named=0.4)
COOKIES = (
    "نستخدم ملفات تعريف الارتباط لتحسين تجربتكم على الموقع وتحليل حركة الزوار وعرض محتوى يناسب اهتماماتكم.",
    "بمواصلة التصفح فإنكم توافقون على سياسة الخصوصية وشروط الاستخدام المعمول بها لدينا.",
)


def test_a_source_is_known_after_enough_articles() -> None:
    one = measured(TITLE, "\n".join(TEXT))
    assert learned([one] * (ENOUGH - 1)) is None
    usual = learned([one] * ENOUGH)
    assert usual is not None
    assert (usual.shortest, usual.longest, usual.arabic) == (one.length, one.length, 1.0)


def test_what_a_changed_layout_gives_is_not_taken() -> None:
    reading = look(page(*COOKIES), habits=USUAL)
    assert reading.article is None
    assert reading.why.startswith(UNLIKE)
    assert look(page(*COOKIES)).article is not None  # the container says so, and nothing is known of the source


def test_the_listings_text_takes_its_place_and_the_article_says_so() -> None:
    found = article(page(*COOKIES), entry=ENTRY, habits=USUAL)
    assert found.text == "\n".join(TEXT)
    assert FROM_FEED in found.notes
    assert any(note.startswith(UNLIKE) for note in found.notes)


def test_a_teaser_in_the_listing_is_better_than_a_cookie_notice() -> None:
    teaser = Entry(url=ENTRY.url, title=TITLE, summary=TEXT[0])
    assert article(page(*COOKIES), entry=teaser, habits=USUAL).text == TEXT[0]


def test_a_flash_of_an_outlet_that_writes_long_is_news() -> None:
    flash = "قالت لجنة الاقتصاد إن نقص الطحين يغلق ثلاثة أفران في ريف الرقة اليوم."
    assert article(page(flash), habits=USUAL).text == flash


def test_a_long_text_under_a_headline_that_plays_with_words_is_news() -> None:
    text = [f"{TEXT[1]} ({n})" for n in range(25)]
    assert article(page(*text, title="حين يصير الرغيف حلماً بعيد المنال"), habits=USUAL).text.count("\n") == 24


def test_another_language_is_not_this_sources() -> None:
    english = [
        "We value your privacy: we and our partners store and read information on a device, such as identifiers."
    ] * 3
    assert "Arabic" in look(page(*english, title="Privacy choices for all our readers"), habits=USUAL).why


@pytest.mark.parametrize(
    "habits", [None, Habits(articles=30, shortest=40, middle=120, longest=900, arabic=0.0, named=0.0)]
)
def test_who_has_no_such_habits_is_not_held_to_them(habits: Habits | None) -> None:
    assert look(page(), habits=habits) == look(page())


MEASURES = st.builds(Measure, length=st.integers(0, 9000), arabic=st.floats(0, 1), named=st.none() | st.floats(0, 1))


@given(st.lists(MEASURES, min_size=ENOUGH, max_size=60))
def test_nearly_all_that_was_learned_from_is_like_the_rest(seen: list[Measure]) -> None:
    usual = learned(seen)
    assert usual is not None
    assert sum(bool(unlike(one, usual)) for one in seen) <= 0.16 * len(seen) + 1


@given(MEASURES)
def test_a_text_with_the_headlines_words_is_refused_for_its_script_only(one: Measure) -> None:
    if one.named is not None and one.named >= 0.5 and one.arabic >= USUAL.arabic - 0.4:
        assert unlike(one, USUAL) == ""
