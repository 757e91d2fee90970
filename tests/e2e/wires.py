"""Outlets on loopback addresses of their own, which write down when each was asked for what. Every word is ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from crawler.source import Source

__all__ = ["Wires", "wires"]

_PLACES = ("درعا", "حمص", "الرقة", "إدلب", "القامشلي", "السويداء", "طرطوس", "عفرين", "تدمر", "منبج")
_NEWS = (
    "أنهت ورشات الصيانة إصلاح خط المياه الذي يغذي الأحياء الشرقية بعد انقطاع دام أسبوعين",
    "افتتح مركز صحي جديد يقدم اللقاحات للأطفال ويستقبل المرضى طوال أيام الأسبوع",
    "ناقش مجلس المدينة موازنة العام المقبل وأقر زيادة المبلغ المخصص لترميم المدارس",
    "بدأ مزارعو القمح موسم البذار وسط نقص في المازوت وارتفاع في أسعار السماد",
    "تفقد مهندسو الكهرباء المحولات المتضررة ووعدوا بعودة التيار قبل نهاية الشهر",
)
_WIRE = (
    "أفاد مراسل الوكالة بأن قافلة مساعدات تضم أربعين شاحنة عبرت صباح اليوم متجهة إلى المخيمات الشمالية. "
    "وقال مسؤول في المنظمة الدولية إن الحمولة تشمل أغطية ومواد غذائية وأدوية تكفي عشرة آلاف عائلة لثلاثة أشهر. "
    "وأضاف أن قافلة ثانية ستنطلق الأسبوع المقبل إذا سمحت حالة الطرق، ودعا المانحين إلى الوفاء بتعهداتهم."
)


@dataclass(slots=True)
class Wires:
    """``asked``: (host, path, seconds) of every request, in its order. ``delay``: with which they are to be asked."""

    hosts: list[str]
    reports: int
    delay: float
    ports: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str, float]] = field(default_factory=list)
    slow: dict[str, float] = field(default_factory=dict)
    """Seconds that a host takes for an answer."""

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            Source(
                name=f"outlet-{number}", kind="feed", url=f"http://{host}:{self.ports[host]}/feed", title=f"صحيفة {number}",
                allow_addresses=(f"{host}/32",),
            )
            for number, host in enumerate(self.hosts)
        )  # fmt: skip

    def page(self, outlet: int, number: int) -> bytes:
        return _answer(self, self.hosts[outlet], f"/a/{number}", datetime.now(UTC))[2].encode()

    @property
    def addresses(self) -> set[str]:
        return {f"http://{host}:{self.ports[host]}/a/{n}" for host in self.hosts for n in range(self.reports)}

    def articles_asked(self, host: str) -> int:
        return sum(one == host and path.startswith("/a/") for one, path, _ in list(self.asked))

    def pace(self, host: str) -> float:
        """Seconds from one request to the next, where it was asked fastest: the mean of three, since a busy machine comes late
        to one and not to the next. Without robots.txt, which is asked for once a pass."""
        times = [at for one, path, at in self.asked if one == host and path != "/robots.txt"]
        return min(
            ((later - earlier) / 3 for earlier, later in zip(times, times[3:], strict=False)), default=self.delay
        )


def _text(host: int, number: int) -> tuple[str, str]:
    if number == 0:  # what all of them have from an agency
        return "قافلة مساعدات تعبر إلى المخيمات الشمالية", f"<p>{_WIRE}</p>"
    place, other = _PLACES[host % 10], _PLACES[(host + number) % 10]
    lines = [
        f"{_NEWS[(host + number + k) % 5]} في {place}، بحسب ما ذكره {k + number} من أهالي {other}." for k in range(3)
    ]
    return f"{_NEWS[(host + number) % 5].split(' بعد')[0][:50]} ({place} {number})", "".join(
        f"<p>{one}</p>" for one in lines
    )


def _answer(room: Wires, host: str, path: str, now: datetime) -> tuple[int, str, str]:
    outlet, base = room.hosts.index(host), f"http://{host}:{room.ports[host]}"
    if path == "/feed":
        items = "".join(
            f"<item><title>{_text(outlet, n)[0]}</title><link>{base}/a/{n}</link>"
            f"<pubDate>{format_datetime(now - timedelta(hours=1, minutes=n))}</pubDate></item>"
            for n in range(room.reports)
        )
        return 200, "application/rss+xml", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    if path.startswith("/a/"):
        title, body = _text(outlet, int(path[3:]))
        head = f'<meta charset="utf-8"><title>{title}</title>'
        return 200, "text/html; charset=utf-8", (
            f'<!DOCTYPE html><html lang="ar" dir="rtl"><head>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>'
        )  # fmt: skip
    return 404, "text/plain", ""


@contextmanager
def wires(outlets: int, *, reports: int, delay: float) -> Iterator[Wires]:
    room = Wires([f"127.4.0.{n + 1}" for n in range(outlets)], reports, delay)
    now, lock = datetime.now(UTC), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = str(self.server.server_address[0])
            with lock:
                room.asked.append((host, self.path, time.monotonic()))
            time.sleep(room.slow.get(host, 0))
            status, kind, body = _answer(room, host, self.path, now)
            raw = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    servers = []
    for host in room.hosts:
        server = ThreadingHTTPServer((host, 0), Handler)
        server.daemon_threads = True
        room.ports[host] = server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        servers.append(server)
    try:
        yield room
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
