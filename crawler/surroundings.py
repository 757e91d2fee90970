"""What is printed around the headline: where it stands, the date, the byline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from crawler.boxes import beside
from crawler.dates import is_only_date
from crawler.folding import bare, fold, overlap, squeeze
from crawler.sheet import Line, Sheet, marks

__all__ = ["bylines", "headline_at", "is_dateline", "is_time", "printed_dates", "prominent"]

_DATE_CLASS = re.compile(
    r"date|time(?!line)|publish|posted|created|stmp|timestamp|submitted|meta|tarikh|تاريخ", re.IGNORECASE
)
_LONGEST = 140
_WORDS = 12
"""A longer line outside a date element is a sentence that mentions a date."""
_DIGIT = re.compile(r"\d")
_FAR = 2_000
_DATED = re.compile(
    r"\d{4}|(?:منذ|قبل|امس|اليوم|مضت)(?!\w)|\d\s?(?:من\s)?(?:كانون|شباط|اذار|نيسان|ايار|حزيران|تموز|اب|ايلول|تشرين|"
    r"يناير|فبراير|مارس|ابريل|مايو|يونيو|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر)(?!\w)"
)
_LABELLED = re.compile(
    r"(?:^|\s)(?:تاريخ|بتاريخ|نشر|نشرت|تم نشره?|تم النشر|اضيف|اضيفت|كتب في|published|posted)(?!\w)(?! بواسطه)"
)
_UPDATED = re.compile(r"(?:^|\s)(?:(?:اخر )?(?:تحديث|تعديل)|حدث|updated?|modified)(?!\w)")
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author(?:-?name)?|byline|writer|reporter|by-?author|post-author|td-post-author-name|"
    r"jeg_meta_author|meta-author|author-meta|article-author|source-name|katib)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:title|headline|heading|subject)(?:[\s_-]|$)", re.IGNORECASE)
_BYLINE = re.compile(r"^(?:بقلم|كتب|كتبت|كتبه|اعداد|إعداد|تحرير|حاوره|حاورها|حاورته)\s*[:：/|-]\s*\S")


def headline_at(sheet: Sheet, title: str) -> int:
    """The number of the line that is the headline: as ``<h1>`` if there is one, else the first; -1 where it is nowhere."""
    wanted = bare(title)
    if not wanted:
        return -1
    near = [
        (number, line)
        for number, line in enumerate(sheet.lines)
        if 0.5 * len(title) < len(line.text) < 1.6 * len(title) + 20 and not line.linked
    ]
    fitting = [(number, line) for number, line in near if _same(bare(line.text), wanted)]
    for number, line in fitting:
        if line.block.tag == "h1" or any(a.tag == "h1" for a in line.block.iterancestors()):
            return number
    return fitting[0][0] if fitting else -1


def _same(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 15 and (one in other or other in one))


def prominent(sheet: Sheet) -> str:
    """The first line that is set off as a headline by nothing but its look, over a running text that speaks of it."""
    for number, line in enumerate(sheet.lines[:200]):
        if line.linked or not 20 <= len(line.text) <= 200 or beside(line.block) or not _large(line):
            continue
        below = [other.text for other in sheet.lines[number + 1 : number + 6] if not other.linked]
        if any(len(text) >= 80 and overlap(text, line.text) > 0 for text in below):
            return line.text
    return ""


def _large(line: Line) -> bool:
    if line.block.tag in ("h2", "h3", "h4") or _TITLE_CLASS.search(marks(line.block)):
        return True
    for element in line.block.iter("b", "strong", "font", "span", "big"):
        large = element.tag in ("b", "strong", "big") or (element.get("size") or "").lstrip("+") in ("4", "5", "6", "7")
        if (large or _TITLE_CLASS.search(marks(element))) and squeeze("".join(element.itertext())) == line.text:
            return True
    return False


def printed_dates(sheet: Sheet, title: str) -> list[str]:
    """Strings near the headline that may be the printed date: the nearest first, those in date elements before others.

    After the headline and before the text is where the press prints it; before the headline it counts only when
    it stands close; elsewhere only with a label ("تاريخ النشر").
    """
    at = headline_at(sheet, title)
    near: list[tuple[int, int, str]] = []
    if at >= 0:
        for number in range(max(0, at - 4), min(len(sheet.lines), at + 13)):
            line, distance = sheet.lines[number], number - at
            if distance == 0 or not (dated := _may_be_date(line)):
                continue
            dated += 3 * (_UPDATED.search(fold(_narrow(line))) is not None)
            if distance > 0 and _before_text(sheet, at, number):
                near.append((dated - 1, distance, _narrow(line)))
            elif distance < 0 and _together(sheet, at, line):
                near.append((2 * (dated - 1), 12 - distance, _narrow(line)))
    found = [text for _, _, text in sorted(near)]
    return found or list(islice(_labelled(sheet), 2))


def _labelled(sheet: Sheet) -> Iterator[str]:
    """Dates with a label, wherever they stand: below the text, in a box of their own."""
    for line in sheet.lines[:_FAR]:
        if (
            len(line.text) <= _LONGEST
            and _DIGIT.search(line.text)
            and _LABELLED.search(fold(line.text))
            and _may_be_date(line)
        ):
            yield _narrow(line)


def _may_be_date(line: Line) -> int:
    """1: a date in an element made for it; 2: a line that is little but a date; 0: no date."""
    if len(line.text) > _LONGEST or not _DATED.search(fold(line.text)) or beside(line.block):
        return 0
    if _in_date_element(line):
        return 1
    if line.linked:
        return 0
    return 2 if is_only_date(line.text) or len(line.text.split()) <= _WORDS else 0


def _narrow(line: Line) -> str:
    """The date alone where an element inside the line holds it, else the line."""
    later = ""
    for element in line.block.iter("time", "span", "b", "i", "em", "strong", "small", "font", "a"):
        text = squeeze("".join(element.itertext()))
        if len(text) < len(line.text) and text in line.text and is_only_date(text):
            if not _UPDATED.search(fold(text)):
                return text
            later = later or text
    return later or line.text


def _in_date_element(line: Line) -> bool:
    element: HtmlElement | None = line.block
    for _ in range(2):
        if element is None or element.tag in ("body", "article", "main"):
            return False
        if any(_DATE_CLASS.search(marks(e)) for e in (element, *islice(element.iter("span", "time", "i", "abbr"), 40))):
            return True
        element = element.getparent()
    return False


def _before_text(sheet: Sheet, at: int, number: int) -> bool:
    """Whether no paragraph of text stands between the headline and a line."""
    between = sheet.lines[at + 1 : number]
    return sum(len(line.text) > 160 and not line.linked for line in between) == 0


def _together(sheet: Sheet, at: int, line: Line) -> bool:
    """Whether a line above the headline stands in one box with it that is not the whole page."""
    heading = sheet.lines[at].block
    above = set(list(heading.iterancestors())[:3])
    common = next((a for a in line.block.iterancestors() if a in above), None)
    return common is not None and common.tag not in ("body", "html")


_NAMES = 700
"""Characters of what an element calls itself."""


@lru_cache(maxsize=8192)
def _is_byline_name(names: str) -> bool:
    return _BYLINE_CLASS.search(names) is not None


def bylines(sheet: Sheet, title: str) -> Iterator[str]:
    """Names that stand in a byline near the headline, as printed."""
    at = headline_at(sheet, title)
    for line in sheet.lines[max(0, at - 3) : at + 12] if at >= 0 else ():
        if len(line.text) > 80 or (_DIGIT.search(line.text) and not _BYLINE.match(line.text)):
            continue
        if _BYLINE.match(line.text):
            yield line.text
    if at < 0:
        return
    for element in sheet.root.iter("a", "span", "div", "p", "li", "strong", "b", "h3", "h4", "h5", "h6", "address"):
        called = f"{marks(element)} {element.get('rel') or ''}"
        if called != " " and _is_byline_name(called[:_NAMES]) and not beside(element):
            names = [" ".join("".join(link.itertext()).split()) for link in element.iter("a")]
            text = next((name for name in names if " " in name), "") or " ".join(" ".join(element.itertext()).split())
            # a name has two words; one word in an author's place is as often the section
            if " " in text and len(text) <= 60 and not _DIGIT.search(text):
                yield text


_COUNTER = re.compile(
    r"(?:عدد )?(?:ال)?(?:قراءات|مشاهدات|زيارات|تعليقات|مرات القراءه)\s?:?\s?[\d,]+|[\d,]+ (?:زياره|مشاهده|قراءه|تعليق|تعليقات)(?!\w)"
)


_TIME = re.compile(r"(?:الساعه )?\d{1,2}:\d\d(?::\d\d)?(?: ?(?:ص|م|صباحا|مساء|am|pm|gmt|بتوقيت .{2,20}))?")
_DASH = re.compile(r"\s*[-|/]\s+|\s*,\s+")


def is_time(line: str) -> bool:
    """Whether a line is nothing but a time of day."""
    return len(line) < 40 and _TIME.fullmatch(fold(line)) is not None


def is_dateline(line: str) -> bool:
    """Whether a line of text is nothing but a printed date, with its weekday, time, labels and the page's counters."""
    if len(line) > 120 or not _DIGIT.search(line):
        return False
    if is_time(line):
        return True
    line = _COUNTER.sub(" ", fold(line))
    if is_only_date(line):
        return True
    dash = _DASH.search(line)
    if dash is None:
        return False
    # "the outlet - Tuesday 12 May 2026": no sentence, with a whole date
    place, rest = line[: dash.start()], line[dash.end() :]
    return 0 < len(place) <= 30 and not _DIGIT.search(place) and is_only_date(rest)
