"""Events: reports of one happening, written by different hands. The texts are ours."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import stories
from monitor.stories import ENOUGH, Told, Weights, events, likeness

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATE = (
    "وصلت إلى معبر باب الهوى قافلة مساعدات أممية من 43 شاحنة محملة بالدقيق والأدوية، وفق ما أفاد به مصدر في إدارة المعبر.\n"
    "وأوضح المصدر أن القافلة تتبع برنامج الأغذية العالمي وأنها ستوزع على مخيمات أطمة وقاح خلال يومين."
)
LOCAL = (
    "دخلت 43 شاحنة تابعة إلى برنامج الأغذية العالمي من معبر باب الهوى شمالي إدلب صباح اليوم، بعد توقف دام عشرة أيام.\n"
    "وقال منسق الاستجابة إن الشاحنات تحمل الدقيق وحليب الأطفال، وإن قافلة مساعدات أممية أخرى ستصل الخميس إلى مخيمات أطمة."
)
OTHER = (
    "أصدرت محكمة الجنايات في دمشق حكماً بالسجن خمسة عشر عاماً على ضابط سابق في فرع الخطيب بتهمة تعذيب محتجزين.\n"
    "ووصف محامون الحكم بأنه سابقة، فيما طالبت رابطة عائلات المفقودين بنشر حيثياته كاملة."
)
AID_BEFORE = STATE.replace("43", "17").replace("خلال يومين", "قبل نهاية الأسبوع")


def told(key: int, text: str, hours: float = 0, title: str = "") -> Told:
    return Told(key=key, at=NOW + hours * HOUR, title=title, text=text)


def groups(*stories: Told) -> set[tuple[int, ...]]:
    return {event.keys for event in events(stories, Weights([STATE, LOCAL, OTHER]))}


def test_two_reports_of_one_happening() -> None:
    assert groups(told(1, STATE), told(2, LOCAL, 3), told(3, OTHER, 1)) == {(1, 2), (3,)}


def test_the_happening_of_another_week_is_another_one() -> None:
    assert groups(told(1, AID_BEFORE, -24 * 7), told(2, LOCAL)) == {(1,), (2,)}


def test_edges_say_why() -> None:
    (event,) = events([told(2, LOCAL, 3), told(1, STATE)], Weights([STATE, LOCAL, OTHER]))
    (edge,) = event.edges
    assert (edge.one, edge.other, edge.apart) == (1, 2, 3 * HOUR)
    assert edge.likeness >= ENOUGH
    assert "برنامج الاغذيه" in edge.words or "باب الهوي" in edge.words
    assert edge.numbers == ("43",)


def test_without_a_window_it_still_tells_them_apart() -> None:
    made = events([told(1, STATE), told(2, LOCAL), told(3, OTHER)], Weights())
    assert {event.keys for event in made} == {(1, 2), (3,)}


def test_one_form_for_every_town_tells_of_as_many_happenings() -> None:
    form = (
        "أعلن مجلس بلدة {town} قطع المياه عن أحياء {town} الشرقية ثماني ساعات كل يوم حتى إصلاح الخط الرئيس.\n"
        "ودعا المجلس الأهالي إلى ملء الخزانات ليلاً، وقال إن الصهاريج ستزور المدارس والمشفى في {town} بالتناوب."
    )
    towns = [
        told(n, form.format(town=town), 0, f"قطع المياه في {town}")
        for n, town in enumerate(["سلقين", "حارم", "الدانا"])
    ]
    assert groups(*towns) == {(0,), (1,), (2,)}


@given(st.permutations([(1, STATE), (2, LOCAL), (3, OTHER), (4, AID_BEFORE), (5, "")]))
@settings(deadline=None, max_examples=30)
def test_the_order_of_the_argument_does_not_matter(order: list[tuple[int, str]]) -> None:
    weights = Weights([STATE, OTHER])
    first = events([told(key, text, key) for key, text in sorted(order)], weights)
    assert events([told(key, text, key) for key, text in order], weights) == first
    assert sorted(key for event in first for key in event.keys) == [1, 2, 3, 4, 5]


def test_what_comes_later_only_joins() -> None:
    weights = Weights([STATE, LOCAL, OTHER])
    before = {event.keys for event in events([told(1, STATE), told(3, OTHER, 1)], weights)}
    after = {event.keys for event in events([told(1, STATE), told(3, OTHER, 1), told(2, LOCAL, 3)], weights)}
    assert all(any(set(one) <= set(other) for other in after) for one in before)


words = st.lists(st.sampled_from((STATE + OTHER).split()), max_size=60).map(" ".join)


@given(words, words)
@settings(deadline=None)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    weights = Weights([STATE, LOCAL])
    a, b = weights.profile("", one), weights.profile("", other)
    assert abs(likeness(a, b) - likeness(b, a)) < 1e-9
    assert 0 <= likeness(a, b) <= 1.2 + 1e-9


def test_many_stories_of_noise() -> None:
    dice = random.Random(3)
    noise = [told(n, " ".join(dice.sample((STATE + LOCAL + OTHER).split(), 30)), n / 10) for n in range(120)]
    assert sum(len(event.keys) for event in events(noise, Weights([STATE]))) == 120


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([STATE, LOCAL, OTHER, STATE + LOCAL, OTHER + STATE, LOCAL[: len(LOCAL) // 2]]), max_size=9)
)
def test_a_day_of_thousands_is_told_as_a_small_one(texts: list[str]) -> None:
    """There only likely pairs are compared: the Events are the same."""
    weights = Weights([STATE, LOCAL, OTHER])
    given_ = [told(key, text, key) for key, text in enumerate(texts)]
    with pytest.MonkeyPatch.context() as patched:
        each = events(given_, weights)
        patched.setattr(stories, "_EXACT", 0)
        assert events(given_, weights) == each
