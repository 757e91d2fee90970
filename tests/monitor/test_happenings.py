"""The digest of what happened to a happening: Events, edits after publishing, removals; in every format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from monitor.corroboration import event, heads, ordered
from monitor.digest import Digest, Edit, Event
from monitor.formats import FORMATS
from storage.records import Change, Removed, StoredArticle, Version
from tests.monitor.digest_sample import arguments, at, digest, flagged
from tests.monitor.json_schema import faults

_SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "digest.schema.json").read_text("utf-8"))


def ids() -> dict[str, int]:
    """Story ids by the first word of their headline."""
    return {one.tellings[0].article.title.split()[0]: one.tellings[0].id for one in flagged()}


def talks() -> list[int]:
    return [ids()["الجولة"], ids()["دي"], ids()["Astana"]]


def stored(number: int = 0) -> StoredArticle:
    return flagged()[number].stored


def changed(*changes: Change, substantial: bool = True) -> Version:
    given_changes = changes or (
        Change(kind="cut", before="ولم تُسلَّم الجثامين إلى العائلات.", after=""),
        Change(kind="number", before="القائمة تضمنت 28 اسماً.", after="القائمة تضمنت 19 اسماً.", words=("28", "19")),
        Change(kind="added", before="", after="جملة جديدة لا شأن لها."),
    )
    return Version(
        article=stored(), read_at=at("15:50"), title="t", text="t", capture=None, substantial=substantial,
        changes=given_changes,
    )  # fmt: skip


def removed(why: str = "HTTP 404 Not Found") -> Removed:
    return Removed(article=stored(3), gone_at=at("9:10") - timedelta(days=1), removed_at=at("10:10"), why=why)


def full(**more: Any) -> Digest:
    given_values = {"happenings": [talks()], "changed": [changed()], "removed": [removed()]}
    return digest(**given_values | more)


def test_one_line_for_a_happening_says_who_was_first_and_how_many_speak_for_themselves() -> None:
    (one,) = full().events
    assert one.stories == tuple(talks())
    assert (one.first.title, one.outlets) == ("وكالة الشام الرسمية", 5)
    assert one.independent == 3  # three texts: of the state, of a pan-Arab outlet, of an independent one
    assert one.ahead == 15 * 60


def test_the_stories_of_an_event_stand_together_and_none_is_lost() -> None:
    plain, with_events = digest(), full(happenings=[[ids()["الجولة"], ids()["Astana"]]])
    astana = next(section for section in with_events.lists if section.id == "astana")
    before = next(section for section in plain.lists if section.id == "astana")
    assert {story.id for story in astana.stories} == {story.id for story in before.stories}
    order = [story.id for story in astana.stories]
    assert abs(order.index(ids()["الجولة"]) - order.index(ids()["Astana"])) == 1


def test_an_event_of_what_is_not_flagged_is_none() -> None:
    assert full(happenings=[[1, 2], [ids()["الجولة"]]]).events == ()


def test_outlets_of_one_hand_are_one_voice() -> None:
    told = next(story for story in full().lists[1].stories if story.outlets == 4).tellings
    wakala, barada = told[:2]
    hands = {"state": 1, "independent": 2, "opposition": 1, "unknown": 2}
    for affiliation, voices in hands.items():
        one, other = (
            replace(telling, outlet=replace(telling.outlet, affiliation=affiliation)) for telling in (wakala, barada)
        )
        made = event({1: [one], 2: [other]})
        assert (made.outlets, made.independent) == (2, voices), affiliation
    assert event({1: [wakala], 2: [wakala]}).ahead is None


def test_reprints_of_one_agency_are_one_voice() -> None:
    told = next(story for story in full().lists[1].stories if story.outlets == 4).tellings
    own = [replace(one, outlet=replace(one.outlet, affiliation="independent"), agency=None) for one in told[:2]]
    afp = [replace(one, agency="فرانس برس") for one in own]
    sana = [replace(one, agency="سانا") for one in own]
    state = replace(own[0], outlet=replace(own[0].outlet, affiliation="state"))
    assert event({1: [own[0]], 2: [own[1]]}).independent == 2
    assert event({1: [afp[0]], 2: [afp[1]]}).independent == 1
    assert event({1: [state], 2: [sana[1]]}).independent == 1


def test_a_page_that_prints_its_day_alone_is_not_first_by_hours() -> None:
    told = next(story for story in full().lists[1].stories if story.outlets == 4).tellings
    early = replace(told[1], published_at=at("00:00"), timed=False, fetched_at=at("15:00"))
    timed = replace(told[0], published_at=at("9:00"), timed=True, fetched_at=at("15:00"))
    made = event({1: [timed], 2: [early]})
    assert (made.first, made.ahead) == (timed.outlet, None)


numbers = st.lists(st.integers(1, 9), unique=True, max_size=9)


@given(numbers, st.lists(st.lists(st.integers(1, 9), min_size=2, max_size=4, unique=True), max_size=3))
@settings(deadline=None)
def test_order_keeps_every_story_once(keys: list[int], groups: list[list[int]]) -> None:
    base = full().events[0]
    events = [Event(**{name: getattr(base, name) for name in Event.__slots__} | {"stories": tuple(g)}) for g in groups]
    assert sorted(ordered(keys, events)) == sorted(keys)
    assert set(heads(keys, events)) <= set(keys)


def test_edits_show_what_matters_the_gravest_first() -> None:
    (edit,) = full().changed
    assert isinstance(edit, Edit)
    assert [change.kind for change in edit.changes] == ["number", "cut"]
    assert full(changed=[changed(substantial=False)]).changed == ()


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_every_format_shows_them(name: str, language: str) -> None:
    out = FORMATS[name].render(full(language=language))
    words = {
        "ar": ("حدث واحد", "عُدّل بعد النشر", "حُذف من الموقع", "قبل غيرها بـ15 دقيقة", "من 3 مصادر مستقلة"),
        "en": ("One happening", "Changed after publishing", "Removed from the site", "15 minutes before any other",
               "3 independent voices"),
    }[language]  # fmt: skip
    for expected in (*words, "تضمنت 28", "تضمنت 19", "404"):
        assert expected in out, expected
    assert "جملة جديدة" not in out


@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_how_it_went_is_said_in_the_digests_language(name: str) -> None:
    for why, words in {
        "it leads to the front page": "الصفحة الأولى",
        "no text is left in it (no text found)": "أُفرغت",
        "with many others at once: HTTP 404 Not Found": "مع مواد كثيرة معاً: الصفحة غير موجودة",
        "something new": "something new",
    }.items():
        assert words in FORMATS[name].render(full(language="ar", removed=[removed(why)]))
        assert why in FORMATS[name].render(full(language="en", removed=[removed(why)]))


def test_without_them_nothing_is_said() -> None:
    for name in ("html", "markdown", "text"):
        out = FORMATS[name].render(digest())
        assert "عُدّل بعد النشر" not in out
        assert "حدث واحد" not in out


def test_json_fits_its_schema() -> None:
    shown = json.loads(FORMATS["json"].render(full()))
    assert list(faults(shown, _SCHEMA, _SCHEMA)) == []
    assert shown["events"][0]["ahead"] == 900
    assert shown["removed"][0]["why"] == "HTTP 404 Not Found"


HOSTILE = st.text(max_size=25) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "](javascript:alert(1))",
        "**x** `y`",
        "\u202eabc",
        "# x\n- y",
        "\x00\ud800",
    ]
)


@given(HOSTILE)
@settings(deadline=None, max_examples=60)
def test_hostile_wordings_do_nothing(text: str) -> None:
    change = Change(kind="number", before=text or "x", after=f"{text}!", words=(text,))
    made = full(changed=[changed(change)], removed=[removed(text)])
    root = html.document_fromstring(FORMATS["html"].render(made))
    assert not root.xpath("//script|//img|//iframe|//*[@onerror]")
    assert len(root.xpath("//section[@id='changed']/article")) == 1
    out = FORMATS["markdown"].render(made)
    tokens = MarkdownIt("commonmark").parse(out)
    assert sum(token.type == "html_block" for token in tokens) == 2
    assert sum(token.type == "heading_open" and token.tag == "h2" for token in tokens) == 10
    FORMATS["text"].render(made).encode()
    assert list(faults(json.loads(FORMATS["json"].render(made)), _SCHEMA, _SCHEMA)) == []


def test_the_order_of_what_comes_in_does_not_matter() -> None:
    more: Mapping[str, Any] = arguments()
    versions = [changed(), changed(Change(kind="headline", before="a", after="b"))]
    one, two = full(changed=versions), full(changed=versions, flagged=list(reversed(more["flagged"])))
    assert one == two


def test_the_page_shows_which_stories_belong_to_a_happening() -> None:
    page = html.document_fromstring(FORMATS["html"].render(full()))
    lines, grouped = page.find_class("event"), page.find_class("of-one")
    assert lines
    assert all(line.getnext() in grouped for line in lines)
    assert {int(str(one.get("id")).rpartition("-")[2]) for one in grouped} == set(talks())
    assert not html.document_fromstring(FORMATS["html"].render(digest())).find_class("of-one")
