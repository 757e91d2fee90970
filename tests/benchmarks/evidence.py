"""`make bench-evidence`: what proof costs, and whether it holds.

An archive of 10,000 Captures is verified, beside `warcio check`'s way of doing it; a byte is flipped in each of 1,000; a pass is killed at
random moments (RASID_KILLS, 20; RASID_SEED); the CPU of a pass with captures beside one without; bytes per page beside gzip of the raw page.
RASID_PARTS chooses among them: verify flip cost kill.
"""

from __future__ import annotations

import gzip
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from crawler.article import Exchange, Page
from monitor.evidence.verifying import verify
from storage.archive import Archive
from storage.store import Store
from tests.e2e.running import ROOT, command, configure
from tests.evidence.killing import kill
from tests.newsroom.running import newsroom

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CAPTURES = 10_000
FLIPPED = 1_000
PASSES = 3


def pages() -> list[bytes]:
    """Real pages where they are at hand; else one of our own."""
    folder = ROOT.parent / "shared" / "data" / "pages"
    found = [path.read_bytes() for path in sorted(folder.glob("*.html"))] if folder.is_dir() else []
    if not found:
        print("data not here: a page of the tests' own stands for real ones")
        text = "وصل وفد من ذوي المعتقلين إلى مبنى البلدية، وسلّم قائمة بأسماء المفقودين. "
        found = [f"<html><body><h1>{n}</h1>{f'<p>{text}{n}</p>' * 120}</body></html>".encode() for n in range(20)]
    return found


def page(n: int, body: bytes) -> Page:
    url = f"https://outlet.example/{n}"
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"), ("X-Number", str(n)))
    exchange = Exchange(
        url=url, method="GET", asked_with=(("User-Agent", "Rasid/0 (+https://example.org)"), ("Accept-Language", "ar")),
        status=200, headers=headers, body=body, at=NOW, ip_address="192.0.2.7",
    )  # fmt: skip
    return Page(url=url, asked=url, status=200, headers=headers, body=b"", fetched_at=NOW, received=(exchange,))


def build(folder: Path, many: int) -> tuple[float, int, int]:
    """CPU-seconds, bytes of the archive, bytes of the same pages under gzip -6."""
    raw = pages()
    packed = [gzip.compress(body, 6, mtime=0) for body in raw]
    begin = time.process_time()
    with (
        Store.open(f"sqlite:///{folder / 'rasid.db'}") as store,
        Archive(folder / "captures", store.proofs, software="Rasid/bench", now=lambda: NOW, floor=0) as archive,
    ):
        for n in range(many):
            archive.keep(page(n, packed[n % len(packed)]))
            if n % 50 == 49:
                archive.settle()
    spent = time.process_time() - begin
    size = sum(path.stat().st_size for path in (folder / "captures").glob("*.warc.gz"))
    return spent, size, sum(len(packed[n % len(packed)]) for n in range(many))


def verifying(folder: Path) -> None:
    spent, size, plain = build(folder, CAPTURES)
    print(f"written: {CAPTURES} captures, {spent / CAPTURES * 1000:.2f} CPU-ms each")
    print(f"bytes per page: {size / CAPTURES:.0f} in the archive, {plain / CAPTURES:.0f} as gzip of the raw page"
          f" ({size / plain:.2f} times)")  # fmt: skip
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        begin, cpu = time.perf_counter(), time.process_time()
        report = verify(folder / "captures", store.proofs)
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    assert report.clean, report.findings[:3]
    print(f"verify: {report.captures} captures, {report.records} records, {report.entries} entries in {wall:.1f} s: "
          f"{report.records / wall:.0f} records/s ({report.records / cpu:.0f} per CPU-s)")  # fmt: skip
    path = next((folder / "captures").glob("*.warc.gz"))
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], check=False, capture_output=True)
    wall = time.perf_counter() - begin
    print(
        f"warcio check of the same file: exit {done.returncode}, {report.records / wall:.0f} records/s (its digests, no ledger)"
    )


def flipping(folder: Path) -> None:
    """A byte in each of 1,000 Captures: each is named, and nothing else is."""
    build(folder, FLIPPED + 500)
    chance = random.Random(8)
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        records = [one for one in store.proofs.standing() if one.kind == "capture"]
        chosen = {one.id: one.span for one in chance.sample(records, FLIPPED)}
        path = next((folder / "captures").glob("*.warc.gz"))
        data = bytearray(path.read_bytes())
        for span in chosen.values():
            data[span.offset + chance.randrange(span.length)] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        report = verify(folder / "captures", store.proofs)
    named = {finding.subject.split()[0] for finding in report.findings}
    print(
        f"a byte flipped in each of {FLIPPED} captures: {len(named & chosen.keys())} named, {len(named - chosen.keys())} wrongly"
    )
    assert named == chosen.keys()


def killing(folder: Path, times: int) -> None:
    with newsroom() as room:
        left = kill(folder, room, times, seed=int(os.environ.get("RASID_SEED", "9")))
    print(
        f"kill -9 at {left.kills} random moments of a pass: verify clean and no article without its capture each time"
        f" ({left.articles} looked at, {left.flagged} flagged); {left.torn} left something that nobody knew of"
    )


def costing(folder: Path) -> None:
    """CPU of whole passes, with and without captures, in turns."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    with newsroom() as room:
        for turn in range(2 * PASSES):
            keep = turn % 2 == 0
            place = folder / str(turn)
            place.mkdir()
            config = configure(
                place,
                room.sources_of("alyasmin", "nidaa", "khabur"),
                settings=f"captures: {{keep: {str(keep).lower()}}}\n",
            )
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command(config, "crawl", "--all"), cwd=ROOT, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent[keep].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    with_, without = min(spent[True]), min(spent[False])
    print(
        f"a pass over the newsroom: {with_:.2f} CPU-s with captures, {without:.2f} without: {with_ / without:.3f} times"
    )


def main() -> int:
    kills = int(os.environ.get("RASID_KILLS", "20"))
    parts = {"verify": verifying, "flip": flipping, "cost": costing, "kill": lambda folder: killing(folder, kills)}
    with tempfile.TemporaryDirectory() as name:
        for part in os.environ.get("RASID_PARTS", " ".join(parts)).split():
            folder = Path(name) / part
            folder.mkdir()
            parts[part](folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
