"""The digest line by line, for the formats that are read as text. What differs between them is their Pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from monitor import corroboration
from monitor.digest import Digest, Edit, Event, ListSection, Piece, Quote, Removal, Story, Telling
from monitor.evidence.roots import printed
from monitor.formats import sentences, when
from monitor.formats.words import CHANGES, ENDINGS, FATES, MARKS, count, say
from storage.records import Change

__all__ = ["Pen", "outline"]


class Pen(Protocol):
    """How a format writes."""

    def title(self, level: int, text: str) -> str:
        """A heading; ``text`` has been through the pen already, or is the digest's own."""
        ...

    def item(self, text: str) -> str:
        """A point of a list."""
        ...

    def quote(self, text: str) -> str: ...

    def strong(self, text: str) -> str: ...

    def faint(self, text: str) -> str: ...

    def text(self, text: str) -> str:
        """One line of text from elsewhere, made harmless."""
        ...

    def pieces(self, pieces: Iterable[Piece]) -> str:
        """Empty where nothing of them can be shown."""
        ...

    def link(self, url: str) -> str | None:
        """``None``: what cannot be a link."""
        ...


def outline(digest: Digest, pen: Pen) -> Iterator[str]:
    """Blocks of the digest in its order; an empty line ends a block."""
    writer = _Writer(digest, pen)
    language = digest.language
    whose = f"{say(language, 'comma')}{pen.text(digest.title)}" if digest.title else ""
    yield pen.title(1, f"{say(language, 'title')}{whose}{say(language, 'comma')}{when.long_day(digest.day, language)}")
    yield from ("", pen.strong(sentences.headline(digest)), "", pen.text(sentences.made(digest)), "")
    if digest.redacted:
        yield from (pen.strong(say(language, "redacted")), "")
    if digest.urgent:
        yield from (pen.title(2, say(language, "urgent")), "")
        yield from writer.stories(digest.urgent)
    for section in digest.lists:
        yield from writer.section(section)
    yield from writer.changed()
    yield from writer.removed()
    yield from writer.late()
    yield from writer.unseen()
    yield from writer.read()
    yield from writer.roots()


class _Writer:
    def __init__(self, digest: Digest, pen: Pen) -> None:
        self.digest, self.pen, self.language = digest, pen, digest.language

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def section(self, section: ListSection) -> Iterator[str]:
        yield from (self.pen.title(2, self.pen.text(section.title)), "")
        if section.chart and (counted := sentences.chart(self.digest, section.chart)):
            yield from (counted, "")
        if section.urgent:
            yield from (sentences.elsewhere(self.digest, "urgent above", section.urgent), "")
        if not (section.stories or section.urgent or section.late):
            yield from (sentences.no_hits(self.digest), "")
        yield from self.stories(section.stories)
        if section.late:
            yield from (sentences.elsewhere(self.digest, "late below", section.late), "")

    def stories(self, stories: Sequence[Story]) -> Iterator[str]:
        heads = corroboration.heads([story.id for story in stories], self.digest.events)
        for story in stories:
            if story.id in heads:
                yield from (self._event(heads[story.id]), "")
            yield from self.story(story)

    def _event(self, event: Event) -> str:
        facts = f"{self.pen.strong(self.say('event'))}: {sentences.event_facts(self.digest, event)}"
        first = f"{self.say('first of all')}{self.pen.text(event.first.title)}{self.say('comma')}"
        return f"{facts}{self.say('semicolon')}{first}{sentences.event_first(self.digest, event)}"

    def changed(self) -> Iterator[str]:
        if self.digest.changed:
            yield from (self.pen.title(2, self.say("changed")), "")
        for edit in self.digest.changed:
            yield from (self.pen.title(3, self.pen.text(edit.title) or self.say("untitled")), "")
            for change in edit.changes:
                yield self.pen.item(self._change(change))
            yield self.pen.item(self._afterwards(edit, sentences.changed_at(self.digest, edit)))
            if edit.new_url:
                yield self.pen.item(f"{self.say('new address')}: {self._link(edit.new_url)}")
            yield ""

    def _change(self, change: Change) -> str:
        kind = CHANGES[self.language].get(change.kind, change.kind)
        words = self.say("comma").join(self.pen.text(word) for word in change.words)
        keys = ("was", "became") if change.before and change.after else ("withdrawn", "inserted")
        parts = [
            f"{self.say(key)}: {self.say('open')}{self.pen.text(wording)}{self.say('close')}"
            for key, wording in zip(keys, (change.before, change.after), strict=True)
            if wording
        ]
        return f"{kind}{f' ({words})' if words else ''}: {self.say('semicolon').join(parts)}"

    def _afterwards(self, one: Edit | Removal, at: str) -> str:
        parts = [self.pen.text(one.outlet.title), at]
        parts.append(
            f"{self.say('proof')} {self.pen.text(sentences.proof(one.capture))}"
            if one.capture
            else self.say("articles not kept")
        )
        return f"{self.say('comma').join(parts)}: {self._link(one.url)}"

    def removed(self) -> Iterator[str]:
        if self.digest.removed:
            yield from (self.pen.title(2, self.say("removed")), "")
        for removal in self.digest.removed:
            title = self.pen.text(removal.title) or self.say("untitled")
            at = sentences.removed_at(self.digest, removal) + self._because(sentences.gone(self.language, removal.why))
            yield self.pen.item(f"{self.pen.strong(title)}{self.say('comma')}{self._afterwards(removal, at)}")
        if self.digest.removed:
            yield ""

    def late(self) -> Iterator[str]:
        if self.digest.late:
            yield from (self.pen.title(2, self.say("late")), "")
            yield from self.stories(self.digest.late)

    def story(self, story: Story) -> Iterator[str]:
        comma = self.say("comma")
        yield from (self.pen.title(3, self.pen.pieces(story.headline) or self.say("untitled")), "")
        if story.marks:
            yield from (self.pen.faint(comma.join(MARKS[self.language][mark] for mark in story.marks)), "")
        for quote in story.quotes:
            yield from (self.pen.quote(self._quote(quote)), "")
        if story.more:
            yield from (f"({count(self.language, 'mentions', story.more)})", "")
        if story.outlets > 1:
            yield from (f"{sentences.outlets(self.digest, story)}:", "")
        for telling in story.tellings:
            yield self.pen.item(self._telling(story, telling))
        for why in story.why:
            words = comma.join(dict.fromkeys(self.pen.text(word) for word in why.words))
            met = f"{self.pen.text(why.list_title)}{comma}{self.pen.text(why.rule)}: {words}"
            yield self.pen.item(f"{self.say('why')}: {met}")
        yield ""

    def _quote(self, quote: Quote) -> str:
        before, after = ("…" if cut else "" for cut in (quote.cut_before, quote.cut_after))
        return f"{self.say('open')}{before}{self.pen.pieces(quote.pieces)}{after}{self.say('close')}"

    def _telling(self, story: Story, telling: Telling) -> str:
        affiliation = self.pen.text(sentences.affiliation(self.language, telling.outlet.affiliation))
        parts = [f"{self.pen.text(telling.outlet.title)} ({affiliation})", sentences.told(self.digest, telling)]
        if story.outlets > 1 and telling is story.tellings[0]:
            parts.append(self.pen.strong(self.say("first here")))
        if telling.capture:
            parts.append(f"{self.say('proof')} {self.pen.text(sentences.proof(telling.capture))}")
        parts += [self.pen.text(sentences.reason(self.language, note)) for note in telling.notes]
        if telling.title != story.quoted.title:
            parts.append(f"{self.say('open')}{self.pen.text(telling.title)}{self.say('close')}")
        return f"{self.say('comma').join(parts)}: {self._link(telling.url)}"

    def unseen(self) -> Iterator[str]:
        cover, text = self.digest.coverage, self.pen.text
        yield from (self.pen.title(2, self.say("unseen")), "")
        if cover.clear:
            yield from (self.say("all clear"), "")
        alarm = sentences.alarm(self.digest)
        if alarm:
            yield from (self.pen.strong(f"{alarm}."), "")
        yield from self._list("notes", (text(note) for note in cover.notes))
        yield from self._list("troubled", self._troubled())
        yield from self._list("never", (text(outlet.title) for outlet in cover.never))
        yield from self._list(
            "passes in trouble",
            (sentences.pass_line(self.digest, p) + self._because(p.error) for p in cover.troubled_passes),
        )
        yield from self._list("silences", (sentences.silence(self.digest, s) for s in cover.silences))
        yield from self._list("gaps", self._gaps())
        yield from self._list(
            "stale", (f"{text(one.outlet.title)}: {sentences.silent(self.digest, one)}" for one in cover.stale)
        )
        yield from self._list("unread", self._unread())
        yield from self._list("fates", (f"{FATES[self.language][fate]}: {n}" for fate, n in cover.fates.items()))

    def _troubled(self) -> Iterator[str]:
        for trouble in self.digest.coverage.troubled:
            ending = ENDINGS[self.language][trouble.ending] + self._because(trouble.why)
            since = sentences.trouble_time(self.digest, trouble)
            yield f"{self.pen.text(trouble.outlet.title)}: {ending}{self.say('semicolon')}{since}"

    def _gaps(self) -> Iterator[str]:
        for fallen in self.digest.coverage.gaps:
            yield f"{self.pen.text(fallen.outlet.title)}: {sentences.gap(self.digest, fallen)}{self._because(fallen.why)}"

    def _unread(self) -> Iterator[str]:
        for entry in self.digest.coverage.unread:
            title = f": {self.pen.text(entry.title)}" if entry.title else ""
            fate = FATES[self.language][entry.fate] + self._because(entry.why)
            tries = self.say("tries", n=entry.tries)
            told = f"{self.pen.text(entry.outlet.title)}{title}: {fate}{self.say('semicolon')}{tries}"
            yield f"{told}: {self._link(entry.url)}"

    def read(self) -> Iterator[str]:
        cover, comma = self.digest.coverage, self.say("comma")
        if not cover.read:
            return
        yield from (self.pen.title(2, self.say("read")), "")
        for read in cover.read:
            last = when.moment(read.last_read_at, self.digest.zone, self.digest.day, self.language)
            affiliation = self.pen.text(sentences.affiliation(self.language, read.outlet.affiliation))
            line = f"{self.pen.text(read.outlet.title)} ({affiliation}): {self.say('reads')}"
            line += f" {sentences.reads(self.language, read)}{comma}{self.say('last read')} {last}"
            counts = comma.join(f"{FATES[self.language][fate]} {n}" for fate, n in read.fates.items())
            defects = "".join(
                f"{comma}{self.say('defects')}: {self.pen.text(sentences.reason(self.language, defect))}"
                for defect in read.defects
            )
            yield self.pen.item(line + (f"{self.say('semicolon')}{counts}" if counts else "") + defects)

    def roots(self) -> Iterator[str]:
        for root in self.digest.roots:
            yield from ("", f"{self.say('root')} {self.pen.text(printed(root))}")

    def _list(self, title: str, items: Iterable[str]) -> Iterator[str]:
        points = [self.pen.item(item) for item in items]
        if points:
            yield from (self.pen.title(3, self.say(title)), "", *points, "")

    def _because(self, why: str | None) -> str:
        return f" ({self.pen.text(sentences.reason(self.language, why))})" if why else ""

    def _link(self, url: str) -> str:
        return self.pen.link(url) or f"{self.say('no link')} {self.pen.text(url)}"
