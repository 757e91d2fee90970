"""Entrances that are neither feed nor page of headlines: WordPress's API, sitemaps, a channel's preview. Pure."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from tests.newsroom.content import Report
from tests.newsroom.outlets import Outlet

__all__ = ["Said", "channel", "sitemap", "wordpress"]

Rendered = Callable[..., str]
"""(name of a template, what it may use besides what all may) -> its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    content_type: str
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def wordpress(
    outlet: Outlet, query: Mapping[str, list[str]], shelf: Sequence[Report], base: str, at: Callable[[Report], datetime]
) -> Said:
    """``/wp-json/wp/v2/posts``, as WordPress 6 answers it."""
    each, page = (_number(query.get(name, [default])[0]) for name, default in (("per_page", "10"), ("page", "1")))
    if not 1 <= each <= 100 or page < 1:
        return _refusal("rest_invalid_param", "معطيات غير صالحة: per_page", 400)
    pages = -(-len(shelf) // each)
    if page > pages:
        return _refusal("rest_post_invalid_page_number", "رقم الصفحة المطلوب أكبر من عدد الصفحات المتوفرة.", 400)
    wanted = query.get("_fields", [""])[0].split(",")
    posts = [_post(outlet, report, base, at) for report in shelf[(page - 1) * each : page * each]]
    if wanted != [""]:
        posts = [{name: value for name, value in post.items() if name in wanted} for post in posts]
    return Said(
        content_type="application/json; charset=UTF-8",
        body=json.dumps(posts).encode(),
        headers={"X-WP-Total": str(len(shelf)), "X-WP-TotalPages": str(pages)},
    )


def _post(outlet: Outlet, report: Report, base: str, at: Callable[[Report], datetime]) -> dict[str, object]:
    here = at(report)
    return {
        "id": report.id,
        "date": f"{here:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{here.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": f"{base}/?p={report.id}"},
        "modified_gmt": f"{here.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "slug": str(report.id),
        "status": "publish",
        "type": "post",
        "link": base + outlet.path(report),
        "title": {"rendered": escape(report.title.text)},
        "content": {"rendered": "\n".join(f"<p>{escape(line)}</p>" for line in report.paragraphs), "protected": False},
        "excerpt": {"rendered": f"<p>{escape(report.paragraphs[0][:120])} [&hellip;]</p>\n", "protected": False},
        "author": 3,
        "tags": [17, 21],
        "categories": [4],
    }


def _refusal(code: str, message: str, status: int) -> Said:
    body = json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()
    return Said(content_type="application/json; charset=UTF-8", body=body, status=status)


def sitemap(path: str, shelf: Sequence[Report], rendered: Rendered) -> Said | None:
    """The index, the news sitemap of the last two days and, compressed and without a word of it, the one of all posts."""
    if path == "/sitemap_index.xml":
        return Said(content_type="text/xml; charset=UTF-8", body=rendered("sitemaps/index.xml", shown=shelf).encode())
    if path == "/news-sitemap.xml":
        recent = [report for report in shelf if report.minutes < 48 * 60]
        return Said(content_type="text/xml; charset=UTF-8", body=rendered("sitemaps/news.xml", shown=recent).encode())
    if path == "/post-sitemap.xml.gz":
        text = rendered("sitemaps/plain.xml", shown=shelf)
        return Said(content_type="application/octet-stream", body=gzip.compress(text.encode(), mtime=0))
    return None


def channel(
    outlet: Outlet, target: str, query: Mapping[str, list[str]], shelf: Sequence[Report], rendered: Rendered
) -> Said | None:
    """``/s/NAME``, with ``?before=N`` its older posts; ``/NAME/N``, which says of a post what others show of it."""
    name = outlet.entrance.rpartition("/")[2]
    kind = "text/html; charset=utf-8"
    if target.partition("?")[0] == outlet.entrance:
        before = _number(query.get("before", ["0"])[0])
        upto = [report for report in shelf if not before or report.id < before]
        shown = sorted(upto[: outlet.shown], key=lambda report: report.id)
        if not shown:
            return None
        rest = shown[0].id if len(upto) > len(shown) else 0
        text = rendered("telegram/preview.html", shown=shown, before=rest, channel=name, utc=UTC)
        return Said(content_type=kind, body=text.encode())
    report = next((report for report in shelf if outlet.path(report) == target.partition("?")[0]), None)
    if report is None:
        return None
    return Said(content_type=kind, body=rendered("telegram/post.html", report=report, channel=name).encode())


def _number(written: str) -> int:
    return int(written) if re.fullmatch(r"[0-9]{1,6}", written) else 0
