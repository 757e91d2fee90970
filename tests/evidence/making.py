"""Pages and archives for the tests of evidence."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.article import Exchange, Page
from storage.archive import Archive
from storage.store import Store

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEXT = "<html><body><h1>خبر {n}</h1><p>وصل وفد من ذوي المعتقلين إلى مبنى البلدية، وسلّم قائمة فيها {n} اسماً.</p></body></html>"


def exchange(url: str, body: bytes, **values: Any) -> Exchange:
    given = {
        "method": "GET",
        "asked_with": (("User-Agent", "Rasid/0"), ("Accept-Language", "ar")),
        "status": 200,
        "headers": (("Content-Type", "text/html; charset=utf-8"),),
        "at": NOW,
        "ip_address": "192.0.2.7",
    }
    return Exchange(url=url, body=body, **given | values)


def page(n: int = 1, **values: Any) -> Page:
    """A page that came gzipped over the wire."""
    url = f"https://nidaa.example/{n}"
    body = TEXT.format(n=n).encode()
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
    wire = gzip.compress(body, mtime=0)
    given = {
        "url": url, "asked": url, "status": 200, "headers": headers[:1], "body": body, "fetched_at": NOW,
        "received": (exchange(url, wire, headers=headers),),
    }  # fmt: skip
    return Page(**given | values)


@contextmanager
def archive(folder: Path, **values: Any) -> Iterator[tuple[Archive, Store]]:
    """The archive of ``folder``, with a store beside it."""
    now = values.pop("now", lambda: NOW)
    with (
        Store.open(f"sqlite:///{folder / 'rasid.db'}") as store,
        Archive(folder / "captures", store.proofs, software="Rasid/test", now=now, floor=0, **values) as opened,
    ):
        yield opened, store


def filled(folder: Path, pages: int = 12, **values: Any) -> list[str]:
    """An archive of so many pages; the ids of their Captures."""
    with archive(folder, **values) as (opened, _):
        names = []
        for n in range(pages):
            names.append(opened.keep(page(n)))
            if n % 3 == 2:
                opened.settle()
    return [name for name in names if name]


LATER = NOW + timedelta(days=1)
