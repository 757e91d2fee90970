"""``make bench``: every benchmark, or those that are named; each in a process of its own, one after the other.

``make bench-read`` is reading, dates and encodings; ``bench-same`` reprints, real pairs, headlines, events and the store of a hundred
thousand; ``bench-watch`` terms, whole pages and lists; ``bench-store`` … the one of that name.
"""

import subprocess
import sys
from pathlib import Path

_TOGETHER = {
    "digest-kill": ("digest_kill",),
    "read": ("reading", "dates", "encodings", "feeds", "standing", "pool"),
    "same": ("same", "pairs", "headlines", "events", "same_scale"),
    "watch": ("watch", "watch_articles", "watch_lists"),
}


def main(wanted: list[str]) -> int:
    here = Path(__file__).parent
    there = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    names = [name for given in wanted for name in _TOGETHER.get(given, (given,))] or there
    if unknown := [name for name in names if name not in there]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join([*_TOGETHER, *there])}", file=sys.stderr)
        return 2
    failed = 0
    for name in names:
        print(f"\n== {name}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
