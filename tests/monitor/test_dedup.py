"""Reprints in the ways of the press, and what only looks like one. The texts are ours."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Article
from monitor.alignment import Overlap, overlap
from monitor.dedup import Index, fingerprints, meeting, reprinted, same_words, telling

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

AGENCY = """\
أعلنت مديرية الصحة في ريف حلب الشمالي يوم الأحد خروج مشفى الحكمة عن الخدمة بعد نفاد مخزون الوقود المخصص لمولدات الكهرباء.
وقال مدير المشفى الطبيب سامر العلي إن أقسام العناية المركزة وغسيل الكلى توقفت منذ ساعات الصباح، وإن المرضى نقلوا إلى مشاف أخرى تبعد أكثر من أربعين كيلومترا.
وأضاف العلي أن المشفى يخدم نحو ثمانين ألف نسمة بين سكان أصليين ونازحين، وأنه يستقبل يوميا ما لا يقل عن مئتي مراجع.
وطالبت المديرية المنظمات الدولية بالتدخل العاجل لتأمين الوقود، محذرة من كارثة صحية إذا استمر الانقطاع أكثر من ثلاثة أيام.
وكان المشفى قد تعرض في الشتاء الماضي لأضرار جسيمة أصابت سقف قسم الإسعاف، قبل أن يعاد ترميمه بجهود محلية وتبرعات من المغتربين."""

OTHER = """\
افتتحت بلدية السلمية سوقا جديدة لبيع المنتجات الزراعية عند المدخل الغربي للمدينة بحضور عدد من الفلاحين والتجار.
وأوضح رئيس البلدية أن السوق تضم اثنين وسبعين محلا وساحة للمزاد ومستودعات مبردة تتسع لألف وخمسمئة طن من الخضار والفواكه.
وأشار مزارعون التقيناهم إلى أن أجور النقل كانت تلتهم نصف أرباحهم عندما كانوا يقصدون سوق حماة المركزية كل صباح.
ومن المقرر أن تعمل السوق طوال أيام الأسبوع عدا الجمعة، على أن تعفى المحال من الرسوم في السنة الأولى."""


def article(text: str, *, title: str = "عنوان", at: datetime = NOW) -> Article:
    return Article(url="https://a.example/1", source="a", title=title, text=text, language="ar", fetched_at=at)


def index(*texts: str) -> Index:
    known = Index()
    for number, text in enumerate(texts):
        known.add(number, article(text))
    return known


def lines(text: str) -> list[str]:
    return text.splitlines()


def respelled(text: str) -> str:
    return (
        text.replace("أ", "ا")
        .replace("إ", "ا")
        .replace("ة", "ه")
        .replace("المشفى", "المشفي")
        .replace("الوقود", "الوقــود")
    )


def edited(text: str, share: float) -> str:
    words = text.split(" ")
    chosen = random.Random(7).sample(range(len(words)), int(share * len(words)))
    for number in chosen:
        words[number] = OTHER.split()[number % 60]
    return " ".join(words)


REPRINTS = {
    "under another headline": AGENCY,
    "cut to its first two paragraphs": "\n".join(lines(AGENCY)[:2]),
    "cut to a third": " ".join(AGENCY.split()[: len(AGENCY.split()) // 3]),
    "with another lead": "قال مراسلنا في الشمال إن أزمة المحروقات تتفاقم يوما بعد يوم.\n"
    + "\n".join(lines(AGENCY)[1:]),
    "reordered": "\n".join(reversed(lines(AGENCY))),
    "respelled": respelled(AGENCY),
    "with a tenth of its words replaced": edited(AGENCY, 0.1),
    "with boilerplate": f"شاهد أيضاً: {lines(OTHER)[0]}\n{AGENCY}\nتابعونا على تلغرام لمتابعة آخر الأخبار\nجميع الحقوق محفوظة",
    "before another story on one page": f"{AGENCY}\n{OTHER}",
    "after another story on one page": f"{OTHER}\n{AGENCY}",
    "with a place line": f"ريف حلب - خاص\n{AGENCY}",
}


@pytest.mark.parametrize("how", REPRINTS)
def test_a_reprint(how: str) -> None:
    match = index(OTHER.replace("السلمية", "مصياف"), AGENCY).earlier(article(REPRINTS[how], title="عنوان آخر"))
    if "another story" in how:
        assert match is not None
    else:
        assert match is not None
        assert match.key == 1


ROUND_UP = "\n".join(lines(AGENCY)[:2]) + "\n" + "\n".join(lines(OTHER)[:2])
QUOTATION = (
    "تتكرر أزمات القطاع الصحي في الشمال منذ أعوام، ويرى باحثون أن سببها غياب التمويل الثابت.\n"
    "ونقلت وسائل إعلام عن مدير مشفى أن أقسام العناية المركزة وغسيل الكلى توقفت منذ ساعات الصباح.\n"
    "ويقول الباحث في شؤون الصحة العامة إن المشافي تعمل بعقود قصيرة لا تتجاوز ستة أشهر، وإن كل انقطاع في المنح يعني إغلاق أقسام كاملة.\n"
    "ويضيف أن الحل في صندوق مشترك تديره المجالس المحلية وتموله رسوم المعابر، لا في نداءات الاستغاثة التي تتجدد كل شتاء.\n"
    "وكانت دراسة محلية قد أحصت خلال عام واحد أربع عشرة حالة توقف جزئي أو كامل في مشافي المنطقة."
)
SAME_EVENT = (
    "توقف مشفى في ريف حلب الشمالي عن العمل بسبب انقطاع الوقود، وفق ما أفاد به عاملون فيه لمراسلتنا.\n"
    "وذكرت ممرضة أن عشرات المرضى نقلوا بسيارات الإسعاف إلى أعزاز وعفرين، في رحلة استغرقت ساعة ونصف الساعة على طرق متضررة.\n"
    "ويخشى الأهالي أن يطول التوقف مع اقتراب الشتاء، في ظل غياب أي رد من الجهات المانحة حتى مساء الأحد."
)


@pytest.mark.parametrize(
    "text",
    [ROUND_UP, QUOTATION, SAME_EVENT, OTHER],
    ids=["a round-up of two", "a quotation", "the same event", "another story"],
)
def test_not_a_reprint(text: str) -> None:
    known = [AGENCY, OTHER] if text is not OTHER else [AGENCY]
    assert index(*known).earlier(article(text)) is None


def test_last_weeks_template_is_another_story() -> None:
    price = "سجل سعر صرف الدولار في أسواق دمشق اليوم {} ليرة للشراء و{} ليرة للمبيع، فيما سجل في حلب {} ليرة، وبلغ غرام الذهب {} ليرة."
    known = Index()
    known.add("last week", article(price.format(11200, 11300, 11250, 980000), at=NOW - timedelta(days=7)))
    assert known.earlier(article(price.format(11900, 12000, 11950, 1010000))) is None


def test_the_window_is_that_of_the_press() -> None:
    known = Index()
    known.add("old", article(AGENCY, at=NOW - timedelta(days=30)))
    assert known.earlier(article(AGENCY)) is None
    assert Index().earlier(article(AGENCY)) is None


def test_flashes() -> None:
    flash = "عاجل: دوي انفجار في محيط مدينة الباب بريف حلب الشرقي"
    other = "عاجل: دوي انفجارين في محيط مدينة القامشلي قرب المطار"
    assert index(flash).earlier(article(flash)) is not None
    assert index(flash).earlier(article(other)) is None


@pytest.mark.parametrize("text", ["", "…", "!؟", "كلمة"])
def test_texts_of_next_to_nothing(text: str) -> None:
    assert index(AGENCY, "").earlier(article(text)) is None


def test_the_share_tells_how_much_of_the_later_one_is_old() -> None:
    known = index(AGENCY)
    whole, extended = known.earlier(article(AGENCY)), known.earlier(article(f"{AGENCY}\n{OTHER}"))
    assert whole is not None
    assert extended is not None
    assert whole.share == pytest.approx(1.0)
    assert 0.4 < extended.share < 0.75


words = st.lists(st.sampled_from(AGENCY.split()), max_size=120)


@given(words, words)
@settings(deadline=None)
def test_overlap_is_within_bounds_and_symmetric(a: list[str], b: list[str]) -> None:
    one, two = overlap(a, b), overlap(b, a)
    assert 0 <= one.later <= 1
    assert 0 <= one.density <= 1
    assert (one.later, one.earlier, one.density) == (two.earlier, two.later, two.density)


@given(words)
@settings(deadline=None)
def test_fingerprints_are_distinct_ordered_and_fit_a_signed_column(given: list[str]) -> None:
    prints = fingerprints(given)
    assert prints == sorted(set(prints))
    assert all(0 <= p < 2**63 for p in prints)
    assert bool(prints) == bool(given)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_spelling_does_not_change_the_words(text: str) -> None:
    assert same_words(telling(text)) == same_words(telling(text.replace("أ", "ا").replace("ـ", "")))


def test_the_sample_of_a_passage_is_the_same_wherever_it_stands() -> None:
    """What the sampling must give: a passage found in a longer text shares fingerprints with it."""
    passage = " ".join(AGENCY.split()[:60])
    assert set(fingerprints(telling(passage))) & set(fingerprints(telling(f"{OTHER} {passage} {OTHER}")))


def test_what_few_fingerprints_are_left_of_is_found_all_the_same() -> None:
    """Cut to thirty words, a long text leaves three or four common fingerprints: chance leaves one."""
    dice, known = random.Random(5), Index()
    stock = [
        f"{a}{b}"
        for a in ["كتب", "درس", "عمل", "خرج", "دخل", "نزح", "زرع", "فتح", "نقل", "بحث"]
        for b in ["ون", "ات", "ين", "ه", "ها", "هم", "نا", "وا", "ان", "ي"]
    ]
    texts = [" ".join(dice.choices(stock, k=150)) for _ in range(40)]
    for number, text in enumerate(texts):
        known.add(number, article(text))
    found = [known.earlier(article(" ".join(text.split()[:45]))) for text in texts]
    assert sum(match is not None and match.key == number for number, match in enumerate(found)) >= 39
    longer = [known.earlier(article(" ".join(dice.sample(text.split(), 100)) + " " + text)) for text in texts]
    assert [match and match.key for match in longer] == list(range(40))


def test_what_shares_too_little_to_be_a_reprint_is_not_read() -> None:
    """Two long texts with a common passage: the store need not fold the other one to tell."""
    dice = random.Random(3)
    words = [f"كلمة{number}" for number in range(4000)]
    passage = " ".join(dice.choices(words, k=60))
    first = " ".join([*dice.choices(words, k=400), passage])
    known = index(first)
    later = article(" ".join([passage, *dice.choices(words, k=400)]))
    prints = fingerprints(telling(later.text))
    assert len(set(prints) & set(fingerprints(telling(first)))) > 1
    assert known.earlier(later) is None
    assert not known._told
    assert known.earlier(article(first)) is not None
    assert known.earlier(later) is None  # nor when it is at hand


def alike(later: float, earlier: float, density: float, common: int) -> Overlap:
    return Overlap(later, earlier, density, frozenset(), frozenset(), common)


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("one", "apart", "why"),
    [
        (alike(0.75, 0.63, 0.73, 164), 3 * HOURS, "a statement that two desks cut, each in its own way"),
        (alike(0.54, 0.85, 0.78, 52), HOURS, "a short one of the same kind"),
        (alike(0.17, 1.0, 0.8, 67), 9 * HOURS, "a story that is one of several on the other's page"),
    ],
)
def test_what_two_outlets_have_of_one_hand(one: Overlap, apart: timedelta, why: str) -> None:
    assert reprinted(one, apart=apart), why
    assert not reprinted(one, apart=apart, own=True), "an outlet writes by its own forms"
    assert not reprinted(one, apart=apart, told_elsewhere=0.4), "a round-up of two"
    assert not reprinted(one, apart=apart + 30 * HOURS), "the next day it is another report"


@pytest.mark.parametrize(
    ("one", "apart"),
    [
        (alike(0.71, 0.74, 0.77, 42), 3 * HOURS),  # two cables of congratulation, to two heads of state
        (alike(0.43, 0.93, 0.92, 46), HOURS),  # the titles of the host and of his guests, and another guest
        (alike(0.5, 0.78, 0.76, 63), HOURS),
        (alike(0.42, 0.63, 0.7, 105), HOURS),
    ],
)
def test_titles_and_background_are_not_of_one_hand(one: Overlap, apart: timedelta) -> None:
    assert not reprinted(one, apart=apart)


def test_tellings_of_one_text_meet() -> None:
    words = [f"كلمة{number * 7919 % 1009}" for number in range(400)]
    cut, other = words[40:], [f"خبر{number * 6151 % 1013}" for number in range(400)]
    first, again, shorter, apart = (
        set(meeting(same_words(one), fingerprints(one))) for one in (words, words, cut, other)
    )
    assert first == again
    assert first & shorter
    assert not first & apart
    assert meeting(same_words([]), [])
