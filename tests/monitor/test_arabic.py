"""Tokens and folding."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import arabic
from monitor.arabic import fold, relax, tokens


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("مُعْتَقَلِينَ", "معتقلين"),
        ("معتقـــلين", "معتقلين"),
        ("معتق\u200cلين", "معتقلين"),
        ("\ufee3\ufecc\ufe98\ufed8\ufede", "معتقل"),  # presentation forms
        ("\ufefbجئ", "لاجئ"),  # a ligature
        ("کیماوی", "كيماوي"),  # a Persian keyboard
        ("ا\u0654ستانا", "أستانا"),  # decomposed
        ("١٤", "14"),
        ("۱۴", "14"),
        ("Astaná", "astana"),
        ("حلبة", "حلبة"),  # kept: it is not حلب
        ("ماء", "ماء"),
        ("على", "على"),
    ],
)
def test_what_carries_no_meaning_is_folded_away(printed: str, folded: str) -> None:
    assert fold(printed) == folded


def test_spellings_meet_under_relax_only() -> None:
    assert relax(fold("إدلب")) == relax(fold("ادلب"))
    assert fold("إدلب") != fold("ادلب")


def test_tokens_of_a_line_as_printed() -> None:
    text = "قال المبعوث إنّ «أستانا-9» تبدأ يومَي الـ14 والـ١٥ (Astana)؛"
    found = [token.folded for token in tokens(text)]
    assert found == ["قال", "المبعوث", "إن", "أستانا", "9", "تبدأ", "يومي", "ال", "14", "وال", "15", "astana"]


def test_unseen_characters_at_the_end_of_a_word_are_not_part_of_it() -> None:
    (token,) = tokens("\u200fحلب\u200f")
    assert (token.text, token.start, token.end) == ("حلب", 1, 4)


_PIECES = st.text(st.sampled_from("ابلمةىءأ ـًَُّ\u200c\u200f\ufefb\ufee3٣5aé\u0301.,،«\n\U0001f1f8"), max_size=60)


@given(_PIECES)
@settings(deadline=None)
def test_offsets_point_into_the_text_as_given(text: str) -> None:
    last = 0
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
        assert token.start >= last
        assert token.text
        last = token.end


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_has_tokens_and_folding_is_idempotent(text: str) -> None:
    for token in tokens(text):
        assert fold(token.folded) == token.folded


def test_a_huge_word_is_one_token() -> None:
    (token,) = tokens("ب" * 1_000_000)
    assert token.end == 1_000_000


def test_a_word_that_is_remembered_is_the_same_as_one_that_is_too_long_to_be() -> None:
    for word in ("مُعتـقَلين", "ﻻﺟﺊ", "کتاب‌ها", "ÉTÉ", "١٤", "سوريا"):
        assert arabic.fold(word * 20) == arabic.fold(word) * 20
        assert arabic.coarse(word * 20) == arabic.relax(arabic.fold(word)) * 20 == arabic.coarse(word) * 20


def test_plain_letters_are_folded_already_and_relaxing_is_what_its_table_says() -> None:
    letters = [*map(chr, range(0x621, 0x63B)), *map(chr, range(0x641, 0x64B))]
    assert [arabic._folded(letter) for letter in letters] == letters
    assert arabic.relax("أإآؤئىة") == "ااا" + "ءء" + "يه"
    assert not {to for _, to in arabic._RELAXED} & {letter for letter, _ in arabic._RELAXED}


def test_unseen_characters_at_the_end_of_a_word_are_no_part_of_it() -> None:
    unseen = [chr(code) for code in range(0x10000) if re.match(f"[{arabic.UNSEEN}]", chr(code))]
    assert sorted(arabic._UNSEEN_CHARACTERS) == unseen
    for character in unseen:
        (token,) = arabic.tokens(f"كتاب{character * 3}")
        assert (token.text, token.end) == ("كتاب", 4)


def test_many_words_are_folded_as_one_is_and_memory_is_bounded() -> None:
    given = ["أستانا", "أستانا", "Astaná", "مُعتـقَلين", "", "ة" * 500]
    assert (
        arabic.all_coarse(given)
        == [arabic.coarse(word) for word in given]
        == [arabic.relax(arabic.fold(word)) for word in given]
    )
    asked: list[str] = []
    kept = arabic.Remembered(lambda word: asked.append(word) or len(word), most=3)
    assert kept.of(["a", "bb", "a", "ccc"]) == [1, 2, 1, 3]
    assert kept.of(["a", "bb"]) == [1, 2]
    assert asked == ["a", "bb", "ccc"]
    assert kept.of(["dddd", "x" * 100, "x" * 100]) == [4, 100, 100]  # no room for a fourth, none for what is no word
    assert len(kept._made) <= 3
    assert kept.of(["a"]) == [1]
    assert asked[-1] == "a"
