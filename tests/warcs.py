"""WARC files as others write them, for the tests and the benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


@dataclass(frozen=True, kw_only=True)
class Answer:
    url: str
    body: bytes
    status: str = "200 OK"
    content_type: str = "text/html; charset=utf-8"
    headers: Sequence[tuple[str, str]] = field(default_factory=tuple)
    at: str = "2018-05-12T09:30:00Z"


def warc(file: Path, answers: Iterable[Answer], *, gzip: bool = True) -> list[int]:
    """Writes a file as Common Crawl does: a warcinfo record, then request and response in turn; offsets of the responses."""
    offsets = []
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=gzip, warc_version="WARC/1.0")
        writer.write_record(
            writer.create_warcinfo_record(file.name, {"software": "tests", "format": "WARC File Format 1.0"})
        )
        for one in answers:
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
            told = StatusAndHeaders(one.status, [("Content-Type", one.content_type), *one.headers], protocol="HTTP/1.1")
            dated = {"WARC-Date": one.at}
            for kind, body, http in (("request", b"", asked), ("response", one.body, told)):
                offset = stream.tell()
                record = writer.create_warc_record(
                    one.url,
                    kind,
                    payload=BytesIO(body),
                    length=len(body),
                    http_headers=http,
                    warc_headers_dict=dict(dated),
                )
                writer.write_record(record)
            offsets.append(offset)
    return offsets
