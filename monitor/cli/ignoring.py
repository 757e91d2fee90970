"""``rasid watch ignore``: a false hit becomes an example that must be left alone, and its Story is muted."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, now, opened, watched

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.lists import ConfigError, WatchList
    from storage.records import Flag, Muted, StoredArticle
    from storage.store import Store

__all__ = ["ignore"]

_REFUSED = 2


@click.command()
@click.argument("number", metavar="[ID]", type=click.IntRange(1), required=False)
@click.option("-l", "--list", "name", metavar="LIST", help="The list that flagged it by mistake, where several did.")
@click.option("--note", default="", help="Why it is a false hit, for your colleagues; the digest prints it.")
@click.option("--undo", is_flag=True, help="Show the story again. The sentence stays in the list: delete it there.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def ignore(folder: Path, number: int | None, name: str | None, note: str, *, undo: bool, as_json: bool) -> None:
    """Say that article ID was flagged by mistake.

    Its sentence goes into the list's file, under `examples:` `ignore:`, with your comments kept; the story, whoever else
    tells it, is left out of that list in the digests from now on, and the digest says that it was. Most often the list then
    fails its examples until you have changed the rule that is named: Rasid works on with the last good lists so long, and
    this command ends with 2. Without ID: what is muted.
    """
    from monitor.muting import story_of
    from storage.records import Muted

    config = loaded(folder)
    if number is None:
        _show_muted(config, as_json=as_json)
        return
    lists = watched(config)
    with opened(config) as store:
        stored = store.article(number)
        if stored is None:
            raise click.UsageError(f"no article {number} is stored; the digest and `rasid show` name their numbers")
        chosen = _chosen(store, stored, name, undo=undo)
        if undo:
            click.echo(f"the story of article {number} is shown in {chosen} again")
            return
        muted = Muted(story=story_of(stored), list=chosen, note=note, muted_at=now())
        store.mute(muted)
        flags = [flag for flag in store.flags_of(number) if flag.list == chosen]
    watchlist = next((one for one in lists.lists if one.id == chosen), None)
    sentence, error = "", None
    if watchlist is not None:
        sentence, error = _written(config, watchlist, stored, flags)
    _say(muted, watchlist, sentence, error, as_json=as_json)
    sys.exit(_REFUSED if error else 0)


def _chosen(store: Store, stored: StoredArticle, name: str | None, *, undo: bool) -> str:
    """The id of the list that is meant."""
    from monitor.muting import story_of

    if undo:
        muted = [one.list for one in store.muted() if one.story == story_of(stored)]
        wanted = [one for one in muted if name in (None, one)]
        if len(wanted) != 1:
            said = f"say which with --list: {', '.join(muted)}" if wanted else "it is not muted there"
            raise click.UsageError(f"article {stored.id}: {said}")
        store.unmute(story_of(stored), wanted[0])
        return wanted[0]
    flagging = list(dict.fromkeys(flag.list for flag in store.flags_of(stored.id)))
    if not flagging:
        raise click.UsageError(f"no list has flagged article {stored.id}")
    if name is not None and name not in flagging:
        raise click.UsageError(f"`{name}` has not flagged article {stored.id}; these have: {', '.join(flagging)}")
    if name is None and len(flagging) > 1:
        raise click.UsageError(
            f"several lists have flagged article {stored.id}; say which with --list: {', '.join(flagging)}"
        )
    return name or flagging[0]


def _written(
    config: Config, watchlist: WatchList, stored: StoredArticle, flags: Sequence[Flag]
) -> tuple[str, ConfigError | None]:
    """The sentence that was put into the list's file, and what is wrong with the lists since."""
    from monitor import lists
    from monitor.ignoring import sentence_of, with_ignored, write

    path = Path(watchlist.file)
    before = path.read_bytes()
    sentence = sentence_of(stored, flags, watchlist, watched(config).matcher)
    after = with_ignored(before, sentence, watchlist.file)
    if after != before:
        write(path, after)
    try:
        watched(config)
    except lists.ConfigError as error:
        return sentence, error
    return sentence, None


def _say(muted: Muted, watchlist: WatchList | None, sentence: str, error: ConfigError | None, *, as_json: bool) -> None:
    problems = error.errors if error else ()
    if as_json:
        told = asdict(muted) | {
            "muted_at": muted.muted_at.isoformat(),
            "file": watchlist.file if watchlist else None,
            "sentence": sentence,
            "problems": [asdict(problem) for problem in problems],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"muted in {muted.list}: story {muted.story}. `rasid watch ignore {muted.story} --undo` shows it again")
    if watchlist is None:
        click.echo(f"there is no list {muted.list} any more: no example was written")
        return
    click.echo(f"{watchlist.file}, examples: ignore: {sentence}")
    for problem in problems:
        click.echo(f"rasid: {problem}", err=True)
    if problems:
        click.echo(
            "Change the rule that is named above: an `exclude:` for what this sentence is about, or a narrower word. "
            "Until then the list is refused: the service works on with the last good lists and says so in the digest, "
            "and `rasid crawl` started by hand stops. `rasid watch test` says when all is well.",
            err=True,
        )
    else:
        click.echo("the lists load, with all their examples as they should be")


def _show_muted(config: Config, *, as_json: bool) -> None:
    with opened(config) as store:
        muted = store.muted()
    if as_json:
        told = [asdict(one) | {"muted_at": one.muted_at.isoformat()} for one in muted]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in muted:
        click.echo(f"{one.list}: story {one.story}, since {one.muted_at.date()}{f': {one.note}' if one.note else ''}")
    if not muted:
        click.echo(
            "nothing is muted; `rasid watch ignore ID` mutes the story of an article that was flagged by mistake"
        )
