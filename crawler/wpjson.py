"""Text of an answer of WordPress's API in, Entries out. Never fetches, never raises: plugins change every field of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from crawler.article import Entry
from crawler.feedtimes import moment
from crawler.markup import one_line, paragraphs
from crawler.xmlfeed import absolute, cleaned, names

__all__ = ["Posts", "read"]

_MOST_POSTS = 1_000
_MOST_DEFECTS = 20

_TROUBLES = {
    "rest_no_route": "this site has no such API: write the site's front page as its url, or read its feed (`kind: feed`)",
    "rest_post_invalid_page_number": "there are no older posts",
    "rest_disabled": "the site has switched its API off: read its feed (`kind: feed`)",
    "rest_invalid_param": "the API refuses a parameter of the url: delete those behind the question mark",
}
_CLOSED = re.compile(
    "forbidden|not_logged_in|cannot_access|login|unauthori[sz]ed|denied|permission|authenticat|disabled|restricted"
)
_CLOSED_WHY = "the site keeps its API to itself: read its feed (`kind: feed`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    entries: tuple[Entry, ...] = ()
    defects: tuple[str, ...] = ()
    count: int = 0
    """Posts that the answer has, those that could not be used among them."""


def read(text: str, url: str) -> Posts:
    """Entries and defects of the text of an answer that came from ``url``. ``Entry.content`` is sanitised HTML."""
    posts, defects = _posts(text)
    if len(posts) > _MOST_POSTS:
        defects.append(f"it has {len(posts):,} posts: the first {_MOST_POSTS:,} are listed")
    entries = []
    for number, post in enumerate(posts[:_MOST_POSTS], 1):
        entry = _entry(post, url) if isinstance(post, dict) else None
        if entry is not None:
            entries.append(entry)
        else:
            title = one_line(_rendered(post, "title")) if isinstance(post, dict) else None
            defects.append(f"post {number} ({title or 'without a title'}): it has no link to the web")
    if len(defects) > _MOST_DEFECTS:
        defects = [*defects[:_MOST_DEFECTS], f"and {len(defects) - _MOST_DEFECTS} more like these"]
    contents = cleaned([entry.content for entry in entries], url)
    return Posts(
        entries=tuple(replace(entry, content=content) for entry, content in zip(entries, contents, strict=True)),
        defects=tuple(defects),
        count=len(posts),
    )


def _posts(text: str) -> tuple[list[Any], list[str]]:
    text = text.strip().replace("\ufeff", "")
    start = re.match(r"[\[{]", text) or re.search(r"\[\s*(?:\{|\])|\{\s*\"", text)
    if not text:
        return [], ["the answer is empty"]
    if start is None or (start.start() and re.match(r"<(?:!doctype|html|head)", text, re.IGNORECASE)):
        return [], [_no_json(text)]
    defects = ["text before the posts was left out: a warning of PHP's, most often"] if start.start() else []
    text = text[start.start() :]
    try:
        told = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        found = _salvaged(text) if text.startswith("[") else []
        return found, [*defects, f"not well-formed JSON: {str(error)[:120]}"]
    if isinstance(told, dict):
        return [], [*defects, _trouble(told)]
    return told, defects if told else [*defects, "there are no posts"]


def _no_json(text: str) -> str:
    if not text.startswith("<"):
        return f"this is not the answer of an API: «{(one_line(text[:2000]) or '')[:60]}»"
    if re.match(r"<\?xml|<rss|<feed", text, re.IGNORECASE):
        return "this is a feed or XML, not WordPress's API: declare the source as `kind: feed`"
    title = re.search(r"<title[^<>]{0,200}>([^<>]{1,200})", text, re.IGNORECASE)
    called = f" («{one_line(title[1])}»)" if title else ""
    return f"this is a web page{called}, not WordPress's API: the site is no WordPress or hides it; read its feed (`kind: feed`)"


def _trouble(told: dict[str, Any]) -> str:
    """An error of the API's, and what to do."""
    code = _text(told, "code")
    if code is None:
        return "this is JSON, but no list of posts: write the site's front page as its url"
    said = one_line(_text(told, "message"))
    why = _TROUBLES.get(code) or (
        _CLOSED_WHY if _CLOSED.search(code) else "the API refuses: read its feed (`kind: feed`)"
    )
    return f"{why} ({code[:60]}{': ' + said[:120] if said else ''})"


def _salvaged(text: str) -> list[Any]:
    """The posts before the fault: the answer is cut off, as a rule."""
    decoder = json.JSONDecoder(strict=False)
    posts: list[Any] = []
    at = 1
    while (start := text.find("{", at)) >= 0 and not text[at:start].strip(" ,\t\r\n"):
        try:
            post, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        posts.append(post)
    return posts


def _entry(post: dict[str, Any], url: str) -> Entry | None:
    link = _text(post, "link")
    address = absolute(link, url) if link else None
    if address is None:
        return None
    published, changed = _gmt(post, "date_gmt"), _gmt(post, "modified_gmt")
    content = post.get("content")
    locked = isinstance(content, dict) and content.get("protected") is True
    return Entry(
        url=address,
        title=one_line(_rendered(post, "title")),
        guid=_rendered(post, "guid"),
        summary=None if locked else paragraphs(_rendered(post, "excerpt")),
        content=None if locked else _rendered(post, "content"),
        author=_author(post),
        image=_image(post, url),
        tags=_tags(post),
        published_at=moment(published),
        published_raw=published or _text(post, "date"),
        updated_at=moment(changed),
        notes=("only its title is public: the post has a password",) if locked else (),
    )


def _gmt(post: dict[str, Any], key: str) -> str | None:
    """A time that the API gives in UTC, with the zone that it leaves unsaid; drafts of old have year 0."""
    said = _text(post, key)
    if said is None or said.startswith("0000"):
        return None
    return f"{said}Z" if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?", said) else said


def _author(post: dict[str, Any]) -> str | None:
    embedded = [_text(author, "name") for author in _embedded(post, "author")]
    seo = post.get("yoast_head_json")
    said = [*embedded, _text(seo, "author") if isinstance(seo, dict) else None]
    return names([next(filter(None, said), None)])


def _image(post: dict[str, Any], url: str) -> str | None:
    said = [_text(media, "source_url") for media in _embedded(post, "wp:featuredmedia")]
    said.append(_text(post, "jetpack_featured_media_url"))
    seo = post.get("yoast_head_json")
    pictures = seo.get("og_image") if isinstance(seo, dict) else None
    said += [_text(one, "url") for one in pictures if isinstance(one, dict)] if isinstance(pictures, list) else []
    return next(filter(None, (absolute(address, url) for address in said if address)), None)


def _tags(post: dict[str, Any]) -> tuple[str, ...]:
    """Names, where the operator's url asks for them (``_embed=wp:term``); numbers say nothing."""
    embedded = post.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    terms = [term for group in groups if isinstance(group, list) for term in group] if isinstance(groups, list) else []
    said = (one_line(_text(term, "name")) for term in terms if isinstance(term, dict))
    return tuple(dict.fromkeys(filter(None, said)))[:100]


def _embedded(post: dict[str, Any], key: str) -> list[dict[str, Any]]:
    embedded = post.get("_embedded")
    found = embedded.get(key) if isinstance(embedded, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _rendered(said: dict[str, Any], key: str) -> str | None:
    """``{"rendered": "…"}``, or the text itself, as some plugins have it."""
    value = said.get(key)
    return _text(value, "rendered") if isinstance(value, dict) else _text(said, key)


def _text(said: dict[str, Any], key: str) -> str | None:
    """A string that can be stored: JSON can spell halves of characters and zero bytes."""
    value = said.get(key)
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip() or None
