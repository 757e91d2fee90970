"""Messages on their way out: in the store with what they tell of, taken by one sender, gone once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from storage.outbox import LEASE
from storage.records import DigestRecord, Message, StoredArticle
from storage.store import Store
from tests.stores.making import NOW, article, flag, put

MINUTE = timedelta(minutes=1)


def message(key: str = "a", **values: Any) -> Message:
    given: dict[str, Any] = {
        "kind": "alert", "audience": "team", "target": "RASID_TO", "severity": "urgent", "payload": {"title": "ذوو"},
    }  # fmt: skip
    return Message(key=key, **given | values)


def keys(store: Store) -> list[str]:
    return [one.message.key for one in store.outbox.due(NOW)]


def test_what_goes_in_comes_out(store: Store) -> None:
    store.outbox.put([message()], NOW)
    (one,) = store.outbox.due(NOW)
    assert (one.message, one.state, one.tries, one.created_at) == (message(), "waiting", 0, NOW)
    assert store.outbox.any_due(NOW)
    assert not store.outbox.any_due(NOW - MINUTE)


def test_a_key_is_there_once(store: Store) -> None:
    store.outbox.put([message(), message(), message("b")], NOW)
    store.outbox.put([message(payload={"title": "other"})], NOW)
    assert keys(store) == ["a", "b"]
    (first, _) = store.outbox.due(NOW)
    store.outbox.take(first.id, NOW)
    store.outbox.sent(first.id, NOW)
    store.outbox.put([message()], NOW)
    assert keys(store) == ["b"]


def test_an_article_and_its_message_are_stored_together(store: Store) -> None:
    def told(stored: StoredArticle) -> list[Message]:
        return [message(f"story {stored.id}")]

    stored = put(store, article(), flags=(flag(),), messages=told)
    assert stored is not None
    assert keys(store) == [f"story {stored.id}"]
    put(store, article(), messages=told)  # known: nothing is said of it
    assert len(keys(store)) == 1

    def broken(stored: StoredArticle) -> list[Message]:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        put(store, article("https://a.example/2"), messages=broken)
    assert store.article_at("https://a.example/2") is None


def test_one_sender_has_a_message_until_its_lease_is_over(store: Store) -> None:
    store.outbox.put([message()], NOW)
    (one,) = store.outbox.due(NOW)
    assert store.outbox.take(one.id, NOW)
    assert not store.outbox.take(one.id, NOW)
    assert store.outbox.due(NOW + LEASE - MINUTE) == []
    (again,) = store.outbox.due(NOW + LEASE)
    assert (again.state, again.tries) == ("sending", 1)
    assert store.outbox.take(one.id, NOW + LEASE)


def test_what_a_slow_sender_says_changes_nothing_that_is_sent(store: Store) -> None:
    store.outbox.put([message()], NOW)
    (one,) = store.outbox.due(NOW)
    store.outbox.take(one.id, NOW)
    store.outbox.sent(one.id, NOW)
    store.outbox.postpone(one.id, NOW, "timed out")
    store.outbox.give_up(one.id, NOW, "timed out")
    assert store.outbox.counts() == {"sent": 1}
    assert store.outbox.sent_since("RASID_TO", ["alert"], NOW - MINUTE) == [NOW]
    assert store.outbox.sent_since("RASID_TO", ["alert"], NOW) == []
    assert store.outbox.sent_since("RASID_OTHER", ["alert"], NOW - MINUTE) == []


def test_failed_ones_are_listed_and_can_wait_again(store: Store) -> None:
    store.outbox.put([message(), message("b")], NOW)
    (one, _) = store.outbox.due(NOW)
    store.outbox.take(one.id, NOW)
    store.outbox.give_up(one.id, NOW, "401 Unauthorized")
    (failed,) = store.outbox.listed(["failed"])
    assert (failed.error, failed.ended_at) == ("401 Unauthorized", NOW)
    assert store.outbox.listed(["failed"], since=NOW + MINUTE) == []
    assert store.outbox.retry([failed.id, 99], NOW) == 1
    assert keys(store) == ["a", "b"]


def test_many_become_one(store: Store) -> None:
    store.outbox.put([message("a"), message("b"), message("c")], NOW)
    numbers = [one.id for one in store.outbox.due(NOW)]
    store.outbox.sum_up(numbers[:2], message("sum", kind="summary"), NOW)
    store.outbox.sum_up(numbers[:2], message("sum again", kind="summary"), NOW)  # told already: nothing to say
    assert keys(store) == ["c", "sum"]
    assert store.outbox.counts() == {"summed": 2, "waiting": 2}


def test_a_digest_is_recorded_with_its_messages_for_each_audience(store: Store) -> None:
    put(store, article(), flags=(flag(),))
    for name in ("team", "partners"):
        taken = store.flagged(until=NOW + MINUTE, audience=name)
        record = DigestRecord(day=date(2026, 11, 23), audience=name, made_at=NOW, files=(f"{name}.html",))
        assert store.record_digest(record, taken, [message(f"digest {name}", kind="digest")])
        assert not store.record_digest(record, taken, [message(f"digest {name} again", kind="digest")])
        assert store.flagged(until=NOW + MINUTE, audience=name) == []
        assert store.claims.of(date(2026, 11, 23), name) == (record, taken)
    assert store.claims.of(date(2026, 11, 22), "team") is None
    assert keys(store) == ["digest team", "digest partners"]


def test_a_digest_that_is_withdrawn_leaves_no_trace_and_another_day_s_stands(store: Store) -> None:
    put(store, article(), flags=(flag(),))
    for day in (22, 23):
        record = DigestRecord(day=date(2026, 11, day), audience="team", made_at=NOW, files=())
        taken = store.flagged(until=NOW + MINUTE, audience="team") if day == 23 else []
        assert store.record_digest(record, taken, [message(f"digest/team/RASID_TO/{record.day}", kind="digest")])
    store.claims.withdraw(date(2026, 11, 23), "partners")  # there is none: nothing happens
    assert len(store.digests()) == 2
    store.claims.withdraw(date(2026, 11, 23), "team")
    assert [one.day for one in store.digests("team")] == [date(2026, 11, 22)]
    assert len(store.flagged(until=NOW + MINUTE, audience="team")) == 1
    assert keys(store) == ["digest/team/RASID_TO/2026-11-22"]


def test_counts_per_day_tell_nothing_found_from_nobody_looked(store: Store) -> None:
    put(store, article(), flags=(flag(), flag(rule="another")))  # begins a pass
    put(store, article("https://a.example/2"), flags=(replace(flag(), late=True),))
    days = [(NOW, NOW + MINUTE), (NOW - MINUTE, NOW)]
    assert store.claims.per_day(days) == [{"detainees": 1}, None]
