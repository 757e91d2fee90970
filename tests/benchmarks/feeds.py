"""feedparser's own suite and 62 real feeds, through our reader and through feedparser alone, in one run.

``python -m tests.benchmarks.feeds``. Expectations stand in the comments of the suite's files as Python
expressions over feedparser's result; what they say of ``bozo`` is waived for both, since being broken is a note
here. The archive is read in memory.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tarfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser

from crawler import feeds, xmlfeed
from crawler.charset import decode
from crawler.feedtext import prepared

DATA = Path(os.environ.get("RASID_DATA", "../shared/data"))
_EXPECTED = re.compile(rb"Description:\s*(.*?)\s*Expect:\s*(.*)\s*-->")
_HEADER = re.compile(rb"^Header:\s+([^:]+):(.+)$", re.MULTILINE)
_NAMES = ("feed", "entries", "bozo", "bozo_exception", "encoding", "version", "namespaces", "headers", "status")


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield member.name, stream.read()


def _alone(body: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(io.BytesIO(body), response_headers=headers)


def _ours(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """What our reader builds its entries of: the same text, mended the same way, in feedparser's own terms."""
    ready, defects = prepared(decode(body, headers.get("content-type")))
    nothing: dict[str, Any] = {"feed": feedparser.FeedParserDict(), "entries": [], "version": "", "namespaces": {}}
    told = nothing if ready is None else xmlfeed.parse(ready, headers.get("content-location", ""), defects)
    return {**told, "bozo": bool(defects)}


def _holds(expected: str, told: Any) -> bool:
    known = {name: told.get(name) for name in _NAMES}
    try:
        return bool(eval(expected, known))
    except Exception:
        return False


def _text(told: Any) -> str:
    """What a feed and its entries say, whatever the names of the tables it was read by."""
    return repr([[dict(part).get(key) for key in ("title", "subtitle", "summary", "content", "link", "id")]
                 for part in (told["feed"], *told["entries"])])  # fmt: skip


def _suite(files: dict[str, bytes]) -> None:
    right: Counter[tuple[str, str]] = Counter()
    lost: list[str] = []
    for name, body in files.items():
        found = _EXPECTED.search(body)
        folder = "/".join(name.split("/")[1:3]) if "wellformed" in name else name.split("/")[1]
        headers = {k.decode().strip().lower(): v.decode().strip() for k, v in _HEADER.findall(body)}
        if found is None:
            continue
        if set(headers) - {"content-type", "content-location"}:
            right[folder, "other headers"] += 1
            continue
        expected = re.sub(r"(?:\bnot )?\bbozo\b", "True", found[2].decode().strip())
        alone, ours = _alone(body, headers), _ours(body, headers)
        passed = _holds(expected, alone), _holds(expected, ours)
        if "encoding" in expected and not passed[1]:  # text is handed on here, not the name of its table
            passed = passed[0], passed[0] and _text(alone) == _text(ours)
        right.update({(folder, "all"): 1, (folder, "alone"): passed[0], (folder, "ours"): passed[1]})
        right[folder, "gained"] += passed[1] and not passed[0]
        if passed[0] and not passed[1]:
            lost.append(name.split("/", 1)[1])
    print(f"{'feedparser suite':34}{'files':>8}{'feedparser':>12}{'rasid':>8}")
    folders = sorted({folder for folder, _ in right})
    for folder in [*folders, "all", "all but sanitize"]:
        of = (
            folders if folder == "all" else [f for f in folders if "sanitize" not in f] if "but" in folder else [folder]
        )
        row = [sum(right[f, column] for f in of) for column in ("all", "alone", "ours")]
        print(f"{folder:34}{row[0]:>8}{row[1]:>12}{row[2]:>8}")
    gained = sum(count for (_, column), count in right.items() if column == "gained")
    left_out = sum(count for (_, column), count in right.items() if column == "other headers")
    print(f"right here and wrong there: {gained}; right there and wrong here: {len(lost)}: {', '.join(lost) or '-'}")
    print(f"left out, since the door takes no other header than Content-Type: {left_out}")


def _real(files: dict[str, bytes]) -> None:
    seconds, poorer = Counter[str](), []
    totals = Counter[str]()
    for name, body in files.items():
        began = time.process_time()
        alone = _alone(
            body, {"content-type": "text/xml; charset=utf-8", "content-location": "https://example.org/feed"}
        )
        seconds["alone"] += time.process_time() - began
        began = time.process_time()
        feed = feeds.read(body, "https://example.org/feed", "text/xml; charset=utf-8")
        seconds["ours"] += time.process_time() - began
        in_text = len(re.findall(rb"<(?:item|entry)[\s>]", body))
        totals.update(text=in_text, alone=len(alone.entries), ours=len(feed.entries))
        totals.update(dated=sum(entry.published_at is not None for entry in feed.entries),
                      alone_dated=sum((dict(e).get("published_parsed") or dict(e).get("updated_parsed")) is not None for e in alone.entries))  # fmt: skip
        totals["defects"] += bool(feed.defects)
        if len(feed.entries) < max(in_text, len(alone.entries)):
            poorer.append(f"{name.split('/')[-1]} {len(feed.entries)} of {in_text} {feed.defects}")
    print(f"\n{len(files)} real feeds: {totals['text']} entries in the text, feedparser {totals['alone']}, rasid {totals['ours']}; "
          f"dated {totals['alone_dated']} and {totals['dated']}; feeds with a defect {totals['defects']}")  # fmt: skip
    print(
        f"CPU ms a feed: feedparser {seconds['alone'] / len(files) * 1e3:.1f}, rasid {seconds['ours'] / len(files) * 1e3:.1f}"
    )
    print("feeds that give less than they hold:", "; ".join(poorer) or "none")


def main() -> int:
    archive = DATA / "feeds.tar.xz"
    if not archive.exists():
        print(f"feeds: data not here ({archive})")
        return 0
    warnings.simplefilter("ignore")
    files = dict(_files(archive))
    _suite({name: body for name, body in files.items() if "feedparser/" in name})
    _real({name: body for name, body in files.items() if "real/" in name})
    return 0


if __name__ == "__main__":
    sys.exit(main())
