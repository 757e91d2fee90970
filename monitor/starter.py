"""What `rasid init` writes: the configuration that Rasid ships, for a person to make their own."""

from __future__ import annotations

from pathlib import Path

from crawler.errors import RasidError
from monitor.config import shipped
from monitor.packs import yaml_files

__all__ = ["StarterError", "files", "write"]


class StarterError(RasidError):
    """A starter configuration cannot be written there."""


def files() -> dict[Path, bytes]:
    """What belongs into a new folder: paths relative to it, and their content.

    Packs are not among them: those that Rasid ships are used where they are, and grow better with the next version.
    """
    origin = shipped()
    tops = [origin / name for name in ("settings.yaml", "sources.yaml", "audiences.example.yaml")]
    wanted = [*tops, *yaml_files(origin / "watchlists")]
    return {Path("config") / path.relative_to(origin): path.read_bytes() for path in wanted}


def write(directory: Path) -> list[Path]:
    """Writes the starter configuration below ``directory`` and returns its files.

    Nothing is replaced: where one of the files exists, :class:`StarterError` names it and none is written.
    """
    contents = {directory / path: content for path, content in files().items()}
    taken = [path for path in contents if path.exists()]
    if taken:
        raise StarterError("is there already; nothing was written. Choose another directory", subject=str(taken[0]))
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(content)
    except OSError as error:
        raise StarterError(f"cannot be written: {error.strerror or error}", subject=str(error.filename)) from error
    return list(contents)
