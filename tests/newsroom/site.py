"""What an outlet answers: pure, from the state of the newsroom and a request to bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.newsroom import entrances
from tests.newsroom.content import FURTHER, NOTICES, Report, further, notices, reports
from tests.newsroom.outlets import HIDDEN, Outlet
from tests.newsroom.printed import STYLES

__all__ = ["Answer", "World", "answer", "shelf"]

_ZONE = ZoneInfo("Asia/Damascus")
_FIRST_NOTICES = 10
_MOST_READ = 5
_NO_DATABASE = "Error establishing a database connection"
_CHALLENGE = (
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    "<h1>Just a moment...</h1><p>Enable JavaScript and cookies to continue</p>"
)
_CHALLENGER = MappingProxyType({"Server": "cloudflare", "cf-mitigated": "challenge", "cf-ray": "8f2c1d0e9a7b6c5d-DAM"})


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The state of the newsroom."""

    now: datetime
    port: int
    edition: int = 1
    ahead: frozenset[str] = frozenset()
    """Outlets that are in their second edition already, by name."""
    troubles: Mapping[str, str] = field(default_factory=dict)
    """What ails an outlet, by its name."""

    def edition_of(self, outlet: Outlet) -> int:
        return 2 if outlet.name in self.ahead else self.edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pace: float = 0.0
    """Seconds between two bytes of the body."""
    reset: bool = False
    """Half of the body, and then the connection is broken."""


def answer(outlet: Outlet, target: str, headers: Mapping[str, str], world: World) -> Answer:
    """``target`` as in the request's first line; ``headers`` by name in small letters."""
    path = urlsplit(target).path
    trouble = world.troubles.get(outlet.name)
    if trouble and (path != "/robots.txt" or trouble in ("closed", "broken")):
        found = _troubled(outlet, target, trouble, world)
    else:
        found = _route(outlet, target, world)
    return _unless_unchanged(outlet, found, headers, world)


def shelf(outlet: Outlet, edition: int) -> tuple[Report, ...]:
    """All reports of an outlet, newest first."""
    if outlet.name in FURTHER:
        return tuple(report for report in further(edition) if report.outlet == outlet.name)
    if outlet.theme == "jannah" and outlet.name != "nidaa":
        return notices(outlet.name, _FIRST_NOTICES if edition == 1 else NOTICES)
    return tuple(report for report in reports(edition) if report.outlet == outlet.name)


def _troubled(outlet: Outlet, target: str, trouble: str, world: World) -> Answer:
    if trouble == "busy":
        return _page("Too Many Requests", status=429, headers={"Retry-After": "120"})
    if trouble == "moved":
        return Answer(status=302, headers={"Location": f"http://{HIDDEN}:{world.port}{target}"})
    if trouble == "broken":
        return _page(_NO_DATABASE, status=500)
    if trouble == "challenge":
        return _page(_CHALLENGE, status=403, headers=_CHALLENGER, title="Just a moment...")
    if trouble == "closed" and target == "/robots.txt":
        return _text("User-agent: *\nDisallow: /\n")
    return replace(_route(outlet, target, world), pace=2.0 if trouble == "drip" else 0.0, reset=trouble == "reset")


def _route(outlet: Outlet, target: str, world: World) -> Answer:
    parts = urlsplit(target)
    if parts.path == "/robots.txt":
        return _text("User-agent: *\nDisallow: /wp-admin/\nDisallow: /admin/\n")
    if outlet.name in FURTHER:
        return _further(outlet, target, world) or _ordinary(outlet, target, world)
    if target == outlet.entrance or parts.path == outlet.entrance.partition("?")[0]:
        return _entrance(outlet, parse_qs(parts.query), world)
    return _ordinary(outlet, target, world)


def _ordinary(outlet: Outlet, target: str, world: World) -> Answer:
    """The front page, and the pages of the reports."""
    if urlsplit(target).path == "/" and outlet.kind != "telegram":
        return _listed(outlet, shelf(outlet, world.edition_of(outlet))[: outlet.shown], "list.html", world)
    known = {outlet.path(report): report for report in shelf(outlet, world.edition_of(outlet))}
    report = known.get(target) or known.get(target.rstrip("/"))
    if report is None or report.what == "gone":
        return _page("404 - الصفحة غير موجودة", status=404)
    if report.what == "broken":
        return _page(_NO_DATABASE, status=500)
    return _article(outlet, report, world)


def _entrance(outlet: Outlet, query: Mapping[str, list[str]], world: World) -> Answer:
    asked = query.get("paged", ["1"])[0]
    page = int(asked) if re.fullmatch(r"[1-9][0-9]{0,5}", asked) else 0
    shown = shelf(outlet, world.edition_of(outlet))[(page - 1) * outlet.shown : page * outlet.shown] if page else ()
    if not shown:
        return _page("404 - الصفحة غير موجودة", status=404)
    template = {"section": "list.html", "feed": "feed.xml"}[outlet.kind]
    return _listed(outlet, shown, template, world)


def _further(outlet: Outlet, target: str, world: World) -> Answer | None:
    """What the outlets of other kinds than feed and section say; ``None``: an ordinary page."""
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    every = shelf(outlet, world.edition_of(outlet))
    newest = _published(every[0], world.now)

    def rendered(template: str, **more: object) -> str:
        return _environment().get_template(template).render(**_common(outlet, world) | more)

    said = None
    if outlet.kind == "wordpress" and path == "/wp-json/wp/v2/posts":
        said = entrances.wordpress(outlet, query, every, outlet.base(world.port), lambda r: _published(r, world.now))
    elif outlet.kind == "sitemap":
        said = entrances.sitemap(path, every, rendered)
    elif outlet.kind == "telegram":
        said = entrances.channel(outlet, target, query, every, rendered)
    if said is None:
        return None
    headers = {"Content-Type": said.content_type, **said.headers}
    if said.status == 200 and outlet.kind == "sitemap":  # the others are made for each request
        headers["ETag"] = f'"{sha256(said.body).hexdigest()[:20]}"'
        headers["Last-Modified"] = format_datetime(newest.astimezone(UTC), usegmt=True)
    return Answer(status=said.status, headers=headers, body=said.body)


def _listed(outlet: Outlet, shown: tuple[Report, ...], template: str, world: World) -> Answer:
    newest = max(_published(report, world.now) for report in shown)
    text = _environment().get_template(f"{outlet.theme}/{template}").render(**_common(outlet, world), shown=shown)
    feed = template.endswith(".xml")
    kind = {"jannah": "application/rss+xml", "drupal": "application/atom+xml"}[outlet.theme] if feed else "text/html"
    return _encoded(outlet, text, _content_type(outlet, kind), modified=newest)


def _article(outlet: Outlet, report: Report, world: World) -> Answer:
    text = _environment().get_template(f"{outlet.theme}/article.html").render(**_common(outlet, world), report=report)
    kind = _content_type(outlet, "text/html", report.id)
    if outlet.charset == "cp1256" and "utf-8" in kind:  # a page that says nothing, and a server that is wrong
        text = re.sub(r"<meta http-equiv=\"Content-Type\"[^>]*>\s*", "", text)
    return _encoded(outlet, text, kind, modified=_published(report, world.now))


def _content_type(outlet: Outlet, kind: str, id: int = 0) -> str:  # noqa: A002 - the report's
    if outlet.charset == "utf-8":
        return f"{kind}; charset=UTF-8"
    return (kind, f"{kind}; charset=iso-8859-1", f"{kind}; charset=utf-8")[id % 3]


def _encoded(outlet: Outlet, text: str, content_type: str, *, modified: datetime) -> Answer:
    body = text.encode(outlet.charset, "xmlcharrefreplace")
    headers = {"Content-Type": content_type}
    if outlet.theme != "tables":  # scripts of 2005 said nothing of the kind
        headers["ETag"] = f'"{sha256(body).hexdigest()[:20]}"'
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    return Answer(headers=headers, body=body)


def _unless_unchanged(outlet: Outlet, found: Answer, asked: Mapping[str, str], world: World) -> Answer:
    """304 where the validators agree; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
    etag, modified = found.headers.get("ETag"), found.headers.get("Last-Modified")
    if found.status != 200 or not etag or not modified:
        return found
    if "if-none-match" in asked:
        tags = {tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")}
        same = etag in tags or "*" in tags
    elif "if-modified-since" in asked:
        same = parsedate_to_datetime(modified) <= parsedate_to_datetime(asked["if-modified-since"])
    else:
        same = False
    return Answer(status=304, headers={"ETag": etag, "Last-Modified": modified}) if same else found


def _text(text: str) -> Answer:
    return Answer(headers={"Content-Type": "text/plain; charset=utf-8"}, body=text.encode())


def _page(text: str, *, status: int, headers: Mapping[str, str] = MappingProxyType({}), title: str = "") -> Answer:
    body = f"<!DOCTYPE html><html><head><title>{title or text}</title></head><body>{text}</body></html>".encode()
    return Answer(status=status, headers={"Content-Type": "text/html; charset=utf-8", **headers}, body=body)


def _published(report: Report, now: datetime) -> datetime:
    return (now - timedelta(minutes=report.minutes)).astimezone(_ZONE)


def _common(outlet: Outlet, world: World) -> dict[str, object]:
    """What every template may use."""
    style: Callable[..., str] = STYLES[outlet.theme]

    def at(report: Report) -> datetime:
        return _published(report, world.now)

    def changed(report: Report) -> datetime:
        return world.now.astimezone(_ZONE) if report.changed else at(report)

    every = shelf(outlet, world.edition_of(outlet))
    return {
        "outlet": outlet,
        "base": outlet.base(world.port),
        "at": at,
        "changed": changed,
        "rfc822": lambda report: format_datetime(at(report)),
        "printed": lambda report: style(at(report), timed=report.printed == "minute"),
        "today": style(world.now.astimezone(_ZONE), timed=False),
        "most_read": [report for report in every if any(mark.what != "trap" for mark in report.title.marks)][
            :_MOST_READ
        ],
        "others": [report for report in every if report.what == "article"],
    }


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
