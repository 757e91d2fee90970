"""The usual faults of a set-up, looked for one by one, each with its remedy."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.disk import human, room
from monitor.health import Level
from storage.upkeep import file_of

if TYPE_CHECKING:
    from monitor.config import Config

__all__ = ["Finding", "examine"]

_OLDEST_SQLITE = (3, 35)
"""RETURNING came with 3.35, ON CONFLICT with 3.24."""
_NETWORKED = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone", "davfs"}
)
_ASKED = 8
"""Names of hosts that are looked up."""
_OF_AGE = datetime(2026, 11, 1, tzinfo=UTC)
"""No machine has an earlier time that has this version of Rasid."""
_WRITERS = 0o022


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look came to."""

    name: str
    level: Level
    what: str
    remedy: str = ""


def examine(
    config: Config,
    now: datetime,
    *,
    resolve: Callable[[str], object] = lambda host: socket.getaddrinfo(host, 443),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """Everything but the store's content, which :func:`monitor.health.verdicts` judges. Nothing is fetched; names are looked up."""
    variables = os.environ if environment is None else environment
    yield _python()
    yield _sqlite()
    yield _contact(config)
    yield from _var(config)
    yield from _clock(config, now)
    yield _lexicon(variables)
    yield _names(config, resolve)
    yield from _secrets(config, variables)
    yield _limits()


def _ok(name: str, what: str) -> Finding:
    return Finding(name, Level.OK, what)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036 -- a wheel that was forced onto an older one says so instead of failing oddly
        return Finding("python", Level.CRITICAL, f"{version} is too old", "use Python 3.11 or newer")
    if sys.prefix == sys.base_prefix:
        return Finding(
            "python", Level.WARNING, f"{version}, and no environment of its own", "`make setup` makes one in .venv"
        )
    return _ok("python", version)


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        return Finding(
            "sqlite", Level.CRITICAL, f"{sqlite3.sqlite_version} is too old", "use a Python with SQLite 3.35 or newer"
        )
    with sqlite3.connect(":memory:") as database:
        try:
            database.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError:
            return Finding(
                "sqlite", Level.WARNING, "it has no full-text search (FTS5)", "use a Python whose SQLite has it"
            )
        finally:
            database.rollback()
    return _ok("sqlite", sqlite3.sqlite_version)


def _contact(config: Config) -> Finding:
    from monitor.config import ready_to_go_out

    if lacks := ready_to_go_out(config):
        return Finding("contact", Level.CRITICAL, lacks[0], f"edit {config.folder / 'settings.yaml'}")
    return _ok("contact", config.settings.contact or "none, and none is needed: every source is on this machine")


def _var(config: Config) -> Iterator[Finding]:
    var, reserve = config.settings.var, config.settings.disk_reserve
    file = file_of(config.settings.storage.url)
    for folder in dict.fromkeys([var, *([file.parent] if file else [])]):
        found = room(folder)
        if not found.writable:
            yield Finding(
                "permissions",
                Level.CRITICAL,
                f"{folder} cannot be written to",
                f"chown it to {_me()}, or see how the disk is mounted",
            )
        if found.free < 2 * reserve:
            level = Level.CRITICAL if found.free < reserve else Level.WARNING
            yield Finding(
                "disk",
                level,
                f"{human(found.free)} are free for {folder}, {human(reserve)} are kept free",
                "make room, or move `var:`",
            )
        else:
            yield _ok("disk", f"{human(found.free)} are free for {folder}")
        kind = _file_system(folder)
        if kind in _NETWORKED:
            yield Finding(
                "file system",
                Level.CRITICAL,
                f"{folder} lies on a network file system ({kind}): locks and SQLite cannot be trusted there",
                "move `var:` to a disk of this machine",
            )
    foreign = [path for path in _sample(var) if not os.access(path, os.W_OK)]
    if foreign:
        yield Finding(
            "permissions",
            Level.CRITICAL,
            f"{foreign[0]} is not ours to write",
            f"chown -R {_me()} {var} (was Rasid run as another user, or as root?)",
        )


def _sample(var: Path) -> Iterator[Path]:
    for name in (
        "rasid.db",
        "rasid.db-wal",
        "rasid.db-shm",
        "pass.lock",
        "service.lock",
        "digests",
        "lists",
        "captures",
        "backups",
    ):
        if (path := var / name).exists():
            yield path


def _file_system(folder: Path) -> str:
    """The type of the one that is mounted nearest above ``folder``."""
    best, kind = "", ""
    with suppress(OSError):
        there = str(folder.resolve())
        for line in Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines():
            _, at, found, *_ = line.split(" ")
            at = at.replace("\\040", " ")
            if (there == at or there.startswith(at.rstrip("/") + "/")) and len(at) >= len(best):
                best, kind = at, found
    return kind


def _clock(config: Config, now: datetime) -> Iterator[Finding]:
    if now < _OF_AGE:
        yield Finding(
            "clock",
            Level.CRITICAL,
            f"this machine believes that it is {now:%Y-%m-%d %H:%M} UTC",
            "set the clock (timedatectl set-ntp true)",
        )
        return
    from zoneinfo import ZoneInfo

    local = now.astimezone(ZoneInfo(config.settings.zone))
    yield _ok("clock", f"{local:%Y-%m-%d %H:%M} in {config.settings.zone}")
    synchronised = Path("/run/systemd/timesync/synchronized")
    if synchronised.parent.is_dir() and not synchronised.exists():
        yield Finding("clock", Level.WARNING, "it is not set by the network", "timedatectl set-ntp true")


def _lexicon(environment: Mapping[str, str]) -> Finding:
    from monitor.lexicon import cache_path

    path = cache_path(environment)
    if path.exists():
        return _ok("lexicon", str(path))
    if not room(path.parent).writable:
        return Finding(
            "lexicon",
            Level.WARNING,
            f"{path.parent} cannot be written to: the Arabic lexicon is built anew by every command (some 10 s)",
            "name a folder that can be: RASID_CACHE=…",
        )
    return _ok("lexicon", "not built yet: the first command that needs it builds it (some 10 s, once)")


def _names(config: Config, resolve: Callable[[str], object]) -> Finding:
    hosts = {urlsplit(source.url).hostname for source in config.sources if source.enabled}
    names = sorted(host for host in hosts if host and not host.replace(".", "").isdigit() and ":" not in host)[:_ASKED]
    failed = []
    for name in names:
        try:
            resolve(name)
        except OSError:
            failed.append(name)
    if not names:
        return _ok("dns", "no source has a name to be looked up")
    if len(failed) == len(names):
        return Finding(
            "dns",
            Level.CRITICAL,
            f"no name can be looked up (tried {', '.join(names[:3])})",
            "see /etc/resolv.conf and the network",
        )
    if failed:
        return Finding(
            "dns",
            Level.WARNING,
            f"cannot be looked up: {', '.join(failed)}",
            "the site has moved, or its name is misspelt in sources.yaml",
        )
    return _ok("dns", f"{len(names)} names looked up")


def _secrets(config: Config, environment: Mapping[str, str]) -> Iterator[Finding]:
    for path in sorted(config.folder.glob("*.yaml")):
        with suppress(OSError):
            if path.stat().st_mode & _WRITERS & 0o002:
                yield Finding(
                    "permissions", Level.WARNING, f"anybody on this machine can change {path}", f"chmod o-w {path}"
                )
    if any(
        environment.get(name)
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    ):
        yield Finding(
            "proxy",
            Level.WARNING,
            "the environment names a proxy, which Rasid does not use",
            "give a source that needs one its `proxy:`",
        )


def _limits() -> Finding:
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files < 256:
        return Finding(
            "limits",
            Level.WARNING,
            f"only {files} files may be open at once",
            "ulimit -n 1024, or LimitNOFILE= in the unit",
        )
    return _ok("limits", f"{files} files may be open at once")


def _me() -> str:
    import pwd

    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())
