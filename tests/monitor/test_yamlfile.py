"""YAML as people write it, and as they miswrite it."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import yamlfile
from monitor.yamlfile import ConfigError, Items, Keys, Scalar, parse


def problems(body: bytes) -> list[yamlfile.Problem]:
    """What is wrong with it; nothing, where it is a tree."""
    try:
        parse(body, "f").plain()
    except ConfigError as error:
        return [*error.errors, error.errors[0]]
    return []


def refused(body: bytes | str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse(body if isinstance(body, bytes) else body.encode(), "lists/astana.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("2.5", 2.5),
        ("007", 7),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("06:00", "06:00"),
        ("2018-05-14", "2018-05-14"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("أستانا-9", "أستانا-9"),
        ("١٤", "١٤"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_value_means_what_yaml_1_2_says_and_no_more(written: str, value: object) -> None:
    tree = parse(f"key: {written}\n".encode(), "x")
    assert tree.plain() == {"key": value}
    assert isinstance(tree, Keys)
    assert type(tree.get("key").plain()) is type(value)  # type: ignore[union-attr]


def test_every_node_knows_its_place() -> None:
    tree = parse("# تعليق\nأ: ب\nrules:\n  - word: معتقل\n  - [أستانا, حلب]\n".encode(), "f")
    assert isinstance(tree, Keys)
    rules = tree.get("rules")
    assert isinstance(rules, Items)
    first, second = rules.items
    assert isinstance(first, Keys)
    assert isinstance(second, Items)
    key, value = first.entries["word"]
    assert [(n.line, n.column) for n in (key, value, second.items[1])] == [(4, 5), (4, 11), (5, 14)]
    assert {n.file for n in (tree, rules, key)} == {"f"}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = "title: أستانا\nrules:\n  - حلب\n"
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert parse(windows, "f").plain() == parse(text.encode(), "f").plain()
    error = refused(b"\xef\xbb\xbf" + b"a: 1\r\nb: [1\r\n")
    assert error.line == 3
    assert refused(b"\xef\xbb\xbfa: b: c").column == refused(b"a: b: c").column


@pytest.mark.parametrize("body", [b"", b"\n\n", b"# only a comment\n", b"---\n", b"null\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_empty_mapping(body: bytes) -> None:
    assert parse(body, "f").plain() == {}


def test_text_that_runs_into_the_next_line_is_marked() -> None:
    tree = parse("- حلب\n - درعا\n- 'a\n  b'\n- |\n  x\n  y\n- end\n".encode(), "f")
    assert isinstance(tree, Items)
    assert [item.runs_on for item in tree.items if isinstance(item, Scalar)] == [True, False, False, False]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = [
    ("a billion laughs", BOMB, 1, 4, "`&a` names a place"),
    ("an alias", "- *b\n", 1, 3, "`*b` refers to another place"),
    ("a merge key", "a: 1\n<<: {b: 1}\n", 2, 1, "merging"),
    ("a tag", "- !!python/object/apply:os.system [ls]\n", 1, 3, "a tag"),
    ("a local tag", "a: !x y\n", 1, 4, "a tag"),
    ("ten megabytes", b"- x\n" * 2_500_000, 1, 1, "larger than 1 MB"),
    ("a line of ten megabytes", b"x" * 10_000_000, 1, 1, "larger than 1 MB"),
    ("half a million brackets", b"[" * 500_000, 1, 41, "nested more than 40 levels"),
    ("half a million braces", b"{" * 500_000, 1, 2, "a key must be a word"),
    ("half a million hyphens", b"- " * 400_000, 1, 81, "nested more than 40 levels"),
    ("too many values", b"- a\n" * 150_000, 100_000, 3, "more than 100,000 values"),
    ("a list as a key", "? [a]\n: b\n", 1, 3, "a key must be a word"),
    ("a key twice", "title: a\nrules: []\ntitle: b\n", 3, 1, "`title` is here a second time (first in line 1)"),
    ("no key", "a: 1\n'': b\n", 2, 1, "a key is missing"),
    ("two documents", "a: 1\n---\nb: 2\n", 2, 1, "a second document"),
    ("NUL", b"a: x\x00y", 1, 5, "not a text file"),
    ("an escape sequence", b"a: \x1b[31m", 1, 4, "U+001B"),
    ("a line separator", "a: b\u2028c", 1, 5, "LINE SEPARATOR"),
    ("an override in a value", "أستانا: \u202eabc", 1, 9, "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    ("an isolate in a comment", "a: 1 # \u2066x", 1, 8, "LEFT-TO-RIGHT ISOLATE"),
    ("UTF-16", "a: 1".encode("utf-16"), 1, 1, "save it as UTF-8"),
    ("Latin-1", "note: d\u00e9tenus".encode("latin-1"), 1, 8, "not UTF-8"),
    ("windows-1256", "a: 1\nnote: أستانا".encode("windows-1256"), 2, 7, "not UTF-8"),
    ("half a character", "a: أ".encode()[:-1], 1, 4, "not UTF-8"),
    ("a surrogate", b"a: \xed\xa0\x80", 1, 4, "not UTF-8"),
    ("a tab before a key", "a:\n\tb: 1\n", 2, 1, "a tab; YAML is indented with spaces"),
    ("a tab before a hyphen", "rules:\n  \t- حلب\n", 2, 3, "a tab"),
    ("a colon too many", "note: أستانا: المحادثات\n", 1, 13, "a `: ` too many"),
    ("an open quotation mark", "a: 'b\nc: d\n", 3, 1, "opened and not closed (it begins in line 1)"),
    ("an open bracket", "in: [title, text\nweight: 2\n", 2, 7, "a bracket is opened and not closed"),
    ("a backslash in double quotes", 'pattern: "\\d+"\n', 1, 11, "use single quotes"),
    ("an asterisk", "- *\n", 1, 4, "begins with * must be in quotes"),
    ("a percent sign", "- %x\n", 1, 3, "must be in quotes"),
    ("an at sign", "contact: @x\n", 1, 10, "must be in quotes"),
    ("text after a quotation", '- "خلايا" نائمة\n', 1, 11, "in quotes as a whole"),
    ("a key after a list", "- a\nb: 1\n", 2, 1, "begin the line with `- `"),
    ("crooked indentation", "a:\n  b: 1\n c: 2\n", 3, 2, "indent it as they are"),
]


@pytest.mark.parametrize(("body", "line", "column", "says"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE])
def test_what_is_not_plain_yaml_is_refused_where_it_stands(
    body: bytes | str, line: int, column: int, says: str
) -> None:
    error = refused(body)
    assert (error.file, error.line, error.column) == ("lists/astana.yaml", line, column), error
    assert says in str(error)
    assert str(error).startswith(f"lists/astana.yaml:{line}:{column}: ")
    assert len(str(error)) < 3000


def test_all_keys_that_stand_twice_are_told_at_once() -> None:
    error = refused("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")
    assert [(p.line, p.column) for p in error.errors] == [(2, 1), (5, 3)]
    assert str(error).count("\n") == 1


def test_a_flood_of_errors_is_cut() -> None:
    error = refused("".join(f"k{n % 10}: 1\n" for n in range(1000)))
    assert len(error.errors) == 990
    assert str(error).endswith("... and 960 more like these")


def test_a_file_that_is_not_there_is_an_error_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml:1:1: cannot be read: No such file"):
        yamlfile.read(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="this is not a file"):
        yamlfile.read(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "settings.yaml")
    with pytest.raises(ConfigError, match="this is not a file"):
        yamlfile.read(tmp_path / "settings.yaml")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("titel", "title"),
        ("Title", "title"),
        ("rule", "rules"),
        ("tіtle", "title"),
        ("rules\u200b", "rules"),
        ("qqqq", None),
    ],
)
def test_the_nearest_known_word_is_suggested(word: str, meant: str | None) -> None:
    assert yamlfile.nearest(word, ("title", "rules", "severity")) == meant


def test_a_letter_that_only_looks_latin_is_named() -> None:
    said = yamlfile.did_you_mean("tіtle", ["title"])
    assert "CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I, U+0456" in said
    assert "`title`" in said


def test_what_is_shown_of_a_file_cannot_turn_the_line_round() -> None:
    assert yamlfile.shown("a\u202eb\x1b[2J\n") == "a<U+202E>b<U+001B>[2J<U+000A>"
    assert len(yamlfile.shown("x" * 10_000)) == 60


plain = st.recursive(
    st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(blacklist_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcأبت", min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcأبت", min_size=1, max_size=5), plain, min_size=1))
@settings(deadline=None, max_examples=100)
def test_what_is_written_is_read(value: dict[str, object]) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode(), "f").plain() == value  # JSON is YAML


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(deadline=None, max_examples=300)
def test_any_bytes_give_a_tree_or_a_config_error(body: bytes) -> None:
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems(body))


@given(st.lists(st.sampled_from(list("-:?[]{}#&*!|>'\"%@` \n\tabأ,")), max_size=40).map("".join))
@settings(deadline=None, max_examples=500)
def test_any_yaml_like_text_gives_a_tree_or_a_config_error(text: str) -> None:
    assert all(1 <= problem.line <= text.count("\n") + 2 for problem in problems(text.encode()))
