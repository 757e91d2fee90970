"""``sources.yaml``: what people declare of an outlet, checked and made into :class:`crawler.source.Source`."""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from crawler.source import KIND_NAMES, SCOPES, Source
from monitor.shaping import Duration, Shape, Slug, Switch, items, keys, problem, shape
from monitor.yamlfile import ConfigError, Items, Keys, Node, Problem, did_you_mean, nearest, read, shown
from monitor.yamltext import UNSEEN

__all__ = ["Declared", "address", "is_loopback", "load", "zone"]

_LONGEST_URL = 2000


def zone(value: str) -> str:
    """``value`` if it is an IANA zone; ``ValueError`` with a suggestion otherwise."""
    try:
        zoneinfo.ZoneInfo(value)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        near = nearest(value, sorted(zoneinfo.available_timezones()))
        meant = f"; did you mean `{near}`?" if near else ""
        raise ValueError(f"`{shown(value)}` is not a time zone; write one like Asia/Damascus{meant}") from None
    return value


def address(value: str) -> str:
    """``value`` if it is an absolute http(s) address without a password; ``ValueError`` otherwise."""
    odd = re.search(f"[\\s\\x00-\\x20\\x7f{UNSEEN}]", value)
    if odd:
        raise ValueError(f"a space or an unseen character (U+{ord(odd.group()):04X}) stands in `{shown(value)}`")
    if len(value) > _LONGEST_URL:
        raise ValueError(f"longer than {_LONGEST_URL} characters")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"`{shown(value)}` is not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        meant = f"; did you mean `https://{shown(value)}`?" if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", value) else ""
        raise ValueError(f"an address that begins with https:// or http:// is expected, not `{shown(value)}`{meant}")
    if "@" in parts.netloc:
        raise ValueError("a user name or password must not stand in an address")
    return value


def _bridge(value: str) -> str:
    """``value`` if it is the address of an HTTP proxy."""
    if re.match(r"socks", value):
        raise ValueError("a SOCKS proxy is asked through an HTTP bridge on this machine; docs/sources.md shows one")
    address(value)
    parts = urlsplit(value)
    if parts.scheme != "http" or parts.path.strip("/") or parts.query or not parts.port:
        raise ValueError(f"an HTTP proxy is expected, like http://127.0.0.1:8118, not `{shown(value)}`")
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        try:
            meant = f"; did you mean `{ipaddress.ip_network(value, strict=False)}`?"
        except ValueError:
            meant = ", like 127.0.0.0/8 or 10.1.0.0/16"
        raise ValueError(f"`{shown(value)}` is not a network{meant}") from None
    return value


def _title(value: str) -> str:
    title = value.strip()
    if not title or len(title) > 100:
        raise ValueError("the outlet's name is expected, in at most 100 characters")
    if odd := re.search(f"[{UNSEEN}\\n]", title):
        raise ValueError(f"an unseen character (U+{ord(odd.group()):04X}) stands in `{shown(title)}`")
    return title


def _day(value: object) -> date | None:
    """A day as a person writes it; ``never`` is ``None``."""
    if value is None or value == "never":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"a day like 2026-11-25, or `never`, is expected, not `{shown(value)}`") from None


def _selector(value: str) -> str:
    """A CSS selector that can be used on a page."""
    from cssselect import HTMLTranslator, SelectorError

    if len(value) > 500:
        raise ValueError("longer than 500 characters")
    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        raise ValueError(f"`{shown(value)}` is not a CSS selector: {error}") from None
    return value


class Declared(Shape):
    """One source as people write it."""

    name: Slug
    kind: str
    url: str
    title: Annotated[str, AfterValidator(_title)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "ar"
    zone: str = "Asia/Damascus"
    affiliation: Slug = "unknown"
    scope: str = "all"
    every: Duration | None = None
    important: Switch = False
    reach: Duration = timedelta(days=2)
    selector: str | None = None
    delay: Duration | None = None
    allow_addresses: tuple[str, ...] = ()
    proxy: str | None = None
    verify_tls: Switch = True
    boilerplate: tuple[str, ...] = ()
    enabled: Switch = True
    verified: Annotated[date | None, BeforeValidator(_day)] = None

    @field_validator("kind")
    @classmethod
    def _kind(cls, value: str) -> str:
        if value not in KIND_NAMES:
            raise ValueError(f"unknown kind `{shown(value)}`{did_you_mean(value, KIND_NAMES)}")
        return value

    @field_validator("scope")
    @classmethod
    def _scope(cls, value: str) -> str:
        if value not in SCOPES:
            raise ValueError(f"`{shown(value)}` is none{did_you_mean(value, SCOPES)}")
        return value

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return address(value)

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return zone(value)

    @field_validator("every")
    @classmethod
    def _every(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and not timedelta(minutes=1) <= value <= timedelta(days=31):
            raise ValueError("between 1m and 31d is possible")
        return value

    @field_validator("delay")
    @classmethod
    def _delay(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value > timedelta(minutes=10):
            raise ValueError("at most 10m is possible")
        return value

    @field_validator("reach")
    @classmethod
    def _reach(cls, value: timedelta) -> timedelta:
        if not timedelta(hours=1) <= value <= timedelta(days=366):
            raise ValueError("between 1h and 366d is possible")
        return value

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        return None if value is None else _bridge(value)

    @field_validator("allow_addresses")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_network(network) for network in value)

    @field_validator("boilerplate")
    @classmethod
    def _lines(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not line.strip() for line in value):
            raise ValueError("an empty line says nothing; delete it")
        return tuple(line.strip() for line in value)

    @field_validator("selector")
    @classmethod
    def _css(cls, value: str | None) -> str | None:
        return None if value is None else _selector(value)

    @model_validator(mode="after")
    def _of_this_kind(self) -> Declared:
        if self.selector and self.kind == "feed":
            raise ValueError("a feed has no selector; delete the line, or write `kind: section`")
        return self

    def source(self) -> Source:
        values: Mapping[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        delay = None if self.delay is None else self.delay.total_seconds()
        return Source(**{**values, "delay": delay})


def load(path: Path, problems: list[Problem], *, none: bool = False) -> tuple[Source, ...]:
    """The sources of a file; what is wrong is added to ``problems``. ``none``: there need not be any."""
    try:
        tree, _ = read(path)
    except ConfigError as error:
        problems.extend(error.errors)
        return ()
    file = keys(tree, ("sources",), problems)
    listed = file.get("sources") if file else None
    if none and (listed is None or not listed.plain()):
        return ()
    if file and "sources" not in file.entries:
        problems.append(problem(tree, "`sources:` is missing: a list of the sources"))
    if isinstance(listed, Items) and not listed.items:
        problems.append(problem(listed, "no source stands here: nothing would be read"))
    sources: list[Source] = []
    names: dict[str, Node] = {}
    addresses: dict[str, str] = {}
    for node in items(listed, problems, "sources"):
        declared = shape(Declared, node, problems)
        _once(node, names, addresses, problems)
        if declared is not None:
            sources.append(declared.source())
    return tuple(sources)


def _once(node: Node, names: dict[str, Node], addresses: dict[str, str], problems: list[Problem]) -> None:
    """A name stands for one source, an address is read once."""
    if not isinstance(node, Keys):
        return
    name, url = node.get("name"), node.get("url")
    said = str(name.plain()) if name else ""
    if name and said in names:
        problems.append(problem(name, f"the name `{shown(said)}` is taken by the source in line {names[said].line}"))
    if name:
        names.setdefault(said, name)
    if url and (other := addresses.setdefault(str(url.plain()), said)) != said:
        problems.append(problem(url, f"`{shown(other)}` reads this address already"))


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine by its very name (no name is looked up)."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
