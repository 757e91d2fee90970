"""Source kind ``wordpress``: a site's posts from its own API (https://developer.wordpress.org/rest-api/reference/posts/)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler import wpjson
from crawler.article import Page
from crawler.charset import decode
from crawler.source import Source
from crawler.spiders.kinds import Listing

__all__ = ["WordPressKind"]

_EACH = 50
_FIELDS = (
    "id,guid,date,date_gmt,modified_gmt,link,title,excerpt,content,"
    # of plugins that most sites have, and without a query of its own to the site's database
    "yoast_head_json.author,yoast_head_json.og_image,jetpack_featured_media_url"
)
_API = "/wp-json"
_POSTS = "/wp/v2/posts"
_MOST_BYTES = 10 * 1024 * 1024


class WordPressKind:
    """``url`` is the site's front page or its API, also with parameters of the operator's (``?categories=5``)."""

    def start(self, source: Source) -> str:
        parts = urlsplit(source.url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = parts.path.rstrip("/")
        if "rest_route" in asked:  # sites without speaking addresses
            asked["rest_route"] = _route(asked["rest_route"])
            path = parts.path
        elif f"{_API}/" in f"{path}/":
            before, _, route = f"{path}/".partition(f"{_API}/")
            path = f"{before}{_API}{_route(route)}"
        else:
            path = f"{re.sub('/index[.]php$', '', path)}{_API}{_POSTS}"
        asked = {"per_page": str(_EACH), "_fields": _FIELDS} | asked
        return urlunsplit((parts.scheme, parts.netloc, path, urlencode(asked, safe="/,:"), ""))

    def showing(self, url: str, source: Source) -> str | None:  # noqa: ARG002
        return None

    def listing(self, page: Page, source: Source) -> Listing:  # noqa: ARG002
        defects: tuple[str, ...] = ()
        body = page.body
        if len(body) > _MOST_BYTES:
            defects = (f"only its first {_MOST_BYTES // 2**20} MB were read",)
            body = body[:_MOST_BYTES]
        told = wpjson.read(decode(body, page.content_type), page.url)
        return Listing(
            entries=told.entries, defects=defects + told.defects, older=_older(page, told.count) if told.count else None
        )


def _route(route: str) -> str:
    """The route of the posts; that of another type of content stays as it is."""
    route = "/" + route.strip("/")
    return _POSTS if route in ("/", "/wp", "/wp/v2") else route


def _older(page: Page, count: int) -> str | None:
    """The next page, unless this is the last one. It is asked as the first was: a redirect may have lost parameters."""
    parts = urlsplit(page.asked)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    number, each = _number(asked.get("page"), 1), _number(asked.get("per_page"), 10)
    pages = _number(page.header("x-wp-totalpages"), 0)
    # without the header: a page may lack posts that only the site's own people may read, but not most of them
    if (number >= pages) if pages else (count < 0.8 * each):
        return None
    asked["page"] = str(number + 1)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(asked, safe="/,:"), ""))


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and re.fullmatch(r"[0-9]{1,6}", written.strip()) else otherwise
