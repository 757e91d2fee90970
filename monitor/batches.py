"""Sources read in children, and a source that ends its child told from those that only went with it.

A child that crashes leaves sources without an Outcome. They are tried again in halves, each in a child of its own, until one
source is left that ends its child alone: it gets an Outcome that says so, and from then on it is read apart from the others, so
that it costs only itself. How it ends costs at most the base-2 logarithm of the batch in children, each with half the time.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.outcome import Ending, Outcome
from monitor.children import Ended

__all__ = ["blamed", "read", "suspected"]

log = logging.getLogger(__name__)

_BLAME = "reading it ended its pass, which"
_SHORTEST = timedelta(minutes=2)
_SURE = 2
"""Children that must have ended before one source is blamed: the first may have been ended from outside."""


@dataclass(frozen=True, slots=True)
class _Batch:
    names: tuple[str, ...]
    limit: timedelta
    crashes: int = 0
    """Children that ended with these sources on board."""


def read(
    names: Sequence[str],
    *,
    suspects: Collection[str],
    run: Callable[[Sequence[str], timedelta], Ended | None],
    done: Callable[[Sequence[str], datetime], Collection[str]],
    blame: Callable[[str, Ended, datetime], None],
    limit: timedelta,
    now: Callable[[], datetime],
) -> Ended | None:
    """Read ``names``; how the last child ended that did not go well, or else the last one.

    ``suspects`` ended their child the last time, and go each in one of their own, after the others.
    ``run`` reads sources in a child within the time given; ``None``: everything is being stopped.
    ``done`` are those of a batch that have an Outcome since a moment. ``blame`` is told who ended the child that began then.
    """
    healthy = tuple(name for name in names if name not in suspects)
    waiting = deque([_Batch(healthy, limit)] if healthy else [])
    waiting.extend(_Batch((name,), limit, crashes=_SURE - 1) for name in names if name in suspects)
    worst: Ended | None = None
    while waiting:
        batch = waiting.popleft()
        began = now()
        ended = run(batch.names, batch.limit)
        if ended is None:
            return worst
        if worst is None or ended.code or ended.crashed:
            worst = ended
        if not ended.crashed:
            if ended.code:  # configuration, storage, another pass: it is none of the sources'
                return ended
            continue
        finished = done(batch.names, began)
        left = tuple(name for name in batch.names if name not in finished)
        log.error("a pass over %d sources %s; %d are without an Outcome", len(batch.names), ended, len(left))
        if len(left) == 1 and batch.crashes + 1 >= _SURE:
            log.error("%s: %s %s; it is read apart from now on", left[0], _BLAME, ended)
            blame(left[0], ended, began)
            continue
        half = max(batch.limit / 2, _SHORTEST)
        middle = (len(left) + 1) // 2
        parts = [part for part in (left[:middle], left[middle:]) if part]
        waiting.extendleft(_Batch(part, half, batch.crashes + 1) for part in reversed(parts))
    return worst


def blamed(source: str, ended: Ended, began: datetime, now: datetime) -> Outcome:
    """The Outcome of a source that ended its child."""
    return Outcome(source=source, ending=Ending.FAILED, why=f"{_BLAME} {ended}", started_at=began, ended_at=now)


def suspected(last: Outcome | None) -> bool:
    """Whether the last Outcome of a source is a blame."""
    return last is not None and last.why.startswith(_BLAME)
