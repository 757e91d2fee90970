"""Takes off what a run that was killed has left in the folder of captures: bytes that nobody knew of yet."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from storage.proofs import Proofs
from storage.rewriting import finish

__all__ = ["repair"]


def repair(folder: Path, proofs: Proofs) -> list[str]:
    """What was done, a sentence each. A file that a running pass holds is left alone; one that is not ours as well."""
    done = finish(folder, proofs)
    for path in sorted(folder.glob("rasid-*.warc.gz")):
        with path.open("r+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            known = proofs.known_end(path.name)
            size = os.fstat(stream.fileno()).st_size
            if known is None:
                path.unlink()
                done.append(f"{path.name}: {size} bytes of a run that was killed; nothing of it was known: deleted")
            elif size > known:
                stream.truncate(known)
                os.fsync(stream.fileno())
                done.append(f"{path.name}: {size - known} bytes of a run that was killed are taken off its end")
    return done
