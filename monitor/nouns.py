"""Nouns and adjectives of the lexicon: what the dictionary lists, freed of verbs, and completed.

simplemma's dictionary gives each form one lemma and no part of speech: verbs and nouns that are written alike are one
entry in it, many broken plurals are missing, and some entries are inflected forms. What a word is, is told by the verbs'
own paradigms, and by how often the press writes it with the article, which no verb has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.draft import NO_ARTICLE, NO_PRONOUN, ONLY_ARTICLE, Draft, Use
from monitor.verbs import Verb
from monitor.vocabulary import NAMES, NOT_LEMMAS, PARTICLES, PLURALS, SHORT_NOUNS

__all__ = ["add_broken", "add_groups", "add_nisbas", "add_nouns", "add_particles_and_names"]


def _is_noun(lemma: str, pairs: dict[str, set[str]], spoken: set[str], use: Use) -> bool:
    """Whether an entry of the dictionary is a noun or adjective in its own right."""
    if lemma in NOT_LEMMAS or (len(lemma) == 2 and lemma not in SHORT_NOUNS):
        return False
    if lemma.startswith("ال") and lemma[2:] in pairs:
        return False
    if lemma[-1] == "ا" and lemma[-2] != "ي" and len(pairs[lemma]) <= 2 and lemma[:-1] in pairs:
        return False  # an adverb in the accusative: أخيرا, وفقا
    if lemma.endswith("ة") and lemma[:-1] in pairs and _ADJECTIVE.fullmatch(lemma[:-1]):
        # the feminine of an adjective (مصرية), unless it has left the masculine behind (عملية, جامعة)
        masculine = use.of(lemma[:-1])
        if masculine > 0.4 * use.of(lemma):
            return False
    if lemma in spoken and (lemma[0] in "يتنأ" or "ال" + lemma not in pairs[lemma]):
        # a form of a verb that was taken for an entry: يعمل, جمعت
        return use.definite(lemma) > (0.05 if lemma[0] in "يتنأ" else 0.015)
    return True


def add_nouns(draft: Draft, pairs: dict[str, set[str]], use: Use, by_lemma: dict[str, list[Verb]]) -> None:
    """Nouns and adjectives of the dictionary, freed of verbs; participles and verbal nouns of the verbs."""
    spoken = {
        form for own in by_lemma.values() for verb in own for form, (weight, _) in verb.forms.items() if weight >= 0.04
    }
    finite = {lemma: {form for verb in own for form in verb.forms} for lemma, own in by_lemma.items()}
    derived = {lemma: {noun for verb in own for noun in verb.nouns} for lemma, own in by_lemma.items()}
    for lemma, forms in pairs.items():
        if not _is_noun(lemma, pairs, spoken, use):
            continue
        own, nouns = finite.get(lemma, set()), derived.get(lemma, set())
        listed: set[str] = set()
        for bare in _without_article(lemma, forms):
            if bare == lemma:
                listed.add(bare)
            elif bare in own or (bare in spoken and bare[0] in "يتنأ" and use.definite(bare) < 0.05):
                continue
            elif bare in nouns:
                _inflect(draft, draft.lexeme(bare, "N"), bare, (), use)
            else:
                listed.add(bare)
        if own and "ال" + lemma not in forms and use.definite(lemma) <= 0.02:
            for bare in listed - {lemma}:  # a verb: what else is listed with it is a noun of its own
                _inflect(draft, draft.lexeme(bare, "N"), bare, (), use)
        else:
            _inflect(draft, draft.lexeme(lemma, "N"), lemma, listed, use)
    _add_derived(draft, derived, spoken, use)


def _without_article(lemma: str, forms: set[str]) -> set[str]:
    bare = {form[2:] if len(form) > 4 and form[2:] in forms else form for form in forms if form.startswith("ال")}
    kept = {form for form in bare if not form.startswith("ال") or lemma.startswith("ال")}
    return kept | {form for form in forms if not form.startswith("ال")}


def _add_derived(draft: Draft, derived: dict[str, set[str]], spoken: set[str], use: Use) -> None:
    known = {form for kind, own in zip(draft.classes, draft.forms, strict=True) if kind == "N" for form in own}
    for nouns in derived.values():
        for noun in nouns - known:
            verbal = noun in spoken and use.definite(noun) < 0.05
            if not verbal and use.of(noun) > 3e-8:
                _inflect(draft, draft.lexeme(noun, "N"), noun, (), use)


_ADJECTIVE = re.compile(".{2,}ي|م.{3,}|.ا..|.ائ.")


def _inflect(draft: Draft, number: int, lemma: str, listed: Iterable[str], use: Use) -> None:
    """Gives a noun or adjective the forms that are listed, and the sound ones that its ending allows."""
    draft.add(number, lemma, 1.0)
    given = set(listed)
    if len(lemma) == 3 and use.get(f"ال{lemma}ة", 0.0) < 0.05 * use.get("ال" + lemma, 0.0):
        # the dictionary's قصفة, "one shelling", that nobody writes: its قصفتها is the verb's
        given = {form for form in given if not form.startswith((lemma + "ة", lemma + "ت"))}
    place = _PLACE.fullmatch(lemma) is not None and f"{lemma[:2]}ا{lemma[2:]}" in given
    for form in given - {lemma}:
        if form == lemma + "ا" or _never_written(lemma, form, use):
            continue
        if form == lemma + "ي" and not _ADJECTIVE.fullmatch(lemma):
            draft.add(number, form, 0.03, NO_ARTICLE)  # two of them; with ال it is the adjective: صاروخي
            continue
        dual = form.startswith(lemma[:-1]) and form.endswith(("ان", "تين", "تا", "تان"))
        seen = form in use or "ال" + form in use
        draft.add(number, form, (0.03 if dual else 0.5) * (1.0 if seen else 0.1))
    rare = use.of(lemma) < 1e-6

    def guess(form: str, weight: float, join: int = 0) -> None:
        if form not in given:
            seen = form in use or "ال" + form in use
            if rare and not seen:
                return
            weight *= 0.6 if seen else 0.3
        draft.add(number, form, weight, join)

    closed = NO_ARTICLE | NO_PRONOUN
    if lemma.endswith("ة"):
        stem = lemma[:-1]
        guess(stem + "ات", 0.3)
        guess(stem + "تان", 0.01, NO_PRONOUN)
        guess(stem + "تين", 0.03, NO_PRONOUN)
        guess(stem + "تا", 0.004, NO_ARTICLE)
        guess(stem + "تي", 0.01, NO_ARTICLE)
        return
    if lemma[-1] in "اىء":
        return
    guess(lemma + "ا", 0.12, closed)
    if len(lemma) >= 4 and (lemma + "ات" in use or "ال" + lemma + "ات" in use):
        guess(lemma + "ات", 0.15)
    guess(lemma + "ان", 0.02, NO_PRONOUN)
    guess(lemma + "ين", 0.04, NO_PRONOUN)
    if not place and (_ADJECTIVE.fullmatch(lemma) or given & {lemma + "ة", lemma + "تين", lemma + "تان"}):
        used = use.of(lemma + "ة") > 0.02 * use.of(lemma)
        draft.add(number, lemma + "ة", 1.0 if used else 0.02)
        guess(lemma + "ات", 0.15)
        guess(lemma + "ون", 0.15, NO_PRONOUN)
        guess(lemma + "ين", 0.3, NO_PRONOUN)
        guess(lemma + "و", 0.02, NO_ARTICLE)
        guess(lemma + "ي", 0.03, NO_ARTICLE)
        guess(lemma + "تين", 0.02, NO_PRONOUN)
        guess(lemma + "تان", 0.01, NO_PRONOUN)


_PLACE = re.compile("م[^اويىةأإآءؤئ]{3}")
"""With a plural like معابر it names a place, and has no feminine: معبرة is another word."""


def _never_written(lemma: str, form: str, use: Use) -> bool:
    """A plural that only dictionaries know, where the press writes an adjective so: قتالي is none of قتيل, but of قتال."""
    return form[-1] in "ىي" and form[:-1] != lemma and use.of(form[:-1] + "ية") > 0.1 * use.of(form[:-1] + "ي")


def _broken(lemma: str) -> str | None:
    """The broken plural that the shape of a singular foretells (Wright, A Grammar of the Arabic Language, I 304 ff)."""
    stem = lemma.removesuffix("ة")
    if len(stem) < 3 or not set(stem[1:]) <= _CONSONANTS | set("اويئ"):
        return None
    shape = "".join("c" if letter in _CONSONANTS else letter for letter in stem[1:])
    for pattern, plural in _SHAPES_WITH_TA if stem != lemma else _SHAPES:
        if re.fullmatch(pattern, shape):
            return plural.format(*stem)
    return None


_CONSONANTS = set("بتثجحخدذرزسشصضطظعغفقكلمنهء")
_BOTH = (
    ("ccc", "{0}{1}ا{2}{3}"),  # مجزرة مجازر
    ("اcc", "{0}وا{2}{3}"),  # عاصمة عواصم
    ("cc[اوي]c", "{0}{1}ا{2}ي{4}"),  # صندوق صناديق
    ("اc[وي]c", "{0}وا{2}ي{4}"),  # صاروخ صواريخ
)
_SHAPES = (("cc", "أ{0}{1}ا{2}"), *_BOTH)  # عمر أعمار
_SHAPES_WITH_TA = (("c[اوي]c", "{0}{1}ائ{3}"), *_BOTH)  # جريمة جرائم


def add_broken(draft: Draft, use: Use) -> None:
    """Gives nouns the broken plural of their shape where the press uses it and nothing else claims it."""
    known = {form for kind, own in zip(draft.classes, draft.forms, strict=True) if kind == "N" for form in own}
    for number, (lemma, kind) in enumerate(zip(draft.lemmas, draft.classes, strict=True)):
        if kind == "N" and draft.forms[number] and use.of(lemma) > 1e-6:
            plural = _broken(lemma)
            if plural is not None and plural not in known and use.of(plural) > 5e-8:
                draft.add(number, plural, 0.4)


def add_groups(draft: Draft, use: Use) -> None:
    """Broken plurals that were written down by hand; they overrule the dictionary."""
    groups = [group.split() for group in PLURALS.replace("\n", "|").split("|") if group.strip()]
    own = {head: {form for group in groups if group[0] == head for form in group} for head in {g[0] for g in groups}}
    members = {form for forms in own.values() for form in forms}
    for number, (lemma, kind) in enumerate(zip(draft.lemmas, draft.classes, strict=True)):
        if kind == "N":
            kept = own.get(lemma, set()) if lemma in own or lemma not in members else None
            forms = draft.forms[number]
            for form in members & forms.keys():
                if kept is None or (form != lemma and form not in kept):
                    del forms[form]
            if kept is None:
                forms.clear()
    for group in groups:
        number = draft.lexeme(group[0], "N")
        _inflect(draft, number, group[0], group[1:], use)
        for form in group[1:]:
            draft.add(number, form, 0.6)
            if not form.endswith(("ون", "ين", "ات", "ة", "ا", "ى", "ء")):
                draft.add(number, form + "ا", 0.06, NO_ARTICLE | NO_PRONOUN)


def add_particles_and_names(draft: Draft) -> None:
    """Words that are not inflected: they win against what else their letters may be."""
    for particle in PARTICLES:
        draft.add(draft.lexeme(particle, "P"), particle, 1.0, NO_ARTICLE | NO_PRONOUN)
    for name in NAMES:
        bare = name.removeprefix("ال")
        for same in {name, bare}:
            number = draft.by_name.get((same, "N"), -1)
            if number >= 0 and (len(draft.forms[number]) <= 2 or same != bare):
                draft.forms[number].clear()  # the dictionary's entry is this name
        joins = NO_PRONOUN | (NO_ARTICLE if bare == name else ONLY_ARTICLE)
        draft.add(draft.lexeme(bare, "E"), bare, 1.0, joins)


def add_nisbas(draft: Draft, use: Use) -> None:
    """Adjectives of relation (كوبي, داعشي) that no dictionary lists, where the press uses both genders and the article."""
    known = set(draft.lemmas)
    for word, share in use.items():
        if share < 1e-8 or len(word) < 5 or not word.endswith("ية") or word.startswith("ال"):
            continue
        lemma = word[:-1]
        if lemma not in known and use.get(lemma, 0.0) > 0 and use.get("ال" + lemma, 0.0) > 1e-8:
            _inflect(draft, draft.lexeme(lemma, "N"), lemma, (word,), use)
