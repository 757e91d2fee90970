"""The self-written feeds in tests/feeds, each beside what is expected of it."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.feeds import Feed

FOLDER = Path(__file__).parent.parent / "feeds"
FEEDS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


def told(feed: Feed) -> dict[str, Any]:
    """The feed as it stands in ``NAME.expected.json``: without what is empty, times as ISO 8601, spans in seconds."""

    def plain(value: object) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, timedelta):
            return value.total_seconds()
        return list(value) if isinstance(value, tuple) else value

    def full(part: Any) -> dict[str, Any]:
        return {key: plain(value) for key, value in dataclasses.asdict(part).items() if value not in (None, (), False)}

    return {**full(feed), "entries": [full(entry) for entry in feed.entries]}


def expected(path: Path) -> Any:
    return json.loads(path.with_suffix(path.suffix + ".expected.json").read_text("utf-8"))
