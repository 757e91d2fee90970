"""kill -9 while digests are made and messages sent: each digest once, each message once and at most once more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_killed_at_any_moment_nothing_is_lost_doubled_or_half_written(tmp_path: Path) -> None:
    """A hundred rounds: ``make bench-digest-kill``."""
    program = [sys.executable, "-m", "tests.e2e.killing", str(tmp_path), "5", "7"]
    said = subprocess.run(program, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == []
