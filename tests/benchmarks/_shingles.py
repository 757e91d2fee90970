"""What others do: scores of shingles, as the usual libraries compute them. For benchmarks only."""

from __future__ import annotations

from collections.abc import Sequence

import xxhash

__all__ = ["containment", "jaccard", "near_simhash", "simhash"]

_DIFFER = 6


def shingles(words: Sequence[str], n: int = 3) -> set[tuple[str, ...]]:
    return set(zip(*(words[at:] for at in range(n)), strict=False)) or {tuple(words)}


def jaccard(one: Sequence[str], other: Sequence[str]) -> float:
    """What MinHash estimates; here without its error."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / max(1, len(a | b))


def containment(one: Sequence[int], other: Sequence[int]) -> float:
    a, b = set(one), set(other)
    return len(a & b) / max(1, min(len(a), len(b)))


def simhash(words: Sequence[str]) -> int:
    """64 bits, of single words (Charikar 2002)."""
    sums = [0] * 64
    for word in words:
        hashed = xxhash.xxh3_64_intdigest(word.encode())
        for bit in range(64):
            sums[bit] += 1 if hashed >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if sums[bit] > 0)


def near_simhash(one: Sequence[str], other: Sequence[str]) -> bool:
    return (simhash(one) ^ simhash(other)).bit_count() <= _DIFFER
