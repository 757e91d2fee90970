"""One loopback address that answers over HTTP, logs what it was asked, and can fall silent."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from tests.newsroom.site import Answer

__all__ = ["Log", "Respond", "Station"]

Respond = Callable[[str, Mapping[str, str]], Answer]
"""(target, headers by name in small letters) -> what is sent back."""
Log = Callable[[Mapping[str, object]], None]


class Station:
    """One address. It has its port at once and listens when told to; silent, the port stays taken and refuses."""

    def __init__(self, host: str, port: int, respond: Respond, log: Log) -> None:
        self.host, self.respond, self.log = host, respond, log
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._server: ThreadingHTTPServer | None = None

    @property
    def listening(self) -> bool:
        return self._server is not None

    def listen(self) -> None:
        if self._server is None:
            self._server = _Server(self, self._socket)
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def fall_silent(self) -> None:
        if self._server is not None:
            server, self._server = self._server, None
            server.shutdown()
            server.server_close()
            self._socket = _bound(self.host, self.port)

    def close(self) -> None:
        self.fall_silent()
        self._socket.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, station: Station, bound: socket.socket) -> None:
        super().__init__((station.host, station.port), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.station = bound, station
        self.server_activate()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        station = cast("_Server", self.server).station
        headers = {name.lower(): value for name, value in self.headers.items()}
        found = station.respond(self.path, headers)
        asked = {"host": station.host, "method": self.command, "target": self.path, "headers": headers}
        station.log({**asked, "status": found.status})
        self._send(found, zipped="gzip" in headers.get("accept-encoding", ""))
        if not station.listening:  # it has fallen silent: the connections that it has end too
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, found: Answer, *, zipped: bool) -> None:
        body, headers = found.body, dict(found.headers)
        if zipped and len(body) > 1000 and not found.pace:
            body = gzip.compress(body, 1, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        self.send_response(found.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if found.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        try:
            if found.reset:  # without SO_LINGER the connection would be ended in good order
                self.wfile.write(body[: len(body) // 2])
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            self._write(body, found.pace)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _write(self, body: bytes, pace: float) -> None:
        if not pace:
            self.wfile.write(body)
            return
        for place in range(len(body)):
            self.wfile.write(body[place : place + 1])
            time.sleep(pace)

    def version_string(self) -> str:
        return "Apache"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        pass


def _bound(host: str, port: int) -> socket.socket:
    """A socket that has the address and does not listen: whoever connects is refused."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found
