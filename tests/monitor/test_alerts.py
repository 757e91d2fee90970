"""What does not wait for the digest: once per Story, in time, no more than is wished; over a real store and real servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import Ending
from crawler.source import Source
from monitor import alerts, postman
from monitor.alerts import Alerts
from monitor.audiences import Audience
from monitor.config import Config, Settings
from monitor.messages import said
from monitor.sending import Post, SendingError
from storage.outbox import LEASE
from storage.records import Message, Muted, StoredArticle, Waiting
from storage.store import Store
from tests.monitor.mailbox import webhook
from tests.stores.making import NOW, article, flag, outcome, put

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SOURCES = {"a": Source(name="a", kind="feed", url="https://a.example/rss", title="جريدة أ", affiliation="independent")}


def audience(name: str = "team", **rules: Any) -> Audience:
    return Audience.model_validate(
        {
            "name": name, "zone": "Asia/Damascus", "formats": ("html",), "hour": "06:00",
            "alerts": {"to": ("RASID_TO",), "severity": "high"} | rules,
        }
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as opened:
        yield opened


def config(tmp_path: Path, *audiences: Audience) -> Config:
    return Config(
        settings=Settings(var=tmp_path), sources=tuple(SOURCES.values()), folder=tmp_path, audiences=audiences
    )


def urgent(rule: str = "معتقلين") -> Any:
    return replace(flag(rule=rule), severity="urgent")


def store_one(store: Store, ask: Alerts, url: str, *flags: Any, **values: Any) -> StoredArticle:
    found = flags or (urgent(),)
    stored = put(
        store, article(url, **values.pop("told", {})), flags=found, messages=lambda one: ask(one, found), **values
    )
    assert stored is not None
    return stored


def round_at(at: datetime, store: Store, settings: Config, post: Any) -> postman.Rounds:
    return postman.deliver(store, settings, post, lambda: at)


class Collector:
    """Takes everything, or fails as it is told."""

    def __init__(self, fails: Callable[[str], bool] = lambda _: False) -> None:
        self.got: list[tuple[str, str, str, str]] = []
        self.fails = fails

    def send(self, target: str, title: str, body: str, *, key: str = "", files: Sequence[Path] = ()) -> None:
        if self.fails(target):
            raise SendingError("500 Internal Server Error", subject=target)
        self.got.append((target, title, body, key))


# --- rules ---


def test_one_message_per_story_and_address_and_not_per_reprint(store: Store) -> None:
    ask = Alerts([audience(to=("RASID_TO", "RASID_DUTY")), audience("partners")], {}, SOURCES)
    first = store_one(store, ask, "https://a.example/1")
    for n in range(2, 6):
        store_one(store, ask, f"https://a.example/{n}", same_as=first.id)
    waiting = store.outbox.due(NOW)
    assert sorted((one.message.audience, one.message.target) for one in waiting) == [
        ("partners", "RASID_TO"), ("team", "RASID_DUTY"), ("team", "RASID_TO"),
    ]  # fmt: skip
    assert {one.message.payload["headline"] for one in waiting} == {first.article.title}


def test_severity_lists_and_muting_decide() -> None:
    stored = StoredArticle(id=7, article=article(), stored_at=NOW, same_as=None)

    def found(who: Audience, *flags: Any, muted: Sequence[Muted] = ()) -> list[Message]:
        return Alerts([who], {"detainees": (), "astana": ()}, SOURCES, muted=muted)(stored, flags)

    normal = replace(flag(), severity="normal")
    assert found(audience(), normal) == []
    assert found(audience(severity="normal"), normal)
    assert found(audience(), replace(flag(), severity="of an older store")) == []
    (one,) = found(audience(), normal, urgent("other"))
    assert [why["rule"] for why in one.payload["why"]] == ["other"]
    only = audience().model_copy(update={"lists": ("astana",)})
    assert found(only, urgent()) == []
    muted = Muted(story=7, list="detainees", note="", muted_at=NOW)
    assert found(audience(), urgent(), muted=[muted]) == []
    assert found(audience().model_copy(update={"alerts": None}), urgent()) == []


def waiting(number: int, severity: str = "urgent", kind: str = "alert", tries: int = 0) -> Waiting:
    payload = {"headline": f"خبر {number}", "outlet": "أ", "url": "https://a.example/", "why": [{"list": "ق"}]}
    message = Message(
        key=f"{kind}/{number}", kind=kind, audience="team", target="RASID_TO", severity=severity, payload=payload
    )
    return Waiting(
        id=number, message=message, created_at=NOW, state="waiting", due_at=NOW, tries=tries, error=None, ended_at=None
    )


def test_what_is_above_the_ceiling_becomes_one_summary() -> None:
    plan = alerts.plan([waiting(n) for n in range(10)], [], audience(per_hour=4), NOW)
    assert [one.id for one in plan.send] == [0, 1, 2]
    assert [one.id for one in plan.sum_up] == [3, 4, 5, 6, 7, 8, 9]
    assert plan.summary is not None
    assert len(plan.summary.payload["items"]) == 7


def test_where_the_hour_is_full_they_wait_for_the_next() -> None:
    sent = [NOW - 20 * MINUTE, NOW - 10 * MINUTE]
    plan = alerts.plan([waiting(1), waiting(2, kind="digest")], sent, audience(per_hour=2), NOW)
    assert [one.id for one in plan.send] == [2]
    assert [(one.id, until) for one, until in plan.later] == [(1, NOW + 40 * MINUTE)]


@given(
    st.lists(
        st.tuples(st.sampled_from(["high", "urgent"]), st.sampled_from(["alert", "digest", "alive"]), st.integers(0, 2))
    ),
    st.lists(st.integers(1, 59), max_size=6),
    st.integers(1, 6),
    st.sampled_from([None, "22:00-06:00", "10:00-14:00"]),
    st.integers(0, 23),
)
def test_nothing_is_lost_or_doubled_and_the_ceiling_holds(
    given_: list[tuple[str, str, int]], ago: list[int], per_hour: int, quiet: str | None, clock: int
) -> None:
    now = NOW.replace(hour=clock)
    due = [waiting(n, severity, kind, tries) for n, (severity, kind, tries) in enumerate(given_)]
    sent = sorted(now - n * MINUTE for n in ago)
    rules = audience(per_hour=per_hour, quiet=quiet, through_quiet="urgent")
    plan = alerts.plan(due, sent, rules, now)
    places = [*plan.send, *(one for one, _ in plan.later), *plan.sum_up]
    assert sorted(one.id for one in places) == [one.id for one in due]
    fresh = [one for one in plan.send if one.message.kind == "alert" and not one.tries]
    tried = [one for one in plan.send if one.message.kind == "alert" and one.tries]
    new = len(fresh) + bool(plan.summary)
    assert not new or len(sent) + len(tried) + new <= per_hour
    assert all(until > now for _, until in plan.later)
    assert all(one in plan.send for one in due if one.message.kind != "alert")


@given(st.integers(1, 60))
def test_tries_come_later_and_later_and_end(tries: int) -> None:
    again = alerts.again_at(tries, NOW, NOW + HOUR)
    assert again is not None
    assert MINUTE <= again - (NOW + HOUR) <= HOUR
    assert alerts.again_at(tries, NOW, NOW + alerts.GIVE_UP) is None


# --- what is said ---


def test_a_message_reads_well_and_commands_nobody(store: Store) -> None:
    told = {
        "title": "<!channel> @everyone **ذوو** [x](javascript:1)\u202e",
        "url": "https://a.example/خبر?x=<script>",
        "text": "قال `المعتقلين` <b>اليوم</b>.",
    }
    found = replace(urgent(), spans=(replace(urgent().spans[0], start=5, end=14),))
    stored = StoredArticle(id=7, article=replace(article(), **told), stored_at=NOW, same_as=None)
    (message,) = Alerts([audience()], {}, SOURCES)(stored, [found])
    shown = said(message, "ar", "Asia/Damascus", NOW)
    assert shown.title.startswith("عاجل: ")
    assert not set("<>@`*[]\u202e") & set(shown.title + shown.body)
    assert "https://a.example/%D8%AE%D8%A8%D8%B1?x=%3Cscript%3E" in shown.body.splitlines()
    assert "جريدة أ" in shown.body
    assert shown.body.count("\u2068") == shown.body.count("\u2069")
    english = said(message, "en", "Asia/Damascus", NOW)
    assert english.title.startswith("Urgent: ")


def test_every_kind_is_said_in_both_languages() -> None:
    plan = alerts.plan([waiting(n) for n in range(60)], [], audience(per_hour=1), NOW)
    assert plan.summary is not None
    facts = {"last_read_at": None, "stored": 3, "flagged": 1, "in_trouble": ["أ"], "failed": 2}
    who = audience(alive="12:30")
    messages = [
        plan.summary,
        *alerts.alive(who, NOW, facts),
        *alerts.silence(who, None, NOW - 7 * HOUR, NOW),
        *alerts.silence(who, NOW - 7 * HOUR, NOW - 9 * HOUR, NOW),
        *alerts.reading(who, lambda _: True, NOW.isoformat(), NOW),
        waiting(1, kind="test").message,
    ]
    assert [one.kind for one in messages] == ["summary", "alive", "silent", "silent", "reading", "test"]
    for one in messages:
        for language in ("ar", "en"):
            shown = said(one, language, "Asia/Damascus", NOW)
            assert shown.title
            assert "{" not in shown.body
            assert len(shown.body) <= 3500
            assert shown.body.count("\u2068") == shown.body.count("\u2069")


# --- the round over a store ---


def test_a_failure_is_tried_again_and_holds_up_no_other(store: Store, tmp_path: Path) -> None:
    who = audience(to=("RASID_BAD", "RASID_TO"))
    ask = Alerts([who], {}, SOURCES)
    store_one(store, ask, "https://a.example/1")
    post = Collector(fails=lambda target: target == "RASID_BAD")
    rounds = postman.deliver(store, config(tmp_path, who), post, lambda: NOW)
    assert (rounds.sent, rounds.postponed) == (1, 1)
    (left,) = store.outbox.listed(["waiting"])
    assert (left.tries, left.due_at) == (1, NOW + MINUTE)
    assert "500" in str(left.error)
    post.fails = lambda _: False
    assert postman.deliver(store, config(tmp_path, who), post, lambda: NOW + 30 * timedelta(seconds=1)).sent == 0
    assert postman.deliver(store, config(tmp_path, who), post, lambda: NOW + MINUTE).sent == 1
    assert len({key for *_, key in post.got}) == 2
    assert store.outbox.counts() == {"sent": 2}


def test_after_a_day_it_is_given_up_and_listed(store: Store, tmp_path: Path) -> None:
    who = audience()
    store_one(store, Alerts([who], {}, SOURCES), "https://a.example/1")
    post, at = Collector(fails=lambda _: True), NOW
    store.record(1, outcome(at=NOW), due_at=NOW)
    while store.outbox.counts().get("failed", 0) == 0:
        store.record(1, outcome(at=at), due_at=at)  # it goes on reading: no word of a silence
        round_at(at, store, config(tmp_path, who), post)
        at += 10 * MINUTE
        assert at < NOW + 26 * HOUR
    assert at - NOW >= 22 * HOUR
    (failed,) = store.outbox.listed(["failed"])
    assert failed.tries > 20


def test_a_burst_is_a_few_messages_and_a_summary_that_names_all(store: Store, tmp_path: Path) -> None:
    who = audience(per_hour=3)
    ask = Alerts([who], {}, SOURCES)
    for n in range(20):
        store_one(store, ask, f"https://a.example/{n}", told={"title": f"خبر رقم {n} عن ذوي المفقودين"})
    post = Collector()
    postman.deliver(store, config(tmp_path, who), post, lambda: NOW)
    assert len(post.got) == 3
    for n in range(20):
        assert sum(f"خبر رقم {n} " in title + body for _, title, body, _ in post.got) == 1
    for n in range(20, 25):
        store_one(store, ask, f"https://a.example/{n}")
    postman.deliver(store, config(tmp_path, who), post, lambda: NOW + MINUTE)
    assert len(post.got) == 3
    postman.deliver(store, config(tmp_path, who), post, lambda: NOW + HOUR)
    assert len(post.got) <= 6
    assert "waiting" not in store.outbox.counts()


def test_quiet_hours_hold_back_what_may_wait(store: Store, tmp_path: Path) -> None:
    who = audience(quiet="12:00-18:00", through_quiet="urgent")  # NOW is 12:30 in Damascus
    ask = Alerts([who], {}, SOURCES)
    store_one(store, ask, "https://a.example/1", flag())
    store_one(store, ask, "https://a.example/2", urgent())
    post = Collector()
    postman.deliver(store, config(tmp_path, who), post, lambda: NOW)
    assert len(post.got) == 1
    store.record(1, outcome(at=NOW + 5 * HOUR), due_at=NOW)
    postman.deliver(store, config(tmp_path, who), post, lambda: NOW + 5.5 * HOUR)
    assert len(post.got) == 2


def test_a_sender_that_died_is_followed_by_another_once(store: Store, tmp_path: Path) -> None:
    who = audience()
    store_one(store, Alerts([who], {}, SOURCES), "https://a.example/1")
    (one,) = store.outbox.due(NOW)
    store.outbox.take(one.id, NOW)  # and is killed
    post = Collector()
    assert postman.deliver(store, config(tmp_path, who), post, lambda: NOW + MINUTE).sent == 0
    assert postman.deliver(store, config(tmp_path, who), post, lambda: NOW + LEASE).sent == 1
    assert postman.deliver(store, config(tmp_path, who), post, lambda: NOW + 2 * LEASE).sent == 0


def test_alive_once_a_day(store: Store, tmp_path: Path) -> None:
    who = audience(alive="12:00")
    number = store.begin_pass(NOW - HOUR)
    store.record(number, outcome(at=NOW - HOUR), due_at=NOW)
    post = Collector()
    for minutes in (-60, 0, 1, 30, 60):
        round_at(NOW + minutes * MINUTE, store, config(tmp_path, who), post)
    assert [title for _, title, *_ in post.got] == ["راصد يعمل"]
    store.record(number, outcome(at=NOW + 23 * HOUR), due_at=NOW)
    assert postman.deliver(store, config(tmp_path, who), post, lambda: NOW + 24 * HOUR).sent == 1


def test_a_silence_is_said_once_and_its_end_too(store: Store, tmp_path: Path) -> None:
    who = audience(silent_after="3h")
    number = store.begin_pass(NOW)
    store.record(number, outcome(at=NOW), due_at=NOW)
    post = Collector()

    def at(hours: float) -> list[str]:
        before = len(post.got)
        postman.deliver(store, config(tmp_path, who), post, lambda: NOW + hours * HOUR)
        return [title for _, title, *_ in post.got[before:]]

    assert at(1) == []
    assert at(3.5) == ["راصد لا يقرأ شيئاً"]
    assert at(4) == []
    assert at(30) == []
    store.record(number, outcome(at=NOW + 31 * HOUR), due_at=NOW)
    assert at(32) == ["راصد عاد إلى القراءة"]
    assert at(33) == []
    assert at(35) == ["راصد لا يقرأ شيئاً"]


def test_sources_that_are_read_twice_a_day_are_no_silence(store: Store, tmp_path: Path) -> None:
    who, post = audience(silent_after="3h"), Collector()
    number = store.begin_pass(NOW)
    store.record(number, outcome(at=NOW), due_at=NOW + 12 * HOUR)
    for hours in (4, 11, 12):
        round_at(NOW + hours * HOUR, store, config(tmp_path, who), post)
    assert post.got == []
    round_at(NOW + 13 * HOUR, store, config(tmp_path, who), post)  # overdue by an hour
    assert [title for _, title, *_ in post.got] == ["راصد لا يقرأ شيئاً"]


def test_where_everything_fails_the_next_try_is_no_rest(store: Store, tmp_path: Path) -> None:
    who, post = audience(silent_after="3h"), Collector()
    number = store.begin_pass(NOW)
    store.record(number, outcome(at=NOW), due_at=NOW)
    store.record(number, outcome(ending=Ending.FAILED, at=NOW + HOUR), due_at=NOW + 24 * HOUR)
    round_at(NOW + 4 * HOUR, store, config(tmp_path, who), post)
    assert len(post.got) == 1


def test_the_messages_of_an_audience_that_is_gone_are_given_up(store: Store, tmp_path: Path) -> None:
    store_one(store, Alerts([audience()], {}, SOURCES), "https://a.example/1")
    assert postman.deliver(store, config(tmp_path, audience("others")), Collector(), lambda: NOW).failed == 1
    assert "no audience `team`" in str(store.outbox.listed(["failed"])[0].error)


def test_over_a_real_webhook_in_trouble_each_arrives(store: Store, tmp_path: Path) -> None:
    who = audience(per_hour=100)
    ask = Alerts([who], {}, SOURCES)
    for n in range(8):
        store_one(store, ask, f"https://a.example/{n}")
    with webhook() as hook:
        hook.answers = [500, "hang", 429, "die", 200]
        post, at = Post({"RASID_TO": hook.address}, limit=0.3), NOW
        for _ in range(6):
            round_at(at, store, config(tmp_path, who), post)
            at += 10 * MINUTE
    taken = [key for key in hook.keys if key]
    assert store.outbox.counts() == {"sent": 8}
    assert len(set(taken)) == 8
    assert json.dumps(hook.got, ensure_ascii=False).count("ذوو المعتقلين يطالبون") >= 8
