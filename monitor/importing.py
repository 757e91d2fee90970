"""Subscriptions of somewhere else, checked as every line of ``sources.yaml`` is, and made into such lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from crawler.source import Source
from monitor.candidates import identity, name_for, title_for
from monitor.opml import Outline
from monitor.sourceedit import Declaration
from monitor.sourcefile import Declared

__all__ = ["Importer", "problem_of"]


class Importer:
    """Takes subscriptions one by one; :attr:`new` is what became of them."""

    def __init__(self, sources: Sequence[Source], *, affiliation: str | None = None, scope: str | None = None) -> None:
        self.new: list[Declaration] = []
        self.known: list[str] = []
        """Addresses that are read already, or stood twice."""
        self._taken = {source.name for source in sources}
        self._read = {identity(source.kind, source.url): source.name for source in sources}
        self._affiliation = affiliation
        self._scope = scope

    def take(self, outline: Outline) -> str | None:
        """Why it cannot be taken; ``None``: it was, or it is read already."""
        name = outline.name if outline.name and outline.name not in self._taken else name_for(outline.url, self._taken)
        declaration = {
            "name": name,
            "kind": outline.kind,
            "url": outline.url,
            "title": title_for(outline.title, name),
            **({"language": outline.language} if outline.language not in (None, "ar") else {}),
            "affiliation": outline.affiliation or self._affiliation or "unknown",
            **({"zone": outline.zone} if outline.zone else {}),
            **({"scope": scope} if (scope := outline.scope or self._scope) not in (None, "all") else {}),
            "verified": "never",
        }
        if problem := problem_of(declaration):
            return problem
        key = identity(outline.kind, outline.url)
        if key in self._read:
            self.known.append(outline.url)
            return None
        self._read[key] = name
        self._taken.add(name)
        self.new.append(declaration)
        return None


def problem_of(declaration: Declaration) -> str | None:
    """What is wrong with a source that is to be written; ``None``: nothing."""
    try:
        Declared.model_validate(dict(declaration))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        said = first["ctx"]["error"] if first["type"] == "value_error" else first["msg"]
        return f"`{key}`: {said}" if key else str(said)
    return None
