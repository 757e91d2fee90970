"""Text that was decoded wrongly and stored so: how Arabic a text reads, and putting it right.

Three accidents are common on Arabic sites, whole pages or only what came out of their database:

* UTF-8 read as windows-1252 or Latin-1 and saved again: ``Ø§Ù„Ø£Ø®Ø¨Ø§Ø±``
* UTF-8 read as windows-1256 and saved again: ``ط§ظ„ط£ط®ط¨ط§ط±`` (ftfy does not know this one)
* windows-1256 read as windows-1252 and saved again: ``ÇáÃÎÈÇÑ``

The method is that of ftfy (https://github.com/rspeer/python-ftfy): turn the characters back into the bytes
they stood for, and only where the bytes are then what they cannot be by chance. Each stretch of text between
two tags is judged by itself: a right template around wrong articles keeps its own words.
"""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice

__all__ = ["perhaps", "reads_arabic", "repaired"]

_COMMON = "اليمونتربةعدسف"
"""The letters that make up three quarters of Arabic press text."""

_PAIRS = ("ال", "في", "من", "ية", "ها")
"""Pairs that no other table makes of them: short texts need more than single letters."""

# A word that is no plain ASCII word. U+FFFD belongs to it: a word with a hole in it is not well read.
_WORD = re.compile(
    r"(?<![A-Za-z])[A-Za-z]*(?:[^\W\x00-\x7f\d_]|[\u064b-\u0652\ufffd])(?:[^\W\d_]|[\u064b-\u0652\ufffd])*"
)
# An Arabic word: ء ؤ ئ and the marks never begin one, ة and ى only end one, no mark stands on a mark but on shadda.
_ARABIC = re.compile(
    r"[آأإابتثجحخدذرزسشصضطظعغـفقكلمنهويىءپچژگڤکیک]"
    r"(?:[ءآأؤإئابتثجحخدذرزسشصضطظعغـفقكلمنهويپچژگڤکی]|(?<![\u064b-\u0650\u0652])[\u064b-\u0652])*"
    r"[ةى]?[\u064b-\u0652]{0,2}(?:ء)?"
)
_WORDS_ENOUGH = 1500


def reads_arabic(text: str) -> float:
    """How Arabic a text reads: 0 not at all, about 0.9 in true press Arabic.

    The common letters and pairs of its well-formed Arabic words, for every letter of its words beyond ASCII.
    Text of another language, and Arabic through the wrong table, stays under 0.3: its words mix scripts, carry
    vowel marks where letters should be, or are made of the rare letters. Looks at the first 1,500 such words.
    """
    words = [found[0] for found in islice(_WORD.finditer(text), _WORDS_ENOUGH)]
    arabic = "".join(filter(_ARABIC.fullmatch, words))
    return sum(map(arabic.count, (*_COMMON, *_PAIRS))) / max(1, sum(map(len, words)))


def repaired(text: str) -> str:
    """The text as it was before it was decoded wrongly; the very same text where nothing points to that."""
    for _ in range(_PASSES):
        mended = text
        for mend in (_VIA_1252.mend, _VIA_1256.mend, _mend_legacy):
            mended = mend(mended)
        if mended == text:
            break
        text = mended
    return text


def perhaps(text: str) -> bool:
    """Whether something in it is a sign of that: where nothing is, :func:`repaired` changes nothing."""
    return _SIGNS.search(text) is not None


_PASSES = 3
"""Some text went through the mill three times; nobody has met four."""
_STRETCH = re.compile(r"[^<>\n]+")


def _table(codec: str) -> dict[int, str]:
    """Character -> the byte it stands for in that codec, as a character below 256."""
    table = {}
    for byte in range(0x80, 0x100):
        if byte < 0xA0 and codec == "cp1252":
            table[byte] = chr(byte)  # Latin-1, and the five holes of windows-1252
        with suppress(UnicodeDecodeError):
            table[ord(bytes([byte]).decode(codec))] = chr(byte)
    return table


class _TwiceEncoded:
    """UTF-8 that was read as another codec and encoded as UTF-8 once more."""

    def __init__(self, codec: str, hints: str, again: str) -> None:
        """``hints``: pairs frequent in such text and next to unknown elsewhere; ``again``: in what went through twice."""
        table = _table(codec)

        def standing_for(first: int, last: int) -> str:
            return "[" + "".join(re.escape(chr(c)) for c, byte in table.items() if first <= ord(byte) <= last) + "]"

        follow = standing_for(0x80, 0xBF)
        two = standing_for(0xC2, 0xDF) + follow
        three = standing_for(0xE0, 0xEF) + follow * 2
        four = standing_for(0xF0, 0xF4) + follow * 3
        self._table = table
        self.hints = f"{hints} {again}".split()
        self._leads = {hint[0] for hint in self.hints}
        # Characters that stand for bytes of UTF-8. After a letter that stands for none it is "كتاب،", a word and a comma.
        self._sequence = re.compile(f"(?<![\u0621-\u0636\u063b-\u064a])(?:{two}|{three}|{four})+")
        self._sure = re.compile(f"(?:{standing_for(0xD8, 0xDB)}{follow}){{2}}|" + "|".join(again.split()))

    def mend(self, text: str) -> str:
        if not any(lead in text for lead in self._leads):
            return text
        # to look for one character costs a hundredth of looking for two: most pages have not one of the second ones
        if sum(text.count(hint) for hint in self.hints if hint[-1] in text) < 2:
            return text
        if _beyond(self._sequence.sub("", text)) <= 0.02 * _beyond(text):  # all of it went through the mill
            return self._true(text)
        return _STRETCH.sub(lambda m: self._true(m[0]) if self._sure.search(m[0]) else m[0], text)

    def _true(self, text: str) -> str:
        return self._sequence.sub(
            lambda m: m[0].translate(self._table).encode("latin-1").decode("utf-8", "replace"), text
        )


_VIA_1252 = _TwiceEncoded("cp1252", "Ù„ Ù\x84 Ø§ ÙŠ Ù\x8a Ù… Ù\x85 Ù† Ù\x86 Ø±", "Ã™ Ã˜ Ã\x99 Ã\x98")
_VIA_1256 = _TwiceEncoded("cp1256", "ظ„ ط§ ظٹ ظ† ظˆ ط±", "ط· ط¸")

_LEGACY = {character: ord(byte.encode("latin-1").decode("cp1256")) for character, byte in _table("cp1252").items()}
_LEGACY_HINTS = ("Çá", "Ýí")  # ال and في
_SIGNS = re.compile("|".join(map(re.escape, (*_VIA_1252.hints, *_VIA_1256.hints, *_LEGACY_HINTS))))
_LEGACY_LETTER = re.compile(r"[\xc0-\xff]")


def _mend_legacy(text: str) -> str:
    """windows-1256 that was read as windows-1252. Any bytes are windows-1256: only the reading can tell."""
    hints = sum(map(text.count, _LEGACY_HINTS))
    if hints < 2 or hints < 0.01 * len(_LEGACY_LETTER.findall(text)):
        return text
    return _STRETCH.sub(lambda found: _legacy(found[0]), text)


def _legacy(stretch: str) -> str:
    if stretch.isascii():
        return stretch
    true = stretch.translate(_LEGACY)
    return true if reads_arabic(true) > 0.5 and reads_arabic(stretch) < 0.1 else stretch


def _beyond(text: str) -> int:
    """Characters beyond ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))
