"""``sources.yaml`` edited for a person: what is new stands there, and every other byte stays."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import shipped
from monitor.sourceedit import Declaration, as_yaml, with_key, with_sources
from monitor.sourcefile import load
from monitor.yamledit import EditError
from monitor.yamlfile import parse

DAY = "2026-11-25"
NEW: Declaration = {
    "name": "new",
    "kind": "feed",
    "url": "https://new.example/?feed=rss2&a=b:c",
    "title": "جديد: صحيفة 'الغد' #1",
    "zone": "Europe/Istanbul",
    "enabled": True,
    "allow_addresses": ["127.0.0.0/8", "::1/128"],
    "verified": "2026-11-25",
}
ONE = "name: a, kind: feed, url: 'https://a.example/', title: أ"


def listed(body: bytes) -> list[dict[str, object]]:
    data = parse(body, "sources.yaml").plain()
    assert isinstance(data, dict)
    return data["sources"]  # type: ignore[return-value]


LAYOUTS = [
    "",
    "# nothing yet\n",
    "sources:\n",
    "sources: []\n",
    "sources: []   # none yet\n# the end\n",
    f"sources:\n  - {{{ONE}}}\n",
    f"sources:\n- {{{ONE}}}  # flow\n# the end",
    f"sources: [{{{ONE}}}]\n",
    "\ufeff# of Windows\r\nsources:\r\n  - name: a\r\n    kind: feed   # kept\r\n    url: https://a.example/\r\n    title: أ\r\n",
    "sources:\n\n  # first\n  - name: a\n    kind: feed\n    boilerplate:\n      - سطر\n\n\n# the end, and what must stay\n",
    "sources:\n    -   name: a\n        title: أ\n        kind: feed\n        url: https://a.example/",
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_source_is_put_at_the_end_and_nothing_else_is_touched(layout: str) -> None:
    body = layout.encode()
    after = with_sources(body, [NEW], "sources.yaml")
    assert listed(after)[-1] == {key: list(v) if isinstance(v, list) else v for key, v in NEW.items()}
    assert len(listed(after)) == layout.count("name: a") + 1
    for line in layout.splitlines():
        if line.strip() and "[" not in line:
            assert line in after.decode()
    assert after.startswith("\ufeff".encode()) == layout.startswith("\ufeff")
    assert (b"\r\n" in after) == ("\r\n" in layout)
    twice = with_sources(after, [NEW | {"name": "b"}], "sources.yaml")
    assert [one["name"] for one in listed(twice)][-2:] == ["new", "b"]


def test_the_shipped_list_keeps_every_line(tmp_path: Path) -> None:
    body = (shipped() / "sources.yaml").read_bytes()
    after = with_sources(body, [NEW], "sources.yaml")
    assert body.rstrip() in after
    assert as_yaml(NEW) in after.decode()
    (tmp_path / "sources.yaml").write_bytes(after)
    problems: list[object] = []
    assert load(tmp_path / "sources.yaml", problems)[-1].name == "new"  # type: ignore[arg-type]
    assert not problems


def test_the_day_of_a_check_is_written_where_it_stands_and_where_it_does_not() -> None:
    text = (
        "sources:\n"
        "  - name: a\n    kind: feed\n    verified: never  # until now\n    title: أ\n\n"
        "  - name: b\n    title: ب   # no day\n\n  # a comment of c\n  - {name: c, title: ت}\n"
        "  - name: d\n    verified: 2020-01-01\n# the end\n"
    )
    after = with_key(text.encode(), {"a", "b", "c"}, "verified", DAY, "sources.yaml").decode()
    assert after == (
        "sources:\n"
        "  - name: a\n    kind: feed\n    verified: 2026-11-25  # until now\n    title: أ\n\n"
        "  - name: b\n    title: ب   # no day\n    verified: 2026-11-25\n\n  # a comment of c\n"
        "  - {name: c, title: ت, verified: 2026-11-25}\n"
        "  - name: d\n    verified: 2020-01-01\n# the end\n"
    )
    assert with_key(after.encode(), {"a", "b", "c"}, "verified", DAY, "sources.yaml").decode() == after


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_day_can_be_written_into_every_layout(layout: str) -> None:
    after = with_key(layout.encode(), {"a"}, "verified", DAY, "sources.yaml")
    if "name: a" in layout:
        assert listed(after)[0]["verified"] == "2026-11-25"
    else:
        assert after == layout.encode()


def test_a_source_is_switched_off_and_on_again() -> None:
    text = "sources:\n  - name: a\n    title: أ   # kept\n  - {name: b, enabled: true}\n"
    off = with_key(text.encode(), {"a", "b"}, "enabled", False, "sources.yaml").decode()
    assert off == "sources:\n  - name: a\n    title: أ   # kept\n    enabled: false\n  - {name: b, enabled: false}\n"
    assert listed(with_key(off.encode(), {"a"}, "enabled", True, "x"))[0]["enabled"] is True


@pytest.mark.parametrize("text", ["sources: [\n", "- a\n- b\n", "sources: {a: b}\n", "sources: text\n", "a: &x 1\n"])
def test_what_is_no_list_of_sources_is_left_alone(text: str) -> None:
    with pytest.raises(EditError, match=r"sources\.yaml"):
        with_sources(text.encode(), [NEW], "sources.yaml")


_TITLES = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]), min_size=1, max_size=40)


@settings(max_examples=60)
@given(titles=st.lists(_TITLES.map(str.strip).filter(bool), min_size=1, max_size=4), layout=st.sampled_from(LAYOUTS))
def test_any_title_comes_back_as_it_was(titles: list[str], layout: str) -> None:
    new = [{"name": f"n{number}", "title": title} for number, title in enumerate(titles)]
    after = with_sources(layout.encode(), new, "sources.yaml")
    assert [one["title"] for one in listed(after)[-len(titles) :]] == titles
