"""Builds the lexicon from installed packages: simplemma's dictionary, mazini's verbs, wordfreq's frequencies.

Nothing of their data is copied into Rasid: the file is made on the machine that uses it. What is done, in order:

1. verbs with all their forms (:mod:`monitor.verbs`), each form weighted by its place in the paradigm;
2. nouns and adjectives (:mod:`monitor.nouns`), with what was written down by hand (:mod:`monitor.vocabulary`);
3. how usual each lexeme is: expectation maximisation (Dempster, Laird and Rubin 1977) over wordfreq's words, each of
   which may be several lexemes under several clitics.
"""

from __future__ import annotations

import gc
from array import array
from collections import defaultdict
from zlib import crc32

import numpy as np
import numpy.typing as npt

from monitor.arabic import relax
from monitor.draft import Draft, Use, dictionary, frequencies
from monitor.lexicon import Entry, Progress, pack
from monitor.nouns import add_broken, add_groups, add_nisbas, add_nouns, add_particles_and_names
from monitor.readings import candidates
from monitor.verbs import Verb, verbs

__all__ = ["build"]

_SEEN = 0.0012
"""Verb forms less usual than this (commands, duals of the second person) are left out."""
_EM_WORDS = 150_000
_HEARD = 2e-8
"""Words of the frequency list less usual than this are mostly misspellings."""
_EM_ROUNDS = 12
_TRUST = 1.0
"""How much the shares that a paradigm foretells weigh against those that are seen."""


_PARTICLE = 1e-6
"""The least share of all words that a particle is taken to have: a whole word before a word with something before it."""
_BEND = 4.0
"""How much more than foretold a form may be used: else rare forms of rare verbs soak up what no dictionary knows."""


def _add_verbs(draft: Draft, listed: dict[str, set[str]], use: Use, progress: Progress) -> dict[str, list[Verb]]:
    by_lemma: dict[str, list[Verb]] = defaultdict(list)
    for verb in verbs(lambda share: progress("verbs", 0.05 + 0.2 * share)):
        spoken = sum(use.get(form, 0.0) for form, (weight, _) in verb.forms.items() if weight >= 0.3)
        if spoken < 1e-7:
            continue
        by_lemma[verb.lemma].append(verb)
        number = draft.lexeme(verb.lemma, "V", f"{verb.root}/{verb.stem}")
        if verb.lemma not in listed or len(listed[verb.lemma] & verb.forms.keys()) < 3:
            draft.doubt[number] = 0.3
        for form, (weight, tense) in verb.forms.items():
            if weight >= 0.05 or (weight >= _SEEN and form in use):
                draft.add(number, form, weight, tense)
    return by_lemma


def _by_key(draft: Draft, known: dict[str, str]) -> dict[str, list[Entry]]:
    """Entries by relaxed form. ``known`` keeps what was relaxed: it is asked twice."""
    keys: dict[str, list[Entry]] = defaultdict(list)
    for number, own in enumerate(draft.forms):
        total = sum(weight for weight, _ in own.values()) / draft.doubt.get(number, 1.0)
        for form, (weight, join) in own.items():
            key = known.get(form)
            if key is None:
                key = known[form] = relax(form)
            keys[key].append(Entry(form, number, weight / total, join))
    return keys


def _priors(draft: Draft, keys: dict[str, list[Entry]], use: Use, progress: Progress) -> npt.NDArray[np.float64]:
    common = sorted(use, key=use.__getitem__, reverse=True)[:_EM_WORDS]
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    seen: list[float] = []
    pairs: list[int] = []
    numbers: dict[tuple[int, str], int] = {}
    empty: list[Entry] = []
    classes = draft.classes
    for done, word in enumerate(common):
        if done % 4000 == 0:
            progress("frequencies", 0.35 + 0.5 * done / len(common))
        found = candidates(word, lambda stem: keys.get(relax(stem), empty), classes.__getitem__)
        if not found:
            continue
        for lexeme, (weight, form) in found.items():
            rows.append(len(seen))
            columns.append(lexeme)
            weights.append(weight)
            pairs.append(numbers.setdefault((lexeme, form), len(numbers)))
        seen.append(use[word])
    row, column, pair = np.array(rows), np.array(columns), np.array(pairs)
    chance, share = np.array(weights), np.array(seen)
    owner = np.array([lexeme for lexeme, _ in numbers])
    expected = np.array([draft.forms[lexeme][form][0] for lexeme, form in numbers])
    expected /= np.array([sum(w for w, _ in draft.forms[lexeme].values()) for lexeme in owner])
    prior = np.full(len(draft.lemmas), 1.0 / len(draft.lemmas))
    bent = np.ones(len(numbers))
    for step in range(_EM_ROUNDS):
        joint = prior[column] * chance * bent[pair]
        mass = joint / np.bincount(row, joint, minlength=len(share))[row] * share[row]
        seen_of = np.bincount(column, mass, minlength=len(prior))
        if step >= 2:
            actual = np.bincount(pair, mass, minlength=len(numbers)) / np.maximum(seen_of[owner], 1e-15)
            bent = np.minimum((actual + _TRUST * expected) / ((1 + _TRUST) * expected), _BEND)
        prior = seen_of + 1e-9
        prior /= prior.sum()
    particles = np.array([kind == "P" for kind in classes])
    prior[particles] = np.maximum(prior[particles], _PARTICLE)
    for (lexeme, form), factor in zip(numbers, bent, strict=True):
        old, join = draft.forms[lexeme][form]
        draft.forms[lexeme][form] = old * factor, join
    return prior


def _blob(encoded: list[bytes]) -> tuple[bytes, bytes]:
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.uint32)
    return ends.tobytes(), b"".join(encoded)


def _parts(
    draft: Draft, keys: dict[str, list[Entry]], use: Use, prior: npt.NDArray[np.float64]
) -> dict[str, tuple[str, bytes]]:
    spoken: dict[str, float] = defaultdict(float)
    for word, share in use.items():
        if share >= _HEARD:
            spoken[relax(word)] += share
    names = sorted(keys.keys() | spoken.keys())
    encoded = [name.encode() for name in names]
    none: list[Entry] = []
    lists = [keys.get(name, none) for name in names]
    entries = [entry for own in lists for entry in own]
    forms, owners, shares, joins = zip(*entries, strict=True)
    lexemes = np.array(owners, dtype=np.uint32)
    order = np.argsort(lexemes, kind="stable").astype(np.uint32)
    counts = np.bincount(lexemes, minlength=len(draft.lemmas))
    key_at, key_blob = _blob(encoded)
    form_at, form_blob = _blob([form.encode() for form in forms])
    lemma_at, lemma_blob = _blob([lemma.encode() for lemma in draft.lemmas])
    heard = np.array([spoken.get(name, 1e-9) for name in names])
    zipf = np.clip(np.round(25 * (np.log10(heard) + 9)), 0, 255).astype(np.uint8)
    starts = np.cumsum([0, *map(len, lists)], dtype=np.uint32)
    return {
        "buckets": ("I", _buckets(encoded)),
        "key_at": ("I", key_at),
        "keys": ("B", key_blob),
        "entry_at": ("I", starts.tobytes()),
        "form_at": ("I", form_at),
        "forms": ("B", form_blob),
        "lexeme": ("I", lexemes.tobytes()),
        "share": ("f", np.array(shares, dtype=np.float32).tobytes()),
        "join": ("B", bytes(joins)),
        "prior": ("f", prior.astype(np.float32).tobytes()),
        "class": ("B", "".join(draft.classes).encode()),
        "lemma_at": ("I", lemma_at),
        "lemmas": ("B", lemma_blob),
        "own_at": ("I", np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32).tobytes()),
        "own": ("I", order.tobytes()),
        "zipf": ("B", zipf.tobytes()),
    }


def _buckets(names: list[bytes]) -> bytes:
    """A hash table of the names' numbers, counted from 1; 0 is empty. A third full: most misses end at the first look."""
    size = 1 << (3 * len(names)).bit_length()
    mask = size - 1
    buckets = array("I", bytes(4 * size))
    for number, name in enumerate(names, 1):
        slot = crc32(name) & mask
        while buckets[slot]:
            slot = (slot + 1) & mask
        buckets[slot] = number
    return buckets.tobytes()


def build(progress: Progress) -> bytes:
    """The bytes of a lexicon file. Takes some 10 s and 500 MB, both given back."""
    collecting = gc.isenabled()
    gc.disable()  # millions of tuples, none of them in a ring: looking for rings doubles the time
    try:
        return _build(progress)
    finally:
        if collecting:
            gc.enable()


def _build(progress: Progress) -> bytes:
    progress("frequencies", 0.0)
    use = frequencies()
    draft = Draft()
    pairs = dictionary()
    by_lemma = _add_verbs(draft, pairs, use, progress)
    progress("nouns", 0.25)
    add_nouns(draft, pairs, use, by_lemma)
    add_nisbas(draft, use)
    add_groups(draft, use)
    add_particles_and_names(draft)
    add_broken(draft, use)
    known: dict[str, str] = {}
    prior = _priors(draft, _by_key(draft, known), use, progress)
    progress("writing", 0.9)
    data = pack(_parts(draft, _by_key(draft, known), use, prior))
    progress("done", 1.0)
    return data
