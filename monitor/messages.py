"""A message as it is read: a line and some lines below it, plain text that no service takes for markup. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.formats import when
from monitor.formats.safe import link, plain
from monitor.formats.words import AFFILIATIONS, count, say
from storage.records import Message

__all__ = ["Said", "said", "shortened"]

_FSI, _PDI = "\u2068", "\u2069"
_LONGEST = 3500
"""Telegram takes 4,096 characters, and most others take more."""
_TITLE = 160
# What chat services take for markup, a mention of everybody (<!channel>, @here) or a command, as signs that look alike.
_TAMED = str.maketrans(
    {"<": "‹", ">": "›", "@": "＠", "`": "'", "*": "∗", "_": "‗", "~": "∼", "|": "¦", "[": "(", "]": ")"}
)


@dataclass(frozen=True, slots=True)
class Said:
    title: str
    """One line."""
    body: str


def said(message: Message, language: str, zone: str, now: datetime) -> Said:
    """``language``, ``zone``: of the audience."""
    speaker = _Speaker(language, zone, now)
    title, lines = {
        "alert": speaker.alert,
        "summary": speaker.summary,
        "digest": speaker.digest,
        "alive": speaker.alive,
        "silent": speaker.silent,
        "reading": speaker.reading,
    }.get(message.kind, speaker.test)(message)
    return Said(shortened(title, _TITLE), shortened("\n".join(line for line in lines if line), _LONGEST))


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut at a blank; isolates that are open are closed."""
    if len(text) <= most:
        return text
    cut = text[: most - 2]
    cut = cut[: max(cut.rfind(" "), cut.rfind("\n"), most // 2)].rstrip() + "…"
    return cut + _PDI * max(cut.count(_FSI) - cut.count(_PDI), 0)


class _Speaker:
    def __init__(self, language: str, zone: str, now: datetime) -> None:
        self.language, self.zone, self.now = language, zone, now

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def alert(self, message: Message) -> tuple[str, Iterator[str]]:
        told = message.payload
        label = self.say("urgent") if message.severity == "urgent" else _bare(told["why"][0]["list"])
        return f"{label}: {_bare(told['headline']) or self.say('untitled')}", self._alert(told)

    def _alert(self, told: Mapping[str, Any]) -> Iterator[str]:
        if told["quote"]:
            yield f"{self.say('open')}{_text(told['quote'])}{self.say('close')}"
        affiliation = AFFILIATIONS[self.language].get(told["affiliation"], told["affiliation"])
        at = (
            self._at(told["published_at"])
            if told["published_at"]
            else self.say("undated", at=self._at(told["fetched_at"]))
        )
        yield f"{_text(told['outlet'])} ({_text(affiliation)}){self.say('comma')}{at}"
        for why in told["why"]:
            words = self.say("comma").join(_text(word) for word in why["words"])
            yield f"{self.say('why')}: {_text(why['list'])}{self.say('comma')}{_text(why['rule'])}: {words}"
        yield _address(told["url"])
        if told["redacted"]:
            yield self.say("redacted")

    def summary(self, message: Message) -> tuple[str, Iterator[str]]:
        told = message.payload
        n = len(told["items"]) + told["more"]
        return self.say("many alerts", stories=count(self.language, "stories", n)), self._summary(told)

    def _summary(self, told: Mapping[str, Any]) -> Iterator[str]:
        for item in told["items"]:
            urgent = f"{self.say('urgent')}: " if item["severity"] == "urgent" else ""
            yield f"• {urgent}{_text(item['headline'])} ({_text(item['outlet'])}{self.say('comma')}{_text(item['list'])})"
            yield _address(item["url"])
        if told["more"]:
            yield self.say("and more", n=told["more"])
        if told["redacted"]:
            yield self.say("redacted")

    def digest(self, message: Message) -> tuple[str, Iterator[str]]:
        told = message.payload
        return _bare(told["title"]), self._digest(told)

    def _digest(self, told: Mapping[str, Any]) -> Iterator[str]:
        yield told["headline"]
        if told["redacted"]:
            yield self.say("redacted")
        for section in told["sections"]:
            yield f"\n■ {_text(section['title'])}"
            yield from self._stories(section["stories"], section["more"])

    def _stories(self, stories: Sequence[Mapping[str, Any]], more: int) -> Iterator[str]:
        for story in stories:
            yield f"• {_text(story['headline'])} ({_text(story['outlet'])})"
            yield _address(story["url"])
        if more:
            yield self.say("and more", n=more)

    def alive(self, message: Message) -> tuple[str, Iterator[str]]:
        told = message.payload
        return self.say("alive"), self._alive(told)

    def _alive(self, told: Mapping[str, Any]) -> Iterator[str]:
        read = told["last_read_at"]
        yield self.say("alive read", at=self._at(read)) if read else self.say("never read")
        yield self.say("alive found", stored=told["stored"], flagged=told["flagged"])
        if told["in_trouble"]:
            yield f"{self.say('troubled')}: {self.say('comma').join(_text(name) for name in told['in_trouble'])}"
        if told["failed"]:
            yield self.say("alive failed", n=told["failed"])

    def silent(self, message: Message) -> tuple[str, Iterator[str]]:
        read = message.payload["last_read_at"]
        return self.say("reads nothing"), iter([self.say("reads nothing since", at=self._at(read)) if read else self.say("never read"),
                                         self.say("reads nothing then")])  # fmt: skip

    def reading(self, message: Message) -> tuple[str, Iterator[str]]:
        told = message.payload
        lines = [self.say("reading since", since=self._at(told["since"]), at=self._at(told["last_read_at"]))]
        return self.say("reading"), iter(lines)

    def test(self, message: Message) -> tuple[str, Iterator[str]]:
        return self.say("test"), iter([self.say("test body", audience=message.audience, target=message.target)])

    def _at(self, moment: str) -> str:
        at = datetime.fromisoformat(moment)
        return f"{_FSI}{when.moment(at, self.zone, self.now.date(), self.language)}{_PDI}"


def _bare(text: str) -> str:
    """For a subject line, where isolates are shown as boxes by some programs."""
    return plain(text).strip().translate(_TAMED)


def _text(text: str) -> str:
    bare = _bare(text)
    return f"{_FSI}{bare}{_PDI}" if bare else ""


def _address(url: str) -> str:
    """On a line of its own, without isolates, which programs would take into the link; as text where it cannot be one."""
    found = link(url)
    return found.href if found else _text(url)
