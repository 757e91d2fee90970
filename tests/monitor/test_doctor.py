"""Faults that are put into a set-up are found, each with its remedy."""

import socket
from collections.abc import Callable
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import doctor
from monitor.doctor import Finding, examine
from monitor.health import Level
from tests.monitor.configuring import SOURCE, load

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PUBLIC = SOURCE.replace("127.0.0.11:8000", "news.example")


def resolves(_: str) -> object:
    return []


def nowhere(_: str) -> object:
    raise socket.gaierror("no such host")


def findings(
    folder: Path,
    settings: str = "contact: a@b.org\n",
    sources: str = SOURCE,
    *,
    resolve: Callable[[str], object] = resolves,
    now: datetime = NOW,
    **environment: str,
) -> dict[str, Finding]:
    config = load(folder / "config", settings, sources)
    return {
        one.name: one for one in examine(config, now, resolve=resolve, environment={"HOME": str(folder)} | environment)
    }


def test_a_sound_machine_has_nothing_worse_than_ok(tmp_path: Path) -> None:
    found = findings(tmp_path)
    assert {one.level for name, one in found.items() if name not in ("python", "clock", "limits")} == {Level.OK}
    assert {"python", "sqlite", "contact", "disk", "clock", "lexicon", "dns", "limits"} <= set(found)


def test_no_contact(tmp_path: Path) -> None:
    found = findings(tmp_path, "{}\n", PUBLIC)["contact"]
    assert found.level is Level.CRITICAL
    assert "settings.yaml" in found.remedy


@pytest.mark.parametrize("year", [1970, 2021])
def test_a_clock_that_was_never_set(tmp_path: Path, year: int) -> None:
    assert findings(tmp_path, now=datetime(year, 1, 1, tzinfo=UTC))["clock"].level is Level.CRITICAL


def test_no_names_at_all_and_one_that_has_moved(tmp_path: Path) -> None:
    assert findings(tmp_path, "contact: a@b.org\n", PUBLIC, resolve=nowhere)["dns"].level is Level.CRITICAL
    two = PUBLIC + PUBLIC.removeprefix("sources:\n").replace("name: local", "name: other").replace("news.", "moved.")
    found = findings(
        tmp_path, "contact: a@b.org\n", two, resolve=lambda host: (nowhere if "moved" in host else resolves)(host)
    )
    assert found["dns"].level is Level.WARNING
    assert "moved.example" in found["dns"].what


def test_a_disk_that_is_short_or_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.room(tmp_path)
    monkeypatch.setattr(doctor, "room", lambda _: changed(real, free=2**20))
    assert findings(tmp_path)["disk"].level is Level.CRITICAL
    monkeypatch.setattr(doctor, "room", lambda _: changed(real, writable=False))
    found = findings(tmp_path)
    assert found["permissions"].level is Level.CRITICAL
    assert "chown" in found["permissions"].remedy
    assert found["lexicon"].level is Level.WARNING


def test_a_network_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_file_system", lambda _: "nfs4")
    assert findings(tmp_path)["file system"].level is Level.CRITICAL


def test_the_file_system_is_that_of_the_nearest_mount() -> None:
    assert doctor._file_system(Path("/proc/self")) == "proc"
    assert doctor._file_system(Path("/nowhere/at/all"))


def test_a_configuration_that_anybody_may_change_and_a_proxy_that_is_not_used(tmp_path: Path) -> None:
    load(tmp_path / "config", "contact: a@b.org\n")
    (tmp_path / "config" / "settings.yaml").chmod(0o666)
    found = findings(tmp_path, https_proxy="http://127.0.0.1:3128")
    assert "chmod o-w" in found["permissions"].remedy
    assert found["proxy"].level is Level.WARNING
