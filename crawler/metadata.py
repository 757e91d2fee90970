"""What a page's markup says of the article: JSON-LD, Open Graph and other meta, microdata, RDFa.

Only collected here, in order of trust; choosing is the business of :mod:`crawler.titles` and
:mod:`crawler.published`. Nothing is fetched, nothing raises.
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawler.boxes import beside
from crawler.folding import bare, squeeze
from crawler.sheet import text_of

__all__ = ["Metadata", "collect"]

ARTICLES = frozenset(
    [
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "backgroundnewsarticle",
        "blogposting",
        "liveblogposting",
        "socialmediaposting",
        "report",
        "reviewnewsarticle",
        "techarticle",
    ]
)
_MAX_JSON = 2_000_000
_MAX_NODES = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the page's markup says; empty where it says nothing."""

    titles: tuple[str, ...] = ()
    """Headlines as the markup gives them, the most trusted first; the site's name may still be in them."""
    document_title: str = ""
    site_names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    """Dates of publishing as the markup gives them, the most trusted first. Dates of change are not among them."""
    canonical: str | None = None
    language: str | None = None
    types: frozenset[str] = field(default_factory=frozenset)
    """Types of JSON-LD and microdata and ``og:type`` (as ``og:article``), in lower case."""
    body: str = ""
    """JSON-LD ``articleBody``: plain text or HTML."""

    @property
    def says_article(self) -> bool:
        """Whether the page calls itself an article."""
        return bool(self.types & ARTICLES) or "og:article" in self.types


_META_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline")
_META_SITES = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "dc.publisher",
    "copyright",
    "twitter:site",
)
_META_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author")
_META_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "image")
_META_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_META_DATES = (
    "article:published_time",
    "article:published",
    "og:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dc:date",
    "datecreated",
    "article:created_time",
    "cxenseparse:recs:publishtime",
    "date",
)
_META_LANGUAGES = ("og:locale", "content-language", "language", "inlanguage", "dc.language")


def collect(root: HtmlElement, url: str) -> Metadata:
    """Everything the markup of a page says, for the page at ``url``."""
    metas = _metas(root)
    marked = [element for element in cast("list[HtmlElement]", _MARKED(root)) if element.tag != "meta"]
    nodes = list(_nodes(root))
    article = _the_article(nodes, url, metas)
    said = _said(article)
    return Metadata(
        titles=_unique(
            [*metas["og:title"], *said["headline"], *_of(metas, _META_TITLES), *_itemprop(marked, "headline")]
        ),
        document_title=squeeze(html.unescape(_first_text(root, ".//title"))),
        site_names=_unique([*_of(metas, _META_SITES), *said["publisher"], *_site_nodes(nodes)]),
        authors=_unique([*said["author"], *_of(metas, _META_AUTHORS)]),
        images=_addresses([*_of(metas, _META_IMAGES), *said["image"]], url),
        tags=_unique(_tag_list(metas, said)),
        descriptions=_unique([*_of(metas, _META_DESCRIPTIONS), *said["description"]]),
        dates=_unique([*said["datePublished"], *_of(metas, _META_DATES), *_dated(marked), *said["dateCreated"]]),
        canonical=_canonical(root, url),
        language=_language(root, metas, said),
        types=_types(root, nodes, metas),
        body=max(said["articleBody"], key=len, default=""),
    )


# --- meta elements -----------------------------------------------------------------------------------------


def _metas(root: HtmlElement) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for meta in root.iter("meta"):
        content = squeeze(html.unescape(meta.get("content") or ""))
        if not content or len(content) > 5_000:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in (meta.get(attribute) or "").lower().split()[:4]:
                # an og: property repeated inside a listing's card is not the page's
                if len(found[name]) < 40:
                    found[name].append(content)
    return found


def _of(metas: Mapping[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [content for name in names for content in metas.get(name, ())]


def _first_text(root: HtmlElement, path: str) -> str:
    element = root.find(path)
    return "" if element is None else "".join(element.itertext())


def _itemprop(marked: Sequence[HtmlElement], name: str) -> list[str]:
    elements = [e for e in marked if e.tag in _SAY and name in (e.get("itemprop") or "").split()]
    return [text_of(element) for element in elements[:2]]


_SAY = ("h1", "h2", "span", "div")
# Attributes, then whose they are: a third of what elements with such attributes cost, asked for as such.
_MARKED = etree.XPath(" | ".join(f"descendant::*/@{name}/.." for name in ("datetime", "itemprop", "property")))
_DATED = frozenset({"datepublished", "datecreated", "dc:date", "dc:issued", "dcterms:created", "sioc:created"})


def _dated(marked: Sequence[HtmlElement]) -> list[str]:
    """Dates in microdata, RDFa and ``<time>``; those of change, of comments and of teasers left out."""
    found: list[tuple[int, str]] = []
    for element in marked:
        names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower().split()
        value = squeeze(element.get("datetime") or element.get("content") or element.get("title") or "")
        if not value or len(value) > 60 or not any(c.isdigit() for c in value):
            continue
        marks = f"{element.get('class') or ''} {' '.join(names)}".lower()
        if (
            "modif" in marks
            or ("update" in marks and not {"entry-date", "published"} & set(marks.split()))
            or beside(element)
            or _in_teaser(element)
        ):
            continue
        if _DATED & set(names):
            found.append((0 if "datecreated" not in names else 1, value))
        elif element.tag == "time" and element.get("datetime"):
            found.append((2 if "publish" in marks or "pubdate" in element.attrib else 3 + _of_another(element), value))
    return [value for _, value in sorted(found, key=lambda pair: pair[0])]


def _of_another(element: HtmlElement) -> bool:
    """Whether it stands in an ``<article>`` without the headline, on a page whose headline is elsewhere: a card's date."""
    article = next(element.iterancestors("article"), None)
    return article is not None and article.find(".//h1") is None and any(True for _ in element.getroottree().iter("h1"))


def _in_teaser(element: HtmlElement) -> bool:
    """Whether it stands in a link that says more than a date."""
    link = next(element.iterancestors("a"), None)
    return link is not None and len(squeeze("".join(link.itertext()))) > 40


# --- JSON-LD -----------------------------------------------------------------------------------------------


def _nodes(root: HtmlElement) -> Iterator[dict[str, Any]]:
    """All nodes of a page's JSON-LD outside lists of other articles, the outer ones first."""
    budget = _MAX_NODES
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text or len(script.text) > _MAX_JSON:
            continue
        queue: list[Any] = [_json(script.text)]
        while queue and budget > 0:
            budget -= 1
            node = queue.pop(0)
            if isinstance(node, list):
                queue.extend(node[:200])
            elif isinstance(node, dict):
                yield node
                queue.extend(
                    node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf") if key in node
                )


def _json(text: str) -> Any:
    """The value of a JSON-LD block; ``None`` where it cannot be read even with its commonest fault mended."""
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
        try:
            return json.loads(attempt.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _kinds(node: Mapping[str, Any]) -> set[str]:
    said = node.get("@type")
    kinds = said if isinstance(said, list) else [said]
    return {kind.rpartition("/")[2].lower() for kind in kinds if isinstance(kind, str)}


def _the_article(nodes: list[dict[str, Any]], url: str, metas: Mapping[str, list[str]]) -> dict[str, Any]:
    """The node of this page's article: by its address or headline where there are several."""
    articles = [node for node in nodes if _kinds(node) & ARTICLES] or [
        node for node in nodes if _kinds(node) & {"videoobject", "webpage", "itempage"} and "datePublished" in node
    ]
    path = _path(url)
    title = bare(" ".join(metas.get("og:title", [])[:1]))

    def fits(node: dict[str, Any]) -> int:
        address = node.get("url") or node.get("@id") or node.get("mainEntityOfPage")
        address = address.get("@id", "") if isinstance(address, dict) else address
        headline = node.get("headline")
        return (isinstance(address, str) and len(path) > 1 and _path(address) == path) + (
            isinstance(headline, str) and bool(title) and bare(headline) in title
        )

    return max(articles, key=fits, default={})


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _said(node: Mapping[str, Any]) -> Mapping[str, list[str]]:
    said: dict[str, list[str]] = defaultdict(list)
    for key in (
        "headline",
        "alternativeHeadline",
        "datePublished",
        "dateCreated",
        "articleBody",
        "description",
        "inLanguage",
    ):
        value = node.get(key) or node.get("headLine" if key == "headline" else key)
        if isinstance(value, str) and value.strip():
            said[key].append(html.unescape(value) if key == "articleBody" else squeeze(html.unescape(value)))
    for key in ("author", "publisher"):
        said[key] = [squeeze(html.unescape(name)) for name in _named(node.get(key))]
    persons = [one for one in node["author"] if isinstance(one, dict)] if isinstance(node.get("author"), list) else []
    if 1 < len(persons) <= 4 and all("person" in _kinds(one) for one in persons):
        together = [squeeze(html.unescape(name)) for name in _named(persons)]
        said["author"].insert(0, "، ".join(dict.fromkeys(together)))
    said["image"] = list(_pictured(node.get("image")))
    keywords = node.get("keywords")
    said["keywords"] = [k for k in (keywords if isinstance(keywords, list) else [keywords]) if isinstance(k, str)]
    return said


def _named(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    names = [v.get("name") if isinstance(v, dict) else v for v in values[:10]]
    flat = [n for name in names for n in (name if isinstance(name, list) else [name])]
    return [name for name in flat if isinstance(name, str) and name.strip()]


def _pictured(value: Any) -> Iterator[str]:
    for one in value[:5] if isinstance(value, list) else [value]:
        address = (one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else one
        if isinstance(address, str):
            yield address


def _site_nodes(nodes: list[dict[str, Any]]) -> list[str]:
    return [
        squeeze(html.unescape(name))
        for node in nodes
        if _kinds(node) & {"website", "organization", "newsmediaorganization"}
        for name in _named(node)
    ]


# --- the rest ----------------------------------------------------------------------------------------------


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _tag_list(metas: Mapping[str, list[str]], said: Mapping[str, list[str]]) -> list[str]:
    lists = metas.get("article:tag") or said["keywords"] or metas.get("news_keywords") or metas.get("keywords") or []
    tags = [
        squeeze(html.unescape(tag)).strip("#») «\"'") for value in lists[:60] for tag in re.split(r"[,،;؛|]", value)
    ]
    return [tag for tag in tags if 1 < len(tag) <= 60][:30]


def _addresses(values: list[str], url: str) -> tuple[str, ...]:
    found = []
    for value in values:
        try:
            address = urljoin(url, value.strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc and len(address) < 2_000:
            found.append(address)
    return _unique(found)


def _canonical(root: HtmlElement, url: str) -> str | None:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            found = _addresses([link.get("href") or ""], url)
            if found and (link.get("href") or "").strip():
                return found[0]
    return None


def _language(root: HtmlElement, metas: Mapping[str, list[str]], said: Mapping[str, list[str]]) -> str | None:
    attribute = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    said_by = [attribute or "", *said["inLanguage"], *_of(metas, _META_LANGUAGES)]
    names = [re.match(r"([a-zA-Z]{2,3})(?:[-_].*)?$", name.strip()) for name in said_by]
    return next((match[1].lower() for match in names if match), None)


def _types(root: HtmlElement, nodes: list[dict[str, Any]], metas: Mapping[str, list[str]]) -> frozenset[str]:
    kinds = {kind for node in nodes for kind in _kinds(node)}
    kinds |= {f"og:{value.lower()}" for value in metas.get("og:type", ())[:2]}
    for element in root.iter("html", "body", "article", "div", "section", "main"):
        schema = element.get("itemtype")
        if schema:
            kinds.add(schema.rstrip("/").rpartition("/")[2].lower())
    return frozenset(kinds)
