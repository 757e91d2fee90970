"""Sentences that every format shares. They hold only the digest's own words: what came from the web is added, and made
harmless, by the format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crawler.outcome import Fate
from monitor import reasons
from monitor.charts import Chart
from monitor.coverage import FallenOut, ReadSource, Stale, Stretch, TroubledPass, TroubledSource
from monitor.digest import Digest, Edit, Event, Removal, Story, Telling
from monitor.formats import when
from monitor.formats.words import AFFILIATIONS, GONE, count, say, zone_name
from monitor.revisits import MANY

__all__ = [
    "affiliation",
    "alarm",
    "changed_at",
    "chart",
    "elsewhere",
    "event_facts",
    "event_first",
    "gap",
    "gone",
    "headline",
    "lost",
    "made",
    "no_hits",
    "outlets",
    "pass_line",
    "proof",
    "reads",
    "reason",
    "removed_at",
    "silence",
    "silent",
    "told",
    "trouble_time",
]  # fmt: skip


_NAME = re.compile("urn:uuid:([0-9a-f]{8})-[0-9a-f-]{27}")
_MUCH = 5
"""Mentions more than usual, at least, to be called far more."""


def headline(digest: Digest) -> str:
    """The line that says it all: n stories in m lists, k urgent, j sources not read."""
    cover, blind = digest.coverage, alarm(digest)
    parts = [_found(digest)]
    if blind is None:
        unseen = [
            count(digest.language, what, n)
            for what, n in (("not read", cover.not_read), ("stopped", cover.stopped), ("gaps in", len(cover.gaps)))
            if n
        ]
        parts.append(say(digest.language, "and").join(unseen) or say(digest.language, "all read"))
    else:
        # "Nothing found" is not said by someone who did not look.
        parts = [blind, *(parts if digest.stories else [])]
    sentence = say(digest.language, "semicolon").join(parts) + "."
    return sentence[:1].upper() + sentence[1:]


def alarm(digest: Digest) -> str | None:
    """Said before everything else when nothing was looked at."""
    if digest.coverage.looked:
        return None
    return say(digest.language, "nothing read" if digest.coverage.running else "not running")


def _found(digest: Digest) -> str:
    language = digest.language
    if not digest.lists:
        return say(language, "no lists")
    if not digest.stories:
        return say(language, "nothing")
    found = f"{count(language, 'stories', digest.stories)} {count(language, 'in lists', digest.lists_hit)}"
    urgent = len(digest.urgent)
    if not urgent:
        return found
    what = "only urgent" if urgent == digest.stories else "urgent"
    return found + say(language, "comma") + count(language, what, digest.stories if what == "only urgent" else urgent)


def made(digest: Digest) -> str:
    """When, and how far the day had gone."""
    language = digest.language
    at = when.moment(digest.made_at, digest.zone, digest.day, language)
    line = say(language, "made", at=at, zone=zone_name(language, digest.zone))
    if digest.complete:
        return line
    return say(language, "so far", at=when.clock(digest.until, digest.zone)) + say(language, "semicolon") + line


def no_hits(digest: Digest) -> str:
    """For a list without stories: whether we looked."""
    cover, language = digest.coverage, digest.language
    if not cover.looked:
        return say(language, "no hits, blind")
    in_the_way = (("not read", cover.not_read), ("stopped", cover.stopped), ("gaps in", len(cover.gaps)))
    what, n = next(((what, n) for what, n in in_the_way if n), ("not read", 0))
    key = "no hits, partly" if n else "no hits"
    return say(
        language,
        key,
        sources=count(language, "sources of", len(cover.read)),
        passes=count(language, "passes of", cover.passes),
        not_read=count(language, what, n),
    )


def elsewhere(digest: Digest, key: str, stories: Sequence[int]) -> str:
    """That so many stories of a list stand under *urgent* (``urgent above``) or *late* (``late below``)."""
    return f"{say(digest.language, key)} {count(digest.language, 'stories', len(stories))}"


def told(digest: Digest, telling: Telling) -> str:
    """When a telling was published; where the page does not say, when it was read."""
    if telling.published_at is None:
        at = when.moment(telling.fetched_at, digest.zone, digest.day, digest.language)
        return say(digest.language, "undated", at=at)
    return when.moment(telling.published_at, digest.zone, digest.day, digest.language)


def affiliation(language: str, name: str) -> str:
    """An affiliation that the table does not know stays as it was declared."""
    return AFFILIATIONS[language].get(name, name)


def chart(digest: Digest, counted: Chart) -> str | None:
    """Today against the usual; ``None`` where nothing can be said of it."""
    language, today, usual = digest.language, counted.today, counted.usual
    if today is None or usual is None:
        return None
    parts = [say(language, "chart today", n=today), say(language, "chart usual", usual=f"{usual:g}")]
    if today >= 2 * usual and today - usual >= _MUCH:
        parts.append(say(language, "chart unusual"))
    if blind := sum(one.found is None for one in counted.days):
        parts.append(say(language, "chart blind", days=count(language, "days", blind)))
    return f"{say(language, 'chart')}: {say(language, 'semicolon').join(parts)}."


def outlets(digest: Digest, story: Story) -> str:
    return count(digest.language, "outlets", story.outlets)


def event_facts(digest: Digest, event: Event) -> str:
    """How many Stories, outlets and independent voices; the outlet that was first is named by the format."""
    language = digest.language
    facts = [("reports", len(event.stories)), ("in outlets", event.outlets), ("independent", event.independent)]
    return say(language, "comma").join(count(language, what, n) for what, n in facts)


def event_first(digest: Digest, event: Event) -> str:
    """When the first outlet had it, and by how long it was ahead."""
    language = digest.language
    at = when.moment(event.first_at, digest.zone, digest.day, language)
    if event.ahead is None or event.ahead < 60:
        return at
    return at + say(language, "comma") + say(language, "ahead", time=_duration(language, event.ahead))


def _duration(language: str, seconds: int) -> str:
    for what, unit in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= unit * (1 if what == "minutes" else 2):
            return count(language, what, seconds // unit)
    return count(language, "minutes", 1)


def changed_at(digest: Digest, edit: Edit) -> str:
    return say(digest.language, "changed at", at=when.moment(edit.read_at, digest.zone, digest.day, digest.language))


def removed_at(digest: Digest, removal: Removal) -> str:
    gone, at = (
        when.moment(moment, digest.zone, digest.day, digest.language)
        for moment in (removal.gone_at, removal.removed_at)
    )
    return say(digest.language, "removed at", gone=gone, at=at)


def gone(language: str, why: str) -> str:
    """How its absence looked, in the digest's words; as it was noted where they have none."""
    alone = why.removeprefix(MANY)
    said = next((words for start, words in GONE[language].items() if alone.startswith(start)), reason(language, alone))
    return say(language, "gone with many") + said if alone != why else said


def reason(language: str, stored: str) -> str:
    """A stored reason or note, in the digest's language."""
    return reasons.said(language, stored)


def proof(capture: str) -> str:
    """What a reader recognises a Capture by: its first digits. The whole name stands where it takes no room."""
    digits = _NAME.fullmatch(capture)
    return digits[1] if digits else capture


def trouble_time(digest: Digest, trouble: TroubledSource) -> str:
    """Since when, until when, how often."""
    language = digest.language
    at = when.moment(trouble.since, digest.zone, digest.day, language)
    if trouble.read_again_at is not None:
        again = when.moment(trouble.read_again_at, digest.zone, digest.day, language)
        since = say(language, "read again", at=at, again=again)
    else:
        since = say(language, "all day" if trouble.from_the_start else "since", at=at)
    share = say(language, "share", bad=trouble.in_trouble, all=count(language, "passes of", trouble.visits))
    return since + say(language, "comma") + share


def pass_line(digest: Digest, troubled: TroubledPass) -> str:
    key = "pass running" if troubled.running else "pass cut" if troubled.error is None else "pass failed"
    at = when.moment(troubled.started_at, digest.zone, digest.day, digest.language)
    return say(digest.language, key, at=at)


def silence(digest: Digest, stretch: Stretch) -> str:
    """The day's ends are said as clock times: 00:00 and 24:00."""
    start = when.clock(stretch.start, digest.zone)
    over = digest.complete and stretch.end == digest.until
    end = "24:00" if over else when.clock(stretch.end, digest.zone)
    return say(digest.language, "silence", start=start, end=end)


def gap(digest: Digest, fallen: FallenOut) -> str:
    """Between when and when; where that is not known, when it was noticed."""
    zone, day, language = digest.zone, digest.day, digest.language
    if fallen.until is None:
        return say(language, "gap noticed", at=when.moment(fallen.noticed_at, zone, day, language))
    end = when.moment(fallen.until, zone, day, language)
    if fallen.since is None or fallen.since >= fallen.until:
        return say(language, "gap before", end=end)
    return say(language, "gap", start=when.moment(fallen.since, zone, day, language), end=end)


def silent(digest: Digest, stale: Stale) -> str:
    at = when.moment(stale.since, digest.zone, digest.day, digest.language)
    return say(digest.language, "silent", at=at, usual=_duration(digest.language, stale.usual_seconds))


def lost(fates: Mapping[Fate, int]) -> int:
    """Entries that were seen and could not be read; those whose turn did not come are seen again by the next pass."""
    kept = {Fate.KNOWN, Fate.STORED, Fate.OFF_TOPIC, Fate.NOT_REACHED}
    return sum(n for fate, n in fates.items() if fate not in kept)


def reads(language: str, read: ReadSource) -> str:
    return say(language, "reads of", reads=read.reads, visits=read.visits)
