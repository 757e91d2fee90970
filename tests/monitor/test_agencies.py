"""Which agency a report gives as its origin."""

import pytest

from monitor.agencies import agency

LONG = "أعلنت مديرية الزراعة بدء موسم القطاف في بساتين الغوطة بعد تأخر أسبوعين بسبب الصقيع الذي أصاب الأزهار."
OTHER = "وقال مزارعون إن المحصول أقل من العام الماضي بكثير."

NAMED = {
    f"دمشق-سانا\n{LONG}": "سانا",
    f"دمشق – سانا: {LONG}": "سانا",
    f"بيروت (رويترز) - {LONG}": "رويترز",
    f"(أ ف ب) - {LONG}": "فرانس برس",
    f"أ ف ب: {LONG}": "فرانس برس",
    f"القامشلي – نورث برس\n{LONG}": "نورث برس",
    f"{LONG}\nالمصدر: الأناضول": "الأناضول",
    f"{LONG}\n{OTHER}\nرويترز": "رويترز",
}
OWN = [
    LONG,
    "",
    f"دمشق - وكالات\n{LONG}",
    f"ونقلت وكالة سانا عن مصدر قوله: {LONG}",
    f"قالت وزارة الطاقة في بيان أوردته وكالة أنباء الإمارات (وام) اليوم إن {LONG}",
    f"فارس من دمشق يفوز بالسباق\n{LONG}",
    f"وفا الوزير بوعده: {LONG}",
]


@pytest.mark.parametrize("text", NAMED)
def test_a_place_line_or_a_credit_names_it(text: str) -> None:
    assert agency(text) == NAMED[text]


@pytest.mark.parametrize("text", OWN)
def test_what_is_quoted_or_only_sounds_like_one_is_none(text: str) -> None:
    assert agency(text) is None


def test_the_author_may_be_one() -> None:
    assert agency(LONG, "د ب أ") == "د ب أ"
    assert agency(LONG, "واس- الرياض:") == "واس"
    assert agency(LONG, "سامر العلي") is None
