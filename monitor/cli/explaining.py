"""``rasid watch explain`` and ``rasid watch suggest``: a term, and the archive's words that are like it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.edges import loaded, looking_through, opened, prepared

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.explaining import Looked
    from monitor.spellings import Vocabulary

__all__ = ["explain", "suggest"]

_ARTICLES = 10_000

_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
_archive = click.option(
    "--articles",
    type=click.IntRange(1),
    default=_ARTICLES,
    show_default=True,
    help="How many of the newest stored articles to look through.",
)


@click.command()
@click.argument("term")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["word", "name", "exact", "phrase"]),
    help="As if the list said `word: TERM` and so on; otherwise Rasid chooses.",
)
@_archive
@_json
@click.pass_obj
def explain(folder: Path, term: str, kind: str | None, articles: int, *, as_json: bool) -> None:
    """Say what TERM stands for and what it finds.

    Whether it is taken for a word or for a name and why, the forms that it matches, which of them stand in the archive
    and how often, words that look like it and are left alone, and forms that may be another word.
    """
    from collections import Counter

    from rich.console import Console

    from monitor import trials
    from monitor.arabic import tokens
    from monitor.explaining import looked_for
    from monitor.spellings import near_tests, vocabulary

    config = loaded(folder)
    looked = _looked(config, term, kind)
    texts = _texts(config, articles)
    found = Counter(" ".join(one.folded for one in tokens(word)) for text in texts for word in looked.counts(text))
    tests = near_tests(term)
    explained = looked_for(looked, found, vocabulary(texts, tests if len(tests) > 1 else ()), _reader())
    if as_json:
        click.echo(_dumped(asdict(explained)))
        return
    trials.show_explained(Console(), explained)


@click.command()
@click.argument("term")
@click.option("--all", "everything", is_flag=True, help="Also spellings that TERM finds already.")
@_archive
@_json
@click.pass_obj
def suggest(folder: Path, term: str, articles: int, *, everything: bool, as_json: bool) -> None:
    """Show spellings in the archive that are like TERM.

    With how often they stand in the stored articles.

    Those that mean the same go into your list as `aliases:`; the others stay what they are.
    """
    from rich.console import Console

    from monitor import trials
    from monitor.explaining import unmatched
    from monitor.spellings import alike

    config = loaded(folder)
    looked = _looked(config, term, None)
    words = _vocabulary(config, term, articles)
    likes = alike(term, words)
    new = unmatched(looked, likes)
    shown = likes if everything else new
    if as_json:
        told = [asdict(one) | {"matched": one not in new} for one in shown]
        click.echo(_dumped({"term": term, "articles": words.articles, "spellings": told}))
        return
    trials.show_suggested(Console(), term, shown, new, words.articles)


def _looked(config: Config, term: str, kind: str | None) -> Looked:
    from monitor.explaining import Looked
    from monitor.lists import packs_of

    prepared()
    return Looked(term, kind or "auto", packs_of(config.folder / "watchlists"))


def _texts(config: Config, many: int) -> list[str]:
    with opened(config) as store:
        texts = [f"{title}\n{text}" for title, text in store.newest(many)]
    looking_through(len(texts))
    return texts


def _vocabulary(config: Config, term: str, many: int) -> Vocabulary:
    from monitor.spellings import near_tests, vocabulary

    tests = near_tests(term)
    return vocabulary(_texts(config, many), tests if len(tests) > 1 else ())


def _reader() -> Callable[[str], list[tuple[str, str, float]]]:
    """What a form may be, by the lexicon; nothing where there is none."""
    from monitor.lexicon import LexiconError, open_lexicon
    from monitor.readings import readings

    try:
        lexicon = open_lexicon()
    except LexiconError:
        return lambda _form: []
    return lambda form: [
        (lexicon.lemma(one.lexeme), lexicon.class_of(one.lexeme), one.share) for one in readings(form, lexicon)
    ]


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
