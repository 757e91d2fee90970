"""Encryption to public keys (age, https://age-encryption.org): who takes a package or a backup on its way learns nothing of it.

The key that opens it need not be on this machine, and should not be: ``age-keygen`` makes a pair anywhere, and only the public half
comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawler.errors import RasidError

__all__ = ["SealError", "recipients", "sealed"]


class SealError(RasidError):
    """Something cannot be encrypted; ``subject`` names the key or the file."""


def recipients(given: Sequence[str]) -> list[Any]:
    """Public keys as people write them: ``age1…`` or an ``ssh-ed25519 …`` line. :class:`SealError` for what is none."""
    from pyrage import RecipientError, ssh, x25519

    keys = []
    for text in given:
        kind = ssh if text.startswith("ssh-") else x25519
        try:
            keys.append(kind.Recipient.from_str(text.strip()))
        except RecipientError as error:
            raise SealError(
                "not a public key of age: it begins with age1 (the one that begins with AGE-SECRET-KEY stays where it was made)",
                subject=text[:16] + "…",
            ) from error
    return keys


def sealed(path: Path, keys: Sequence[Any]) -> Path:
    """Encrypts a file to ``path.age`` and removes the plain one, which was on the disk for a moment. The new path."""
    import pyrage

    target = path.with_name(f"{path.name}.age")
    part = path.with_name(f"{target.name}.part")
    try:
        with path.open("rb") as plain, part.open("wb") as out:
            pyrage.encrypt_io(plain, out, list(keys))
        part.replace(target)
    except (OSError, pyrage.EncryptError) as error:
        part.unlink(missing_ok=True)
        raise SealError(f"it could not be encrypted: {error}", subject=str(path)) from error
    finally:
        path.unlink(missing_ok=True)
    return target
