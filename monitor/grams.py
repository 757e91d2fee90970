"""Fingerprints of a text: sampled hashes of its word 3-grams. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

from monitor.arabic import Remembered

__all__ = ["sampled"]

_BITS = 48
"""SQLite keeps such a number in six bytes."""
_SAMPLE = np.uint64(2**64 // 8)
_FLOOR = 24
"""Fingerprints that a text has at least, as far as it has the words: flashes."""


def sampled(words: Sequence[str]) -> list[int]:
    """See :func:`monitor.dedup.fingerprints`."""
    if not words:
        return []
    hashes = np.array(_HASHES.of(words), dtype=np.uint64)
    grams = np.unique(_mix(hashes, min(3, len(words))))
    sample = grams[grams < _SAMPLE]
    kept = sample if len(sample) >= _FLOOR else grams[:_FLOOR]
    prints: list[int] = np.unique(kept >> np.uint64(64 - _BITS)).tolist()
    return prints


_HASHES = Remembered(lambda word: xxhash.xxh3_64_intdigest(word.encode()))


def _mix(hashes: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """One hash per n-gram; the constants are those of splitmix64."""
    grams = np.zeros(len(hashes) - n + 1, dtype=np.uint64)
    for place in range(n):
        grams = (grams ^ hashes[place : place + len(grams)]) * np.uint64(0x9E3779B97F4A7C15)
        grams ^= grams >> np.uint64(29)
    grams *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(grams ^ (grams >> np.uint64(32)), dtype=np.uint64)
