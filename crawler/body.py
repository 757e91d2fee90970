"""The article's text out of a pruned page: what trafilatura finds, set right by what the page's own structure says.

trafilatura (precision first) is the first reader. It is corrected in three places where it was measured to fail on
Arabic news: it drags sidebars into flashes of a sentence or two, it loses standfirsts that stand outside the text's
container, and it loses text before a ``<br>`` inside bare ``<div>``s. The correction needs no more than the lines
of the page: which of them trafilatura took, where the container of the text is, where the headline is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.boxes import beside, is_container
from crawler.extractor import extracted_lines
from crawler.folding import bare, overlap
from crawler.sheet import Line, Sheet, marks, tokens

__all__ = ["THIN", "read_lines"]

THIN = 250
"""Characters: below, a text is looked at twice. trafilatura's own threshold for an extraction that went wrong."""

_MANY = 15_000
"""Elements: above, trafilatura takes seconds, and the page's structure must do without it."""

_MARGIN = re.compile(
    r"(?:^|[\s_-])(?:caption|credit|credits|copyright|wp-caption.*|image|img|photo|gallery|slideshow|video|player|embed|ads?|advert.*|"
    r"share|social|tags?|author|byline|date|time|meta|breadcrumbs?|toolbar|font|print|source|rating|views?|hits?|poll|"
    r"comment.*|related|sidebar|widget|newsletter|caption-text|pic|figure|bio|prev|previous|next|prevnext|pager|pagination|"
    r"navigation)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_NEVER_TEXT = re.compile(
    r"(?:^|[\s_-])(?:caption|credits?|wp-caption.*|comment.*|related|newsletter|bio|author-?box|share|social)(?:[\s_-]|$)",
    re.IGNORECASE,
)
"""What outweighs even a whole sentence that trafilatura took."""
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|summary|excerpt|description|standfirst|intro|introduction|subtitle|sub-?title|subhead|"
    r"sapo|chapeau|brief|deck|abstract|teaser-text)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_SENTENCE_END = (".", "!", "؟", "?", "…", ":", "»", "”", '"', "،", ")")


@dataclass(slots=True)
class _Page:
    """What is known of a pruned page while its text is chosen."""

    lines: list[Line]
    sheet: Sheet
    headline: int
    title: str
    description: str
    taken: set[int]
    """Numbers of the lines that trafilatura took."""
    extracted: list[str]
    coverage: float
    """The share of trafilatura's text that could be found among the lines."""


def read_lines(sheet: Sheet, headline: int, title: str, description: str) -> tuple[list[str], bool]:
    """The lines of the article's text on a pruned sheet, and whether the page itself says that they are it.

    It says so with a container of that name, or by printing them right under the headline. No lines: no text.
    """
    extracted = [] if sum(1 for _ in sheet.root.iter()) > _MANY else extracted_lines(sheet.root)
    taken, coverage = _found_again(sheet.lines, extracted, headline)
    page = _Page(sheet.lines, sheet, headline, title, description, taken, extracted, coverage)
    container = _container(page)
    chosen = _from_container(page, container) if container else None
    placed = chosen is not None
    if chosen is None:
        below = _below_headline(page)
        chosen = _from_extraction(page, below)
        placed = 2 * len(set(chosen or ()) & set(below)) > len(chosen or ())
    if chosen is None:
        return extracted, False
    return [page.lines[number].text for number in _with_lead(page, _without_last_heading(page, chosen))], placed


def _without_last_heading(page: _Page, chosen: list[int]) -> list[int]:
    """The chosen lines without headings at their end: under them stands something else."""
    kept = list(chosen)
    while len(kept) > 1:
        line = page.lines[kept[-1]]
        if line.block.tag not in _HEADINGS or len(line.text) > 80 or line.text.endswith(_SENTENCE_END[:6]):
            break
        kept.pop()
    return kept


# --- what trafilatura took ---------------------------------------------------------------------------------


def _found_again(lines: Sequence[Line], extracted: Sequence[str], headline: int) -> tuple[set[int], float]:
    """Which lines of the page the extracted ones are, and the share of the extracted letters that they make up."""
    whole = [bare(line) for line in extracted]
    exact, joined = set(whole), "\n".join(whole)
    taken: set[int] = set()
    seen: set[str] = set()
    letters = 0
    order = [*range(max(headline, 0), len(lines)), *range(max(headline, 0))]
    for number in order[:5_000]:
        key = bare(lines[number].text)
        if not key or key in seen:
            continue
        if key in exact or (len(key) >= 12 and key in joined):
            taken.add(number)
            seen.add(key)
            letters += len(key)
    return taken, letters / max(1, sum(map(len, whole)))


# --- the container -----------------------------------------------------------------------------------------


def _container(page: _Page) -> list[HtmlElement]:
    """The element that calls itself the article's text, with its like beside it; empty where none does."""
    found = []
    for element in page.sheet.spans:
        if not is_container(element) or element.tag in ("html", "body"):
            continue
        start, end = page.sheet.spans[element]
        own = sum(len(line.text) for line in page.lines[start:end] if not line.linked)
        if own >= 25 and end > page.headline + 1 and not beside(element):
            found.append((element, start, end, own))
    if not found:
        return []
    # of nested ones the inner, where it has most of the text; of several the first below the headline
    inner = [f for f in found if not any(_narrower(other, f, page.headline) for other in found)]
    after = [f for f in inner if f[1] > page.headline] or inner
    best = next((f for f in after if "articleBody" in (f[0].get("itemprop") or "")), after[0])
    largest = max(after, key=lambda f: f[3])
    if best[3] < 0.2 * largest[3] and overlap(_text(page, largest), page.title) >= overlap(
        _text(page, best), page.title
    ):
        best = largest
    parent, names = best[0].getparent(), tokens(best[0])[:1]
    return [f[0] for f in inner if f is best or (f[0].getparent() is parent and tokens(f[0])[:1] == names)]


def _text(page: _Page, found: tuple[HtmlElement, int, int, int]) -> str:
    return " ".join(line.text for line in page.lines[found[1] : found[2]])


def _narrower(one: tuple[HtmlElement, int, int, int], other: tuple[HtmlElement, int, int, int], headline: int) -> bool:
    """Whether ``one`` lies inside ``other`` and is the better container."""
    if one is other or not (other[1] <= one[1] and one[2] <= other[2]) or other[0] not in set(one[0].iterancestors()):
        return False
    return one[3] >= 0.5 * other[3] or other[1] <= headline < other[2]


def _from_container(page: _Page, container: list[HtmlElement]) -> list[int] | None:
    """The lines of the container, or ``None`` where trafilatura knew better."""
    inside: list[int] = []
    for element in container:
        start, end = page.sheet.spans[element]
        stop = set(element.iterancestors()) | {element}
        inside += [n for n in range(start, end) if n > page.headline and _is_text(page, n, stop)]
    inside = _without_tail(page, inside)
    text = " ".join(page.lines[n].text for n in inside)
    if not text:
        return None
    elsewhere = [n for n in sorted(page.taken - set(inside)) if n > page.headline]
    outside = sum(len(page.lines[n].text) for n in elsewhere)
    if outside > len(text) and outside > THIN:
        other = " ".join(page.lines[n].text for n in elsewhere)
        if overlap(other, page.title) > overlap(text, page.title):
            return None
    if len(text) >= THIN:
        # text of the article in a second container right beside the first
        parents = {element.getparent() for element in container}
        last = max(page.sheet.spans[element][1] for element in container)
        inside += [
            n
            for n in elsewhere
            if n >= last and page.lines[n].block.getparent() in parents and not page.lines[n].linked
        ]
    return sorted(set(inside))


def _without_tail(page: _Page, inside: list[int]) -> list[int]:
    """Those lines without the headlines and buttons that follow the last line trafilatura took.

    Only where it took most of the container, so that it can be believed on where the text ends.
    """
    taken = [n for n in inside if n in page.taken]
    size = sum(len(page.lines[n].text) for n in taken)
    if size < THIN or size < 0.5 * sum(len(page.lines[n].text) for n in inside):
        return inside
    return [
        n
        for n in inside
        if n <= taken[-1] or (len(page.lines[n].text) >= 40 and page.lines[n].text.endswith(_SENTENCE_END))
    ]


def _is_text(page: _Page, number: int, stop: set[HtmlElement]) -> bool:
    """Whether a line in the container is text: taken by trafilatura, or a sentence that is no caption and no link."""
    line = page.lines[number]
    if line.link >= 0.95 * len(line.text) and len(line.text) > 12 and line.block.tag != "blockquote":
        return False  # a paragraph that is one link leads to another article
    if number in page.taken:
        sentence = len(line.text) >= 80 and line.text.endswith(_SENTENCE_END)
        return not _in_margin(line.block, stop, _NEVER_TEXT if sentence else _MARGIN)
    if line.linked or _in_margin(line.block, stop):
        return False
    return (
        len(line.text) >= 30
        or line.text.endswith(_SENTENCE_END)
        or line.block.tag
        in ("h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "p", "pre", "blockquote", "caption")
    )


def _in_margin(block: HtmlElement, stop: set[HtmlElement], margin: re.Pattern[str] = _MARGIN) -> bool:
    """Whether a block, below ``stop``, is called a caption, a toolbar or the like."""
    for element in (block, *block.iterancestors()):
        if element in stop or element.tag in ("body", "article", "main"):
            return False
        if element.tag in ("aside", "nav", "footer", "figure", "form"):
            return True
        if margin.search(marks(element)):
            return True
    return False


# --- without a container -----------------------------------------------------------------------------------


def _from_extraction(page: _Page, below: list[int]) -> list[int] | None:
    """trafilatura's lines, with what it lost between them; or, where it lost its way, the lines ``below`` the headline."""
    taken = [n for n in sorted(page.taken) if n > page.headline]
    under = " ".join(page.lines[n].text for n in below)
    lost = page.coverage < 0.6 or not taken
    if below and len(under) >= 40 and (lost or _strayed(page, taken, below)):
        return below
    if not page.extracted:
        return _densest(page)
    if lost:
        return [] if page.coverage >= 0.6 else None  # nothing but the headline; nothing that could be found again
    return _filled(page, taken)


def _strayed(page: _Page, taken: list[int], below: list[int]) -> bool:
    """Whether trafilatura's lines are another thing than the text under the headline, which is short or twice theirs."""
    under = " ".join(page.lines[n].text for n in below)
    extra = [n for n in taken if n not in set(below)]
    if len(under) >= 2 * THIN and sum(len(page.lines[n].text) for n in taken) > 0.5 * len(under):
        return False
    if not extra:
        return False
    other = " ".join(page.lines[n].text for n in extra)
    # a standfirst repeats the headline more closely than any text below it does: only another story is that far off
    return overlap(other, page.title) < 0.5 * overlap(under, page.title)


def _below_headline(page: _Page) -> list[int]:
    """The running lines under the headline in the smallest block that has any, up to the first list of links."""
    if page.headline < 0:
        return []
    for ancestor in page.lines[page.headline].block.iterancestors():
        start, end = page.sheet.spans.get(ancestor, (0, 0))
        found: list[int] = []
        links = 0
        for number in range(max(start, page.headline + 1), end):
            line = page.lines[number]
            links = links + 1 if line.linked else 0
            if links >= 2 and found and not set(range(number + 1, end)) & page.taken:
                break
            running = len(line.text) >= 40 and not line.linked
            if (running or (found and number in page.taken and not line.linked)) and not _in_margin(
                line.block, {ancestor, *ancestor.iterancestors()}
            ):
                found.append(number)
        if sum(len(page.lines[n].text) for n in found) >= 40:
            return found
        if ancestor.tag == "body":
            break
    return []


def _densest(page: _Page) -> list[int]:
    """The running lines of the block that holds the most of them side by side: what is left when trafilatura found nothing."""
    running: dict[HtmlElement | None, list[int]] = defaultdict(list)
    for number, line in enumerate(page.lines):
        if number != page.headline and len(line.text) >= 40 and not line.linked and not beside(line.block):
            running[line.block if line.inline else line.block.getparent()].append(number)
    return max(running.values(), key=lambda found: sum(len(page.lines[n].text) for n in found), default=[])


def _filled(page: _Page, taken: list[int]) -> list[int]:
    """Those lines, and the sentences between them or beside them in the same block that trafilatura lost."""
    blocks = {page.lines[n].block for n in taken}
    stop = {above for block in blocks for above in block.iterancestors()}
    first, last = taken[0], taken[-1]
    kept = set(taken)
    for number in range(max(0, first - 3), min(len(page.lines), last + 4)):
        line = page.lines[number]
        if number in kept or number <= page.headline or line.linked:
            continue
        if first < number < last and _in_table(line.block, stop):
            kept.add(number)
        if len(line.text) < 30:
            continue
        between = first < number < last and line.block.getparent() in {block.getparent() for block in blocks}
        if (between or line.block in blocks) and not _in_margin(line.block, stop):
            kept.add(number)
    return [
        n
        for n in sorted(kept)
        if not (page.lines[n].link >= 0.95 * len(page.lines[n].text) and len(page.lines[n].text) > 25)
    ]


def _in_table(block: HtmlElement, around: set[HtmlElement]) -> bool:
    """Whether a block stands in a table or list that stands among the text: beside a paragraph of it."""
    for element in block.iterancestors("table", "ol", "ul", "dl"):
        return element.getparent() in around and len(list(element.iter("a"))) < 3
    return False


# --- the standfirst ----------------------------------------------------------------------------------------


def _with_lead(page: _Page, chosen: list[int]) -> list[int]:
    """The chosen lines with the standfirst between headline and text, where there is one outside the container."""
    if not chosen or page.headline < 0:
        return chosen
    body_text = " ".join(page.lines[n].text for n in chosen)
    body = bare(body_text)
    opening = bare(page.description)[:40]
    lead = []
    around = set(
        page.lines[chosen[0]].block.iterancestors()
    )  # what holds the text too is no margin, whatever it is called
    for number in range(page.headline + 1, chosen[0]):
        line = page.lines[number]
        letters = bare(line.text)
        if len(line.text) < 40 or line.linked or letters[:60] in body or _in_margin(line.block, around):
            continue
        described = len(opening) >= 25 and letters.startswith(opening)
        beside_it = line.block.tag == "p" and line.block.getparent() is page.lines[page.headline].block.getparent()
        if (
            described
            or number in page.taken
            or _is_lead(line.block)
            or (beside_it and overlap(body_text, line.text) >= 0.3)
        ):
            lead.append(number)
    return lead + chosen


def _is_lead(block: HtmlElement) -> bool:
    for element in (block, *list(block.iterancestors())[:2]):
        if element.tag in ("body", "article", "main"):
            return False
        if _LEAD.search(marks(element)):
            return True
    return block.tag in ("h2", "h3")
