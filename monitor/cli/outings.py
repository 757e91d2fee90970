"""Sources read in child processes: what the service and a worker do alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.outcome import Ending
from monitor import batches, halts
from monitor.cli.edges import opened

if TYPE_CHECKING:
    from monitor.children import Children, Ended
    from monitor.config import Config

__all__ = ["Outings"]


class Outings:
    """``config``: as it is now. ``began_by``: what the children say of themselves with ``--by``, so that their passes are known
    from those of others; empty: there are no others."""

    def __init__(
        self,
        base: Sequence[str],
        config: Callable[[], Config],
        children: Children,
        clock: Callable[[], datetime],
        *,
        began_by: str = "",
    ) -> None:
        self._base = list(base)
        self._config = config
        self._children = children
        self._now = clock
        self._by = began_by

    def read(self, names: Sequence[str], *, limit: timedelta) -> tuple[Ended | None, set[str]]:
        """Read these sources: how the worst child ended (``None``: everything is being stopped), and which have an Outcome."""
        began = self._now()
        with opened(self._config()) as store:
            suspects = {state.name for state in store.sources() if batches.suspected(state.last)}
        ended = batches.read(
            names, suspects=suspects, run=self._pass, done=self._done, blame=self._blame, limit=limit, now=self._now
        )
        return ended, self._done(names, began)

    def answered(self, names: Collection[str]) -> bool | None:
        """Whether anything out there answered one of them; ``None``: nobody was asked."""
        return self.each_answered([names])[0]

    def each_answered(self, groups: Sequence[Collection[str]]) -> list[bool | None]:
        """The same of several."""
        with opened(self._config()) as store:
            met = {state.name: halts.answered(state) for state in store.sources()}
        return [any(met.get(name, False) for name in names) if names else None for names in groups]

    def excuse(self, names: Sequence[str]) -> None:
        """That they could not be reached was no fault of theirs: they are due as soon as the network is there."""
        with opened(self._config()) as store:
            store.upkeep.put_off(names, self._now())

    def cut_short(self, names: Collection[str]) -> list[str]:
        """Those of them that the end of their pass left unfinished."""
        with opened(self._config()) as store:
            return [
                one.name for one in store.sources() if one.name in names and one.last and one.last.ending is Ending.CUT
            ]

    def _pass(self, names: Sequence[str], limit: timedelta) -> Ended | None:
        chosen = [word for name in names for word in ("--source", name)]
        by = ["--by", self._by] if self._by else []
        arguments = [*self._base, "crawl", "--last-good", *by, *chosen]
        ended = self._children.run(arguments, limit=limit.total_seconds())
        if ended is not None and ended.crashed:
            with opened(self._config()) as store:
                if (number := self._number()) is not None:
                    last = next((one for one in store.passes(500) if one.id == number), None)
                    if last is not None and last.ended_at is None:
                        store.end_pass(number, self._now(), error=f"it {ended}")
        return ended

    def _number(self) -> int | None:
        """Of the last pass that was begun by us."""
        with opened(self._config()) as store:
            if self._by:
                told = store.recall(f"pass by {self._by}")
                return int(told["number"]) if told else None
            last = store.passes(1)
            return last[0].id if last else None

    def _done(self, names: Sequence[str], since: datetime) -> set[str]:
        with opened(self._config()) as store:
            states = {state.name: state for state in store.sources()}
        found = {name: states[name].last_pass_at for name in names if name in states}
        return {name for name, at in found.items() if at is not None and at >= since}

    def _blame(self, name: str, ended: Ended, began: datetime) -> None:
        from monitor.rhythm import due_again

        source = next(source for source in self._config().sources if source.name == name)
        outcome = batches.blamed(name, ended, began, self._now())
        number = self._number()
        with opened(self._config()) as store:
            failures = next((state.failures for state in store.sources() if state.name == name), 0) + 1
            number = store.begin_pass(began) if number is None else number
            store.record(number, outcome, due_at=due_again(source, outcome, failures))
