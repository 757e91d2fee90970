"""Whose code a pass spends its CPU in: a whole pass by the real command over real pages, every process of it sampled.

``python -m tests.benchmarks.share [TIMES]``: each of the real pages TIMES times (10), and a hundred texts in plain pages.
``make bench-share``. Beside it: how long the commands that people type take.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.real import DATA, ROOT, _config, _pages, _station, _texts

_TYPED = (["--version"], ["--help"], ["status"], ["status", "--check"], ["show", "1"])


def main(times: int = 10) -> int:
    if not (DATA / "pages" / "gold.json").exists():
        print(f"data not here: {DATA.resolve()} (RASID_DATA names another place)")
        return 0
    pages = [replace(page, path=f"{page.path}-{n}") for n in range(times) for page in _pages()]
    served = [*pages, *_texts()]
    with tempfile.TemporaryDirectory(prefix="rasid-share-") as temporary, _station(served) as port:
        folder = Path(temporary)
        config = _config(folder, port)
        settings = config / "settings.yaml"
        settings.write_text(settings.read_text("utf-8").replace("100ms", "100ms\n  concurrency: 16"), "utf-8")
        sources = config / "sources.yaml"
        sources.write_text(sources.read_text("utf-8").replace("delay: 10ms", "delay: 1ms"), "utf-8")
        _run(config, "check")  # the lexicon is built once on a machine
        _sampled(config, folder, len(served))
        print()
        for words in _TYPED:
            took = statistics.median(_timed(config, *words) for _ in range(5))
            print(f"rasid {' '.join(words):<16}{took:6.2f} s")
    return 0


def _run(config: Path, *arguments: str, **environment: str) -> None:
    command = [sys.executable, "-m", "monitor", "--config", str(config), *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment})


def _timed(config: Path, *arguments: str) -> float:
    began = time.monotonic()
    _run(config, *arguments)
    return time.monotonic() - began


def _sampled(config: Path, folder: Path, pages: int) -> None:
    samples, site = folder / "samples", folder / "site"
    samples.mkdir()
    site.mkdir()
    (site / "sitecustomize.py").write_text("from tests.load.sampler import start\nstart()\n")
    began = time.monotonic()
    _run(config, "crawl", SAMPLES=str(samples), PYTHONPATH=f"{site}:{ROOT}")
    took = time.monotonic() - began
    spent: Counter[str] = Counter()
    for path in samples.glob("*.json"):
        spent.update(json.loads(path.read_text()))
    total = sum(spent.values())
    groups: Counter[str] = Counter()
    for name, seconds in spent.items():
        groups[name.partition(":")[0]] += seconds  # type: ignore[assignment]
    print(
        f"a pass over {pages} pages: {took:.0f} s, {total:.1f} CPU-s in {len(list(samples.glob('*.json')))} processes"
    )
    work = total - groups["start"]
    for name, seconds in groups.most_common():
        print(
            f"  {name:<14}{seconds:7.1f} s {seconds / total:6.1%}   without the start {0 if name == 'start' else seconds / work:6.1%}"
        )
    print("of ours:")
    for name, seconds in [one for one in spent.most_common() if one[0].startswith("ours")][:14]:
        print(f"  {name.removeprefix('ours: '):<28}{seconds:6.2f} s {seconds / total:6.1%}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
