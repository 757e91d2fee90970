"""kill -9 at a hundred random moments of digest and alert making: what is lost, doubled, half written.

python -m tests.benchmarks.digest_kill [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.killing import trials


def main(arguments: list[str]) -> int:
    rounds = int(arguments[0]) if arguments else 100
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rasid-kill-") as place:
        wrong = trials(Path(place), rounds, seed=int(time.time()))
    print(
        f"{rounds} kills, two days, two audiences, 52 messages each: {len(wrong)} faults, {time.monotonic() - began:.0f} s"
    )
    for said in wrong:
        print(f"  {said}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
