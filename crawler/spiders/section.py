"""Source kind ``section``: a page of headlines, for an outlet (or a part of one) without a feed.

With ``selector`` the links are those that it names. Without one, a rule that asks nothing of the site's markup: article links are
on the site, have a headline for a text, an address with a number, a date or a slug in it, and on a page of headlines more of them
share the shape of their address than any other links do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from cssselect import SelectorError
from lxml import etree
from parsel import Selector

from crawler.article import Entry, Page
from crawler.charset import decode
from crawler.source import Source
from crawler.spiders.kinds import Listing
from crawler.urls import canonical, is_http, same_site

__all__ = ["SectionKind"]

_FURNITURE = "ancestor::nav|ancestor::footer|ancestor::header[not(ancestor::article or ancestor::main)]"
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|pdf|docx?|xlsx?|zip|rar|mp[34]|m4a|avi|css|js|xml|rss|apk)$", re.IGNORECASE
)
_NOT_ARTICLES = frozenset(
    [
        "tag",
        "tags",
        "category",
        "categories",
        "cat",
        "author",
        "authors",
        "writer",
        "writers",
        "page",
        "pages",
        "search",
        "login",
        "register",
        "wp-login.php",
        "wp-admin",
        "feed",
        "rss",
        "about",
        "contact",
        "contact-us",
        "privacy",
        "privacy-policy",
        "terms",
        "advertise",
        "archive",
        "archives",
        "video-category",
        "وسم",
        "وسوم",
        "تصنيف",
        "تصنيفات",
        "قسم",
        "كاتب",
        "كتاب",
        "الكاتب",
        "صفحة",
        "بحث",
        "من-نحن",
        "اتصل-بنا",
    ]
)


_text = cast("Callable[[Any], str]", etree.XPath("string()"))


@dataclass(slots=True)
class _Link:
    url: str
    title: str = ""

    @property
    def words(self) -> int:
        return len(self.title.split())


class SectionKind:
    def start(self, source: Source) -> str:
        return source.url

    def showing(self, url: str, source: Source) -> str | None:  # noqa: ARG002
        return None

    def listing(self, page: Page, source: Source) -> Listing:
        text = decode(page.body, page.content_type).replace("\0", "")
        if not text.strip():
            return Listing(entries=(), defects=("the page is empty",))
        root = Selector(text=text, type="html")
        base = urljoin(page.url, root.xpath("string(//base/@href)").get() or "")
        if source.selector:
            try:
                chosen = [found.root for found in root.css(source.selector)]
            except (SelectorError, ValueError) as error:
                return Listing(entries=(), defects=(f"selector {source.selector!r} is not CSS: {error}",))
            links = list(_links(_named(chosen), base).values())
            defect = f"selector {source.selector!r} finds no link"
        else:
            links = _articles(_links(root.root.xpath(f"//a[@href][not({_FURNITURE})]"), base), page.url)
            defect = "no link on the page looks like an article's; name them with `selector`"
        older = root.xpath("string((//link|//a)[@rel='next']/@href)").get()
        return Listing(
            entries=tuple(Entry(url=link.url, title=link.title or None) for link in links),
            defects=() if links else (defect,),
            older=urljoin(base, older) if older and is_http(urljoin(base, older)) else None,
        )


def _named(chosen: Iterable[Any]) -> Iterator[Any]:
    """The links among what a selector chose: itself, within it, or around it."""
    for element in chosen:
        if isinstance(element, str):  # `::attr(href)` and `::text`: the element itself is out of reach
            continue
        yield from element.xpath("descendant-or-self::a[@href]") or element.xpath("ancestor::a[@href][1]")


def _links(anchors: Iterable[Any], base: str) -> dict[str, _Link]:
    """By canonical address, in the page's order; of several links to one address the longest text."""
    found: dict[str, _Link] = {}
    for anchor in anchors:
        try:
            url = urljoin(base, anchor.get("href").strip())
        except ValueError:  # "http://[" and its like
            continue
        if not is_http(url):
            continue
        link = found.setdefault(canonical(url), _Link(url.partition("#")[0]))
        title = " ".join(_text(anchor).split()) or " ".join((anchor.get("title") or "").split())
        if len(title) > len(link.title):
            link.title = title
    return found


def _articles(links: dict[str, _Link], page: str) -> list[_Link]:
    """Those of a page's links that lead to articles, in the page's order."""
    here = canonical(page)
    shaped = [
        (link, shape)
        for url, link in links.items()
        if url != here and same_site(url, page) and (shape := _shape(url)) is not None
    ]
    headlines = Counter(shape for link, shape in shaped if link.words >= 4)
    if not headlines:
        return []
    most = max(headlines.values())
    taken = {shape for shape, count in headlines.items() if count == most or (count >= 3 and count * 4 >= most)}
    telling = {shape for shape in taken if set(shape) & set("9ds")}
    taken = telling or taken
    return [
        link for link, shape in shaped if shape in taken and (link.words >= 3 or (not link.words and shape in telling))
    ]


def _shape(url: str) -> str | None:
    """The shape of an address: one letter for each part of its path and query; ``None``: it cannot be an article's.

    ``9`` a number, ``d`` digits among letters (dates, ids), ``s`` a slug of several words, ``w`` a word.
    """
    parts = urlsplit(url)
    path = [unquote(part) for part in parts.path.split("/") if part]
    query = [(name, value) for name, value in parse_qsl(parts.query) if len(value) < 200]
    if not path and not query:
        return None
    if any(part.lower() in _NOT_ARTICLES for part in path) or (path and _FILE.search(path[-1])):
        return None
    if any(name.lower() in _NOT_ARTICLES or name.lower() in ("s", "q", "lang") for name, _ in query):
        return None
    return "/".join(_letter(part) for part in path) + "".join(f"?{name}{_letter(value)}" for name, value in query)


def _letter(part: str) -> str:
    part = re.sub(r"\.(?:html?|php|aspx?)$", "", part)
    if part.isdecimal():
        return "9"
    if len(re.findall(r"[^\W\d_]+", part)) >= 3 or len(part) >= 30:
        return "s"
    return "d" if re.search(r"\d{3}", part) else "w"
