"""OPML of anywhere: what it holds is taken, what it tries is not."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.source import KIND_NAMES, SCOPES, Source
from monitor.importing import Importer
from monitor.opml import MAX_BYTES, OpmlError, read, written

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
READER = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>اشتراكاتي</title></head><body>
  <outline text="سوريا" title="سوريا">
    <outline text="محلي"><outline type="rss" text="صحيفة البيدر" title="صحيفة البيدر" xmlUrl="https://baydar.example/feed/"
      htmlUrl="https://baydar.example/" language="ar" category="/independent,/syria/local"/></outline>
    <outline type="rss" text="Telegram" xmlUrl="https://t.me/minbar_news"/>
    <outline type="atom" text="بلا عنوان" xmlurl="https://atom.example/atom.xml"/>
  </outline>
  <outline text="a link" type="link" url="https://links.example/"/>
  <outline/>
</body></opml>"""


def test_a_feed_readers_list_with_folders_in_arabic() -> None:
    first, second, third = read(READER.encode(), "x.opml")
    assert (first.kind, first.url, first.title) == ("feed", "https://baydar.example/feed/", "صحيفة البيدر")
    assert (first.language, first.affiliation) == ("ar", "local")
    assert (second.kind, second.title) == ("telegram", "Telegram")
    assert third.url == "https://atom.example/atom.xml"
    assert first.line > 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1256"])
def test_the_encoding_is_the_files_and_not_what_it_says(encoding: str) -> None:
    assert read(READER.encode(encoding), "x.opml")[0].title == "صحيفة البيدر"


BOMB = '<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (f'{BOMB}]><opml><body><outline text="&j;" xmlUrl="https://a.example/"/></body></opml>', "declares entities"),
        ('<!DOCTYPE o SYSTEM "file:///etc/passwd"><opml/>', "declares entities"),
        ('<!doctype o [<!ENTITY x SYSTEM "http://127.0.0.1/">]><opml><body>&x;</body></opml>', "declares entities"),
        ("<html><body>404</body></html>", "this is no OPML: it does not begin with <opml>, but <html>"),
        ("", "this is no OPML|cannot be read"),
        ("not xml at all", "this is no OPML|cannot be read"),
        ("<opml>" + " " * MAX_BYTES, "larger than 5 MB"),
        ("<opml><body>" + '<outline xmlUrl="https://a.example/"/>' * 5001 + "</body></opml>", "more than 5,000"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_not_read(body: str, says: str) -> None:
    with pytest.raises(OpmlError, match=says) as caught:
        read(body.encode(), "x.opml")
    assert str(caught.value).startswith("x.opml")


def test_a_broken_file_gives_what_stands_before_the_break() -> None:
    cut = READER.encode()[: READER.encode().index(b"atom.example")]
    assert [one.kind for one in read(cut, "x.opml")][:2] == ["feed", "telegram"]
    deep = "<opml><body>" + "<outline>" * 200 + '<outline xmlUrl="https://a.example/"/>'
    assert len(read(deep.encode(), "x.opml")) == 1


@given(st.binary(max_size=300))
def test_anything_else_is_an_opml_error_or_a_list(body: bytes) -> None:
    with suppress(OpmlError):
        read(b"<opml><body>" + body, "x")


# --- what becomes of it ---------------------------------------------------------------------------------------------

HERE = Source(name="minbar", kind="telegram", url="https://t.me/s/minbar_news", title="المنبر")


def test_what_is_read_already_is_left_out_and_what_cannot_be_read_is_said() -> None:
    importer = Importer([HERE], affiliation="press", scope="syria")
    text = READER.replace(
        "</body>", '<outline xmlUrl="ftp://f.example/"/><outline xmlUrl="https://u:p@g.example/"/></body>'
    )
    problems = [importer.take(outline) for outline in read(text.encode(), "x.opml")]
    assert [one["name"] for one in importer.new] == ["baydar", "atom"]
    assert importer.new[0] == {
        "name": "baydar", "kind": "feed", "url": "https://baydar.example/feed/", "title": "صحيفة البيدر",
        "affiliation": "local", "scope": "syria", "verified": "never",
    }  # fmt: skip
    assert importer.new[1]["affiliation"] == "press"
    assert importer.known == ["https://t.me/minbar_news"]
    said = [problem for problem in problems if problem]
    assert len(said) == 2
    assert "begins with https:// or http://" in said[0]
    assert "password" in said[1]


def test_one_address_twice_is_one_source_and_names_stay_apart() -> None:
    urls = ("https://www.sana.example/feed", "https://www.sana.example:443/feed#x", "https://sana.example/en/feed")
    text = "".join(f'<outline text="&#8238;سانا&#x200f;" xmlUrl="{url}"/>' for url in urls)
    importer = Importer([])
    for outline in read(f"<opml><body>{text}</body></opml>".encode(), "x"):
        assert importer.take(outline) is None
    assert [one["name"] for one in importer.new] == ["sana", "sana-2"]
    assert {one["title"] for one in importer.new} == {"سانا"}
    assert len(importer.known) == 1


_NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
_TITLES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(_NAMES, st.sampled_from(KIND_NAMES), _TITLES, _NAMES, st.sampled_from(SCOPES)),
        unique_by=lambda one: one[0], max_size=6,
    )
)  # fmt: skip
def test_what_is_exported_comes_back(given_: list[tuple[str, str, str, str, str]]) -> None:
    sources = [
        Source(
            name=name, kind=kind, url=f"https://{name}.example/{name}", title=title, affiliation=affiliation, scope=scope,
            zone="Europe/Istanbul",
        )
        for name, kind, title, affiliation, scope in given_
    ]  # fmt: skip
    importer = Importer([])
    for outline in read(written(sources, NOW), "x"):
        assert importer.take(outline) is None
    came = [
        Source(**{key: value for key, value in one.items() if key != "verified"})  # type: ignore[arg-type]
        for one in importer.new
    ]
    assert came == sorted(sources, key=lambda source: source.affiliation)


def test_any_reader_reads_what_is_exported() -> None:
    sources = [HERE, replace(HERE, name="f", kind="feed", url="https://f.example/?a=1&b=2", title='"أ" & <ب>')]
    root = ET.fromstring(written(sources, NOW))
    assert root.attrib["version"] == "2.0"
    feeds = [one.attrib for one in root.iter("outline") if one.get("type") == "rss"]
    assert [(one["xmlUrl"], one["text"]) for one in feeds] == [("https://f.example/?a=1&b=2", '"أ" & <ب>')]
    assert [one.get("url") for one in root.iter("outline") if one.get("type") == "link"] == [HERE.url]
