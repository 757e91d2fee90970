"""Puts digests into their folder so that each file is whole or not there, whenever the machine stops.

A file is written beside its place, forced to disk and renamed over it (rename is atomic within a file system, POSIX), and
then the folder is forced to disk, so that the name is as durable as the bytes.
"""

from __future__ import annotations

import html
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crawler.errors import RasidError
from monitor.formats.atom import by_list
from monitor.formats.html import page

__all__ = ["FilingError", "index", "tidy", "write"]

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(-so-far)?")
_LATEST = "latest"
_HEAD = 8192
"""Bytes of a digest in which its description stands."""
_FED_DAYS, _FED = 31, 30_000_000
"""Days, and bytes of them, that the feeds of the lists are put together from."""
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">')


class FilingError(RasidError):
    """A digest could not be written where it belongs."""


def write(folder: Path, contents: Mapping[str, str]) -> tuple[Path, ...]:
    """Writes ``contents`` (name to text) into ``folder``, which is made where it is missing; gives their paths.

    A file that is there already is replaced. Raises :class:`FilingError`; then no file is half written, though some
    of them may be there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            _replace(folder / name, content)
        _force(folder)
    except OSError as error:
        where = error.filename or folder
        raise FilingError(
            f"cannot be written ({error.strerror}); see that the folder can be written to and that the disk is not full",
            subject=str(where),
        ) from error
    return tuple(folder / name for name in contents)


def tidy(folder: Path) -> None:
    """Removes what a killed writer has left of a file; only where nobody else writes meanwhile."""
    for path in folder.glob(".*.part"):
        path.unlink(missing_ok=True)


def index(folder: Path, language: str = "ar", audience: str = "all") -> tuple[Path, ...]:
    """``index.html`` over all digests of ``folder``, newest first; ``latest.*``, the newest finished day's files; and,
    where days are kept as Atom, ``feeds/LIST.atom`` for each list over the newest days."""
    entries = sorted(_entries(folder), key=lambda entry: entry.day, reverse=True)
    contents = {"index.html": page("index.html", language=language, entries=entries)}
    finished = [entry.day for entry in entries if not entry.so_far]
    if finished:
        newest = str(max(finished))
        files = sorted(path for path in folder.glob(f"{newest}.*") if path.stem == newest)
        contents |= {f"{_LATEST}{path.suffix}": path.read_text("utf-8") for path in files}
    feeds = by_list(list(_days(folder, entries)), audience=audience, language=language)
    written = write(folder / "feeds", {f"{name}.atom": feed for name, feed in feeds.items()}) if feeds else ()
    return (*write(folder, contents), *written)


def _days(folder: Path, entries: Sequence[_Entry]) -> Iterator[str]:
    """The newest finished days' feeds, newest first, as many as a feed reader has any use for."""
    left = _FED
    for entry in entries[:_FED_DAYS]:
        path = folder / f"{entry.day}.atom"
        if entry.so_far or left < 0 or not path.is_file():
            continue
        left -= path.stat().st_size
        yield path.read_text("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A day in the index."""

    day: date
    so_far: bool
    headline: str
    files: tuple[str, ...]
    """HTML first: what the day's name leads to."""


def _entries(folder: Path) -> Iterator[_Entry]:
    files: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        if _DAY.fullmatch(path.stem) and path.is_file():
            files.setdefault(path.stem, []).append(path.name)
    for stem, names in files.items():
        so_far = stem.endswith("-so-far")
        if so_far and stem.removesuffix("-so-far") in files:
            continue
        with suppress(ValueError):  # 2018-13-45.md is not ours
            yield _Entry(
                day=date.fromisoformat(stem.removesuffix("-so-far")),
                so_far=so_far,
                headline=_headline(folder / f"{stem}.html"),
                files=tuple(sorted(names, key=lambda name: (not name.endswith(".html"), name))),
            )


def _headline(path: Path) -> str:
    """The line that says it all, as the HTML digest has it in its head; empty where there is none."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    found = _DESCRIPTION.search(head)
    return html.unescape(found[1]) if found else ""


def _replace(path: Path, content: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp gives 0600; what people and web servers read gets what the umask leaves of 0666.
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _force(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """Linux shows it; asking the old way would change it for all threads for a moment."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return 0o077
    found = re.search(r"^Umask:\s*([0-7]+)", status, re.MULTILINE)
    return int(found[1], 8) if found else 0o077
