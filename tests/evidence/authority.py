"""A time stamp authority of the tests' own: `openssl ts` behind a web server on loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """\
[req]
distinguished_name = name
[name]
[ext]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
certs = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: list[str] = []
        """What to answer next: ``down``, ``nonsense``, ``other`` (a stamp over something else); else a stamp."""
        self.asked = 0
        self.url = ""
        folder.mkdir(exist_ok=True)
        (folder / "conf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "36500",
             "-subj", "/CN=A test's authority", "-config", folder / "conf", "-extensions", "ext",
             "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            check=True, capture_output=True,
        )  # fmt: skip

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        done = subprocess.run(
            ["openssl", "ts", "-reply", "-queryfile", self.folder / "query", "-config", self.folder / "conf"],
            check=True, capture_output=True,
        )  # fmt: skip
        return done.stdout

    def other(self) -> bytes:
        asked = subprocess.run(
            ["openssl", "ts", "-query", "-digest", "ab" * 32, "-sha256", "-cert"], check=True, capture_output=True
        )
        return self.reply(asked.stdout)

    def verified(self, stamp: Path, root: str) -> bool:
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-digest", root, "-in", stamp, "-CAfile", self.folder / "cert.pem"],
            check=False, capture_output=True,
        )  # fmt: skip
        return done.returncode == 0


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    made = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer = made.answers.pop(0) if made.answers else "stamp"
            if answer == "down":
                self.send_error(503)
                return
            assert self.headers["Content-Type"] == "application/timestamp-query"
            body = {"nonsense": lambda: b"<html>", "other": made.other}.get(answer, lambda: made.reply(query))()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}/tsr"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield made
        server.shutdown()
