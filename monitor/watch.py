"""What a watch list asks for, found in a text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import finding
from monitor.rules import flag

__all__ = ["find", "flag"]


def find(terms: Sequence[str], text: str) -> list[tuple[str, int, int]]:
    """Every place where one of ``terms``, each as a person would type it into a list, stands in ``text``.

    (term, start, end), offsets into the unmodified text, in the order of the text; consults the shipped packs for the
    spellings of names. Raises :class:`monitor.terms.TermError` for a term that can never match.
    """
    return finding.find(terms, text)
