"""The one root of all errors that Rasid raises on purpose.

Only what a person can mend is wrapped: a bug keeps its own traceback.
"""

from __future__ import annotations


class RasidError(Exception):
    """Something that the person who runs Rasid can mend. ``subject`` names what it is about."""

    def __init__(self, message: str, *, subject: str | None = None) -> None:
        super().__init__(message)
        self.subject = subject

    def __str__(self) -> str:
        message = super().__str__()
        return f"{self.subject}: {message}" if self.subject else message


class CrawlError(RasidError):
    """The pass itself failed: not one source, but going out at all."""
