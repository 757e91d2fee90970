"""Where the CPU of a process goes, by whose code it is: a thread looks every 5 ms at what each thread was at, and how much CPU it used.

Started in every Python process of a pass (also those that are forked) by a ``sitecustomize`` that :mod:`tests.benchmarks.share`
puts in their way. CPU seconds belong to the innermost frame that has an owner: lxml called by trafilatura is trafilatura's, and
lxml called by our own reader is ours. Counts go to ``SAMPLES/<pid>.json`` twice a second, since readers are killed at the end.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

__all__ = ["owner", "start"]

_EVERY = 0.005
_OURS = ("crawler", "storage", "monitor")
_ROOT = str(Path(__file__).parents[2])
_THEIRS = {
    "trafilatura": "trafilatura", "justext": "trafilatura", "htmldate": "trafilatura", "courlan": "trafilatura",
    "scrapy": "network", "twisted": "network", "OpenSSL": "network", "aiohttp": "network", "asyncio": "network",
    "protego": "network", "itemadapter": "network", "itemloaders": "network", "w3lib": "network", "queuelib": "network",
    "sqlalchemy": "store", "sqlite3": "store",
    "feedparser": "feedparser", "pebble": "processes", "multiprocessing": "processes", "warcio": "captures",
}  # fmt: skip


def owner(frame: FrameType | None) -> str:
    """Whose code it is; an import is nobody's but the start's."""
    found = ""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return "start"
        if not found:
            if name.startswith(_ROOT) and "site-packages" not in name:
                part = name[len(_ROOT) + 1 :].split("/")
                if part[0] in _OURS:
                    found = f"ours: {part[0]}.{part[-1].removesuffix('.py')}"
            else:
                parts = name.replace("site-packages/", "lib/").replace("python3.11/", "lib/").split("lib/")
                found = _THEIRS.get(parts[-1].split("/")[0].removesuffix(".py"), "")
        frame = frame.f_back
    return found or "other"


def _watch(folder: Path) -> None:
    mine, used, counted, said = threading.get_ident(), dict[int, float](), Counter[str](), time.monotonic()
    while True:
        time.sleep(_EVERY)
        frames = sys._current_frames()
        for ident, frame in frames.items():
            if ident == mine:
                continue
            try:
                cpu = time.clock_gettime(time.pthread_getcpuclockid(ident))
            except OSError:  # it has just ended
                continue
            if (spent := cpu - used.get(ident, 0.0)) > 0:
                counted[owner(frame)] += spent  # type: ignore[assignment]
            used[ident] = cpu
        del frames
        if time.monotonic() - said > 0.5:
            said = time.monotonic()
            part = folder / f"{os.getpid()}.part"
            part.write_text(json.dumps(counted))
            part.replace(folder / f"{os.getpid()}.json")


def start() -> None:
    folder = Path(os.environ["SAMPLES"])
    threading.Thread(target=_watch, args=(folder,), name="sampler", daemon=True).start()


os.register_at_fork(after_in_child=start)
