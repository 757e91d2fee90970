"""The digest as one HTML file that asks the network for nothing: no script, no font, no picture, no prefetch.

The template escapes (autoescape) and every string that it prints goes through :func:`monitor.formats.safe.plain`
(``finalize``), so that neither can be forgotten in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from monitor import corroboration
from monitor.digest import Digest, Event, Story
from monitor.evidence.roots import printed
from monitor.formats import sentences, when
from monitor.formats.safe import link, plain
from monitor.formats.words import CHANGES, ENDINGS, FATES, MARKS, count, direction, say

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page", "render"]

_OPEN = 20
"""Stories of a list that stand open; those after them are folded."""
_FOLD = 50
"""Stories in a fold: one screen of headlines to look through, and a page of 5,000 stories stays quick."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def render(digest: Digest) -> str:
    """One self-contained page."""
    return page("digest.html", digest=digest, language=digest.language)


def page(template: str, *, language: str, **values: object) -> str:
    """A template of ``templates/`` with the digest's words at hand."""
    return (
        _environment()
        .get_template(template)
        .render(
            language=language,
            direction=direction(language),
            say=lambda key, **fields: say(language, key, **fields),
            count=lambda what, n: count(language, what, n),
            **values,
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("monitor.formats"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        s=sentences,
        when=when,
        link=link,
        folds=_folds,
        lang=_lang,
        endings=ENDINGS,
        fates=FATES,
        marks=MARKS,
        changes=CHANGES,
        heads=_heads,
        together=_together,
        printed=printed,
    )
    style = environment.loader.get_source(environment, "style.css")[0] if environment.loader else ""
    environment.globals["style"] = Markup(style)  # noqa: S704 - our own file
    return environment


def _harmless(value: object) -> object:
    """``Markup`` is what a macro has already escaped."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _folds(items: Sequence[object]) -> Iterator[tuple[int, int, Sequence[object]]]:
    """(number of the first, number of the last, items): the open part first, then the folds."""
    ends = [min(_OPEN, len(items)), *range(_OPEN + _FOLD, len(items), _FOLD), len(items)]
    at = 0
    for end in ends:
        if end > at:
            yield at + 1, end, items[at:end]
        at = max(at, end)


def _together(stories: Sequence[Story], events: Sequence[Event]) -> frozenset[int]:
    """The Stories of a section that stand under an Event's line."""
    told = _heads(stories, events).values()
    return frozenset(story.id for story in stories if any(story.id in event.stories for event in told))


def _heads(stories: Sequence[Story], events: Sequence[Event]) -> Mapping[int, Event]:
    return corroboration.heads([story.id for story in stories], events)


def _lang(language: str, page_language: str) -> str | None:
    """What a ``lang`` attribute should say, where it differs from the page's."""
    return language if language not in {"und", page_language} and _LANGUAGE.fullmatch(language) else None
