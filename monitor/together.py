"""Several threads ask for the like, and one of them does it for all: what is asked for at about the same time is done together.

A pass costs seconds of CPU before it asks the first host, and almost nothing for one host more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Together"]

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Asked(Generic[T]):
    what: T
    taken: bool = False
    over: bool = False
    failed: BaseException | None = None


class Together(Generic[T]):
    """``do`` is called with what was asked for, ``most`` at a time, in ``places`` threads at most; it gives, by position, what each
    is to be answered with that failed. What it raises is everybody's answer."""

    def __init__(
        self, do: Callable[[list[T]], Mapping[int, BaseException]], *, places: int, most: int, gathering: float = 0.5
    ) -> None:
        """``gathering``: seconds in which others may join."""
        self._do = do
        self._free = places
        self._most = most
        self._gathering = gathering
        self._waiting: list[_Asked[T]] = []
        self._changed = threading.Condition()

    def __call__(self, what: T) -> None:
        """Returns when it is done; raises what it is answered with."""
        mine = _Asked(what)
        with self._changed:
            self._waiting.append(mine)
        while self._is_to_lead(mine):
            time.sleep(self._gathering)
            self._lead(mine)
        if mine.failed is not None:
            raise mine.failed

    def _is_to_lead(self, mine: _Asked[T]) -> bool:
        """Waits until it is over, or until there is a place to do it in, which is taken."""
        with self._changed:
            self._changed.wait_for(lambda: mine.over or (self._free > 0 and not mine.taken))
            if not mine.over:
                self._free -= 1
            return not mine.over

    def _lead(self, mine: _Asked[T]) -> None:
        """Does it for all that wait, if nobody has taken up what is asked for here."""
        with self._changed:
            batch = [] if mine.taken else self._waiting[: self._most]
            if not mine.taken and mine not in batch:
                batch[-1] = mine
            for one in batch:
                one.taken = True
                self._waiting.remove(one)
        try:
            failed = self._do([one.what for one in batch]) if batch else {}
            for at, one in enumerate(batch):
                one.failed = failed.get(at)
        except BaseException as error:  # noqa: BLE001 -- it is raised where it was asked for
            for one in batch:
                one.failed = error
        finally:
            with self._changed:
                self._free += 1
                for one in batch:
                    one.over = True
                self._changed.notify_all()
