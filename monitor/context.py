"""What the words beside a word tell of it: noun or verb, persons or a place. Pure.

Unvocalised, a noun and a finite verb may be one form (قصف, كشف, وضع, تقدم), and the persons held are written like the
place that holds them (معتقل, معتقلات). The word before settles most of what can be settled without a parser: a
preposition stands before a noun, قد and لم and الذي before a verb, داخل and أسوار before a place.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.arabic import fold

__all__ = ["NOUN", "PERSONS", "VERB", "cue", "is_either", "is_place"]

NOUN, VERB = 1, 2

_BREAK = re.compile("[.!?؟؛:\n\r\u2028\u2029|]")
_JOINED = re.compile("[\\s\u0640\u200b-\u200f\u202a-\u202e«\"“”'(]*")
_STOP = re.compile("[.!?؟؛\n\r\u2028\u2029|]")

_PREPOSITIONS = "في إلى الى على عن مع منذ خلال بعد قبل ضد عبر تحت دون لدى بين أثناء عند نتيجة بسبب جراء إثر اثر عقب رغم"
_DETERMINERS = "كل بعض أي اي غير هذا هذه ذلك تلك هذين هاتين هؤلاء إن كأن لأن"
_BEFORE_NOUN = frozenset(f"{_PREPOSITIONS} {_DETERMINERS}".split())
_BEFORE_VERB = frozenset(
    [
        "قد",
        "لقد",
        "فقد",
        "لم",
        "لن",
        "سوف",
        "الذي",
        "التي",
        "الذين",
        "اللذان",
        "اللذين",
        "اللتان",
        "اللتين",
        "اللواتي",
        "اللاتي",
        "حيث",
        "عندما",
        "بعدما",
        "حينما",
        "كلما",
        "ثم",
    ]
)


def cue(before: str | None, gap: str, word: str) -> int:
    """NOUN, VERB, or 0 where nothing tells. ``before``: the word before, as printed; ``gap``: what stands between them."""
    if gap == " " and before is not None:
        return _told_by(before)
    if before is None or _BREAK.search(gap):
        # A report's sentence begins with its verb (وأعلن, وكشف); a coordinated noun does not begin one.
        return VERB if word[0] == "و" and (before is None or _STOP.search(gap)) else 0
    return _told_by(before) if _JOINED.fullmatch(gap) else 0


@lru_cache(10_000)
def _told_by(before: str) -> int:
    word = fold(before)
    for bare in (word, word[1:]) if word[:1] in ("و", "ف") else (word,):  # a conjunction may be written onto it
        if bare in _BEFORE_NOUN:
            return NOUN
        if bare in _BEFORE_VERB:
            return VERB
    return 0


PERSONS = re.compile("(?:ال)?(?:معتقل|مهجر)(?:ين|ون)")
"""Typed so, persons are meant: a form that the place does not have."""
_EITHER = re.compile("(?:معتقل|مهجر)(?:ات)?(?:ه|ها|هم|نا)?$")


def is_either(folded: str) -> bool:
    """Whether a printed word may be persons as well as a place: معتقل (one held, a camp), مهجر (one driven out, exile)."""
    return _EITHER.search(folded) is not None


_AROUND = frozenset(
    [
        "داخل",
        "خارج",
        "أسوار",
        "اسوار",
        "أقبية",
        "اقبية",
        "زنازين",
        "زنزانة",
        "زنزانات",
        "غياهب",
        "دهاليز",
        "جدران",
        "باحة",
        "باحات",
        "مهاجع",
        "بوابة",
        "محيط",
        "سجون",
        "نزلاء",
        "افتتاح",
        "فتح",
        "إغلاق",
        "اغلاق",
        "حراس",
        "إدارة",
        "ادارة",
        "اقتحام",
        "تحويل",
        "بلاد",
        "بلدان",
        "دول",
        "أرض",
        "أدباء",
        "أدب",
        "أكبر",
        "اكبر",
        "أسوأ",
        "اسوأ",
        "أشهر",
        "اشهر",
        "أخطر",
        "في",
        "إلى",
        "الى",
    ]
)
"""Directly before a place: داخل معتقلات, أقبية المعتقل, إلى معتقل, في المهجر."""
_LEFT_FROM = frozenset(["داخل", "خارج", "هرب", "هربوا", "فر", "فروا", "هروب", "فرار", "خرج", "نقل", "عودة", "عائد"])
"""Before من, itself before a place."""
_TAKEN = re.compile("[وفسيتناأ]{0,3}(?:نقل|قتاد|قتيد|حتجز|قبع|ساق|ساقو|سيق|ودع)[ا-ي]{0,5}")
_NAMED = frozenset(
    [
        "سري",
        "سرية",
        "السري",
        "السرية",
        "تابع",
        "تابعة",
        "التابع",
        "التابعة",
        "صيدنايا",
        "تدمر",
        "غوانتانامو",
        "جوانتانامو",
        "غوانتنامو",
        "الخيام",
        "أنصار",
        "عوفر",
        "جماعي",
    ]
)
_KEEPERS = frozenset(
    [
        "النظام",
        "نظام",
        "الأسد",
        "الاسد",
        "تنظيم",
        "التنظيم",
        "داعش",
        "الدولة",
        "الاحتلال",
        "إسرائيل",
        "اسرائيل",
        "المخابرات",
        "الأمن",
        "الميليشيات",
        "ميليشيات",
        "الحوثي",
        "الحوثيين",
    ]
)
"""After several places, whose they are: معتقلات النظام."""


def is_place(words: tuple[str, str, str], gaps: tuple[str, str, str], form: str) -> bool:
    """Whether a word that is written alike for persons and for the place that holds them is the place here.

    ``words``: the two before it and the one after it, as printed, empty where there is none; ``gaps``: what stands after
    the first, before the word, and after it; ``form``: the word itself, folded.
    """
    earlier, before, after = map(fold, words)
    several = "ات" in form[-5:]
    if not _BREAK.search(gaps[1]):
        plain = before[1:] if before[:1] in ("و", "ف", "ب", "ل") and before[1:] in _AROUND else before
        if plain in _AROUND or (form[0] in "لب" and several and _TAKEN.fullmatch(before)):
            return True
        if before == "من" and not _BREAK.search(gaps[0]) and earlier in _LEFT_FROM:
            return True
    if _BREAK.search(gaps[2]) or "،" in gaps[2] or "," in gaps[2]:
        return False
    return after in _NAMED or (several and after in _KEEPERS)
