"""The recorded pages of ``tests/pages``: each a folder with ``page.html`` and ``expected.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from crawler.article import Entry
from crawler.pages import Reading, explain

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Recorded:
    """A recorded page: what it is given with, and what is expected of it."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def body(self) -> bytes:
        return (self.folder / "page.html").read_bytes()

    @cached_property
    def expected(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return found

    @property
    def article(self) -> dict[str, Any] | None:
        """The fields expected of the article; ``None``: no article."""
        found: dict[str, Any] | None = self.expected["article"]
        return found

    @property
    def absent(self) -> list[str]:
        """Words that must not be in the text: they belong to another story."""
        return list(self.expected.get("absent", ()))

    @property
    def url(self) -> str:
        return str(self.expected["given"]["url"])

    @property
    def content_type(self) -> str | None:
        return self.expected["given"]["content_type"]  # type: ignore[no-any-return]

    @property
    def zone(self) -> str:
        return str(self.expected["given"]["zone"])

    @property
    def entry(self) -> Entry | None:
        given = self.expected["given"]["entry"]
        if given is None:
            return None
        times = {key: datetime.fromisoformat(given[key]) for key in ("published_at", "updated_at") if given.get(key)}
        return Entry(**{**given, **times, "tags": tuple(given.get("tags", ()))})

    def read(self) -> Reading:
        now = datetime.fromisoformat(self.expected["given"]["now"])
        return explain(self.body, self.url, self.content_type, now, self.zone, entry=self.entry)


def recorded() -> list[Recorded]:
    """All of them, by name."""
    return [Recorded(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "page.html").exists()]
