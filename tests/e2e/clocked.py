"""``python -m tests.e2e.clocked ARGUMENTS``: Rasid by a clock of the test's own.

``CLOCK`` names a file with the time, in ISO 8601; it runs on from there as the machine's does, from when the file was written:
a clock that is set meanwhile jumps.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from monitor import cli
from monitor.cli import edges


def set_clock(path: Path, moment: datetime) -> None:
    new = path.with_suffix(".new")
    new.write_text(moment.isoformat(), "ascii")
    new.replace(path)


def install() -> None:
    path, real = Path(os.environ["CLOCK"]), edges.now

    def now() -> datetime:
        # read each time: a file of thirty bytes
        set_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return datetime.fromisoformat(path.read_text("ascii")) + (datetime.now(UTC) - set_at)

    for name, module in list(sys.modules.items()):
        if name.startswith("monitor.cli") and getattr(module, "now", None) is real:
            module.now = now  # type: ignore[attr-defined]


if __name__ == "__main__":
    install()
    sys.exit(cli.main())
