"""The last good watch lists: a copy of what people edit, kept after each successful load.

``var/lists/VERSION/`` holds ``watchlists/``, ``packs/`` and ``sources.yaml`` as they were; ``var/lists/current`` names the
version that counts. A copy is made under another name and renamed when it is whole, then ``current`` is replaced: killed at
any moment, there is the one before or the one after, never half of one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from crawler.errors import RasidError
from monitor.packs import yaml_files

__all__ = ["LastGoodError", "find", "keep", "version_of"]

_CURRENT = "current"
_KEPT = 3
"""Versions: the one that counts, and those that another process may be reading."""


class LastGoodError(RasidError):
    """The last good watch lists could not be kept."""


def _files(folder: Path) -> dict[str, bytes]:
    """What lists are made of, by its path in a configuration folder."""
    paths = [*yaml_files(folder / "watchlists"), *yaml_files(folder / "watchlists" / "packs")]
    paths += [*yaml_files(folder / "packs"), folder / "sources.yaml"]
    found = {}
    for path in paths:
        with suppress(FileNotFoundError):
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _version(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, body in sorted(files.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()[:12]


def version_of(folder: Path) -> str:
    """The first 12 digits of the SHA-256 over the lists, the packs of one's own and the sources of ``folder``."""
    return _version(_files(folder))


def keep(folder: Path, place: Path, version: str) -> bool:
    """Keeps the lists of ``folder`` in ``place``, when they still are the ``version`` that was found to be good.

    ``False``: somebody has edited them since; the next load keeps them. Raises :class:`LastGoodError`.
    """
    try:
        if (found := find(place)) is not None and found.name == version:
            return True
        files = _files(folder)
        if _version(files) != version:
            return False
        place.mkdir(parents=True, exist_ok=True)
        _copy(files, place, version)
        _point(place, version)
        _tidy(place)
    except OSError as error:
        raise LastGoodError(
            f"cannot be written: {error.strerror or error}; see that the folder can be written to", subject=str(place)
        ) from error
    return True


def find(place: Path) -> Path | None:
    """The folder of the last good lists, laid out like a configuration folder; ``None`` where none were kept."""
    try:
        version = (place / _CURRENT).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = place / version
    return folder if version.isalnum() and (folder / "watchlists").is_dir() else None


def _copy(files: dict[str, bytes], place: Path, version: str) -> None:
    if (place / version).is_dir():  # only a whole copy has that name
        os.utime(place / version)
        return
    half = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    try:
        for name, body in files.items():
            path = half / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
        half.chmod(0o755)
        try:
            half.rename(place / version)
        except OSError:
            if not (place / version).is_dir():  # else another process was first, with the same
                raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
    _force(place)


def _point(place: Path, version: str) -> None:
    handle, name = tempfile.mkstemp(prefix=".current-", dir=place)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(f"{version}\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(place / _CURRENT)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _force(place)


def _tidy(place: Path) -> None:
    """Removes all but the newest versions. What a killed copy left goes with them."""
    counts = find(place)
    versions = sorted((path for path in place.iterdir() if path.is_dir()), key=lambda path: -path.stat().st_mtime)
    for path in versions[_KEPT:]:
        if path != counts:
            shutil.rmtree(path, ignore_errors=True)


def _force(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
