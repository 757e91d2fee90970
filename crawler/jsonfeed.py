"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from crawler.article import Entry
from crawler.feeds import Feed
from crawler.feedtimes import moment
from crawler.markup import one_line, paragraphs
from crawler.urls import is_http
from crawler.xmlfeed import absolute, as_html, cleaned, names

__all__ = ["read"]

_MOST_ITEMS = 5_000


def read(text: str, url: str) -> Feed:
    """Entries and defects of the text of a JSON Feed that came from ``url``."""
    told, defects = _parsed(text)
    items = told.get("items") if told else None
    if told is None or not isinstance(items, list):
        return Feed(entries=(), defects=(*defects, "this is JSON, but not a JSON Feed: it has no items"))
    if "jsonfeed.org" not in str(told.get("version")):
        defects.append("it does not say that it is a JSON Feed")
    if len(items) > _MOST_ITEMS:
        defects.append(f"only its first {_MOST_ITEMS:,} items were read")
    entries = []
    for number, item in enumerate(items[:_MOST_ITEMS], 1):
        entry = _entry(item, url) if isinstance(item, dict) else None
        if entry is not None:
            entries.append(entry)
        else:
            title = one_line(_text(item, "title")) if isinstance(item, dict) else None
            defects.append(f"entry {number} ({title or 'without a title'}): it has no link to the web")
    if not items:
        defects.append("it has no entries")
    contents = cleaned([entry.content for entry in entries], url)
    home, older = _text(told, "home_page_url"), _text(told, "next_url")
    return Feed(
        entries=tuple(replace(entry, content=content) for entry, content in zip(entries, contents, strict=True)),
        defects=tuple(defects),
        title=one_line(_text(told, "title")),
        link=absolute(home, url) if home else None,
        language=_text(told, "language"),
        older=absolute(older, url) if older else None,
    )


def _parsed(text: str) -> tuple[dict[str, Any] | None, list[str]]:
    try:
        told = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        return _salvaged(text), [f"not well-formed JSON: {error}"]
    return told if isinstance(told, dict) else None, []


def _salvaged(text: str) -> dict[str, Any] | None:
    """What comes before the fault: the feed is cut off, or one item is broken."""
    found = re.search(r'"items"\s*:\s*\[', text)
    if found is None:
        return None
    decoder = json.JSONDecoder(strict=False)
    items, at = [], found.end()
    while (start := text.find("{", at)) >= 0:
        try:
            item, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        items.append(item)
    head = dict(re.findall(r'"(version|title|language)"\s*:\s*"([^"\\]*)"', text[: found.start()]))
    return {**head, "items": items}


def _entry(item: dict[str, Any], url: str) -> Entry | None:
    guid = _text(item, "id")
    address = _first_address(item, ("url", "external_url"), url) or (guid if guid and is_http(guid) else None)
    if address is None:
        return None
    published, modified = _text(item, "date_published"), _text(item, "date_modified")
    return Entry(
        url=address,
        title=one_line(_text(item, "title")),
        guid=guid,
        summary=paragraphs(_text(item, "summary")),
        content=_text(item, "content_html") or as_html(_text(item, "content_text")),
        author=names([_text(author, "name") for author in _all(item, "authors", "author") if isinstance(author, dict)]),
        image=_first_address(item, ("image", "banner_image"), url),
        tags=tuple(dict.fromkeys(filter(None, (one_line(tag) for tag in _all(item, "tags") if isinstance(tag, str))))),
        published_at=moment(published or modified),
        published_raw=published or modified,
        updated_at=moment(modified),
    )


def _first_address(item: dict[str, Any], keys: Iterable[str], url: str) -> str | None:
    said = (_text(item, key) for key in keys)
    return next((whole for address in said if address and (whole := absolute(address, url))), None)


def _all(item: dict[str, Any], several: str, one: str = "") -> list[Any]:
    value = item.get(several)
    return value if isinstance(value, list) else [item.get(one)]


def _text(said: dict[str, Any], key: str) -> str | None:
    """A string that can be stored: JSON can spell halves of characters and zero bytes."""
    value = said.get(key)
    if isinstance(value, int) and key == "id":
        value = str(value)
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip() or None
