from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.quotes import Piece, cut, mark
from storage.records import Span


def spans(text: str, *words: str) -> list[Span]:
    found = []
    for word in words:
        at = text.index(word)
        found.append(Span(where="text", start=at, end=at + len(word), words=word, term=word))
    return found


def shown(text: str, *words: str) -> list[str]:
    quotes, _ = cut(text, spans(text, *words))
    return [
        ("…" if q.cut_before else "")
        + "".join(f"[{p.text}]" if p.marked else p.text for p in q.pieces)
        + ("…" if q.cut_after else "")
        for q in quotes
    ]


def test_the_sentence_round_the_words_in_their_own_spelling() -> None:
    text = "بدأت الجولة اليوم. ووصل وفد إلى الأستانة مساءً؟ وغادر آخر."
    assert shown(text, "الأستانة") == ["ووصل وفد إلى [الأستانة] مساءً؟"]


def test_a_paragraph_is_an_end() -> None:
    assert shown("عنوان فرعي\nأُفرج عن 12 معتقلاً\nتتمة", "معتقلاً") == ["أُفرج عن 12 [معتقلاً]"]


def test_titles_and_numbers_end_nothing() -> None:
    assert shown("قال د. رياض إن 3.5 مليون نازح عادوا. انتهى.", "نازح") == ["قال د. رياض إن 3.5 مليون [نازح] عادوا."]


def test_a_closing_mark_belongs_to_its_sentence() -> None:
    assert shown("قال: «لا نعرف مصير المعتقلين.» ثم صمت.", "المعتقلين") == ["قال: «لا نعرف مصير [المعتقلين].»"]


def test_two_mentions_in_one_sentence_are_one_quote() -> None:
    assert shown("من أستانا إلى أستانة طريق طويل. نعم.", "أستانا", "أستانة") == ["من [أستانا] إلى [أستانة] طريق طويل."]


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "كلمة " * 80 + "المعتقلين " + "كلمة " * 80 + "."
    (quote,), more = cut(text, spans(text, "المعتقلين"))
    assert quote.cut_before
    assert quote.cut_after
    assert quote.end - quote.start <= 300
    assert text[quote.start - 1] == text[quote.end] == " "
    assert more == 0


def test_what_stands_in_no_quote_is_counted() -> None:
    text = "\n".join(f"ذُكر المعتقلون في الفقرة {n}" for n in range(7))
    places = [i for i in range(len(text)) if text.startswith("المعتقلون", i)]
    every = [Span(where="text", start=i, end=i + 9, words="المعتقلون", term="") for i in places]
    quotes, more = cut(text, every)
    assert (len(quotes), more) == (3, 4)


def test_spans_that_do_not_fit_are_passed_over() -> None:
    wrong = [
        Span(where="text", start=start, end=end, words="", term="") for start, end in ((5, 99), (3, 3), (-1, 2), (4, 2))
    ]
    assert cut("نص قصير", wrong) == ((), 0)


def test_a_text_without_an_end_costs_no_more_than_one_with() -> None:
    text = "ا" * 2_000_000
    every = [Span(where="text", start=i, end=i + 5, words="ااااا", term="") for i in range(0, 2_000_000, 1000)]
    quotes, more = cut(text, every)
    assert len(quotes) == 3
    assert more == 1997
    assert all(quote.end - quote.start <= 300 for quote in quotes)


def test_a_match_longer_than_a_quote_is_cut_too() -> None:
    text = "بداية " + "س" * 5000 + " نهاية"
    (quote,), _ = cut(text, [Span(where="text", start=6, end=5006, words="", term="")])
    assert quote.end - quote.start <= 310
    assert quote.cut_after


def test_marks_may_overlap_and_touch() -> None:
    assert mark("abcdef", [(1, 3), (2, 4), (4, 5), (5, 99)]) == (Piece(text="a"), Piece(text="bcdef", marked=True))


PIECES = st.sampled_from(
    ["أستانا", " ", "\n", ". ", "د. ", "؟ ", "…", "«", "»", "3.5", "كلمة طويلة ", "x" * 120, "\u200f", ".", "! "]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(PIECES, max_size=60).map("".join), st.data())
def test_quotes_are_the_text_itself(text: str, data: st.DataObject) -> None:
    ends = st.integers(0, len(text))
    chosen = data.draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=6))
    asked = [Span(where="text", start=a, end=b, words=text[a:b], term="") for a, b in chosen]
    quotes, more = cut(text, asked)
    for quote in quotes:
        assert "".join(piece.text for piece in quote.pieces) == text[quote.start : quote.end]
        assert any(piece.marked for piece in quote.pieces)
        assert quote.end - quote.start <= 620
    assert all(one.end <= other.start for one, other in itertools.pairwise(quotes))
    begun = {span.start for span in asked if span.start < span.end}
    quoted = {start for start in begun if any(quote.start <= start < quote.end for quote in quotes)}
    assert len(begun - quoted) <= more
    assert len(quotes) == 3 or more == 0
