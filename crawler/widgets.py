"""Prunes from a page's tree what is not the article: boxes of themes and plugins, and "اقرأ أيضاً" wherever it sits.

No element that holds the headline, the article's text or most of the page's is ever pruned.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from crawler import labels
from crawler.boxes import box_name, is_container
from crawler.folding import fold, squeeze
from crawler.sheet import BLOCKS, Line, Sheet, named, plain

__all__ = ["prune"]

_NEVER = frozenset(["html", "head", "body", "main", "article", "h1", "tbody", "tr"])
_SIGN_UP = 500
_TEASERS = 1_500
"""Characters: a box of other articles is hardly ever longer."""


@dataclass(slots=True)
class _Pruning:
    """A tree that is being pruned: its lines as they were, what holds the article, what is gone."""

    sheet: Sheet
    whole: int
    holding: set[HtmlElement]
    removed: set[HtmlElement] = field(default_factory=set)
    redrawn: bool = False
    """Whether a part of a line is gone, so that the lines have to be drawn again."""
    gone: list[str] = field(default_factory=list)

    def free(self, element: HtmlElement) -> bool:
        """Whether an element may be removed: it does not hold the article and is still there."""
        if element.tag in _NEVER or element in self.holding or element.getparent() is None:
            return False
        return not self.removed or (element not in self.removed and self.removed.isdisjoint(element.iterancestors()))

    def remove(self, element: HtmlElement, why: str) -> None:
        parent = element.getparent()
        if parent is None:
            return
        within = self.sheet.within(element)
        text = " ".join(line.text for line in within[:4]) if within else squeeze("".join(element.itertext()))
        if text:
            self.gone.append(f"{why}: {text[:80]}{'…' if len(text) > 80 else ''}")
        if element.tail and element.tail.strip():
            before = element.getprevious()
            if before is not None:
                before.tail = f"{before.tail or ''} {element.tail}"
            else:
                parent.text = f"{parent.text or ''} {element.tail}"
            self.redrawn = True
        self.redrawn |= element not in self.sheet.spans
        parent.remove(element)
        self.removed.add(element)


def prune(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """Removes boxes and labelled links from the tree of ``sheet``, in place.

    Gives the sheet of what is left, and what went, as ``rule: first words``.
    """
    work = _Pruning(sheet, sum(len(line.text) for line in sheet.lines), _holding(sheet))
    _prune_boxes(work)
    _prune_sign_ups(work)
    _prune_opinions(work)
    _prune_labelled(work)
    _prune_cards(work)
    _prune_menus(work)
    _prune_glued(work)
    _prune_policies(work)
    return (Sheet(sheet.root) if work.redrawn else sheet.without(work.removed)), work.gone


def _holding(sheet: Sheet) -> set[HtmlElement]:
    """The elements that hold the headline or the article's text: never removed, whatever they are called."""
    held = [e for e in sheet.root.iter("h1", "div", "section", "td", "article") if e.tag == "h1" or is_container(e)]
    holding = {above for element in held for above in (element, *element.iterancestors())}
    articles = [element for element in sheet.root.iter("article") if element not in holding]
    # cards of other articles are <article> too: only the one that has most of their text counts
    largest = max(articles, key=sheet.size, default=None)
    if largest is not None and sheet.size(largest) > 0.5 * sum(map(sheet.size, articles)):
        holding |= {largest, *largest.iterancestors()}
    return holding


def _prune_cards(work: _Pruning) -> None:
    """Removes teasers of other articles: like boxes side by side, each a linked headline and a few lines below it."""
    groups: dict[tuple[HtmlElement | None, str, str], list[HtmlElement]] = defaultdict(list)
    for line in work.sheet.lines:
        if not line.linked or len(line.text) < 12:
            continue
        box = line.block
        while len(work.sheet.within(box)) < 2 and (parent := box.getparent()) is not None:
            box = parent
        inside = work.sheet.within(box)
        if len(inside) <= 5 and inside[0] is line and sum(len(other.text) for other in inside) < 700:
            groups[box.getparent(), str(box.tag), box.get("class") or ""].append(box)
    for cards in groups.values():
        if len(cards) > 1 and not any(map(is_container, cards[0].iterancestors())):
            for card in filter(work.free, cards):
                work.remove(card, "teaser")


def _prune_menus(work: _Pruning) -> None:
    """Removes menus, sidebars and lists of links: readers drop them anyway, but go through them again and again first."""
    for element in list(work.sheet.root.iter("nav", "aside", "footer", "ul", "ol")):
        if not work.free(element):
            continue
        inside = work.sheet.within(element)
        running = sum(len(line.text) for line in inside if not line.linked and len(line.text) > 80)
        if element.tag in ("ul", "ol"):
            menu = (
                len(inside) > 2
                and all(line.linked for line in inside)
                and not any(map(is_container, element.iterancestors()))
            )
        else:
            menu = running < 0.3 * work.whole
        if menu:
            work.remove(element, "menu" if element.tag != "aside" else "beside the article")


# Attributes, then whose they are: half of what elements with such attributes cost, asked for as such.
_NAMED = etree.XPath(" | ".join(f"descendant-or-self::*/@{name}/.." for name in ("class", "id", "aria-labelledby")))


def _prune_boxes(work: _Pruning) -> None:
    for element in cast("list[HtmlElement]", _NAMED(work.sheet.root)):
        if element.tag in _NEVER or element in work.holding:
            continue
        name = box_name(*named(element)) or _described(element)
        if name is None or not work.free(element):
            continue
        size = work.sheet.size(element)
        if size <= max(_TEASERS, 0.5 * work.whole) or "comment" in name:
            work.remove(element, f"box {name}")


def _prune_sign_ups(work: _Pruning) -> None:
    """Removes what asks for a mail address, with what is said around it."""
    for form in list(work.sheet.root.iter("form")):
        if not any(field.get("type") == "email" for field in form.iter("input")):
            continue
        box, parent = form, form.getparent()
        if parent is not None and parent.tag in ("div", "section", "aside") and work.sheet.size(parent) < _SIGN_UP:
            box = parent
        for element in (box, form):
            if work.free(element) and work.sheet.size(element) < _SIGN_UP:
                work.remove(element, "asks for a mail address")
                break


_DESCRIBED = re.compile(r"byline|recommend|related|most-read|top-stories|newsletter|share", re.IGNORECASE)


def _described(element: HtmlElement) -> str | None:
    """What a section whose classes are hashes says that it is, to readers who do not see it."""
    by = element.get("aria-labelledby") if element.tag in ("section", "div", "aside", "nav") else None
    return by if by and _DESCRIBED.search(by) else None


def _prune_labelled(work: _Pruning) -> None:
    """Removes a label with the box or the links that it stands over, and lines that are label and link."""
    for number, line in enumerate(work.sheet.lines):
        if len(line.text) > 300 or (line.block.tag in _NEVER and not line.inline):
            continue
        opens = labels.opens_with_label(line.text, linked=line.link > 0.4 * len(line.text))
        if not (opens or labels.is_label(line.text)):
            continue
        if line.linked and line.block.tag == "li":
            continue  # an entry of a menu
        if line.inline:
            _prune_between_breaks(line, work)
            _prune_links_after(number, line, work)
        elif not work.free(line.block):
            continue
        elif opens and not labels.is_label(line.text):
            if work.sheet.size(line.block) < len(line.text) + 40:
                work.remove(line.block, "label")
        else:
            _prune_under(line, work)


_OPINIONS = re.compile(r"(?:ال)?تعليقات(?: (?:ال)?قراء)?|اراء (?:ال)?(?:قراء|زوار)|comments?|كل التعليقات")


def _prune_opinions(work: _Pruning) -> None:
    """Removes what stands under "comments" and the number of them: the box that opens so, where the text is elsewhere."""
    for line in work.sheet.lines:
        if len(line.text) > 40 or not _OPINIONS.fullmatch(re.sub(r"[\W\d]+", " ", fold(line.text)).strip()):
            continue
        box = line.block.getparent()
        if box is None or not work.free(box) or work.sheet.within(box)[:1] != [line]:
            continue
        if work.sheet.size(box) > len(line.text) and work.sheet.size(box) < 0.6 * work.whole:
            work.remove(box, "comments")


def _prune_under(label: Line, work: _Pruning) -> None:
    """Removes the box that a label heads: its parent where that is all teasers, else the links that follow."""
    block = label.block
    box = block.getparent()
    if box is not None and work.free(box) and _is_teasers(box, label, work):
        work.remove(box, "box under a label")
        return
    following = block.getnext()
    for _ in range(12):
        if following is None or not _is_link_block(following, work):
            break
        current, following = following, following.getnext()
        work.remove(current, "under a label")
    if work.sheet.size(block) <= len(label.text) + 5:
        work.remove(block, "label")


def _is_teasers(box: HtmlElement, label: Line, work: _Pruning) -> bool:
    """Whether a box opens with the label and holds nothing else but links and the teasers below them."""
    inside = work.sheet.within(box)
    if len(inside) < 2 or inside[0] is not label:
        return False
    return _only_teasers(inside[1:]) and sum(len(line.text) for line in inside) <= 0.4 * work.whole


def _only_teasers(inside: Sequence[Line]) -> bool:
    size = sum(len(line.text) for line in inside)
    if not 0 < size < _TEASERS or not any(line.link for line in inside):
        return False
    running = [line.text for line in inside if not line.linked and len(line.text) > 60]
    return sum(map(len, running)) < 0.34 * size or all(text.endswith(("…", "...", "..", "[…]")) for text in running)


def _is_link_block(element: HtmlElement, work: _Pruning) -> bool:
    if not plain(element) or element in work.holding:
        return False
    if element.tag == "a":
        return True
    return element.tag in BLOCKS and _only_teasers(work.sheet.within(element))


def _prune_between_breaks(line: Line, work: _Pruning) -> None:
    """Where a block is one long run with ``<br>``: removes the inline elements of a line that is label and link."""
    for child in list(line.block.iter("a", "strong", "b", "span", "em")):
        text = squeeze("".join(child.itertext()))
        if text and text in line.text and len(text) > 0.3 * len(line.text) and work.free(child):
            work.remove(child, "label and link")


def _prune_links_after(number: int, label: Line, work: _Pruning) -> None:
    """Removes the links on the lines after a label that stands alone on its line in the same block."""
    if not labels.is_label(label.text):
        return
    for line in work.sheet.lines[number + 1 : number + 8]:
        if line.block is not label.block or not line.linked:
            return
        for link in [a for a in line.block.iter("a") if squeeze("".join(a.itertext())) in line.text]:
            if work.free(link):
                work.remove(link, "under a label")


def _prune_glued(work: _Pruning) -> None:
    """Removes "… اقرأ أيضاً: link" from the end of a paragraph that is otherwise news."""
    for element in list(work.sheet.root.iter("strong", "b", "span", "em", "u")):
        if len(element) > 3 or element.getnext() is None:
            continue
        text = squeeze("".join(element.itertext()))
        if not (0 < len(text) < 40 and labels.is_label(text)) or not work.free(element):
            continue
        after = []
        following = element.getnext()
        while following is not None and following.tag not in BLOCKS and following.tag != "br":
            after.append(following)
            following = following.getnext()
        rest = sum(len((other.tail or "").strip(" :|-–،.\n\t")) for other in (element, *after))
        if rest < 5 and any(other.tag == "a" for other in after):
            for other in (*after, element):
                other.tail = None
                work.remove(other, "label and link")


_POLICY = ("privacy", "terms", "guideline", "conditions", "policy", "policies", "disclaimer")


def _prune_policies(work: _Pruning) -> None:
    """Removes paragraphs that link to two or more rules of the house: an invitation to comment, a cookie notice."""
    rules: dict[HtmlElement, set[str]] = defaultdict(set)
    for link in work.sheet.root.iter("a"):
        if any(map((link.get("href") or "").lower().__contains__, _POLICY)):
            block = next((a for a in link.iterancestors() if a.tag in BLOCKS), None)
            if block is not None:
                rules[block].add(link.get("href") or "")
    for block, links in rules.items():
        if len(links) >= 2 and work.free(block) and work.sheet.size(block) < 900:
            work.remove(block, "rules of the house")
