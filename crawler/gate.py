"""What is not an article: front pages, listings, searches, soft 404s, pages of video or script only; and what is too poor."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.folding import fold, overlap, words
from crawler.languages import arabic_share, letter_share
from crawler.metadata import Metadata
from crawler.notes import FAULT
from crawler.sheet import Sheet

__all__ = ["is_front_page", "is_live", "is_paged", "is_video", "needs_browser", "no_article", "poor"]

SHORTEST = 25
"""Characters: the shortest flash that says anything."""

_LISTING_PATH = re.compile(
    r"/(?:tags?|category|categories|author|authors|search|archives?|topics?|section|sections|الوسوم|وسم|تصنيف)(?:/|$)|/page/\d+/?$",
    re.IGNORECASE,
)
_LISTING_CLASS = frozenset(
    [
        "home",
        "archive",
        "category",
        "tag",
        "author",
        "search",
        "search-results",
        "search-no-results",
        "post-type-archive",
        "blog",
    ]
)
_SEARCH_KEYS = frozenset({"s", "q", "query", "search", "keyword"})
_GONE = re.compile(
    r"(?:error|http|خطا|الخطا) ?404(?!\d)|(?<!\d)404 ?(?:error|not found|page|file|[-|:.!,]|خطا|صفحه|الصفحه|$)|(?:ال)?صفحه (?:المطلوبه |التي .{0,25})?(?:غير موجوده|غير متوفره|غير متاحه|لم تعد موجوده)|"
    r"(?:لم يتم|لا يمكن|تعذر) العثور علي (?:ال)?(?:صفحه|محتوي|نتائج|اي نتائج|ما تبحث|الخبر|المقال|شيء|اي شيء)|page not found|not found|"
    r"(?:الخبر|المقال|المحتوي|الرابط) (?:المطلوب )?غير موجود|عذرا.{0,30}(?:غير موجود|لم نجد)"
)
_SAYS_NOTHING_ELSE = 400
_INDEX = re.compile(r"/(?:index|default|home|main)\.(?:php|html?|aspx?|jsp)$", re.IGNORECASE)


def is_front_page(url: str) -> bool:
    """Whether an address is that of a site's or a language's front page."""
    parts = urlsplit(url)
    path = _INDEX.sub("/", parts.path)
    return not parts.query and re.fullmatch(r"/?(?:ar|en|fa|ku|arabic|home)?/?", path, re.IGNORECASE) is not None


def no_article(root: HtmlElement, metadata: Metadata, sheet: Sheet, title: str, url: str) -> str:
    """Why a page cannot be one article; empty where it may be."""
    classes = set(((root.find("body") if root.find("body") is not None else root).get("class") or "").lower().split())
    parts = urlsplit(url)
    if is_front_page(url):
        return "the front page of the site"
    if "error404" in classes or _is_gone(sheet, title, metadata):
        return "the page says that there is no such page"
    if why := _is_fault(sheet, title, metadata):
        return why
    if {"search", "search-results"} & classes or any(key in _SEARCH_KEYS for key, _ in parse_qsl(parts.query)):
        return "a page of search results"
    return "a list of articles" if _is_listing(root, metadata, sheet, classes, parts.path) else ""


def _is_listing(root: HtmlElement, metadata: Metadata, sheet: Sheet, classes: set[str], path: str) -> bool:
    if metadata.says_article and not ({"archive", "home"} & classes and "single" not in classes):
        return False
    if classes & _LISTING_CLASS and not classes & {"single", "single-post"}:
        return True
    if metadata.types & {"collectionpage", "searchresultspage", "profilepage"}:
        return True
    teasers = sum(1 for _ in root.iter("article")) >= 5 and not metadata.dates
    return (teasers or _LISTING_PATH.search(unquote(path)) is not None) and _mostly_links(sheet)


def _is_gone(sheet: Sheet, title: str, metadata: Metadata) -> bool:
    said = f"{title} {metadata.document_title}"
    running = [line.text for line in sheet.lines if not line.linked]
    if sum(map(len, running)) < _SAYS_NOTHING_ELSE:  # where the headline is the site's name, the text says it
        said = f"{said} {' '.join(text for text in running[:4] if len(text) <= 150)}"
    if len(said) > 600 or not (title.strip() == "404" or _GONE.search(fold(said))):
        return False
    return (
        sum(len(line.text) for line in sheet.lines if not line.linked and len(line.text) > 120) < 600
        and not metadata.dates
    )


_FAULTS = re.compile(
    r"just a moment|checking your browser|verify (?:that )?you are (?:a )?human|attention required|access denied|forbidden|enable cookies|"
    r"internal server error|service (?:temporarily )?unavailable|bad gateway|gateway time-?out|(?:fatal|parse|database) error|"
    r"error establishing a database|the server encountered|too many connections|account (?:has been )?suspended|"
    r"(?:الموقع|الصفحه) (?:قيد|تحت) (?:الصيانه|الانشاء|التطوير)|^تسجيل الدخول|^login$|^log in$|^sign in$|خطا في الخادم"
)


def _is_fault(sheet: Sheet, title: str, metadata: Metadata) -> str:
    """What a page says in place of an article: a server's error, a wall, work on the site. Only a page that says little else."""
    if metadata.dates or metadata.says_article:
        return ""
    running = [line.text for line in sheet.lines if not line.linked]
    if sum(map(len, running)) > 1_500:
        return ""
    for said in (title, metadata.document_title, *running[:5]):
        if len(said) <= 300 and (found := _FAULTS.search(fold(said))):
            return f"{FAULT}{found[0]}"
    return ""


def _mostly_links(sheet: Sheet) -> bool:
    """Whether links make up the page, and no three paragraphs stand side by side: teasers have a card each."""
    beside = Counter(
        line.block.getparent() for line in sheet.lines if not line.linked and len(line.text) > 80 and not line.inline
    )
    if beside and max(beside.values()) >= 3:
        return False
    total = sum(len(line.text) for line in sheet.lines) or 1
    running = sum(len(line.text) for line in sheet.lines if not line.linked and len(line.text) > 100)
    return running < 0.3 * total


def is_live(root: HtmlElement, metadata: Metadata) -> bool:
    """Whether a page is a live blog, whose text grows after it is published."""
    if "liveblogposting" in metadata.types:
        return True
    for element in root.iter("body", "article", "main", "section", "div", "ol", "ul"):
        classes, identity = element.get("class"), element.get("id")
        if (classes or identity) and _is_live_name(f"{classes or ''} {identity or ''}"[:_NAMES]):
            return True
    return False


_NAMES = 1_000
"""Characters of what an element calls itself."""
_LIVE = re.compile(r"(?:^|[\s_-])live-?(?:blog|update|feed|coverage|stream-posts)s?(?:[\s_-]|$)", re.IGNORECASE)


@lru_cache(maxsize=8192)
def _is_live_name(names: str) -> bool:
    return _LIVE.search(names) is not None


_NUMBERED = re.compile(r"(?:/(?:page/)?|[?&]page=)(\d{1,2})/?$")


def is_paged(root: HtmlElement, url: str) -> bool:
    """Whether an article goes on on a second page: the page names it as the next, under its own address and a number."""
    own = url.partition("#")[0].rstrip("/")
    if (here := _NUMBERED.search(own)) is not None and here[1] != "1":
        return False
    for link in root.iter("link", "a"):
        goes = (link.get("href") or "").strip().partition("#")[0].rstrip("/")
        if not goes.endswith("2"):  # what follows costs twenty times as much, and a page has hundreds of links
            continue
        if link.tag == "link" and "next" not in (link.get("rel") or "").lower().split():
            continue
        if link.tag == "a" and not any(
            {"page-links", "post-page-numbers"} & set((e.get("class") or "").split())
            for e in (link, *list(link.iterancestors())[:2])
        ):
            continue
        try:
            to = urljoin(url, goes)
        except ValueError:
            continue
        if to.startswith(own) and (number := _NUMBERED.fullmatch(to[len(own) :])) is not None and number[1] == "2":
            return True
    return False


_MOUNTS = frozenset({"root", "app", "__next", "__nuxt", "app-root", "main-app", "q-app"})


def needs_browser(root: HtmlElement) -> bool:
    """Whether a page is one that a browser would fill: an empty mount of a framework, or its own word for it."""
    if root.find(".//script") is None:
        return False
    if any(element.get("id") in _MOUNTS for element in root.iter("div", "main", "app-root")):
        return True
    return any(
        re.search("javascript|جافا", "".join(element.itertext()), re.IGNORECASE) for element in root.iter("noscript")
    )


_PLAYERS = re.compile(
    r"youtube(?:-nocookie)?\.com/embed|youtu\.be|player\.vimeo|dailymotion|facebook\.com/plugins/video|jwplayer|brightcove"
)


def is_video(root: HtmlElement, metadata: Metadata) -> bool:
    """Whether the page's main thing is a video."""
    if "videoobject" in metadata.types or any(kind.startswith("og:video") for kind in metadata.types):
        return True
    return root.find(".//video") is not None or any(
        _PLAYERS.search(frame.get("src") or frame.get("data-src") or "") for frame in root.iter("iframe")
    )


def poor(text: str, title: str, declared: str | None, *, placed: bool = False) -> str:
    """Why a text is too poor to be an article's; empty where it is not. ``placed``: it stands where the text should."""
    if len(text) < SHORTEST or len(words(text)) < 4:
        return "no text found"
    if letter_share(text) < 0.55:
        return "hardly any letters in the text"
    if (declared == "ar" or arabic_share(title) > 0.7) and arabic_share(text) < 0.35:
        return "an Arabic page, but the text found is not Arabic"
    if not placed and len(text) < 400 and len(words(title)) >= 4 and overlap(text, title) == 0:
        return "the text found has not one word of the headline"
    return ""
