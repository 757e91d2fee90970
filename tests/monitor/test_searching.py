"""The archive is searched as the lists watch: what the index leads to is what reading every article would have found."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import searching
from monitor.arabic import relax
from monitor.searching import NORMALISER, Seeker, found, words
from monitor.terms import TermError
from storage.search import Filters, Normaliser
from storage.store import Store
from tests import postgres
from tests.e2e.running import ROOT, command, configure
from tests.newsroom.running import newsroom
from tests.stores.making import NOW, article, flag, put

DAY = timedelta(days=1)
STORIES = [
    "زار الوفد السجون في ريف دمشق وسأل عن المعتقلين.",
    "الإفراج عن معتقلاتٍ من سجن صيدنايا",
    "مُعتَقَل سابق يروي ما جرى في صيدنايا",
    "سجل الفريق هدفين في الشوط الأول",
    "اختتام محادثات أستانة دون اتفاق",
    "نادي أستانا يفوز بالدوري",
    "قال دي ميستورا إن وأستانا مسار مكمّل",
    "الصين وروسيا تدعوان إلى الحوار",
    "Astana talks end, France and Syria disagree",
    "وكالة أ ف ب: ١٢ قتيلاً",
    "مجلس الأمن يعقد جلسة، والأمن مجلسه",
    "حكومتهم لا تعترف بمستشفاهم ولا بالحكومة",
    "وزراؤهم في مجلسٍ للأمن",
]


@contextmanager
def database(kind: str, place: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{place / 'rasid.db'}"
    else:
        with postgres.database() as address:
            yield address


KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="module", params=KINDS)
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with (
        database(request.param, tmp_path_factory.mktemp("archive")) as address,
        Store.open(address, words=NORMALISER) as store,
    ):
        fill(store)
        yield store


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as given:
        yield given


def fill(store: Store) -> None:
    number = store.begin_pass(NOW)
    for n, text in enumerate(STORIES, start=1):
        told = article(
            f"https://a.example/{n}", source="a" if n % 2 else "b", title=text.split()[0], text=text,
            published_at=NOW - n * DAY,
        )  # fmt: skip
        put(store, told, flags=(flag(),) if n < 4 else (), pass_id=number)


def look(store: Store, *terms: str, without: Sequence[str] = (), filters: Filters = Filters()) -> list[int]:  # noqa: B008
    seeker = Seeker(terms, without)
    query = seeker.query(store.search.vocabulary())
    return [] if query is None else [one.stored.id for one in found(seeker, query, filters, store.search.find)]


def read_all(store: Store, *terms: str, without: Sequence[str] = ()) -> list[int]:
    seeker = Seeker(terms, without)
    stored = [one for some in store.past() for one in some]
    return [one.id for one in reversed(stored) if seeker.read(one) is not None]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["معتقل"], [3, 2, 1]),
        (["سجن"], [2, 1]),
        (["صيدنايا"], [3, 2]),
        (["سجن صيدنايا"], [3, 2]),  # the pack knows that صيدنايا alone is the prison
        (["الشوط الأول"], [4]),
        (["أستانا"], [9, 7, 5]),
        (["دي مستورا"], [7]),
        (["روسيا"], [8]),
        (["حكومة"], [12]),
        (["مستشفى"], [12]),
        (["وزير"], [13]),
        (["مجلس الأمن"], [11]),
        (["أ ف ب"], [10]),
        (["12"], [10]),
        (["astana"], [9, 7, 5]),
        (["معتقل", "صيدنايا"], [3, 2]),
        (["ديناصور"], []),
    ],
)
def test_forms_spellings_and_homographs_as_in_the_lists(archive: Store, terms: list[str], expected: list[int]) -> None:
    assert look(archive, *terms) == expected
    assert read_all(archive, *terms) == expected


def test_filters(archive: Store) -> None:
    assert look(archive, "معتقل", without=["صيدنايا"]) == [1]
    assert look(archive, "معتقل", filters=Filters(sources=("b",))) == [2]
    assert look(archive, "صيدنايا", filters=Filters(since=NOW - 2 * DAY)) == [2]
    assert look(archive, "صيدنايا", filters=Filters(until=NOW - 2 * DAY)) == [3]
    assert look(archive, "صيدنايا", filters=Filters(lists=("detainees",))) == [3, 2]
    assert look(archive, "روسيا", filters=Filters(lists=("detainees",))) == []


def test_where_the_words_stand_is_told(archive: Store) -> None:
    seeker = Seeker(["معتقل"])
    query = seeker.query(archive.search.vocabulary())
    assert query is not None
    for one in found(seeker, query, Filters(), archive.search.find):
        for span in one.spans:
            assert getattr(one.stored.article, span.where)[span.start : span.end] == span.words
            assert span.term == "معتقل"


WORDS = st.lists(
    st.sampled_from([
        "معتقل", "والمعتقلين", "مُعتقَلات", "لمعتقليهم", "سجن", "السجون", "بسجنه", "صيدنايا", "وصيدنايا", "أستانا", "الأستانة", "نادي",
        "حكومة", "حكومتهم", "الحكومه", "مستشفى", "مستشفاه", "روسيا", "روسي", "وبروسيا", "مجلس", "الأمن", "أمن", "،", ".", "في", "Syria", "١٢",
        "دي", "ميستورا", "ديمستورا", "خفض", "التصعيد", "وزراء", "وزراؤه", "ماء", "ما",
    ]),
    min_size=1, max_size=9,
).map(" ".join)  # fmt: skip
TERMS = st.sampled_from([
    "معتقل", "سجن", "صيدنايا", "أستانا", "حكومة", "مستشفى", "روسيا", "مجلس الأمن", "سجن صيدنايا", "دي ميستورا", "خفض التصعيد",
    "وزير", "ماء", "syria", "12",
])  # fmt: skip


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(TERMS, min_size=1, max_size=2))
def test_the_index_leads_to_what_reading_everything_finds(texts: list[str], terms: list[str]) -> None:
    with Store.open("sqlite://", words=NORMALISER) as store:
        number = store.begin_pass(NOW)
        for n, text in enumerate(texts):
            put(store, article(f"https://a.example/{n}", title="", text=text), pass_id=number)
        assert look(store, *terms) == read_all(store, *terms)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_searched_for_and_in(text: str) -> None:
    with Store.open("sqlite://", words=NORMALISER) as store:
        put(store, article(title="x", text=text))
        try:
            seeker = Seeker([text])
        except TermError:
            return
        query = seeker.query(store.search.vocabulary())
        if query is not None:
            list(found(seeker, query, Filters(), store.search.find))


@given(st.text(max_size=40))
def test_what_is_given_to_the_index_is_words_and_nothing_else(text: str) -> None:
    assert all(word and " " not in word and '"' not in word for word in words(text))
    assert len(relax(text).encode("utf-8", "surrogatepass")) == len(text.encode("utf-8", "surrogatepass"))


def test_the_version_says_when_words_are_taken_apart_otherwise() -> None:
    """Change the version in monitor/searching.py together with this, or old archives keep an index that finds nothing."""
    sample = "مُعتـقَلين وزراؤهم ﻻﺟﺊ کابل ١٤/٥ Astaná x2 أَعْلَنَتِ‎ د. رياض عـ‌ـلى حلبة ماء"
    digest = hashlib.sha256("|".join(words(sample)).encode()).hexdigest()[:12]
    assert (NORMALISER.version, digest) == ("folded words 1", "dc31442aa379")


# --- the index ---


def test_it_is_kept_in_step_and_a_rolled_back_article_is_not_in_it(address: str) -> None:
    with Store.open(address, words=NORMALISER) as store:
        fill(store)
        assert store.search.behind() == 0

        def broken(_: object) -> list[object]:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            put(store, article("https://a.example/99", text="ديناصور"), messages=broken)
        assert store.search.behind() == 0
        assert look(store, "ديناصور") == []


def test_an_archive_without_an_index_gets_one_and_what_is_missing_is_added(address: str) -> None:
    with Store.open(address) as store:
        fill(store)
    with Store.open(address, words=NORMALISER) as store:
        assert store.search.behind() == len(STORIES)
        told: list[int] = []
        store.search.ready(told.append)
        assert told == [len(STORIES)]
        assert look(store, "معتقل") == [3, 2, 1]
    with Store.open(address) as store:  # by a program that knows nothing of words
        put(store, article("https://a.example/50", text="معتقلان"))
    with Store.open(address, words=NORMALISER) as store:
        put(store, article("https://a.example/51", text="معتقلون"))
        assert store.search.behind() == 1
        store.search.ready()
        assert look(store, "معتقل") == [15, 14, 3, 2, 1]


def test_another_version_makes_it_again(address: str) -> None:
    with Store.open(address, words=Normaliser(version="0", words=lambda text: text.split())) as store:
        fill(store)
        assert store.search.behind() == 0
    with Store.open(address, words=NORMALISER) as store:
        put(store, article("https://a.example/50", text="معتقلان"))
        assert store.search.behind() == len(STORIES) + 1
        store.search.ready()
        assert look(store, "معتقل") == [14, 3, 2, 1]
        store.search.ready()
        assert store.search.behind() == 0


def test_a_row_of_many_ways_is_asked_for_as_words_in_any_order(archive: Store) -> None:
    many = frozenset(f"w{n}" for n in range(40))
    query = (((many | {"سجن"}, many | {"صيدنايا"}),),)
    assert [one.id for one in archive.search.find(query)] == [2]
    wide = ((tuple(frozenset({f"x{n}"}) for n in range(200)),), ((frozenset({f"y{n}" for n in range(3000)}),),))
    assert archive.search.find(wide) == []  # type: ignore[arg-type]


LETTERS = st.sampled_from(["a", "b", "c", "é", "ب", "بب", "14"])


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Store, Store]]:
    plain = Normaliser(version="plain", words=str.split)
    with (
        postgres.database() as address,
        Store.open("sqlite://", words=plain) as one,
        Store.open(address, words=plain) as other,
    ):
        yield one, other


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(LETTERS, min_size=1, max_size=30), min_size=1, max_size=4),
    st.lists(st.lists(LETTERS, min_size=1, max_size=3), min_size=1, max_size=2),
    st.uuids(),
)
def test_both_kinds_of_index_find_the_same(
    both: tuple[Store, Store], texts: list[list[str]], asked: list[list[str]], source: object
) -> None:
    query = tuple((tuple(frozenset({word}) for word in row),) for row in asked)
    only = Filters(sources=(str(source),))
    results = []
    for store in both:
        number = store.begin_pass(NOW)
        for n, told in enumerate(texts):
            url = f"https://a.example/{source}/{n}"
            put(store, article(url, source=str(source), title=told[0], text=" ".join(told)), pass_id=number)
        found_ = store.search.find(query, only)
        assert store.search.count(query, only) == len(found_)
        results.append([one.article.url for one in found_])
    assert results[0] == results[1]


def test_a_long_text_is_searched_to_its_end(address: str) -> None:
    """PostgreSQL's tsvector has no places behind 16,383, and 256 of a word."""
    text = " ".join(["كلمة"] * 30_000 + ["معتقلون", "في", "صيدنايا"])
    with Store.open(address, words=NORMALISER) as store:
        put(store, article("https://a.example/1", title="", text=text))
        row = tuple(frozenset({word}) for word in words("معتقلون في صيدنايا"))
        assert [one.id for one in store.search.find(((row,),))] == [1]
        across = tuple(frozenset({word}) for word in words("صيدنايا معتقلون"))
        assert store.search.find(((across,),)) == []


def test_writers_that_begin_at_once_make_one_index(address: str) -> None:
    def add(n: int) -> None:
        with Store.open(address, words=NORMALISER) as store:
            put(store, article(f"https://a.example/{n}", title="", text=f"معتقل {n}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(8)))
    with Store.open(address, words=NORMALISER) as store:
        assert store.search.behind() == 0
        assert len(look(store, "معتقل")) == 8


# --- the command ---


def test_rasid_search(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources)
    with Store.open(f"sqlite:///{tmp_path / 'var' / 'rasid.db'}") as store:
        fill(store)
        formula = article("https://a.example/77", title="=cmd|' /C calc'!A1", text="معتقل في سجن. " * 3)
        put(store, formula)

    def rasid(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(config, "search", *arguments), capture_output=True, text=True, cwd=ROOT, check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip

    shown = rasid("معتقل", "صيدنايا").stdout
    assert "https://a.example/2" in shown
    assert "found: 2" in shown
    told = json.loads(rasid("معتقل", "--json").stdout)
    assert [one["id"] for one in told["found"]] == [14, 3, 2, 1]
    rows = list(csv.reader(io.StringIO(rasid("معتقل", "--csv").stdout.removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["id", "14", "3", "2", "1"]
    assert rows[1][4].startswith("'=cmd")
    assert "newest 1 of about 4" in rasid("معتقل", "--limit", "1").stdout
    assert [
        one["id"]
        for one in json.loads(rasid("معتقل", "--since", "2026-11-21", "--until", "2026-11-23", "--json").stdout)[
            "found"
        ]
    ] == [2, 1]
    assert "nothing found" in rasid("ديناصور").stdout
    for arguments, said in (
        (["معتقل", "--digest", "htm"], "no format `htm`"),
        (["معتقل", "-s", "nowhere"], "no source `nowhere`"),
        (["معتقل", "--json", "--csv"], "exclude each other"),
        (["!"], "no letter or digit"),
    ):
        done = rasid(*arguments)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    path = Path(rasid("معتقل", "--digest", "html").stdout.strip())
    page = path.read_text("utf-8")
    assert "بحث: معتقل" in page
    assert page.count("<article") == 4
    assert "مرحّل" not in page


def test_the_normaliser_is_what_stores_are_opened_with() -> None:
    assert searching.NORMALISER.words("مُعتـقَلين، وزراؤهم") == ["معتقلين", "وزراؤهم"]
