"""A press that never sleeps: any number of outlets on loopback addresses of their own, which publish by the test's own clock.

``python -m tests.load.press OUTLETS PER_DAY CLOCK ONE_IN``: prints its port and serves until standard input ends. What an outlet has
published follows from the time alone: its k-th report comes k periods after :data:`BEGINNING`. One report in ten (``ONE_IN``)
speaks of detainees; texts are some 1,800 letters, made here.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

from crawler.source import Source

__all__ = ["BEGINNING", "Press", "host", "press", "published", "watched"]

BEGINNING = datetime(2026, 11, 24, 4, tzinfo=UTC)
"""Nothing is older."""
_SHOWN = 30
_PLACES = (
    "درعا",
    "حمص",
    "الرقة",
    "إدلب",
    "القامشلي",
    "دير الزور",
    "السويداء",
    "طرطوس",
    "عفرين",
    "تدمر",
    "منبج",
    "الحسكة",
)
_WHO = (
    "مجلس المدينة",
    "الدفاع المدني",
    "مديرية الصحة",
    "غرفة التجارة",
    "اتحاد الفلاحين",
    "شركة الكهرباء",
    "جامعة الفرات",
)
_DID = ("أعلن", "أكد", "بدأ", "أنهى", "ناقش", "افتتح", "أجّل", "راجع", "نفى", "وزّع")
_WHAT = (
    "صيانة شبكة المياه في الأحياء الشرقية", "توزيع مادة المازوت على العائلات", "ترميم ثلاث مدارس تضررت في السنوات الماضية",
    "حملة لتلقيح الأطفال دون الخامسة", "تسعيرة جديدة لنقل الركاب", "موسم القمح الذي جاء دون التوقعات", "إصلاح الطريق الدولي",
    "قائمة بأسماء المتضررين من السيول", "دورة لتدريب المسعفين المتطوعين", "مشروع لإنارة الشوارع بالطاقة الشمسية",
)  # fmt: skip
_HELD = "وطالبت عائلات المعتقلين بالكشف عن مصير أبنائها المغيبين منذ سنوات"


def host(outlet: int) -> str:
    return f"127.1.{outlet // 250}.{outlet % 250 + 1}"


def _beginning(outlet: int, period: timedelta) -> datetime:
    return BEGINNING + period * (outlet * 0.618 % 1)


def published(outlet: int, number: int, period: timedelta) -> datetime:
    return _beginning(outlet, period) + period * number


def newest(outlet: int, now: datetime, period: timedelta) -> int:
    return int((now - _beginning(outlet, period)) / period)


def watched(outlet: int, number: int, one_in: int = 10) -> bool:
    return (outlet * 7 + number) % one_in == 0


@lru_cache(maxsize=5000)
def report(outlet: int, number: int, one_in: int = 10) -> tuple[str, tuple[str, ...]]:
    """Its headline and paragraphs."""
    dice = random.Random(outlet * 1_000_003 + number)

    def sentence() -> str:
        who, did, what = dice.choice(_WHO), dice.choice(_DID), dice.choice(_WHAT)
        return f"{did} {who} في {dice.choice(_PLACES)} {what}، بعد {dice.randrange(2, 90)} يوماً من {dice.choice(_WHAT)}"

    paragraphs = [". ".join(sentence() for _ in range(4)) + "." for _ in range(4)]
    if watched(outlet, number, one_in):
        paragraphs[1] += f" {_HELD} ({number})."
    return f"{sentence().partition('،')[0]} ({number})", tuple(paragraphs)


def feed(outlet: int, now: datetime, period: timedelta, base: str) -> tuple[str, str]:
    """The feed, and the tag that changes with it."""
    last = newest(outlet, now, period)
    items = "".join(
        f"<item><title>{report(outlet, n)[0]}</title><link>{base}/a/{n}</link><guid>{base}/a/{n}</guid>"
        f"<pubDate>{format_datetime(published(outlet, n, period))}</pubDate></item>"
        for n in range(last, max(last - _SHOWN, -1), -1)
    )
    return f'<rss version="2.0"><channel><title>صحيفة {outlet}</title>{items}</channel></rss>', f'"{last}"'


def page(outlet: int, number: int, period: timedelta, one_in: int = 10) -> str:
    title, paragraphs = report(outlet, number, one_in)
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    at = published(outlet, number, period).isoformat()
    return (
        f'<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} | صحيفة {outlet}</title>'
        f'<meta property="article:published_time" content="{at}"></head><body><nav><a href="/">الرئيسية</a></nav>'
        f"<article><h1>{title}</h1><time datetime={at!r}>{at}</time>{text}</article><footer>جميع الحقوق محفوظة</footer></body></html>"
    )


class _House:
    def __init__(self, outlets: int, period: timedelta, clock: Path, one_in: int) -> None:
        self._one_in = one_in
        self._of = {host(n): n for n in range(outlets)}
        self._period, self._clock = period, clock
        self.port = 0

    def _now(self) -> datetime:
        set_at = datetime.fromtimestamp(self._clock.stat().st_mtime, UTC)
        return datetime.fromisoformat(self._clock.read_text("ascii")) + (datetime.now(UTC) - set_at)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outlet = self._of[writer.get_extra_info("sockname")[0]]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(outlet, head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, outlet: int, head: str) -> bytes:
        path, now = head.split(" ", 2)[1], self._now()
        base, kind, tag = f"http://{host(outlet)}:{self.port}", "text/html; charset=utf-8", ""
        status, body = "200 OK", ""
        if path == "/feed":
            body, tag = feed(outlet, now, self._period, base)
            kind = "application/rss+xml"
            if re.search(rf"(?im)^if-none-match: .*{re.escape(tag)}", head):
                status, body = "304 Not Modified", ""
        elif (found := re.fullmatch(r"/a/(\d+)", path)) and int(found[1]) <= newest(outlet, now, self._period):
            body = page(outlet, int(found[1]), self._period, self._one_in)
        else:
            status = "404 Not Found"
        raw = body.encode()
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(raw)}"]
        return "\r\n".join([*lines, *([f"ETag: {tag}"] if tag else []), "", ""]).encode() + raw


async def _main(outlets: int, per_day: float, clock: Path, one_in: int = 10) -> None:
    house = _House(outlets, timedelta(days=1) / per_day, clock, one_in)
    first = await asyncio.start_server(house.serve, host(0), 0, backlog=1000)
    house.port = first.sockets[0].getsockname()[1]
    for n in range(1, outlets):
        await asyncio.start_server(house.serve, host(n), house.port)
    print(json.dumps({"port": house.port}), flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)


@dataclass(frozen=True, slots=True)
class Press:
    port: int
    outlets: int
    period: timedelta

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            Source(
                name=f"outlet-{n}",
                kind="feed",
                url=f"http://{host(n)}:{self.port}/feed",
                title=f"صحيفة {n}",
                delay=0.01,
                allow_addresses=(f"{host(n)}/32",),
            )
            for n in range(self.outlets)
        )


@contextmanager
def press(outlets: int, per_day: float, clock: Path, one_in: int = 10) -> Iterator[Press]:
    """In a process of its own, which ends with the block. ``clock``: see :mod:`tests.e2e.clocked`."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.load.press", str(outlets), str(per_day), str(clock), str(one_in)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = json.loads(process.stdout.readline())["port"]
            yield Press(port, outlets, timedelta(days=1) / per_day)
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
