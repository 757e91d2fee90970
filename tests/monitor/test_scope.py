"""``scope: syria``: what names nothing of the pack is counted off topic, not kept, and not asked for again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.article import Article, Entry
from crawler.outcome import Fate, Outcome
from crawler.source import Source
from monitor import lists, scope
from monitor.passes import Pass
from monitor.scope import Scope
from monitor.yamlfile import ConfigError
from storage.records import Flag
from storage.store import Store

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LIST = """\
title: المعتقلون
rules: [{word: معتقل}]
examples: {match: [طالبت العائلات بالكشف عن المعتقلين], ignore: [افتتح معرض الزهور]}
"""
WORLD = Source(name="world", kind="feed", url="https://w.example/feed", title="العالم", scope="syria")


class Deaf:
    def article(self, article: Article, flags: Sequence[Flag]) -> None: ...
    def missed(self, source: str, entry: Entry, fate: Fate, why: str) -> None: ...
    def ended(self, outcome: Outcome) -> None: ...


@pytest.fixture(scope="module")
def syria(tmp_path_factory: pytest.TempPathFactory) -> Scope:
    return scope.load(tmp_path_factory.mktemp("config"))


def article(text: str, title: str = "خبر من الخارج", *, source: str = "world", number: int = 1) -> Article:
    url = f"https://w.example/{number}"
    return Article(url=url, source=source, title=title, text=text, language="ar", fetched_at=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "أعلنت الوزارة في دمشق أسماء الناجحين في المسابقة.",
        "سقطت قذائف على أطراف سراقب فجر اليوم، ولم ترد أنباء عن ضحايا.",  # a town, and no word of the country
        "عاد مئات اللاجئين السوريين من المخيم إلى قراهم.",
        "قال المرصد السوري لحقوق الإنسان إن القصف طال حياً سكنياً.",
        "Refugees return to Syria after the winter",
    ],
)
def test_a_name_of_the_pack_is_enough(syria: Scope, text: str) -> None:
    assert syria.covers(article(text))
    assert syria.covers(article("تفاصيل الخبر في النشرة المسائية.", title=text))
    assert syria.covers(replace(article("تفاصيل الخبر في النشرة المسائية."), summary=text))


@pytest.mark.parametrize(
    "text",
    [
        "رفع البنك المركزي الياباني سعر الفائدة للمرة الأولى منذ عامين.",
        "سجّل سوريا كومار مئة نقطة لمنتخب الهند في المباراة الأولى.",
        "نال المشروع حصة الأسد من موازنة البلدية هذا العام.",
        "تدعم الحكومة المغربية المصانع في إقليم القنيطرة.",
        "",
    ],
)
def test_the_rest_of_the_world_is_off_topic(syria: Scope, text: str) -> None:
    assert not syria.covers(article(text))


def _pass(store: Store, folder: Path, source: Source, syria: Scope | None) -> Pass:
    (folder / "watchlists").mkdir()
    (folder / "watchlists" / "detainees.yaml").write_text(LIST, encoding="utf-8")
    return Pass(
        store,
        lists.load(folder),
        {source.name: source},
        number=store.begin_pass(NOW),
        now=lambda: NOW,
        watcher=Deaf(),
        scope=syria,
    )


OFF = "طالب نواب في الأرجنتين بالإفراج عن معتقلين من نقابة عمال الموانئ بعد إضراب دام ثلاثة أسابيع في العاصمة."
ON = "طالبت عائلات في حمص بالإفراج عن معتقلين من أبنائها، وقالت إنها سلمت القوائم إلى اللجنة قبل عام كامل."


def test_what_is_off_topic_is_not_kept_even_where_a_list_asks_for_its_words(tmp_path: Path, syria: Scope) -> None:
    with Store.open("sqlite://") as store:
        work = _pass(store, tmp_path, WORLD, syria)
        assert work.emit(article(OFF, number=1)) is Fate.OFF_TOPIC
        assert work.emit(article(ON, number=2)) is Fate.STORED
        assert work.summary.stored == 1
        assert store.known(["https://w.example/1", "https://w.example/2"]) == {"https://w.example/2"}


def test_what_was_off_topic_is_not_asked_for_again_and_says_why(tmp_path: Path, syria: Scope) -> None:
    with Store.open("sqlite://") as store:
        work = _pass(store, tmp_path, WORLD, syria)
        work.missed("world", Entry(url="https://w.example/1", title="إضراب في الموانئ"), Fate.OFF_TOPIC, "")
        assert work.known(["https://w.example/1"]) == {"https://w.example/1"}
        later = Pass(
            store, lists.load(tmp_path), {}, number=2, now=lambda: NOW + timedelta(days=60), watcher=Deaf(), scope=syria
        )
        assert later.known(["https://w.example/1"]) == {"https://w.example/1"}
        assert "syria" in store.missed_at(["https://w.example/1"])["https://w.example/1"].why


def test_a_source_without_scope_keeps_everything(tmp_path: Path, syria: Scope) -> None:
    with Store.open("sqlite://") as store:
        work = _pass(store, tmp_path, replace(WORLD, scope="all"), syria)
        assert work.emit(article(OFF)) is Fate.STORED


def test_the_pack_of_an_operator_comes_first(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    pack = tmp_path / "packs" / "syria.yaml"
    pack.write_text("title: ضيق\nterms: [{name: إدلب, examples: {match: [في إدلب], ignore: [في حلب]}}]\n", "utf-8")
    narrow = scope.load(tmp_path)
    assert narrow.covers(article("وصلت القافلة إلى إدلب."))
    assert not narrow.covers(article("وصلت القافلة إلى حلب."))
    pack.write_text("title: مكسور\nterms: [{name: }]\n", "utf-8")
    with pytest.raises(ConfigError, match=r"syria\.yaml:2"):
        scope.load(tmp_path)
