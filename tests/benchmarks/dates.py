"""Printed dates: 2,586 strings of the Arabic press, and a table of kinds, beside dateparser.

How the truth of the 2,586 was established: by a second reader that shares nothing with ours. It takes the numbers
and the month names of a string by plain search, wants the two names of a double date to agree, and turns Hijri
days by arithmetic (the tabular calendar), allowing two days for the moon. Strings on which the two readers
differ were read by eye, and so were twenty of each kind on which they agree. What no reader could read rightly
(31 September, "22 February / March") counts as right when it is refused.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawler.dates import parse

ZONE = "Asia/Damascus"
HERE = ZoneInfo(ZONE)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=HERE)

Truth = tuple[int | None, int, int, int] | None
"""Year (None where none is printed), month, day, and by how many days another answer may differ."""
Reader = Callable[[str], datetime | None]

_LEVANT = [
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
_NILE = ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
_TUNIS = ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
_HIJRI = [
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعدة",
    "ذو الحجة",
]


# --- the second reader -------------------------------------------------------------------------------------

_SAME = str.maketrans("أإآىة٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "اااي" + "ه" + "01234567890123456789")
_ALSO = {
    "ابريل": 4,
    "نيسان": 4,
    "ربيع الثاني": 4,
    "جمادي الثانيه": 6,
    "جمادي الاخر": 6,
    "جمادي الاول": 5,
    "ذي القعده": 11,
    "ذي الحجه": 12,
}


def _found(text: str, *tables: dict[str, int]) -> list[int]:
    """The months named in a text, by plain search, longest names first (آب stands in أبريل)."""
    names = sorted(((name, number) for table in tables for name, number in table.items()), key=lambda n: -len(n[0]))
    months = []
    for name, number in names:
        if name in text:
            months.append(number)
            text = text.replace(name, " ")
    return months


def _table(names: list[str]) -> dict[str, int]:
    return {name.translate(_SAME): number for number, name in enumerate(names, 1)}


def _tabular(year: int, month: int, day: int) -> date:
    """A Hijri day by the tabular calendar (30-year cycle, civil epoch): within two days of any sighted one."""
    days = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    return date.fromordinal(227_014 + days)


def second_reading(string: str) -> Truth:
    """The day that a string means, or ``None`` where it cannot be a date."""
    text = re.sub("[\u064b-\u0652\u0640]", "", string).translate(_SAME)
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    western = _found(text, _table(_LEVANT), _table(_NILE), {"يوليه": 7, "يونيه": 6})
    if western:
        year = numbers[1] if len(numbers) > 1 else None
        return _western(year, western[0], numbers[0]) if len(set(western)) == 1 else None
    hijri = _found(text, _table(_HIJRI), _ALSO)
    if hijri:
        return _eastern(numbers[-1], hijri[0], numbers[0])
    if len(numbers) != 3:
        return None
    day, month, year = numbers if numbers[0] < 100 else numbers[::-1]
    return _western(year, month, day) if year > 1500 else _eastern(year, month, day)


def _western(year: int | None, month: int, day: int) -> Truth:
    return (year, month, day, 0) if (year or 0) < 2100 and _possible(year or 2024, month, day) else None


def _eastern(year: int, month: int, day: int) -> Truth:
    if not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    at = _tabular(year, month, day)
    return at.year, at.month, at.day, 2


def _possible(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _agrees(answer: datetime | None, truth: Truth) -> bool:
    if answer is None or truth is None:
        return answer is None and truth is None
    day = answer.astimezone(HERE).date()
    year, month, number, tolerance = truth
    if year is None:
        return (day.month, day.day) == (month, number)
    return abs((day - date(year, month, number)).days) <= tolerance


# --- the readers that are compared -------------------------------------------------------------------------


def _ours(string: str) -> datetime | None:
    found = parse(string, NOW, ZONE)
    return found.at if found else None


def _dateparser(**choice: Any) -> Reader:
    import dateparser

    settings = {
        "DATE_ORDER": "DMY",
        "TIMEZONE": ZONE,
        "RETURN_AS_TIMEZONE_AWARE": True,
        "RELATIVE_BASE": NOW.replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
    }

    def read(string: str) -> datetime | None:
        found: datetime | None = dateparser.parse(string, settings=settings, **choice)
        return found.replace(tzinfo=HERE) if found and found.tzinfo is None else found

    return read


def _readers() -> dict[str, Reader]:
    return {
        "ours": _ours,
        "dateparser languages=ar": _dateparser(languages=["ar"]),
        "dateparser locales=ar-SY": _dateparser(locales=["ar-SY"]),
    }


# --- the press ---------------------------------------------------------------------------------------------


def press(data: Path) -> int:
    """Prints the table over the mined strings; the number of wrong answers of ours."""
    rows = [line.rstrip("\n").split("\t") for line in data.read_text("utf-8").splitlines()][1:]
    truths = {string: second_reading(string) for _, string, _ in rows}
    print(f"{len(rows):,} strings printed in the Arabic press; right (wrong answers given), by kind")
    kinds = list(dict.fromkeys(kind for kind, _, _ in rows))
    print(f"  {'':26}" + "".join(f"{kind:>18}" for kind in kinds) + f"{'all':>18}{'us each':>10}")
    ours_wrong = 0
    for name, reader in _readers().items():
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        reader(rows[0][1])
        begun = time.process_time()
        answers = {string: reader(string) for _, string, _ in rows}
        each = (time.process_time() - begun) / len(rows) * 1e6
        for kind, string, _ in rows:
            good = _agrees(answers[string], truths[string])
            right[kind] += good
            wrong[kind] += not good and answers[string] is not None
        total = sum(right.values())
        cells = "".join(f"{f'{right[k]} ({wrong[k]})':>18}" for k in kinds)
        print(f"  {name:26}{cells}{f'{total / len(rows):.2%} ({sum(wrong.values())})':>18}{each:10.0f}")
        if name == "ours":
            ours_wrong = sum(wrong.values())
            _differences(rows, answers, truths)
    return ours_wrong


def _differences(
    rows: list[list[str]],
    answers: dict[str, datetime | None],
    truths: dict[str, Truth],
) -> None:
    differing = [string for _, string, _ in rows if not _agrees(answers[string], truths[string])]
    refused = [string for _, string, _ in rows if answers[string] is None]
    for string in differing[:10]:
        print(f"    differs: {string!r}: ours {answers[string]}, second reader {truths[string]}")
    print(
        f"    refused: {len(refused)}, of these the second reader refuses {sum(truths[s] is None for s in refused)} too"
    )


def sample(data: Path, each: int = 20) -> None:
    """Prints strings of each kind with what was read, for the eye (``python -m tests.benchmarks.dates sample``)."""
    by_kind = defaultdict(list)
    for line in data.read_text("utf-8").splitlines()[1:]:
        kind, string, _ = line.split("\t")
        by_kind[kind].append(string)
    chosen = random.Random(7)
    for kind, strings in by_kind.items():
        for string in chosen.sample(strings, min(each, len(strings))):
            answer = _ours(string)
            print(f"{kind:16} {string:40} {answer.date() if answer else None}")


# --- kinds -------------------------------------------------------------------------------------------------


def _kinds() -> dict[str, list[tuple[str, datetime | None]]]:
    def day(year: int, month: int, number: int, hour: int = 0, minute: int = 0) -> datetime:
        return datetime(year, month, number, hour, minute, tzinfo=HERE)

    months = {"Levantine": _LEVANT, "Egyptian": _NILE, "Tunisian": _TUNIS}
    table: dict[str, list[tuple[str, datetime | None]]] = {
        kind: [(f"17 {name} 2019", day(2019, n, 17)) for n, name in enumerate(names, 1)]
        for kind, names in months.items()
    }
    both = list(zip(_LEVANT, _NILE, strict=True))
    table["double"] = [(f"17 {a}/{b} 2019", day(2019, n, 17)) for n, (a, b) in enumerate(both, 1)]
    table["double ()"] = [(f"17 {b} ({a}) 2019", day(2019, n, 17)) for n, (a, b) in enumerate(both, 1)]
    table["eastern digits"] = [
        ("١٧ حزيران ٢٠١٩", day(2019, 6, 17)),
        ("٢٠١٩/٠٦/١٧", day(2019, 6, 17)),
        ("١٧-٦-٢٠١٩", day(2019, 6, 17)),
    ]
    table["weekday, time"] = [
        ("الإثنين 17 حزيران 2019 - 14:35", day(2019, 6, 17, 14, 35)),
        ("17 يونيو 2019 02:35 م", day(2019, 6, 17, 14, 35)),
        ("الإثنين، 17 حزيران/يونيو 2019 الساعة 8:05 صباحاً", day(2019, 6, 17, 8, 5)),
        ("17 حزيران 2019 11:35 بتوقيت غرينتش", day(2019, 6, 17, 14, 35)),
        ("نُشر في 17 حزيران 2019", day(2019, 6, 17)),
    ]
    table["day first"] = [
        (s, day(2021, 4, 3)) for s in ("3/4/2021", "03-04-2021", "3.4.2021", "2021/4/3", "2021-04-03")
    ]
    table["machine"] = [
        (s, day(2019, 6, 17, 14, 35))
        for s in ("2019-06-17T14:35:00+03:00", "2019-06-17T11:35:00Z", "Mon, 17 Jun 2019 14:35:00 +0300")
    ]
    table["relative"] = [
        ("منذ ساعتين", NOW - timedelta(hours=2)),
        ("منذ ٥ دقائق", NOW - timedelta(minutes=5)),
        ("قبل ثلاث ساعات", NOW - timedelta(hours=3)),
        ("أمس", day(2026, 11, 23)),
        ("قبل يومين", day(2026, 11, 22)),
        ("أول أمس", day(2026, 11, 22)),
    ]
    table["Hijri"] = [
        ("27 شعبان 1439", day(2018, 5, 13)),
        ("١٠ ذو الحجة ١٤٤٣ هـ", day(2022, 7, 9)),
        ("1/9/1445", day(2024, 3, 11)),
    ]
    table["no year"] = [("12 أيار", day(2026, 5, 12)), ("25 كانون الأول", day(2025, 12, 25))]
    no_dates = (
        "مقتل 12 شخصاً في درعا",
        "شارع 29 أيار",
        "القرار رقم 2018/12",
        "اليوم السابع",
        "12 أيار/يونيو 2019",
        "12-15 أيار 2019",
        "31 شباط 2019",
    )
    table["no date"] = [(string, None) for string in no_dates]
    return table


def kinds() -> int:
    """Prints the table of kinds; the number of wrong answers of ours."""
    table = _kinds()
    readers = _readers()
    print(
        f"\n{sum(map(len, table.values()))} strings by kind; right of all (wrong answers given); relative and timed ones to the minute"
    )
    print(f"  {'':18}" + "".join(f"{name:>28}" for name in readers))
    wrong_of_ours = 0
    for kind, rows in table.items():
        cells = []
        for name, reader in readers.items():
            answers = [(reader(string), truth) for string, truth in rows]
            right = sum(_hits(answer, truth) for answer, truth in answers)
            wrong = sum(answer is not None and not _hits(answer, truth) for answer, truth in answers)
            wrong_of_ours += wrong if name == "ours" else 0
            cells.append(f"{f'{right}/{len(rows)} ({wrong})':>28}")
        print(f"  {kind:18}" + "".join(cells))
    return wrong_of_ours


def _hits(answer: datetime | None, truth: datetime | None) -> bool:
    if answer is None or truth is None:
        return answer is None and truth is None
    if truth.timetz().replace(tzinfo=None) != datetime.min.time():
        return abs((answer.astimezone(UTC) - truth.astimezone(UTC)).total_seconds()) < 61
    return answer.astimezone(HERE).date() == truth.date()


def main() -> int:
    """Prints both tables. Exit code 0 where no wrong answer was given."""
    data = Path(os.environ.get("RASID_DATA", "../shared/data")) / "printed_dates.tsv"
    if "sample" in sys.argv[1:] and data.exists():
        sample(data)
        return 0
    wrong = 0
    if data.exists():
        wrong += press(data)
    else:
        print(f"{data}: data not here")
    wrong += kinds()
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
