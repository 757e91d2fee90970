"""What an editor did after publishing, and what nobody did. The texts are ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.changes import Reading, compare, substantial

TITLE = "مقتل 12 مدنياً بقصف على سوق في معرة النعمان"
TEXT = """\
قُتل 12 مدنياً وأصيب ثلاثون آخرون، صباح الاثنين، بقصف استهدف السوق الشعبي في معرة النعمان جنوبي إدلب.
وقال العقيد سامر الحسن إن فرق الإنقاذ انتشلت جثامين ثلاث نساء وطفلين من تحت الأنقاض.
وحمّل المجلس المحلي قوات النظام المسؤولية عن القصف، وطالب بالإفراج عن المعتقلين من أبناء المدينة.
وتشهد المنطقة هدوءاً حذراً منذ أسبوع."""


def kinds(text: str, title: str = TITLE, terms: tuple[str, ...] = ()) -> list[str]:
    return [change.kind for change in compare(Reading(TITLE, TEXT), Reading(title, text, frozenset(terms)))]


@pytest.mark.parametrize(
    ("old", "new", "kind", "words"),
    [
        ("قُتل 12 مدنياً", "قُتل 21 مدنياً", "number", {"12", "21"}),
        ("ثلاثون آخرون", "أربعون آخرون", "number", {"ثلاثون", "اربعون"}),
        ("وطفلين من", "وأربعة أطفال من", "number", {"وطفلين"}),
        ("العقيد سامر الحسن", "العقيد مازن الحسن", "name", {"سامر", "مازن"}),
        ("العقيد سامر الحسن", "العقيد سامر العلي", "name", {"الحسن", "العلي"}),
        ("هدوءاً حذراً", "هدوءاً نسبياً", "sentence", {"حذرا", "نسبيا"}),
    ],
)
def test_the_kind_of_an_edit_and_its_words(old: str, new: str, kind: str, words: set[str]) -> None:
    (change,) = compare(Reading(TITLE, TEXT), Reading(TITLE, TEXT.replace(old, new)))
    assert change.kind == kind
    assert words <= set(change.words)
    assert old in change.before
    assert new in change.after
    assert substantial([change]) is (kind != "sentence")


def test_a_headline() -> None:
    (change,) = compare(Reading(TITLE, TEXT), Reading("غارات على معرة النعمان", TEXT))
    assert (change.kind, change.before, change.after) == ("headline", TITLE, "غارات على معرة النعمان")
    assert substantial([change])


def test_a_sentence_that_is_withdrawn() -> None:
    (change,) = compare(Reading(TITLE, TEXT), Reading(TITLE, "\n".join(TEXT.splitlines()[:2] + TEXT.splitlines()[3:])))
    assert (change.kind, change.before, change.after) == ("cut", TEXT.splitlines()[2], "")


def test_a_sentence_that_is_added_is_kept_and_not_reported() -> None:
    changes = compare(Reading(TITLE, TEXT), Reading(TITLE, TEXT + "\nوأعلنت المدارس تعليق الدوام حتى إشعار آخر."))
    assert [change.kind for change in changes] == ["added"]
    assert not substantial(changes)


def test_a_watched_term_that_disappears_and_one_that_appears() -> None:
    before = Reading(TITLE, TEXT, frozenset({"المعتقلين"}))
    after = Reading(TITLE, TEXT.replace("عن المعتقلين من", "عن الموقوفين من"), frozenset({"الموقوفين"}))
    gone, new, *_ = compare(before, after)
    assert (gone.kind, gone.words, gone.before) == ("term", ("المعتقلين",), TEXT.splitlines()[2])
    assert (new.kind, new.words) == ("term", ("الموقوفين",))
    assert "الموقوفين" in new.after


TRIVIAL = {
    "hamza and vowel signs": TEXT.replace("أ", "ا").replace("قُتل", "قتل").replace("ة", "ه"),
    "punctuation and spaces": TEXT.replace("،", " ,").replace(".", " ."),
    "digits": TEXT.replace("12", "١٢"),
    "a counter": TEXT + "\n1453 مشاهدة",
    "a stamp": "آخر تحديث: 24 تشرين الثاني 2026، 10:45\n" + TEXT,
    "the order of paragraphs": "\n".join(reversed(TEXT.splitlines())),
}


@pytest.mark.parametrize("how", TRIVIAL)
def test_what_nobody_edited(how: str) -> None:
    assert kinds(TRIVIAL[how]) == []


def test_a_counter_that_counts_on() -> None:
    one, two = (Reading(TITLE, f"{TEXT}\nعدد المشاهدات {n}\n{n} تعليقات") for n in (7, 1812))
    assert compare(one, two) == ()


@pytest.mark.parametrize("text", ["", "…", "\x00\ud800", "ا" * 50_000, ".\n" * 50_000])
def test_strange_text(text: str) -> None:
    compare(Reading(TITLE, TEXT), Reading(TITLE, text))
    compare(Reading("", text), Reading(TITLE, TEXT))


texts = st.lists(st.sampled_from([*TEXT.splitlines(), "جملة أخرى قصيرة.", "12", ""]), max_size=8).map("\n".join)


@given(texts, st.text(max_size=30))
@settings(deadline=None)
def test_a_text_does_not_differ_from_itself(text: str, title: str) -> None:
    assert compare(Reading(title, text), Reading(title, text)) == ()


@given(texts, texts)
@settings(deadline=None)
def test_every_wording_stands_in_the_text_it_is_said_of(one: str, other: str) -> None:
    for change in compare(Reading(TITLE, one), Reading(TITLE, other)):
        assert change.before in one
        assert change.after in other
        assert change.before or change.after


def test_a_plural_is_no_number() -> None:
    before = Reading("", "وقالت اللجنة إن 12 من المعتقلين من أبناء البلدة ما زالوا مجهولي المصير.")
    after = Reading("", "وقالت اللجنة إن 12 من أبناء البلدة ما زالوا مجهولي المصير.")
    assert {change.kind for change in compare(before, after)} == {"sentence"}
    two = Reading("", "وقال الدفاع المدني إن قتيلين سقطا في القصف على أطراف البلدة.")
    one = Reading("", "وقال الدفاع المدني إن قتيلا سقط في القصف على أطراف البلدة.")
    assert {change.kind for change in compare(two, one)} == {"number"}
