"""When to look again, and when to say that something is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Article
from crawler.revisit import Revisit, Sight
from monitor.revisits import AFTER, allowance, judge, next_look, outage, worth_a_look
from storage.records import Look, StoredArticle

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = "أفرجت السلطات عن ستة عشر معتقلاً من سجن حماة المركزي بعد وساطة من وجهاء المدينة استمرت أسبوعين كاملين."
OTHER = "تصفحوا أحدث العروض على الهواتف والحواسيب المحمولة واشتركوا في نشرتنا البريدية لتصلكم الأسعار كل صباح."


def article(text: str = TEXT) -> Article:
    return Article(url="https://a.example/1", source="a", title="عنوان", text=text, language="ar", fetched_at=NOW)


def look(**values: object) -> Look:
    given_values = {
        "article": StoredArticle(id=1, article=article(), stored_at=NOW, same_as=None),
        "flagged_at": NOW, "due_at": NOW, "looks": 0, "last_at": None, "gone_at": None, "gone_why": None,
        "removed_at": None,
    }  # fmt: skip
    return Look(**given_values | values)  # type: ignore[arg-type]


def sight(text: str | None = None, gone: str | None = None) -> Sight:
    revisit = Revisit(key=1, source="a", url="https://a.example/1")
    return Sight(revisit=revisit, article=article(text) if text else None, gone=gone)


def test_the_schedule() -> None:
    at, seen = NOW, []
    while (due := next_look(NOW, at)) is not None:
        seen.append(due - NOW)
        at = due
    assert tuple(seen) == AFTER


def test_looks_that_were_missed_are_not_made_up_for() -> None:
    assert next_look(NOW, NOW + 2 * DAY) == NOW + 3 * DAY
    assert next_look(NOW, NOW + 31 * DAY) is None


@given(st.timedeltas(timedelta(0), timedelta(days=40)))
def test_the_next_look_is_always_later(after: timedelta) -> None:
    due = next_look(NOW, NOW + after)
    assert due is None or due > NOW + after


def test_gone_is_said_after_a_second_look_on_another_day() -> None:
    first = judge(look(), sight(gone="HTTP 404 Not Found"), NOW + HOUR, site_down=False)
    assert (first.removed, first.gone, first.due_at) == (False, (NOW + HOUR, "HTTP 404 Not Found"), NOW + HOUR + DAY)
    known = look(gone_at=NOW + HOUR, gone_why="HTTP 404 Not Found")
    soon = judge(known, sight(gone="HTTP 410 Gone"), NOW + 3 * HOUR, site_down=False)
    assert not soon.removed
    later = judge(known, sight(gone="HTTP 404 Not Found"), NOW + HOUR + DAY, site_down=False)
    assert later.removed
    assert later.gone == (NOW + HOUR, "HTTP 404 Not Found")


def test_what_is_back_is_not_gone() -> None:
    verdict = judge(look(gone_at=NOW - DAY, gone_why="HTTP 404"), sight(TEXT), NOW, site_down=False)
    assert (verdict.read, verdict.gone, verdict.removed) == (True, None, False)


def test_another_text_at_the_address_is_gone_and_an_edit_is_not() -> None:
    assert judge(look(), sight(OTHER), NOW, site_down=False).gone == (NOW, "another text stands at its address")
    assert judge(look(), sight(TEXT.replace("ستة عشر", "أربعة عشر")), NOW, site_down=False).read


@pytest.mark.parametrize("known", [None, NOW - 2 * DAY])
def test_no_answer_teaches_nothing(known: datetime | None) -> None:
    verdict = judge(look(gone_at=known, gone_why=known and "HTTP 404"), sight(), NOW, site_down=False)
    assert not verdict.removed
    assert (verdict.gone and verdict.gone[0]) == known
    assert verdict.due_at is not None


def test_what_is_gone_with_many_others_must_stay_away_for_a_week() -> None:
    first = judge(look(), sight(gone="HTTP 404 Not Found"), NOW, site_down=True)
    assert first.gone == (NOW, "with many others at once: HTTP 404 Not Found")
    known = look(gone_at=NOW, gone_why=first.gone[1])
    for down in (True, False):
        assert not judge(known, sight(gone="HTTP 404 Not Found"), NOW + 2 * DAY, site_down=down).removed
        assert judge(known, sight(gone="HTTP 404 Not Found"), NOW + 7 * DAY, site_down=down).removed
    assert not judge(
        look(gone_at=NOW, gone_why="HTTP 404"), sight(gone="HTTP 404"), NOW + 2 * DAY, site_down=True
    ).removed


@pytest.mark.parametrize(("gone", "there", "down"), [(2, 0, False), (3, 0, True), (5, 3, True), (3, 4, False)])
def test_many_at_once_are_an_outage(gone: int, there: int, down: bool) -> None:
    assert outage([sight(gone="HTTP 404")] * gone + [sight(TEXT)] * there + [sight()] * 9) is down


def test_what_was_gone_lately_counts() -> None:
    assert outage([sight(gone="HTTP 404")], [True, True])
    assert not outage([sight(gone="HTTP 404")], [True, True, False, False, False])


def test_of_a_text_from_a_feed_only_the_sites_answer_tells_that_it_is_gone() -> None:
    from_feed = replace(article(), notes=("text from the feed, which carries it whole",))
    known = look(article=StoredArticle(id=1, article=from_feed, stored_at=NOW, same_as=None))
    emptied = replace(sight(gone="no text is left in it"), emptied=True)
    assert judge(known, emptied, NOW, site_down=False).gone is None
    assert judge(known, sight(OTHER), NOW, site_down=False).gone is None
    assert judge(known, sight(gone="HTTP 404 Not Found"), NOW, site_down=False).gone is not None
    assert judge(look(), emptied, NOW, site_down=False).gone is not None


def test_an_article_that_was_rewritten_is_judged_by_its_last_wording() -> None:
    assert judge(look(), sight(OTHER), NOW, site_down=False, before=OTHER).read


@given(st.integers(0, 5000), st.integers(0, 500), st.integers(0, 300), st.integers(0, 30))
def test_looks_are_never_more_than_a_tenth_of_a_hosts_requests(
    others: int, looked: int, day: int, that_day: int
) -> None:
    looked, that_day = max(looked, that_day), min(looked, that_day)
    more = allowance((others + looked, looked), (day + that_day, that_day))
    assert more >= 0
    if more:
        assert 10 * (looked + more) <= others + looked + more
        assert that_day + more <= max(2, day // 9)


def test_a_quiet_host_is_looked_at_when_it_has_something() -> None:
    month_of_daily_polls = 30
    assert allowance((month_of_daily_polls, 0), (1, 0)) == 2
    assert allowance((month_of_daily_polls, 2), (1, 2)) == 0
    assert allowance((8, 0), (8, 0)) == 0


@pytest.mark.parametrize(
    ("updated", "seen", "looks", "worth"),
    [
        (2 * HOUR, None, 0, True),
        (-HOUR, None, 0, False),
        (50 * HOUR, None, 0, False),  # it says so of tomorrow
        (2 * HOUR, 2.5 * HOUR, 1, False),
        (2 * HOUR, 2 * HOUR - timedelta(minutes=1), 1, True),
        (2 * HOUR, None, 8, False),
    ],
)
def test_what_a_listing_calls_updated(updated: timedelta, seen: timedelta | None, looks: int, worth: bool) -> None:
    known = look(looks=looks, last_at=None if seen is None else NOW + seen)
    assert worth_a_look(NOW + updated, known, NOW + 3 * HOUR) is worth
    assert not worth_a_look(None, known, NOW + 3 * HOUR)
