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


def test_a_figure_that_both_headlines_tell_is_the_news() -> None:
    """One desk says "paving" and the other one "surfacing", and each counts the kilometres in its own way."""
    one = "خصصت المحافظة 197 مليون ليرة لتعبيد الطرق، منها 12 طريقاً بطول 40 كيلومتراً و9 طرق بطول 25 كيلومتراً."
    other = "خصصت المحافظة 197 مليون ليرة لتزفيت الطرق، منها 15 طريقاً بطول 48 كيلومتراً و6 طرق بطول 17 كيلومتراً."
    headlines = "197 مليون ليرة لتعبيد الطرق", "المحافظة تخصص 197 مليوناً لتزفيت الطرق"
    assert not form(one, other, headlines)
    assert form(one, other, headlines, own=True)
    assert form(one, other, tuple(headline.replace("197", "2026") for headline in headlines))  # type: ignore[arg-type]
    assert form(one, other, (headlines[0], headlines[1].replace("197", "198")))


def test_nothing_is_no_form() -> None:
    assert not form("", "")
    assert list(replaced([], ["كلمة"])) == []
