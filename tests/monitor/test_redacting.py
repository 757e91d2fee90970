"""Names that do not leave with a copy: in every spelling, wherever they stand, and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.audiences import Person
from monitor.config import shipped
from monitor.formats import FORMATS
from monitor.lists import packs_of
from monitor.redacting import Redactor, made
from monitor.terms import TermError
from storage.records import Change, Flagged, Span, Version
from tests.monitor.digest_sample import DAY, Newsroom, arguments, at, digest, missed
from tests.monitor.test_formats import readable

PERSONS = (Person(name="هالة الديري"), Person(name="سامر اليوسف", aliases=("Samer al-Yusuf",)))
SPELLINGS = [
    "هالة الديري", "وهالة الديري", "لهالة الديري", "هاله الديري", "هَالة الدَّيري", "هالـــة الديري", "هالة  الديري",
    "سامر اليوسف", "بسامر اليوسف", "Samer al-Yusuf", "SAMER AL-YUSUF",
]  # fmt: skip
AROUND = ["", "قال", "إن", "الديري", "سامر", "12", "«", "»", ".", "في سجن صيدنايا", "x", "\n", "🕊"]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return made(PERSONS, packs_of(shipped() / "watchlists"), "ar")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_replaced(redactor: Redactor, spelling: str) -> None:
    assert redactor.text(f"قالت {spelling} إنها") == "قالت [اسم محجوب] إنها"


@pytest.mark.parametrize("other", ["هالة وحدها", "آل الديري", "سامر", "اليوسفي", "الدير", ""])
def test_nothing_else_is(redactor: Redactor, other: str) -> None:
    assert redactor.text(other) == other


def test_a_name_that_a_pack_knows_is_replaced_in_all_its_spellings() -> None:
    redactor = made([Person(name="دي ميستورا")], packs_of(shipped() / "watchlists"), "en")
    for spelling in ("دي ميستورا", "ديمستورا", "دي مستورا"):
        assert redactor.text(f"قال {spelling} أمس") == "قال [name withheld] أمس"


def test_an_address_that_names_the_person_leads_to_the_front_page(redactor: Redactor) -> None:
    assert (
        redactor.url("https://a.example/2018/%D9%87%D8%A7%D9%84%D8%A9-%D8%A7%D9%84%D8%AF%D9%8A%D8%B1%D9%8A/")
        == "https://a.example/"
    )
    assert redactor.url("https://a.example/samer-al-yusuf-freed") == "https://a.example/"
    assert redactor.url("https://a.example/samer_al_yusuf") == "https://a.example/"
    assert redactor.url("https://a.example/2018/صيدنايا") == "https://a.example/2018/صيدنايا"


def test_a_name_that_can_never_be_found_is_refused() -> None:
    with pytest.raises(TermError, match="no letter"):
        made([Person(name="12")], packs_of(shipped() / "watchlists"), "ar")


TEXTS = st.lists(st.sampled_from([*SPELLINGS, *AROUND]), max_size=12).map(" ".join)


@settings(deadline=None)
@given(TEXTS, st.data())
def test_spans_point_to_what_stands_there_after(redactor: Redactor, text: str, data: st.DataObject) -> None:
    one = _flagged(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = Span(where="text", start=start, end=end, words=text[start:end], term="x")
    flag = replace(one.flags[0], spans=(span,))
    (changed,) = redactor.flagged([replace(one, flags=(flag,))])
    (after,) = changed.flags[0].spans
    shown = changed.stored.article.text
    assert 0 <= after.start <= after.end <= len(shown)
    assert shown[after.start : after.end] == after.words
    assert redactor.places(shown) == []
    if not any(low < end and start < high for low, high in redactor.places(text)):
        assert after.words == span.words


def _flagged(text: str, title: str = "خبر") -> Flagged:
    room = Newsroom()
    room.story(title, text, [("rasd", "09:40")], [("detainees", "سجون", "سجن صيدنايا")])
    return room.flagged[0]


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_of_a_copy_to_share_has_the_name(redactor: Redactor, name: str) -> None:
    person = "هالة الديري"
    long = (
        f"أضافت {person} " + "أن ملف المعتقلين ما زال عالقاً " * 9 + f"في سجن صيدنايا كما قالت {person} للصحفيين. وختمت."
    )
    one = _flagged(long, title=f"{person} تخرج من سجن صيدنايا")
    late = replace(one.stored, id=9, article=replace(one.stored.article, title=f"الإفراج عن {person}", source="yasmin"))
    change = Change(kind="sentence", before=f"قالت {person}", after="قالت", words=(person,))
    version = Version(
        article=one.stored, read_at=at("12:00"), title=f"عن {person}", text="", capture=None, substantial=True,
        changes=(change,),
    )  # fmt: skip
    flag = replace(one.flags[0], rule=f"أخبار {person}", list_title=f"قائمة {person}")
    given_ = replace(one, flags=(flag,), tellings=(one.stored, late))
    plain = arguments(flagged=[given_], changed=[version], lists=[], missed=[replace(missed()[0], title=person)])
    assert person in readable(digest(**plain), name)
    shared = plain | {
        "flagged": redactor.flagged([given_]),
        "changed": redactor.versions([version]),
        "missed": redactor.missed(plain["missed"]),
        "redacted": True,
    }
    out = readable(digest(**shared), name)
    assert redactor.places(out) == []
    assert "الديري" not in out
    assert "[اسم محجوب]" in out.replace("\\", "").replace("[[", "[")
    assert DAY.isoformat()[:4] in out
