"""A store that speaks as much of S3 as is asked of one, on loopback, and can be made to fail in the ways that real ones do."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY, SECRET = "AKIDRASIDTESTS", "secret-of-the-tests"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.fail: list[int] = []
        self.half = self.cut = self.down = False
        self.asked: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_PUT(self) -> None:
        if (asked := self._begun()) is None:
            return
        key, query, body = asked
        if "partNumber" in query:
            self.server.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self._keep(key, body)
        self._say(200, b"", {"ETag": _etag(body)})

    def do_POST(self) -> None:
        if (asked := self._begun()) is None:
            return
        key, query, body = asked
        if "uploads" in query:
            number = str(len(self.server.asked))
            self.server.parts[number] = {}
            self._xml("InitiateMultipartUploadResult", f"<UploadId>{number}</UploadId>")
        elif "uploadId" in query:
            parts = self.server.parts.pop(query["uploadId"][0])
            self._keep(key, b"".join(parts[number] for number in sorted(parts)))
            self._xml("CompleteMultipartUploadResult", f"<ETag>{_etag(self.server.objects[key])}</ETag>")
        else:
            keys = re.findall("<Key>([^<]*)</Key>", body.decode())
            for one in keys:
                self.server.objects.pop(f"{key.split('/')[0]}/{one}", None)
            self._xml("DeleteResult", "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in keys))

    def do_DELETE(self) -> None:
        if (asked := self._begun()) is not None:
            self.server.objects.pop(asked[0], None)
            self._say(204, b"")

    def do_GET(self) -> None:
        if (asked := self._begun()) is None:
            return
        data = self.server.objects.get(asked[0])
        if data is None:
            self._say(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        headers = {"ETag": _etag(data), "Last-Modified": "Mon, 23 Nov 2026 09:30:00 GMT"}
        if found := re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
            begin, end = int(found[1]), min(int(found[2]), len(data) - 1)
            headers["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
            self._say(206, data[begin : end + 1], headers)
        else:
            self._say(200, data, headers)

    do_HEAD = do_GET  # noqa: N815

    def _begun(self) -> tuple[str, dict[str, list[str]], bytes] | None:
        """Key, query and body of a request that is let in."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(f"{self.command} {self.path}")
        said = self.headers.get("Authorization", "")
        if self.server.down:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif self.server.fail:
            self._say(self.server.fail.pop(0), b"<Error><Code>SlowDown</Code></Error>")
        elif f"Credential={KEY}/" not in said:  # as the real ones do, it repeats what it was told
            self._say(403, f"<Error><Code>InvalidAccessKeyId</Code><Said>{said}</Said></Error>".encode())
        else:
            parts = urlsplit(self.path)
            return unquote(parts.path).lstrip("/"), parse_qs(parts.query, keep_blank_values=True), body
        return None

    def _keep(self, key: str, body: bytes) -> None:
        self.server.objects[key] = body[: len(body) // 2] if self.server.half else body

    def _xml(self, name: str, inside: str) -> None:
        self._say(200, f"<{name}>{inside}</{name}>".encode())

    def _say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if self.server.cut else body)
        self.close_connection = self.close_connection or self.server.cut

    def log_message(self, *args: Any) -> None:
        pass


class S3:
    """What is in ``fail`` (status codes) answers the next requests; ``half``: of what is put a half is kept; ``cut``: answers end in
    the middle."""

    def __init__(self) -> None:
        self.server = _Server()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def objects(self) -> dict[str, bytes]:
        """By bucket and key."""
        return self.server.objects

    def close(self) -> None:
        self.server.down = True  # who has a connection still is not answered either
        self.server.shutdown()
        self.server.server_close()


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


@contextmanager
def s3() -> Iterator[S3]:
    store = S3()
    try:
        yield store
    finally:
        store.close()
