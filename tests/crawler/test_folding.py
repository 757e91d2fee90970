"""Folding and counting letters, beside the plain way to do it: what is quick says the same."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import folding, languages
from crawler.sheet import TooMuch, parse

TABLE = {ord(letter): to for letter, to in folding._REPLACED}
TEXT = st.text(
    st.one_of(
        st.sampled_from(
            "ابتةىيكهأإآٱیکھپچژگ \u064b\u0651\u0640\u200f\u200e\u200b٠١٢۳،؛«»–\u00a0\u0085\t\nabcXYZÉİß½²_.<&;&amp;ﷲﻻ😀"
        ),
        st.characters(),
    ),
    max_size=120,
)


@given(TEXT)
def test_a_fold_is_what_its_table_says(text: str) -> None:
    plain = folding._MARKS.sub("", unicodedata.normalize("NFKC", text)).translate(TABLE)
    assert folding.fold(text) == " ".join(plain.split()).lower()


@given(TEXT)
def test_what_is_bare_has_no_more_than_letters_and_digits(text: str) -> None:
    assert not re.search(r"[\W_]", folding.bare(text))
    assert folding.bare(text) == folding.bare(f" {text}\n")


def test_words_are_those_of_a_text_of_any_length() -> None:
    text = "قصف القصف والقصف بالقصف على بلدة سراقب في ريف إدلب"
    assert folding.words(text) == {"قصف", "بلده", "سراقب", "ريف", "ادلب"}
    assert folding.words(f"{text}\n" * 1_000) == folding.words(text)


@given(TEXT)
def test_shares_are_those_of_counting_one_by_one(text: str) -> None:
    letters = len(re.findall(r"[^\W\d_]", text))
    dense = len(re.sub(r"\s", "", text))
    arabic = len(re.findall("[\u0621-\u064a\u066e-\u06d3\u06fa-\u06fc\ufb50-\ufdff\ufe70-\ufefc]", text))
    assert languages.letter_share(text) == (letters / dense if dense else 0)
    assert languages.arabic_share(text) == (arabic / letters if letters else 0)


def test_a_tag_with_more_attributes_than_anybody_needs_is_too_much() -> None:
    many = " ".join(f"a{n}='1'" for n in range(2_100))
    assert parse(f"<body><p {many[:6_000]}>نص</p></body>") is not None
    assert parse(f"<body><p>{'=' * 9_000}</p><p title='{'ا' * 9_000}'>نص</p></body>") is not None
    for page in (f"<body><p {many}>نص</p></body>", f"<body><p>نص</p><P {many}"):
        with pytest.raises(TooMuch, match="a tag of"):
            parse(page)


def test_characters_that_no_tree_may_hold_are_left_out() -> None:
    root = parse("<body><p>قص\x00ف\ufffe مد\udc80فعي\uffff\x1f\x7f\t.</p></body>")
    assert root is not None
    assert "".join(root.itertext()) == "قصف مدفعي\t."
