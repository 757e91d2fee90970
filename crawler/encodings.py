"""Content decoding (RFC 9110, 8.4) of a body that was kept as it came, with a ceiling: a bomb is not inflated."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

__all__ = ["TooLarge", "decoded"]

_STEP = 2**16


class TooLarge(ValueError):  # noqa: N818 -- says what it is
    """More comes out than is wanted."""


def decoded(body: bytes, encodings: str | None, limit: int) -> bytes:
    """``body`` without its ``Content-Encoding``, the last one applied taken off first, at most ``limit`` bytes.

    Raises :class:`TooLarge`. What is not what it says, is cut, or is of an unknown coding stays as it is, as far as it goes:
    a browser shows that too.
    """
    codings = [coding.strip().lower() for coding in (encodings or "").split(",") if coding.strip()]
    for coding in reversed(codings):
        decode = _CODINGS.get(coding)
        if decode is None:
            return body
        body = decode(body, limit)
    if len(body) > limit:
        raise TooLarge(f"more than {limit} bytes")
    return body


def _zlib(wbits: int) -> Callable[[bytes, int], bytes]:
    def decode(body: bytes, limit: int) -> bytes:
        out, rest = bytearray(), body
        try:
            while rest and len(out) <= limit:  # several gzip members may follow each other
                inflater = zlib.decompressobj(wbits)
                rest = _inflate(inflater, rest, out, limit)
        except zlib.error:
            if not out and wbits == zlib.MAX_WBITS:
                return _zlib(-zlib.MAX_WBITS)(
                    body, limit
                )  # "deflate" without its zlib wrapper, as some servers send it
            if not out:
                return body
        return _checked(bytes(out), limit)

    return decode


def _inflate(inflater: Any, data: bytes, out: bytearray, limit: int) -> bytes:
    """What is left when the stream has ended."""
    while len(out) <= limit and not inflater.eof and data:
        out += inflater.decompress(data, _STEP)
        data = inflater.unconsumed_tail
    return bytes(inflater.unused_data)


def _brotli(body: bytes, limit: int) -> bytes:
    import brotli

    out, decoder = bytearray(), brotli.Decompressor()
    try:
        part = decoder.process(body, output_buffer_limit=_STEP)
        while part and len(out) <= limit:
            out += part
            part = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=_STEP)
    except brotli.error:
        return bytes(out) or body
    return _checked(bytes(out), limit)


def _zstd(body: bytes, limit: int) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from backports import zstd

    reader: Any = zstd.ZstdFile(BytesIO(body))
    out = bytearray()
    try:
        while len(out) <= limit and (part := reader.read(_STEP)):
            out += part
    except (EOFError, zstd.ZstdError):
        return bytes(out) or body
    return _checked(bytes(out), limit)


def _checked(out: bytes, limit: int) -> bytes:
    if len(out) > limit:
        raise TooLarge(f"more than {limit} bytes")
    return out


_CODINGS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _zlib(zlib.MAX_WBITS | 16),
    "x-gzip": _zlib(zlib.MAX_WBITS | 16),
    "deflate": _zlib(zlib.MAX_WBITS),
    "br": _brotli,
    "zstd": _zstd,
    "identity": lambda body, _limit: body,
}
