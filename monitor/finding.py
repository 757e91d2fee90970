"""Terms without a watch list: where each of them stands in a text, with what the shipped packs know of names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from monitor.conditions import Mention, Reading
from monitor.packs import Packs, load
from monitor.rulefile import Reader
from monitor.terms import Term, TermError
from monitor.termtable import TermTable
from monitor.yamlfile import ConfigError, Problem, Scalar, shown

__all__ = ["Finder", "find"]


@cache
def _shipped() -> Packs:
    from monitor.config import shipped

    problems: list[Problem] = []
    packs = load([shipped() / "packs"], problems)
    if problems:
        raise ConfigError(problems)
    return packs


class Finder:
    """Looks for ``terms``, each as a person would type it into a list. Raises :class:`monitor.terms.TermError`.

    ``packs``: what is known of names; without it what Rasid ships.
    """

    def __init__(self, terms: Sequence[str], packs: Packs | None = None) -> None:
        self.terms = list(terms)
        table, problems = TermTable(), list[Problem]()
        reader = Reader(packs or _shipped(), table, problems)
        nodes = [Scalar("", number, 1, term, term) for number, term in enumerate(dict.fromkeys(terms), start=1)]
        mentions = [reader.condition(node) for node in nodes]
        matcher = None if problems else table.compile(problems)
        if matcher is None:
            first = min(problems)
            subject = nodes[first.line - 1].text
            raise TermError(first.message.removeprefix(f"`{shown(subject)}`: "), subject=subject)
        self._matcher = matcher
        self._mentions = {one.term: one for one in mentions if isinstance(one, Mention)}

    @property
    def asked(self) -> dict[str, Term]:
        """What each of the terms is looked for as, with the spellings that a pack adds."""
        return {mention.label: self._matcher.terms[number] for number, mention in self._mentions.items()}

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """(term, start, end) of every place, in the order of the text."""
        reading = Reading(self._matcher, "", text)
        found = []
        for term in reading.terms & self._mentions.keys():
            mention = self._mentions[term]
            mask = reading.mask(mention.exclude)
            found += [
                (place.hit.start, place.hit.end, mention.label)
                for place in reading.of(mention, ("text",))
                if not mask.hides(place)
            ]
        outermost: list[tuple[str, int, int]] = []
        reached: dict[str, int] = {}
        for start, end, label in sorted(found, key=lambda place: (place[0], -place[1], place[2])):
            if end > reached.get(label, -1):  # "دي ميستورا" is not two mentions where "ميستورا" is a spelling too
                reached[label] = end
                outermost.append((label, start, end))
        return outermost


_latest: Finder | None = None


def find(terms: Sequence[str], text: str) -> list[tuple[str, int, int]]:
    """See :func:`monitor.watch.find`."""
    global _latest  # noqa: PLW0603 - the same terms are asked about text after text
    finder = _latest
    if finder is None or finder.terms != list(terms):
        finder = _latest = Finder(terms)
    return finder.find(text)
