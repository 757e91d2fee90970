"""Empties the outbox: what is due is planned, taken, sent, and what became of it written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Protocol

from monitor import alerts
from monitor.audiences import Audience
from monitor.config import Config
from monitor.messages import said
from monitor.sending import SendingError
from storage.records import Message, Waiting
from storage.store import Store

__all__ = ["Carrier", "Rounds", "anything_due", "deliver", "tick"]

log = logging.getLogger(__name__)

_HOUR, _DAY = timedelta(hours=1), timedelta(hours=24)
_SILENCE = "silence"


class Carrier(Protocol):
    """:class:`monitor.sending.Post`."""

    def send(self, target: str, title: str, body: str, *, key: str = "", files: Sequence[Path] = ()) -> None: ...


@dataclass(slots=True)
class Rounds:
    """What a round came to."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    """Given up in this round."""


def anything_due(store: Store, config: Config, now: datetime) -> bool:
    """Whether a round has anything to do."""
    tick(store, config, now)
    return store.outbox.any_due(now)


def deliver(store: Store, config: Config, post: Carrier, now: Callable[[], datetime]) -> Rounds:
    """One round over everything that is due now. A message that cannot be sent holds up no other."""
    rounds = Rounds()
    tick(store, config, now())
    audiences = {audience.name: audience for audience in config.audiences}
    due = store.outbox.due(now())
    order = sorted(due, key=lambda one: (one.message.audience, one.message.target))
    for (name, target), group in groupby(order, key=lambda one: (one.message.audience, one.message.target)):
        audience = audiences.get(name)
        if audience is None:  # it was deleted: its messages go nowhere, and the list says so
            for one in group:
                store.outbox.give_up(one.id, now(), f"there is no audience `{name}` any more")
                rounds.failed += 1
            continue
        _to_one(store, config, post, audience, target, sorted(group, key=lambda one: one.id), now, rounds)
    return rounds


def _to_one(
    store: Store,
    config: Config,
    post: Carrier,
    audience: Audience,
    target: str,
    due: Sequence[Waiting],
    now: Callable[[], datetime],
    rounds: Rounds,
) -> None:
    moment = now()
    lately = store.outbox.sent_since(target, ["alert", "summary"], moment - _HOUR)
    plan = alerts.plan(due, lately, audience, moment)
    for one, until in plan.later:
        store.outbox.postpone(one.id, until)
        rounds.postponed += 1
    sending = list(plan.send)
    if plan.summary is not None:
        store.outbox.sum_up([one.id for one in plan.sum_up], plan.summary, moment)
        sending += [one for one in store.outbox.due(now()) if one.message.key == plan.summary.key]
    for one in sending:
        _send(store, config, post, audience, one, now, rounds)


def _send(
    store: Store,
    config: Config,
    post: Carrier,
    audience: Audience,
    one: Waiting,
    now: Callable[[], datetime],
    rounds: Rounds,
) -> None:
    if not store.outbox.take(one.id, now()):
        return
    message = said(one.message, audience.language, audience.zone, now())
    files = [config.settings.var / "digests" / name for name in one.message.payload.get("files", ())]
    try:
        post.send(one.message.target, message.title, message.body, key=one.message.key, files=files)
    except SendingError as error:
        moment = now()
        again = alerts.again_at(one.tries + 1, one.created_at, moment)
        if again is None:
            store.outbox.give_up(one.id, moment, str(error))
            rounds.failed += 1
            log.error("a message is given up after %d tries: %s", one.tries + 1, error)  # noqa: TRY400
        else:
            store.outbox.postpone(one.id, again, str(error))
            rounds.postponed += 1
            log.warning("a message waits until %s: %s", again.isoformat(timespec="minutes"), error)
        return
    store.outbox.sent(one.id, now())
    rounds.sent += 1


def tick(store: Store, config: Config, now: datetime) -> None:
    """What the time alone brings about: a sign of life, and word of a silence and of its end."""
    wanting = [audience for audience in config.audiences if audience.alerts]
    began = store.first_pass_at(now)
    if not wanting or began is None:
        return
    declared = {source.name for source in config.sources if source.enabled}
    states = [state for state in store.sources() if state.name in declared]
    last = max((state.last_read_at for state in states if state.last_read_at), default=None)
    since = last or began
    if alerts.at_rest(states, now):  # nothing is due and nothing fails: that nothing was read is as it should be
        since = now
    for audience in wanting:
        _put_new(store, alerts.silence(audience, last, since, now), now)
        if any(not store.outbox.has(sign.key) for sign in alerts.alive(audience, now, {})):
            store.outbox.put(alerts.alive(audience, now, _facts(store, config, last, now)), now)
    _end_of_silence(store, wanting, last, since, now)


def _put_new(store: Store, messages: Sequence[Message], now: datetime) -> None:
    """Asked every minute: nothing is written where nothing is new."""
    store.outbox.put([one for one in messages if not store.outbox.has(one.key)], now)


def _end_of_silence(
    store: Store, wanting: Sequence[Audience], last: datetime | None, since: datetime, now: datetime
) -> None:
    standing = store.recall(_SILENCE) or {}
    if any(audience.alerts and now - since >= audience.alerts.silent_after for audience in wanting):
        if standing.get("since") != since.isoformat():
            store.remember(_SILENCE, {"since": since.isoformat()})
    elif standing.get("since") and last is not None:
        for audience in wanting:
            store.outbox.put(alerts.reading(audience, store.outbox.has, standing["since"], last), now)
        store.remember(_SILENCE, {"since": ""})


def _facts(store: Store, config: Config, last: datetime | None, now: datetime) -> Mapping[str, object]:
    titles = {source.name: source.title for source in config.sources if source.enabled}
    passes = store.passes(1000, since=now - _DAY)
    troubled = [
        titles[state.name] for state in store.sources() if state.name in titles and state.last and state.last.in_trouble
    ]
    return {
        "last_read_at": last and last.isoformat(),
        "stored": sum(one.stored for one in passes),
        "flagged": sum(one.flagged for one in passes),
        "in_trouble": troubled,
        "failed": len(store.outbox.listed(["failed"], since=now - _DAY)),
    }
