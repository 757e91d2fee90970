"""What digests leave out because a person has called it a false hit, and what they say of that. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storage.records import Flagged, Muted, StoredArticle

__all__ = ["story_of", "without"]


_SAID = {
    "ar": "«{}» ({}) تُركت من قائمة «{}» لأنها عُدّت مطابقة خاطئة",
    "en": "“{}” ({}) is left out of the list “{}”: it was called a false hit",
}


def story_of(stored: StoredArticle) -> int:
    """Id of the first telling of its text."""
    return stored.id if stored.same_as is None else stored.same_as


def without(
    flagged: Sequence[Flagged], muted: Sequence[Muted], language: str = "ar"
) -> tuple[list[Flagged], list[str]]:
    """What is left to show, and a sentence for each Story that is left out, in the language of the digest.

    Muted in one list, a Story still stands in the others that have flagged it.
    """
    notes = {(one.story, one.list): one.note for one in muted}
    shown: list[Flagged] = []
    left_out: dict[tuple[int, str], str] = {}
    for one in flagged:
        story = story_of(one.stored)
        kept = tuple(flag for flag in one.flags if (story, flag.list) not in notes)
        if kept:
            shown.append(replace(one, flags=kept))
        for flag in one.flags:
            if (story, flag.list) in notes:
                why = notes[story, flag.list]
                said = _SAID[language].format(one.stored.article.title, one.stored.id, flag.list_title)
                left_out.setdefault((story, flag.list), f"{said}: {why}" if why else f"{said}.")
    return shown, list(left_out.values())
