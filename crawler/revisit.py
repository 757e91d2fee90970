"""Looking again at an address that was read before: what is asked, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.article import Article

__all__ = ["Revisit", "Sight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """An address to be asked again when its Source is read."""

    key: int
    """The caller's."""
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a look at an address found: an Article, that it is gone, or neither (no answer, refused)."""

    revisit: Revisit
    article: Article | None = None
    gone: str | None = None
    """How its absence looked: ``HTTP 404 Not Found``, ``it leads to the front page``, ``no text is left in it``."""
    emptied: bool = False
    """It is gone by what was read of the page, not by the site's own answer."""
    listed: bool = False
    """Seen in the listing, which carries it whole: nothing was asked for."""
    why: str = ""
    """Why nothing was learned."""
