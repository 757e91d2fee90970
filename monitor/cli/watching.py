"""``rasid watch``: watch lists tried out before they go live."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, looking_through, now, opened, prepared, watched
from monitor.cli.explaining import explain, suggest
from monitor.cli.ignoring import ignore
from monitor.cli.taking import add

if TYPE_CHECKING:
    from monitor.comparing import Change
    from monitor.config import Config
    from monitor.lists import WatchList, WatchLists
    from storage.records import Flag, StoredArticle
    from storage.store import Store

__all__ = ["watch"]

_REFUSED = 2
_DAYS = 30
_LONGEST = 5_000_000

_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
_list = click.option(
    "-l", "--list", "name", metavar="LIST", help="Only this watch list (its file's name without .yaml)."
)


@click.group()
def watch() -> None:
    """Try out what your watch lists find, before they go live.

    A list lives in config/watchlists/NAME.yaml. After you have edited it: `rasid watch test` checks its examples, `rasid
    watch try "a sentence"` shows what it finds in a text, `rasid watch diff` what it would have found in the news of the
    last weeks. None of these changes anything; `rescan` and `ignore` do, and say so.
    """


@watch.command()
@click.argument("name", metavar="[LIST]", required=False)
@click.option("--packs", is_flag=True, help="Test every name of every pack, also those that no list uses.")
@_json
@click.pass_obj
def test(folder: Path, name: str | None, *, packs: bool, as_json: bool) -> None:
    """Test the examples of all lists, or of LIST alone.

    Every sentence under `match:` must be flagged, every one under `ignore:` must not. Ends with 0 when all is well and
    with 2 when something is wrong, with file and line of each sentence.
    """
    from monitor import lists

    config = loaded(folder)
    prepared()
    problems: Sequence[object] = ()
    found: Sequence[WatchList] = ()
    try:
        found = lists.load(folder / "watchlists", sources=config.sources, only=name, every_pack=packs).lists
    except lists.ConfigError as error:
        if not as_json:
            raise
        problems = [asdict(problem) for problem in error.errors]
    if as_json:
        told = [{"id": one.id, "file": one.file, "rules": len(one.rules), "examples": one.examples} for one in found]
        click.echo(_dumped({"ok": not problems, "lists": told, "problems": problems}))
        sys.exit(_REFUSED if problems else 0)
    for one in found:
        said = (
            f"{one.examples} examples, all as they should be"
            if one.examples
            else "no examples: nothing proves that it works"
        )
        click.echo(f"{one.id}: {len(one.rules)} rules, {said}")


@watch.command("try")
@click.argument("what", metavar="TEXT|FILE|URL|ID")
@_list
@_json
@click.pass_obj
def try_(folder: Path, what: str, name: str | None, *, as_json: bool) -> None:
    """Show what the watch lists find in a text, and why.

    TEXT is a sentence in quotes, FILE a text file or a saved page, ID the number of a stored article, URL its address
    (nothing is fetched), - what comes from another command. Rules of which a word stands there, and that are not met all
    the same, are told with the reason.
    """
    from rich.console import Console

    from monitor import trials
    from monitor.trying import try_text

    config = loaded(folder)
    title, text, source = _given(config, what)
    lists = _chosen(watched(config), name)
    tried = try_text(lists, title, text, source)
    if as_json:
        told = [asdict(one) | {"why_not": one.why_not} for one in tried]
        click.echo(_dumped({"title": title, "text": text, "source": source, "lists": told}))
        return
    trials.show_tried(Console(), tried, title, text)


@watch.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"Look at what was stored from this day on (2018-05-14). Without it: the last {_DAYS} days.",
)
@_list
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="How many articles to show per list."
)
@_json
@click.pass_obj
def diff(folder: Path, since: datetime | None, name: str | None, limit: int, *, as_json: bool) -> None:
    """Show what edited lists would add and lose.

    Looks through the stored articles, and changes nothing.

    Compared with the flags that are stored: + is flagged by the list as it is now and was not, - was flagged and would
    not be any more.
    """
    from rich.console import Console

    from monitor import trials
    from monitor.comparing import compare

    config = loaded(folder)
    lists = watched(config)
    day = since.date() if since else (now() - timedelta(days=_DAYS)).date()
    begin = _begin(config, day)
    with opened(config) as store:
        only = _only(lists, name)
        looking_through(store.counts()["articles"])
        articles = 0
        changes: list[Change] = []
        for stored, flags in _past(store, begin):
            articles += 1
            changes += compare(lists, stored, flags, only)
    if as_json:
        click.echo(
            _dumped({"since": begin.isoformat(), "articles": articles, "changes": [_told(one) for one in changes]})
        )
        return
    trials.show_diff(Console(), changes, [one.id for one in lists.lists], articles, day, limit)


@watch.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="From this day on (2018-05-14).")
@_list
@_json
@click.pass_obj
def rescan(folder: Path, since: datetime, name: str | None, *, as_json: bool) -> None:
    """Flag stored articles with the lists of now.

    What is new is marked as late and comes with the next digest. No flag is taken away. `rasid watch diff` shows
    beforehand what will come.
    """
    from monitor.comparing import late

    config = loaded(folder)
    lists = watched(config)
    begin = _begin(config, since.date())
    counts: dict[str, int] = {}
    articles = 0
    with opened(config) as store:
        only = _only(lists, name)
        looking_through(store.counts()["articles"])
        for page in store.past(begin):
            have = store.flags_by_article(one.id for one in page)
            found = {one.id: late(lists, one, have.get(one.id, ()), only) for one in page}
            store.flag_more({number: flags for number, flags in found.items() if flags}, now())
            articles += len(page)
            for flags in found.values():
                for listed in {flag.list for flag in flags}:
                    counts[listed] = counts.get(listed, 0) + 1
    if as_json:
        click.echo(_dumped({"since": begin.isoformat(), "articles": articles, "flagged": counts}))
        return
    click.echo(f"{articles} articles looked at that were stored since {since.date()}")
    for listed, count in sorted(counts.items()):
        click.echo(f"{listed}: {count} flagged late")
    click.echo("they come with the next digest" if counts else "no article was flagged that was not before")


for _command in (add, explain, suggest, ignore):
    watch.add_command(_command)


# --- what the commands above look at ----------------------------------------------------------------------------------


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _given(config: Config, what: str) -> tuple[str, str, str | None]:
    """Title, text and source of what a person wants tried."""
    if what.isdecimal() or what.lower().startswith(("http://", "https://")):
        stored = _stored(config, what)
        return stored.article.title, stored.article.text, stored.article.source
    if what == "-":
        return _parts(sys.stdin.read(_LONGEST))
    path = Path(what)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a sentence is too long for a name
        is_file = False
    return _from_file(path, config.settings.zone) if is_file else (what, what, None)


def _stored(config: Config, what: str) -> StoredArticle:
    from crawler.urls import canonical

    with opened(config) as store:
        found = store.article(int(what)) if what.isdecimal() else store.article_at(canonical(what))
    if found is None:
        raise click.UsageError(f"nothing is stored under {what}, and nothing is fetched here; give the text itself")
    return found


def _from_file(path: Path, zone: str) -> tuple[str, str, str | None]:
    from crawler.charset import decode

    with path.open("rb") as stream:
        body = stream.read(_LONGEST)
    if path.suffix.lower() in (".html", ".htm"):
        from crawler import pages

        article = pages.read(body, "https://saved.invalid/page", None, now(), zone)
        if article is None:
            raise click.UsageError(f"{path}: nothing in it can be called an article")
        return article.title, article.text, None
    return _parts(decode(body, None))


def _parts(text: str) -> tuple[str, str, str | None]:
    """The first line is the headline, where others follow; one line stands for both."""
    title, _, rest = text.strip().partition("\n")
    return title.strip(), rest.strip() or title.strip(), None


def _chosen(lists: WatchLists, name: str | None) -> WatchLists:
    from dataclasses import replace

    only = _only(lists, name)
    return lists if only is None else replace(lists, lists=tuple(one for one in lists.lists if one.id in only))


def _only(lists: WatchLists, name: str | None) -> set[str] | None:
    """The id of the one list that is asked for; ``None``: all."""
    if name is None:
        return None
    known = [one.id for one in lists.lists]
    found = {one.id for one in lists.lists if name in (one.id, Path(one.file).stem)}
    if not found:
        raise click.UsageError(f"there is no watch list `{name}`; there are: {', '.join(known)}")
    return found


def _begin(config: Config, day: date) -> datetime:
    from monitor import days

    return days.bounds(day, config.settings.zone)[0].astimezone(UTC)


def _past(store: Store, since: datetime) -> Iterator[tuple[StoredArticle, Sequence[Flag]]]:
    for page in store.past(since):
        have = store.flags_by_article(one.id for one in page)
        for stored in page:
            yield stored, have.get(stored.id, ())


def _told(change: Change) -> dict[str, object]:
    article = change.stored.article
    return {
        "list": change.list,
        "change": "added" if change.added else "lost",
        "id": change.stored.id,
        "url": article.url,
        "source": article.source,
        "title": article.title,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "rules": [flag.rule for flag in change.flags],
        "words": list(dict.fromkeys(span.words for flag in change.flags for span in flag.spans)),
    }
