"""``python -m tests.e2e.at MOMENT ARGUMENTS…``: a command of rasid's, its clock standing at that moment."""

from __future__ import annotations

import sys
from datetime import datetime

import monitor.cli


def main() -> None:
    moment = datetime.fromisoformat(sys.argv.pop(1))
    for name, module in list(sys.modules.items()):
        if name.startswith("monitor.cli") and hasattr(module, "now"):
            module.now = lambda: moment
    monitor.cli.main()


if __name__ == "__main__":
    main()
