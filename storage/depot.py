"""Files of Captures in an S3-compatible store, by obstore: those that are closed are put there, and leave the disk in time.

A file counts as put when what lies there was read back and is what lies here. Which ones are is written down beside them, in
``depot.json``; an object is deleted when the store (of articles) says that nothing of its file is left. Names of files are their own in
all the world, so that all machines have one place there, and each can read what another has put.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from storage.errors import StorageError
from storage.ledger import sync_folder

if TYPE_CHECKING:
    from obstore.store import S3Store

__all__ = ["Depot", "Lying"]

_INDEX = "depot.json"
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN")
_TRIES = 4
"""Of each request, ever longer apart."""
_RETRYING = timedelta(seconds=45)
_PART = 8 * 2**20

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A file that was put."""

    size: int
    sha256: str
    etag: str
    """By which the store tells whether it is still the object that was read back."""
    at: str
    """When."""


class Depot:
    """``url``: ``s3://bucket/prefix``; ``endpoint``: where another than Amazon's is; ``folder``: of the captures here."""

    def __init__(
        self, url: str, folder: Path, *, endpoint: str | None = None, environ: Mapping[str, str] = os.environ
    ) -> None:
        self.url = url
        self._folder = folder
        self._endpoint = endpoint
        self._environ = environ

    @cached_property
    def _store(self) -> S3Store:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise StorageError("obstore is not installed: pip install 'rasid[cluster]'", subject=self.url) from error
        key, secret = self._environ.get("AWS_ACCESS_KEY_ID"), self._environ.get("AWS_SECRET_ACCESS_KEY")
        if not key or not secret:  # obstore would ask the machine's cloud for some, and wait for it
            raise StorageError(
                "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
                subject=self.url,
            )
        parts = urlsplit(self.url)
        config: dict[str, Any] = {"access_key_id": key, "secret_access_key": secret}
        if token := self._environ.get("AWS_SESSION_TOKEN"):
            config["token"] = token
        if self._endpoint:
            config["endpoint"] = self._endpoint
        plain = (self._endpoint or self._environ.get("AWS_ENDPOINT_URL", "")).startswith("http://")
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,  # type: ignore[arg-type]
            client_options={"allow_http": plain, "connect_timeout": "10s", "timeout": "300s"},
            retry_config={"max_retries": _TRIES, "retry_timeout": _RETRYING},
        )

    # what was put

    def index(self) -> dict[str, Lying]:
        """By name."""
        try:
            said = json.loads((self._folder / _INDEX).read_text("utf-8"))
            return {name: Lying(**one) for name, one in said.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError, OSError):
            return {}  # it is written anew: what lies there already is put once more

    def _write(self, index: Mapping[str, Lying]) -> None:
        with NamedTemporaryFile("w", dir=self._folder, prefix=_INDEX, encoding="utf-8", delete=False) as out:
            json.dump({name: asdict(one) for name, one in sorted(index.items())}, out, indent=0)
            out.flush()
            os.fsync(out.fileno())
        Path(out.name).replace(self._folder / _INDEX)
        sync_folder(self._folder)

    def put(self, name: str, now: datetime) -> None:
        """Puts a file, reads it back, and writes down that it is there. :class:`StorageError`: it is not, and stays due."""
        path = self._folder / name
        if name in self.index():
            self._forget(name)
        size, sha256 = _digest(_pieces(path))
        self._said(lambda obstore: obstore.put(self._store, name, path, chunk_size=_PART), name)
        etag, there = self._read_back(name)
        if there != (size, sha256):
            raise StorageError("what lies there is not what was sent; it is sent again", subject=f"{self.url}/{name}")
        self._write(self.index() | {name: Lying(size=size, sha256=sha256, etag=etag, at=now.isoformat())})

    def put_copy(self, path: Path, name: str) -> None:
        """Puts a file that goes on growing here, as it is now."""
        self._said(lambda obstore: obstore.put(self._store, name, path, chunk_size=_PART), name)

    def _read_back(self, name: str) -> tuple[str, tuple[int, str]]:
        def read(obstore: Any) -> tuple[str, tuple[int, str]]:
            found = obstore.get(self._store, name)
            return str(found.meta.get("e_tag") or ""), _digest(bytes(piece) for piece in found.stream())

        return self._said(read, name)

    def let_go(self, name: str) -> None:
        """Takes a file that was put off the disk here, once the object was found to be the one that was read back."""
        lying = self.index()[name]
        meta = self._said(lambda obstore: obstore.head(self._store, name), name)
        if (meta["size"], str(meta.get("e_tag") or "")) != (lying.size, lying.etag):
            self._forget(name)
            raise StorageError(
                "the object is not the one that was put; the file stays here, and is sent again",
                subject=f"{self.url}/{name}",
            )
        if _digest(_pieces(self._folder / name)) != (lying.size, lying.sha256):
            raise StorageError(
                "the file here is not the one that was put; `rasid evidence verify` says more", subject=name
            )
        (self._folder / name).unlink()
        sync_folder(self._folder)

    def delete(self, name: str) -> None:
        """Of which nothing is left by the rules."""
        with suppress(_GoneError):
            self._said(lambda obstore: obstore.delete(self._store, name), name)
        self._forget(name)

    def _forget(self, name: str) -> None:
        self._write({other: one for other, one in self.index().items() if other != name})

    # what is here no longer

    def read(self, file: str, offset: int, length: int) -> bytes:
        """Bytes of a file that was put."""
        return self._said(
            lambda obstore: bytes(obstore.get_range(self._store, file, start=offset, length=length)), file
        )

    def fetch(self, name: str, target: Path) -> None:
        """A whole file, under another name until it is whole."""
        half = target.with_name(f".{target.name}.half")

        def get(obstore: Any) -> None:
            with half.open("wb") as out:
                for piece in obstore.get(self._store, name).stream():
                    out.write(bytes(piece))
                out.flush()
                os.fsync(out.fileno())

        try:
            self._said(get, name)
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)

    @contextmanager
    def borrowed(self, name: str) -> Iterator[Path | None]:
        """A whole file for the time being; ``None``: it is not there either."""
        target = self._folder / f".{name}"
        try:
            self.fetch(name, target)
        except _GoneError:
            yield None
            return
        try:
            yield target
        finally:
            target.unlink(missing_ok=True)

    def _said(self, ask: Callable[[Any], T], name: str) -> T:
        """What the store says is wrong, without what nobody should read."""
        store = self._store  # what it lacks is said as it is
        import obstore
        from obstore.exceptions import BaseError, NotFoundError

        del store
        subject = f"{self.url}/{name}"
        try:
            return ask(obstore)
        except (NotFoundError, FileNotFoundError) as error:
            raise _GoneError("its file is gone, here and there", subject=subject) from error
        except (BaseError, OSError, TimeoutError) as error:
            said = " ".join(str(error).partition("Debug source")[0].split())
            for secret in filter(None, map(self._environ.get, _SECRETS)):
                said = said.replace(secret, "…")
            raise StorageError(
                f"the store of captures does not take it or give it: {said[:400]}", subject=subject
            ) from None


class _GoneError(StorageError):
    """There is no such object."""


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(2**20):
            yield piece


def _digest(pieces: Iterator[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()
