"""Forms that are filled in anew, and copies that were edited."""

from monitor.alignment import overlap
from monitor.dedup import telling
from monitor.forms import filled_in, replaced

CABLE = (
    "بعث رئيس الغرفة برقية تهنئة إلى رئيس غرفة تجارة {town} بمناسبة ذكرى {what} في {town}.\n"
    "وأعرب عن أطيب التمنيات لأعضاء غرفة {town} بدوام التقدم، مشيداً بما يجمع الغرفتين من تعاون في المجالات كافة."
)
PRICES = "سجل غرام الذهب {a} ليرة يوم {day}، وسجل الدولار {b} ليرة للشراء و{c} للمبيع، بحسب ما نشرته جمعية الصاغة على صفحتها."


def form(one: str, other: str, headlines: tuple[str, str] = ("", ""), *, own: bool = False) -> bool:
    a, b = telling(one), telling(other)
    titles = (" ".join(telling(headlines[1])), " ".join(telling(headlines[0])))
    return filled_in(b, a, overlap(b, a), headlines=titles, own=own)


def test_other_figures_and_another_day() -> None:
    monday, tuesday = (
        PRICES.format(a=980000, day="الاثنين", b=11200, c=11300),
        PRICES.format(a=985000, day="الثلاثاء", b=11250, c=11350),
    )
    assert form(monday, tuesday)
    assert not form(monday, monday.replace("980000", "990000"))  # one figure is a correction


def test_another_name_that_the_headlines_speak_of() -> None:
    one, other = CABLE.format(town="حماة", what="التأسيس"), CABLE.format(town="الحسكة", what="الافتتاح")
    assert form(one, other, ("برقية تهنئة إلى غرفة حماة", "برقية تهنئة إلى غرفة الحسكة"))
    assert not form(one, other, ("برقية تهنئة", "تهنئة"))


def test_another_spelling_and_another_word_are_an_edit() -> None:
    one = "أعلن موقع إنستجرام خاصية جديدة لمستخدمي إنستجرام على الحواسيب، وقالت شركة إنستجرام إن الخاصية متاحة اليوم."
    other = one.replace("إنستجرام", "إنستغرام").replace("أعلن", "كشف")
    assert not form(one, other, ("إنستجرام تعلن خاصية", "إنستغرام تكشف خاصية"), own=True)
    assert not any("انستجرام" in before for before, _ in replaced(telling(one), telling(other)))


def test_nothing_is_no_form() -> None:
    assert not form("", "")
    assert list(replaced([], ["كلمة"])) == []
