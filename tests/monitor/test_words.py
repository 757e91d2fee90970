from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from crawler.outcome import Ending, Fate
from monitor.digest import Mark
from monitor.formats import counts, when, words
from tests.monitor.digest_sample import DAY, at


def test_dates_as_syrians_write_them() -> None:
    assert when.long_day(date(2018, 5, 12), "ar") == "السبت 12 أيار/مايو 2018"
    assert when.long_day(date(2024, 12, 8), "ar") == "الأحد 8 كانون الأول/ديسمبر 2024"
    assert when.short_day(date(2011, 3, 15), "en") == "15 March 2011"
    zone = "Asia/Damascus"
    assert when.moment(at("14:05"), zone, DAY, "ar") == "14:05"
    assert when.moment(at("14:05", date(2018, 5, 1)), zone, DAY, "ar") == "1 أيار/مايو 2018، 14:05"
    assert when.moment(at("0:00"), zone, DAY, "ar") == "12 أيار/مايو 2018"
    assert when.moment(datetime(2018, 5, 12, 21, 30, tzinfo=UTC), zone, DAY, "en") == "13 May 2018, 00:30"


def test_months_are_in_their_order() -> None:
    days = [date(2018, month, 1) for month in range(1, 13)]
    assert len({when.short_day(day, "ar") for day in days}) == 12
    assert [when.short_day(day, "en").split()[1] for day in days] == [f"{day:%B}" for day in days]
    week = [DAY + timedelta(days=n) for n in range(7)]
    assert [when.long_day(day, "en").split(",")[0] for day in week] == [f"{day:%A}" for day in week]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "خبر واحد"), (2, "خبران"), (3, "3 أخبار"), (10, "10 أخبار"), (11, "11 خبراً"), (99, "99 خبراً"), (100, "100 خبر"),
     (102, "102 خبر"), (103, "103 أخبار"), (111, "111 خبراً"), (5000, "5000 خبر")],
)  # fmt: skip
def test_arabic_counts_as_arabic_does(n: int, said: str) -> None:
    assert words.count("ar", "stories", n) == said


def test_both_languages_say_the_same_things() -> None:
    def places(form: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(form) if name}

    assert words._SAY["ar"].keys() == words._SAY["en"].keys()
    for key, form in words._SAY["ar"].items():
        assert places(form) == places(words._SAY["en"][key]), key
    assert counts.COUNTS["ar"].keys() == counts.COUNTS["en"].keys()
    assert {len(forms) for forms in counts.COUNTS["ar"].values()} == {5}
    assert {len(forms) for forms in counts.COUNTS["en"].values()} == {2}
    for language in ("ar", "en"):
        assert words.FATES[language].keys() == set(Fate)
        assert words.ENDINGS[language].keys() == set(Ending)
        assert words.MARKS[language].keys() == set(Mark)


def test_no_word_is_there_for_nothing() -> None:
    places = [path for path in Path("monitor/formats").rglob("*.*") if path.suffix in {".py", ".html"}]
    places += [Path("monitor", f"{name}.py") for name in ("messages", "delivery", "searchdigest")]
    used = "".join(path.read_text("utf-8") for path in places if path.name != "words.py")
    for key in (*words._SAY["ar"], *counts.COUNTS["ar"]):
        built = key.startswith("message ") and 'f"message {' in used
        assert f'"{key}"' in used or f"'{key}'" in used or built, key
