"""Configuration folders on disk, for the tests of settings and sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import config
from monitor.config import Config, ConfigError

SOURCE = """\
sources:
  - name: local
    kind: feed
    url: http://127.0.0.11:8000/rss
    title: المحلية
"""


def load(folder: Path, settings: str = "", sources: str = SOURCE, **environment: str) -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.yaml").write_text(settings, encoding="utf-8")
    (folder / "sources.yaml").write_text(sources, encoding="utf-8")
    return config.load(folder, environment=environment)


def wrong(folder: Path, settings: str = "", sources: str = SOURCE) -> list[str]:
    """What is said, without the folder's name."""
    with pytest.raises(ConfigError) as caught:
        load(folder, settings, sources)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.errors]


def source(lines: str) -> str:
    """A whole source with ``lines`` in place of what they name."""
    given = {"name": "a", "kind": "feed", "url": "https://a.sy/rss", "title": "أ"}
    given |= dict(line.split(": ", 1) for line in lines.splitlines())
    return "sources:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in given.items()) + "\n"
