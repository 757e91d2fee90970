"""``rasid reread``: captures, read again with today's reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import depot, loaded, now, opened

if TYPE_CHECKING:
    from crawler.source import Source
    from monitor.config import Config
    from storage.proofs import CaptureRecord
    from storage.records import Correction, StoredArticle
    from storage.store import Store

__all__ = ["reread"]

_SHORT = 160


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles stored since this day.")
@click.option("-s", "--source", "names", multiple=True, help="Only of this source. Can be repeated.")
@click.option("--apply", is_flag=True, help="Correct what is read otherwise; without it, it is only shown.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def reread(folder: Path, since: datetime | None, names: tuple[str, ...], *, apply: bool, as_json: bool) -> None:
    """Read what was captured again with today's reader, and show what would be different.

    With --apply, articles that nobody flagged are corrected where they stand, and what they were is written down. A
    flagged article stays as it was read when it was flagged: the new reading is kept beside it, as a version of it.
    Nothing is fetched.
    """
    import asyncio
    from contextlib import nullcontext

    from monitor.lock import hold

    config = loaded(folder)
    start = since.replace(tzinfo=UTC) if since is not None else None
    lock = hold(config.settings.var / "pass.lock", "a reread") if apply else nullcontext()
    with lock, opened(config) as store:
        counts = asyncio.run(_all(config, store, start, names, apply=apply, as_json=as_json))
    if as_json:
        return
    click.echo(", ".join(f"{n} {what}" for what, n in counts.items() if n) or "no article has a capture")
    if counts["read otherwise"] and not apply:
        click.echo("nothing was changed; `--apply` corrects them")


async def _all(
    config: Config, store: Store, since: datetime | None, names: tuple[str, ...], *, apply: bool, as_json: bool
) -> dict[str, int]:
    from crawler.reading import Readers
    from monitor.evidence.rereading import differences, read_again
    from monitor.lessons import taught

    sources = {one.name: one for one in taught(store, config.sources, now())}
    if unknown := [name for name in names if name not in sources]:
        raise click.UsageError(f"no source `{unknown[0]}`; there are: {', '.join(sorted(sources))}")
    fetching = config.fetching()
    elsewhere = where.read if (where := depot(config)) else None
    readers = Readers(fetching.readers, fetching.read_limit)
    counts = dict.fromkeys(("read again", "read otherwise", "cannot be read any more", "of sources that are gone"), 0)
    try:
        for stored, capture, source in _kept(store, sources, since, names):
            if source is None:
                counts["of sources that are gone"] += 1
                continue
            counts["read again"] += 1
            again = await read_again(
                stored.article,
                capture,
                source,
                folder=config.captures,
                readers=readers,
                limit=fetching.max_bytes,
                elsewhere=elsewhere,
            )
            if again.article is None:
                counts["cannot be read any more"] += 1
                _tell(stored, (), again.why, as_json=as_json)
            elif (found := differences(stored.article, again.article)) and not _known(store, stored, found):
                counts["read otherwise"] += 1
                _tell(stored, found, "", as_json=as_json)
                if apply:
                    _apply(config, store, stored, again.article)
    finally:
        readers.close()
    return counts


def _kept(
    store: Store, sources: dict[str, Source], since: datetime | None, names: tuple[str, ...]
) -> Iterator[tuple[StoredArticle, CaptureRecord, Source | None]]:
    for some in store.past(since):
        for stored in some:
            article = stored.article
            if article.capture is None or (names and article.source not in names):
                continue
            capture = store.proofs.capture(article.capture)
            if capture is not None and capture.dropped_at is None:
                yield stored, capture, sources.get(article.source)


def _known(store: Store, stored: StoredArticle, found: tuple[Correction, ...]) -> bool:
    """A flagged article was read like this before: it stays as it is, and is not told twice."""
    return any(not one.applied and one.fields == found for one in store.corrections.of(stored.id))


def _apply(config: Config, store: Store, stored: StoredArticle, read: object) -> None:
    from crawler.article import Article
    from monitor.dedup import fingerprints, same_words, telling
    from monitor.evidence.rereading import corrected, differences

    assert isinstance(read, Article)
    article, found = corrected(stored.article, read), differences(stored.article, read)
    if store.flags_of(stored.id):
        store.corrections.read_otherwise(stored.id, article, found, by=config.software, now=now())
        return
    words = telling(article.text)
    store.corrections.correct(
        stored.id,
        article,
        found,
        same_words=same_words(words),
        prints=fingerprints(words),
        by=config.software,
        now=now(),
    )


def _tell(stored: StoredArticle, found: tuple[Correction, ...], why: str, *, as_json: bool) -> None:
    article = stored.article
    if as_json:
        told = {"id": stored.id, "url": article.url, "why": why, "corrections": [asdict(one) for one in found]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{stored.id}  {article.title[:80]}  {article.url}" + (f"\n  {why}" if why else ""))
    for one in found:
        before, after = _apart(one.before or "—", one.after or "—")
        click.echo(f"  {one.field}: {before}\n  {' ' * len(one.field)}→ {after}")


def _apart(before: str, after: str) -> tuple[str, str]:
    """Both from where they begin to differ, cut to a line."""
    before, after = " ".join(before.split()), " ".join(after.split())
    at = next(
        (n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )
    begin = max(0, at - 30)
    lead = "…" if begin else ""
    return tuple(  # type: ignore[return-value]
        lead + text[begin : begin + _SHORT] + ("…" if len(text) > begin + _SHORT else "") for text in (before, after)
    )
