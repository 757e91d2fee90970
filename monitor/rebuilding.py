"""A digest made again, of the flags that it had: its files replaced, and what is different said.

For a day whose files were lost or damaged, or whose list was renamed, or after Rasid itself has learned to show more.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from monitor import digests, filing
from monitor.audiences import Audience
from monitor.config import Config
from monitor.formats import FORMATS
from monitor.lists import WatchLists
from storage.store import Store

__all__ = ["again"]

_SHOWN = 40
"""Lines of difference that are shown of an audience's digest."""
_READABLE = (".txt", ".md", ".json", ".html")
"""Of what was there before, the first of these is compared."""


def again(store: Store, config: Config, lists: WatchLists, audiences: Sequence[Audience], day: date) -> Iterator[str]:
    """Makes the day's digest of each of these audiences again; lines that say what became of it.

    A day without a digest is left to ``rasid digest``. Nothing is claimed and nothing is sent.
    """
    for audience in audiences:
        had = store.claims.of(day, audience.name)
        if had is None:
            yield f"{audience.name}: no digest was made for {day}; `rasid digest --day {day}` makes it"
            continue
        record, claimed = had
        built = digests.built(store, config, lists, audience, day, record.made_at, claimed)
        contents = {
            f"{day}{FORMATS[name].suffix}": FORMATS[name].render(built) for name in digests.formats_of(audience)
        }
        folder = digests.folder_of(config, audience)
        before = {name: _text(folder / name) for name in contents}
        files = filing.write(folder, contents)
        yield from _told(audience, before, contents, files)
    for audience in audiences:
        if digests.folder_of(config, audience).is_dir():
            filing.index(digests.folder_of(config, audience), audience.language, audience.name)


def _told(
    audience: Audience, before: dict[str, str | None], after: dict[str, str], files: Sequence[Path]
) -> Iterator[str]:
    for path in files:
        was = before[path.name]
        said = "was missing" if was is None else "unchanged" if was == after[path.name] else "changed"
        yield f"{audience.name}: {path} {said}"
    for suffix in _READABLE:
        name = next((name for name in after if name.endswith(suffix) and before[name] is not None), None)
        if name is None:
            continue
        lines = [
            line
            for line in difflib.unified_diff(
                (before[name] or "").splitlines(), after[name].splitlines(), "before", "now", n=0, lineterm=""
            )
            if not line.startswith(("---", "+++", "@@"))
        ]
        yield from (f"  {line}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"  … and {len(lines) - _SHOWN} more lines"
        return


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
