"""A layout that broke is told; single pages that are no good are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import Fate
from crawler.source import Source
from monitor.layouts import Broken, Record, notes, now_broken, of_missed, read, seen, standing, written

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def after(verdicts: str, record: Record | None = None, start: datetime = NOW) -> Record:
    record = record or Record()
    for number, verdict in enumerate(verdicts):
        record = seen(record, verdict, f"why {number}", start + timedelta(minutes=number))  # type: ignore[arg-type]
    return record


def test_four_in_a_row_break_a_layout() -> None:
    assert standing(after("..........xxx")) is None
    broken = standing(after("..........xxxx"))
    assert broken is not None
    assert (broken.since, broken.articles, broken.why) == (NOW + timedelta(minutes=10), 4, "why 13")


def test_short_ones_must_be_more() -> None:
    assert standing(after("..........ssssss")) is None
    assert standing(after("..........sssssss")) is not None


def test_single_ones_never_do() -> None:
    assert after("...x..xx...s..xxx.ss..xx..").spells == ()


def test_where_most_are_no_good_anyway_a_row_says_nothing() -> None:
    assert after("x.x.xx.xx..xxxx").spells == ()


def test_it_lasts_until_a_page_reads_well_again() -> None:
    record = after("..........xxxxxx.xx")
    assert standing(record) is None
    (spell,) = record.spells
    assert (spell.articles, spell.until) == (6, NOW + timedelta(minutes=16))


def test_the_digest_tells_it_of_the_days_it_lasted() -> None:
    broken = [("نداء السهل", after("..........xxxx"))]
    day = timedelta(days=1)
    (told,) = notes(broken, NOW, NOW + day, "Asia/Damascus")
    assert told.startswith("نداء السهل: تغيّر تصميم")
    assert "2026-11-23 12:10" in told
    (english,) = notes(broken, NOW + 5 * day, NOW + 6 * day, "Asia/Damascus", "en")
    assert "layout seems to have changed since 2026-11-23 12:10" in english
    assert now_broken(broken, "Asia/Damascus") == [english]
    assert notes(broken, NOW - day, NOW, "Asia/Damascus") == []
    mended = [("نداء السهل", after("..........xxxx."))]
    assert notes(mended, NOW + day, NOW + 2 * day, "Asia/Damascus") == []
    assert len(notes(mended, NOW, NOW + day, "Asia/Damascus")) == 1


def test_the_digest_says_why_in_its_language() -> None:
    why = "no text was found on its page"
    broken = [("نداء السهل", Record(spells=(Broken(since=NOW, until=None, articles=4, why=why),)))]
    (arabic,) = notes(broken, NOW, NOW + timedelta(days=1), "Asia/Damascus")
    (english,) = notes(broken, NOW, NOW + timedelta(days=1), "Asia/Damascus", "en")
    assert "لم نجد نصاً في صفحته" in arabic
    assert why in english
    assert why not in arabic


def test_of_a_source_that_is_not_known_nothing_is_said() -> None:
    source = Source(name="a", kind="feed", url="https://a.example/feed", title="")
    assert of_missed(Fate.UNREADABLE, "no text found", source) is None


@given(st.text(alphabet=".sx", max_size=90))
def test_laws(verdicts: str) -> None:
    record = after(verdicts)
    assert read(written(record)) == record
    assert len(record.verdicts) <= 40
    assert sum(spell.until is None for spell in record.spells) <= 1
    assert standing(record) is None or not verdicts.endswith(".")
    assert all(spell.articles >= 4 for spell in record.spells)
