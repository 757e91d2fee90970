"""Is this page an Article that we have, at another address? Pure.

Two ways lead there. *Twins* are one page under two addresses (http and https, www, mobile, AMP): the address says so, and
the text has the last word. A page that an outlet publishes *once more*, under today's date or an edited headline, says
the same under an address of its own. Neither is news. What is taken for one is not kept as an Article, so that doubt
speaks for another Article: a form that was filled in with another name or other figures, or a text that has grown, is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.article import Article
from monitor.alignment import overlap
from monitor.dedup import telling
from monitor.forms import figures, replaced
from monitor.headlines import edited

__all__ = ["is_twin", "once_more"]

_FEWEST = 25
"""Words: two flashes that say "details follow" are two."""
_LEFT = 0.5
"""Of one of two twins' texts that has to stand in the other: the page was edited meanwhile, or is read otherwise."""
_WHOLE, _DENSE = 0.9, 0.93
_SOON = timedelta(hours=12)
_FIGURES = 2
"""Figures that an editor corrects; more are tomorrow's prices."""


def is_twin(first: Article, later: Article) -> bool:
    """Whether two pages whose addresses are twins have one text."""
    both = overlap(telling(later.text), telling(first.text))
    return max(both.later, both.earlier) >= _LEFT


def once_more(first: Article, later: Article) -> bool:
    """Whether ``later``, of the same outlet and under another address, is ``first`` published once more."""
    a, b = telling(first.text), telling(later.text)
    if min(len(a), len(b)) < _FEWEST:
        return False
    if a == b:
        return True
    both = overlap(b, a)
    if min(both.later, both.earlier) < _WHOLE or both.density < _DENSE:
        return False
    if next(replaced(a, b, own=True), None) is not None:  # a name, perhaps, that this form is filled in with
        return False
    return _corrected(a, b, first, later)


def _corrected(a: Sequence[str], b: Sequence[str], first: Article, later: Article) -> bool:
    """Whether the figures of two texts that say the same words are the same, or corrected within hours."""
    before, after = figures(a), figures(b)
    changed = max((before - after).total(), (after - before).total())
    apart = abs(_when(later) - _when(first))
    if not changed:
        return True
    weekdays = any(not figure.isdigit() for figure in (before - after) + (after - before))
    return changed <= _FIGURES and not weekdays and apart <= _SOON and edited(_bare(first), _bare(later), apart)


def _bare(article: Article) -> str:
    """The headline without its figures, which may be what was corrected."""
    return "".join(" " if character.isdigit() else character for character in article.title)


def _when(article: Article) -> datetime:
    return article.published_at or article.fetched_at
