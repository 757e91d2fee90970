"""The recipe of docs/evidence.md, run as it stands there."""

import re
import subprocess
from pathlib import Path

import pytest

from monitor.evidence.verifying import verify
from tests.evidence.making import filled

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"


def recipe(folder: Path) -> str:
    found = re.search(r"^```bash\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    assert len(found[1].splitlines()) <= 10
    done = subprocess.run(["bash", "-c", found[1]], cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    filled(tmp_path, 5)
    return tmp_path / "captures"


def test_it_comes_to_the_same_root(kept: Path) -> None:
    assert recipe(kept) == f"the chain is whole; its root is {verify(kept, None).root}\n"


def test_it_finds_what_was_altered(kept: Path) -> None:
    path = next(kept.glob("*.warc.gz"))
    data = bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(data)
    assert "altered: urn:uuid:" in recipe(kept)


def test_it_finds_an_edited_entry(kept: Path) -> None:
    ledger = kept / "ledger.jsonl"
    ledger.write_text(ledger.read_text().replace("nidaa.example/2", "nidaa.example/7"))
    assert "broken at: " in recipe(kept)
