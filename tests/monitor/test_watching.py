"""`rasid watch` over a real store and real lists: what is tried, explained, compared, flagged late, called a false hit."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.article import Article
from monitor import lists
from monitor.cli import rasid
from monitor.digest import Mark
from monitor.trying import try_text
from monitor.watch import flag
from storage.records import Flag, Muted
from storage.store import Store
from tests.monitor.watching import load
from tests.stores.making import put

NOW = datetime.now(UTC).replace(microsecond=0)
SETTINGS = "contact: watch@rasid.org\ndigest: {formats: [markdown]}\n"
SOURCES = """\
sources:
  - {name: a, kind: feed, url: 'http://127.0.0.1:9/a', title: وكالة النهر, affiliation: state}
  - {name: b, kind: feed, url: 'http://127.0.0.1:9/b', title: صوت الجبل}
"""
LIST = """\
# What we watch, and why.
title: المحتجزون
severity: high

rules:
  - word: معتقل      # all its forms
  - word: مغيب
    exclude:
      - phrase: مغيب الشمس

# Sentences of our own.
examples:
  match:
    - طالبت العائلات بكشف مصير المعتقلين
  ignore:
    - وصلت القافلة قبل مغيب الشمس   # sunset

# The end.
"""
REPORTS = {
    "https://a.example/1": (
        "a",
        "ذوو المعتقلين يعتصمون",
        "اعتصم ذوو المعتقلين أمام مبنى البلدية أمس. وحضر عشرات الناشطين.",
    ),
    "https://b.example/2": (
        "b",
        "معرض الخط العربي",
        "افتتح المعرض في قاعة كانت يوما معتقلا للسياسيين. وحضره طلاب المدارس.",
    ),
    "https://b.example/3": ("b", "سوق الخضار", "ارتفعت أسعار الخضار في السوق المركزية مع بداية الشتاء."),
    "https://a.example/4": (
        "a",
        "زيارة إلى السجن المركزي",
        "زار وفد من الصليب الأحمر السجن المركزي واطلع على أوضاع السجناء فيه.",
    ),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "watchlists" / "held.yaml").write_text(LIST, encoding="utf-8")
    return folder


@pytest.fixture
def store(config: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{config.parent / 'var' / 'rasid.db'}") as opened:
        yield opened


def report(url: str) -> Article:
    source, title, text = REPORTS[url]
    return Article(url=url, source=source, title=title, text=text, language="ar", fetched_at=NOW)


@pytest.fixture
def filled(config: Path, store: Store) -> Store:
    """The four reports, stored two days ago and flagged as the list was then."""
    watched = lists.load(config / "watchlists")
    moment = NOW - timedelta(days=2)
    number = store.begin_pass(moment)
    for url in REPORTS:
        put(store, report(url), flags=flag(watched, report(url)), now=moment, pass_id=number)
    store.end_pass(number, moment)
    return store


def run(config: Path, *arguments: object) -> Result:
    # rich takes the width from COLUMNS, where there is no terminal
    return CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"}).invoke(
        rasid, ["--config", str(config), *map(str, arguments)], catch_exceptions=True
    )


def said(config: Path, *arguments: object) -> str:
    done = run(config, *arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def told(config: Path, *arguments: object) -> Any:
    return json.loads(said(config, *arguments, "--json"))


def edit(config: Path, old: str, new: str) -> None:
    path = config / "watchlists" / "held.yaml"
    body = path.read_text(encoding="utf-8")
    assert old in body
    path.write_text(body.replace(old, new), encoding="utf-8")


def flags_by_url(store: Store) -> dict[str, list[Flag]]:
    return {url: store.flags_of(stored.id) for url in REPORTS if (stored := store.article_at(url))}


# test


def test_examples_that_hold_and_examples_that_fail(config: Path) -> None:
    assert "held: 2 rules, 2 examples, all as they should be" in said(config, "watch", "test")
    edit(config, "    - طالبت", "    - افتتح معرض الزهور\n    - طالبت")
    failing = run(config, "watch", "test", "held")
    assert isinstance(failing.exception, lists.ConfigError)
    assert "held.yaml:14:7: this example must be flagged, and is not" in str(failing.exception)
    for_programs = run(config, "watch", "test", "--json")
    assert for_programs.exit_code == 2
    (problem,) = json.loads(for_programs.output)["problems"]
    assert (problem["line"], problem["column"]) == (14, 7)


def test_one_list_alone_is_tested_whatever_the_others_say(config: Path) -> None:
    (config / "watchlists" / "broken.yaml").write_text("titel: x\nrules: [حلب]\n", encoding="utf-8")
    (config / "watchlists" / "other.yaml").write_text("id: renamed\nrules: [حلب]\n", encoding="utf-8")
    assert said(config, "watch", "test", "held").startswith("held:")
    assert "no examples: nothing proves" in said(config, "watch", "test", "renamed")
    assert isinstance(run(config, "watch", "test", "broken").exception, lists.ConfigError)
    unknown = run(config, "watch", "test", "helt").exception
    assert "did you mean `held`?" in str(unknown)


# try


def test_a_text_is_marked_and_each_rule_says_why(config: Path) -> None:
    output = said(config, "watch", "try", "خرج المعتقلون قبل مغيب الشمس")
    assert "⟦المعتقلون⟧" in output
    assert "held: flagged (high)" in output
    assert "met: rule معتقل (line 6): المعتقلون" in output
    assert "not met: rule مغيب (line 7), though مغيب: an `exclude:` covers it: مغيب الشمس" in output


def test_a_file_a_page_an_address_and_a_number_can_be_tried(config: Path, filled: Store, tmp_path: Path) -> None:
    (tmp_path / "خبر.txt").write_text("أخبار المساء\nوصل المعتقلون إلى البلدة.\n", encoding="utf-16")
    by_file = told(config, "watch", "try", tmp_path / "خبر.txt")
    assert (by_file["title"], by_file["lists"][0]["flagged"]) == ("أخبار المساء", True)
    for what in ("1", "https://a.example/1?utm_source=feed"):
        found = told(config, "watch", "try", what)
        assert (found["source"], found["lists"][0]["met"][0]["rule"]) == ("a", "معتقل")
    for what in ("99", "https://a.example/none"):
        assert "nothing is fetched" in run(config, "watch", "try", what).output


def test_what_is_hostile_in_a_text_does_not_reach_the_terminal(config: Path) -> None:
    output = said(config, "watch", "try", "خرج المعتقلون\x1b[31m \u202e" + "ا" * 5000)
    assert "\x1b" not in output
    assert "\u202e" not in output


RULES = [
    ("{all: [معتقل, تعذيب]}", "خرج المعتقل من السجن", "تعذيب is not found"),
    (
        "{near: {words: [قصف, مدرسة], within: 2}}",
        "قصف الطيران أحياء البلدة الجنوبية ولم تصب مدرسة",
        "not within 2 words",
    ),
    ("{word: معتقل, in: title}", "خرج المعتقل من السجن", "outside of what it looks at (`in: title`)"),
    ("{word: معتقل, not: [حريق]}", "خرج المعتقلون بعد حريق في السجن", "`not:` rules it out, since «حريق» stands there"),
    ("{word: معتقل, sources: [other]}", "خرج المعتقل من السجن", "only for other"),
    ("{word: معتقل, exclude: [معتقل سابق]}", "قال معتقل سابق أمس", "`exclude:` covers it: معتقل سابق"),
    ("{any: [{all: [معتقل, تعذيب]}, {all: [قصف, مدرسة]}]}", "قصف الطيران البلدة", "مدرسة is not found"),
]


@pytest.mark.parametrize(("rule", "text", "why"), RULES, ids=[why for _, _, why in RULES])
def test_why_a_rule_is_not_met(tmp_path: Path, rule: str, text: str, why: str) -> None:
    (trial,) = try_text(load(tmp_path, f"rules:\n  - {rule}\n"), "", text, "mine")
    assert not trial.flagged
    assert why in trial.unmet[0].why


def test_a_threshold_that_is_not_reached_is_told(tmp_path: Path) -> None:
    body = "threshold: 3\nrules:\n  - {word: معتقل, weight: 2}\n  - {word: قصف}\n"
    (trial,) = try_text(load(tmp_path, body), "", "خرج المعتقل من السجن")
    assert (trial.flagged, trial.total) == (False, 2.0)
    assert "weigh 2 together, the threshold is 3" in trial.why_not


def test_what_is_tried_and_what_a_pass_flags_are_the_same(tmp_path: Path) -> None:
    watched = load(tmp_path, LIST)
    for url in REPORTS:
        one = report(url)
        (trial,) = try_text(watched, one.title, one.text, one.source)
        assert trial.flagged == bool(flag(watched, one)), url


# explain and suggest


def test_a_term_is_explained_with_what_the_archive_has(config: Path, filled: Store) -> None:
    found = told(config, "watch", "explain", "معتقل")
    assert found["kind"] == "word"
    assert "معتقلين" in found["forms"]
    assert {one["word"]: one["count"] for one in found["seen"]} == {"المعتقلين": 2, "معتقلا": 1}
    assert found["articles"] == 4
    exact = told(config, "watch", "explain", "معتقل", "--as", "exact")
    assert exact["seen"] == []
    assert {one["word"] for one in exact["left"]} >= {"المعتقلين", "معتقلا"}
    assert "asked for" in exact["why"]


def test_a_name_of_a_pack_is_explained_with_its_spellings_and_exclusions(config: Path) -> None:
    output = said(config, "watch", "explain", "أستانا")
    assert "a pack knows it" in output
    assert "نادي أستانا" in output
    assert "No article is stored yet" in output


def test_a_term_that_can_never_match_is_refused(config: Path) -> None:
    assert "no letter or digit" in str(run(config, "watch", "explain", "؟!").exception)


def test_a_form_that_is_another_word_as_well_is_warned_of(config: Path) -> None:
    found = told(config, "watch", "explain", "كتب", "--as", "name")
    assert any(one["form"] == "كتب" for one in found["homographs"])


def test_spellings_that_look_like_a_name_are_suggested_with_counts(config: Path, store: Store) -> None:
    text = "التقى موغريني وزير الخارجية. وقالت موجريني إن موقريني لم تحضر، وموغيريني وصلت. القرين والمغرب والقرى."
    put(store, replace(report("https://a.example/1"), text=text))
    found = told(config, "watch", "suggest", "موغريني", "--all")
    assert {"موجريني", "موقريني", "موغيريني"} <= {one["spelling"] for one in found["spellings"]}
    assert not {"قرين", "مغرب", "قرى"} & {one["spelling"] for one in found["spellings"]}
    assert "موجريني" in said(config, "watch", "suggest", "موغريني")
    assert "no spelling looks like" in said(config, "watch", "suggest", "كازاخستان")


def test_a_name_of_two_words_is_looked_for_apart_and_together(config: Path, store: Store) -> None:
    text = "وصل دي مستورا إلى جنيف. وقال ديميستورا إن دي ميستورا باق. وأكد لدي ميسترا ذلك."
    put(store, replace(report("https://a.example/1"), text=text))
    found = told(config, "watch", "suggest", "دي ميستورا", "--all")
    assert {"دي مستورا", "ديميستورا"} <= {one["spelling"] for one in found["spellings"]}


# diff and rescan


def test_an_edited_list_shows_what_it_would_add_and_lose_and_changes_nothing(config: Path, filled: Store) -> None:
    edit(config, "  - word: معتقل      # all its forms", "  - word: سجين\n  - phrase: ذوو المعتقلين")
    edit(config, "    - طالبت العائلات بكشف مصير المعتقلين\n", "    - خرج السجناء\n")
    before = flags_by_url(filled)
    found = told(config, "watch", "diff")
    assert [(one["change"], one["id"]) for one in found["changes"]] == [("lost", 2), ("added", 4)]
    assert found["articles"] == 4
    output = said(config, "watch", "diff", "--list", "held")
    assert "held: +1 -1" in output
    assert "+ 4 a: زيارة إلى السجن المركزي (السجناء)" in output
    assert flags_by_url(filled) == before


def test_diff_looks_from_a_day_on_and_names_lists_that_are_gone(config: Path, filled: Store) -> None:
    assert told(config, "watch", "diff", "--since", "2999-01-01")["articles"] == 0
    (config / "watchlists" / "held.yaml").rename(config / "watchlists" / "kept.yaml")
    output = said(config, "watch", "diff")
    assert "kept: +2 -0" in output
    assert "held: +0 -2 (this list is gone)" in output
    assert run(config, "watch", "diff", "--list", "nosuch").exit_code == 2


def test_the_past_is_flagged_late_once_and_the_digest_says_so(config: Path, filled: Store) -> None:
    for made in (run(config, "digest"),):
        assert made.exit_code == 0, made.exception
    edit(config, "  - word: مغيب", "  - {word: سجين, weight: 3}\n  - word: مغيب")
    since = (NOW - timedelta(days=5)).date()
    assert told(config, "watch", "rescan", "--since", since)["flagged"] == {"held": 1}
    (late,) = flags_by_url(filled)["https://a.example/4"]
    assert (late.late, late.weight, late.rule) == (True, 3.0, "سجين")
    assert [one.late for one in flags_by_url(filled)["https://a.example/1"]] == [False]
    assert "no article was flagged" in said(config, "watch", "rescan", "--since", since)
    assert run(config, "digest", "--today").exit_code == 0
    (so_far,) = (config.parent / "var" / "digests").glob("*so-far.md")
    shown = so_far.read_text(encoding="utf-8")
    assert "زيارة إلى السجن المركزي" in shown
    assert "طلبته قائمة عُدّلت" in shown
    assert "high, late" in said(config, "show", "4")


def test_late_stands_where_the_flag_is_and_only_there() -> None:
    from monitor.digest import build
    from tests.monitor.digest_sample import arguments, flagged

    lone = next(one for one in flagged() if len(one.tellings) == 1)
    both = replace(lone, flags=(lone.flags[0], replace(lone.flags[0], list="detainees", rule="x", late=True)))
    made = build(**arguments() | {"flagged": [both]})
    (late,) = made.late
    assert Mark.MATCHED_LATER in late.marks
    assert [why.list for why in late.why] == ["detainees"]
    (story,) = (story for one in made.lists for story in one.stories)
    assert Mark.MATCHED_LATER not in story.marks
    one_rule_more = replace(lone, flags=(*lone.flags, replace(lone.flags[0], rule="x", late=True)))
    made = build(**arguments() | {"flagged": [one_rule_more]})
    assert not made.late


# ignore


def test_a_false_hit_becomes_an_example_and_its_story_is_muted(config: Path, filled: Store) -> None:
    done = run(config, "watch", "ignore", "2", "--note", "متحف")
    assert done.exit_code == 2  # the rule still finds it
    assert "must be left alone, and rule `معتقل` (line 6) flags «معتقلا»" in done.output
    assert "rasid watch test" in done.output
    body = (config / "watchlists" / "held.yaml").read_text(encoding="utf-8")
    added = "    - افتتح المعرض في قاعة كانت يوما معتقلا للسياسيين.\n"
    assert body.replace(added, "") == LIST
    assert body.index("sunset") < body.index(added) < body.index("# The end.")
    assert [(one.story, one.list, one.note) for one in filled.muted()] == [(2, "held", "متحف")]
    edit(config, "  - word: معتقل      # all its forms", "  - word: معتقل\n    exclude: [معتقل للسياسيين]")
    assert "3 examples, all as they should be" in said(config, "watch", "test")


def test_muted_stories_are_left_out_of_digests_and_claimed_by_them(config: Path, filled: Store) -> None:
    filled.mute(Muted(story=2, list="held", note="متحف", muted_at=NOW))
    made = said(config, "digest").split()
    shown = "\n".join(Path(path).read_text(encoding="utf-8") for path in made if path.endswith(".md"))
    assert shown.count("معرض الخط العربي") == 1
    assert "«معرض الخط العربي» (2) تُركت من قائمة «المحتجزون» لأنها عُدّت مطابقة خاطئة: متحف" in shown
    assert "يعتصمون" in shown
    assert filled.flagged(until=NOW + timedelta(days=1)) == []


def test_a_reprint_of_a_muted_story_is_muted_in_that_list_only(filled: Store) -> None:
    from monitor.muting import without

    first = next(one for one in filled.flagged(until=NOW) if one.stored.id == 2)
    reprint = replace(first, stored=replace(first.stored, id=9, same_as=2))
    other = replace(first, flags=(replace(first.flags[0], list="museums"),))
    shown, notes = without([reprint, other], [Muted(story=2, list="held", note="", muted_at=NOW)])
    assert shown == [other]
    assert len(notes) == 1


def test_ignoring_says_what_it_needs(config: Path, filled: Store) -> None:
    assert "no list has flagged article 3" in run(config, "watch", "ignore", "3").output
    assert "no article 77 is stored" in run(config, "watch", "ignore", "77").output
    assert "has not flagged article 1" in run(config, "watch", "ignore", "1", "--list", "nosuch").output
    extra = replace(filled.flags_of(1)[0], list="gone", list_title="قديمة")
    filled.flag_more({1: [extra]}, NOW)
    assert "say which with --list: held, gone" in run(config, "watch", "ignore", "1").output
    assert "there is no list gone any more" in said(config, "watch", "ignore", "1", "--list", "gone")
    assert filled.article(1) is not None


def test_a_mute_can_be_undone_and_is_shown(config: Path, filled: Store) -> None:
    assert "nothing is muted" in said(config, "watch", "ignore")
    filled.mute(Muted(story=2, list="held", note="متحف", muted_at=NOW))
    assert "held: story 2" in said(config, "watch", "ignore")
    assert told(config, "watch", "ignore")[0]["note"] == "متحف"
    assert "shown in held again" in said(config, "watch", "ignore", "2", "--undo")
    assert filled.muted() == []
    assert "it is not muted there" in run(config, "watch", "ignore", "2", "--undo").output


def test_ignoring_what_the_list_no_longer_flags_ends_well(config: Path, filled: Store) -> None:
    edit(config, "  - word: معتقل      # all its forms", "  - word: معتقل\n    exclude: [معتقل للسياسيين]")
    done = told(config, "watch", "ignore", "2")
    assert done["problems"] == []
    assert done["sentence"].startswith("افتتح المعرض")


def test_every_command_has_a_help_that_says_what_it_does(config: Path) -> None:
    commands: Sequence[str] = ("test", "try", "explain", "diff", "rescan", "suggest", "ignore")
    listed = said(config, "watch", "--help")
    for name in commands:
        assert name in listed
        assert len(said(config, "watch", name, "--help")) > 300
