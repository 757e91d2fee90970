from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.outcome import Ending, Fate
from monitor.digest import Digest, ListSection, Mark, Story, build
from storage.records import Flag, Flagged, PassRecord, Span, StoredArticle
from tests.monitor.digest_sample import DAY, LISTS, SOURCES, arguments, at, digest, flagged, gaps, outcome, states


def section(made: Digest, name: str) -> ListSection:
    return next(one for one in made.lists if one.id == name)


def headline(story: Story) -> str:
    return "".join(piece.text for piece in story.headline)


def test_reprints_are_one_story_that_names_every_outlet() -> None:
    (story,) = (story for story in section(digest(), "astana").stories if story.outlets == 4)
    assert [telling.outlet.name for telling in story.tellings] == ["wakala", "barada", "sahel", "levant"]
    assert story.affiliations == ("state", "pan-arab")
    assert story.tellings[1].title.startswith("اختتام «أستانة 9»")
    assert [piece.text for piece in story.headline if piece.marked] == ["أستانة"]
    assert story.why[0].words == ("أستانة", "الأستانة", "آستانا")


def test_two_entrances_of_one_outlet_are_one_outlet() -> None:
    sources = {**SOURCES, "barada": replace(SOURCES["barada"], title=SOURCES["wakala"].title)}
    (story,) = (s for s in section(digest(sources=sources), "astana").stories if len(s.tellings) == 4)
    assert story.outlets == 3


def test_urgent_stands_first_and_only_there() -> None:
    made = digest()
    (story,) = made.urgent
    assert story.outlets == 3
    assert {why.rule for why in story.why} == {"وفاة في الاحتجاز", "سجون معروفة"}
    assert section(made, "detainees").urgent == (story.id,)
    assert story.id not in {one.id for one in section(made, "detainees").stories}


def test_lists_keep_their_order_and_those_without_hits_are_named() -> None:
    made = digest()
    assert [one.id for one in made.lists] == [name for name, _, _ in LISTS]
    assert section(made, "health").stories == ()
    assert (made.stories, made.lists_hit) == (7, 3)


def test_a_flag_of_a_list_that_is_gone_is_not_dropped() -> None:
    made = digest(lists=[entry for entry in LISTS if entry[0] != "astana"])
    assert made.lists[-1].id == "astana"
    assert len(made.lists[-1].stories) == 3


def test_marks() -> None:
    made = digest()
    stories = {headline(story)[:5]: story.marks for one in made.lists for story in one.stories}
    stories |= {headline(story)[:5]: story.marks for story in made.late}
    assert stories["أهالي"] == (Mark.CARRIED,)
    assert stories["تقرير"] == (Mark.PUBLISHED_EARLIER,)
    assert stories["الجول"] == ()


def _earlier(one: Flagged, *, stored: bool = True, flag: bool = False) -> Flagged:
    past = timedelta(days=2)
    return Flagged(
        stored=replace(one.stored, stored_at=one.stored.stored_at - past) if stored else one.stored,
        flags=one.flags, tellings=one.tellings, flagged_at=one.flagged_at - past if flag else one.flagged_at,
    )  # fmt: skip


def test_stored_earlier_and_flagged_late_is_matched_later() -> None:
    lone = next(one for one in flagged() if len(one.tellings) == 1)
    old = _earlier(lone)
    late = replace(old, flags=tuple(replace(flag, late=True) for flag in old.flags))
    made = digest(flagged=[replace_tellings(late)])
    (story,) = made.late
    assert section(made, "astana").late == (story.id,)
    assert section(made, "astana").stories == ()
    assert story.marks == (Mark.MATCHED_LATER,)
    assert not story.tellings[0].new


def test_a_reprint_of_an_earlier_text_is_told_again() -> None:
    first, *_, last = (one for one in flagged() if len(one.tellings) == 4)
    old = replace(first.stored, stored_at=first.stored.stored_at - timedelta(days=2))
    made = digest(flagged=[replace(last, tellings=(old, last.stored))])
    (story,) = section(made, "astana").stories
    assert story.marks == (Mark.TOLD_AGAIN,)
    assert (story.id, story.told_by) == (old.id, last.stored.id)
    assert [telling.new for telling in story.tellings] == [False, True]


def replace_tellings(one: Flagged) -> Flagged:
    return replace(one, tellings=(one.stored,))


def test_tellings_of_a_later_day_belong_to_a_later_digest() -> None:
    one = next(one for one in flagged() if len(one.tellings) == 4)
    later = replace(one.tellings[3], stored_at=at("09:00", DAY + timedelta(days=1)))
    made = digest(flagged=[replace(one, tellings=(*one.tellings[:3], later))])
    (story,) = section(made, "astana").stories
    assert story.outlets == 3


def test_the_first_telling_leads_even_when_the_store_hands_it_over_last() -> None:
    one = next(one for one in flagged() if len(one.tellings) == 4)
    made = digest(flagged=[replace(one, tellings=one.tellings[::-1])])
    (story,) = section(made, "astana").stories
    assert story.tellings[0].id == story.id == one.tellings[0].id


def test_the_order_of_what_comes_in_does_not_matter() -> None:
    given_, shuffled = arguments(), arguments()
    for name in ("flagged", "outcomes", "missed", "passes"):
        random.Random(7).shuffle(shuffled[name])
    shuffled["sources"] = dict(reversed(SOURCES.items()))
    assert build(**given_) == build(**shuffled)


def test_the_same_twice_is_there_once() -> None:
    assert digest(flagged=flagged() * 2) == digest()


def test_a_flag_that_does_not_fit_its_text_still_shows_the_story() -> None:
    one = flagged()[0]
    wild = Flag(
        list="astana", list_title="مسار أستانا", rule="ق", severity="normal", version="",
        spans=(Span(where="text", start=10**6, end=10**6 + 3, words="؟", term="؟"),),
    )  # fmt: skip
    made = digest(flagged=[replace(one, flags=(wild,))])
    assert section(made, "astana").stories[0].quotes == ()


# --- what was not looked at ---


def test_trouble_says_since_when() -> None:
    cover = digest().coverage
    troubled = {trouble.outlet.name: trouble for trouble in cover.troubled}
    assert list(troubled) == ["sahel", "furat", "jisr"]
    assert (troubled["sahel"].read, troubled["sahel"].from_the_start) == (False, True)
    assert troubled["furat"].since == at("16:10")
    assert troubled["furat"].read_again_at is None
    assert (troubled["jisr"].since, troubled["jisr"].read_again_at) == (at("7:10"), at("13:10"))
    assert (cover.not_read, cover.stopped) == (2, 1)


def test_sources_that_no_pass_reached() -> None:
    assert [outlet.name for outlet in digest().coverage.never] == ["hawran"]


def test_a_pass_that_was_killed_and_the_hours_without_one() -> None:
    cover = digest().coverage
    assert [one.started_at for one in cover.troubled_passes] == [at("8:10")]
    assert [(one.start, one.end) for one in cover.silences] == [(at("8:10"), at("13:10"))]


def test_the_newest_pass_of_a_day_that_is_not_over_may_be_running() -> None:
    passes = [PassRecord(id=1, started_at=at("9:00"), ended_at=None, stored=0, flagged=0, error=None)]
    running = digest(passes=passes, complete=False, made_at=at("9:01")).coverage.troubled_passes[0]
    cut = digest(passes=passes).coverage.troubled_passes[0]
    assert (running.running, cut.running) == (True, False)


def test_entries_that_could_not_be_read_without_those_off_topic() -> None:
    assert [entry.fate for entry in digest().coverage.unread] == [Fate.FAILED, Fate.UNREADABLE]


def test_fates_add_up() -> None:
    made = arguments()
    assert sum(build(**made).coverage.fates.values()) == sum(one.entries for one in made["outcomes"])


def test_not_running_is_not_nothing() -> None:
    cover = digest(flagged=[], outcomes=[], passes=[], missed=[]).coverage
    assert not cover.running
    assert not cover.looked
    assert cover.not_read == len(SOURCES)


def test_a_clear_day() -> None:
    names = list(SOURCES)
    rows = [
        outcome(name, f"{hour}:00", Ending.READ, known=3) for hour in range(24) for name in names if name != "barada"
    ]
    passes = [
        PassRecord(id=h, started_at=at(f"{h}:00"), ended_at=at(f"{h}:05"), stored=0, flagged=0, error=None)
        for h in range(24)
    ]
    sources = {name: one for name, one in SOURCES.items() if name != "barada"}
    seen: dict[str, Any] = {
        "outcomes": rows, "passes": passes, "missed": [], "sources": sources, "gaps": [], "states": [],
    }  # fmt: skip
    assert digest(**seen).coverage.clear
    assert not digest(**seen | {"notes": ["قائمة لم تُحمّل"]}).coverage.clear
    assert not digest(**seen | {"sources": SOURCES}).coverage.clear
    assert not digest(**seen | {"gaps": gaps()}).coverage.clear
    assert digest(**seen | {"gaps": gaps()[1:]}).coverage.clear, "it was filled"
    assert not digest(**seen | {"states": states()}).coverage.clear


def test_what_is_in_trouble_is_not_also_stale_nor_is_what_nobody_declares() -> None:
    [stale] = digest().coverage.stale
    assert (stale.outlet.name, stale.usual_seconds) == ("zaytun", 3 * 3600)
    assert digest(states=[replace(states()[0], failures=2)]).coverage.stale == ()
    assert digest(states=[replace(states()[0], name="nobody")]).coverage.stale == ()


def test_the_longest_rhythm_of_all_is_no_silence() -> None:
    """Where every source is read twice a day, ten hours without a pass are what was to be expected."""
    passes = [
        PassRecord(id=h, started_at=at(f"{h}:00"), ended_at=at(f"{h}:05"), stored=0, flagged=0, error=None)
        for h in (1, 11, 21)
    ]
    sources = {"zaytun": SOURCES["zaytun"]}
    slow = [replace(states()[0], rhythm=timedelta(hours=10))]
    assert digest(passes=passes, sources=sources, states=slow).coverage.silences == ()
    assert len(digest(passes=passes, sources=sources, states=[]).coverage.silences) == 3


def test_a_day_of_25_hours_has_its_bounds() -> None:
    made = digest(day=date(2018, 10, 25), flagged=[])
    assert made.until - made.starts_at == timedelta(hours=25)


# --- laws ---

_ONE = flagged()[0].stored
_LISTS = ("a", "b", "c")


@st.composite
def _flagged(draw: st.DrawFn) -> list[Flagged]:
    """Articles 1..n; some tell the text of an earlier one; each met rules of some lists, some of them urgent."""
    made: list[Flagged] = []
    firsts: list[int] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        first = draw(st.sampled_from(firsts)) if firsts and draw(st.booleans()) else None
        firsts += [number] if first is None else []
        minutes = draw(st.integers(0, 3 * 24 * 60))
        stored = StoredArticle(
            id=number, article=_ONE.article, stored_at=at("23:00") - timedelta(minutes=minutes), same_as=first
        )
        flags = tuple(
            Flag(
                list=name,
                list_title=name,
                rule=rule,
                severity=draw(st.sampled_from(["normal", "urgent"])),
                version="",
                spans=(),
                late=draw(st.booleans()),
            )
            for name in draw(st.lists(st.sampled_from(_LISTS), max_size=3, unique=True))
            for rule in draw(st.lists(st.sampled_from("xy"), min_size=1, unique=True))
        )
        made.append(Flagged(stored=stored, flags=flags, flagged_at=stored.stored_at, tellings=(stored,)))
    return made


@settings(deadline=None, max_examples=200)
@given(_flagged())
def test_every_flagged_article_stands_exactly_once_for_each_of_its_lists(given_: list[Flagged]) -> None:
    made = digest(flagged=given_, lists=[(name, name, "normal") for name in _LISTS])
    places = []
    apart = (*made.urgent, *made.late)
    for story in apart:
        places += [(why.list, telling.id) for why in story.why for telling in story.tellings]
    for one in made.lists:
        places += [(one.id, telling.id) for story in one.stories for telling in story.tellings]
        assert not {story.id for story in one.stories} & {*one.urgent, *one.late}
        assert not set(one.urgent) & set(one.late)
        assert {why.list for story in one.stories for why in story.why} <= {one.id}
    wanted = {(flag.list, one.stored.id) for one in given_ for flag in one.flags}
    assert wanted <= set(places)
    rules = [(why.list, why.rule, story.id) for story in apart for why in story.why]
    rules += [(why.list, why.rule, story.id) for one in made.lists for story in one.stories for why in story.why]
    assert len(rules) == len(set(rules))
    assert made.stories == len({one.stored.same_as or one.stored.id for one in given_ if one.flags})
