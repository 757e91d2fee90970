"""Sites on loopback: each on an address and port of its own, with answers by path and a log of what was asked."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    """Seconds before it is sent."""
    drip: float = 0.0
    """Seconds between two bytes of the body."""
    cut: bool = False
    """Close in the middle of the body."""


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    at: float


Route = Answer | Callable[[Asked], Answer]


class Site:
    """``site.routes["/feed"] = Answer(…)`` or a function of what was asked; what is not there is 404."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic())
                site.asked.append(asked)
                route = site.routes.get(self.path, Answer(b"not here", 404))
                answer = route(asked) if callable(route) else route
                time.sleep(answer.wait)
                try:
                    self._send(answer)
                except OSError:
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in ({"Content-Type": HTML} | dict(answer.headers)).items():
                    self.send_header(name, value)
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if answer.drip:
                    for number in range(len(answer.body)):
                        self.wfile.write(answer.body[number : number + 1])
                        time.sleep(answer.drip)
                elif answer.cut:
                    self.wfile.write(answer.body[: len(answer.body) // 2])
                    self.close_connection = True
                else:
                    self.wfile.write(answer.body)

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._server = Server((address, 0), Handler)
        self.address = address
        self.port = int(self._server.server_address[1])
        self.url = f"http://{address}:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def secure(self, folder: Path) -> None:
        """From now on with TLS, and a certificate that nobody vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.address)])
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address(self.address))])
        years = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))
        made = x509.CertificateBuilder(name, name, key.public_key(), 1, *years)
        pem = serialization.Encoding.PEM
        written = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (file := folder / "certificate.pem").write_bytes(
            written + made.add_extension(address, critical=False).sign(key, hashes.SHA256()).public_bytes(pem)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = self.url.replace("http:", "https:")

    def paths(self, *, robots: bool = False) -> list[str]:
        """What was asked for, in order; without robots.txt unless asked."""
        return [asked.path for asked in self.asked if robots or asked.path != "/robots.txt"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def site(address: str = "127.0.0.1") -> Iterator[Site]:
    served = Site(address)
    try:
        yield served
    finally:
        served.close()


def feed(base: str, *paths: str) -> Answer:
    """An RSS feed with a headline for each path (or whole address)."""
    items = "".join(
        f"<item><title>خبر رقم {number} من ريف دمشق</title><link>{path if '://' in path else base + path}</link></item>".replace(
            "&", "&amp;"
        )
        for number, path in enumerate(paths)
    )
    body = (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>نشرة</title>{items}</channel></rss>"
    )
    return Answer(body.encode(), headers={"Content-Type": "application/rss+xml; charset=utf-8"})


def article(title: str = "قصف مدفعي على أطراف بلدة في ريف إدلب", *, words: str = "") -> Answer:
    """A page with a text that is long enough to be one."""
    text = (
        "أفاد مراسلنا في ريف إدلب بأن قصفاً مدفعياً استهدف أطراف البلدة صباح اليوم، ما أدى إلى إصابة مدنيين اثنين بجروح. "
        f"وقال الدفاع المدني إن فرقه أسعفت المصابين إلى المشفى الأقرب، وتفقدت الأماكن المستهدفة. {words}"
    )
    body = f"<!doctype html><html lang='ar'><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article></body></html>"
    return Answer(body.encode())
