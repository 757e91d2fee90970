"""Every form of the attested Arabic verbs, unvocalised, with how usual each is in news.

mazini conjugates one verb in 3 ms, and it attests 24,188 of them. Verbs whose roots are weak in the same places conjugate
alike, so one root stands for all of its kind: it is conjugated once and its letters are exchanged (a few seconds for all).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["COMMAND", "PASSIVE", "PAST", "PRESENT", "Verb", "verbs"]

PAST, PRESENT, COMMAND, PASSIVE = 1, 2, 4, 64

# Reports speak of third persons in the past and the present; the rest of the table is seen in quotations.
_PERSON = {
    "3ms": 1.0, "3fs": 0.8, "3mp": 0.35, "3md": 0.06, "3fd": 0.05, "3fp": 0.004, "1s": 0.06, "1p": 0.12,
    "2ms": 0.015, "2fs": 0.003, "2d": 0.001, "2mp": 0.02, "2fp": 0.0005,
}  # fmt: skip
_MOOD = {"past": 1.0, "ind": 1.0, "sub": 0.25, "juss": 0.06, "imp": 0.01}
_PASSIVE_SHARE = 0.15
_KIND = {"past": PAST, "ind": PRESENT, "sub": PRESENT, "juss": PRESENT, "imp": COMMAND}

_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_STAND_INS = "جخغش"
"""Strong letters that no affix has: they stand for the strong radicals of a whole class of roots."""
_SPECIAL = frozenset("ءويا")
_IRREGULAR = frozenset({"رءي", "ءخذ", "ءكل", "ءمر", "سءل", "حيي"})
"""Roots that conjugate like no other; they stand for themselves."""
_NO_PASSIVE = frozenset(
    [
        "قوم",
        "عود",
        "زول",
        "موت",
        "نوم",
        "صير",
        "كون",
        "بيت",
        "طير",
        "عيش",
        "صوم",
        "دوم",
        "ثور",
        "فيض",
        "شيع",
        "ضيع",
        "غيب",
        "تيه",
        "سير",
        "جول",
        "فوز",
        "خوض",
        "غوص",
        "توب",
    ]
)
"""Hollow roots whose first stem takes no object: يقام, يعاد, يثار are passives of their fourth."""
_ASSIMILATING = frozenset("تثدذزصضطظ")


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. Forms without marks; weights are relative to the commonest form."""

    lemma: str
    root: str
    stem: str
    """I to X, Iq …: verbs of one root and stem that differ in vowels only are one here."""
    forms: dict[str, tuple[float, int]]
    """form -> (weight, PAST | PRESENT | COMMAND | PASSIVE); PASSIVE: it can be nothing but passive."""
    nouns: tuple[str, ...]
    """Its participles and verbal nouns."""


@dataclass(slots=True)
class _Paradigm:
    lemma: str
    forms: tuple[tuple[str, float, int], ...]
    nouns: tuple[str, ...]


def _bare(vocalised: str) -> str:
    return _MARKS.sub("", vocalised).replace("ٱ", "ا").replace("?", "")


def _paradigm(conjugation: Any) -> _Paradigm | None:
    forms: dict[str, tuple[float, int]] = {}
    nouns: list[str] = []
    for slot, cells in conjugation.slots.items():
        mood, _, person = slot.partition("_")
        passive = person.startswith("pass_")
        person = person.removeprefix("pass_")
        for cell in cells:
            bare = _bare(cell.form)
            if len(bare) < 2:
                continue
            if mood in _MOOD:
                weight = _MOOD[mood] * _PERSON.get(person, 0.001) * (_PASSIVE_SHARE if passive else 1)
                old, kind = forms.get(bare, (0.0, 0))
                only = PASSIVE if passive and (not kind or kind & PASSIVE) else 0
                forms[bare] = (max(old, weight), (kind & ~PASSIVE) | _KIND[mood] | only)
            elif mood in {"ap", "pp", "vn"} and not cell.uncertain and len(bare) > 2:
                nouns.append(bare)
    past = conjugation.slots.get("past_3ms")
    if not past or not forms:
        return None
    rows = tuple((form, weight, kind) for form, (weight, kind) in forms.items())
    return _Paradigm(_bare(past[0].form), rows, tuple(dict.fromkeys(nouns)))


def _class_of(root: str, stem: str) -> tuple[str, dict[int, str]]:
    """The root that stands for all roots weak in the same places, and the letters to put in its place."""
    if root in _IRREGULAR:
        return root, {}
    model: list[str] = []
    letters: dict[int, str] = {}
    for n, letter in enumerate(root):
        last = n >= len(root) - (2 if root[-1] == root[-2] else 1)
        if letter in _SPECIAL or (last and letter in "نت") or (n == 0 and stem == "VIII" and letter in _ASSIMILATING):
            model.append(letter)
        elif n and letter == root[n - 1]:
            model.append(model[-1])
        else:
            model.append(_STAND_INS[n])
            letters[ord(_STAND_INS[n])] = letter
    return "".join(model), letters


def verbs(progress: Callable[[float], None] | None = None) -> Iterator[Verb]:
    """All attested verbs in use. ``progress`` is told the share that is done."""
    from mazini import WAZNS, MaziniError, conjugate
    from mazini.lexicon import attested_wazns, lexicon_roots

    stems = {wazn.wazn: wazn.form_code.partition("/")[0] for wazn in WAZNS}
    models: dict[tuple[str, str], _Paradigm | None] = {}
    roots = lexicon_roots()
    for done, root in enumerate(roots):
        if progress and done % 500 == 0:
            progress(done / len(roots))
        merged: dict[tuple[str, str], Verb] = {}
        for wazn in attested_wazns(root):
            stem = stems[wazn]
            model, letters = _class_of(root, stem)
            if (model, wazn) not in models:
                try:
                    models[model, wazn] = _paradigm(conjugate(model, wazn))
                except MaziniError:
                    models[model, wazn] = None
            paradigm = models[model, wazn]
            if paradigm is None:
                continue
            lemma = paradigm.lemma.translate(letters)
            no_passive = stem == "I" and root in _NO_PASSIVE
            verb = merged.setdefault((lemma, stem), Verb(lemma, root, stem, {}, ()))
            for form, weight, kind in paradigm.forms:
                if no_passive and kind & PASSIVE:
                    continue
                word = form.translate(letters)
                old, kinds = verb.forms.get(word, (0.0, kind))
                verb.forms[word] = (max(old, weight), (kinds | kind) & ~PASSIVE | kinds & kind & PASSIVE)
            nouns = tuple(noun.translate(letters) for noun in paradigm.nouns)
            merged[lemma, stem] = Verb(lemma, root, stem, verb.forms, tuple(dict.fromkeys(verb.nouns + nouns)))
        yield from _alike(list(merged.values()))


def _alike(own: list[Verb]) -> list[Verb]:
    """Joins verbs of one root that cannot be told apart unvocalised: عرف (knew) and عرّف (defined), but not وقع and وقّع."""
    kept: list[Verb] = []
    for verb in own:
        usual = {form for form, (weight, _) in verb.forms.items() if weight >= 0.3}
        for n, other in enumerate(kept):
            if other.lemma == verb.lemma and usual <= other.forms.keys():
                forms = {**verb.forms, **other.forms}
                nouns = tuple(dict.fromkeys(other.nouns + verb.nouns))
                kept[n] = Verb(other.lemma, other.root, f"{other.stem},{verb.stem}", forms, nouns)
                break
        else:
            kept.append(verb)
    return kept
