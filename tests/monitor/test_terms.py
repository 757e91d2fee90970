"""Terms in the sentences of the press, written for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import terms, watch
from monitor.terms import Kind, Matcher, Term, TermError


def found(term: str | Term, text: str, **named: object) -> list[str]:
    one = term if isinstance(term, Term) else Term(term)
    return [text[hit.start : hit.end] for hit in terms.compile([one], **named).scan(text)]  # type: ignore[arg-type]


MATCHES = [
    ("معتقلين", "أفرجت السلطات عن ثلاثين معتقلاً بعد وساطة محلية", "معتقلاً"),
    ("معتقلين", "طالب ذوو المعتقلات بكشف مصيرهن", "المعتقلات"),
    ("معتقلين", "نقل معتقلو الفرع إلى جهة مجهولة", "معتقلو"),
    ("معتقلين", "زارت اللجنة معتقلي الرأي وللمعتقلين أسئلتهم", "معتقلي"),
    ("معتقلين", "قائمة بأسماء المعتق لين في الفرع", "المعتق لين"),
    ("سجون", "اندلع عصيان في سجن حماة المركزي", "سجن"),
    ("مجزرة", "وثّقت الشبكة خمس مجازر في شهر واحد", "مجازر"),
    ("قصف", "تجدّد القصف المدفعي على أطراف البلدة", "القصف"),
    ("قصف", "أعلنت المصادر ق صف مواقع شمال المدينة", "ق صف"),
    ("إعدام", "صدرت أحكام بالاعدام على ستة منهم", "بالاعدام"),
    ("كيماوي", "تحقق المنظمة في استخدام الأسلحة الكيماوية", "الكيماوية"),
    ("مختطفين", "ناشدت العائلة الإفراج عن ابنها المختطف", "المختطف"),
    ("أستانا", "اختتمت محادثات أستانة بلا اتفاق", "أستانة"),
    ("أستانا", "الوفد يصل إلى الأستانة مساء", "الأستانة"),
    ("أستانا", "جولة جديدة بآستانة", "بآستانة"),
    ("أستانا", "محادثات أس تانة المقبلة", "أس تانة"),
    ("دي ميستورا", "التقى ديمستورا الوفد في جنيف", "ديمستورا"),
    ("دي ميستورا", "قال ستيفان دي مستورا إن الجولة ناجحة", "دي مستورا"),
    ("ديمستورا", "قال ستيفان دي ميستورا إن الجولة ناجحة", "دي ميستورا"),
    ("روسيا", "الدول الضامنة روسياوتركيا وإيران", "روسياوتركيا"),
    ("إدلب", "نزوح من ريف ادلب الجنوبي", "ادلب"),
    ("الأسد", "التقى الوفد بالأسد في دمشق", "بالأسد"),
    ("مجلس الأمن", "دعت إلى جلسة لمجلس الامن الدولي", "لمجلس الامن"),
    ("خفض التصعيد", "قصفٌ على منطقة «خفض التصعيد» شمالاً", "خفض التصعيد"),
    ("Astana", "The ASTANA talks", "ASTANA"),
    ("أستانا 9", "تبدأ «أستانا-٩» يوم الاثنين", "أستانا-٩"),
    ("محمد", "قابل الوفد محمداً أمس", "محمداً"),
    ("عراق", "انسحبت القوات من العراق", "العراق"),
    ("غارات جوية", "شنّ الطيران غارات جو ية على الأطراف", "غارات جو ية"),
    ("مساعدات إنسانية", "وصول المساعدات الإنساني ة إلى البلدة", "المساعدات الإنساني ة"),
    ("خفض التصعيد", "خرق اتفاق خف ض التصعيد", "خف ض التصعيد"),
    ("دير الزور", "انفجار في دير الزورسوريا تعلن", "دير الزورسوريا"),
    ("حمص", "صور من حمصصور جديدة", "حمصصور"),
    ("قذائف", "رصاص أوقذائف هاون", "أوقذائف"),
    ("القصير", "سقوط القصير بيد القوات", "سقوط القصير"),
    ("دوما", "وصل المفتشون إلى دوما", "إلى دوما"),
]


@pytest.mark.parametrize(("term", "text", "words"), MATCHES)
def test_matches(term: str, text: str, words: str) -> None:
    assert words in found(term, text) or words in [text[start:end] for _, start, end in watch.find([term], text)]


MISSES = [
    ("سجون", "أُضرب السجناء عن الطعام"),
    ("روسيا", "أعلن المتحدث الروسي والقوات الروسية"),
    ("حلب", "انتهى السباق في حلبة المدينة الرياضية"),
    ("حلب", "مقتل قائد حلبجة"),
    ("درعا", "دمّروا مدرعات وعشرين درعاً بشرياً بلا درع"),
    ("قصف", "الطائرات تقصف البلدة وقد قصفت المشفى أمس بعد أن قصفتها فجراً"),
    ("إعدام", "أعدم التنظيم ثلاثة شبان"),
    ("تهجير", "هجّر النظام سكان الحي"),
    ("الأسد", "شوهد أسد في محمية، وارتدت الأسود"),
    ("علي", "على الأرض"),
    ("شار", "خطاب بشار"),
    ("مجلس الأمن", "اجتمع المجلس. الأمن مستتب"),
    ("مجلس الأمن", "مجلس والأمن"),
    ("أمن", "قادم من دمشق ومنها إلى حمص"),
    ("صواريخ", "البرنامج الصاروخي والقوة الصاروخية"),
    ("معابر", "لوحة معبرة عن الحنين"),
    ("قتلى", "الجهد القتالي والأعمال القتالية"),
    ("ألغام", "بلغ وزن الشحنة خمسين كلغم"),
    ("سارين", "سيرورة التاريخ ساريا مفعوله"),
    ("دوما", "نقول دوما إن الحوار أقصر الطرق"),
    ("دوما", "صوّت مجلس الدوما على القانون"),
    ("الطبقة", "احتجاجات الطبقة الوسطى والطبقات الفقيرة"),
    ("القصير", "على المدى القصير والمتوسط"),
    ("مجلس الأمن", "انعقد مجلس الأمن القومي الأمريكي"),
]


@pytest.mark.parametrize(("term", "text"), MISSES)
def test_does_not_match(term: str, text: str) -> None:
    assert watch.find([term], text) == []


@pytest.mark.parametrize(
    ("term", "kind"),
    [("معتقلين", "word"), ("حلب", "name"), ("قشحطف", "name"), ("مجلس الأمن", "phrase"), ("بشار الأسد", "name")],
)
def test_the_kind_is_chosen_and_told(term: str, kind: Kind) -> None:
    explained = terms.compile([Term(term)]).explain(0)
    assert explained.kind == kind
    assert explained.why


PLACES = [
    ("نقل التنظيم الشبان إلى معتقلات سرية في البادية", []),
    ("عاش سنوات في معتقل تدمر", []),
    ("روى ما رآه داخل المعتقل من تعذيب", []),
    ("أدباء المهجر", []),
    ("أضرب المعتقلون في معتقل صيدنايا عن الطعام", ["المعتقلون"]),
    ("أفرج عن عشرات المعتقلات بعد وساطة", ["المعتقلات"]),
    ("توفي المعتقل سليم تحت التعذيب", ["المعتقل"]),
    ("من بين المعتقلات ثلاث طبيبات", ["المعتقلات"]),
]


@pytest.mark.parametrize(("text", "words"), PLACES)
def test_persons_are_not_the_place_that_is_written_alike(text: str, words: list[str]) -> None:
    asked = "مهجرين" if "مهجر" in text else "معتقلين"
    assert found(asked, text) == words
    assert found(Term(asked.removesuffix("ين"), "word"), text)  # typed without a person's ending: both


@pytest.mark.parametrize(
    ("term", "text", "words"),
    [
        ("يتوقع", "وتوقع خبراء أن يستمر الجفاف", ["وتوقع"]),  # a sentence begins with its verb
        ("يتوقع", "أسهم في توقع الهزة قبل وقوعها", []),  # a preposition stands before a noun
        ("يجمع", "الاتفاق الذي جمع الطرفين", ["جمع"]),
        ("بدأت", "بدءاً من يوم الأحد", []),  # no verb ends in tanwin
        ("قصف", "لقد قصف الطيران البلدة", ["قصف"]),  # the very form that was typed
        ("يقام", "قام المدير بجولة، ويقام المعرض غداً", ["ويقام"]),
        ("تمكن", "يمكن القول إن الفريق تمكن من الوصول", ["تمكن"]),
        ("هونغ", "متحف في هونغ كونغ", ["هونغ"]),
        ("روسيا", "دبلوماسي ا روسي ا سابق ا", []),
    ],
)
def test_a_noun_and_a_verb_are_told_apart_by_what_stands_beside_them(term: str, text: str, words: list[str]) -> None:
    assert found(term, text) == words


def test_a_word_is_explained_by_its_forms() -> None:
    explained = terms.compile([Term("مجزرة")]).explain(0)
    assert explained.words == ("مجزرة",)
    assert {"مجازر", "مجزرة"} <= set(explained.forms)


def test_exact_is_the_form_and_no_other() -> None:
    text = "المعتقلين معتقلين مُعتقلين"
    assert found(Term("معتقلين", "exact"), text) == ["معتقلين", "مُعتقلين"]


def test_a_word_that_is_called_a_name_is_not_inflected() -> None:
    assert found(Term("نور", "name"), "حركة نور الدين والأنوار") == ["نور"]


@pytest.mark.parametrize(("name", "text"), [("علي", "على الأرض وعليها"), ("شار", "خطاب بشار"), ("زير", "وزير الدفاع")])
def test_a_name_gives_way_to_a_likelier_word(name: str, text: str) -> None:
    assert found(Term(name, "name"), text) == []


def test_aliases_of_the_term_and_of_the_call() -> None:
    text = "داعش أو تنظيم الدولة"
    assert found(Term("داعش", "name", ("تنظيم الدولة",)), text) == ["داعش", "تنظيم الدولة"]
    assert found("داعش", text, aliases={"داعش": ["تنظيم الدولة"]}) == ["داعش", "تنظيم الدولة"]


def test_hits_carry_words_and_offsets_of_the_unmodified_text() -> None:
    text = "في «مَجلِس الأَمْن» اليوم"
    (hit,) = terms.compile([Term("مجلس الأمن")]).scan(text)
    assert text[hit.start : hit.end] == "مَجلِس الأَمْن"
    assert (hit.first, hit.last) == (1, 2)


def test_a_pattern_knows_arabic_words() -> None:
    assert found(Term(r"\bأستانا\b", "pattern"), "«أستانا» وبأستانا") == ["أستانا"]
    assert found(Term(r"القرار\s+\d{4}", "pattern"), "نص القرار ٢٢٥٤ و القرار 2118") == ["القرار ٢٢٥٤", "القرار 2118"]
    assert found(Term(r"\bاللواء \w+\b", "pattern"), "قال اللواء سليم") == ["اللواء سليم"]
    assert found(Term(r"\bحمص\b|\bحماة\b", "pattern"), "حمص وحماة حماة") == ["حمص", "حماة"]


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        (r"(?=حلب)", "not:"),
        (r"(حلب)\1", "alternatives"),
        (r"ريف \bحلب", r"\W"),
        (r"[حلب", "simpler"),
        (r".*", "empty"),
        (r"((a{500}){500}){500}", "simpler"),
        ("x" * 2000, "1000"),
    ],
)
def test_what_re2_cannot_do_is_refused_with_the_remedy(pattern: str, remedy: str) -> None:
    with pytest.raises(TermError) as caught:
        terms.compile([Term(pattern, "pattern")])
    assert remedy in str(caught.value)
    assert caught.value.subject == pattern


@pytest.mark.parametrize("text", ["", "؟!", "ـــ", "ب"])
def test_a_term_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(TermError):
        terms.compile([Term(text)])


def test_one_scan_finds_all_terms_in_the_order_of_the_text() -> None:
    text = "قصف على إدلب وحلب، ثم قصف"
    hits = terms.compile([Term("حلب"), Term("قصف"), Term("إدلب")]).scan(text)
    assert [hit.term for hit in hits] == [1, 2, 0, 1]
    assert hits == sorted(hits, key=lambda hit: hit.start)


def test_without_a_lexicon_words_are_found_with_clitics_and_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_shared", None)
    monkeypatch.setattr(terms, "_missing", True)
    text = "وللمعتقلين في ادلب قضية"
    assert found("معتقلين", text) == ["وللمعتقلين"]
    assert found("إدلب", text) == ["ادلب"]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return terms.compile([Term(term) for term, _, _ in MATCHES])


@given(st.lists(st.sampled_from([text for _, text, _ in MATCHES] + ["\n", "ـ", "\u200f", "ab", "٣", " "])))
@settings(deadline=None, max_examples=60)
def test_spans_lie_in_the_text(matcher: Matcher, pieces: list[str]) -> None:
    text = "".join(pieces)
    for hit in matcher.scan(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.first <= hit.last
        assert text[hit.start : hit.end].strip() == text[hit.start : hit.end]


@given(st.sampled_from(MATCHES), st.sampled_from(MISSES + [(term, text) for term, text, _ in MATCHES]))
@settings(deadline=None, max_examples=60)
def test_what_is_found_of_a_term_does_not_depend_on_the_others(
    matcher: Matcher, asked: tuple[str, str, str], other: tuple[str, str]
) -> None:
    number = next(n for n, (term, _, _) in enumerate(MATCHES) if term == asked[0])
    text = f"{asked[1]}. {other[1]}"
    alone = [hit[1:] for hit in terms.compile([Term(asked[0])]).scan(text)]
    together = [
        hit[1:] for hit in matcher.scan(text) if matcher.terms[hit.term].text == asked[0] and hit.term == number
    ]
    assert together == alone


@given(st.lists(st.sampled_from([text for _, text, _ in MATCHES] + ["\n", "ـ", "ab", " "])))
@settings(deadline=None, max_examples=40)
def test_places_of_a_term_are_those_of_the_scan(matcher: Matcher, pieces: list[str]) -> None:
    text = "".join(pieces)
    found = matcher.find(text)
    assert sorted(hit for term in found.terms for hit in found.of(term)) == sorted(matcher.scan(text))
    assert all(found.of(term) for term in found.terms)
    assert not found.of(10**9)


@pytest.mark.parametrize("text", ["", " ", "و" * 200_000, "قص" * 100_000, "\ud800", "ﷺ" * 1000, "ق " * 50_000])
def test_hostile_text(matcher: Matcher, text: str) -> None:
    matcher.scan(text)
