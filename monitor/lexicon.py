"""The lexicon: which dictionary words an Arabic form can be, and how usual each is.

It is one file of sorted and hashed arrays, read through mmap: opened in milliseconds, shared between processes, never a
dictionary of half a million Python strings. It is built on first use from installed packages (see
:mod:`monitor.lexicon_build`), kept in the user's cache directory under their versions, and built again when it is broken.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from crawler.errors import RasidError
from monitor.arabic import relax

__all__ = ["FORMAT", "Entry", "Lexicon", "LexiconError", "Progress", "cache_path", "open_lexicon"]

FORMAT = 7
"""Raise it whenever what is built, or how it is laid out, changes."""
SOURCES = ("simplemma", "mazini", "wordfreq")
_MAGIC = b"rasid-lexicon\n"

Progress = Callable[[str, float], None]
"""Told what is being done and the share of the whole that is done (0 to 1)."""


class LexiconError(RasidError):
    """The lexicon can be neither opened nor built."""


class Entry(NamedTuple):
    """One way to read a form: the spelling the dictionary has, the lexeme it belongs to."""

    form: str
    lexeme: int
    share: float
    """How much of the lexeme's use this form is."""
    join: int
    """What may be written onto it, and the tense of a verb: see :mod:`monitor.lexicon_build`."""


class Lexicon:
    """Look-ups in an opened lexicon file. Safe to share between threads: it is only read."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """``data``: the whole file. Raises ValueError when it is not what was written."""
        view = memoryview(data)
        if view[: len(_MAGIC)] != _MAGIC:
            raise ValueError("not a lexicon")
        size = int.from_bytes(view[len(_MAGIC) : len(_MAGIC) + 4], "little")
        body = len(_MAGIC) + 4 + size
        head = json.loads(bytes(view[len(_MAGIC) + 4 : body]))
        if zlib.crc32(view[body:]) != head["crc"] or len(view) - body != head["length"]:
            raise ValueError("damaged")
        parts: dict[str, memoryview] = {}
        for name, kind, start, end in head["parts"]:
            parts[name] = view[body + start : body + end].cast(kind)
        self._view = view
        self._buckets = parts["buckets"]
        self._mask = len(self._buckets) - 1
        self._key_at = parts["key_at"]
        self._keys = parts["keys"]
        self._entry_at = parts["entry_at"]
        self._form_at = parts["form_at"]
        self._forms = parts["forms"]
        self._lexeme = parts["lexeme"]
        self._share = parts["share"]
        self._join = parts["join"]
        self._prior = parts["prior"]
        self._class = parts["class"]
        self._lemma_at = parts["lemma_at"]
        self._lemmas = parts["lemmas"]
        self._own_at = parts["own_at"]
        self._own = parts["own"]
        self._zipf = parts["zipf"]

    def _find(self, key: bytes) -> int:
        slot = zlib.crc32(key) & self._mask
        while (number := self._buckets[slot]) != 0:
            number -= 1
            if self._keys[self._key_at[number] : self._key_at[number + 1]] == key:
                return number
            slot = (slot + 1) & self._mask
        return -1

    def entries(self, stem: str) -> list[Entry]:
        """Every reading of a folded stem whose spelling meets it under :func:`monitor.arabic.relax`."""
        number = self._find(relax(stem).encode())
        if number < 0:
            return []
        return [self._entry(at) for at in range(self._entry_at[number], self._entry_at[number + 1])]

    def _entry(self, at: int) -> Entry:
        form = bytes(self._forms[self._form_at[at] : self._form_at[at + 1]]).decode()
        return Entry(form, self._lexeme[at], self._share[at], self._join[at])

    def zipf(self, word: str) -> float:
        """Zipf frequency (log10 per 10^9 words) of a folded word as printed, clitics and all; 0 where unknown."""
        number = self._find(relax(word).encode())
        return self._zipf[number] / 25 if number >= 0 else 0.0

    def prior(self, lexeme: int) -> float:
        """The share of all words that are forms of it."""
        return self._prior[lexeme]

    def class_of(self, lexeme: int) -> str:
        """``N`` noun or adjective, ``V`` verb, ``P`` particle, ``E`` name."""
        return chr(self._class[lexeme])

    def lemma(self, lexeme: int) -> str:
        """Its dictionary form, unvocalised."""
        return bytes(self._lemmas[self._lemma_at[lexeme] : self._lemma_at[lexeme + 1]]).decode()

    def forms(self, lexeme: int) -> list[str]:
        """All its forms, without clitics."""
        own = self._own[self._own_at[lexeme] : self._own_at[lexeme + 1]]
        return [self._entry(at).form for at in own]

    def __len__(self) -> int:
        return len(self._prior)


def cache_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where this machine's lexicon is kept: RASID_CACHE, else XDG_CACHE_HOME/rasid, else ~/.cache/rasid."""
    if own := environ.get("RASID_CACHE"):
        folder = Path(own)
    elif xdg := environ.get("XDG_CACHE_HOME"):
        folder = Path(xdg) / "rasid"
    else:
        folder = Path(environ.get("HOME") or Path.home()) / ".cache" / "rasid"
    versions = "-".join(f"{name}{version(name)}" for name in SOURCES)
    return folder / f"lexicon-{FORMAT}-{versions}.bin"


def _load(path: Path) -> Lexicon | None:
    try:
        with path.open("rb") as file:
            return Lexicon(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # missing or broken: either way it is built again


def pack(parts: Mapping[str, tuple[str, bytes]]) -> bytes:
    """A lexicon file of named arrays: name -> (type code of memoryview.cast, bytes)."""
    body = bytearray()
    table: list[tuple[str, str, int, int]] = []
    for name, (kind, data) in parts.items():
        body += b"\0" * (-len(body) % 8)
        table.append((name, kind, len(body), len(body) + len(data)))
        body += data
    head = json.dumps({"parts": table, "crc": zlib.crc32(body), "length": len(body)}).encode()
    head += b" " * (-(len(_MAGIC) + 4 + len(head)) % 8)
    return _MAGIC + len(head).to_bytes(4, "little") + head + bytes(body)


def open_lexicon(path: Path | None = None, progress: Progress | None = None) -> Lexicon:
    """The lexicon, built first where it is missing or broken (some 10 s, once for each version of the packages).

    Written beside its place and renamed, so that two processes may build at once. Where the cache cannot be written it
    is kept in memory, and built again by the next process. Raises :class:`LexiconError` where it cannot be built.
    """
    path = path or cache_path()
    found = _load(path)
    if found is not None:
        return found
    from monitor.lexicon_build import build

    try:
        data = build(progress or (lambda _what, _share: None))
    except ImportError as error:
        raise LexiconError(f"a package that it is built from is missing: {error}", subject="lexicon") from error
    try:
        _write(path, data)
    except OSError:
        return Lexicon(data)
    kept = _load(path)
    return Lexicon(data) if kept is None else kept


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".lexicon-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
