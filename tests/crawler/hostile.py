"""What a hostile site can do, over real HTTP on loopback: for the test of it, and larger for ``make bench-hostile``."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import brotli
from backports import zstd

from crawler.outcome import Fate
from crawler.source import Source
from tests.crawler.going import going
from tests.crawler.server import Answer, Asked, Route, Site, article, feed

GOOD = 5
_FIRST_HOST = 81
Sender = Callable[[socket.socket], None]

NEVER_DIALLED = (
    "http://10.0.0.1/",
    "http://10.1/",
    "http://172.16.5.5/",
    "http://192.168.1.1/admin",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://0251.0376.0251.0376/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://[::10.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:a00:1::]/",
    "http://[2001:0:a00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[::]/",
    "http://255.255.255.255/",
    "http://224.0.0.1/",
    "http://192.0.2.1/",
)
"""Addresses that must not be dialled, and are not: the guard's verdict is the proof."""
INSIDE = (
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.01:{port}/",
    "http://127.255.255.254:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://a@127.0.0.1:{port}/",
    "http://news.example@127.0.0.1:{port}/",
)
"""Spellings of where a listener waits that must see nothing."""


@dataclass(frozen=True)
class Case:
    name: str
    route: Route | Sender
    fates: frozenset[Fate]
    why: str = ""
    """Stands in the reason."""


@dataclass
class Field:
    """A hostile run laid out: sources to read, what is to come of them, and who must see nothing."""

    sources: list[Source]
    cases: Mapping[str, Case]
    """By the address of the entry."""
    links: list[str]
    """Entries that lead inside."""
    good: Site
    listener: Site
    sites: list[Site]


class Raw:
    """A server that speaks as it likes. ``routes[path]`` gets the connection when the request has been read."""

    def __init__(self, address: str) -> None:
        self.routes: dict[str, Sender] = {}
        self._socket = socket.create_server((address, 0), backlog=64)
        self.url = f"http://{address}:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(60)
            asked = b""
            while b"\r\n\r\n" not in asked:
                piece = connection.recv(65536)
                if not piece:
                    return
                asked += piece
            path = asked.split(b" ")[1].decode("latin-1")
            sender = self.routes.get(path)
            if sender is None:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                sender(connection)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def says(*pieces: bytes) -> Sender:
    def send(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return send


def for_ever(start: bytes, piece: bytes, *, pause: float = 0.0, seconds: float = 60.0) -> Sender:
    def send(connection: socket.socket) -> None:
        connection.sendall(start)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(piece)
            time.sleep(pause)

    return send


def _raw() -> dict[str, tuple[Sender, str]]:
    """Answers that break HTTP, and what is said of them; ``""``: anything."""
    return {
        "endless headers": (for_ever(b"HTTP/1.1 200 OK\r\n", b"X-News: " + b"a" * 4000 + b"\r\n"), "headers are too large"),
        "one endless header": (for_ever(b"HTTP/1.1 200 OK\r\nX-News: ", b"a" * 4000), ""),
        "interim answers without end": (for_ever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20), "headers are too large"),
        "headers that drip": (for_ever(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.3), "timeout"),
        "an endless body": (for_ever(_OK + b"\r\n", b"<p>" + b"a" * 60_000), "too large"),
        "endless chunks": (for_ever(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"a" * 0x8000 + b"\r\n"), "too large"),
        "a body that drips": (for_ever(_OK + b"Content-Length: 100000\r\n\r\n", b"a", pause=0.3), "timeout"),
        "silence": (for_ever(b"", b"", pause=1.0), "timeout"),
        "a length of terabytes": (says(_OK + b"Content-Length: 1000000000000\r\n\r\n", b"a"), "too large"),
        "a body that is shorter than said": (says(_OK + b"Content-Length: 5000\r\n\r\nabc"), ""),
        "a negative length": (says(_OK + b"Content-Length: -5\r\n\r\nabc"), ""),
        "two lengths": (says(_OK + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\nabcabcabc"), ""),
        "chunks that are none": (says(_OK + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\nabc\r\n"), ""),
        "a chunk that overflows": (says(_OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n"), ""),
        "another protocol": (says(b"SSH-2.0-OpenSSH_9.6\r\n"), ""),
        "no protocol": (says(b"<html><body>hello</body></html>"), ""),
        "a status beyond all": (says(b"HTTP/1.1 99999 What\r\nContent-Length: 0\r\n\r\n"), ""),
        "nothing": (says(), ""),
    }  # fmt: skip


def bombs(megabytes: int) -> dict[str, tuple[bytes, str]]:
    """Zeros, packed; and how that is labelled."""
    zeros = b"\0" * (megabytes * 2**20)
    packed = gzip.compress(zeros, 6)
    return {
        "a gzip bomb": (packed, "gzip"),
        "a brotli bomb": (brotli.compress(zeros, quality=5), "br"),
        "a zstd bomb": (zstd.compress(zeros), "zstd"),
        "a deflate bomb": (zlib.compress(zeros, 6), "deflate"),
        "a bomb packed twice": (gzip.compress(packed), "gzip, gzip"),
    }


def _pages() -> dict[str, bytes]:
    """Pages that would cost much to take apart; they may be read, and must not hold anything up."""
    text = "<p>قصف مدفعي على أطراف بلدة في ريف إدلب صباح اليوم أدى إلى إصابة مدنيين.</p>"
    return {
        "a hundred thousand nested elements": b"<div>" * 100_000,
        "a tag with a hundred thousand attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">",
        "a hundred thousand links": b"<a href='/x'>x</a>" * 50_000,
        "quadratic text": (text + "<p>" + "2020-01-" * 60_000 + "</p>").encode(),
        "a million entities": b"<p>" + b"&amp;" * 150_000,
        "an unclosed comment": text.encode() + b"<!--" + b"-" * 400_000,
        "a label that lies": text.encode("utf-16"),
    }


def lay_out(stack: ExitStack, *, megabytes: int) -> Field:
    """``megabytes``: what bombs hold."""
    hosts = (f"127.0.0.{number}" for number in range(_FIRST_HOST, 250))
    good, listener = stack.enter_context(_site(next(hosts))), stack.enter_context(_site("0.0.0.0"))
    wild, raw = stack.enter_context(_site(next(hosts))), [stack.enter_context(_raw_site(next(hosts))) for _ in range(4)]
    field = Field([], {}, [], good, listener, [])
    cases: dict[str, Case] = {}
    _good(field)
    _raw_cases(field, cases, wild, raw)
    _cases(field, cases, wild, megabytes)
    _leading_inside(field, wild, listener)
    for kind, path, route in _listings(listener.url, wild.url, megabytes):
        served = stack.enter_context(_site(next(hosts)))
        served.routes = _Any(route, path)
        field.sources.append(
            going(served.url, f"listing-{len(field.sources)}", kind=kind, path=path, allow=f"{served.address}/32")
        )
        field.sites.append(served)
    field.cases = cases
    return field


class _Any(dict[str, Any]):
    """Every address but robots.txt is answered by one route."""

    def __init__(self, route: Route, path: str) -> None:
        super().__init__()
        self._route, self._path = route, path

    def get(self, path: str, default: Any = None) -> Any:
        return default if path == "/robots.txt" else self._route


def _good(field: Field) -> None:
    paths = [f"/good/{number}" for number in range(GOOD)]
    field.good.routes["/feed"] = feed(field.good.url, *paths)
    for number, path in enumerate(paths):
        field.good.routes[path] = article(f"خبر سليم رقم {number} من ريف دمشق", words=f"وهذا نصه رقم {number}.")
    field.sources.append(going(field.good.url, "good", allow=f"{field.good.address}/32"))


def _raw_cases(field: Field, cases: dict[str, Case], wild: Site, raw: list[Raw]) -> None:
    failed = frozenset({Fate.FAILED, Fate.UNREADABLE})
    for number, (name, (sender, why)) in enumerate(_raw().items()):
        server = raw[number % len(raw)]
        server.routes[f"/raw/{number}"] = sender
        cases[f"{server.url}/raw/{number}"] = Case(name, sender, failed, why)
    allowed = (*(server.url.split("/")[2].split(":")[0] + "/32" for server in raw), f"{wild.address}/32")
    wild.routes["/feed-raw"] = feed("", *cases)
    source = going(wild.url, "raw", path="/feed-raw")
    field.sources.append(
        Source(**{name: getattr(source, name) for name in source.__slots__} | {"allow_addresses": allowed})
    )


def _cases(field: Field, cases: dict[str, Case], wild: Site, megabytes: int) -> None:
    failed, any_fate = frozenset({Fate.FAILED}), frozenset(Fate)
    found: list[Case] = [
        Case(name, Answer(body, headers={"Content-Encoding": label}), failed, "too large")
        for name, (body, label) in bombs(megabytes).items()
    ]
    found += [Case(name, Answer(body), any_fate) for name, body in _pages().items()]
    found += [
        Case("fifty codings", Answer(gzip.compress(b"x"), headers={"Content-Encoding": ",".join(["gzip"] * 50)}), any_fate),
        Case("a redirect to itself", Answer(b"", 302, {"Location": "/case/R"}), failed, "too many redirects"),
        Case("a row of redirects", _further, failed, "too many redirects"),
        Case("a redirect into nothing", Answer(b"", 302, {"Location": "http://"}), any_fate),
        Case("a redirect to a script", Answer(b"", 302, {"Location": "javascript:alert(1)"}), any_fate),
        Case("a redirect to a file", Answer(b"", 302, {"Location": "file:///etc/hostname"}), any_fate),
        Case("a page that refreshes itself", _refreshing, failed, "too many redirects"),
        Case("a bot wall", Answer(b"<title>Just a moment...</title>", 403, {"cf-mitigated": "challenge"}), frozenset({Fate.CHALLENGED})),
        Case("a page for browsers", Answer(b"<html><body><div id='root'></div></body></html>"), frozenset({Fate.NEEDS_BROWSER})),
        Case("a program", Answer(b"MZ\x90\0" * 1000, headers={"Content-Type": "application/octet-stream"}), frozenset({Fate.UNREADABLE})),
    ]  # fmt: skip
    for number, case in enumerate(found):
        path = f"/case/{number}"
        route = case.route
        if isinstance(route, Answer) and route.headers.get("Location") == "/case/R":
            route = Answer(b"", 302, {"Location": path})
        wild.routes[path] = _with_cookie(route)  # type: ignore[arg-type]
        cases[wild.url + path] = case
    wild.routes |= {f"/further/{n}": Answer(b"", 302, {"Location": f"/further/{n + 1}"}) for n in range(40)}
    wild.routes["/feed-cases"] = feed("", *[url for url in cases if url.startswith(wild.url)])
    field.sources.append(going(wild.url, "cases", path="/feed-cases", allow=f"{wild.address}/32"))
    field.sites.append(wild)


def _further(asked: Asked) -> Answer:
    return Answer(b"", 302, {"Location": "/further/1"})


def _refreshing(asked: Asked) -> Answer:
    return Answer(f"<html><head><meta http-equiv='refresh' content='0;url={asked.path}'></head></html>".encode())


def _with_cookie(route: Route) -> Route:
    def answer(asked: Asked) -> Answer:
        said = route(asked) if callable(route) else route
        return Answer(said.body, said.status, {"Set-Cookie": "session=1; Path=/", **said.headers})

    return answer


def _leading_inside(field: Field, wild: Site, listener: Site) -> None:
    targets = [*NEVER_DIALLED, *(url.format(port=listener.port) for url in INSIDE)]
    paths = []
    for number, target in enumerate(targets):
        wild.routes[f"/redirect/{number}"] = Answer(b"", 302, {"Location": target.encode().decode("latin-1")})
        wild.routes[f"/refresh/{number}"] = Answer(
            f"<html><head><meta http-equiv='refresh' content='0;url={target}'></head></html>".encode()
        )
        paths += [f"/redirect/{number}", f"/refresh/{number}"]
    field.links = [
        *(f"{target}{number}" for number, target in enumerate(targets)),
        *(wild.url + path for path in paths),
    ]
    wild.routes["/feed-inside"] = feed("", *field.links)
    field.sources.append(going(wild.url, "inside", path="/feed-inside", allow=f"{wild.address}/32"))


def _listings(inside: str, wild: str, megabytes: int) -> Iterator[tuple[str, str, Route]]:
    """Listings that are hostile themselves: (kind, path, answer)."""
    laughs = "<!DOCTYPE rss [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
    )
    item = f"<item><title>خبر &{{}};</title><link>{wild}/none</link></item>"
    rss = "<rss version='2.0'><channel><title>نشرة</title>{}</channel></rss>"
    xml = {"Content-Type": "application/xml"}
    outside = f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{inside}/xxe'><!ENTITY % y SYSTEM '{inside}/dtd'> %y;]>"
    yield "feed", "/feed", Answer((laughs + "]>" + rss.format(item.format("j"))).encode(), headers=xml)
    yield "feed", "/feed", Answer((outside + rss.format(item.format("x"))).encode(), headers=xml)
    attributes = " ".join(f"a{n}='1'" for n in range(100_000))
    yield "feed", "/feed", Answer(rss.format(f"<item {attributes}><title>خبر</title></item>").encode(), headers=xml)
    yield "feed", "/feed", Answer(b"<html><body>" + b"<p>text</p>" * 80_000, headers=xml)
    yield "feed", "/feed", Answer(b"[" * 900_000, headers={"Content-Type": "application/feed+json"})
    yield (
        "feed",
        "/feed",
        Answer(gzip.compress(b"\0" * (megabytes * 2**20)), headers={**xml, "Content-Encoding": "gzip"}),
    )
    index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>/s.xml?{}</loc></sitemap></sitemapindex>"
    yield "sitemap", "/s.xml", lambda asked: Answer(index.format(len(asked.path)).encode(), headers=xml)
    yield "sitemap", "/s.xml.gz", Answer(gzip.compress(b"<urlset>" + b" " * (megabytes * 2**20)), headers=xml)
    yield "section", "/", Answer(("<a href='/news/12345'>قصف مدفعي على بلدة في ريف</a>" * 15_000).encode())
    yield "wordpress", "/", _endless_posts
    yield "telegram", "/s/wire", _endless_channel


def _endless_posts(asked: Asked) -> Answer:
    """A page of posts for every number that is asked for, all of them of this minute."""
    number = int(asked.path.partition("&page=")[2] or 1) if "/posts" in asked.path else 0
    if not number:
        return Answer(b"", 404)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    post = {"id": number, "link": f"http://10.0.0.1/{number}", "date_gmt": now, "title": {"rendered": f"خبر {number}"}}
    headers = {"Content-Type": "application/json", "X-WP-TotalPages": "999999"}
    return Answer(json.dumps([post]).encode(), headers=headers)


def _endless_channel(asked: Asked) -> Answer:
    """A channel whose oldest page is never reached."""
    upto = int(asked.path.partition("before=")[2] or 10**9)
    now = datetime.now(UTC).isoformat()
    body = (
        f"<div class='tgme_widget_message' data-post='wire/{upto - 1}'><div class='tgme_widget_message_text'>خبر عاجل من ريف</div>"
        f"<a class='tgme_widget_message_date'><time datetime='{now}'></time></a></div>"
        f"<a class='tme_messages_more' data-before='{upto - 1}'></a>"
    )
    return Answer(body.encode())


@contextmanager
def _site(address: str) -> Iterator[Site]:
    served = Site(address)
    try:
        yield served
    finally:
        served.close()


@contextmanager
def _raw_site(address: str) -> Iterator[Raw]:
    served = Raw(address)
    try:
        yield served
    finally:
        served.close()
