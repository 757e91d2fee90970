"""One package of evidence: the records, the texts and their Versions, the part of the ledger that proves them, and a report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from monitor.evidence.dossier import Case, kept
from monitor.evidence.excerpt import Excerpt, excerpt
from monitor.evidence.wacz import Page, Wacz
from monitor.formats.html import page as rendered
from storage import warc
from storage.captures import Elsewhere, read_span
from storage.proofs import CaptureRecord, Proofs

__all__ = ["package", "said_by"]


def package(
    found: Sequence[Case], folder: Path, proofs: Proofs, *, zone: str, now: datetime, software: str, stamps: Mapping[str, bytes],
    elsewhere: Elsewhere | None = None,
) -> Wacz:  # fmt: skip
    """``folder``: of the captures; ``stamps``: files of time stamps, by name, that may be about the roots in it.

    Raises :class:`storage.errors.StorageError` where a Capture is not as the ledger has it: nothing altered is handed on.
    """
    captures = kept(found)
    heads = _heads(captures, proofs)
    ordered = [*heads, *captures]
    spans = [read_span(folder, one.span, elsewhere) for one in ordered]
    says = {one.id: said_by(span) for one, span in zip(ordered, spans, strict=True)}
    ends_at = _end_of_day(max((one.at for one in captures), default=now), zone)
    ids = {one.id for one in ordered}
    chains = sorted({one.chain for one in captures})
    excerpts = [part for chain in chains if (part := excerpt(proofs, chain, ids, ends_at if ends_at < now else None))]
    relevant = {name: data for name, data in stamps.items() if any(part.root.hash in name for part in excerpts)}
    report = rendered(
        "evidence.html", language="ar", cases=found, says=says, excerpts=excerpts, made_at=now, software=software,
        zone=zone, recipe=Markup.escape(RECIPE), stamps=sorted(relevant), multiline=_multiline,
    )  # fmt: skip
    extra: dict[str, bytes] = {
        "report.html": report.encode("utf-8", "replace"),
        "evidence/articles.json": _json([_article(case) for case in found]),
        "evidence/captures.tsv": _places(ordered).encode(),
        "evidence/check.sh": RECIPE.encode(),
        **{f"evidence/ledger-{part.chain}.jsonl": _lines(part) for part in excerpts},
        **{f"evidence/stamps/{name}": data for name, data in relevant.items()},
    }
    return Wacz(
        title="أدلة راصد · Evidence kept by Rasid",
        description="report.html says what this is and how to check it; evidence/ has the texts and the part of the ledger.",
        made_at=now, software=software, pages=[page for case in found for page in _pages(case)], spans=spans, extra=extra,
    )  # fmt: skip


RECIPE = """\
# In the unpacked package: bash evidence/check.sh
for ledger in evidence/ledger-*.jsonl; do
  IFS= read -r line < "$ledger"; root=${line:13:64}
  while IFS= read -r line; do
    case $line in
      *'"digest":"'*) digest=${line#*'"digest":"'}; digest=${digest%??} ;;
      *) entry=${line#*'"entry":'}; entry=${entry%?}; digest=$(printf %s "$entry" | sha256sum | cut -c-64) ;;
    esac
    [ "${line:13:64}" = "$root" ] || { echo "broken at: $line"; exit 1; }
    root=$(printf %s "$root$digest" | sha256sum | cut -c-64)
  done < "$ledger"; echo "$ledger: whole; its root is $root"
done
while read -r id sha length offset; do
  [ "$(tail -c +$((offset + 1)) archive/data.warc.gz | head -c "$length" | sha256sum | cut -c-64)" = "$sha" ] || echo "altered: $id"
  grep -qF "\\"capture\\":\\"$id\\",\\"sha256\\":\\"$sha\\"" evidence/ledger-*.jsonl || echo "not in the ledger: $id"
done < evidence/captures.tsv
"""


def _heads(captures: Sequence[CaptureRecord], proofs: Proofs) -> list[CaptureRecord]:
    """The first records of the files that the Captures lie in."""
    files = dict.fromkeys(one.span.file for one in captures)
    return [first for file in files for first in proofs.in_file(file)[:1] if first.kind == "file"]


def _end_of_day(moment: datetime, zone: str) -> datetime:
    day = moment.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _lines(part: Excerpt) -> bytes:
    return "".join(f"{line}\n" for line in part.lines).encode("ascii")


def _places(captures: Sequence[CaptureRecord]) -> str:
    """Id, SHA-256, length, and where it lies in the package's archive."""
    lines, at = [], 0
    for one in captures:
        lines.append(f"{one.id} {one.span.sha256} {one.span.length} {at}\n")
        at += one.span.length
    return "".join(lines)


def said_by(span: bytes) -> dict[str, str]:
    """What the metadata record and the last response of a Capture say of it."""
    says: dict[str, str] = {}
    for record in warc.records(span):
        if record.type == "metadata":
            lines = (line.partition(": ") for line in record.block.decode("utf-8", "replace").split("\r\n"))
            says |= {name: value for name, _, value in lines if value and not name.startswith("tlsCertificate ")}
        elif record.type == "response":
            says["status"] = record.http()[0]
            if address := record.headers.get("warc-ip-address"):
                says["ip"] = address
    return says


def _multiline(text: str) -> list[str]:
    return text.split("\n")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _article(case: Case) -> dict[str, Any]:
    article = case.stored.article
    return {
        "id": case.stored.id,
        "url": article.url,
        "source": article.source,
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "published_at": _time(article.published_at),
        "published_from": article.published_from,
        "published_raw": article.published_raw,
        "author": article.author,
        "fetched_at": _time(article.fetched_at),
        "capture": article.capture,
        "notes": list(article.notes),
        "flags": [
            {"list": flag.list, "rule": flag.rule, "words": [span.words for span in flag.spans]} for flag in case.flags
        ],
        "versions": [
            {"read_at": _time(one.read_at), "title": one.title, "text": one.text, "capture": one.capture}
            for one in case.versions
        ],
        "captures": [
            {
                "id": one.id, "at": _time(one.at), "url": one.url, "sha256": one.span.sha256, "length": one.span.length,
                "payload": one.payload, "entry": one.number, "dropped_at": _time(one.dropped_at), "why": one.why,
            }
            for one in case.captures
        ],
    }  # fmt: skip


def _pages(case: Case) -> list[Page]:
    article = case.stored.article
    texts = {article.capture: (article.title, article.text)}
    texts |= {one.capture: (one.title, one.text) for one in case.versions}
    pages = []
    for one in case.captures:
        if one.dropped_at is None:
            title, text = texts.get(one.id, (article.title, article.text))
            pages.append(Page(id=one.id.rpartition(":")[2], url=one.url, at=one.at, title=title, text=text))
    return pages
