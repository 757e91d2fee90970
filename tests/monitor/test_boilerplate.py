"""What is learned to be no news, and what never may be."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.boilerplate import Standing, Telling, kept, learn, letters
from tests.monitor.telling_tales import START, lines, outlet, told

TODAY = date(2026, 10, 1)
LINE = "مراسلونا على مدار الساعة معكم، راسلونا على بريد غرفة الأخبار"
SENTENCE = "والبلدة محاصرة منذ الربيع، ولم يدخل إليها طحين ولا دواء"


def learned(tellings: list[Telling], before: list[Standing] | None = None, **given: list[str]) -> list[str]:
    return [one.line for one in learn(tellings, before or [], TODAY, **given)]


def test_a_line_under_every_article_is_learned() -> None:
    articles = [[*article, LINE] for article in outlet(40)]
    assert learned(told(articles)) == [LINE]


def test_spelled_a_little_otherwise_it_is_the_same_line() -> None:
    twin = LINE.replace("أ", "ا").replace("،", " -")
    articles = [[*article, twin if n % 2 else LINE] for n, article in enumerate(outlet(40))]
    assert len(learned(told(articles))) == 1
    assert letters(twin) == letters(LINE)


def test_a_line_under_every_third_article_is_learned_and_one_under_every_twentieth_is_not() -> None:
    draw = random.Random(3)
    often = [[*article, LINE] if draw.random() < 0.4 else article for article in outlet(120)]
    assert learned(told(often)) == [LINE]
    seldom = [[*article, LINE] if n % 20 == 0 else article for n, article in enumerate(outlet(200))]
    assert learned(told(seldom)) == []


def test_the_middle_of_a_text_needs_more() -> None:
    draw = random.Random(3)
    articles = [[*a[:3], *([LINE] if draw.random() < 0.35 else []), *a[3:]] for a in outlet(160, 8)]
    long = [
        [*lines(random.Random(n), count=3), *article, *lines(random.Random(-n), count=5)]
        for n, article in enumerate(articles)
    ]
    assert learned(told(long)) == []
    every = [[*article[:6], LINE, *article[6:]] for article in long]
    assert LINE in learned(told(every))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_sentence_that_a_running_story_repeats_is_never_learned(share: float) -> None:
    """The same sentence in every report on one town, over weeks; the rest of the outlet goes on as usual."""
    draw = random.Random(5)
    articles = [[*lines(draw, "مضايا"), SENTENCE] if draw.random() < share else lines(draw) for _ in range(120)]
    assert learned(told(articles)) == []


def test_not_even_where_an_outlet_writes_of_nothing_else() -> None:
    draw = random.Random(5)
    articles = [[*lines(draw, "مضايا"), SENTENCE] for _ in range(60)]
    elsewhere = [" ".join(lines(draw)) for _ in range(40)]
    assert learned(told(articles), elsewhere=elsewhere) == []


def test_a_short_run_of_one_story_is_not_taken_for_more_where_there_is_nothing_to_compare_it_with() -> None:
    draw = random.Random(5)
    articles = [[*lines(draw, "مضايا"), SENTENCE] for _ in range(40)]
    assert learned(told(articles)) == []  # ten days


def test_one_report_published_again_and_again_is_one_story() -> None:
    articles = [[*article, LINE] for article in outlet(40)]
    again = [replace(telling, story=telling.story % 5) for telling in told(articles)]
    assert learned(again) == []


def test_one_day_is_not_enough() -> None:
    articles = [[*article, LINE] for article in outlet(40)]
    assert learned(told(articles, a_day=100)) == []


@pytest.mark.parametrize("short", ["سوريا", "دمشق - سانا", "السؤال:", "12/5/2026"])
def test_names_and_places_on_a_line_of_their_own_are_left_alone(short: str) -> None:
    assert learned(told([[*article, short] for article in outlet(40)])) == []


def test_what_was_learned_stays_though_texts_no_longer_have_it() -> None:
    before = learn(told([[*article, LINE] for article in outlet(40)]), [], TODAY)
    assert learn(told(outlet(40)), before, TODAY + timedelta(days=30)) == before


def test_what_a_person_took_back_is_not_learned_again() -> None:
    tellings = told([[*article, LINE] for article in outlet(40)])
    back = kept(learn(tellings, [], TODAY), LINE)
    assert [one.kept for one in back] == [True]
    assert learn(tellings, back, TODAY) == back
    assert [one.kept for one in kept(back, LINE, news=False)] == [False]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 50), st.integers(1, 9), st.integers(0, 7), st.randoms(use_true_random=False))
def test_laws(articles: int, a_day: int, with_line: int, draw: random.Random) -> None:
    """The order of articles is nothing; too few stories teach nothing; only what was printed is learned."""
    texts = outlet(articles, draw.randint(0, 99))
    some = [[*text, LINE] if number < with_line else text for number, text in enumerate(texts)]
    assert learned(told(some, a_day)) == []  # seven stories at most
    every = told([[*text, LINE] for text in texts], a_day)
    found = learn(every, [], TODAY)
    draw.shuffle(every)
    assert learn(every, [], TODAY) == found
    printed = {letters(line) for one in every for line in one.lines}
    assert {letters(one.line) for one in found} <= printed
    assert all(one.stories >= 8 and one.days >= 3 and one.since == TODAY for one in found)


def test_nothing_teaches_nothing() -> None:
    assert learn([], [], TODAY) == []
    assert learn([Telling(story=1, day=START, lines=())] * 30, [], TODAY) == []
