"""Jobs of many machines: which there are, when one that failed is tried again, and what a person is told of those given up. Pure.

One job is what is due of one host, so that a host is asked by one machine at a time and at its own pace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.source import Source
from storage.records import Dead, Job

__all__ = [
    "BACKFILL",
    "CLOCK",
    "CRAWL",
    "MOST",
    "STARTED",
    "TELLING",
    "Reach",
    "again_in",
    "backfill_job",
    "by_host",
    "cron",
    "host_of",
    "jobs",
    "notes",
    "turn",
]

CRAWL, BACKFILL, CLOCK, TELLING = "crawl", "backfill", "clock", "telling"
"""Queues: each has places of its own in a worker, so that neither a long pass nor an archive keeps an alert waiting."""
STARTED = {CLOCK: ("dispatch", "care"), TELLING: ("digest", "alerts")}
"""What the clock starts, by queue: a worker that makes no digests does not serve theirs."""
MOST = 6
"""Tries, after which a job is given up and a person is told."""
_FIRST, _LONGEST = timedelta(seconds=20), timedelta(minutes=15)
_SHOWN = 8
_ALONE, _EXCUSED_FOR = 3, timedelta(hours=1)
_WORDS = {
    "ar": {
        CRAWL: "لم يُقرأ ما كان مستحقاً من {what} ({when}): تعذّر ذلك مراراً فتُرك",
        BACKFILL: "لم يُقرأ الأرشيف {what} إلى آخره ({when}): تعذّر ذلك مراراً فتُرك",
        "more": "وتُركت مهمات أخرى بعد محاولات عدة، عددها {count}",
    },
    "en": {
        CRAWL: "What was due of {what} was not read ({when}): it failed several times and was given up",
        BACKFILL: "The archive {what} was not read to its end ({when}): it failed several times and was given up",
        "more": "{count} more jobs were given up after several tries",
    },
}


def host_of(source: Source) -> str:
    """Whose turn is needed to read it; ``www.`` is the same server as a rule."""
    return (urlsplit(source.url).hostname or source.name).lower().removeprefix("www.")


def by_host(sources: Iterable[Source]) -> Mapping[str, list[Source]]:
    """Sources that are read together, in their order."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        found.setdefault(host_of(source), []).append(source)
    return found


def turn(host: str) -> str:
    """What is taken to ask a host (:class:`storage.turns.Turns`); also what its job is about."""
    return f"{CRAWL} {host}"


def jobs(due: Iterable[Source]) -> list[Job]:
    """One for each host of the sources that are due. What exactly is due is looked up when it is done."""
    return [Job(kind=CRAWL, about=turn(host), args={"host": host}, queue=CRAWL) for host in by_host(due)]


def backfill_job(place: str, options: Sequence[str]) -> Job:
    """One file of an archive; asked for twice it is read once."""
    return Job(
        kind=BACKFILL, about=f"{BACKFILL} {place}", args={"place": place, "options": list(options)}, queue=BACKFILL
    )


def again_in(tries: int) -> timedelta | None:
    """How long one that has failed so often rests; ``None``: it is given up."""
    return None if tries >= MOST else min(_FIRST * 3 ** max(tries - 1, 0), _LONGEST)


def cron(every: timedelta) -> str:
    """About as often, in croniter's form: the sixth field, the last, has the seconds."""
    seconds = max(int(every.total_seconds()), 1)
    if seconds < 60:
        return f"* * * * * */{seconds}"
    minutes = seconds // 60
    return f"*/{minutes} * * * *" if minutes < 60 else "0 * * * *"


def notes(dead: Sequence[Dead], zone: str, *, language: str = "ar") -> list[str]:
    """Sentences for the digest: reading that was given up in its day, each host once, at its last time."""
    words = _WORDS[language]
    last = {one.about: one for one in dead if one.kind in (CRAWL, BACKFILL)}
    told = [
        f"{words[one.kind].format(what=one.about.partition(' ')[2], when=_clock(one.at, zone))}."
        for one in list(last.values())[:_SHOWN]
    ]
    return [*told, f"{words['more'].format(count=len(last) - _SHOWN)}."] if len(last) > _SHOWN else told


@dataclass(slots=True)
class Reach:
    """Whether a worker's own network is there: of several hosts in a row nobody answered, and none of them was excused lately.

    Where it is not, the sources of these hosts are due for others at once, and once more for itself when it is there again. A few
    sites that are dead for good and happen to stand in a row are excused once an hour, and otherwise left alone as ever longer as any.
    """

    gone_since: datetime | None = None
    _unheard: dict[str, Sequence[str]] = field(default_factory=dict)
    _excused: dict[str, datetime] = field(default_factory=dict)

    def heard(self, host: str, names: Sequence[str], now: datetime, *, answered: bool | None) -> list[str]:
        """A host was asked; the sources that are to be excused. ``None``: nobody was."""
        if answered is None:
            return []
        if answered:
            back = self._unheard if self.gone_since else {}
            self.gone_since, self._unheard = None, {}
            return [name for names in back.values() for name in names]
        if self.gone_since is None and now - self._excused.get(host, now - _EXCUSED_FOR) < _EXCUSED_FOR:
            return []
        self._unheard[host] = names
        if self.gone_since is not None or len(self._unheard) < _ALONE:
            return []
        self.gone_since = now
        self._excused |= dict.fromkeys(self._unheard, now)
        return [name for names in self._unheard.values() for name in names]


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
