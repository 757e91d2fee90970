"""What Arabic writes onto a word: conjunctions, prepositions, the article before it; pronouns after it. Pure.

Each way of taking them off has a weight: how usual those clitics are in news, relative to the bare word. A whole word is
therefore read as one (وزير is not و + زير) unless what remains is much commoner than the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["Split", "name_stems", "splits"]

NOMINAL, VERBAL = 1, 2
ARTICLE, PRONOUN, FUTURE, LAM = 1, 2, 4, 8


Split = tuple[str, float, int, int]
"""A stem and what was taken off it: (stem, weight, classes, marks).

Classes: NOMINAL, VERBAL or both, what the stem may be. Marks: ARTICLE, ال before it; PRONOUN, one after it; FUTURE, س before
it; LAM, a verb with ل before it. Plain tuples: some fifty are made for every new word.
"""

_PRONOUNS = {
    "ه": (0.15, 0.08), "ها": (0.15, 0.08), "هم": (0.05, 0.03), "هن": (0.003, 0.003), "هما": (0.01, 0.005),
    "نا": (0.04, 0.02), "كم": (0.008, 0.005), "ي": (0.006, 0.0), "ني": (0.0, 0.01), "ك": (0.002, 0.005),
}  # fmt: skip
"""Pronoun -> (weight on a noun, weight on a verb)."""
_BY_END: dict[str, tuple[str, ...]] = {
    last: tuple(p for p in _PRONOUNS if p[-1] == last) for last in {p[-1] for p in _PRONOUNS}
}
_CONJUNCTIONS = {"و": 0.3, "ف": 0.05}
_PREPOSITIONS = {"ب": 0.2, "ل": 0.15, "ك": 0.02}


def _heads(word: str) -> Iterator[tuple[str, float, int, int]]:
    """What remains after the proclitics: (rest, weight, classes, marks)."""
    starts = [(word, 1.0)]
    if word[0] in _CONJUNCTIONS and len(word) > 2:
        starts.append((word[1:], _CONJUNCTIONS[word[0]]))
    for rest, weight in starts:
        yield rest, weight, NOMINAL | VERBAL, 0
        first = rest[0]
        if len(rest) < 3:
            continue
        if first == "ا" and rest[1] == "ل" and len(rest) > 3:
            yield rest[2:], weight, NOMINAL, ARTICLE
        elif first == "س" and rest[1] in "يتنأا":
            yield rest[1:], weight * 0.1, VERBAL, FUTURE
        if first in _PREPOSITIONS:
            after = rest[1:]
            cost = weight * _PREPOSITIONS[first]
            yield after, cost, NOMINAL, 0
            if after.startswith("ال") and first != "ل" and len(after) > 3:
                yield after[2:], cost, NOMINAL, ARTICLE
            if first == "ل":
                if after[0] in "يتنأا":
                    yield after, weight * 0.05, VERBAL, LAM
                if after[0] == "ل" and len(after) > 2:
                    yield after[1:], cost, NOMINAL, ARTICLE
                    yield after, cost * 0.3, NOMINAL, ARTICLE  # للغة: ل + اللغة, one lam unwritten
                if after.startswith("ال") and len(after) > 4:
                    yield after[2:], cost * 0.01, NOMINAL, ARTICLE  # لالقاء: a slip for لل


def _article(word: str) -> Iterator[tuple[str, float, int, int]]:
    yield word, 1.0, NOMINAL | VERBAL, 0
    if word.startswith("ال") and len(word) > 3:
        yield word[2:], 1.0, NOMINAL, ARTICLE


def _tails(rest: str) -> Iterator[tuple[str, float, float]]:
    """What remains before a pronoun: (base, weight as a noun, weight as a verb)."""
    for pronoun in _BY_END.get(rest[-1], ()):
        base = rest[: -len(pronoun)]
        if len(base) >= 2 and base[-1] != "ة" and rest.endswith(pronoun):
            yield base, *_PRONOUNS[pronoun]


def splits(word: str, *, inner: bool = False) -> list[Split]:
    """All ways to take clitics off a folded word, the whole word first. Stems are restored: مدينته gives مدينة.

    ``inner``: only ال may be before it.
    """
    found: list[Split] = []
    for head in _article(word) if inner else _heads(word):
        found.append(head)
        if head[3] & ARTICLE or len(head[0]) < 3 or head[0][-1] not in _BY_END:
            continue
        _add_tails(found, *head)
    return found


def _add_tails(found: list[Split], rest: str, weight: float, classes: int, marks: int) -> None:
    marks |= PRONOUN
    for base, nominal, verbal in _tails(rest):
        end = base[-1]
        if classes & NOMINAL and nominal:
            cost = weight * nominal
            found.append((base, cost, NOMINAL, marks))
            if end == "ت":
                found.append((base[:-1] + "ة", cost, NOMINAL, marks))
            elif end == "ا" and len(base) > 2:
                found.append((base[:-1] + "ى", cost, NOMINAL, marks))
            elif end in "ئؤ":
                found.append((base[:-1] + "ء", cost, NOMINAL, marks))
        if classes & VERBAL and verbal:
            cost = weight * verbal
            found.append((base, cost, VERBAL, marks))
            if end == "ا":
                found.append((base[:-1] + "ى", cost, VERBAL, marks))
            elif end == "و":
                found.append((base + "ا", cost, VERBAL, marks))
                if base.endswith("تمو"):
                    found.append((base[:-1], cost, VERBAL, marks))
            elif end in "ئؤ":
                found.append((base[:-1] + "أ", cost, VERBAL, marks))


_NAME_HEADS = ("", "و", "ف", "ب", "ل", "ك", "وب", "فب", "ول", "فل", "وك", "فك")
_NAME_TAILS = ("ها", "هم", "هن", "هما", "نا", "كم", "ه")


def name_stems(word: str) -> Iterator[tuple[str, str, str]]:
    """What may remain of a folded word when it carries a name: (stem without ال, before, after).

    Lexicon-free: the grammar of clitics only. The pronouns ي and ك are left out: in news they are rare and turn بنك
    into بن and حلبي into حلب.
    """
    for head in _NAME_HEADS:
        if not word.startswith(head) or len(word) - len(head) < 2:
            continue
        rest = word[len(head) :]
        yield rest, head, ""
        if rest.startswith("ال") and len(rest) > 3 and not head.endswith("ل"):
            yield rest[2:], head + "ال", ""
            continue
        if head.endswith("ل") and rest.startswith("ل") and len(rest) > 2:
            yield rest[1:], head + "ل", ""
            yield rest, head + "ل", ""
        for tail in _NAME_TAILS:
            base = rest.removesuffix(tail)
            if len(base) == len(rest) or len(base) < 2 or base[-1] == "ة":
                continue
            yield base, head, tail
            if base[-1] == "ت":
                yield base[:-1] + "ة", head, tail
            elif base[-1] == "ا":
                yield base[:-1] + "ى", head, tail
            elif base[-1] in "ئؤ":
                yield base[:-1] + "ء", head, tail
