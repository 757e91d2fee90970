"""Spellings that look alike: which letters the press exchanges, and what only looks alike by chance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.spellings import alike, allowed, distance, near_tests, vocabulary

VARIANTS = [
    ("موغريني", "موجريني"),
    ("بوتين", "بوتن"),
    ("أستانا", "آستانة"),
    ("ترامب", "ترمب"),
    ("لافروف", "لافرف"),
    ("بوغدانوف", "بوجدانوف"),
    ("نتنياهو", "نتانياهو"),
    ("تيلرسون", "تلرسون"),
]
OTHERS = [("حلب", "طلب"), ("درعا", "دروع"), ("إدلب", "غالب"), ("بوتين", "بيتنا"), ("روسيا", "سوريا"), ("سجن", "شجن")]


@pytest.mark.parametrize(("one", "other"), VARIANTS)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert other.removeprefix("ال") in {found.spelling for found in alike(one, vocabulary([f"قال {other} أمس"]))}


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_other_words_are_not(one: str, other: str) -> None:
    assert alike(one, vocabulary([f"قال {other} أمس"])) == []


def test_counts_are_summed_over_what_is_written_onto_a_word() -> None:
    found = alike("موغريني", vocabulary(["وموجريني وموجريني بموجريني موجريني", "لموجريني"]))
    (one,) = (one for one in found if one.spelling == "موجريني")
    assert one.count == 5
    assert one.seen[0] == "وموجريني"


def test_a_name_of_two_words() -> None:
    term = "دي ميستورا"
    words = vocabulary(["التقى دي مستورا الوزير. ثم قال ديميستورا"], near_tests(term))
    assert {one.spelling for one in alike(term, words)} == {"دي مستورا", "ديميستورا"}
    assert words.articles == 1


def test_nothing_is_like_nothing() -> None:
    assert alike("؟!", vocabulary(["قال أمس"])) == []
    assert alike("أستانا", vocabulary([])) == []


arabic = st.text(st.sampled_from("ابتسشدذطصقكغجويةهأإآ"), max_size=9)


@settings(deadline=None, max_examples=200)
@given(one=arabic, other=arabic, third=arabic)
def test_the_distance_is_one(one: str, other: str, third: str) -> None:
    there = distance(one, other, 99)
    assert there == distance(other, one, 99) >= 0
    assert (there == 0) == (one == other)
    assert distance(one, third, 99) <= there + distance(other, third, 99)


@settings(deadline=None, max_examples=200)
@given(one=arabic, other=arabic, limit=st.sampled_from([0.5, 1.0, 2.0]))
def test_a_limit_changes_only_what_lies_beyond_it(one: str, other: str, limit: float) -> None:
    exact, limited = distance(one, other, 99), distance(one, other, limit)
    assert limited == exact if exact <= limit else limited > limit


@settings(deadline=None, max_examples=100)
@given(text=st.text(max_size=200), term=st.text(max_size=20))
def test_any_text_and_any_term_are_borne(text: str, term: str) -> None:
    tests = near_tests(term)
    for one in alike(term, vocabulary([text], tests if len(tests) > 1 else ())):
        assert one.count >= 1
        assert one.distance <= sum(allowed(len(test.word)) for test in tests) + 2
