"""``make fuzz``: each parser of bytes from outside for a while, led by what code they reach (atheris, libFuzzer).

``python -m tests.fuzz [--seconds 20] [TARGET …]``. Begins from ``tests/fuzz/corpus``; what it finds new goes to ``var/fuzz``, which is
kept from run to run, and so does the input that broke something. Exit code 1: something broke.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "var" / "fuzz"
CORPUS = Path(__file__).parent / "corpus"


def one(name: str, arguments: Sequence[str]) -> None:
    """In a process of its own: libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["crawler", "monitor", "storage"]):
        from tests.fuzz.targets import TARGETS

        TARGETS[name](b"")  # what it imports late is to be instrumented as well
    atheris.Setup([name, *arguments], TARGETS[name])
    atheris.Fuzz()


def _limits(seconds: int, found: Path) -> Sequence[str]:
    return (
        f"-max_total_time={seconds}",
        "-timeout=30",
        "-rss_limit_mb=2048",
        "-max_len=20000",
        "-print_final_stats=1",
        "-verbosity=0",
        f"-artifact_prefix={found}-",
    )


def main() -> int:
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all, when none is named")
    parser.add_argument("--seconds", type=int, default=20, help="for each")
    given = parser.parse_args()
    broken = []
    for name in given.targets or list(TARGETS):
        found = KEPT / name
        found.mkdir(parents=True, exist_ok=True)
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.fuzz",
                "--one",
                name,
                str(found),
                str(CORPUS / name),
                *_limits(given.seconds, found),
            ],
            cwd=ROOT,
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
        stats = [line.removeprefix("stat::") for line in done.stderr.splitlines() if line.startswith("stat::number")]
        print(*stats, sep="\n")
        if done.returncode:
            broken.append(name)
            print(done.stderr[-3000:])
    print(f"broken: {', '.join(broken) or 'none'}")
    return bool(broken)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
    sys.exit(main())
