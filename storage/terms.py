"""What a full-text index is asked and given, whatever database it lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

__all__ = ["Index", "Indexed", "Query", "Row"]

Row = tuple[frozenset[str], ...]
"""Words that stand side by side; of each place any of these."""
Query = tuple[tuple[Row, ...], ...]
"""All of the clauses; of each clause any of the rows."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """An article as the index has it: words in their order, no blank and no quote in any."""

    id: int
    title: Sequence[str]
    text: Sequence[str]


class Index(Protocol):
    """An index in one kind of database. Each call is within the transaction of its caller."""

    def make(self, connection: Connection) -> None:
        """An empty one, in place of any other."""

    def alone(self, connection: Connection) -> None:
        """Returns when no other transaction makes one; until the end of this one none does."""

    def put(self, connection: Connection, rows: Iterable[Indexed]) -> None:
        """Articles that are not in it."""

    def take(self, connection: Connection, row: Indexed) -> None:
        """Out of it, as it was put in."""

    def size(self, connection: Connection) -> int:
        """How many articles are in it."""

    def there(self, connection: Connection, low: int, high: int) -> set[int]:
        """The ids of those between, both counted in."""

    def lacking(self, connection: Connection, after: int, many: int) -> list[int]:
        """Ids of articles that are not in it, from the lowest above ``after``."""

    def vocabulary(self, connection: Connection) -> str:
        """Every word once, each on a line."""

    def wanted(self, what: Any, query: Query) -> Any:
        """A SELECT of ``what`` from the articles that have these words."""

    def newest_first(self, wanted: Any, before: int | None) -> Any:
        """That SELECT in the order of ids, the highest first; ``before``: lower ones only."""
