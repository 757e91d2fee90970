"""The newsroom as a process of its own: every outlet on a loopback address, one port for all.

``python -m tests.newsroom.server --port 8411`` serves until it is interrupted. Programs use
:func:`tests.newsroom.running.newsroom`. When it is ready it prints one line of JSON: ``{"port": 8411, …}``.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from tests.newsroom.outlets import CONTROL, HIDDEN, OUTLETS, TROUBLES, Outlet
from tests.newsroom.site import Answer, World, answer
from tests.newsroom.stations import Respond, Station

__all__ = ["main", "serve"]


class _House:
    """The state of the newsroom, its stations, and the control over both."""

    def __init__(self, now: datetime, edition: int, port: int, log: IO[str] | None) -> None:
        troubles = {outlet.name: outlet.trouble for outlet in OUTLETS.values() if outlet.trouble}
        self._lock, self._file = threading.Lock(), log
        self._stations: dict[str, Station] = {}
        control = Station(CONTROL, port, self._control, lambda _: None)
        self._world = World(now=now, port=control.port, edition=edition, troubles=troubles)
        try:
            for outlet in OUTLETS.values():
                self._stations[outlet.name] = Station(outlet.host, control.port, self._of(outlet), self._log)
            self._stations[""] = Station(HIDDEN, control.port, self._hidden, self._log)
        except OSError:
            for station in (control, *self._stations.values()):
                station.close()
            raise
        self.port = control.port
        for name, station in self._stations.items():
            if troubles.get(name) != "dead":
                station.listen()
        control.listen()

    def _of(self, outlet: Outlet) -> Respond:
        return lambda target, headers: answer(outlet, target, headers, self._world)

    def _hidden(self, target: str, headers: Mapping[str, str]) -> Answer:
        return Answer(headers={"Content-Type": "text/plain"}, body=b"nobody should have come here\n")

    def _control(self, target: str, headers: Mapping[str, str]) -> Answer:
        """``/edition?is=2``, ``/edition?outlet=hal`` for one alone; ``/trouble?outlet=khabur&is=busy``, without ``is`` it is well again."""
        path = urlsplit(target).path
        asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        with self._lock:
            if path == "/edition" and asked.get("outlet") in OUTLETS:
                self._world = replace(self._world, ahead=self._world.ahead | {asked["outlet"]})
            elif path == "/edition" and asked.get("is") in ("1", "2"):
                self._world = replace(self._world, edition=int(asked["is"]))
            elif path == "/trouble" and asked.get("outlet") in OUTLETS and asked.get("is", "dead") in TROUBLES:
                self._ail(asked["outlet"], asked.get("is"))
            elif path != "/":
                return Answer(status=404, body=b"unknown\n")
            world = self._world
        said = {"now": world.now.isoformat(), "edition": world.edition, "troubles": dict(world.troubles)}
        return Answer(headers={"Content-Type": "application/json"}, body=json.dumps(said).encode())

    def _ail(self, outlet: str, trouble: str | None) -> None:
        troubles = {name: what for name, what in self._world.troubles.items() if name != outlet}
        self._world = replace(self._world, troubles=troubles | ({outlet: trouble} if trouble else {}))
        station = self._stations[outlet]
        station.fall_silent() if trouble == "dead" else station.listen()

    def _log(self, request: Mapping[str, object]) -> None:
        if self._file is not None:
            with self._lock:
                self._file.write(json.dumps(dict(request)) + "\n")
                self._file.flush()


def serve(now: datetime, *, edition: int = 1, port: int = 0, log: IO[str] | None = None) -> int:
    """Starts every outlet in threads that end with the process; the port. ``OSError`` where ``port`` is taken."""
    for _ in range(20):
        try:
            return _House(now, edition, port, log).port
        except OSError as error:
            # a port that was free on the first address may be taken on another one
            if port or error.errno != errno.EADDRINUSE:
                raise
    raise OSError("no port is free on all addresses")


def main() -> int:
    parser = argparse.ArgumentParser(description="Serve the newsroom on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument(
        "--now", type=datetime.fromisoformat, help="ISO 8601 with a zone; the clock, rounded to the hour"
    )
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1)
    parser.add_argument("--log", type=Path, help="a file that gets one line of JSON for each request")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    given = parser.parse_args()
    now = given.now or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    if now.utcoffset() is None:
        parser.error("--now needs a zone, like 2018-05-12T15:00:00+03:00")
    log = given.log.open("a", encoding="utf-8") if given.log else None
    try:
        port = serve(now, edition=given.edition, port=given.port, log=log)
    except OSError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 1
    print(json.dumps({"port": port, "now": now.isoformat(), "pid": os.getpid()}), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        # The kernel closes the pipe when the parent is gone, however it ended.
        sys.stdin.buffer.read() if given.with_parent else threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
