"""What can go wrong with the store, as the person who runs it sees it."""

from __future__ import annotations

from crawler.errors import RasidError

__all__ = ["StorageError"]


class StorageError(RasidError):
    """The store could not be read or written; ``subject`` names it, without its password."""
