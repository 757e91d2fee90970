"""Asking only for what changed, and asking again for what failed."""

from datetime import UTC, datetime, timedelta

from crawler.article import Page
from crawler.source import Source
from crawler.validators import conditions, same, worth_remembering

NOW = datetime(2024, 5, 12, 10, 0, tzinfo=UTC)
AT = "http://wire.example/feed"
WIRE = Source(name="wire", kind="feed", url=AT, title="")
HEADERS = (("Etag", '"v1"'), ("Last-Modified", "Sun, 12 May 2024 09:00:00 GMT"))


def page(body: bytes = b"<rss/>", headers: tuple[tuple[str, str], ...] = HEADERS) -> Page:
    return Page(url=AT, asked=AT, status=200, headers=headers, body=body, fetched_at=NOW)


def remembered(
    *, to_be_retried: bool = False, now: datetime = NOW, before: dict[str, str] | None = None
) -> dict[str, str]:
    return worth_remembering(before or {}, WIRE, now, page(), to_be_retried=to_be_retried)


def test_what_the_server_gave_is_shown_again() -> None:
    assert conditions({}, WIRE, NOW) == {}
    assert conditions(remembered(), WIRE, NOW) == {
        "If-None-Match": '"v1"',
        "If-Modified-Since": "Sun, 12 May 2024 09:00:00 GMT",
    }
    assert conditions(worth_remembering({}, WIRE, NOW, page(headers=()), to_be_retried=False), WIRE, NOW) == {}


def test_the_same_bytes_are_the_same_whatever_the_server_says() -> None:
    assert same(remembered(), WIRE, NOW, page(headers=()))
    assert not same(remembered(), WIRE, NOW, page(b"<rss><item/></rss>"))
    assert not same({}, WIRE, NOW, page())


def test_a_source_that_is_read_otherwise_is_read_anew() -> None:
    other = Source(name="wire", kind="section", url=AT, title="", selector="h2 a")
    assert conditions(remembered(), other, NOW) == {}
    assert not same(remembered(), other, NOW, page())


def test_what_failed_is_asked_for_after_1_2_4_8_16_hours_and_then_daily_for_two_days() -> None:
    memory, now, hours = remembered(to_be_retried=True), NOW, []
    while "retry-at" in memory:
        due = datetime.fromisoformat(memory["retry-at"])
        assert same(memory, WIRE, due - timedelta(seconds=1), page())
        assert not same(memory, WIRE, due, page())
        assert conditions(memory, WIRE, due) == {}
        now = due
        hours.append((now - NOW) / timedelta(hours=1))
        memory = remembered(now=now, before=memory)
    assert hours == [1, 2, 4, 8, 16, 32, 56]
    assert same(memory, WIRE, now + timedelta(days=30), page())


def test_a_failure_starts_the_times_again() -> None:
    memory = remembered(to_be_retried=True, now=NOW + timedelta(hours=8), before=remembered(to_be_retried=True))
    assert memory["retry-at"] == (NOW + timedelta(hours=9)).isoformat()
