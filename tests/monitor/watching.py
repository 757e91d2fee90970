"""Watch lists on disk and articles in memory, for the tests of watching."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawler.article import Article
from monitor import lists
from monitor.lists import ConfigError, WatchLists

NOON = datetime(2018, 5, 14, 12, tzinfo=UTC)


def article(title: str = "", text: str = "", *, source: str = "sana") -> Article:
    """A report as published."""
    return Article(url="https://a.sy/1", source=source, title=title, text=text, language="ar", fetched_at=NOON)


def write(folder: Path, **files: str) -> Path:
    """``watchlists/NAME.yaml`` for each keyword, below ``folder``; the folder of the lists."""
    for name, body in files.items():
        path = folder / "watchlists" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    return folder / "watchlists"


def load(folder: Path, body: str, **files: str) -> WatchLists:
    """The lists of a folder that holds one, called ``test``, and ``files``."""
    return lists.load(write(folder, test=body, **files))


def wrong(folder: Path, body: str, **files: str) -> list[str]:
    """What is said of a list, without the folder's name."""
    try:
        load(folder, body, **files)
    except ConfigError as error:
        return [str(problem).removeprefix(f"{folder}/watchlists/") for problem in error.errors]
    return []
