"""Pages out of WARC files that others have written (Common Crawl's CC-NEWS, pywb, wget): bytes in, Pages out.

FastWARC reads them at 2.4 times warcio's speed. It seeks on inside a damaged file by itself and without a word; what it passed
over so is told here. WARC/1.1: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from crawler.article import Page
from crawler.encodings import TooLarge, decoded
from crawler.errors import CrawlError

__all__ = ["MOST_HEADERS", "ArchiveError", "Found", "pages"]

MOST_HEADERS = 2**16
"""Bytes of one record's headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A response in a WARC file."""

    offset: int
    """Where its record begins, in bytes of the file as it lies on the disk."""
    record: str
    """Its WARC-Record-ID, without the angle brackets."""
    page: Page | None
    """``None``: it cannot be taken for a page; ``why`` says why."""
    why: str = ""


class ArchiveError(CrawlError):
    """A file is no WARC file, or is cut. ``subject`` names the file; what came before stands."""


def pages(file: Path, *, after: int | None = None, most: int = 5 * 2**20) -> Iterator[Found]:
    """The HTTP responses in ``file``, in its order; with ``after``, those that begin behind that offset.

    ``most``: bytes of a body, before and after content decoding; a larger one has no page. Requests, metadata and what is no
    HTTP are passed over. :class:`ArchiveError` where the file ends before a record does, or holds no record at all.
    """
    from fastwarc.warc import WarcRecordType

    try:
        stream = file.open("rb")
    except OSError as error:
        raise ArchiveError(f"cannot be opened: {error.strerror}", subject=str(file)) from error
    with stream:
        if not file.stat().st_size:
            raise ArchiveError("an empty file, no WARC file", subject=str(file))
        damaged: list[str] = []
        seen, start = after is not None, after or 0
        while True:
            last = start
            try:
                for record in _records(stream, start):
                    seen, last = True, record.stream_pos
                    if record.record_type == WarcRecordType.response and last != after:
                        yield _found(record, most)
                break
            except (OSError, ValueError, zlib.error, EOFError) as error:
                if not seen:
                    raise ArchiveError(f"no WARC file: {error}", subject=str(file)) from error
                damaged.append(f"the record at byte {last} is damaged ({error})")
                start = _next(file, last + 1)
                if start < 0:
                    break
    if not seen:
        raise ArchiveError("no WARC file: there is no record in it", subject=str(file))
    if not damaged and (reason := _cut(file)):
        damaged.append(f"{reason}; the last whole record begins at byte {last}")
    if damaged:
        more = f"; and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        raise ArchiveError(f"{damaged[0]}{more}; what is whole was read", subject=str(file))


def _records(stream: BinaryIO, start: int) -> Iterable[Any]:
    """The records from an offset on."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    stream.seek(start)
    kinds = WarcRecordType.response | WarcRecordType.warcinfo
    records: Iterable[Any] = ArchiveIterator(
        stream, record_types=kinds, parse_http=False, quirks_mode=True, max_header_len=MOST_HEADERS
    )
    return records


def _next(file: Path, at: int) -> int:
    """Where the next gzipped record begins; -1: nowhere."""
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while (at := data.find(b"\x1f\x8b\x08", at)) >= 0:
            with suppress(zlib.error):
                if zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[at : at + 512], 5) == b"WARC/":
                    return at
            at += 1
    return -1


def _found(record: Any, most: int) -> Found:
    said = {name.lower(): value for name, value in record.headers}
    offset, name = record.stream_pos, said.get("warc-record-id", "").strip("<>")
    try:
        page = _page(record, said, most)
    except (TooLarge, _UnusableError) as error:
        return Found(offset=offset, record=name, page=None, why=str(error))
    return Found(offset=offset, record=name, page=page)


class _UnusableError(Exception):
    """Why a response is no page."""


def _page(record: Any, said: dict[str, str], most: int) -> Page:
    url = said.get("warc-target-uri", "").strip("<>")
    if not url.startswith(("http://", "https://")):
        raise _UnusableError("it came by another protocol than HTTP")
    try:
        moment = datetime.fromisoformat(said.get("warc-date", ""))
    except ValueError:
        raise _UnusableError("its WARC-Date is none") from None
    try:
        record.parse_http(auto_decode="transfer", max_header_len=MOST_HEADERS, quirks_mode=True)
    except (OSError, ValueError) as error:
        raise _UnusableError(f"no HTTP response: {error}") from error
    if record.http_headers is None:
        raise _UnusableError("no HTTP response")
    headers = tuple((str(name), str(value)) for name, value in record.http_headers)
    try:
        body = record.reader.read(most + 1)
    except (OSError, ValueError, zlib.error) as error:
        raise _UnusableError(f"its body cannot be read: {error}") from error
    if len(body) > most:
        raise TooLarge(f"its body is larger than {most} bytes")
    encodings = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    body = decoded(body, encodings, most)  # where it is decoded already, and the header was left, it stays as it is
    return Page(
        url=url,
        asked=url,
        status=_status(record),
        headers=tuple(pair for pair in headers if pair[0].lower() != "content-encoding"),
        body=body,
        fetched_at=moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC),
        ip_address=said.get("warc-ip-address"),
    )


def _status(record: Any) -> int:
    try:
        return int(record.http_headers.status_code or 0)
    except (TypeError, ValueError):
        return 0


def _cut(file: Path) -> str:
    """Whether a gzipped file ends within a member: FastWARC takes that for its end. Only the last members are looked at."""
    with file.open("rb") as stream:
        if stream.read(2) != b"\x1f\x8b":
            return ""
        size = file.stat().st_size
        window = 2**20
        while True:
            stream.seek(max(0, size - window))
            tail = stream.read(window)
            at = tail.rfind(b"\x1f\x8b\x08")
            while at >= 0:
                if _whole(tail[at:]):
                    return ""
                at = tail.rfind(b"\x1f\x8b\x08", 0, at)
            if window >= size or window >= 2**26:
                return "it ends within a record"
            window *= 4


def _whole(data: bytes) -> bool:
    """Whether ``data`` is one gzip member to its very end."""
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for start in range(0, len(data), 2**16):
            rest = data[start : start + 2**16]
            while rest:
                member.decompress(rest, 2**20)
                rest = member.unconsumed_tail
    except zlib.error:
        return False
    return member.eof and not member.unused_data
