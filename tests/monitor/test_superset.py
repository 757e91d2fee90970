"""The law of the superset: what an article read from a page is flagged for, its bytes alone said was possible."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import pages, triage
from crawler.article import Page
from monitor import lists
from monitor.rules import WatchLists, flag
from monitor.superset import Superset

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

PARAGRAPHS = [
    "وصل إلى العاصمة الكازاخية وفد الفصائل للمشاركة في محادثات أستانا التي تبدأ صباح الغد برعاية الدول الضامنة.",
    "طالبت عائلات المعتقلين في سجن صيدنايا بالكشف عن مصير أبنائها الذين انقطعت أخبارهم منذ سنوات طويلة.",
    "افتتح معرض الزهور في حديقة تشرين بدمشق بمشاركة واسعة من المشاتل المحلية والزوار من مختلف المحافظات.",
    "قال رئيس الاتحاد الرياضي إن المنتخب سيخوض مباراتين وديتين قبل التصفيات المقبلة في الأردن والعراق.",
    "أفاد ناشطون بإصابة مدنيين بحالات اختناق جراء قصف بغاز الكلور استهدف بلدة في ريف إدلب الجنوبي.",
    "روسياوتركيا تبحثان في الأس تانة ملف المختفين قسراً والإفراج عن المعتقلات وفق مصادر دبلوماسية مطلعة.",
]


@pytest.fixture(scope="module")
def watched() -> WatchLists:
    return lists.load(ROOT / "config" / "watchlists")


@pytest.fixture(scope="module")
def superset(watched: WatchLists) -> Superset:
    return Superset(watched)


Breaking = Callable[[str, Random], str]


def tags(text: str, dice: Random) -> str:
    """Tags within words and between them."""
    kinds = [
        "<b>{}</b>",
        '<a href="/x">{}</a>',
        "<span>{}</span>",
        "{}<wbr>",
        "<!-- -->{}",
        "{}&shy;",
        "{}\u200c",
        "<em><i>{}</i></em>",
    ]
    return "".join(dice.choice(kinds).format(one) if dice.random() < 0.12 else one for one in text)


def entities(text: str, dice: Random) -> str:
    return "".join(dice.choice([f"&#{ord(one)};", f"&#x{ord(one):x};"]) if dice.random() < 0.5 else one for one in text)


def strange(text: str, dice: Random) -> str:
    """Within words what a reader leaves out with all that it holds, tags that hide their end, and ends of nothing."""
    kinds = [
        "{}<script>if (a < 1) document.write('<p>نص</p>')</script>",
        "{}<ins class=ad>إعلان <i>مدفوع</i></ins>",
        "{}<span style='display: none'>خفي <span>جدا</span></span>",
        "{}<!-- <p>ملاحظة</p> -->",
        '{}<b title="a > b"></b>',
        "{}<b title='a <i> b'></b>",
        "{}</section>",
        "{}\x01",
        "{}<noscript><div>نص</div></noscript>",
        "{}<svg><title>رسم</title><path d='M0'/></svg>",
        "{}<x-mark data-a='نص'></x-mark>",
        "{}<button>زر</button>",
    ]
    return "".join(dice.choice(kinds).format(one) if dice.random() < 0.08 else one for one in text)


def twice(text: str, dice: Random) -> str:
    """References that were escaped once more, and a word that they open and a letter that follows."""
    return escape(entities(text, dice)) if dice.random() < 0.5 else entities(text, dice).replace(";", "")


def marks(text: str, dice: Random) -> str:
    return "".join(
        one + dice.choice(["\u064e", "\u0640", "\u0652"]) if one.isalpha() and dice.random() < 0.3 else one
        for one in text
    )


def plain(text: str, dice: Random) -> str:
    return escape(text)


BREAKINGS: list[Breaking] = [plain, tags, entities, marks, strange]
CODINGS = [("utf-8", "utf-8"), ("cp1256", "windows-1256"), ("utf-8", "windows-1256"), ("utf-16", "utf-16")]


def page(paragraphs: list[str], breaking: Breaking, dice: Random, *, data: bool) -> str:
    title = "نشرة الأخبار المسائية لهذا اليوم"
    body = "".join(f"<p>{breaking(one, dice)}</p>" for one in paragraphs)
    # what stands in JSON-LD is text, or HTML that was escaped for JSON: with letters as they are, or spelled out
    told = body if dice.random() < 0.5 else "\n".join(paragraphs)
    told = escape(told) if dice.random() < 0.3 else told
    about = {"@type": "NewsArticle", "headline": title, "articleBody": told}
    said = json.dumps(about, ensure_ascii=dice.random() < 0.5).replace("</", "<\\/")
    said = said.replace("<", "\\u003c").replace(">", "\\u003e") if dice.random() < 0.5 else said
    if data:
        said = f'<script type="application/ld+json">{said}</script>'
    shown = "" if data and dice.random() < 0.5 else body
    return (
        f'<html lang="ar" dir="rtl"><head><title>{title}</title><meta property="og:title" content="{title}">{said if data else ""}</head>'
        f"<body><h1>{title}</h1><article>{shown}</article><footer>جميع الحقوق محفوظة</footer></body></html>"
    )


def holds(body: bytes, content_type: str, watched: WatchLists, superset: Superset) -> bool:
    """Whether it is flagged; asserts the law."""
    read = pages.read(body, "https://a.example/news/12345", content_type, NOW, "Asia/Damascus")
    flagged = read is not None and bool(flag(watched, read))
    asked = Page(
        url="https://a.example/", asked="https://a.example/", status=200, headers=(("Content-Type", content_type),),
        body=body, fetched_at=NOW,
    )  # fmt: skip
    if read is not None and read.language == "ar":
        assert triage.why_not(asked) is None
    if flagged:
        assert superset.may_match(body, content_type)
    return flagged


@settings(max_examples=250, deadline=None)
@given(
    which=st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4),
    breaking=st.sampled_from([*BREAKINGS, twice]),
    coding=st.sampled_from(CODINGS),
    data=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_what_is_flagged_was_possible(
    watched: WatchLists,
    superset: Superset,
    which: list[str],
    breaking: Breaking,
    coding: tuple[str, str],
    data: bool,
    seed: int,
) -> None:
    text = page(which, breaking, Random(seed), data=data)
    holds(text.encode(coding[0], "xmlcharrefreplace"), f"text/html; charset={coding[1]}", watched, superset)


def test_it_is_no_law_about_nothing(watched: WatchLists, superset: Superset) -> None:
    """Each way of breaking leaves pages that are flagged, and pages that are passed over."""
    for breaking in BREAKINGS:
        for wanted in (PARAGRAPHS[0], PARAGRAPHS[1]):
            body = page([wanted, PARAGRAPHS[2]], breaking, Random(7), data=False).encode()
            assert holds(body, "text/html; charset=utf-8", watched, superset), breaking
        assert not superset.may_match(page(PARAGRAPHS[3:4], breaking, Random(7), data=True).encode(), "text/html"), (
            breaking
        )


RECORDED = sorted((ROOT / "tests" / "pages").glob("*/page.html"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.parent.name)
def test_it_holds_for_every_recorded_page(file: Path, watched: WatchLists, superset: Superset) -> None:
    holds(file.read_bytes(), "text/html", watched, superset)


HEAD = '<html lang="ar"><head><title>{0}</title></head><body><h1>{0}</h1><article><p>{1}</p><p>{2}</p></article></body></html>'
TITLE = "نشرة الأخبار المسائية لهذا اليوم"


@pytest.mark.parametrize(
    ("rule", "printed"),
    [
        ("qazaqstan", "qazaq<b>stan</b>"),
        ("qazaqstan", "Qaza\u00adqstan"),
        ("qazaqstan", "QAZAQ&#83;TAN"),
        ("qazaqstan", "qaz\u00e0qst\u00e1n"),
        ("qazaqstan", "".join(chr(0x1D41A + ord(one) - ord("a")) for one in "qazaqstan")),
        ("القرار 2254", "القرار ٢٢٥٤"),
        ("القرار 2254", "القرار &#1634;&#1634;<b>٥</b>٤"),
        ("القرار 2254", "القر<br/>ار القرار <i>22</i>54"),
        ("أستانا", "أس تانة"),
        ("أستانا", "أس <b>تا</b>نة"),
        ("أستانا", "أس&nbsp;<i>تا</i><u>نة</u>"),
        ("أستانا", "أس&#8203;&nbsp;&#8203;تانة"),
        ("كيماوي", "كيماوي</div>"),
    ],
)
def test_words_of_other_scripts_numbers_and_pieces(tmp_path: Path, rule: str, printed: str) -> None:
    (tmp_path / "a.yaml").write_text(f"title: قائمة\nrules:\n  - {rule}\n", encoding="utf-8")
    mine = lists.load(tmp_path)
    tested = Superset(mine)
    for form in (printed, f"«{printed}»", f"<!-- {PARAGRAPHS[2]} --> {printed}، {PARAGRAPHS[3]}"):
        body = HEAD.format(TITLE, PARAGRAPHS[2], f"{PARAGRAPHS[3]} {form} {PARAGRAPHS[2]}").encode()
        assert holds(body, "text/html; charset=utf-8", mine, tested), form
    body = HEAD.format(TITLE, PARAGRAPHS[2], PARAGRAPHS[3]).encode()
    assert not tested.may_match(body, "text/html; charset=utf-8")


@pytest.mark.parametrize("through", ["cp1252", "cp1256", "latin-1"])
def test_what_was_encoded_twice(through: str, watched: WatchLists, superset: Superset) -> None:
    for wanted in (PARAGRAPHS[0], PARAGRAPHS[1]):
        text = HEAD.format(TITLE, wanted, PARAGRAPHS[2])
        body = text.encode().decode(through, "ignore").encode()
        assert holds(body, "text/html; charset=utf-8", watched, superset) or through != "latin-1"


def test_a_page_of_another_paper_does_not_change_the_answer(watched: WatchLists) -> None:
    """What is remembered of one page (a word that was doubtful there) is right for the next."""
    asked = Superset(watched)
    body = HEAD.format(TITLE, PARAGRAPHS[0], PARAGRAPHS[2])
    for _ in range(2):
        for coding, said in (("cp1256", "windows-1256"), ("utf-8", "utf-8"), ("cp1256", "utf-8"), ("utf-16", "utf-16")):
            assert asked.may_match(body.encode(coding), f"text/html; charset={said}")
            other = HEAD.format(TITLE, PARAGRAPHS[3], PARAGRAPHS[2])
            assert not asked.may_match(other.encode(coding), f"text/html; charset={said}")


@pytest.mark.parametrize(
    "one",
    ["ن<ins>", "ن<!--", "ن<", "ن<b a='", 'ن<b a="', "&amp;amp;", "\\u0643", "\\u0026", "<p>ن</p>", "ن", "ن ", "ن&lt;", "أ\u200c",
     "ن<span style=display:none>", "<script>ن", "\ud83d", "ن\uffff"],
)  # fmt: skip
def test_it_is_linear_in_whatever_is_repeated(one: str, superset: Superset) -> None:
    """A megabyte of it: were it quadratic, this would not end."""
    superset.may_match((one * (10**6 // len(one))).encode("utf-8", "surrogatepass"), "text/html; charset=utf-8")


def test_every_letter_that_is_folded_to_ascii_is_known() -> None:
    from unicodedata import decomposition

    from monitor.arabic import tokens
    from monitor.rawwords import DIGITS, LATIN

    for character in map(chr, range(0x80, 0x110000)):
        if not 0xD800 <= ord(character) < 0xE000 and (decomposition(character) or character.isdigit()):
            folded = "".join(token.folded for token in tokens(character))
            if any(one.isascii() and one.isalnum() for one in folded):
                assert LATIN.match(character) or DIGITS.match(character), hex(ord(character))


def test_what_has_no_core_of_a_watched_word_meets_nothing(watched: WatchLists) -> None:
    """Every form that the lexicon knows of two thousand words, as they are, glued, and with what is written onto words."""
    from monitor.lexicon import open_lexicon

    matcher, lexicon, dice = watched.matcher, open_lexicon(), Random(3)
    forms = [form for number in range(0, 50_000, 25) for form in lexicon.forms(number)[:3]]
    asked = forms + [dice.choice("وفبلكا") + one + dice.choice(["ه", "ها", "نا", "هم", ""]) for one in forms]
    asked += [dice.choice(forms) + dice.choice(["أستانا", "معتقلين", "سجن"]) for _ in range(200)]
    for word in asked:
        found = {hit.term for hit in matcher.scan(word)}
        assert found <= matcher.possible(matcher.somewhere(word)[0]), word
