"""Packs: how they are written and used, terms without a list, and what is shipped."""

from pathlib import Path

import pytest

from monitor import config, lists
from monitor.lists import ConfigError
from monitor.terms import TermError
from monitor.watch import find, flag
from tests.monitor.watching import article, load, wrong

# --- packs ---

PACK = """\
title: مدن
terms:
  - name: الرقة
    aliases: [الرقه, Raqqa]
    exclude: [{phrase: رقة المشاعر}]
    examples:
      match: [وصلوا إلى الرقة, in Raqqa]
      ignore: [كتب عن رقة المشاعر]
  - name: منبج
"""


def packed(tmp_path: Path, pack: str = PACK) -> None:
    folder = tmp_path / "packs"
    folder.mkdir(exist_ok=True)
    (folder / "places.yaml").write_text(pack, encoding="utf-8")


def test_a_list_uses_a_pack(tmp_path: Path) -> None:
    packed(tmp_path)
    watch = load(tmp_path, "use: [places]\n")
    (one,) = flag(watch, article("من منبج إلى Raqqa"))
    assert one.rule == "places"
    assert [(span.words, span.term) for span in one.spans] == [("منبج", "منبج"), ("Raqqa", "الرقة")]


def test_a_rule_uses_a_pack(tmp_path: Path) -> None:
    packed(tmp_path)
    watch = load(tmp_path, "rules:\n  - {pack: places, all: [قصف]}\n")
    assert flag(watch, article("قصف على الرقة"))
    assert not flag(watch, article("قصف على حلب"))


def test_a_name_that_is_a_common_word_is_looked_for_by_its_signs(tmp_path: Path) -> None:
    packed(tmp_path, "title: مدن\nterms:\n  - name: مدينة الباب\n    typed: [الباب]\n    aliases: [ريف الباب]\n")
    watch = load(tmp_path, "rules: [الباب]\n")
    (one,) = flag(watch, article("قرى في ريف الباب"))
    assert [span.words for span in one.spans] == ["ريف الباب"]
    assert not flag(watch, article("أغلق الحارس الباب وفتح أبواب السيارة"))
    asked = load(tmp_path, "rules: [{exact: الباب}]\n")
    assert flag(asked, article("أغلق الحارس الباب"))


def test_a_name_that_a_pack_knows_needs_no_asking(tmp_path: Path) -> None:
    packed(tmp_path)
    watch = load(tmp_path, "rules: [الرقة]\n")
    assert flag(watch, article("in Raqqa"))
    assert not flag(watch, article("رقة المشاعر"))
    by_alias = load(tmp_path, "rules: [Raqqa]\n")
    (one,) = flag(by_alias, article("في الرقة"))
    assert (one.rule, one.spans[0].term) == ("Raqqa", "Raqqa")
    exact = load(tmp_path, "rules: [{exact: الرقة}]\n")
    assert not flag(exact, article("in Raqqa"))


def test_an_operators_pack_comes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "astana.yaml").write_text(
        "terms:\n  - {name: أستانا, aliases: [نورسلطان]}\n", encoding="utf-8"
    )
    watch = load(tmp_path, "use: [astana]\n")
    assert flag(watch, article("نادي أستانا"))
    assert not flag(watch, article("في آستنا"))


PACKS_REFUSED = [
    ("", "1:1", "`terms:` is missing"),
    ("terms:\n  - الرقة", "2:5", "keys are expected here"),
    ("terms:\n  - {name: الرقة, word: رقة}", "2:5", "one of `name:`"),
    ("terms:\n  - {aliases: [x]}", "2:5", "one of `name:`"),
    ("terms:\n  - {name: الرقة, alias: [x]}", "2:19", "did you mean `aliases`?"),
    ("id: Places\nterms: [{name: الرقة}]", "1:5", "`Places` cannot be an id"),
    ("terms:\n  - {name: الرقة}\n  - {name: منبج, aliases: [الرقة]}", "3:5", "belongs to `الرقة` in line 2 already"),
]


@pytest.mark.parametrize(("pack", "place", "says"), PACKS_REFUSED)
def test_a_pack_that_is_wrong_is_refused(tmp_path: Path, pack: str, place: str, says: str) -> None:
    packed(tmp_path, pack)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "rules: [حلب]")
    said = [str(problem) for problem in caught.value.errors]
    assert any(f"packs/places.yaml:{place}: " in s and says in s for s in said), said


def test_a_packs_examples_are_tested_where_it_is_used(tmp_path: Path) -> None:
    packed(tmp_path, "terms:\n  - name: الرقة\n    examples: {match: [في منبج], ignore: [في الرقة]}\n")
    assert wrong(tmp_path, "rules: [حلب]") == []
    assert len(wrong(tmp_path, "use: places")) == 2


# --- terms without a list ---


def test_terms_are_found_with_what_the_shipped_packs_know() -> None:
    text = "قال ديمستورا في الأستانة إن نادي أستانا لا شأن له بالمعتقلين"
    found = find(["معتقل", "أستانا", "دي ميستورا"], text)
    assert [(term, text[start:end]) for term, start, end in found] == [
        ("دي ميستورا", "ديمستورا"),
        ("أستانا", "الأستانة"),
        ("معتقل", "بالمعتقلين"),
    ]


def test_the_same_term_twice_is_one_term() -> None:
    assert find(["حلب", "حلب"], "في حلب") == [("حلب", 3, 6)]
    assert find([], "في حلب") == []


@pytest.mark.parametrize("term", ["", "  ", "!!", "كلمة " * 20])
def test_a_term_that_cannot_be_found_says_so(term: str) -> None:
    with pytest.raises(TermError) as caught:
        find(["حلب", term], "في حلب")
    assert caught.value.subject == term


# --- what is shipped ---


def test_the_shipped_lists_are_sound() -> None:
    loaded = lists.load(config.shipped())
    assert {"astana", "detainees"} <= {one.id for one in loaded.lists}
    assert loaded.notes == ()


def test_every_shipped_pack_is_sound(tmp_path: Path) -> None:
    names = [path.stem for path in (config.shipped() / "packs").glob("*.yaml")]
    assert {"astana", "persons"} <= set(names)
    for name in names:
        (one,) = load(tmp_path, f"use: [{name}]\n").lists
        assert one.rules[0].id == name


REPORT = """\
أعلنت الخارجية الكازاخية انطلاق الجولة الجديدة من محادثات "الأستانة" الثلاثاء، بحضور وفود روسياوتركيا وإيران.
وقال المبعوث الأممي دي مستورا إن ملف المُعتقلين في مقدمة جدول الأعمال، وإن قوائم بأسماء معتقلات ومفقودين سُلّمت.
"""


def test_a_report_meets_the_shipped_lists() -> None:
    met = flag(lists.load(config.shipped()), article("اجتماع آستانا: قضية المعتقلين أولاً", REPORT))
    words = {one.list: [span.words for span in one.spans] for one in met}
    assert words == {"astana": ["آستانا", "الأستانة"], "detainees": ["المعتقلين", "المُعتقلين", "معتقلات"]}


@pytest.mark.parametrize(
    "text",
    [
        "تعادل نادي أستانا مع ضيفه بهدف لمثله",
        "فاز دراج من فريق أستانا بالمرحلة الخامسة من السباق",
        "أصدر السلطان عبد الحميد فرماناً من الآستانة",
        "استأنف العمال عملهم بعد استراحة قصيرة",
        "ساد الهدوء قبيل مغيب الشمس",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert flag(lists.load(config.shipped()), article(text, text)) == ()
