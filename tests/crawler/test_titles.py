"""Headlines lose the site's name and nothing else; authors are people."""

from __future__ import annotations

import pytest

from crawler.metadata import Metadata
from crawler.titles import author_of, headline, tags_of

URL = "https://www.sawt.example/a/1"
HEAD = "قتلى وجرحى بانفجار في مدينة أعزاز"


@pytest.mark.parametrize(
    ("metadata", "headings", "hint"),
    [
        (Metadata(titles=(HEAD,)), [], None),
        (Metadata(titles=(f"{HEAD} - صوت الشمال",), site_names=("صوت الشمال",)), [], None),
        (Metadata(titles=(f"صوت الشمال | {HEAD}",), site_names=("صوت الشمال",)), [], None),
        (Metadata(titles=(f"{HEAD} - صوت الشمال - صوت الشمال",), site_names=("صوت الشمال",)), [], None),
        (Metadata(titles=(f"{HEAD} - موقع لا نعرفه",)), [HEAD], None),
        (Metadata(titles=(f"{HEAD} | sawt.example",)), [], None),
        (Metadata(document_title=f"{HEAD} - محليات - أخبار - صوت الشمال"), [HEAD], None),
        (Metadata(document_title=f"صوت الشمال : {HEAD}"), [], None),
        (Metadata(document_title=f"{HEAD} » صوت الشمال"), [], HEAD),
        (Metadata(titles=("قتلى وجرحى بانفجار في مدينة…",)), [HEAD], None),
        (Metadata(titles=("صوت الشمال",), site_names=("صوت الشمال",)), ["صوت الشمال", HEAD], None),
        (Metadata(titles=("أخبار الشمال السوري لحظة بلحظة",)), [], HEAD),
        (Metadata(), [HEAD], None),
        (Metadata(), [], HEAD),
    ],
)
def test_headlines(metadata: Metadata, headings: list[str], hint: str | None) -> None:
    assert headline(metadata, headings, URL, hint, printed=[HEAD, "صوت الشمال"]) == HEAD


@pytest.mark.parametrize(
    "title",
    [
        "دمشق - بيروت: إغلاق الطريق الدولي",
        "حلب.. قصف على السوق",
        'مقتل قيادي في "الفيلق" شرقي درعا',
        "عاجل | انفجار في حي المزة",
        "24 ساعة - يوميات القصف",
    ],
)
def test_a_headline_with_separators_stays_whole(title: str) -> None:
    assert headline(Metadata(titles=(title,), site_names=("صوت الشمال",)), [], URL) == title


def test_no_headline_is_empty() -> None:
    assert headline(Metadata(), [], URL) == ""


@pytest.mark.parametrize(
    ("authors", "bylines", "expected"),
    [
        (("سلمى العلي",), [], "سلمى العلي"),
        (("بقلم: سلمى العلي",), [], "سلمى العلي"),
        ((), ["كتب: سلمى العلي - درعا"], "سلمى العلي - درعا"),
        (("صوت الشمال",), ["سلمى العلي"], "سلمى العلي"),
        (("https://facebook.com/salma", "salma@sawt.example", "admin"), [], None),
        (("(حلب - صوت الشمال)",), [], None),
        (("Developed by Someone",), [], None),
        ((), [], None),
    ],
)
def test_authors(authors: tuple[str, ...], bylines: list[str], expected: str | None) -> None:
    assert author_of(Metadata(authors=authors, site_names=("صوت الشمال",)), bylines, URL) == expected


def test_tags_that_are_the_headline_again_are_none() -> None:
    assert tags_of(Metadata(tags=("أعزاز", "حلب")), HEAD) == ("أعزاز", "حلب")
    assert tags_of(Metadata(tags=(HEAD, "حلب")), HEAD) == ("حلب",)
    assert tags_of(Metadata(tags=tuple(HEAD.split())), HEAD) == ()
