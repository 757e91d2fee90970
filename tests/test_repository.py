"""What the repository itself promises."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE)

COPYLEFT = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)


def test_the_lock_names_no_host_and_no_path() -> None:
    assert not re.findall(r".*(?:://|file:|@ |^-|index-url).*", re.sub(r"^    --hash.*$", "", LOCK, flags=re.MULTILINE))


def test_everything_in_the_lock_is_pinned_and_hashed() -> None:
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.strip()):
        assert re.match(r"[a-z0-9-]+==\S+", block), block
        assert "--hash=sha256:" in block, block


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [d for extra in project["optional-dependencies"].values() for d in extra]
    names = {re.match(r"[A-Za-z0-9-]+", requirement)[0].lower() for requirement in wanted}  # type: ignore[index]
    assert names <= {name for name, _ in PINS}


@pytest.mark.parametrize("name", [name for name, _ in PINS])
def test_nothing_in_the_lock_is_under_the_gpl(name: str) -> None:
    try:
        meta = distribution(name).metadata
    except ModuleNotFoundError:
        pytest.skip("for another platform")
    licence = " ".join(
        [meta.get("License-Expression") or "", meta.get("License") or "", *(meta.get_all("Classifier") or [])]
    )
    if re.search(r"\bMPL-\S+ OR\b", licence):  # a choice: we take the MPL
        return
    found = COPYLEFT.search(re.sub(r"LGPL|Lesser General Public|GNU Lesser[^;]*", "", licence[:2000]))
    assert not found, licence[:300]


def test_help_and_version_import_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['rasid', '--help']; from monitor import cli\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        "heavy = {'scrapy','twisted','sqlalchemy','pydantic','trafilatura','rich','yaml','apscheduler','jinja2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)


def test_commands_that_only_look_import_neither_numbers_nor_another_database() -> None:
    code = (
        "import sys; from monitor import health, statusview, stories, dedup; from monitor.cli import serving, looking, sources\n"
        "from storage.store import Store; from storage.database import connect; Store(connect('sqlite://')).close()\n"
        "heavy = {'scrapy', 'twisted', 'trafilatura', 'numpy', 'sqlalchemy.dialects.postgresql.base'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert all(f"make {target}" in listed for target in ("setup", "demo", "test", "lint", "run", "bench", "lock"))
