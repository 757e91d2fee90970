"""What the newsroom publishes: the reports of ``articles/*.yaml``, with the mentions that are planted in them.

Every word was written for these tests; no outlet, agency or happening in it exists. In titles and texts

* ``{أستانا}`` is a mention that the watch list *astana* must flag, spelled as it stands there,
* ``<المعتقلين>`` one for the list *detainees*,
* ``[ديميستورا]`` the envoy's name, for the pack of persons,
* ``~نادي أستانا~`` a trap: looks like a mention and is none.

What is not marked must not be flagged either. A line of a text is a paragraph, unless it begins with

* ``## `` a subhead, ``> `` a block quote, ``- `` an item of a list (all three are the article's own),
* ``@ `` a link to another report in the middle of the text ("اقرأ أيضاً: …"),
* ``+ `` a line below the text that the outlet adds: a credit, an editor's initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["FURTHER", "NOTICES", "Line", "Mark", "Report", "further", "notices", "reports"]

_FOLDER = Path(__file__).parent / "articles"
_FILES = ("alyasmin", "nidaa", "khabur")
FURTHER = ("baydar", "fanar", "minbar")
"""Outlets that are read through WordPress's API, sitemaps and a channel's preview; no part of the demo."""
_MARK = re.compile(r"\{(?P<astana>[^}]+)\}|<(?P<detainees>[^>]+)>|\[(?P<envoy>[^\]]+)\]|~(?P<trap>[^~]+)~")
_KINDS = {"## ": "subhead", "> ": "quote", "- ": "item", "@ ": "also", "+ ": "credit"}


@dataclass(frozen=True, slots=True)
class Mark:
    what: str
    """``astana``, ``detainees``, ``envoy`` or ``trap``."""
    start: int
    end: int
    """Offsets into the line without marks."""
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    """``text``, ``subhead``, ``quote``, ``item``; ``also`` and ``credit`` are on the page and not of the article."""
    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def own(self) -> bool:
        """Whether it is part of the article."""
        return self.kind not in ("also", "credit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    outlet: str
    id: int
    title: Line
    lines: tuple[Line, ...]
    minutes: int
    """How long before the newsroom's ``now`` it was published."""
    section: str
    author: str | None = None
    tags: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Headlines in its box "شاهد أيضاً"."""
    printed: str = "minute"
    """Precision of the date on the page: ``minute`` or ``day``."""
    wire: str | None = None
    """Name of the agency story that it reprints."""
    what: str = "article"
    """``article``; ``video`` (a page without a text), ``broken`` (answers 500), ``gone`` (404), ``foreign`` (English)."""
    changed: bool = False
    """Reads otherwise than in the first edition."""

    @property
    def key(self) -> str:
        return f"{self.outlet}/{self.id}"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The article's own lines as published."""
        return tuple(line.text for line in self.lines if line.own)


@cache
def reports(edition: int = 1) -> tuple[Report, ...]:
    """All that the three outlets have in an edition, outlet by outlet, each newest first.

    Edition 2 is the same newsroom later on: one report is new, one reads otherwise, one is gone.
    """
    return _all(_FILES, edition)


@cache
def further(edition: int = 1) -> tuple[Report, ...]:
    """The same of the outlets of :data:`FURTHER`."""
    return _all(FURTHER, edition)


def _all(outlets: tuple[str, ...], edition: int) -> tuple[Report, ...]:
    wires = _load("wires")
    found = [
        _report(outlet, raw, wires, edition)
        for outlet in outlets
        for raw in _load(outlet)["reports"]
        if edition in raw.get("editions", (1, 2))
    ]
    return tuple(sorted(found, key=lambda one: (outlets.index(one.outlet), one.minutes)))


def _load(name: str) -> Mapping[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is
    loaded: Mapping[str, Any] = yaml.load((_FOLDER / f"{name}.yaml").read_text("utf-8"), loader)
    return loaded


def _report(outlet: str, raw: Mapping[str, Any], wires: Mapping[str, str], edition: int) -> Report:
    second = raw.get("second") if edition > 1 else None
    given = {**raw, **(second or {})}
    text = wires[given["wire"]] if "wire" in given else given.get("text", "")
    if "dateline" in given:
        text = f"{given['dateline']}: {text}"
    return Report(
        outlet=outlet,
        id=given["id"],
        title=_line(given["title"]),
        lines=tuple(_lines(text + given.get("closing", ""))),
        minutes=given["minutes"],
        section=given["section"],
        author=given.get("author"),
        tags=tuple(given.get("tags", ())),
        also=tuple(given.get("also", ())),
        printed=given.get("printed", "minute"),
        wire=given.get("wire"),
        what=given.get("what", "article"),
        changed=second is not None,
    )


def _lines(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        start = next((start for start in _KINDS if line.startswith(start)), "")
        yield _line(line.removeprefix(start), _KINDS.get(start, "text"))


def _line(marked: str, kind: str = "text") -> Line:
    text, marks, end = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[end : found.start()]
        what = str(found.lastgroup)
        marks.append(Mark(what, len(text), len(text) + len(found[what]), found[what]))
        text, end = text + found[what], found.end()
    return Line(kind, text + marked[end:], tuple(marks))


_GOODS = ("البندورة", "البطاطا", "الخيار", "الباذنجان", "الكوسا", "البصل اليابس", "الليمون", "التفاح")


NOTICES = 40


@cache
def notices(outlet: str, upto: int = NOTICES) -> tuple[Report, ...]:
    """The first ``upto`` bulletins of a wholesale market, newest first: written from one template, as such things are."""
    made = []
    for number in range(1, upto + 1):
        prices = [f"- {good}: {90 + (number * 37 + place * 53) % 240} ليرة" for place, good in enumerate(_GOODS)]
        text = "\n".join(
            [
                f"أصدرت لجنة سوق الهال نشرتها رقم {number} لأسعار الجملة، وفيها سعر الكيلوغرام الواحد من أهم المواد:",
                *prices,
                "وذكّرت اللجنة بأن هامش ربح بائع المفرق لا يتجاوز خمسة عشر بالمئة.",
            ]
        )
        made.append(
            Report(
                outlet=outlet,
                id=number,
                title=Line("text", f"نشرة أسعار سوق الهال رقم {number}"),
                lines=tuple(_lines(text)),
                minutes=20 + 30 * (NOTICES - number),
                section="أسواق",
            )
        )
    return tuple(reversed(made))
