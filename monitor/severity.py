"""How much something matters, by the word that a watch list says of it."""

from __future__ import annotations

__all__ = ["SEVERITIES", "at_least"]

SEVERITIES = ("low", "normal", "high", "urgent")


def at_least(severity: str, least: str) -> bool:
    """Whether ``severity`` is ``least`` or above; a word that is not among them, of an older store, is below all."""
    return severity in SEVERITIES and SEVERITIES.index(severity) >= SEVERITIES.index(least)
