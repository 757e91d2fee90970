"""A sentence put into a list's file: one more line, every other byte as it was."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor import yamlfile
from monitor.ignoring import EditError, clean, with_ignored, write

SENTENCE = "افتتح المعرض في قاعة كانت معتقلا"
LAID_OUT = [
    (
        "a list of lines",
        "rules: [ب]\nexamples:\n  ignore:\n    - أ\n\n# tail\nnote: ن\n",
        "rules: [ب]\nexamples:\n  ignore:\n    - أ\n    - S\n\n# tail\nnote: ن\n",
    ),
    (
        "not indented, comments behind",
        "rules:\n- ب # c\nexamples:\n  ignore:\n  - أ # one\n  # two\n  match:\n  - ب\n",
        "rules:\n- ب # c\nexamples:\n  ignore:\n  - أ # one\n  - S\n  # two\n  match:\n  - ب\n",
    ),
    ("brackets", "rules: [ب]\nexamples: {match: [ب], ignore: [أ]}  # c\n",
     "rules: [ب]\nexamples: {match: [ب], ignore: [أ, S]}  # c\n"),
    ("empty brackets", "rules: [ب]\nexamples:\n  ignore: []\n", "rules: [ب]\nexamples:\n  ignore: [S]\n"),
    ("brackets over lines", "rules: [ب]\nexamples:\n  ignore: [\n    أ,\n  ]\n", "rules: [ب]\nexamples:\n  ignore: [\n    أ, S,\n  ]\n"),
    ("no examples", "rules: [ب]\n", "rules: [ب]\n\nexamples:\n  ignore:\n    - S\n"),
    ("no end of line", "rules: [ب]", "rules: [ب]\n\nexamples:\n  ignore:\n    - S\n"),
    (
        "none to ignore",
        "examples:\n    match:\n    - ب\n\n# the rules\nrules: [ب]\n",
        "examples:\n    match:\n    - ب\n    ignore:\n      - S\n\n# the rules\nrules: [ب]\n",
    ),
    (
        "a mapping",
        "examples:\n  ignore:\n    - title: أ\n      text: ب # c\n\nrules: [ب]\n",
        "examples:\n  ignore:\n    - title: أ\n      text: ب # c\n    - S\n\nrules: [ب]\n",
    ),
    (
        "a block of text",
        "examples:\n  ignore:\n    - |\n      # no comment\n      ب\n\nrules: [ب]\n",
        "examples:\n  ignore:\n    - |\n      # no comment\n      ب\n    - S\n\nrules: [ب]\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [rest for _, *rest in LAID_OUT], ids=[name for name, *_ in LAID_OUT])
def test_one_line_more_and_nothing_else(before: str, after: str) -> None:
    assert with_ignored(before.encode(), SENTENCE, "x").decode() == after.replace("S", SENTENCE)


def test_line_ends_and_byte_order_mark_of_windows_stay() -> None:
    before = "\ufeffrules: [ب]\r\nexamples:\r\n  ignore:\r\n    - أ\r\n".encode()
    assert with_ignored(before, SENTENCE, "x") == before + f"    - {SENTENCE}\r\n".encode()


ODD = [
    "examples:\n  ignore:\n    - |+\n      ب\n\n\nrules: [ب]  # c\n",
    "examples:\n  ignore: أ  # one\n  match:\n  - ب\nrules: [ب]  # c\n",
    "examples:\n  ignore:\n  match: [ب]\nrules: [ب]  # c\n",
    "examples: # c\nrules: [ب]\n",
    "{rules: [ب], examples: {ignore: [أ]}}  # c\n",
    "examples:\n  ignore:\n  - أ # one\n  - ? ب # two\n    : ت\nrules: [ب]  # c\n",
    "examples:\n  ignore: [أ, # one\n    ب # two\n    ]\nrules: [ب]  # c\n",
]


@pytest.mark.parametrize("before", ODD)
def test_other_layouts_are_written_anew_with_their_comments(before: str) -> None:
    after = with_ignored(before.encode(), SENTENCE, "x").decode()
    data, old = (YAML(typ="safe", pure=True).load(text) for text in (after, before))
    examples = (old["examples"] or {}).get("ignore") or []
    assert data["examples"]["ignore"] == [*(examples if isinstance(examples, list) else [examples]), SENTENCE]
    assert data["rules"] == ["ب"]
    assert all(mark in after for mark in ("# c", "# one", "# two") if mark in before)


def test_a_sentence_that_is_there_already_changes_nothing() -> None:
    once = with_ignored(b"rules: [x]\n", SENTENCE, "x")
    assert with_ignored(once, SENTENCE, "x") == once


@pytest.mark.parametrize("body", [b"- a\n", b"a: [\n", b"", b"just text\n"])
def test_what_is_no_list_is_left_alone(body: bytes) -> None:
    with pytest.raises(EditError, match="rasid check"):
        with_ignored(body, SENTENCE, "x.yaml")


@settings(deadline=None, max_examples=150)
@given(
    sentence=st.text(
        st.sampled_from("اب ت:#'\"[]{},-?!&*|>%@`\\\n\t\u202e\u200f\ufeff؟٣12.~nul"), min_size=1, max_size=40
    ),
    layout=st.sampled_from([before for _, before, _ in LAID_OUT] + ODD),
)
def test_any_sentence_is_read_again_as_it_was_put_in(sentence: str, layout: str) -> None:
    wanted = clean(sentence)
    if not wanted:
        return
    after = with_ignored(layout.encode(), wanted, "x")
    read = yamlfile.parse(after, "x").plain()
    assert isinstance(read, dict)
    ignored = read["examples"]["ignore"]  # type: ignore[index,call-overload]
    assert str(ignored[-1]) == wanted or wanted in ignored  # type: ignore[index,operator]


def test_what_must_not_stand_in_a_file_is_taken_out() -> None:
    assert clean("قال\u202e الوزير\n\x00 أمس\ufeff") == "قال الوزير أمس"


def test_a_file_is_replaced_whole_and_keeps_its_rights_and_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, b"new")
    assert (real.read_bytes(), link.is_symlink(), real.stat().st_mode & 0o777) == (b"new", True, 0o640)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["link.yaml", "real.yaml"]
    with pytest.raises(EditError, match="cannot be written"):
        write(tmp_path / "none" / "x.yaml", b"")


def test_the_shipped_lists_keep_every_byte() -> None:
    for path in sorted((Path(__file__).parents[2] / "config" / "watchlists").glob("*.yaml")):
        before = path.read_text(encoding="utf-8")
        after = with_ignored(before.encode(), SENTENCE, str(path)).decode()
        kept = [line for line in after.splitlines() if SENTENCE not in line]
        assert kept == before.splitlines()
        assert io.StringIO(after).read().count(SENTENCE) == 1
