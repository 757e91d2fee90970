"""What the engine of going out is handed: how to ask, and what remembers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from crawler.article import Article, Entry, Page
from crawler.outcome import Fate, Outcome
from crawler.revisit import Revisit, Sight

__all__ = ["Callbacks", "Fetching", "Memory", "MemoryOfMany"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """How sites are asked."""

    user_agent: str
    """Honest, with a contact: ``Rasid/0.1 (+https://example.org/contact)``. robots.txt is read for its first word."""
    delay: float = 2.0
    """Seconds between two requests to one host; a host's Crawl-delay may ask for more, and gets it."""
    concurrency: int = 16
    """Transfers under way at a time, all hosts together."""
    timeout: float = 20.0
    """Seconds for one answer, from the request to the last byte."""
    max_bytes: int = 5 * 2**20
    """A larger body, before or after decompression, is not read."""
    readers: int = 2
    """Processes that take pages apart."""
    read_limit: float = 15.0
    """Seconds for one page to be taken apart."""
    time_limit: float | None = None
    """Seconds after which the pass ends in good order; ``None``: it ends when it is done."""


class Memory(Protocol):
    """What is remembered between passes: flat strings under a key.

    Keys: ``page <address>`` (validators of a listing; where an entry's address led), ``host <name>`` (what a host asked for),
    ``robots <origin>`` (its robots.txt).
    """

    def recall(self, key: str) -> Mapping[str, str] | None: ...
    def remember(self, key: str, value: Mapping[str, str]) -> None: ...


@runtime_checkable
class MemoryOfMany(Protocol):
    """A :class:`Memory` that can be asked for many keys at once."""

    def recall_all(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What a pass is given to call, one at a time, in a thread of its own; see :func:`crawler.run.crawl`."""

    known: Callable[[Sequence[str]], set[str]]
    memory: Memory
    keep: Callable[[Page], str | None]
    emit: Callable[[Article], Fate]
    missed: Callable[[str, Entry, Fate, str], None]
    ended: Callable[[Outcome], None]
    now: Callable[[], datetime]
    revisit: Sequence[Revisit] = ()
    again: Callable[[str, Sequence[Entry]], Sequence[Revisit]] | None = None
    revisited: Callable[[str, Sequence[Sight]], None] | None = None
    listed: Callable[[str, Page, Sequence[Entry], Sequence[str]], None] | None = None
    read_elsewhere: Collection[str] = ()
    owed: Callable[[str], Sequence[Entry]] | None = None
    together: Callable[[], AbstractContextManager[object]] = nullcontext
