"""``captures:`` of settings.yaml, as people write it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import ValidationInfo, field_validator

from monitor.shaping import Duration, Shape, Size, Switch
from monitor.yamlfile import shown

__all__ = ["CaptureSettings"]

_DAY = timedelta(days=1)


class CaptureSettings(Shape):
    """What is kept of raw responses, and for how long. What proves a flagged article stays for ever."""

    keep: Switch = True
    others: Duration = 90 * _DAY
    """Captures of what no watch list has flagged are dropped when they are so old."""
    ceiling: Size = 20 * 2**30
    """Of all captures together: beyond it the oldest of what nobody flagged go first, however young."""
    free: Size = 2**28
    """Stays free on the disk: a pass ends with an error instead of filling it."""
    file: Size = 2**30
    """A file that has grown so large is closed."""
    stamps: tuple[str, ...] = ()
    """Addresses of time stamp authorities (RFC 3161) that are sent each day's root; they are third parties."""

    store: str | None = None
    """``s3://bucket/prefix``: where closed files are put. Its credentials stand in the environment."""
    endpoint: str | None = None
    """Of a store that is not Amazon's."""
    local: Duration = 7 * _DAY
    """A file that lies there stays here for so long."""

    @field_validator("store", "endpoint")
    @classmethod
    def _store(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if "@" in parts.netloc:
            raise ValueError(
                "credentials stand in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), not here"
            )
        schemes = ("s3",) if info.field_name == "store" else ("http", "https")
        if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
            expected = "s3://bucket/prefix" if info.field_name == "store" else "https://host"
            raise ValueError(f"{expected} is expected, not `{shown(value)}`")
        return value

    @field_validator("others")
    @classmethod
    def _others(cls, value: timedelta) -> timedelta:
        if value < _DAY:
            raise ValueError("at least 1d: what is flagged late still needs its proof")
        return value

    @field_validator("stamps")
    @classmethod
    def _stamps(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(
                    f"an address of a time stamp authority is expected (https://…), not `{shown(address)}`"
                )
        return value

    @field_validator("file")
    @classmethod
    def _file(cls, value: int) -> int:
        if value < 2**20:
            raise ValueError("at least 1 MiB")
        return value
