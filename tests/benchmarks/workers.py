"""Two workers beside one, at what costs CPU: archives of Arabic pages as heavy as real ones, one job a file, each worker on one processor of its own.

``FILES``, ``PAGES`` in the environment: how many files, and pages in each (6, 120). The time of the wall says what two machines are good for where
nothing else runs; the pages for each second of CPU say whether they are in each other's way, also on a busy machine. PostgreSQL runs on the same processors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil

from crawler.source import Source
from monitor import lists, queue
from storage.store import Store
from tests.benchmarks._mixed_pages import Press
from tests.e2e.crew import eventually, worker
from tests.e2e.running import ROOT, configure
from tests.postgres import database
from tests.warcs import Answer, warc

FILES, PAGES = int(os.environ.get("FILES", "6")), int(os.environ.get("PAGES", "120"))
_ASKED = 1.7
_SOURCE = Source(name="a", kind="feed", url="http://127.0.0.1:9/feed", title="a", allow_addresses=("127.0.0.1/32",))


def archives(folder: Path) -> list[Path]:
    press, made = Press(lists.load(ROOT / "config" / "watchlists").matcher), []
    for number in range(FILES):
        file = folder / f"{number}.warc.gz"
        arabic = (7 + 20 * n for n in range(number * PAGES, (number + 1) * PAGES))
        warc(file, (Answer(url=f"http://paper.example/news/{n}", body=press.page(n)) for n in arabic))
        made.append(file)
    return made


def spent(process: subprocess.Popen[bytes]) -> float:
    """Seconds of CPU of a worker and of all that it has started."""
    total = 0.0
    with suppress(psutil.Error):
        mine = psutil.Process(process.pid)
        for one in (mine, *mine.children(recursive=True)):
            with suppress(psutil.Error):
                times = one.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def measured(folder: Path, files: list[Path], workers: int) -> tuple[float, float]:
    """Pages a second of the wall, and of CPU."""
    folder.mkdir()
    config = configure(folder, [_SOURCE])
    (config / "settings.yaml").write_text("fetching: {readers: 1}\ncaptures: {keep: false}\n")
    with ExitStack() as stack:
        address = stack.enter_context(database())
        store = stack.enter_context(Store.open(address))
        store.queue.prepare()
        log = stack.enter_context((folder / "log").open("w"))
        crew = []
        for number in range(workers):
            name = f"worker-{number}"
            crew.append(
                stack.enter_context(worker(config, folder / name, address, log, "--name", name, "--no-digests"))
            )
            os.sched_setaffinity(crew[-1].pid, {sorted(os.sched_getaffinity(0))[number]})
        eventually(lambda: len({one.name for one in store.queue.workers()}) == workers, 120)
        before, began = sum(map(spent, crew)), time.monotonic()
        store.queue.put(queue.backfill_job(str(file), ["--all"]) for file in files)
        eventually(lambda: not [one for one in store.queue.listed() if one.kind == queue.BACKFILL], 600)
        took, cpu = time.monotonic() - began, sum(map(spent, crew)) - before
        stored = store.counts()["articles"]
        assert stored == FILES * PAGES, (
            f"{stored} of {FILES * PAGES} are stored: {(folder / 'log').read_text()[-2000:]}"
        )
    return stored / took, stored / cpu


def main() -> int:
    if len(os.sched_getaffinity(0)) < 2:
        print("one processor: two workers have nowhere to go")
        return 0
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        files = archives(folder)
        one, two = measured(folder / "one", files, 1), measured(folder / "two", files, 2)
    print(f"{FILES} files of {PAGES} pages; each worker on one processor, PostgreSQL beside them")
    for name, (wall, cpu) in (("one worker", one), ("two workers", two)):
        print(f"{name:12} {wall:7.1f} pages/s  {cpu:7.1f} pages/CPU-s")
    faster, dearer = two[0] / one[0], one[1] / two[1]
    print(f"two are {faster:.2f} times as fast as one (asked: {_ASKED}); a page costs {dearer:.2f} times the CPU")
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f}")
    return int(faster < _ASKED)


if __name__ == "__main__":
    sys.exit(main())
