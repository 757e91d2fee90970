"""Workers as an operator starts them, over a press of the test's own and a real PostgreSQL, each connected through a proxy of its own
that can be cut."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL, make_url

from tests.e2e.running import ROOT, command

__all__ = ["Proxy", "eventually", "proxied", "worker"]


class Proxy:
    """A TCP port of loopback in front of a PostgreSQL."""

    def __init__(self, database: str) -> None:
        self._to: URL = make_url(database)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self.whole = True
        self._over = False
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        port = self._listening.getsockname()[1]
        behind = URL.create(
            "postgresql+psycopg", self._to.username, self._to.password, "127.0.0.1", port, self._to.database
        )
        return behind.render_as_string(hide_password=False)

    def cut(self) -> None:
        """Every connection breaks, and no new one lives."""
        with self._lock:
            self.whole = False
            self._drop()

    def mend(self) -> None:
        self.whole = True

    def close(self) -> None:
        self._over = True
        self._thread.join(5)
        with self._lock:
            self._drop()
        self._selector.close()
        self._listening.close()

    def _drop(self) -> None:
        for one in list(self._pairs):
            with suppress(KeyError, ValueError):
                self._selector.unregister(one)
            one.close()
        self._pairs.clear()

    def _serve(self) -> None:
        while not self._over:
            for key, _ in self._selector.select(0.1):
                with self._lock:
                    self._ready(key.fileobj)  # type: ignore[arg-type]

    def _ready(self, one: socket.socket) -> None:
        if one is self._listening:
            near, _ = one.accept()
            if not self.whole:
                near.close()
                return
            far = self._dial()
            for this, that in ((near, far), (far, near)):
                self._pairs[this] = that
                self._selector.register(this, selectors.EVENT_READ)
        elif one in self._pairs:
            other = self._pairs[one]
            try:
                if data := one.recv(2**16):
                    other.sendall(data)
                    return
            except OSError:
                pass
            for side in (one, other):
                self._pairs.pop(side, None)
                with suppress(KeyError, ValueError):
                    self._selector.unregister(side)
                side.close()

    def _dial(self) -> socket.socket:
        where = str(self._to.query.get("host") or self._to.host or "127.0.0.1")
        port = int(str(self._to.query.get("port") or self._to.port or 5432))
        if not where.startswith("/"):
            return socket.create_connection((where, port))
        found = socket.socket(socket.AF_UNIX)
        found.connect(f"{where}/.s.PGSQL.{port}")
        return found


@contextmanager
def proxied(database: str) -> Iterator[Proxy]:
    proxy = Proxy(database)
    try:
        yield proxy
    finally:
        proxy.close()


@contextmanager
def worker(config: Path, var: Path, url: str, log: IO[str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """``rasid worker`` in a process of its own; killed in the end, if it is still there."""
    var.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"RASID_STORAGE_URL": url, "RASID_VAR": str(var), "NO_COLOR": "1"}
    with subprocess.Popen(
        command(config, "worker", *arguments), cwd=ROOT, env=environment, stdout=log, stderr=log
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def eventually(what: Callable[[], object], seconds: float = 60.0) -> None:
    """Until it is so; a failure after that long, which is far more than it takes."""
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)
