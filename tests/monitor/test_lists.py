"""Watch lists as people write them: what loads, what is refused, and what is said of it."""

import hashlib
import time
from pathlib import Path

import pytest

from monitor import lists
from monitor.lists import ConfigError
from monitor.watch import flag
from tests.monitor.watching import article, load, write, wrong

# --- what loads ---


def test_a_list_is_what_was_written(tmp_path: Path) -> None:
    body = """\
id: cities
title: مدن
severity: urgent
audiences: [desk, documentation]
note: للزملاء
threshold: 1.5
rules:
  - حلب
  - {name: درعا, weight: 2, in: [title, lead], id: daraa}
"""
    (watchlist,) = load(tmp_path, body).lists
    assert (watchlist.id, watchlist.title, watchlist.severity) == ("cities", "مدن", "urgent")
    assert (watchlist.audiences, watchlist.note, watchlist.threshold) == (("desk", "documentation"), "للزملاء", 1.5)
    assert watchlist.version == hashlib.sha256(body.encode()).hexdigest()[:12]
    assert watchlist.file == str(tmp_path / "watchlists" / "test.yaml")
    first, second = watchlist.rules
    assert (first.id, first.weight, first.where, first.line) == ("حلب", 1.0, ("title", "text"), 8)
    assert (second.id, second.weight, second.where, second.line) == ("daraa", 2.0, ("title", "lead"), 9)


def test_what_is_left_out(tmp_path: Path) -> None:
    (watchlist,) = load(tmp_path, "rules: [حلب]\n").lists
    assert (watchlist.id, watchlist.title, watchlist.severity, watchlist.threshold) == ("test", "test", "normal", 0)


def test_lists_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    folder = write(tmp_path, b="rules: [حلب]", a="rules: [درعا]", c="rules: [حمص]")
    assert [one.id for one in lists.load(folder).lists] == ["a", "b", "c"]
    assert [one.rule for one in flag(lists.load(folder), article("حلب ودرعا وحمص"))] == ["درعا", "حلب", "حمص"]


def test_the_folder_above_will_do(tmp_path: Path) -> None:
    write(tmp_path, a="rules: [حلب]")
    assert len(lists.load(tmp_path).lists) == 1


def test_a_rule_without_a_name_is_called_by_its_words(tmp_path: Path) -> None:
    body = "rules:\n  - {all: [{any: [حلب, درعا]}, قصف], not: حماة}\n  - near: {words: [حلب, درعا], within: 3}\n"
    assert [rule.id for rule in load(tmp_path, body).lists[0].rules] == ["(حلب / درعا) + قصف", "حلب + درعا"]


def test_what_editors_leave_behind_is_passed_over(tmp_path: Path) -> None:
    folder = write(tmp_path, a="rules: [حلب]")
    for name in (".a.yaml.swp", "a.yaml~", "#a.yaml#", ".#a.yaml", "README.md", ".hidden.yaml"):
        (folder / name).write_text("{{{")
    assert [one.id for one in lists.load(folder).lists] == ["a"]


def test_terms_of_all_lists_are_looked_for_once(tmp_path: Path) -> None:
    folder = write(tmp_path, a="rules: [زيتون]", b="rules: [زيتون, قمح]")
    assert len(lists.load(folder).matcher.terms) == 2


def test_a_character_that_nobody_sees_in_a_term_is_named_and_does_no_harm(tmp_path: Path) -> None:
    watch = load(tmp_path, "rules:\n  - حلب\u200f\n")
    assert flag(watch, article("في حلب"))
    (note,) = watch.notes
    assert "test.yaml:2:5: " in note
    assert "RIGHT-TO-LEFT MARK, U+200F" in note


# --- what is refused ---

REFUSED = [
    # the list
    ("titel: x\nrules: [حلب]", "1:1", "unknown key `titel`; did you mean `title`?"),
    ("rules: [حلب]\nseverity: hi", "2:11", "did you mean `high`?"),
    ("rules: [حلب]\nseverity: 3", "2:11", "known: low, normal, high, urgent"),
    ("rules: [حلب]\nid: مدن", "2:5", "small Latin letters"),
    ("rules: [حلب]\nid: astаna", "2:5", "U+0430"),
    ("rules: [حلب]\nid: a\u200fb", "2:5", "U+200F"),
    ("rules: [حلب]\naudiences: [Desk One]", "2:13", "small Latin letters"),
    ("rules: [حلب]\nthreshold: high", "2:12", "a number from 0 to 100"),
    ("rules: [حلب]\nthreshold: -1", "2:12", "a number from 0 to 100"),
    ("rules: [حلب]\nthreshold: 2", "2:12", "a threshold of 2 is never reached"),
    ("rules: [حلب]\nnote: [a]", "2:7", "text is expected"),
    ("title: x", "1:1", "`rules:` is missing"),
    ("", "1:1", "`rules:` is missing"),
    ("rules: []", "1:8", "no rule stands here"),
    ("rules: حلب", "1:8", "a list of rules is expected"),
    ("rules:", "1:7", "a list of rules is expected"),
    ("- حلب", "1:1", "keys are expected here"),
    ("rules: [حلب]\nuse: [astanna]", "2:7", "there is no pack `astanna`; did you mean `astana`?"),
    # a rule
    ("rules:\n  - [حلب, درعا]", "2:5", "a list stands here; say what it means"),
    ("rules:\n  - true", "2:5", "a term is expected"),
    ("rules:\n  -", "2:4", "a term is expected"),
    ("rules:\n  - ''", "2:5", "an empty term"),
    ("rules:\n  - '!؟'", "2:5", "no letter or digit"),
    ("rules:\n  - " + "حلب " * 200, "2:5", "at most 300"),
    ("rules:\n  - حلب\n   درعا\n", "2:5", "goes on in the next line; is a `- ` missing there?"),
    ("rules:\n  - حلب\n    - درعا\n", "2:5", "goes on in the next line; is a `- ` missing there?"),
    ("rules:\n  - nmae: حلب", "2:5", "unknown key `nmae`; did you mean `name`?"),
    ("rules:\n  - {title: x}", "2:5", "nothing is asked for"),
    ("rules:\n  - {word: حلب, name: درعا}", "2:5", "`word:` and `name:` in one place"),
    ("rules:\n  - {word: [حلب]}", "2:12", "a term is expected"),
    ("rules:\n  - {any: []}", "2:11", "`any:` is empty"),
    ("rules:\n  - {any: [حلب, {al: [درعا]}]}", "2:18", "unknown key `al`; did you mean `all`?"),
    ("rules:\n  - {any: [{title: x, word: حلب}]}", "2:13", "unknown key `title`"),
    ("rules:\n  - {any: [حلب], aliases: [درعا]}", "2:18", "`aliases:` belong to a `name:`"),
    ("rules:\n  - {any: [{any: [حلب], exclude: [درعا]}]}", "2:25", "`exclude:` belongs to a term"),
    ("rules:\n  - {name: حلب, aliases: [حلبون, حلبون]}", "2:34", "a second time"),
    ("rules:\n  - {name: حلب, weight: 0}", "2:25", "a weight of 0"),
    ("rules:\n  - {name: حلب, weight: 1000}", "2:25", "a number from -100 to 100"),
    ("rules:\n  - {name: حلب, weight: true}", "2:25", "a number from"),
    ("rules:\n  - {name: حلب, in: headline}", "2:21", "known: title, lead, text"),
    ("rules:\n  - {name: حلب, in: []}", "2:21", "one of title, lead, text is expected"),
    ("rules:\n  - {name: حلب, id: حلب}", "2:21", "small Latin letters"),
    ("rules:\n  - {name: حلب, exclude: [{not: درعا}]}", "2:27", "`exclude:` takes terms"),
    ("rules:\n  - {name: حلب, exclude: [{all: [درعا, حمص]}]}", "2:27", "`exclude:` takes terms"),
    ("rules:\n  - near: حلب", "2:11", "keys are expected here"),
    ("rules:\n  - near: {words: [حلب], within: 3}", "2:19", "two to eight"),
    ("rules:\n  - near: {words: [حلب, درعا]}", "2:11", "`within:` is expected"),
    ("rules:\n  - near: {words: [حلب, درعا], within: far}", "2:40", "`within:` is expected"),
    ("rules:\n  - near: {words: [حلب, درعا], within: 1000}", "2:40", "0 to 100"),
    ("rules:\n  - near: {words: [حلب, {not: درعا}], within: 3}", "2:25", "`near:` takes terms"),
    ("rules:\n  - حلب\n  - حلب", "3:5", "the same rule stands in line 2"),
    ("rules:\n  - {name: حلب, id: a}\n  - {name: درعا, id: a}", "3:5", "another rule of this list is called `a`"),
    ("rules:\n  - {name: حلب, pack: nowhere}", "2:23", "there is no pack `nowhere`"),
    ("rules:\n  - {name: حلب, affiliations: [state]}", "2:31", "no sources.yaml beside"),
    # sense
    ("rules:\n  - {not: حلب}", "2:5", "met by every article that lacks its words"),
    ("rules:\n  - {any: [درعا, {not: حلب}]}", "2:5", "met by every article that lacks its words"),
    ("rules:\n  - {name: حلب, not: حلب}", "2:5", "can never be met"),
    ("rules:\n  - {all: [{near: {words: [حلب, درعا], within: 2}}, {not: درعا}]}", "2:5", "can never be met"),
    ("rules:\n  - {name: حلب, exclude: [حلب]}", "2:5", "never counts"),
    ("rules:\n  - {phrase: مدينة حلب, exclude: [حلب]}", "2:5", "never counts"),
    ("exclude: [حلب]\nrules:\n  - any: [درعا, حلب]", "3:5", "`حلب` never counts"),
    ("rules:\n  - في", "2:5", "met by nearly every report"),
    # examples
    ("rules: [حلب]\nexamples: [حلب]", "2:11", "keys are expected here"),
    ("rules: [حلب]\nexamples: {matches: [حلب]}", "2:12", "did you mean `match`?"),
    ("rules: [حلب]\nexamples: {match: [{headline: x}]}", "2:21", "unknown key `headline`"),
    ("rules: [حلب]\nexamples: {match: [{source: sana}]}", "2:20", "a sentence is expected"),
    ("rules: [حلب]\nexamples: {match: ['']}", "2:20", "a sentence is expected"),
]


@pytest.mark.parametrize(("body", "place", "says"), REFUSED)
def test_a_list_that_cannot_be_trusted_is_refused(tmp_path: Path, body: str, place: str, says: str) -> None:
    said = wrong(tmp_path, body)
    assert any(s.startswith(f"test.yaml:{place}: ") and says in s for s in said), said


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    body = "severity: hi\nrules:\n  - '!!'\n  - {any: []}\n  - {name: حلب, weight: x}\n"
    said = wrong(tmp_path, body, other="rulez: [x]\n")
    assert [s.split(": ")[0] for s in said] == [
        "other.yaml:1:1",
        "other.yaml:1:1",
        "test.yaml:1:11",
        "test.yaml:3:5",
        "test.yaml:4:11",
        "test.yaml:5:25",
    ]


def test_two_lists_with_one_id(tmp_path: Path) -> None:
    said = wrong(tmp_path, "rules: [حلب]", other="id: test\nrules: [درعا]")
    assert len(said) == 1
    assert "the id `test` is taken by" in said[0]


def test_a_file_whose_name_is_no_id(tmp_path: Path) -> None:
    folder = write(tmp_path, أستانا="rules: [حلب]")
    with pytest.raises(ConfigError, match="add a line `id:`"):
        lists.load(folder)
    (folder / "أستانا.yaml").write_text("id: astana\nrules: [حلب]", encoding="utf-8")
    assert lists.load(folder).lists[0].id == "astana"


def test_a_folder_that_watches_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder"):
        lists.load(tmp_path / "none")
    with pytest.raises(ConfigError, match="nothing would be watched"):
        lists.load(tmp_path)


def test_a_list_that_would_be_passed_over_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, a="rules: [حلب]")
    (folder / "b.yaml.txt").write_text("rules: [درعا]", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.yaml\.txt:1:1: rename it to b\.yaml"):
        lists.load(folder)
    (folder / "b.yaml.txt").unlink()
    (folder / "more").mkdir()
    (folder / "more" / "b.yaml").write_text("rules: [درعا]", encoding="utf-8")
    with pytest.raises(ConfigError, match="watch lists stand directly in"):
        lists.load(folder)


def test_a_rule_for_a_source_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {name: sana, kind: feed, url: https://a.sy/, title: سانا, affiliation: state}\n",
        encoding="utf-8",
    )
    body = "rules:\n  - {name: حلب, sources: [snaa]}\n  - {name: درعا, affiliations: [stat]}\n"
    said = wrong(tmp_path, body)
    assert [s.partition(": ")[0] for s in said] == ["test.yaml:2:27", "test.yaml:3:33"]
    assert "did you mean `sana`?" in said[0]
    assert "did you mean `state`?" in said[1]


# --- examples ---


def test_examples_are_tested(tmp_path: Path) -> None:
    body = """\
rules:
  - name: حلب
    exclude: [جامعة حلب]
  - {name: درعا, in: title}
examples:
  match:
    - وصلوا إلى حلب
    - {title: في درعا, text: قال مصدر}
    - وصلوا إلى إدلب
    - في جامعة حلب
    - {title: قال مصدر, text: في درعا}
  ignore:
    - في جامعة حلب
    - من حمص إلى حلب
"""
    said = wrong(tmp_path, body)
    assert [s.partition(": ")[0] for s in said] == [
        "test.yaml:9:7",
        "test.yaml:10:7",
        "test.yaml:11:7",
        "test.yaml:14:7",
    ]
    assert "none of the words that are looked for is found in it" in said[0]
    assert "«حلب» is found in it, but meets no rule" in said[1]
    assert "«درعا» is found in it, but meets no rule" in said[2]
    assert "must be left alone, and rule `حلب` (line 2) flags «حلب»" in said[3]


def test_examples_know_the_threshold(tmp_path: Path) -> None:
    body = "threshold: 2\nrules: [حلب, درعا]\nexamples:\n  match: [حلب ودرعا, حلب]\n  ignore: [درعا]\n"
    said = wrong(tmp_path, body)
    assert len(said) == 1
    assert "the rules that it meets weigh 1, the threshold is 2" in said[0]


def test_examples_of_a_rule_are_its_own(tmp_path: Path) -> None:
    body = """\
threshold: 5
rules:
  - name: حلب
    weight: 5
  - name: درعا
    examples: {match: [في حلب, في درعا]}
"""
    said = wrong(tmp_path, body)
    assert [s.partition(": ")[0] for s in said] == ["test.yaml:6:24"]


def test_an_example_may_name_its_source(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {name: sana, kind: feed, url: https://a.sy/, title: سانا}\n"
        "  - {name: enab, kind: feed, url: https://b.sy/, title: عنب}\n",
        encoding="utf-8",
    )
    body = """\
rules:
  - {name: حلب, sources: [sana]}
examples:
  match: [حلب, {text: حلب, source: sana}]
  ignore: [{text: حلب, source: enab}]
"""
    assert wrong(tmp_path, body) == []


# --- hostile and huge ---


@pytest.mark.parametrize(
    "body",
    [
        "rules:\n" + "  - {any: [" * 30 + "حلب" + "]}" * 30,
        "rules: " + "[" * 100_000,
        "rules:\n  - &a حلب\n  - *a",
        "rules:\n" + "  - حلب\n" * 90_000,
        b"rules: [" + b"x, " * 4_000_000 + b"]",
        "rules:\n  - pattern: '((((((((((a{1,100}){1,100}){1,100}){1,100})))))))'",
        "rules:\n  - pattern: '(a'",
        "rules:\n  - pattern: '.*'",
        "rules:\n  - pattern: 'أ\u200fب'",
        "rules:\n  - pattern: '\u202eأ'",
        "title: \u202eاسم\nrules: [حلب]",
        b"rules: [\xc3\x28]",
        "rules: [حلب]".encode("utf-16"),
        "rules: [حلب]".encode("windows-1256"),
        "rules:\n\t- حلب",
        "rules: [حلب]\nrules: [درعا]",
        "rules: {a: b}",
        "rules: [حلب]\nexamples: {match: [" + "كلمة " * 50_000 + "]}",
    ],
)
def test_a_hostile_list_is_refused_in_plain_words(tmp_path: Path, body: str | bytes) -> None:
    folder = write(tmp_path, test="")
    (folder / "test.yaml").write_bytes(body if isinstance(body, bytes) else body.encode())
    with pytest.raises(ConfigError) as caught:
        lists.load(folder)
    assert caught.value.file == str(folder / "test.yaml")
    assert caught.value.line >= 1
    assert len(str(caught.value)) < 10_000


def test_two_thousand_rules_load(tmp_path: Path) -> None:
    letters = "بتثجحخدذرزسشصضطظعغفقكلمنهوي"
    names = [f"{a}{b}{c}ان" for a in letters for b in letters for c in letters][:2000]
    body = "rules:\n" + "".join(f"  - name: {name}\n" for name in names)
    body += "examples:\n  match:\n" + "".join(f"    - قال مصدر في {name} اليوم\n" for name in names[:500])
    started = time.perf_counter()
    watch = load(tmp_path, body)
    print(f"2,000 rules, 500 examples: {time.perf_counter() - started:.2f} s")
    (one,) = flag(watch, article(f"في {names[1234]} اليوم"))
    assert one.rule == names[1234]
