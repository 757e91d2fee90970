"""The packs that are shipped: each name is found, each look-alike is not, and nothing is there twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import config, lists
from monitor.arabic import UNSEEN, fold, is_arabic, tokens
from monitor.conditions import Mention, Reading
from monitor.packs import Entry, Packs, load
from monitor.rulefile import Reader
from monitor.terms import Matcher
from monitor.termtable import TermTable
from monitor.yamlfile import Items, Keys, Node, Problem, Scalar

PACKS = config.shipped() / "packs"
NAMES = sorted(path.stem for path in PACKS.glob("*.yaml"))
WHOLE = "syria"
"""Repeats names of the other packs, so that one pack says what a report about Syria is."""


class Shipped:
    """Every shipped pack, in one Matcher."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.packs: Packs = load([PACKS], self.problems)
        table = TermTable()
        reader = Reader(self.packs, table, self.problems)
        self.entries = [(pack.id, entry) for pack in self.packs.by_id.values() for entry in pack.entries]
        self.mentions: dict[int, Mention] = {id(entry): reader.entry(entry) for _, entry in self.entries}
        matcher = table.compile(self.problems)
        assert matcher is not None, self.problems
        self.matcher: Matcher = matcher

    def entry(self, pack: str, name: str) -> Entry:
        return next(entry for entry in self.packs.by_id[pack].entries if entry.text == name)

    def finds(self, entry: Entry, text: str) -> bool:
        """Whether a list that uses the entry's pack would count a place in ``text``."""
        mention = self.mentions[id(entry)]
        reading = Reading(self.matcher, "", text)
        mask = reading.mask(mention.exclude)
        return any(not mask.hides(place) for place in reading.of(mention, ("text",)))


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return Shipped()


def spelling(text: str) -> tuple[str, ...]:
    return tuple(token.folded for token in tokens(text)) or (fold(text),)


def sentences(entry: Entry, which: str) -> Iterator[str]:
    node: Node | None = entry.examples.get(which) if isinstance(entry.examples, Keys) else None
    for item in node.items if isinstance(node, Items) else [node]:
        if isinstance(item, Scalar):
            yield item.text


def test_they_load(shipped: Shipped) -> None:
    assert shipped.problems == []
    assert sorted(shipped.packs.by_id) == NAMES
    expected = {"astana", "governorates", "towns", "prisons", "talks", "persons", "factions", "institutions", WHOLE}
    assert expected <= set(NAMES)


def test_their_examples_turn_out_as_they_say(tmp_path: Path) -> None:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "all.yaml").write_text(f"use: [{', '.join(NAMES)}]\n", encoding="utf-8")
    assert len(lists.load(folder).lists[0].rules) == len(NAMES)


def test_every_name_has_a_sentence_to_match_and_one_to_ignore(shipped: Shipped) -> None:
    for pack, entry in shipped.entries:
        assert list(sentences(entry, "match")), (pack, entry.text)
        assert list(sentences(entry, "ignore")), (pack, entry.text)


def test_no_sentence_is_there_twice(shipped: Shipped) -> None:
    seen = Counter(
        spelling(sentence)
        for _, entry in shipped.entries
        for which in ("match", "ignore")
        for sentence in sentences(entry, which)
    )
    assert [sentence for sentence, times in seen.items() if times > 1] == []


def test_there_are_enough_of_them(shipped: Shipped) -> None:
    names = {spelling(entry.text) for _, entry in shipped.entries}
    variants = {spelling(text) for _, entry in shipped.entries for text in (entry.text, *entry.aliases)}
    assert len(names) >= 150
    assert len(variants) >= 600
    per_pack = Counter(pack for pack, _ in shipped.entries)
    least = {"governorates": 14, "towns": 60, "persons": 40, "factions": 30}
    assert {pack: per_pack[pack] for pack in least if per_pack[pack] < least[pack]} == {}


def test_every_spelling_is_found_and_hidden_by_no_exclusion(shipped: Shipped) -> None:
    lost = [
        (pack, entry.text, text)
        for pack, entry in shipped.entries
        for text in (entry.text, *entry.aliases)
        if not shipped.finds(entry, text)
    ]
    assert lost == []


def test_every_name_is_found_in_a_sentence_and_with_a_conjunction(shipped: Shipped) -> None:
    lost = [
        (pack, entry.text)
        for pack, entry in shipped.entries
        if not shipped.finds(entry, f"نقل المراسل عن {entry.text} خبراً")
        or (entry.kind != "exact" and not shipped.finds(entry, f"ذكر التقرير و{entry.text} أيضاً"))
    ]
    assert lost == []


def test_no_spelling_belongs_to_two_names(shipped: Shipped) -> None:
    owners: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for pack, entry in shipped.entries:
        if pack != WHOLE:
            for text in (entry.text, *entry.aliases):
                owners.setdefault(spelling(text), set()).add((pack, entry.text))
    assert [(" ".join(text), names) for text, names in owners.items() if len(names) > 1] == []


def test_no_spelling_is_listed_twice_for_its_name(shipped: Shipped) -> None:
    for pack, entry in shipped.entries:
        texts = [spelling(text) for text in (entry.text, *entry.aliases)]
        assert len(texts) == len(set(texts)), (pack, entry.text)


def test_what_the_whole_repeats_is_what_the_others_say(shipped: Shipped) -> None:
    others = {(e.kind, e.text): e for pack, e in shipped.entries if pack != WHOLE}
    owned = {spelling(t): e for e in others.values() for t in (e.text, *e.aliases)}
    repeated = 0
    for entry in shipped.packs.by_id[WHOLE].entries:
        same = others.get((entry.kind, entry.text))
        if same is None:
            assert not [t for t in (entry.text, *entry.aliases) if spelling(t) in owned], entry.text
            continue
        repeated += 1
        assert entry.aliases == same.aliases, entry.text
        excluded = [node.plain() if node else None for node in (entry.exclude, same.exclude)]
        assert excluded[0] == excluded[1], entry.text
    assert repeated >= 14


@pytest.mark.parametrize("name", NAMES)
def test_no_unseen_mark_stands_in_a_file(name: str) -> None:
    text = (PACKS / f"{name}.yaml").read_text(encoding="utf-8")
    assert re.findall(f"[{UNSEEN}]", text) == []


LOOK_ALIKES = [
    ("astana", "أستانا", ["نادي أستانا", "الآستانة", "نور سلطان نزارباييف"]),
    ("governorates", "حلب", ["حلبة", "الحليب", "محلب", "حلب الأبقار"]),
    ("governorates", "درعا", ["درعاً", "مدرعات", "درع ", "درعا بشريا"]),
    ("governorates", "حماة", ["حماة الديار", "حماتها", "حماة الوطن"]),
    ("governorates", "حمص", ["حمّص بالطحينة", "الحمص"]),
    ("governorates", "الرقة", ["رقة المشاعر", "غاية الرقة"]),
    ("governorates", "إدلب", ["أدلى", "الدلب", "الإدلبي"]),
    ("governorates", "السويداء", ["سويداء قلبه"]),
    ("governorates", "طرطوس", ["طرسوس", "الطرطوشي"]),
    ("governorates", "اللاذقية", ["لاذ "]),
    ("governorates", "الحسكة", ["حسكة السمكة"]),
    ("governorates", "دير الزور", ["شهادة الزور", "دير مار"]),
    ("governorates", "القنيطرة", ["إقليم القنيطرة المغربي"]),
    ("towns", "تدمر", ["تدمّر المنازل", "تدمرها"]),
    ("towns", "عدرا", ["العذراء", "العدرا"]),
    ("towns", "المزة", ["أطباق المزة", "مزة "]),
    ("towns", "مدينة الباب", ["الباب "]),
    ("towns", "مدينة الميادين", ["لقناة الميادين"]),
    ("towns", "الحجر الأسود", ["لتقبيل الحجر الأسود"]),
    ("towns", "مدينة دوما", ["دوماً", "مجلس الدوما"]),
    ("crossings", "معبر نصيب", ["نصيب من", "نصيب الأسد"]),
    ("camps", "مخيم الهول", ["أبو الهول"]),
    ("camps", "مخيم اليرموك", ["جامعة اليرموك"]),
    ("persons", "الأسد", ["أسد من", "أسد الدين", "برج الأسد"]),
    ("persons", "وليد المعلم", ["المعلم تلاميذه"]),
    ("talks", "محادثات جنيف", ["معرض جنيف للسيارات", "سيرفيت جنيف"]),
    ("factions", "جبهة النصرة", ["نصرة المظلوم", "نصرة للأقصى"]),
    ("institutions", "مجلس الأمن الدولي", ["مجلس الأمن القومي", "مجلس الأمن الوطني"]),
    ("states", "روسيا", ["بيلاروسيا"]),
]


@pytest.mark.parametrize(("pack", "name", "words"), LOOK_ALIKES)
def test_a_look_alike_stands_among_the_sentences_to_ignore(
    shipped: Shipped, pack: str, name: str, words: list[str]
) -> None:
    ignored = " | ".join(sentences(shipped.entry(pack, name), "ignore")) + " "
    assert [word for word in words if word not in ignored] == []


def test_sentences_are_whole(shipped: Shipped) -> None:
    """A comma or a colon in the wrong place cuts a sentence in two in YAML."""
    for pack, entry in shipped.entries:
        for which in ("match", "ignore"):
            for sentence in sentences(entry, which):
                assert len(sentence.split()) >= 3, (pack, entry.text, sentence)
                assert is_arabic(sentence) or sentence.isascii()
