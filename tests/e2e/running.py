"""The commands as a person runs them, over a newsroom of the test's own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from crawler.source import Source
from storage.store import Store
from tests.newsroom.running import write_sources

ROOT = Path(__file__).parents[2]


def configure(folder: Path, sources: Sequence[Source], *, settings: str = "") -> Path:
    """A configuration with the two shipped lists that the newsroom has mentions for; its path."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True, exist_ok=True)
    for name in ("astana", "detainees"):
        shutil.copy(ROOT / "config" / "watchlists" / f"{name}.yaml", config / "watchlists")
    (config / "settings.yaml").write_text(f"fetching: {{delay: 100ms, timeout: 10s}}\n{settings}", encoding="utf-8")
    write_sources(config / "sources.yaml", sources)
    return config


def command(config: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "monitor", "--config", str(config), *arguments]


def rasid(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(
        command(config, *arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )


def opened(config: Path) -> Store:
    return Store.open(f"sqlite:///{config.parent / 'var' / 'rasid.db'}")
