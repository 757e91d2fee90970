"""kill -9 while digests are made and messages sent: each digest once, each message once and at most once more."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.killing import trials


def test_killed_at_any_moment_nothing_is_lost_doubled_or_half_written(tmp_path: Path) -> None:
    """A hundred rounds: ``make bench-digest-kill``."""
    assert trials(tmp_path, rounds=5, seed=7) == []
