"""A Page as WARC/1.1 records, and records as a Page again. Bytes in, bytes out: no files.

ISO 28500:2017, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/. Every record is a gzip member of
its own. Of each exchange of a Page there is a response and a request; a metadata record at the end says what the others cannot.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from crawler.article import Exchange, Page
from crawler.encodings import TooLarge, decoded
from storage.errors import StorageError

__all__ = ["Record", "inflated", "info", "packed", "page_of", "payload_digest", "records"]

_LEVEL = 6  # warcio's own writer takes 9: 1.9 times the CPU for a hundredth less, on pages of news
_AS_RECEIVED = (
    "bodies are as received after transfer decoding and before content decoding; header names are in the spelling and order of the"
    " engine (Scrapy over Twisted), which takes off Transfer-Encoding and Connection; the words of the status line are RFC 9110's;"
    " of the request, Host and Connection are added as the engine sends them"
)
_MOST = 64 * 2**20
"""Bytes that the records of one Capture may come to when they are inflated: it was written under limits far below."""


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record: its headers, names in lower case, and its block."""

    headers: Mapping[str, str]
    block: bytes

    @property
    def type(self) -> str:
        return self.headers.get("warc-type", "")

    @property
    def id(self) -> str:
        return self.headers.get("warc-record-id", "").strip("<>")

    def http(self) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
        """First line, headers and body of an HTTP message."""
        head, _, body = self.block.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return first, tuple((name.strip(), value.strip()) for name, _, value in pairs), body


def payload_digest(body: bytes) -> str:
    """``sha256:…`` of a body as received."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def packed(page: Page, *, identity: str, file: str) -> bytes:
    """The records of a Page, gzipped. ``identity``: the id of its last response; ``file``: of the file's warcinfo."""
    builder = _builder()
    out = BytesIO()
    for at, exchange in enumerate(page.received):
        last = at == len(page.received) - 1
        response_id = identity if last else _id()
        common = {
            "WARC-Date": _moment(exchange.at),
            "WARC-Warcinfo-ID": f"<{file}>",
            **({"WARC-IP-Address": exchange.ip_address} if exchange.ip_address else {}),
            "WARC-Protocol": exchange.protocol.lower(),
        }
        response = {"WARC-Record-ID": f"<{response_id}>", **common}
        if exchange.cut:
            response["WARC-Truncated"] = "length"
        _put(out, builder, exchange.url, "response", exchange.body, response, _answer(exchange))
        request = {"WARC-Record-ID": f"<{_id()}>", "WARC-Concurrent-To": f"<{response_id}>", **common}
        _put(out, builder, exchange.url, "request", b"", request, _question(exchange))
        if last:
            says = {"WARC-Record-ID": f"<{_id()}>", "WARC-Refers-To": f"<{identity}>", **common}
            _put(out, builder, exchange.url, "metadata", _fields(_metadata(page)), says)
    return out.getvalue()


def info(name: str, identity: str, now: datetime, software: str) -> bytes:
    """The warcinfo record that a file begins with."""
    fields = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "description": f"Captures of Rasid: {_AS_RECEIVED}",
    }
    headers = {"WARC-Record-ID": f"<{identity}>", "WARC-Date": _moment(now), "WARC-Filename": name}
    out = BytesIO()
    _put(out, _builder(), "", "warcinfo", _fields(fields), headers)
    return out.getvalue()


def _builder() -> Any:
    from warcio.warcwriter import WARCWriter

    return WARCWriter(BytesIO(), gzip=False, warc_version="WARC/1.1")


def _put(
    out: BytesIO, builder: Any, url: str, kind: str, body: bytes, headers: Mapping[str, str], http: Any = None
) -> None:
    record = builder.create_warc_record(
        url, kind, payload=BytesIO(body), length=len(body), warc_headers_dict=dict(headers), http_headers=http
    )
    builder.out = plain = BytesIO()
    builder.write_record(record)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    out.write(packer.compress(plain.getvalue()) + packer.flush())


def _answer(exchange: Exchange) -> Any:
    from warcio.statusandheaders import StatusAndHeaders

    try:
        phrase = HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = ""
    return StatusAndHeaders(
        f"{exchange.status} {phrase}".strip(), _harmless(exchange.headers), protocol=exchange.protocol
    )


def _question(exchange: Exchange) -> Any:
    from warcio.statusandheaders import StatusAndHeaders

    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc.rpartition("@")[2]), *_harmless(exchange.asked_with)]
    return StatusAndHeaders(f"{exchange.method} {target} {exchange.protocol}", headers, is_http_request=True)


def _harmless(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A line end in a value would begin another header."""
    return [(name, value.replace("\r", " ").replace("\n", " ")) for name, value in headers]


def _metadata(page: Page) -> dict[str, str]:
    last = page.received[-1]
    says = {"asked": page.asked, "fetchedAt": _moment(page.fetched_at)}
    if page.redirects:
        says["redirectedFrom"] = " ".join(page.redirects)
    for exchange in page.received:
        if exchange.certificate is not None:
            says |= {
                f"{key} {urlsplit(exchange.url).hostname}": text for key, text in _tls(exchange.certificate).items()
            }
    if last.certificate is None and urlsplit(last.url).scheme == "https":
        says["tls"] = "the certificate is not known: the answer had no body, or came over a connection of another kind"
    says["asReceived"] = (
        "bodies before content decoding; header names as the engine spells them; see the warcinfo record"
    )
    return says


@lru_cache(maxsize=256)
def _tls(certificate: bytes) -> Mapping[str, str]:
    """What identifies a certificate. The engine tells no version of TLS."""
    from cryptography import x509

    says = {"tlsCertificateSha256": hashlib.sha256(certificate).hexdigest()}
    try:
        read = x509.load_der_x509_certificate(certificate)
        says |= {
            "tlsSubject": read.subject.rfc4514_string(),
            "tlsIssuer": read.issuer.rfc4514_string(),
            "tlsNotAfter": _moment(read.not_valid_after_utc),
        }
    except ValueError:  # odd ones are shown as well, and their fingerprint tells enough
        pass
    return says | {"tlsCertificate": base64.b64encode(certificate).decode()}


def _fields(fields: Mapping[str, str]) -> bytes:
    """``application/warc-fields``: a line each."""
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in fields.items()).encode()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _id() -> str:
    from uuid import uuid4

    return uuid4().urn


# reading


def inflated(data: bytes, limit: int = _MOST) -> bytes:
    """Gzip members, one after the other, inflated. :class:`StorageError` for what is none, is cut, or is a bomb."""
    out, rest = bytearray(), data
    try:
        while rest:
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += member.decompress(rest, limit + 1 - len(out))
            if len(out) > limit:
                raise StorageError(f"its records are larger than {limit} bytes when they are inflated")
            if not member.eof:
                raise StorageError("its records are cut")
            rest = member.unused_data
    except zlib.error as error:
        raise StorageError(f"its records cannot be inflated: {error}") from error
    return bytes(out)


def records(data: bytes) -> Iterator[Record]:
    """The records in gzipped ``data``. :class:`StorageError` for what is not WARC."""
    plain, at = inflated(data), 0
    while at < len(plain):
        end = plain.find(b"\r\n\r\n", at)
        head = plain[at:end].decode("utf-8", "replace").split("\r\n") if end >= 0 else [""]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = headers.get("content-length", "")
        if not head[0].startswith("WARC/") or not length.isdecimal():
            raise StorageError("what stands there is no WARC record")
        begin = end + 4
        at = begin + int(length) + 4
        if at > len(plain):
            raise StorageError("a WARC record is cut")
        yield Record(headers, plain[begin : begin + int(length)])


def page_of(found: Sequence[Record], limit: int) -> Page:
    """The Page that records were written of, its body decoded, at most ``limit`` bytes of it.

    ``received`` stays empty. :class:`StorageError` where there is no response among them, or it is a bomb.
    """
    responses = [record for record in found if record.type == "response"]
    if not responses:
        raise StorageError("there is no response in it")
    last = responses[-1]
    first, headers, raw = last.http()
    encodings = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    try:
        body = decoded(raw, encodings, limit)
    except TooLarge as error:
        raise StorageError(f"its body is too large once it is decoded: {error}") from error
    urls = [record.headers.get("warc-target-uri", "").strip("<>") for record in responses]
    status = first.split(" ")[1:2]
    said = _said(found)
    return Page(
        url=urls[-1],
        asked=said.get("asked", urls[0]),
        status=int(status[0]) if status and status[0].isdecimal() else 0,
        headers=tuple(pair for pair in headers if pair[0].lower() != "content-encoding"),
        body=body,
        fetched_at=_when(said.get("fetchedAt") or last.headers.get("warc-date", "")),
        redirects=tuple(urls[:-1]),
        ip_address=last.headers.get("warc-ip-address"),
    )


def _when(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise StorageError(f"it does not say when it was fetched ({text[:40]!r})") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # WARC's own dates are in UTC


def _said(found: Sequence[Record]) -> Mapping[str, str]:
    blocks = (record.block.decode("utf-8", "replace") for record in found if record.type == "metadata")
    pairs = (line.partition(": ") for block in blocks for line in block.split("\r\n"))
    return {name: value for name, _, value in pairs if value}
