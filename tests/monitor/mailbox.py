"""Real servers on loopback that messages are sent to: a webhook and a mail server, which can misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, cast

__all__ = ["Mailbox", "Webhook", "closed_port", "mailbox", "webhook"]


class Webhook:
    """What came, and how it answers: a status, ``hang`` or ``die`` (in the middle of its answer); the last one stays."""

    def __init__(self) -> None:
        self.answers: list[Any] = [200]
        self.got: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.port = 0
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/secret-token/"

    def next(self) -> Any:
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def webhook() -> Iterator[Webhook]:
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = hook.next()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if answer == "hang":
                time.sleep(30)
                return
            with hook.lock:
                hook.got.append(json.loads(body))
                hook.keys.append(self.headers["X-Rasid-Message"])
            if answer == "die":
                self.wfile.write(b"HTTP/1.1 2")
                self.close_connection = True
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        hook.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield hook
        server.shutdown()


class Mailbox:
    """Mails that came; ``refuse``: answers of the server to DATA, the last one stays."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers = ["250 taken"]
        self.port = 0

    @property
    def address(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=rasid@rasid.example&to=desk@rasid.example&mode=insecure"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Handler(StreamRequestHandler):
        """As much of RFC 5321 as a client asks for."""

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 rasid.example")
            while line := self.rfile.readline():
                word = line.split(b" ", 1)[0].strip().upper()
                if word == b"QUIT":
                    self.say("221 bye")
                    return
                if word == b"DATA":
                    self.data()
                else:
                    self.say("250 rasid.example" if word in {b"EHLO", b"HELO", b"MAIL", b"RCPT", b"RSET"} else "502 no")

        def data(self) -> None:
            answer = box.answers.pop(0) if len(box.answers) > 1 else box.answers[0]
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if answer == "die":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if answer.startswith("2"):
                box.mails.append(cast("EmailMessage", message_from_bytes(b"".join(lines), policy=default)))
            self.say(answer)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield box
        server.shutdown()


def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
