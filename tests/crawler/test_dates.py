"""What the Arabic press prints as a date is read as it was meant, and nothing else is read as a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dates import is_only_date, parse
from crawler.datewords import MONTHS

DAMASCUS = ZoneInfo("Asia/Damascus")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=DAMASCUS)  # a Tuesday

LEVANTINE = [
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
]
EGYPTIAN = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
TUNISIAN = ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
MOROCCAN = ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"]


def on(printed: str) -> date | None:
    found = parse(printed, NOW, "Asia/Damascus")
    return found.at.astimezone(DAMASCUS).date() if found else None


def at(printed: str) -> datetime | None:
    found = parse(printed, NOW, "Asia/Damascus")
    return found.at.astimezone(UTC) if found else None


@pytest.mark.parametrize(
    "names", [LEVANTINE, EGYPTIAN, TUNISIAN, MOROCCAN], ids=["levant", "egypt", "tunis", "morocco"]
)
def test_every_month_of_every_country(names: list[str]) -> None:
    assert [on(f"9 {name} 2019") for name in names] == [date(2019, month, 9) for month in range(1, 13)]


@pytest.mark.parametrize(
    "form", ["{d} {a}/{b} {y}", "{d} {a} / {b} {y}", "{d} {a} ({b}) {y}", "{d} {a} ( {b} ) , {y}", "{d} {a} - {b} {y}"]
)
def test_double_names_in_either_order(form: str) -> None:
    for month, (levantine, egyptian) in enumerate(zip(LEVANTINE, EGYPTIAN, strict=True), 1):
        for one, other in ((levantine, egyptian), (egyptian, levantine)):
            assert on(form.format(d=23, a=one, b=other, y=2016)) == date(2016, month, 23)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        # spellings
        ("١٧ تشرين الأول ٢٠١٩", date(2019, 10, 17)),
        ("۱۷ تشرين اول ۲۰۱۹", date(2019, 10, 17)),
        ("17 أيّار 2019", date(2019, 5, 17)),
        ("17 آيار 2019", date(2019, 5, 17)),
        ("17 ابريل 2019م", date(2019, 4, 17)),
        ("17 كانون ثاني 2019", date(2019, 1, 17)),
        ("3 ت2 2019", date(2019, 11, 3)),
        ("17 من شهر حزيران عام 2019", date(2019, 6, 17)),
        ("الـ17 من حزيران 2019", date(2019, 6, 17)),
        ("17 حزيران، 2019", date(2019, 6, 17)),
        ("17حزيران2019", date(2019, 6, 17)),
        ("حزيران 17, 2019", date(2019, 6, 17)),
        ("17-حزيران-2019", date(2019, 6, 17)),
        ("17/حزيران/2019", date(2019, 6, 17)),
        ("June 17, 2019", date(2019, 6, 17)),
        ("17th Jun 2019", date(2019, 6, 17)),
        # around it
        ("الإثنين، 17 حزيران 2019", date(2019, 6, 17)),
        ("نُشر بتاريخ: 17 حزيران 2019", date(2019, 6, 17)),
        ("آخر تحديث: 17 حزيران 2019", date(2019, 6, 17)),
        ("بقلم سامر - 17 حزيران 2019", date(2019, 6, 17)),
        ("نُشر: 17 حزيران 2019 | آخر تحديث: 19 حزيران 2019", date(2019, 6, 17)),
        ("آخر تحديث: 19 حزيران 2019 - نُشر: 17 حزيران 2019", date(2019, 6, 17)),
        ("14 شوال 1440 هـ الموافق 17 حزيران 2019", date(2019, 6, 17)),
        # numbers, day first
        ("3/4/2021", date(2021, 4, 3)),
        ("03-04-2021", date(2021, 4, 3)),
        ("3.4.2021", date(2021, 4, 3)),
        ("٣ / ٤ / ٢٠٢١", date(2021, 4, 3)),
        ("\u200f٣\u200f/٤\u200f/٢٠٢١", date(2021, 4, 3)),
        ("2021/4/3", date(2021, 4, 3)),
        ("2021-04-03", date(2021, 4, 3)),
        ("25/12/2020", date(2020, 12, 25)),
        ("12/25/2020", date(2020, 12, 25)),
        ("السبت 3/4/2021", date(2021, 4, 3)),
        ("الخميس 3/4/2021", date(2021, 3, 4)),  # the weekday says month first
        # no year: the nearest past one, or the one that the weekday fits
        ("12 أيار", date(2026, 5, 12)),
        ("25 كانون الأول", date(2025, 12, 25)),
        ("24 تشرين الثاني", date(2026, 11, 24)),
        ("29 شباط", date(2024, 2, 29)),
        ("الإثنين 23 تشرين الثاني", date(2026, 11, 23)),
        ("الخميس 5 آب", date(2021, 8, 5)),
        # Hijri, Umm al-Qura
        ("27 شعبان 1439", date(2018, 5, 13)),
        ("١٠ ذو الحجة ١٤٤٣ هـ", date(2022, 7, 9)),
        ("1 محرم 1437", date(2015, 10, 14)),
        ("1/9/1445", date(2024, 3, 11)),
        ("1445-9-1", date(2024, 3, 11)),
        ("30 شعبان 1439", date(2018, 5, 16)),  # 29 days there, 30 where the moon was seen later
    ],
)
def test_days(printed: str, expected: date) -> None:
    assert on(printed) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("17 حزيران 2019 - 14:35", "2019-06-17T11:35"),
        ("14:35 - 17 حزيران 2019", "2019-06-17T11:35"),
        ("17 حزيران 2019 02:35 م", "2019-06-17T11:35"),
        ("17/06/2019 02:35:00 م", "2019-06-17T11:35"),
        ("17/06/2019 م 02:35", "2019-06-17T11:35"),
        ("17 حزيران 2019م، الساعة 2:35 مساءً", "2019-06-17T11:35"),
        ("17 حزيران 2019 الساعة 8 مساءً", "2019-06-17T17:00"),
        ("17 حزيران 2019 12:30 ص", "2019-06-16T21:30"),
        ("17 حزيران 2019 12:30 م", "2019-06-17T09:30"),
        ("17 حزيران 2019 11:30 ليلاً", "2019-06-17T20:30"),
        ("17 حزيران 2019 2:30 ليلاً", "2019-06-16T23:30"),
        ("17 حزيران 2019 11:45 ظهراً", "2019-06-17T08:45"),
        ("17 حزيران 2019 1:15 ظهراً", "2019-06-17T10:15"),
        ("17 حزيران 2019 4:10 فجراً", "2019-06-17T01:10"),
        # zones
        ("17 حزيران 2019 14:35 بتوقيت دمشق", "2019-06-17T11:35"),
        ("17 حزيران 2019 14:35 بتوقيت غرينتش", "2019-06-17T14:35"),
        ("17 حزيران 2019 14:35 (ت.غ)", "2019-06-17T14:35"),
        ("17 حزيران 2019 14:35 بتوقيت مكة المكرمة", "2019-06-17T11:35"),
        ("17 حزيران 2019 14:35 بتوقيت القاهرة", "2019-06-17T12:35"),
        ("17 حزيران 2019 11:35 غرينتش (14:35 بتوقيت دمشق)", "2019-06-17T11:35"),
        ("17 حزيران 2019 14:35 (GMT+0400)", "2019-06-17T10:35"),
        ("17 حزيران 2019 14:35 UTC+3", "2019-06-17T11:35"),
        ("2019-06-17 T 14:35:10 +0330", "2019-06-17T11:05"),
        # Damascus: +02 and summer time until October 2022, +03 since
        ("17 كانون الثاني 2022 12:00", "2022-01-17T10:00"),
        ("17 تموز 2022 12:00", "2022-07-17T09:00"),
        ("17 كانون الثاني 2023 12:00", "2023-01-17T09:00"),
        # machine forms
        ("2019-06-17T14:35:00+03:00", "2019-06-17T11:35"),
        ("2019-06-17T11:35:00.000Z", "2019-06-17T11:35"),
        ("2019-06-17T14:35", "2019-06-17T11:35"),
        ("2019-06-17 14:35:00", "2019-06-17T11:35"),
        ("2019-6-17T14:35", "2019-06-17T11:35"),
        ("Mon, 17 Jun 2019 14:35:00 +0300", "2019-06-17T11:35"),
        ("Mon, 17 Jun 2019 11:35:00 GMT", "2019-06-17T11:35"),
        ("الإثنين, 17 Jun 2019 14:35:00 +0300", "2019-06-17T11:35"),
        ("1560771300", "2019-06-17T11:35"),
        ("1560771300000", "2019-06-17T11:35"),
        # relative
        ("منذ ساعتين", "2026-11-24T07:00"),
        ("منذ ٣ ساعات", "2026-11-24T06:00"),
        ("منذ ثلاث ساعات", "2026-11-24T06:00"),
        ("منذ ساعة و20 دقيقة", "2026-11-24T07:40"),
        ("نُشر قبل 5 دقائق", "2026-11-24T08:55"),
        ("5 دقائق مضت", "2026-11-24T08:55"),
        ("5 minutes ago", "2026-11-24T08:55"),
        ("أمس الساعة 14:30", "2026-11-23T11:30"),
        ("اليوم 10:15 ص", "2026-11-24T07:15"),
        ("الآن", "2026-11-24T09:00"),
        ("قبل قليل", "2026-11-24T09:00"),
    ],
)
def test_moments(printed: str, expected: str) -> None:
    found = at(printed)
    assert found is not None
    assert found.strftime("%Y-%m-%dT%H:%M") == expected
    read = parse(printed, NOW, "Asia/Damascus")
    assert read is not None
    assert read.precision == "minute"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("أمس", date(2026, 11, 23)),
        ("أول أمس", date(2026, 11, 22)),
        ("أمس الأول", date(2026, 11, 22)),
        ("مساء أمس", date(2026, 11, 23)),
        ("اليوم الثلاثاء", date(2026, 11, 24)),
        ("قبل يومين", date(2026, 11, 22)),
        ("قبل 3 أيام", date(2026, 11, 21)),
        ("منذ أسبوع", date(2026, 11, 17)),
    ],
)
def test_relative_days(printed: str, expected: date) -> None:
    read = parse(printed, NOW, "Asia/Damascus")
    assert read is not None
    assert (read.at.date(), read.precision, read.exact, read.origin) == (expected, "day", False, "relative")


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "   ",
        "2019",
        "06/2019",
        "مقتل 12 شخصاً في درعا",
        "آب أبو محمد إلى بيته",
        "القرار رقم 2018/12",
        "نيسان تطلق سيارة جديدة",
        "شارع 29 أيار",
        "ثورة 23 يوليو",
        "قوى 14 آذار",
        "اليوم السابع",
        "صوت اليوم",
        "مقتل 3 أشخاص أمس",
        "السبت",
        "السبت الماضي",
        "منذ سنوات",
        "منذ أيام",
        "من يوم السبت",
        "غداً",
        "12 رمضان",
        "2:35 م",
        "هاتف 011-2345678",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59Z",
        # impossible, contradictory, ambiguous
        "31 شباط 2019",
        "2019-02-30",
        "45/12/2019",
        "12 أيار/يونيو 2019",
        "أيار/حزيران 2019",
        "12-15 أيار 2019",
        "من 12 إلى 15 أيار 2019",
        "14 و15 أيار 2019",
        "قبل 12 أيار 2019",
        "12 أيار 19",
        "12/5/19",
        # the future
        "12 أيار 2030",
        "2026-11-26",
        "2031-01-01T00:00:00Z",
        # a Persian date, year first
        "1399/02/21",
        "۱۳۹۹/۰۲/۲۱ - ۱۸:۵۹",
        # a sentence that mentions a date
        f"قال المصدر إن الهجوم الذي وقع في 12 أيار 2019 {'وأدى إلى مقتل عدد من المدنيين ' * 5}لم يكن الأول من نوعه",
    ],
)
def test_what_is_no_date(printed: str) -> None:
    assert parse(printed, NOW, "Asia/Damascus") is None


def test_a_day_begins_in_the_zone_of_the_outlet() -> None:
    read = parse("17 حزيران 2019", NOW, "Asia/Damascus")
    assert read is not None
    assert (read.precision, read.exact, read.origin) == ("day", True, "named")
    assert read.at.astimezone(UTC) == datetime(2019, 6, 16, 21, 0, tzinfo=UTC)
    elsewhere = parse("17 حزيران 2019", NOW, "Africa/Tunis")
    assert elsewhere is not None
    assert elsewhere.at.astimezone(UTC) == datetime(2019, 6, 16, 23, 0, tzinfo=UTC)


def test_a_month_is_a_month() -> None:
    read = parse("آذار/مارس 2011", NOW, "Asia/Damascus")
    assert read is not None
    assert (read.at.date(), read.precision) == (date(2011, 3, 1), "month")


def test_a_clock_nobody_knows_leaves_the_day() -> None:
    for printed in ("17 حزيران 2019 14:35 بتوقيت زنجبار", "2019-06-17 14:35:00 GST"):
        read = parse(printed, NOW, "Asia/Damascus")
        assert read is not None
        assert (read.at.date(), read.precision) == (date(2019, 6, 17), "day")


def test_what_is_not_exact_says_so() -> None:
    hijri = parse("27 شعبان 1439", NOW, "Asia/Damascus")
    inferred = parse("12 أيار", NOW, "Asia/Damascus")
    wrong_weekday = parse("الأحد 17 حزيران 2019", NOW, "Asia/Damascus")
    assert hijri is not None
    assert inferred is not None
    assert wrong_weekday is not None
    assert (hijri.exact, hijri.origin) == (False, "hijri")
    assert not inferred.exact
    assert not wrong_weekday.exact
    assert wrong_weekday.doubt


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse("17 حزيران 2019", datetime(2026, 11, 24), "Asia/Damascus")  # noqa: DTZ001


@pytest.mark.parametrize(
    "printed",
    ["17 حزيران 2019", "الإثنين 17 حزيران 2019 - 14:35", "٢٠١٩/٦/١٧", "2019-06-17T14:35:00Z", "نشر في 17-6-2019"],
)
def test_only_a_date(printed: str) -> None:
    assert is_only_date(printed)


@pytest.mark.parametrize("printed", ["", "دمشق", "قصف في 17 حزيران 2019", "12", "المرسوم 17 لعام 2019"])
def test_more_than_a_date(printed: str) -> None:
    assert not is_only_date(printed)


EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
WEEKDAYS = ["الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]


@settings(deadline=None, max_examples=300)
@given(
    day=st.dates(date(1995, 1, 1), date(2026, 11, 24)),
    names=st.sampled_from([LEVANTINE, EGYPTIAN, TUNISIAN, MOROCCAN]),
    digits=st.sampled_from([{}, EASTERN, PERSIAN]),
    form=st.sampled_from(
        [
            "{d} {m} {y}",
            "{w} {d} {m} {y}",
            "{w}، {d} {m}، {y}",
            "{d}/{n}/{y}",
            "{y}-{n:02}-{d:02}",
            "{w} {d} - {n} - {y}",
            "نشر في {d} {m} {y} م",
        ]
    ),
)
def test_any_day_printed_any_way_is_read(day: date, names: list[str], digits: dict[int, str], form: str) -> None:
    printed = form.format(d=day.day, m=names[day.month - 1], n=day.month, y=day.year, w=WEEKDAYS[day.weekday()])
    assert on(printed.translate(digits)) == day


@settings(deadline=None, max_examples=200)
@given(moment=st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 23)), hours=st.integers(-12, 14))  # noqa: DTZ001
def test_iso_is_what_it_says(moment: datetime, hours: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    assert at(aware.isoformat()) == aware


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=200) | st.text(alphabet="0123456789٠١٢/-:. متيومنساعةشباطآبهـ", max_size=60))
def test_nothing_printed_raises_or_lies_ahead(printed: str) -> None:
    read = parse(printed, NOW, "Asia/Damascus")
    assert read is None or read.at <= NOW + timedelta(days=1)
    is_only_date(printed)


def test_huge_input_is_no_date() -> None:
    for printed in ("1" * 1_000_000, "12 أيار " * 100_000, "٢٠" * 300_000, "منذ " * 100_000, "2020-01-" * 100_000):
        assert parse(printed, NOW, "Asia/Damascus") is None


def test_every_month_name_is_one_month() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert all(on(f"9 {name} 2019") == date(2019, month, 9) for name, month in MONTHS.items())
