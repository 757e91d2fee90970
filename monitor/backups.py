"""Backups of the store: made while others write, checked, packed, encrypted when asked for, rotated; and brought back.

A backup is ``rasid-20261125T224000Z.db.gz``, with ``.age`` behind it when it is encrypted to a public key (age-encryption.org/v1):
the machine that makes it cannot read it. Before a new version of Rasid changes the schema, the store as it was is kept as
``…-before-0005.db.gz``.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from crawler.errors import RasidError
from monitor.disk import human, room
from storage.schema import VERSION
from storage.upkeep import copy, damage, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Backup", "BackupError", "before_upgrade", "found", "make", "recipients", "restore", "to_drop"]

_NAME = re.compile(r"rasid-(\d{8}T\d{6}Z)(?:-before-(\w+))?\.db\.gz(\.age)?")
_STAMP = "%Y%m%dT%H%M%SZ"
_LEVEL = 3
"""Of gzip: Arabic text to a quarter, at 60 MB/s; level 9 saves a tenth more and takes eight times as long."""
_CHUNK = 2**20
_KEPT_BEFORE = 2
_JUST_NOW = timedelta(hours=1)


class BackupError(RasidError):
    """A backup could not be made, or not be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    path: Path
    made_at: datetime
    before: str | None
    """The schema to which the store was about to be brought; ``None``: one of the regular ones."""
    encrypted: bool


def found(folder: Path) -> list[Backup]:
    """The backups in ``folder``, newest first. What else lies there is left alone."""
    backups = []
    for path in folder.glob("rasid-*"):
        if (name := _NAME.fullmatch(path.name)) is None:
            continue
        with suppress(ValueError):
            made_at = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
            backups.append(Backup(path=path, made_at=made_at, before=name[2], encrypted=bool(name[3])))
    return sorted(backups, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def to_drop(moments: Collection[datetime], *, daily: int, weekly: int) -> set[datetime]:
    """Which of these backups may go: all but the newest of each of the last ``daily`` days and ``weekly`` weeks that have any.

    Days without a backup are not counted, so that a machine that was off for a month drops nothing for it.
    """
    newest_first = sorted(moments, reverse=True)
    kept: set[datetime] = set(newest_first[:1])
    for count, unit in ((daily, datetime.date), (weekly, _week)):
        of: dict[Any, datetime] = {}
        for moment in newest_first:
            of.setdefault(unit(moment), moment)
        kept.update(list(of.values())[:count])
    return set(newest_first) - kept


def _week(moment: datetime) -> tuple[int, int]:
    year, week, _ = moment.isocalendar()
    return year, week


def recipients(keys: Sequence[str]) -> list[Any]:
    """Public keys of age; :class:`BackupError` names the one that is none."""
    from pyrage import RecipientError, x25519

    made = []
    for key in keys:
        try:
            made.append(x25519.Recipient.from_str(key))
        except RecipientError as error:
            raise BackupError(f"`{key}` is not a public key of age (age1…): {error}") from error
    return made


def make(
    store: Path, folder: Path, now: datetime, *, encrypt_to: Sequence[str] = (), before: str | None = None
) -> Backup:
    """A backup of the file ``store`` in ``folder``; what is there under its name is whole, whenever the machine stops."""
    keys = recipients(encrypt_to)
    kind = f"-before-{before}" if before else ""
    name = f"rasid-{now.astimezone(UTC):{_STAMP}}{kind}.db.gz{'.age' if keys else ''}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder)
        needs, has = int(store.stat().st_size * 1.6), room(folder).free
        if has < needs:
            raise BackupError(
                f"it needs about {human(needs)} for a while, and {human(has)} are free", subject=str(folder)
            )
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as place:
            plain, packed = Path(place) / "plain", Path(place) / "packed"
            copy(store, plain)
            _pack(plain, packed)
            if keys:
                import pyrage

                sealed = Path(place) / "sealed"
                pyrage.encrypt_file(str(packed), str(sealed), keys)
                packed = sealed
            packed.chmod(0o600)
            _force(packed)
            packed.replace(folder / name)
        _force(folder)
    except OSError as error:
        raise BackupError(f"cannot be written ({error.strerror or error})", subject=str(folder)) from error
    return Backup(path=folder / name, made_at=now, before=before, encrypted=bool(keys))


def rotate(folder: Path, *, daily: int, weekly: int) -> list[Path]:
    """Remove the backups that may go; which."""
    backups = found(folder)
    regular = [backup for backup in backups if backup.before is None]
    moments = to_drop([backup.made_at for backup in regular], daily=daily, weekly=weekly)
    gone = [backup.path for backup in regular if backup.made_at in moments]
    gone += [backup.path for backup in backups if backup.before is not None][_KEPT_BEFORE:]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def before_upgrade(store: Path, folder: Path, now: datetime, encrypt_to: Sequence[str]) -> Callable[[str], None]:
    """What :meth:`Store.open` calls before it brings a schema forward. Processes that come at once make one backup."""

    def keep(version: str) -> None:
        last = next((backup for backup in found(folder) if backup.before == VERSION), None)
        if last is None or now - last.made_at > _JUST_NOW:
            if version >= VERSION:  # newer than this program: it is refused, and stays as it is
                return
            make(store, folder, now, encrypt_to=encrypt_to, before=VERSION)
            rotate(folder, daily=10**6, weekly=0)

    return keep


def restore(backup: Path, store: Path, now: datetime, *, identity: Path | None = None) -> Path | None:
    """Put ``backup`` in the place of ``store``; where the one that was there is now, if there was one.

    Nobody else may have the store open: the caller holds its locks. Until the last step nothing that is there is touched;
    nothing is deleted.
    """
    aside = None
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=store.parent) as place:
            plain = Path(place) / "plain"
            with _opened(backup, Path(place), identity) as packed:
                _unpack(packed, plain, backup)
            if (version := schema_of(plain)) is None:
                raise BackupError("it holds no store of Rasid", subject=str(backup))
            if version > VERSION:
                raise BackupError(f"it is of a newer Rasid (schema {version}, not {VERSION})", subject=str(backup))
            if wrong := damage(plain, quick=False):
                raise BackupError(f"it is damaged: {wrong}", subject=str(backup))
            _force(plain)
            aside = _set_aside(store, now)
            plain.replace(store)
        _force(store.parent)
    except OSError as error:
        raise BackupError(f"cannot be brought back ({error.strerror or error})", subject=str(backup)) from error
    return aside


def _set_aside(store: Path, now: datetime) -> Path | None:
    aside = store.with_name(f"{store.name}.replaced-{now.astimezone(UTC):{_STAMP}}")
    there = False
    for end in ("-wal", "-shm", ""):  # its log goes with it: it would be played into the one that comes
        with suppress(FileNotFoundError):
            Path(f"{store}{end}").replace(f"{aside}{end}")
            there = True
    return aside if there else None


@contextmanager
def _opened(backup: Path, place: Path, identity: Path | None) -> Iterator[Path]:
    if backup.suffix != ".age":
        yield backup
        return
    import pyrage

    if identity is None:
        raise BackupError("it is encrypted; name the file with the secret key: --identity FILE", subject=str(backup))
    keys = [
        pyrage.x25519.Identity.from_str(line.strip())
        for line in identity.read_text("utf-8").splitlines()
        if line.startswith("AGE-SECRET-KEY-")
    ]
    try:
        with backup.open("rb") as sealed, (place / "packed").open("wb") as packed:
            pyrage.decrypt_io(sealed, packed, cast("Any", keys))
    except pyrage.DecryptError as error:
        raise BackupError(f"the key in {identity} does not open it: {error}", subject=str(backup)) from error
    yield place / "packed"


def _pack(plain: Path, packed: Path) -> None:
    """With a look at whether what comes out again is what went in."""
    went_in = hashlib.sha256()
    with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=_LEVEL) as target:
        while chunk := source.read(_CHUNK):
            went_in.update(chunk)
            target.write(chunk)
    came_out = hashlib.sha256()
    with gzip.open(packed, "rb") as again:
        while chunk := again.read(_CHUNK):
            came_out.update(chunk)
    if went_in.digest() != came_out.digest():
        raise BackupError("what was written is not what is there: the disk is not to be trusted", subject=str(packed))


def _unpack(packed: Path, plain: Path, backup: Path) -> None:
    try:
        with gzip.open(packed, "rb") as source, plain.open("wb") as target:
            shutil.copyfileobj(source, target, _CHUNK)
    except (gzip.BadGzipFile, EOFError) as error:
        raise BackupError(f"it is damaged: {error}", subject=str(backup)) from error


def _tidy(folder: Path) -> None:
    """What a killed backup left."""
    for left in folder.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)


def _force(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
