"""What a source of ``scope: syria`` is kept for: an Article that names something of the pack ``syria``.

Outlets that write about the whole world publish some hundred reports a day, of which a few name the country, one of its
governorates, towns or institutions. The others are *off topic*: counted, not kept, and not asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from crawler.article import Article
from monitor.conditions import Mention, Reading, places
from monitor.packs import load as load_packs
from monitor.rulefile import Reader
from monitor.terms import Matcher
from monitor.termtable import TermTable
from monitor.yamlfile import ConfigError, Problem

__all__ = ["PACK", "WHY", "Scope", "load"]

PACK = "syria"
WHY = f"it names nothing of the pack `{PACK}`"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The terms of a pack, ready to be looked for."""

    matcher: Matcher = field(repr=False)
    mentions: tuple[Mention, ...]

    def covers(self, article: Article) -> bool:
        """Whether title, summary or text names something of the pack; where its word is another thing does not count."""
        reading = Reading(self.matcher, f"{article.title}\n{article.summary or ''}", article.text)
        return any(
            places(mention, reading, ("title", "text")) for mention in self.mentions if mention.term in reading.terms
        )


def load(folder: Path) -> Scope:
    """The Scope that ``packs/`` in ``folder`` gives, else the shipped one. Raises :class:`ConfigError`."""
    from monitor.config import shipped

    problems: list[Problem] = []
    packs = load_packs([folder / "packs", shipped() / "packs"], problems)
    table = TermTable()
    reader = Reader(packs, table, problems)
    mentions = tuple(reader.entry(entry) for entry in packs.by_id[PACK].entries) if PACK in packs.by_id else ()
    matcher = table.compile(problems)
    if problems or matcher is None:
        raise ConfigError(problems)
    return Scope(matcher=matcher, mentions=mentions)
