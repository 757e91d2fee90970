"""What meets a rule: every part of the language, spans, and what hostile articles cost."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.arabic import fold
from monitor.conditions import lead_end
from monitor.watch import flag
from storage.records import Flag
from tests.monitor.watching import article, load


def flags(folder: Path, body: str, title: str = "", text: str = "", *, source: str = "sana") -> tuple[Flag, ...]:
    return flag(load(folder, body), article(title, text, source=source))


def words(folder: Path, rule: str, text: str, title: str = "") -> list[str] | None:
    """The words that meet a list of one rule; ``None``: it is not met."""
    found = flags(folder, f"rules:\n  - {rule}\n", title, text)
    return [span.words for one in found for span in one.spans] if found else None


# --- the language ---


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        ("name: حلب", "وصلت القافلة إلى حلب مساءً", ["حلب"]),
        ("name: حلب", "وصلت القافلة إلى حلبة السباق", None),
        ("name: أستانا", "قال في الأستانة", ["الأستانة"]),
        ("{name: دير الزور, aliases: [ديرالزور]}", "قصف على ديرالزور ثم دير الزور", ["ديرالزور", "دير الزور"]),
        ("any: [حلب, درعا]", "من درعا إلى حماة", ["درعا"]),
        ("any: [حلب, درعا]", "من حمص إلى حماة", None),
        ("all: [حلب, درعا]", "من درعا إلى حماة", None),
        ("all: [حلب, درعا]", "من درعا إلى حلب", ["درعا", "حلب"]),
        ("{all: [حلب], not: [درعا]}", "من حمص إلى حلب", ["حلب"]),
        ("{all: [حلب], not: [درعا]}", "من درعا إلى حلب", None),
        ("{name: حلب, not: درعا}", "من درعا إلى حلب", None),
        ("{any: [حلب, درعا], all: [حماة]}", "من درعا إلى حماة", ["درعا", "حماة"]),
        ("{any: [{all: [حلب, درعا]}, {all: [حمص, {not: حماة}]}]}", "من درعا إلى حمص", ["حمص"]),
        ("{any: [{all: [حلب, درعا]}, {all: [حمص, {not: حماة}]}]}", "من حماة إلى حمص", None),
        ("{all: [حلب, {not: {not: درعا}}]}", "حلب ودرعا", ["حلب"]),
        ("near: {words: [حلب, درعا], within: 1}", "من حلب إلى درعا", ["حلب", "درعا"]),
        ("near: {words: [حلب, درعا], within: 1}", "من درعا إلى حلب", ["درعا", "حلب"]),
        ("near: {words: [حلب, درعا], within: 0}", "من حلب إلى درعا", None),
        ("near: {words: [حلب, درعا], within: 0}", "حلب، درعا", ["حلب", "درعا"]),
        ("near: {words: [حلب, درعا, حماة], within: 2}", "حماة ثم حلب ثم درعا", ["حماة", "حلب", "درعا"]),
        ("near: {words: [حلب, درعا, حماة], within: 1}", "حماة ثم حلب ثم درعا", None),
        ("near: {words: [{any: [حلب, حمص]}, درعا], within: 0}", "حلب ثم حمص درعا", ["حمص", "درعا"]),
        ("near: {words: [حلب, حلب], within: 3}", "حلب وحدها", None),
        ("near: {words: [حلب, حلب], within: 3}", "حلب ثم حلب", ["حلب", "حلب"]),
        ("{name: حلب, exclude: [جامعة حلب]}", "في جامعة حلب", None),
        ("{name: حلب, exclude: [جامعة حلب]}", "في جامعة حلب وفي حلب", ["حلب"]),
        ("{any: [{name: حلب, exclude: [جامعة حلب]}, جامعة]}", "في جامعة حلب", ["جامعة"]),
        (
            "{name: حلب, exclude: {near: {words: [حلب, جامعة], within: 2}}}",
            "حلب وفيها جامعة، ثم من بعد زمن حلب",
            ["حلب"],
        ),
        ("{all: [حلب, {not: جامعة}], exclude: [جامعة حلب]}", "في جامعة حلب وفي حلب", ["حلب"]),
        ("exact: حلب", "في حلب", ["حلب"]),
        ("2254", "القرار 2254 لمجلس الأمن", ["2254"]),
        ("'no'", "he said no", ["no"]),
        ("'no'", "he said yes", None),
    ],
)
def test_a_rule_is_met_by(tmp_path: Path, rule: str, text: str, found: list[str] | None) -> None:
    met = words(tmp_path, rule, text)
    assert (met and [fold(word).removeprefix("و") for word in met]) == (found and [fold(word) for word in found])


def test_near_does_not_reach_from_the_title_into_the_text(tmp_path: Path) -> None:
    assert words(tmp_path, "near: {words: [حلب, درعا], within: 50}", "درعا", title="حلب") is None
    assert words(tmp_path, "all: [حلب, درعا]", "درعا", title="حلب") == ["حلب", "درعا"]


LEAD = "قال مصدر إن الوضع هادئ في حماة. " * 5
TEXT = f"{LEAD}\nوأضاف أن الطريق إلى حلب سالكة."


@pytest.mark.parametrize(
    ("where", "met"),
    [("title", "درعا"), ("lead", "حماة"), ("text", "حماة حلب"), ("[title, lead]", "درعا حماة")],
)
def test_a_rule_looks_where_it_is_told(tmp_path: Path, where: str, met: str) -> None:
    (found,) = flags(tmp_path, f"rules:\n  - any: [حلب, درعا, حماة]\n    in: {where}\n", "درعا", TEXT)
    assert list(dict.fromkeys(span.words for span in found.spans)) == met.split()


def test_not_looks_where_the_rule_looks(tmp_path: Path) -> None:
    rule = "{name: درعا, not: حلب, in: title}"
    assert words(tmp_path, rule, "حلب", title="درعا") == ["درعا"]
    assert words(tmp_path, rule, "", title="درعا وحلب") is None


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("", ""),
        ("كلمة", "كلمة"),
        ("دمشق\n" + "كلمة " * 40 + "\nآخر", "دمشق\n" + "كلمة " * 40),
        ("كلمة " * 30 + "\nآخر", "كلمة " * 30),
        ("كلمة " * 29 + "\nكلمة ثم\nآخر", "كلمة " * 29 + "\nكلمة ثم"),
        ("كلمة " * 500, ("كلمة " * 120).rstrip()),
    ],
)
def test_the_lead(text: str, lead: str) -> None:
    assert text[: lead_end(text)].rstrip() == lead.rstrip()


# --- lists ---


def test_weights_add_up_to_the_threshold(tmp_path: Path) -> None:
    body = """\
threshold: 2
rules:
  - حلب
  - درعا
  - name: حماة
    weight: 2
  - name: حمص
    weight: -1
"""
    watch = load(tmp_path, body)

    def met(text: str) -> list[str]:
        return [one.rule for one in flag(watch, article(text=text))]

    assert met("حلب") == []
    assert met("حلب ثم درعا") == ["حلب", "درعا"]
    assert met("حماة") == ["حماة"]
    assert met("حماة ثم حمص") == []
    assert met("حماة ثم حلب ثم حمص") == ["حلب", "حماة"]


def test_what_counts_against_a_list_outweighs_it_without_a_threshold_too(tmp_path: Path) -> None:
    body = "rules:\n  - حلب\n  - {name: كرة, weight: -1}\n"
    assert flags(tmp_path, body, text="حلب") != ()
    assert flags(tmp_path, body, text="كرة في حلب") == ()


SOURCES = """\
sources:
  - {name: sana, kind: feed, url: https://a.sy/1, title: سانا, affiliation: state}
  - {name: enab, kind: feed, url: https://a.sy/2, title: عنب, affiliation: independent}
  - {name: tv, kind: feed, url: https://a.sy/3, title: تلفزيون, affiliation: independent}
"""


@pytest.mark.parametrize(
    ("restriction", "met"),
    [
        ("sources: [sana]", "sana"),
        ("sources: sana", "sana"),
        ("affiliations: [independent]", "enab tv"),
        ("sources: [tv]\n    affiliations: [state]", "sana tv"),
        ("title: ت", "sana enab tv"),
    ],
)
def test_a_rule_for_some_sources(tmp_path: Path, restriction: str, met: str) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    watch = load(tmp_path, f"rules:\n  - name: حلب\n    {restriction}\n")
    assert [s for s in ("sana", "enab", "tv") if flag(watch, article(text="حلب", source=s))] == met.split()


def test_a_list_for_some_sources(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    watch = load(tmp_path, "affiliations: [independent]\nrules:\n  - حلب\n  - {name: درعا, sources: [sana, tv]}\n")
    found = {s: [f.rule for f in flag(watch, article(text="حلب درعا", source=s))] for s in ("sana", "enab", "tv")}
    assert found == {"sana": [], "enab": ["حلب"], "tv": ["حلب", "درعا"]}


def test_exclusions_of_a_list_hold_for_all_its_rules(tmp_path: Path) -> None:
    body = "exclude: [جامعة حلب]\nrules:\n  - حلب\n  - all: [حلب, درعا]\n"
    assert flags(tmp_path, body, text="درعا ثم جامعة حلب") == ()
    assert len(flags(tmp_path, body, text="درعا ثم حلب")) == 2


def test_a_flag_says_which_list_and_rule_and_version(tmp_path: Path) -> None:
    body = "title: مدن\nid: cities\nseverity: urgent\nrules:\n  - {name: حلب, id: aleppo}\n  - {name: درعا, title: الجنوب}\n"
    watch = load(tmp_path, body)
    first, second = flag(watch, article("حلب", "ثم درعا"))
    assert (first.list, first.list_title, first.rule, first.severity) == ("cities", "مدن", "aleppo", "urgent")
    assert second.rule == "الجنوب"
    assert first.version == watch.lists[0].version
    assert [(span.where, span.start, span.end, span.words, span.term) for span in first.spans + second.spans] == [
        ("title", 0, 3, "حلب", "حلب"),
        ("text", 3, 7, "درعا", "درعا"),
    ]


def test_a_span_inside_a_longer_one_is_not_told_twice(tmp_path: Path) -> None:
    assert words(tmp_path, "any: [حلب, {phrase: مدينة حلب}]", "في مدينة حلب ثم حلب") == ["مدينة حلب", "حلب"]


def test_an_article_without_a_word_is_not_flagged(tmp_path: Path) -> None:
    assert flags(tmp_path, "rules:\n  - حلب\n", "", "") == ()


# --- laws ---

CITIES = ("أستانا", "حلب", "دير الزور", "إدلب", "الأسد", "لاجئ")
TASHKEEL = st.sampled_from(["", "\u064e", "\u0652", "\u0651\u0650", "ـ", "\u200f", "\u200d"])
PRESENTED = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFE8D, 0xFEFD)}


@st.composite
def written(draw: st.DrawFn) -> str:
    """Words of the watch list among others, in any of the ways in which a page may spell them."""
    pieces = []
    for word in draw(st.lists(st.sampled_from([*CITIES, "قال", "مصدر،", "2018", "Oslo", "\n", "«"]), max_size=12)):
        way = draw(st.sampled_from(["plain", "NFD", "NFKD", "presentation", "marks"]))
        if way.startswith("NF"):
            pieces.append(unicodedata.normalize(way, word))  # type: ignore[arg-type]
        elif way == "presentation":
            pieces.append("".join(PRESENTED.get(c, c) for c in word))
        elif way == "marks":
            pieces.append("".join(c + draw(TASHKEEL) if "ء" <= c <= "ي" else c for c in word))
        else:
            pieces.append(word)
    return " ".join(pieces)


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> object:
    body = "rules:\n" + "".join(f"  - name: {city}\n" for city in CITIES)
    return load(tmp_path_factory.mktemp("cities"), body)


@given(title=written(), text=written())
@settings(deadline=None, max_examples=200)
def test_spans_are_exact_however_it_is_written(cities, title: str, text: str) -> None:  # type: ignore[no-untyped-def]
    given_article = article(title, text)
    met = flag(cities, given_article)
    for one in met:
        assert one.spans
        for span in one.spans:
            assert getattr(given_article, span.where)[span.start : span.end] == span.words
            assert fold(span.words) == fold(span.term)
    # words are told from their neighbours by spaces: what is there is what was put there
    there = {city for city in CITIES if f" {fold_all(city)} " in f" {fold_all(title)} | {fold_all(text)} "}
    assert {one.rule for one in met} == there


def fold_all(text: str) -> str:
    return " ".join(fold(word) for word in text.split())


@given(st.text(max_size=200), st.text(max_size=400))
@settings(deadline=None, max_examples=100)
def test_any_text_can_be_read(cities, title: str, text: str) -> None:  # type: ignore[no-untyped-def]
    for one in flag(cities, article(title, text)):
        assert all(getattr(article(title, text), s.where)[s.start : s.end] == s.words for s in one.spans)


# --- hostile articles ---


def test_an_article_that_repeats_a_word_without_end(tmp_path: Path) -> None:
    """Quadratic work over 100,000 places would take hours."""
    body = """\
rules:
  - near: {words: [حلب, درعا, حماة], within: 5}
  - {name: حلب, exclude: [جامعة حلب, {near: {words: [حلب, درعا], within: 2}}]}
  - all: [حلب, {not: إدلب}]
"""
    found = flags(tmp_path, body, "حلب", "جامعة حلب ثم درعا ثم حلب " * 20_000)
    assert [one.rule for one in found] == ["حلب", "حلب (2)"]


def test_a_near_whose_words_never_meet(tmp_path: Path) -> None:
    text = "حلب " * 50_000 + "فاصل " * 200 + "درعا " * 50_000
    assert words(tmp_path, "near: {words: [حلب, درعا], within: 100}", text) is None
