"""Sources: what may be declared of an outlet, and what is said of the rest."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from crawler.source import KIND_NAMES, Source
from crawler.spiders import KINDS
from tests.monitor.configuring import load, source, wrong


def test_a_source_is_what_was_declared(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "",
        "sources:\n  - name: enab-baladi\n    kind: section\n    url: https://a.sy/news\n    title: عنب بلدي\n"
        "    language: ar\n    zone: Europe/Istanbul\n    affiliation: independent\n    every: 1h\n    delay: 5s\n"
        "    selector: h2 > a.title\n    allow_addresses: [127.0.0.0/8, '::1/128']\n    boilerplate: [تابعونا]\n"
        "    enabled: false\n    scope: syria\n    verified: 2026-11-25\n",
    )
    assert loaded.sources == (
        Source(
            name="enab-baladi",
            kind="section",
            url="https://a.sy/news",
            title="عنب بلدي",
            language="ar",
            zone="Europe/Istanbul",
            affiliation="independent",
            every=timedelta(hours=1),
            delay=5.0,
            selector="h2 > a.title",
            allow_addresses=("127.0.0.0/8", "::1/128"),
            boilerplate=("تابعونا",),
            enabled=False,
            scope="syria",
            verified=date(2026, 11, 25),
        ),
    )


def test_what_is_left_out_has_the_defaults_of_a_source(tmp_path: Path) -> None:
    declared = load(tmp_path, "", source("")).sources[0]
    assert declared == Source(name="a", kind="feed", url="https://a.sy/rss", title="أ")
    assert load(tmp_path, "", source("verified: never")).sources[0] == declared


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        ("kind: fed", 3, "unknown kind `fed`; did you mean `feed`?"),
        ("name: Enab Baladi", 2, "small Latin letters, digits and hyphens"),
        ("name: sаna", 2, "is U+0430"),
        ("name: sana\u200b", 2, "is U+200B"),
        ("name: 12", 2, "put a number in quotes"),
        ("url: sana.sy/feed", 4, "did you mean `https://sana.sy/feed`?"),
        ("url: ftp://a.sy/feed", 4, "begins with https:// or http://"),
        ("url: file:///etc/passwd", 4, "begins with https:// or http://"),
        ("url: https://user:pw@a.sy/", 4, "a user name or password"),
        ("url: https://a.sy/\u200fx", 4, "U+200F"),
        ("url: 'https://a.sy/a b'", 4, "U+0020"),
        ("url: https://a.sy:99999/", 4, "is not an address"),
        ("url: 'https://[::1/'", 4, "is not an address"),
        ("url: https:///feed", 4, "begins with https:// or http://"),
        ("title: ''", 5, "the outlet's name is expected"),
        ("title: 5", 5, "text is expected"),
        ("titel: x", 6, "unknown key `titel`; did you mean `title`?"),
        ("zone: Damaskus", 6, "did you mean `Asia/Damascus`?"),
        ("every: 10s", 6, "between 1m and 31d"),
        ("enabled: no", 6, "write false, not `no`"),
        ("enabled: yes", 6, "write true, not `yes`"),
        ("enabled: 1", 6, "write true or false"),
        ("allow_addresses: [127.0.0.1/8]", 6, "did you mean `127.0.0.0/8`?"),
        ("allow_addresses: [localhost]", 6, "like 127.0.0.0/8"),
        ("allow_addresses: 127.0.0.0/8", 6, "a list is expected"),
        ("language: arabic", 6, "`language`"),
        ("affiliation: Pan Arab", 6, "small Latin letters"),
        ("boilerplate: ['  ']", 6, "an empty line says nothing"),
        ("selector: h2 a", 2, "a feed has no selector"),
        ("scope: Syria", 6, "did you mean `syria`?"),
        ("scope: world", 6, "known: all, syria"),
        ("verified: yes", 6, "a day like 2026-11-25, or `never`"),
        ("verified: 25.11.2026", 6, "a day like 2026-11-25, or `never`"),
        ("verified: 2026-02-30", 6, "a day like 2026-11-25, or `never`"),
    ],
)
def test_what_a_source_must_not_say(tmp_path: Path, lines: str, line: int, says: str) -> None:
    said = wrong(tmp_path, "", source(lines))
    assert len(said) == 1, said
    assert said[0].startswith(f"sources.yaml:{line}:"), said
    assert says in said[0]


@pytest.mark.parametrize("selector", ["a[", "h2 >", "a::attr(href)", "a:nonsense", "''", "'" + "a " * 400 + "'"])
def test_a_selector_that_cannot_be_used(tmp_path: Path, selector: str) -> None:
    said = wrong(tmp_path, "", source(f"kind: section\nselector: {selector}"))
    assert len(said) == 1
    assert said[0].startswith("sources.yaml:6:15: `selector`"), said


def test_names_and_addresses_stand_once(tmp_path: Path) -> None:
    twice = source("").rstrip() + "\n" + source("").partition("\n")[2]
    said = wrong(tmp_path, "", twice + source("name: b").partition("\n")[2])
    assert said == [
        "sources.yaml:6:11: the name `a` is taken by the source in line 2",
        "sources.yaml:12:10: `a` reads this address already",
    ]


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ("", "`sources:` is missing"),
        ("sources:\n", "a list of sources is expected"),
        ("sources: []\n", "no source stands here"),
        ("source: []\n", "did you mean `sources`?"),
        ("sources: {a: b}\n", "a list of sources is expected"),
        ("sources: [a]\n", "keys are expected here"),
        ("- a\n", "keys are expected here"),
    ],
)
def test_a_file_that_declares_no_source(tmp_path: Path, sources: str, says: str) -> None:
    assert any(says in said for said in wrong(tmp_path, "", sources))


def test_the_kinds_are_those_of_the_engine() -> None:
    assert set(KIND_NAMES) == set(KINDS)
