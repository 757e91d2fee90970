"""The documentation says what is true: its commands run, its links lead somewhere, its watch lists load."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor import lists
from tests.e2e.running import configure
from tests.newsroom.running import newsroom

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

# What a test of the suite cannot run within itself, and what runs for ever.
_ELSEWHERE = {"make test", "make demo", "make setup", "git clone https://example.org/rasid && cd rasid"}


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [
        line.removeprefix("$ ").split("  #")[0].strip()
        for block in blocks
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    return [line for line in lines if line not in _ELSEWHERE]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_its_commands_run(page: Path, tmp_path: Path) -> None:
    """In order, in a folder of their own; the sources are the newsroom's, since there is no other network here."""
    with newsroom() as room:
        environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}", "NO_COLOR": "1"}
        (tmp_path / ".venv").symlink_to(ROOT / ".venv")
        for place in (tmp_path, tmp_path / "my"):
            configure(place, room.sources)
        for number, line in enumerate(commands(page)):
            words = shlex.split(line)
            if "init" in words:
                shutil.rmtree(tmp_path / "my" / "config")
            timeout = 5 if words[-1] == "run" else 300
            try:
                done = subprocess.run(
                    words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=timeout, check=False
                )
            except subprocess.TimeoutExpired:
                assert words[-1] == "run", line
                continue
            finally:
                if "init" in words:
                    assert (tmp_path / "my" / "config" / "settings.yaml").exists()
                    configure(tmp_path / "my", room.sources)
            fine = {0, 4} if words[-2:] == ["check", "--record"] else {0}  # one outlet of the newsroom is dead
            assert done.returncode in fine, (number, line, done.stdout[-500:], done.stderr[-1500:])


def lists_shown() -> list[str]:
    found = []
    for page in PAGES:
        blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        found += [block for block in blocks if "rules:" in block]
    return found


@pytest.mark.parametrize("shown", lists_shown(), ids=lambda shown: shown.splitlines()[0])
def test_the_watch_lists_that_are_shown_load(shown: str, tmp_path: Path) -> None:
    (tmp_path / "shown.yaml").write_text(
        shown if shown.startswith("title:") else f"title: كما في الدليل\n{shown}", encoding="utf-8"
    )
    assert len(lists.load(tmp_path).lists) == 1


def audiences_shown() -> list[str]:
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(audiences:.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("shown", audiences_shown())
def test_the_audiences_that_are_shown_load(shown: str, tmp_path: Path) -> None:
    from monitor import audiences

    (tmp_path / "audiences.yaml").write_text(shown, encoding="utf-8")
    problems: list[object] = []
    assert audiences.load(tmp_path / "audiences.yaml", {}, problems)  # type: ignore[arg-type]
    assert problems == []


def test_every_command_is_documented() -> None:
    from monitor.cli import rasid

    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in rasid.commands if f"rasid {name}" not in text and f"my/config {name}" not in text] == []
    assert [name for name, command in rasid.commands.items() if not command.help] == []


def test_the_readme_shows_what_the_demo_prints() -> None:
    assert "docs/digest.png" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "digest.png").stat().st_size > 20_000
