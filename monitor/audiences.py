"""``audiences.yaml``: who receives what, when, in which shape; checked and made into frozen values.

Without the file there is one audience, ``all``, which has every list, as ``settings.yaml`` says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, Strict, field_validator, model_validator

from monitor.severity import SEVERITIES, at_least
from monitor.shaping import Duration, Shape, Slug, items, keys, problem, shape
from monitor.sourcefile import zone as known_zone
from monitor.yamlfile import ConfigError, Items, Keys, Node, Problem, did_you_mean, read, shown

__all__ = ["Alerting", "Audience", "Person", "Quiet", "check", "hour", "load", "of_list", "quiet_until"]

V = TypeVar("V")
_ALL = "all"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,80}")
_LONGEST = 100


def hour(value: Any) -> time:
    """``"06:00"`` as a time; ``ValueError`` otherwise."""
    if isinstance(value, time):
        return value
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", value) if isinstance(value, str) else None
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    raise ValueError(f'an hour of the day is expected, like "06:00", not `{shown(value)}`')


Hour = Annotated[time, BeforeValidator(hour)]


def _variable(value: Any) -> str:
    if isinstance(value, str) and _VARIABLE.fullmatch(value):
        return value
    if isinstance(value, str) and "://" in value:
        raise ValueError(
            "an address, with the password in it, must not stand in a file; write the name of a variable of the"
            " environment that holds it, like RASID_TO_TEAM"
        )
    raise ValueError(f"the name of a variable of the environment is expected, like RASID_TO_TEAM, not `{shown(value)}`")


Variable = Annotated[str, BeforeValidator(_variable)]


class Quiet(Shape):
    """Hours in which only what is urgent goes out, in the audience's zone."""

    start: time
    end: time


def _quiet(value: Any) -> Quiet | None:
    if value is None or isinstance(value, Quiet):
        return value
    found = re.fullmatch(r"\s*(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\s*", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'two hours are expected, like "22:30-06:00", not `{shown(value)}`')
    start, end = hour(found[1]), hour(found[2])
    if start == end:
        raise ValueError("quiet hours that end when they begin; delete the line, or write two different hours")
    return Quiet(start=start, end=end)


def _severity(value: Any) -> str:
    if value not in SEVERITIES:
        raise ValueError(f"`{shown(value)}` is none{did_you_mean(str(value), SEVERITIES)}")
    return str(value)


Severity = Annotated[str, BeforeValidator(_severity)]


class Alerting(Shape):
    """Messages that do not wait for the digest."""

    to: tuple[Variable, ...]
    """Variables of the environment, each with one address of Apprise's."""
    severity: Severity = "urgent"
    """Flags of this severity and above."""
    quiet: Annotated[Quiet | None, BeforeValidator(_quiet)] = None
    through_quiet: Severity | None = None
    """What goes out in quiet hours all the same; ``None``: nothing does."""
    per_hour: Annotated[int, Strict(), Field(ge=1, le=1000)] = 12
    """Messages to one address within an hour; what is more becomes one summary."""
    alive: Hour | None = None
    """When, each day, Rasid says that it is alive."""
    silent_after: Duration = timedelta(hours=6)
    """So long without reading anything is said."""

    @field_validator("to")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one variable of the environment that holds an address")
        return tuple(dict.fromkeys(value))

    @field_validator("silent_after")
    @classmethod
    def _patient(cls, value: timedelta) -> timedelta:
        if not timedelta(minutes=5) <= value <= timedelta(days=31):
            raise ValueError("between 5m and 31d is possible")
        return value


class Person(Shape):
    """Whose name does not leave with a copy."""

    name: Annotated[str, Field(min_length=2, max_length=_LONGEST)]
    aliases: tuple[Annotated[str, Field(min_length=2, max_length=_LONGEST)], ...] = ()


class Audience(Shape):
    name: Slug
    title: Annotated[str, Field(max_length=_LONGEST)] = ""
    lists: tuple[Slug, ...] = ()
    """Ids of watch lists, in the order of the digest; none: those that name it under ``audiences:``, else all."""
    formats: tuple[str, ...] = ()
    """Empty: those of ``settings.yaml``."""
    language: Literal["ar", "en"] = "ar"
    zone: str = ""
    """In which its days are days; empty: that of ``settings.yaml``."""
    hour: Hour | None = None
    """When the digest of the day before is made; ``None``: that of ``settings.yaml``."""
    deliver: tuple[Variable, ...] = ()
    """Where its digest is sent."""
    alerts: Alerting | None = None
    redact: tuple[Person, ...] = ()

    @field_validator("formats")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return known_formats(value)

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value) if value else value

    @model_validator(mode="before")
    @classmethod
    def _names_of_persons(cls, value: Any) -> Any:
        """``redact:`` takes plain names too."""
        if isinstance(value, dict) and isinstance(value.get("redact"), list | tuple):
            persons = [{"name": one} if isinstance(one, str) else one for one in value["redact"]]
            return value | {"redact": persons}
        return value

    @property
    def at(self) -> time:
        """Set by :func:`load`."""
        assert self.hour is not None
        return self.hour


def known_formats(value: tuple[str, ...]) -> tuple[str, ...]:
    """``value`` if every one is a digest format; ``ValueError`` with a suggestion otherwise."""
    from monitor.formats import FORMATS

    for name in value:
        if name not in FORMATS:
            raise ValueError(f"unknown format `{shown(name)}`{did_you_mean(name, list(FORMATS))}")
    return tuple(dict.fromkeys(value))


def load(path: Path, default: Mapping[str, Any], problems: list[Problem]) -> tuple[Audience, ...]:
    """The audiences of a file, what is left out filled in; what is wrong is added to ``problems``.

    ``default``: formats, zone and hour of ``settings.yaml``.
    """
    if not path.exists():
        return (Audience(name=_ALL, **default),)
    try:
        tree, _ = read(path)
    except ConfigError as error:
        problems.extend(error.errors)
        return ()
    file = keys(tree, ("audiences",), problems)
    listed = file.get("audiences") if file else None
    if file and (not isinstance(listed, Items) or not listed.items):
        problems.append(problem(listed or tree, "`audiences:` is a list of at least one; or delete the file"))
        return ()
    found: list[Audience] = []
    names: dict[str, int] = {}
    for node in items(listed, problems, "audiences"):
        audience = shape(Audience, node, problems)
        _once(node, names, problems)
        if audience is not None:
            given = {key: value for key, value in default.items() if not getattr(audience, key)}
            found.append(audience.model_copy(update=given))
    return tuple(found)


def _once(node: Node, names: dict[str, int], problems: list[Problem]) -> None:
    name = node.get("name") if isinstance(node, Keys) else None
    if name is None:
        return
    said = str(name.plain())
    if said in names:
        problems.append(problem(name, f"the name `{shown(said)}` is taken by the audience in line {names[said]}"))
    names.setdefault(said, name.line)


def check(path: Path, audiences: Sequence[Audience], lists: Mapping[str, Collection[str]]) -> list[Problem]:
    """What does not fit together: audiences that ask for lists that are not there, lists for audiences that are not.

    ``lists``: for each watch list's id the audiences that it names.
    """
    if not path.exists():
        return []
    tree, _ = read(path)
    nodes = tree.get("audiences") if isinstance(tree, Keys) else None
    problems: list[Problem] = []
    for node in nodes.items if isinstance(nodes, Items) else ():
        named = node.get("lists") if isinstance(node, Keys) else None
        for item in named.items if isinstance(named, Items) else ():
            name = str(item.plain())
            if name not in lists:
                said = f"`lists`: there is no watch list `{shown(name)}`{did_you_mean(name, sorted(lists))}"
                problems.append(problem(item, said))
    known = [audience.name for audience in audiences]
    for name, wanted in lists.items():
        for one in wanted:
            if one not in known:
                said = f"the watch list `{name}` is for an audience `{shown(one)}` that is not here{did_you_mean(one, known)}"
                problems.append(problem(tree, said))
    return problems


def of_list(audience: Audience, lists: Mapping[str, Collection[str]]) -> list[str] | None:
    """Ids of the lists that an audience has; ``None``: all, also those that come later.

    ``lists``: for each watch list's id the audiences that it names.
    """
    named = [name for name, wanted in lists.items() if audience.name in wanted and name not in audience.lists]
    return [*audience.lists, *named] or None


def quiet_until(alerting: Alerting, severity: str, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end that hold a message of this severity back now; ``None``: nothing does."""
    quiet = alerting.quiet
    if quiet is None:
        return None
    through = alerting.through_quiet
    if through is not None and at_least(severity, through):
        return None
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time()
    over_midnight = quiet.start > quiet.end
    inside = (clock >= quiet.start or clock < quiet.end) if over_midnight else quiet.start <= clock < quiet.end
    if not inside:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and clock >= quiet.start else local.date()
    return datetime.combine(day, quiet.end, ZoneInfo(zone)).astimezone(now.tzinfo)
