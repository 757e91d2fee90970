"""Headlines that an outlet edits, and headlines of one form."""

from datetime import timedelta

import pytest

from monitor.headlines import edited

HOUR = timedelta(hours=1)

EDITS = [
    ("العشرات يعتصمون أمام مبنى المحافظة في السويداء", "العشرات يعتصمون أمام مبنى محافظة السويداء"),
    ("وزارتي الزراعة والري تعلنان بدء الموسم", "وزارتا الزراعة والري تعلنان بدء الموسم"),
    ("انهيار بناء سكني في حي الصاخور بحلب", "انهيار بناء سكني في حي الصاخور بحلب.. ما السبب؟"),
    ("عاجل | انهيار بناء في حلب", "عاجل | انهيار بناء في حلب"),
    ("مقتل ثلاثة مدنيين بقصف مدفعي استهدف أطراف بلدة النيرب شرقي إدلب", "استشهاد ثلاثة مدنيين بقصف مدفعي استهدف أطراف بلدة النيرب شرقي إدلب"),
]  # fmt: skip
OTHERS = [
    ("أسعار الذهب في أسواق دمشق اليوم الجمعة", "أسعار الذهب في أسواق دمشق اليوم السبت"),
    ("سعر صرف الليرة مقابل الدولار يوم 3 نيسان", "سعر صرف الليرة مقابل الدولار يوم 4 نيسان"),
    ("وفاة 3 أشخاص بحوادث سير على طريق السلمية", "وفاة 7 أشخاص بحوادث سير على طريق السلمية"),
    ("محافظة حمص تشكل لجنة لتقدير الأضرار", "محافظة درعا تشكل لجنة لتقدير الأضرار"),
    ("صدور مرسوم بإحداث الشركة العامة للنسيج", "صدور مرسوم بإحداث الشركة العامة للأسمنت"),
    ("عاجل", "عاجل الآن"),
]


@pytest.mark.parametrize(("before", "after"), EDITS)
def test_an_edited_headline(before: str, after: str) -> None:
    assert edited(before, after, HOUR)
    assert edited(after, before, HOUR)


@pytest.mark.parametrize(("before", "after"), OTHERS)
def test_a_headline_of_the_same_form(before: str, after: str) -> None:
    assert not edited(before, after, HOUR)


def test_an_edit_comes_within_hours() -> None:
    assert not edited(*EDITS[0], timedelta(days=2))
