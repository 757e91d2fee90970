"""Kills the making of digests and the sending of messages at a random moment, lets it go on, and says what is not as it should be.

The work is done in a forked child, so that a hundred rounds take no hundred starts of Python. Its parent must never have
sent anything itself, therefore the tests start this as a program: Apprise keeps a pool of threads, a fork has the pool
without the threads, and what is given to one that is missing never goes out.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from monitor import digests, postman
from monitor.alerts import Alerts
from monitor.audiences import Audience
from monitor.config import Config, Settings
from monitor.lists import WatchLists, load
from monitor.sending import Post
from storage.outbox import LEASE
from storage.records import DigestRecord
from storage.store import Store
from tests.monitor.digest_sample import SOURCES
from tests.monitor.mailbox import Webhook, webhook
from tests.stores.making import NOW, article, flag, put

__all__ = ["trials"]

_DAY = timedelta(days=1)
_LATER = NOW + 2 * _DAY
_ARTICLES = 24


def config(folder: Path) -> Config:
    alerts = {"to": ("RASID_TO",), "severity": "low", "per_hour": 500}
    given: dict[str, Any] = {"zone": "Asia/Damascus", "hour": "06:00", "formats": ("html", "json", "text")}
    audiences = tuple(
        Audience.model_validate(given | {"name": name, "deliver": ("RASID_TO",), "alerts": alerts})
        for name in ("team", "desk")
    )
    return Config(settings=Settings(var=folder), sources=tuple(SOURCES.values()), folder=folder, audiences=audiences)


def prepare(folder: Path) -> None:
    """A store with two finished days of flagged articles, their alerts waiting."""
    settings = config(folder)
    ask = Alerts(settings.audiences, {"detainees": ()}, SOURCES)
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        for day in range(2):
            at = NOW + day * _DAY
            number = store.begin_pass(at)
            for n in range(_ARTICLES // 2):
                told = article(f"https://a.example/{day}/{n}", source="rasd", title=f"خبر {day}-{n}", fetched_at=at)
                put(store, told, flags=(flag(),), pass_id=number, now=at, messages=lambda one: ask(one, (flag(),)))
            store.end_pass(number, at)


def _work(folder: Path, lists: WatchLists, hook: Webhook, late: timedelta) -> None:
    settings = config(folder)
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        digests.make_missing(store, settings, lists, _LATER + late)
        postman.deliver(store, settings, Post({"RASID_TO": hook.address}, limit=60), lambda: _LATER + late)


def _in_a_child(folder: Path, lists: WatchLists, hook: Webhook, late: timedelta, kill_after: float | None) -> float:
    """How long it took; killed after ``kill_after`` seconds, if it is still at it."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            _work(folder, lists, hook, late)
            os._exit(0)
        except BaseException:
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if kill_after is None and status != 0:
        raise RuntimeError(f"the child ended with {status}")
    return time.monotonic() - began


def trials(place: Path, rounds: int, seed: int) -> list[str]:
    """So many rounds in the folder ``place``; what is wrong, with the number of its round."""
    lists_ = place / "watchlists"
    lists_.mkdir()
    (lists_ / "detainees.yaml").write_text("title: المعتقلون\nrules:\n  - exact: معتقلين\n", "utf-8")
    lists, chance = load(lists_, sources=()), random.Random(seed)
    prepared = place / "prepared"
    prepared.mkdir()
    prepare(prepared)
    wrong = []
    with webhook() as hook:
        shutil.copytree(prepared, place / "whole")
        whole = _in_a_child(place / "whole", lists, hook, timedelta(), None)
        for n in range(rounds):
            folder = place / f"round-{n}"
            wrong += [f"round {n}: {said}" for said in struck(prepared, folder, lists, hook, whole, chance)]
            shutil.rmtree(folder)
    return wrong


def struck(
    prepared: Path, folder: Path, lists: WatchLists, hook: Webhook, whole: float, chance: random.Random
) -> list[str]:
    """One round over a copy of ``prepared``: killed within ``whole`` seconds, then done to the end; what is wrong."""
    shutil.copytree(prepared, folder)
    hook.got.clear()
    hook.keys.clear()
    _in_a_child(folder, lists, hook, timedelta(), chance.uniform(0, whole))
    _in_a_child(folder, lists, hook, LEASE, None)
    return list(_wrong(folder, hook))


def _wrong(folder: Path, hook: Webhook) -> list[str]:
    problems = []
    settings = config(folder)
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        made = Counter((one.audience, one.day) for one in store.digests())
        expected = {(name, date(2026, 11, 23 + n)): 1 for name in ("team", "desk") for n in range(2)}
        if made != expected:
            problems.append(f"digests: {made}")
        for audience in settings.audiences:
            told: Counter[int] = Counter()
            for record in store.digests(audience.name):
                told.update(_stories(folder, record))
            if set(told.values()) != {1} or len(told) != _ARTICLES:
                problems.append(f"stories of {audience.name}: {told}")
        if set(store.outbox.counts()) != {"sent"}:
            listed = store.outbox.listed(["waiting", "sending", "failed"])
            unsent = [(one.message.key, one.state, one.error) for one in listed]
            problems.append(f"outbox: {store.outbox.counts()}, not sent: {unsent}")
        wanted = {one.message.key for one in store.outbox.listed(["sent"])}
    came = Counter(hook.keys)
    if set(came) != wanted or max(came.values()) > 2:
        problems.append(f"messages: {wanted - set(came)} did not come, {came.most_common(2)}")
    if more := [key for key, count in came.items() if count > 1][1:]:
        problems.append(f"more than one message came twice: {more}")
    problems += [f"left behind: {path}" for path in (folder / "digests").rglob("*.part")]
    return problems


def _stories(folder: Path, record: DigestRecord) -> list[int]:
    found = []
    for name in record.files:
        text = (folder / "digests" / name).read_text("utf-8")
        if name.endswith(".json"):
            found += [story["id"] for one in json.loads(text)["lists"] for story in one["stories"]]
        elif name.endswith(".html") and not text.endswith("</html>\n"):
            raise AssertionError(f"half written: {name}")
    return found


if __name__ == "__main__":
    print(json.dumps(trials(Path(sys.argv[1]), rounds=int(sys.argv[2]), seed=int(sys.argv[3])), ensure_ascii=False))
