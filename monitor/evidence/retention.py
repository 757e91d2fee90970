"""Which Captures may go, by rule. Pure.

What proves something flagged stays for ever. Of the rest a file goes when the youngest in it is old enough: files are a day's, so that
each is written anew once. Beyond the ceiling the oldest files give up what nobody flagged, however young it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Kept", "Plan", "days_left", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A Capture that is there."""

    id: str
    at: datetime
    file: str
    length: int
    head: bool
    """It is a file's first record, which goes with the last Capture of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    drop: Mapping[str, Mapping[str, str]]
    """By file: which go, and by which rule."""
    total: int
    """Bytes that are left when they are gone."""
    over: int
    """Bytes that are left beyond the ceiling: what is flagged alone is more than that."""


def plan(
    kept: Sequence[Kept], proving: Collection[str], now: datetime, *, others: timedelta, ceiling: int, busy: Collection[str] = ()
) -> Plan:  # fmt: skip
    """``proving``: ids that stay; ``busy``: files that somebody writes into."""
    files: dict[str, list[Kept]] = {}
    for one in kept:
        files.setdefault(one.file, []).append(one)
    total = sum(one.length for one in kept)
    drop: dict[str, dict[str, str]] = {}

    def let_go(name: str, why: str) -> int:
        captures = [one for one in files[name] if not one.head]
        going = {one.id: why for one in captures if one.id not in proving}
        if len(going) == len(captures):
            going |= {one.id: why for one in files[name] if one.head}
        if going and name not in drop:
            drop[name] = going
            return sum(one.length for one in files[name] if one.id in going)
        return 0

    idle = [name for name in files if name not in busy]
    for name in idle:
        if max(one.at for one in files[name]) < now - others:
            total -= let_go(name, f"older than {others.days} days, and not flagged")
    for name in sorted(idle, key=lambda name: (max(one.at for one in files[name]), name)):
        if total > ceiling:
            total -= let_go(name, f"all captures together were more than {ceiling} bytes; not flagged")
    return Plan(drop=drop, total=total, over=max(0, total - ceiling))


def days_left(free: int, floor: int, written: int, days: float) -> float | None:
    """In how many days the disk is full down to ``floor``, when it goes on as in the last ``days``; ``None``: nothing was written."""
    return None if written <= 0 or days <= 0 else max(0.0, (free - floor) / (written / days))
