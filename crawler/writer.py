"""One thread in which everything that a pass was given is called, one call at a time, so that storing never blocks fetching."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar, cast

__all__ = ["Broken", "Writer"]

P = ParamSpec("P")
T = TypeVar("T")


class Broken(Exception):  # noqa: N818 -- not an error of its own: it carries that there was one
    """A call failed, or an earlier one had: the pass stops. :attr:`Writer.error` is what was raised."""


class Writer:
    """Calls functions in one thread. After the first that raises, no other is called."""

    def __init__(self, on_error: Callable[[], None]) -> None:
        """``on_error`` is called once, on the event loop, when a call has raised."""
        self.error: BaseException | None = None
        self._on_error = on_error
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``function`` returns. Raises :class:`Broken` if it raises, or if an earlier call has."""
        if self.error is not None:
            raise Broken
        future = asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, function, args, kwargs)
        done, result = await asyncio.shield(future)  # a call that began is seen to its end
        if not done:
            self._on_error()
            raise Broken
        return cast("T", result)

    def _guarded(
        self, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> tuple[bool, T | None]:
        if self.error is not None:
            return False, None
        try:
            return True, function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 -- raised again by crawl(), whatever it is
            self.error = error
            return False, None

    def close(self) -> None:
        """Waits for the call under way."""
        self._thread.shutdown(wait=True, cancel_futures=True)
