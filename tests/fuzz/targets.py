"""What is fuzzed: each function is given bytes from outside, and may answer with a value or with an error of ours, and nothing else."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import RasidError

__all__ = ["TARGETS", "seeds"]

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_AT = "http://127.0.0.1/news/1"


def feeds(data: bytes) -> None:
    from crawler import feeds as module

    found = module.read(data, _AT, "application/rss+xml")
    for entry in found.entries:
        assert entry.url.startswith(("http://", "https://"))
        assert entry.published_at is None or entry.published_at.utcoffset() is not None


def charset(data: bytes) -> None:
    from crawler import charset as module

    label, _, body = data.partition(b"\n")
    text = module.decode(body, f"text/html; charset={label[:30].decode('latin-1')}")
    assert isinstance(text, str)
    text.encode("utf-8", "strict")


def pages(data: bytes) -> None:
    from crawler import pages as module

    article = module.read(data, _AT, "text/html; charset=utf-8", NOW, "Asia/Damascus")
    if article is not None:
        assert article.title.strip()
        assert article.published_at is None or article.published_at.utcoffset() is not None


def dates(data: bytes) -> None:
    from crawler import dates as module

    found = module.parse(data.decode("utf-8", "replace"), NOW, "Asia/Damascus")
    if found is not None:
        assert found.at.utcoffset() is not None
        assert found.precision in ("minute", "day", "month")


def yaml(data: bytes) -> None:
    from monitor import yamlfile as module

    with contextlib.suppress(module.ConfigError):
        module.parse(data, "fuzzed.yaml")


def warc(data: bytes) -> None:
    from storage import warc as module

    with contextlib.suppress(RasidError):
        module.inflated(data)
    with contextlib.suppress(RasidError):
        found = list(module.records(gzip.compress(data, 1)))
        module.page_of(found, 2**20)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "feeds": feeds, "charset": charset, "pages": pages, "dates": dates, "yaml": yaml, "warc": warc,
}  # fmt: skip


def seeds(target: str) -> Iterator[bytes]:
    """Small good ones, to begin from."""
    for path in sorted((Path(__file__).parent / "corpus" / target).iterdir()):
        yield path.read_bytes()
