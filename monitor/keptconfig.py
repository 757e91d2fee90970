"""The last good settings and sources: a copy in ``var/config``, for the passes of a service whose configuration was edited and is refused.

A service that reads nothing since a comma is missing in ``sources.yaml`` would break the first promise. Watch lists have the same
in :mod:`monitor.lastgood`.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from monitor import config as configs
from monitor.config import Config
from storage.errors import StorageError

__all__ = ["KEPT", "keep", "load", "place"]

KEPT = "RASID_KEPT"
"""In the environment of a service and its children: where the copy is."""
_FILES = ("settings.yaml", "sources.yaml", "audiences.yaml")
_PLACES = "places.json"


def place(var: Path) -> Path:
    return var / "config"


def keep(config: Config) -> None:
    """Copy the files that ``config`` was read from, whole or not at all. Raises :class:`StorageError`."""
    target = place(config.settings.var)
    places = {"RASID_VAR": str(config.settings.var.absolute()), "RASID_STORAGE_URL": config.settings.storage.url}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=".config-", dir=target.parent))
        try:
            for name in _FILES:
                with suppress(FileNotFoundError):
                    shutil.copyfile(config.folder / name, half / name)
            if "@" not in places["RASID_STORAGE_URL"]:  # what may hold a password stays in the environment
                (half / _PLACES).write_text(json.dumps(places), "utf-8")
            old = target.with_name(".config-old")
            shutil.rmtree(old, ignore_errors=True)
            if target.exists():
                target.rename(old)
            half.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    except OSError as error:
        raise StorageError(f"cannot be written: {error.strerror or error}", subject=str(target)) from error


def load(kept: Path, folder: Path, environment: Mapping[str, str] | None = None) -> Config:
    """The configuration as it was kept, in the place of that of ``folder``. Raises :class:`monitor.config.ConfigError`."""
    given = dict(os.environ if environment is None else environment)
    with suppress(OSError, ValueError):
        given = json.loads((kept / _PLACES).read_text("utf-8")) | given
    return replace(configs.load(kept, environment=given), folder=folder)
