from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

from crawler.outcome import Ending, Fate
from monitor.charts import chart
from monitor.digest import Digest, Mark, Story
from monitor.formats import FORMATS
from monitor.formats.atom import by_list
from monitor.formats.safe import link, plain
from monitor.formats.sentences import headline, no_hits
from storage.records import Flagged
from tests.monitor.digest_sample import DAY, SOURCES, at, charts, digest, flagged, missed, outcomes
from tests.monitor.json_schema import faults

_SCHEMA = json.loads(Path("docs/digest.schema.json").read_text("utf-8"))
_TEMPLATES = Path("monitor/formats/templates")


def rendered(made: Digest, name: str) -> str:
    out = FORMATS[name].render(made)
    out.encode("utf-8")
    return out


def mail(made: Digest) -> EmailMessage:
    read = message_from_string(rendered(made, "mail"), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def body(made: Digest, kind: str) -> str:
    part = mail(made).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def readable(made: Digest, name: str) -> str:
    """As a person reads it: a mail is unpacked, an Atom entry's content is."""
    if name == "mail":
        return body(made, "plain") + body(made, "html")
    return unescape(rendered(made, name)) if name == "atom" else rendered(made, name)


def page(made: Digest) -> html.HtmlElement:
    return html.document_fromstring(rendered(made, "html"))


def shown_stories(made: Digest) -> list[Story]:
    return [*made.urgent, *made.late, *(story for one in made.lists for story in one.stories)]


def titles(made: Digest) -> Counter[str]:
    found = ("".join(piece.text for piece in story.headline) for story in shown_stories(made))
    return Counter(re.sub(r"\s+", " ", plain(title)).strip() for title in found)


# --- all formats ---


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_same_digest_gives_the_same_bytes(name: str, language: str) -> None:
    assert rendered(digest(language=language), name) == rendered(digest(language=language), name)


def test_read_back_every_story_stands_there_once_with_a_link_to_every_telling() -> None:
    made = digest()
    assert Counter(" ".join(h.text_content().split()) for h in page(made).xpath("//article/h3")) == titles(made)
    tokens = MarkdownIt().parse(rendered(made, "markdown"))
    inline = [tokens[i + 1] for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h3"]
    headings = Counter("".join(c.content for c in token.children or []) for token in inline)
    assert headings & titles(made) == titles(made)
    bare = re.sub("[\u2068\u2069\u200f\\[\\]]", "", rendered(made, "text"))
    assert Counter(line.removeprefix("■ ") for line in bare.splitlines() if line.startswith("■ ")) >= titles(made)
    read = json.loads(rendered(made, "json"))
    stories = read["urgent"] + read["late"] + [story for one in read["lists"] for story in one["stories"]]
    assert Counter(story["id"] for story in stories) == Counter(story.id for story in shown_stories(made))
    for story in shown_stories(made):
        for telling in story.tellings:
            for name in FORMATS:
                assert telling.url in readable(made, name), name
    entries = etree.fromstring(rendered(made, "atom").encode()).findall("{*}entry")
    heads = Counter((entry.findtext("{*}title") or "").removeprefix("عاجل: ") for entry in entries)
    assert heads == titles(made)
    mailed = html.document_fromstring(body(made, "html"))
    assert Counter(" ".join(h.text_content().split()) for h in mailed.xpath("//h3")) == titles(made)
    assert body(made, "plain") == rendered(made, "text")


@pytest.mark.parametrize("name", ["html", "markdown", "text", "mail"])
def test_the_line_that_says_it_all_comes_first(name: str) -> None:
    out = rendered(digest(), name) if name != "mail" else body(digest(), "plain")
    assert "7 أخبار في 3 قوائم، منها خبر عاجل؛ مصدران لم يُقرآ، ومصدر واحد انقطع، وفجوة واحدة." in out
    order = [out.rindex(part) for part in ("السبت 12 أيار/مايو 2018", "7 أخبار", "ذوو مفقودين", "المصادر التي قُرئت")]
    assert order[1:] == sorted(order[1:])


@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_what_was_not_seen_is_said_with_reasons(name: str) -> None:
    out = re.sub(r"<[^>]+>|[\u2066-\u2069]|\\", "", rendered(digest(), name))
    for part in (
        "403 with a page that asks for JavaScript", "منذ 16:10", "تجمع حوران", "من 08:10 إلى 13:10", "وقُطعت قبل أن تنتهي",
        "بالفيديو: لحظة وصول الحافلات", "no paragraph longer than 40 characters", "مرحّل من يوم سابق", "منشور من قبل",
    ):  # fmt: skip
        assert part in out, part
    assert "نتائج الدوري" not in out


@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_no_hits_never_looks_like_not_looking(name: str) -> None:
    looked = digest(flagged=[])
    blind = digest(flagged=[], outcomes=[replace(one, ending=Ending.FAILED) for one in outcomes()])
    off = digest(flagged=[], outcomes=[], passes=[], missed=[])
    partly, nothing, not_running = (rendered(made, name) for made in (looked, blind, off))
    assert "لم يرد في هذه القائمة شيء في 8 مصادر" in partly
    for out, why in ((nothing, "لم يُقرأ أي مصدر في هذا اليوم"), (not_running, "راصد لم يعمل في هذا اليوم")):
        assert why in out
        assert "لم يرد" not in out
        assert out.count("لا نعلم إن كان قد ورد في هذه القائمة شيء") == 4


def test_english_chrome() -> None:
    made = digest(language="en")
    assert headline(made) == (
        "7 stories in 3 lists, one of them urgent; 2 sources were not read, one source stopped answering, one gap."
    )
    root = page(made)
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
    assert "Saturday, 12 May 2018" in root.text_content()


@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_what_fell_out_between_two_readings_is_said(name: str) -> None:
    for language, gap, silent in (
        ("ar", "بين 09:12 و12:47", "لا جديد منذ 8 أيار/مايو 2018، 20:00، وعادته خبر كل 3 ساعات"),
        ("en", "between 09:12 and 12:47", "nothing new since 8 May 2018, 20:00; usually every 3 hours"),
    ):
        out = plain(rendered(digest(language=language), name))
        assert gap in out
        assert silent in out
        assert "09:43" not in out, "a gap that was filled is none"


def test_headlines_of_other_days() -> None:
    quiet = {"gaps": [], "flagged": [], "outcomes": [one for one in outcomes() if one.source == "wakala"], "missed": []}
    sources = {"wakala": SOURCES["wakala"]}
    assert headline(digest(**quiet, sources=sources)) == "لم يرد شيء مما تطلبه القوائم؛ قُرئت المصادر كلها."
    assert headline(digest(**quiet, sources=sources, lists=[])) == "لا توجد قوائم مراقبة؛ قُرئت المصادر كلها."
    assert headline(digest(flagged=[], outcomes=[], passes=[])) == "راصد لم يعمل في هذا اليوم: لا نعرف ما نُشر."
    assert "منها" not in headline(digest(flagged=flagged()[:1]))
    assert "وقد نظرنا في مصدر واحد خلال 20 جولة" in no_hits(digest(**quiet, sources=sources))


# --- HTML ---


def test_the_page_asks_the_network_for_nothing() -> None:
    out, root = rendered(digest(), "html"), page(digest())
    assert "default-src 'none'" in root.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert root.xpath("//meta[@http-equiv='x-dns-prefetch-control']/@content") == ["off"]
    assert not root.xpath(
        "//script|//img|//iframe|//object|//embed|//link|//form|//base|//@src|//@srcset|//@style|//svg//@href|//image|//use"
    )
    assert not re.search(r"url\(|@import|@font-face", out)
    assert all(a.get("rel") == "noreferrer noopener" for a in root.xpath("//a[not(starts-with(@href, '#'))]"))


def test_the_page_is_right_to_left_with_landmarks_and_headings_in_order() -> None:
    root = page(digest())
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    assert [len(root.xpath(f"//{tag}")) for tag in ("h1", "header", "nav", "main", "footer")] == [1] * 5
    levels = [int(tag.tag[1]) for tag in root.xpath("//h1|//h2|//h3")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    names = root.xpath("//@id")
    assert len(names) == len(set(names))
    assert {href[1:] for href in root.xpath("//a/@href[starts-with(., '#')]")} <= set(names)
    assert set(root.xpath("//@aria-labelledby")) <= set(names)


def test_text_in_another_language_says_so() -> None:
    assert set(page(digest()).xpath("//article/h3/@lang")) == {"en"}


def test_long_lists_are_folded_and_nothing_is_lost() -> None:
    first = flagged()[-1]
    many = [
        replace(first, stored=replace(first.stored, id=n, same_as=None), tellings=(), flagged_at=at("12:00"))
        for n in range(1, 202)
    ]
    root = page(digest(flagged=many))
    assert len(root.xpath("//article")) == 201
    assert [len(fold.xpath(".//article")) for fold in root.xpath("//details")] == [50, 50, 50, 31]
    assert len(root.xpath("//section/article")) == 20


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _palettes() -> list[dict[str, str]]:
    style = (_TEMPLATES / "style.css").read_text("utf-8")
    roots = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    expand = {"#fff": "#ffffff", "#000": "#000000", "#444": "#444444", "#bbb": "#bbbbbb"}
    return [{k: expand.get(v, v) for k, v in re.findall(r"--([a-z-]+): (#[0-9a-f]+)", root)} for root in roots]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_contrast_is_enough_for_everyone(palette: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.3 (AA): 4.5 to 1 for text."""
    pairs = [(ink, paper) for ink in ("ink", "soft", "accent", "urgent", "warn") for paper in ("paper", "card")]
    pairs += [(ink, "urgent-paper") for ink in ("ink", "soft", "accent", "urgent")]
    pairs += [("warn", "warn-paper"), ("mark-ink", "mark")]
    for ink, paper in pairs:
        one, other = sorted((_luminance(palette[ink]), _luminance(palette[paper])))
        assert (other + 0.05) / (one + 0.05) >= 4.5, (ink, paper)


# --- JSON ---


def test_the_schema_knows_every_fate_ending_and_mark() -> None:
    parts = _SCHEMA["$defs"]
    assert parts["unread"]["properties"]["fate"]["enum"] == [str(fate) for fate in Fate]
    assert parts["coverage"]["properties"]["fates"]["propertyNames"]["enum"] == [str(fate) for fate in Fate]
    assert parts["trouble"]["properties"]["ending"]["enum"] == [str(ending) for ending in Ending]
    assert parts["story"]["properties"]["marks"]["items"]["enum"] == [str(mark) for mark in Mark]


def test_json_fits_its_published_schema() -> None:
    for made in (
        digest(),
        digest(language="en", complete=False),
        digest(flagged=[], outcomes=[], passes=[], missed=[]),
    ):
        assert list(faults(json.loads(rendered(made, "json")), _SCHEMA, _SCHEMA)) == []


def test_json_keeps_what_was_published() -> None:
    wild = "a\ud800b\u202ec\u2028d</script>"
    out = rendered(hostile(wild), "json")
    assert not re.search("[\u2028\u202e\ud800-\udfff]", out)
    assert wild in [story["tellings"][0]["title"] for one in json.loads(out)["lists"] for story in one["stories"]]


# --- what the web may send ---

HOSTILE = st.lists(
    st.sampled_from([
        "<script>alert(1)</script>", "</title>", "</style>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "&", '"', "'", "`",
        "javascript:alert(1)", "](javascript:alert(1))", "[x](http://evil.example)", "![x](http://evil.example/x.png)", "**",
        "<http://evil.example>", "http://evil.example", "www.evil.example", "a@evil.example", "\u202e", "\u2066", "\u2069",
        "\u202a", "\n", "\r\n", "\n\n# ", "\n- ", "\n> ", "\n```\n", "\u2028", "\0", "\x1b[2J", "\ud800", "{{ 7*7 }}", "{% x %}",
        "{n}", "%s", "\\", "|", "~~", "$x$", "# ", "1. ", "---", "===", "]]>", "<!--", "-->", "\u0301" * 9, "أستانا", " ", "x" * 90,
        "\U000e0041", "\ufeff", "</div>", "\t", "■ ", "═══",
    ]),
    max_size=8,
).map("".join)  # fmt: skip
URLS = st.sampled_from([
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "http://evil.example@good.example/", "//evil.example",
    "http://\u0430pple.example/", "http://good.example/\u202egnp.exe", "http://good.example\\@evil.example/", "http://a b/", "",
    'http://good.example/"onmouseover="x', "http://good.example/')(", "http://[::1]/", "http://[zz]/", "http://good.example:99999/",
    "file:///etc/passwd", "http://good.example/<script>", "https://good.example/خبر/١", "http://good.example/x\n", "ftp://x.example",
    "http://" + "a" * 300 + ".example/",
])  # fmt: skip
_TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "div", "header", "p", "h1", "h2", "h3", "nav", "span", "bdi", "main",
    "section", "article", "mark", "blockquote", "ul", "li", "b", "br", "small", "table", "thead", "tbody", "tr", "th", "td",
    "footer", "details", "summary", "figure", "figcaption", "svg", "rect", "line",
}  # fmt: skip
_ATTRIBUTES = {
    "lang", "dir", "charset", "http-equiv", "content", "name", "class", "href", "id", "aria-label", "aria-labelledby", "rel",
    "scope", "data-label", "role", "viewbox", "preserveaspectratio", "x", "y", "x1", "x2", "y1", "y2", "width", "height",
}  # fmt: skip


def hostile(text: str, url: str = "http://good.example/1", **more: Any) -> Digest:
    """A day on which everything that comes from elsewhere says ``text``."""
    one = flagged()[0]
    article = replace(
        one.stored.article, title=text, text=f"{text}\n{text} أستانا {text}", url=url, source="evil", language=text
    )
    stored = replace(one.stored, article=article, same_as=None)
    other = replace(stored, id=stored.id + 1, article=replace(article, title=f"{text}!"), same_as=stored.id)
    at_word = len(text) + 1 + len(text) + 1
    span = replace(
        one.flags[0].spans[0], where="text", start=at_word, end=at_word + 6, words="أستانا" + text, term=text
    )
    flag = replace(one.flags[0], list="evil", list_title=text, rule=text, spans=(span,), severity="normal")
    return digest(
        flagged=[Flagged(stored=stored, flags=(flag,), flagged_at=one.flagged_at, tellings=(stored, other))],
        lists=[("evil", text, "normal"), ("none", text, "normal")],
        sources={"evil": replace(SOURCES["rasd"], name="evil", title=text, affiliation=text), "never": SOURCES["rasd"]},
        outcomes=[
            replace(outcomes()[0], source="evil", why=text, defects=(text,)),
            replace(outcomes()[0], source="bad", ending=Ending.FAILED, why=text),
        ],
        missed=[replace(missed()[0], source="evil", title=text, why=text, url=url)],
        notes=[text],
        audience_title=text,
        charts={"evil": charts()["astana"]},
        **more,
    )


@settings(deadline=None, max_examples=100)
@given(HOSTILE, URLS, st.sampled_from(["ar", "en"]))
def test_hostile_text_does_nothing_in_html(text: str, url: str, language: str) -> None:
    out = rendered(hostile(text, url, language=language), "html")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]", out)
    root = html.document_fromstring(out)
    assert {element.tag for element in root.iter()} <= _TAGS
    assert {name for element in root.iter() for name in element.attrib} <= _ATTRIBUTES
    for href in root.xpath("//a/@href"):
        assert re.fullmatch(r"#[a-z0-9-]+|https?://[a-z0-9.:\[\]-]+[!-~]*", href), href
    assert len(root.xpath("//article")) == 1
    assert len(root.xpath("//section")) == 4
    assert "49" not in root.xpath("string(//article/h3)").replace(plain(text), "")
    assert " ".join(root.xpath("string(//article/h3)").split()) in {
        " ".join(plain(text).split()),
        "(بلا عنوان)",
        "(no headline)",
    }


@settings(deadline=None, max_examples=100)
@given(HOSTILE, URLS)
def test_hostile_text_does_nothing_in_markdown(text: str, url: str) -> None:
    out = rendered(hostile(text, url), "markdown")
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(out)
    assert [token.content.strip() for token in tokens if token.type == "html_block"] == [
        '<div dir="rtl" lang="ar">',
        "</div>",
    ]
    inline = [child for token in tokens for child in token.children or []]
    kinds = {child.type for child in inline}
    assert kinds <= {
        "text",
        "text_special",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "link_open",
        "link_close",
    }
    hrefs = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    assert all(link(url) and href.startswith(("http://", "https://")) for href in hrefs)
    blocks = {token.type for token in tokens}
    assert not blocks & {"fence", "code_block", "hr", "table_open", "ordered_list_open"}
    assert Counter(t.tag for t in tokens if t.type == "heading_open")["h2"] == 4
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028]", out)
    assert not re.search(r"(?i)(?<![(\\])https?://|(?<!\w)www\.", re.sub(r"\]\([^)]*\)", "", out))


@settings(deadline=None, max_examples=100)
@given(HOSTILE, URLS, st.sampled_from(["ar", "en"]))
def test_hostile_text_does_nothing_in_plain_text(text: str, url: str, language: str) -> None:
    out = rendered(hostile(text, url, language=language), "text")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ud800-\udfff]", out)
    for line in out.splitlines():
        depth = [0]
        for character in line:
            depth.append(depth[-1] + (character == "\u2068") - (character == "\u2069"))
        assert depth[-1] == 0
        assert set(depth) <= {0, 1}
    assert len(re.findall("^\u200f?═══", out, re.MULTILINE)) == 4


@settings(deadline=None, max_examples=100)
@given(HOSTILE, URLS)
def test_hostile_text_comes_back_from_json(text: str, url: str) -> None:
    read = json.loads(rendered(hostile(text, url), "json"))
    telling = read["lists"][0]["stories"][0]["tellings"][0]
    assert (telling["title"], telling["url"]) == (text, url)
    assert list(faults(read, _SCHEMA, _SCHEMA)) == []


def proven(name: str, capture: str, language: str = "ar") -> str:
    one = flagged()[0]
    article = replace(one.stored.article, capture=capture, notes=("text from the feed",))
    stored = replace(one.stored, article=article)
    shown = digest(flagged=[replace(one, stored=stored, tellings=(stored,))], language=language)
    return re.sub(r"\\", "", readable(shown, name))


@pytest.mark.parametrize("name", FORMATS)
def test_proof_and_how_it_was_read_are_told(name: str) -> None:
    """To people in their language; to programs as it is stored."""
    out, english = (proven(name, "2018-05-12.warc.gz#17", language) for language in ("ar", "en"))
    assert "2018-05-12.warc.gz#17" in out
    assert name == "atom" or ("text from the feed" if name == "json" else "نصه من الخلاصة") in out
    assert ("text from the feed" in out) == (name == "json")
    assert "text from the feed" in english or name == "atom"


@pytest.mark.parametrize("name", FORMATS)
def test_a_capture_is_named_by_its_first_digits_and_whole_where_that_takes_no_room(name: str) -> None:
    out, whole = proven(name, "urn:uuid:4c27bf6e-98c1-4e91-8a93-2f9315f3be1a"), name in {"html", "json"}
    assert "4c27bf6e" in out
    assert ("urn:uuid:4c27bf6e-98c1-4e91-8a93-2f9315f3be1a" in out) == whole
    assert out.count("98c1") == int(whole)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "atom"}))
def test_what_was_not_read_is_said_in_arabic(name: str) -> None:
    """Of what came from a source's trouble only names stand in Latin letters."""
    troubled = [replace(one, why="robots.txt does not allow it") for one in outcomes() if one.in_trouble]
    out = re.sub(r"\\", "", readable(digest(outcomes=troubled), name))
    assert "ملف robots.txt لا يسمح به" in out
    assert "does not allow" not in out


@settings(deadline=None, max_examples=100)
@given(HOSTILE, URLS, st.sampled_from(["ar", "en"]))
def test_hostile_text_does_nothing_in_a_feed(text: str, url: str, language: str) -> None:
    root = etree.fromstring(rendered(hostile(text, url, language=language), "atom").encode())
    (entry,) = root.findall("{*}entry")
    for href in root.xpath("//*/@href"):
        assert re.fullmatch(r"https?://[a-z0-9.:\[\]-]+[!-~]*", href), href
    content = html.fragment_fromstring(entry.findtext("{*}content") or "")
    assert {element.tag for element in content.iter()} <= {"div", "p", "em", "blockquote", "mark", "bdi", "a"}
    assert {name for element in content.iter() for name in element.attrib} <= {"dir", "lang", "href"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", rendered(hostile(text, url), "atom"))


@settings(deadline=None, max_examples=100)
@given(HOSTILE, URLS, st.sampled_from(["ar", "en"]))
def test_hostile_text_does_nothing_in_a_mail(text: str, url: str, language: str) -> None:
    made = hostile(text, url, language=language)
    assert rendered(made, "mail").isascii()
    read = mail(made)
    assert set(read.keys()) == {
        "Subject", "From", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert "\n" not in read["Subject"]
    assert len(list(read.iter_parts())) == 2
    root = html.document_fromstring(body(made, "html"))
    assert {element.tag for element in root.iter()} <= _TAGS
    assert {name for element in root.iter() for name in element.attrib} <= {"lang", "dir", "charset", "href", "style"}
    assert not any("url(" in style or "expression" in style for style in root.xpath("//@style"))


# --- Atom ---


def test_a_feed_is_valid_and_its_ids_are_its_own_and_stay() -> None:
    root = etree.fromstring(rendered(digest(), "atom").encode())
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    for one in (root, *root.findall("{*}entry")):  # RFC 4287, 4.1.1 and 4.1.2
        for needed in ("id", "title", "updated"):
            assert len(one.findall(f"{{*}}{needed}")) == 1
        assert one.findall("{*}author/{*}name")
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one.findtext("{*}id") or "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.findtext("{*}updated") or "")
    ids = [entry.findtext("{*}id") for entry in root.findall("{*}entry")]
    assert len(set(ids)) == len(ids)
    later = etree.fromstring(rendered(digest(made_at=at("7:00"), language="en"), "atom").encode())
    assert [entry.findtext("{*}id") for entry in later.findall("{*}entry")] == ids
    others = etree.fromstring(rendered(digest(audience="partners"), "atom").encode())
    assert not set(ids) & {entry.findtext("{*}id") for entry in others.findall("{*}entry")}


def test_a_list_has_a_feed_of_its_own_days() -> None:
    today, before = rendered(digest(), "atom"), rendered(digest(day=date(2018, 5, 11)), "atom")
    feeds = by_list([today, "not a feed", before], audience="all", language="ar")
    assert sorted(feeds) == ["astana", "detainees", "displacement"]
    root = etree.fromstring(feeds["astana"].encode())
    assert {one.get("term") for one in root.findall("{*}entry/{*}category")} == {"astana"}
    assert len(root.findall("{*}entry")) == 6
    assert root.findtext("{*}title") == "راصد، مسار أستانا"
    assert by_list(["not a feed"], audience="all", language="ar") == {}


# --- audiences and charts ---


@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_to_share_says_at_its_head_that_names_may_remain(name: str) -> None:
    shared = readable(digest(redacted=True, audience_title="الشركاء"), name)
    first = shared.index('"redacted":true') if name == "json" else shared.index("وقد تبقى فيها أسماء أخرى")
    assert first < shared.index("ذوو مفقودين")
    assert "الشركاء" in shared
    assert "وقد تبقى فيها أسماء أخرى" not in readable(digest(), name)


def test_a_chart_says_in_words_what_it_shows() -> None:
    root = page(digest())
    (usual, much) = root.xpath("//figure[@class='chart']")
    assert much.xpath("string(.//svg/@aria-labelledby)") == much.xpath("string(.//svg/title/@id)")
    said = much.xpath("string(.//title)")
    assert said == much.xpath("string(.//figcaption/span[2])")
    assert "19 في هذا اليوم" in said
    assert "أكثر من المعتاد بكثير" in said
    assert "لم نرصد في يوم من هذه الأيام" in said
    assert "بكثير" not in usual.xpath("string(.//title)")
    assert len(much.xpath(".//rect[@class='today']")) == 1
    assert len(much.xpath(".//rect[@class='blind']")) == 1
    assert said.rstrip(".") in rendered(digest(), "text")


def test_a_young_archive_has_no_usual() -> None:
    week = chart([(DAY - timedelta(days=n), 3 if n < 6 else None) for n in reversed(range(30))])
    assert (week.usual, week.today) == (None, 3)
    assert not page(digest(charts={"astana": week})).xpath("//figure")
