"""WACZ 1.1.1: a zip with web archives, their index, a list of pages, and what else belongs to them.

https://specs.webrecorder.net/wacz/1.1.1/. The `wacz` package of its authors brings 46 others with it (a table library, an HTTP client,
a list of public suffixes); what is needed of it is written here.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from storage import warc

__all__ = ["Page", "Wacz", "index", "key"]

_ARCHIVE = "archive/data.warc.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a reader of the package is shown first."""

    id: str
    url: str
    at: datetime
    title: str
    text: str


@dataclass(slots=True)
class Wacz:
    """Written by :meth:`write`; nothing of it is on the disk before."""

    title: str
    made_at: datetime
    software: str
    pages: Sequence[Page]
    spans: Sequence[bytes]
    """Records, gzipped, as they lay in their files: a span is a Capture's, or a file's first record."""
    extra: Mapping[str, bytes] = field(default_factory=dict)
    """Other files, by their path in the package."""
    description: str = ""

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        files = {
            _ARCHIVE: b"".join(self.spans),
            "indexes/index.cdx": index(self.spans).encode(),
            "pages/pages.jsonl": self._pages().encode(),
            **self.extra,
        }
        files["datapackage.json"] = _json(self._package(files))
        digest = {"path": "datapackage.json", "hash": _hash(files["datapackage.json"])}
        files["datapackage-digest.json"] = _json(digest)
        part = path.with_name(f"{path.name}.part")
        moment = self.made_at.astimezone(UTC)
        with zipfile.ZipFile(part, "w") as packed:
            for name, data in files.items():
                entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
                entry.external_attr = 0o644 << 16
                # archives are read at an offset, without unpacking: they are stored as they are
                entry.compress_type = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
                packed.writestr(entry, data)
        part.replace(path)

    def _pages(self) -> str:
        head = {"format": "json-pages-1.0", "id": "pages", "title": self.title, "hasText": True}
        lines = [
            {"id": page.id, "url": page.url, "ts": _moment(page.at), "title": page.title, "text": page.text}
            for page in self.pages
        ]
        return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in (head, *lines))

    def _package(self, files: Mapping[str, bytes]) -> dict[str, Any]:
        first = self.pages[0] if self.pages else None
        return {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": self.title,
            "description": self.description,
            "created": _moment(self.made_at),
            "software": self.software,
            **({"mainPageUrl": first.url, "mainPageDate": _moment(first.at)} if first else {}),
            "resources": [
                {"name": name.rpartition("/")[2], "path": name, "hash": _hash(data), "bytes": len(data)}
                for name, data in files.items()
            ],
        }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _hash(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def index(spans: Iterable[bytes]) -> str:
    """CDXJ, sorted: where in the archive each response lies (https://specs.webrecorder.net/cdxj/0.1.0/)."""
    lines: list[str] = []
    at = 0
    for span in spans:
        for member in _members(span):
            responses = (record for record in warc.records(member) if record.type == "response")
            lines += [_cdxj(record, at, len(member)) for record in responses]
            at += len(member)
    return "".join(f"{line}\n" for line in sorted(lines))


def _cdxj(record: warc.Record, offset: int, length: int) -> str:
    url = record.headers.get("warc-target-uri", "").strip("<>")
    first, headers, _ = record.http()
    said = {name.lower(): value for name, value in headers}
    fields = {
        "url": url,
        "mime": said.get("content-type", "unk").partition(";")[0].strip(),
        "status": first.split(" ")[1] if " " in first else "",
        "digest": record.headers.get("warc-payload-digest", ""),
        "length": str(length),
        "offset": str(offset),
        "filename": _ARCHIVE.rpartition("/")[2],
    }
    stamp = re.sub(r"\D", "", record.headers.get("warc-date", ""))[:14]
    return f"{key(url)} {stamp} {json.dumps(fields)}"


def _members(data: bytes) -> Iterable[bytes]:
    rest = data
    while rest:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        piece = rest
        while piece and not member.eof:
            member.decompress(piece, 2**20)
            piece = member.unconsumed_tail
        size = len(rest) - len(member.unused_data)
        yield rest[:size]
        rest = rest[size:]


def key(url: str) -> str:
    """The address as indexes sort it (SURT): the host from behind, without scheme and ``www.``, the query in order."""
    parts = urlsplit(url)
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").lower())
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True))) if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path.lower() or '/'}" + (
        f"?{query.lower()}" if query else ""
    )
