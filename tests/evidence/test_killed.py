"""A pass that is killed: `make bench-evidence` does it a hundred times."""

from pathlib import Path

from tests.evidence.killing import kill
from tests.newsroom.running import newsroom


def test_a_killed_pass_leaves_nothing_that_is_known_without_its_proof(tmp_path: Path) -> None:
    with newsroom() as room:
        left = kill(tmp_path, room, 3, seed=11)
    assert (left.kills, left.articles > 0) == (3, True)
