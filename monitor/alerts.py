"""What does not wait for the digest: who is told of what, when, and how much of it. Pure.

A Story is told once to each address, whatever repeats it: the key of a message names the Story, and the outbox takes a
key once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.source import Source
from monitor.audiences import Audience, of_list, quiet_until
from monitor.coverage import outlet
from monitor.quotes import cut
from monitor.redacting import Redactor
from monitor.severity import SEVERITIES, at_least
from storage.records import Flag, Message, Muted, SourceState, StoredArticle, Waiting

__all__ = ["GIVE_UP", "Alerts", "Plan", "again_at", "alive", "at_rest", "plan", "reading", "silence"]

GIVE_UP = timedelta(hours=24)
"""After so long a message that nobody took is given up, and listed as failed."""
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_HOUR = timedelta(hours=1)
_OVERDUE = timedelta(minutes=30)
_LISTED = 40
"""Stories that a summary names; the rest is counted."""


def again_at(tries: int, created_at: datetime, now: datetime) -> datetime | None:
    """When a message is tried again after ``tries`` that failed: after 1, 2, 4 … minutes, hourly at the most; ``None``:
    it is given up."""
    wait = min(_FIRST * 2 ** min(tries - 1, 10), _LONGEST)
    return None if now + wait > created_at + GIVE_UP else now + wait


class Alerts:
    """What a pass asks of every article that it stores."""

    def __init__(
        self,
        audiences: Sequence[Audience],
        lists: Mapping[str, Collection[str]],
        sources: Mapping[str, Source],
        *,
        muted: Sequence[Muted] = (),
        redactor: Callable[[Audience], Redactor | None] = lambda _: None,
    ) -> None:
        """``lists``: for each watch list's id the audiences that it names. ``redactor``: of an audience's copies."""
        self._sources = sources
        self._muted = {(one.story, one.list) for one in muted}
        self._wanted = [
            (audience, of_list(audience, lists), redactor(audience)) for audience in audiences if audience.alerts
        ]

    def __call__(self, stored: StoredArticle, flags: Sequence[Flag]) -> list[Message]:
        """Messages that this article is worth."""
        story = stored.same_as or stored.id
        messages = []
        for audience, lists, redactor in self._wanted:
            assert audience.alerts is not None
            mine = [
                flag
                for flag in flags
                if (lists is None or flag.list in lists)
                and (story, flag.list) not in self._muted
                and at_least(flag.severity, audience.alerts.severity)
            ]
            if mine:
                messages += self._messages(audience, story, stored, mine, redactor)
        return messages

    def _messages(
        self, audience: Audience, story: int, stored: StoredArticle, flags: Sequence[Flag], redactor: Redactor | None
    ) -> list[Message]:
        assert audience.alerts is not None
        shown, found = stored, tuple(flags)
        if redactor is not None:
            shown, found = redactor.stored(stored), redactor.flags(stored.article, flags)
        severity = max((flag.severity for flag in flags), key=SEVERITIES.index)
        payload = self._payload(shown, found, redacted=redactor is not None)
        return [
            Message(
                key=f"alert/{audience.name}/{target}/{story}", kind="alert", audience=audience.name, target=target,
                severity=severity, payload=payload,
            )
            for target in audience.alerts.to
        ]  # fmt: skip

    def _payload(self, stored: StoredArticle, flags: Sequence[Flag], *, redacted: bool) -> Mapping[str, object]:
        article = stored.article
        who = outlet(article.source, self._sources)
        quotes, _ = cut(article.text, [span for flag in flags for span in flag.spans if span.where == "text"], limit=1)
        return {
            "id": stored.id,
            "headline": article.title,
            "url": article.url,
            "outlet": who.title,
            "affiliation": who.affiliation,
            "published_at": article.published_at and article.published_at.isoformat(),
            "fetched_at": article.fetched_at.isoformat(),
            "why": [
                {
                    "list": flag.list_title,
                    "rule": flag.rule,
                    "words": list(dict.fromkeys(span.words for span in flag.spans)),
                }
                for flag in flags
            ],
            "quote": "".join(piece.text for quote in quotes for piece in quote.pieces),
            "redacted": redacted,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done with the messages to one address that are due."""

    send: tuple[Waiting, ...] = ()
    later: tuple[tuple[Waiting, datetime], ...] = ()
    sum_up: tuple[Waiting, ...] = ()
    """To be told in one message."""
    summary: Message | None = None


def plan(due: Sequence[Waiting], sent: Sequence[datetime], audience: Audience, now: datetime) -> Plan:
    """For one address: alerts wait for the end of quiet hours; what is above the ceiling of an hour becomes one summary,
    which is within it. Everything else goes out as it comes.

    ``due``: oldest first; ``sent``: when alerts and summaries went there in the last hour.
    """
    rules = audience.alerts
    if rules is None:
        return Plan(send=tuple(due))
    now_ = [one for one in due if one.message.kind != "alert"]
    later: list[tuple[Waiting, datetime]] = []
    alerts: list[Waiting] = []
    for one in due:
        if one.message.kind == "alert":
            until = quiet_until(rules, one.message.severity, audience.zone, now)
            if until is None:
                alerts.append(one)
            else:
                later.append((one, until))
    # A message that was tried before is that message still: it may have arrived.
    tried = [one for one in alerts if one.tries]
    fresh = [one for one in alerts if not one.tries]
    left = max(rules.per_hour - len(sent) - len(tried), 0)
    if len(fresh) <= left:
        return Plan(send=(*now_, *tried, *fresh), later=tuple(later))
    if left == 0:
        free = (sent[0] if sent else now) + _HOUR
        later += [(one, max(free, now + _FIRST)) for one in fresh]
        return Plan(send=(*now_, *tried), later=tuple(later))
    alone, together = fresh[: left - 1], fresh[left - 1 :]
    return Plan(
        send=(*now_, *tried, *alone),
        later=tuple(later),
        sum_up=tuple(together),
        summary=_summary(together),
    )


def _summary(together: Sequence[Waiting]) -> Message:
    first = together[0].message
    worst = max((one.message.severity for one in together), key=SEVERITIES.index)
    shown = sorted(together, key=lambda one: -SEVERITIES.index(one.message.severity))[:_LISTED]
    items = [
        {
            "headline": one.message.payload["headline"],
            "outlet": one.message.payload["outlet"],
            "url": one.message.payload["url"],
            "severity": one.message.severity,
            "list": one.message.payload["why"][0]["list"],
        }
        for one in shown
    ]
    return Message(
        key=f"summary/{first.audience}/{first.target}/{together[0].id}-{together[-1].id}",
        kind="summary",
        audience=first.audience,
        target=first.target,
        severity=worst,
        payload={
            "items": items,
            "more": len(together) - len(shown),
            "redacted": any(one.message.payload.get("redacted") for one in together),
        },
    )


def alive(audience: Audience, now: datetime, facts: Mapping[str, object]) -> list[Message]:
    """The day's sign of life, when its hour has come and is not long past. ``facts``: what it says."""
    rules = audience.alerts
    if rules is None or rules.alive is None:
        return []
    local = now.astimezone(ZoneInfo(audience.zone))
    at = datetime.combine(local.date(), rules.alive, ZoneInfo(audience.zone))
    if not at <= local < at + 4 * _HOUR:
        return []
    return _to_all(audience, "alive", f"{local.date()}", facts)


def at_rest(states: Sequence[SourceState], now: datetime) -> bool:
    """Whether no source is overdue and none is in trouble: sources that are read twice a day are silent for hours."""
    return bool(states) and not any(state.failures or state.due_at < now - _OVERDUE for state in states)


def silence(audience: Audience, last: datetime | None, since: datetime, now: datetime) -> list[Message]:
    """Nothing was read for too long: once for each such time. ``last``: when a source was read last; ``since``: since when
    Rasid has read nothing though it should have."""
    rules = audience.alerts
    if rules is None or now - since < rules.silent_after:
        return []
    return _to_all(audience, "silent", since.isoformat(), {"last_read_at": last and last.isoformat()})


def reading(audience: Audience, told: Callable[[str], bool], silent_since: str, last: datetime) -> list[Message]:
    """It reads again, said to whom the silence was said. ``told``: whether a message of that key was put out."""
    rules = audience.alerts
    if rules is None:
        return []
    messages = _to_all(audience, "reading", silent_since, {"since": silent_since, "last_read_at": last.isoformat()})
    return [one for one in messages if told(one.key.replace("reading/", "silent/", 1))]


def _to_all(audience: Audience, kind: str, about: str, payload: Mapping[str, object]) -> list[Message]:
    assert audience.alerts is not None
    return [
        Message(
            key=f"{kind}/{audience.name}/{target}/{about}", kind=kind, audience=audience.name, target=target,
            severity="normal", payload=payload,
        )
        for target in audience.alerts.to
    ]  # fmt: skip
