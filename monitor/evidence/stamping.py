"""Time stamps of roots by authorities (RFC 3161): that a root was there at a time, said by somebody who does not know us.

Off by default, since it calls third parties: each is sent a hash, and learns that this machine asked. What cannot be had is tried again
later, with growing waits; what was had lies beside the ledger as ``stamps/ROOT.AUTHORITY.tsr`` and is checked with
``openssl ts -verify -digest ROOT``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from crawler.errors import RasidError
from storage.proofs import Proofs
from storage.records import Root

__all__ = ["StampError", "Tried", "checked", "due", "name_of", "post", "run", "stamp", "stored"]

_LARGEST = 2**18
_WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


class Memory(Protocol):
    def recall(self, key: str) -> Mapping[str, str] | None: ...
    def remember(self, key: str, value: Mapping[str, str]) -> None: ...


class StampError(RasidError):
    """An authority gave no stamp; ``subject`` is its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How often an authority was asked for a stamp in vain, and when last."""

    times: int
    at: datetime


def name_of(root: str, authority: str) -> str:
    """The file of a stamp: the root, and the authority's host."""
    host = re.sub(r"[^a-z0-9.-]", "-", urlsplit(authority).netloc.lower())
    return f"{root}.{host}.tsr"


def stored(folder: Path) -> Mapping[str, bytes]:
    """Every stamp that was had, by its file's name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "stamps").glob("*.tsr"))}


def due(
    roots: Sequence[Root], authorities: Sequence[str], have: Mapping[str, object], tried: Mapping[str, Tried], now: datetime
) -> list[tuple[Root, str]]:  # fmt: skip
    """What is to be asked of whom now. Pure. ``have`` and ``tried`` by :func:`name_of`."""
    wanted = []
    for root in roots:
        for authority in authorities:
            name = name_of(root.hash, authority)
            last = tried.get(name)
            rested = last is None or now - last.at >= _WAITS[min(last.times, len(_WAITS)) - 1]
            if name not in have and rested:
                wanted.append((root, authority))
    return wanted


def stamp(text: str, authority: str, ask: Callable[[str, bytes], bytes]) -> bytes:
    """A stamp over SHA-256 of ``text``, which is a root (:meth:`storage.proofs.Proofs.sealed`). ``ask`` posts a request and gives the answer's body.

    Its imprint and nonce are held against what was asked. :class:`StampError` for everything else.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

    request = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = ask(authority, request.as_bytes())
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise StampError(f"its answer is no time stamp: {error}", subject=authority) from error
    if response.status not in (0, 1):
        said = " ".join(str(part) for part in response.status_string or ())
        raise StampError(f"it refused (status {response.status}) {said}".strip(), subject=authority)
    if response.tst_info.nonce != request.nonce:
        raise StampError("its stamp answers another request", subject=authority)
    if not checked(answer, hashlib.sha256(text.encode()).hexdigest()):
        raise StampError("its stamp is over something else", subject=authority)
    return answer


def checked(answer: bytes, root: str) -> datetime | None:
    """When the stamp says that this root was there; ``None``: it says nothing of it. Whether the authority is to be believed is for
    whoever has its certificate: ``openssl ts -verify``."""
    from rfc3161_client import decode_timestamp_response

    try:
        info = decode_timestamp_response(answer).tst_info
        return info.gen_time if info.message_imprint.message == bytes.fromhex(root) else None
    except ValueError:
        return None


def run(
    folder: Path, proofs: Proofs, memory: Memory, authorities: Sequence[str], days: Sequence[datetime], now: datetime,
    ask: Callable[[str, bytes], bytes],
) -> Iterator[str]:  # fmt: skip
    """Asks for what is due of the roots at the ends of ``days``; what came of it, a sentence each."""
    roots = list({root.hash: root for end in days for root in proofs.roots(end)}.values())
    have = stored(folder)
    names = {name_of(root.hash, authority) for root in roots for authority in authorities} - have.keys()
    tried = {name: _tried(said) for name in names if (said := memory.recall(f"stamp {name}")) is not None}
    for root, authority in due(roots, authorities, have, tried, now):
        name = name_of(root.hash, authority)
        try:
            answer = stamp(proofs.sealed(root), authority, ask)
        except StampError as error:
            last = tried.get(name)
            memory.remember(
                f"stamp {name}",
                {"times": str(1 + (last.times if last else 0)), "at": now.isoformat(), "why": str(error)},
            )
            yield f"{error}; it is asked again later"
            continue
        path = folder / "stamps" / name
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(answer)
        part.replace(path)
        yield f"entry {root.number} is stamped by {urlsplit(authority).hostname}"


def _tried(said: Mapping[str, str]) -> Tried:
    return Tried(times=int(said["times"]), at=datetime.fromisoformat(said["at"]))


def post(url: str, request: bytes) -> bytes:
    """Over HTTP, as RFC 3161, 3.4 has it."""
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    asked = Request(url, data=request, headers={"Content-Type": "application/timestamp-query"})  # noqa: S310 -- http(s) only, see the settings
    try:
        with urlopen(asked, timeout=20) as answer:  # noqa: S310
            body: bytes = answer.read(_LARGEST + 1)
    except (URLError, OSError, ValueError) as error:
        raise StampError(f"it cannot be reached: {error}", subject=url) from error
    if len(body) > _LARGEST:
        raise StampError("its answer is far too long for a stamp", subject=url)
    return body
