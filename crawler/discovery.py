"""What a site says of its own entrances: feeds, WordPress's API, sitemaps, channels. Bytes in, addresses out; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement
from scrapy.robotstxt import ProtegoRobotParser

from crawler.article import Page
from crawler.charset import decode
from crawler.folding import squeeze
from crawler.sheet import TooMuch, parse
from crawler.telegram import HOSTS
from crawler.urls import canonical, is_http

__all__ = ["Announced", "RobotsSaid", "announced", "robots", "usual"]

_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEED_PATH = re.compile(
    r"(?:/(?:feeds?|rss|atom|rdf)/?$|[/.](?:rss|atom|rdf)(?:\.(?:xml|php|aspx?))?$|[?&]feed=rss2?)", re.IGNORECASE
)
_COMMENTS = re.compile(r"comments?(?:/|$|\s)|تعليقات|التعليق", re.IGNORECASE)
_NOT_CHANNELS = frozenset(
    ("s", "share", "joinchat", "addstickers", "addlist", "proxy", "socks", "iv", "c", "boost", "contact")
)
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,63}")
_BETWEEN = re.compile(r"\s+[|\-–—•:]\s+")
_HOME = frozenset(("الرئيسية", "الصفحة الرئيسية", "الرئيسيه", "home", "homepage", "home page"))
_MOST = 20

_USUAL_FEEDS = ("/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/?feed=rss2")
_USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a page of a site names. Addresses are absolute, each once, in the page's order."""

    feeds: tuple[str, ...] = ()
    wordpress: str | None = None
    """The site's API, or its front page where only its make is known."""
    sitemaps: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    """``https://t.me/s/NAME``."""
    title: str | None = None
    """The site's own name."""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsSaid:
    """What a robots.txt says to us of one address."""

    allowed: bool
    delay: float | None
    """Crawl-delay, in seconds."""
    sitemaps: tuple[str, ...]


def robots(text: str, url: str, agent: str) -> RobotsSaid:
    """``agent``: the product token (:func:`crawler.politeness.product`)."""
    parser = ProtegoRobotParser(text.encode(), None)
    sitemaps = re.findall(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", text)
    whole = filter(None, (_whole(url, found) for found in sitemaps))
    return RobotsSaid(allowed=parser.allowed(url, agent), delay=parser.crawl_delay(agent), sitemaps=_once(whole))


def announced(page: Page) -> Announced:
    """What a front page, or any page of the site, names. Never raises."""
    try:
        root = parse(decode(page.body, page.content_type).replace("\0", ""))
    except TooMuch:
        root = None
    if root is None:
        return Announced()
    base = _whole(page.url, root.xpath("string(//base/@href)")) or page.url
    links = list(_links(root, base))
    return Announced(
        feeds=_once([*_feeds(links), *_linked_feeds(root, base)]),
        wordpress=_wordpress(root, links, page),
        sitemaps=_once(href for rel, _, href, _ in links if "sitemap" in rel),
        channels=_once(_channels(root, base)),
        title=_title(root, channel=b"tgme_channel" in page.body),
        language=_language(root),
    )


def usual(url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses at which most sites keep a feed, and a sitemap; of a site in a folder also those in the folder."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    folder = "/".join(part for part in parts.path.split("/")[:-1] if part)
    roots = [f"{origin}/{folder}", origin] if folder else [origin]
    return (
        _once(root + path for root in roots for path in _USUAL_FEEDS),
        _once(origin + path for path in _USUAL_SITEMAPS),
    )


_Link = tuple[frozenset[str], str, str, str]
"""(rel, type, absolute address, title)"""


def _links(root: HtmlElement, base: str) -> Iterator[_Link]:
    for link in root.xpath("//link[@href]")[:500]:
        if (href := _whole(base, link.get("href"))) is not None:
            rel = frozenset((link.get("rel") or "").lower().split())
            yield rel, (link.get("type") or "").partition(";")[0].strip().lower(), href, link.get("title") or ""


def _feeds(links: Iterable[_Link]) -> Iterator[str]:
    for rel, kind, href, title in links:
        if "alternate" in rel and kind in _FEEDS and not _COMMENTS.search(f"{urlsplit(href).path} {title}"):
            yield href


def _linked_feeds(root: HtmlElement, base: str) -> Iterator[str]:
    """What is linked to and named like a feed, on sites that do not announce theirs."""
    for anchor in root.xpath("//a[@href]")[:5000]:
        href = _whole(base, anchor.get("href"))
        if href is None or urlsplit(href).hostname != urlsplit(base).hostname:
            continue
        if _FEED_PATH.search(href.partition("#")[0]) and not _COMMENTS.search(urlsplit(href).path):
            yield href


def _wordpress(root: HtmlElement, links: Iterable[_Link], page: Page) -> str | None:
    for rel, _, href, _ in links:
        if "https://api.w.org/" in rel:
            return href
    if found := re.search(r'<([^<>\s]{1,2000})>\s*;\s*rel="?https://api\.w\.org/', page.header("link") or ""):
        return _whole(page.url, found[1])
    made_with = " ".join(root.xpath("//meta[@name='generator']/@content")).lower()
    if "wordpress" in made_with or root.xpath("boolean(//link[contains(@href, '/wp-content/')])"):
        parts = urlsplit(page.url)
        return f"{parts.scheme}://{parts.netloc}/"
    return None


def _channels(root: HtmlElement, base: str) -> Iterator[str]:
    for anchor in root.xpath("//a[@href]")[:5000]:
        href = _whole(base, anchor.get("href"))
        parts = urlsplit(href or "")
        if parts.netloc.lower() not in HOSTS:
            continue
        path = [part for part in parts.path.split("/") if part]
        name = path[1] if len(path) > 1 and path[0] == "s" else path[0] if path else ""
        if _CHANNEL.fullmatch(name) and name.lower() not in _NOT_CHANNELS:
            yield f"https://t.me/s/{name}"


def _title(root: HtmlElement, *, channel: bool) -> str | None:
    named = "og:title" if channel else "og:site_name"
    for path in (
        f"//meta[@property='{named}']/@content",
        "//meta[@name='application-name']/@content",
        "//title//text()",
    ):
        found = squeeze(" ".join(map(str, root.xpath(path)[:3])))
        if found:
            # "عنب بلدي - أخبار سوريا", "الرئيسية | عنب بلدي": the name is what stands first and is not "home"
            parts = [part.strip() for part in _BETWEEN.split(found)]
            return next((part for part in parts if part and part.lower() not in _HOME), found)[:100].strip()
    return None


def _language(root: HtmlElement) -> str | None:
    said = (root.get("lang") or root.xpath("string(//html/@lang)") or "").strip().lower()
    found = re.match(r"[a-z]{2,3}(?![a-z])", said)
    return found[0] if found else None


def _whole(base: str, href: str | None) -> str | None:
    try:
        url = urljoin(base, (href or "").strip())
        return url if is_http(url) and urlsplit(url).hostname else None
    except ValueError:  # "http://[" and its like
        return None


def _once(urls: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for url in urls:
        found.setdefault(canonical(url), url)
    return tuple(found.values())[:_MOST]
