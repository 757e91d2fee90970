"""What comes back under another address is no news: twins, and pages that an outlet publishes once more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import Article
from crawler.outcome import Fate
from monitor.passes import Pass
from monitor.republished import once_more
from storage.store import Store
from tests.monitor.test_passes import NOW, TEXT, Heard, article, heard, store, work

__all__ = ["Heard", "heard", "store", "work"]

HOUR = timedelta(hours=1)
URL = "https://www.a.example/news/7"
TWINS = [
    "http://www.a.example/news/7",
    "https://a.example/news/7/",
    "https://m.a.example/news/7",
    "https://www.a.example/amp/news/7",
    "https://www.a.example/news/7?amp=1",
]
KILLED = (
    "قُتل 12 مدنياً وأصيب 30 آخرون بقصف مدفعي استهدف السوق الشعبي في بلدة كفرنوران غربي حلب صباح اليوم.\n"
    "وقال الدفاع المدني إن فرقه نقلت المصابين إلى مشاف قريبة، وإن القصف تجدد أثناء انتشال العالقين من تحت الأنقاض."
)
PRICES = (
    "سجل سعر صرف الدولار في أسواق دمشق اليوم {day} {a} ليرة للشراء و{b} ليرة للمبيع، فيما سجل في حلب {a} ليرة.\n"
    "وبلغ سعر غرام الذهب من عيار واحد وعشرين {c} ليرة بحسب جمعية الصاغة التي تنشر أسعارها كل صباح على صفحتها."
)


def told(url: str, text: str = KILLED, title: str = "قصف على سوق كفرنوران يقتل 12", hours: float = 0) -> Article:
    return replace(article(url, text=text, title=title), fetched_at=NOW + hours * HOUR)


@pytest.mark.parametrize("url", TWINS)
def test_a_twin_is_known(work: Pass, store: Store, url: str) -> None:
    assert work.emit(told(URL)) is Fate.STORED
    assert work.emit(told(url)) is Fate.KNOWN
    assert work.known([url]) == {url}
    assert store.counts()["articles"] == 1
    found = store.article_at(url)
    assert found is not None
    assert found.article.url == URL
    assert [one.why for one in store.addresses.of([found.id])[found.id]] == ["twin"]
    assert store.looking.versions_of(found.id) == []


def test_an_address_like_a_twins_with_another_text_is_another_article(work: Pass, store: Store) -> None:
    work.emit(told("https://a.example/7"))
    assert work.emit(told("https://m.a.example/7", TEXT, "وقفة")) is Fate.STORED
    assert store.counts()["articles"] == 2


def test_published_once_more_with_todays_date(work: Pass, store: Store) -> None:
    work.emit(told(URL))
    again = replace(told("https://www.a.example/news/99", hours=90 * 24), published_at=NOW + 90 * 24 * HOUR)
    assert work.emit(again) is Fate.KNOWN
    assert len(store.flagged(until=NOW + 10_000 * HOUR, digested=True)) == 0
    assert store.looking.changed_between(NOW, NOW + 10_000 * HOUR) == []


def test_under_a_new_address_with_an_edited_headline(work: Pass, store: Store) -> None:
    work.emit(told(URL))
    assert work.emit(told("https://www.a.example/news/8", title="12 قتيلاً في سوق كفرنوران", hours=2)) is Fate.KNOWN
    (version,) = store.looking.changed_between(NOW, NOW + 3 * HOUR)
    assert version.url == "https://www.a.example/news/8"
    assert version.article.article.url == URL
    assert [(change.kind, change.before, change.after) for change in version.changes] == [
        ("headline", "قصف على سوق كفرنوران يقتل 12", "12 قتيلاً في سوق كفرنوران")
    ]


def test_under_a_new_address_with_another_number_of_killed(work: Pass, store: Store) -> None:
    work.emit(told(URL))
    more = told("https://www.a.example/news/8", KILLED.replace("12", "17"), "قصف على سوق كفرنوران يقتل 17", hours=2)
    assert work.emit(more) is Fate.KNOWN
    (version,) = store.looking.changed_between(NOW, NOW + 3 * HOUR)
    assert {change.kind for change in version.changes} == {"headline", "number"}


def test_a_daily_form_is_another_article_each_day(work: Pass, store: Store) -> None:
    monday = PRICES.format(day="الاثنين", a=11200, b=11300, c=980000)
    tuesday = PRICES.format(day="الثلاثاء", a=11250, b=11350, c=985000)
    title = "سعر الليرة السورية مقابل الدولار يوم {}"
    work.emit(told(URL, monday, title.format("الاثنين")))
    assert work.emit(told("https://www.a.example/news/8", tuesday, title.format("الثلاثاء"), hours=24)) is Fate.STORED
    found = store.article_at("https://www.a.example/news/8")
    assert found is not None
    assert found.same_as is None


def test_what_has_grown_or_comes_from_another_outlet_is_kept(work: Pass, store: Store) -> None:
    work.emit(told(URL))
    assert work.emit(replace(told("https://b.example/1"), source="b")) is Fate.STORED
    grown = told("https://www.a.example/news/9", f"{KILLED}\n{TEXT}", hours=3)
    assert work.emit(grown) is Fate.STORED
    found = store.article_at(grown.url)
    assert found is not None
    assert found.same_as == 1


def test_one_form_for_every_town_is_an_article_for_each(work: Pass, store: Store) -> None:
    """Circulars, funerals, power cuts: an outlet publishes ten at once that differ in the name of the place."""
    for number, town in enumerate(["تلمنس", "حيش", "سلقين", "الدانا"]):
        text = TEXT.replace("القصر العدلي", f"مجلس {town}") + f"\nوجاءت الوقفة بعد دعوة من أهالي {town} نشرت قبل أيام."
        assert work.emit(told(f"https://a.example/{number}", text, f"وقفة لأهالي {town}")) is Fate.STORED
    assert store.counts()["articles"] == 4
    assert store.counts()["retold"] == 0


def test_two_outlets_of_one_title_are_one(work: Pass, store: Store) -> None:
    work._once_more._sources = {name: replace(work._sources["a"], name=name) for name in ("a", "b")}
    work.emit(told(URL))
    assert work.emit(replace(told("https://b.example/1"), source="b")) is Fate.KNOWN


def test_flashes_and_forms_are_not_published_once_more() -> None:
    flash = "عاجل: دوي انفجار في محيط مدينة الباب"
    assert not once_more(told(URL, flash), told("https://a.example/2", flash))
    late = told("https://a.example/2", KILLED.replace("12", "17"), hours=20)
    assert not once_more(told(URL), late)
