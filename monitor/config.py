"""Settings and sources: ``settings.yaml`` and ``sources.yaml`` of one folder, read into frozen types.

Relative paths in the settings stand beside the configuration folder (``config/`` and ``var/`` are neighbours), wherever
the command is started from. What is secret comes from the environment and never from a file:
``RASID_STORAGE_URL`` replaces ``storage.url`` where that would hold a password; ``RASID_VAR`` replaces ``var``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from importlib import metadata
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, Strict, field_validator

from crawler.fetching import Fetching
from crawler.source import Source
from monitor import audiences, sourcefile
from monitor.audiences import Audience, Hour, known_formats
from monitor.evidence.settings import CaptureSettings
from monitor.shaping import Duration, Shape, Size, shape
from monitor.yamlfile import ConfigError, Problem, read, shown

__all__ = ["Config", "ConfigError", "Settings", "load", "ready_to_go_out", "shipped"]

Number = Annotated[float, Strict()]
Count = Annotated[int, Strict()]
_MINUTE = timedelta(minutes=1)
_IN_GOOD_ORDER = 0.9


class Storage(Shape):
    url: str = ""
    """SQLAlchemy's form. Empty: SQLite, ``rasid.db`` in ``var``."""

    @field_validator("url")
    @classmethod
    def _no_password(cls, value: str) -> str:
        if value and not re.match(r"(?:sqlite|postgresql)(?:\+[a-z0-9_]+)?:", value):
            raise ValueError(f"`sqlite:///…` or `postgresql://…` is expected, not `{shown(value)}`")
        if re.match(r"[^:]+://[^/@:]*:[^/@]*@", value):
            raise ValueError(
                "a password must not stand in a file; delete the line and set the environment's RASID_STORAGE_URL"
            )
        return value


class Schedule(Shape):
    crawl: Duration = timedelta(minutes=5)
    """How often the clock looks for sources that are due; each source has its own rhythm."""
    digest: Hour = time(6, 0)
    """The hour, in ``zone``, at which the digest of the day before is made."""

    @field_validator("crawl")
    @classmethod
    def _crawl(cls, value: timedelta) -> timedelta:
        return _within(value, _MINUTE / 60, timedelta(days=1), "between 1s and 1d")


class FetchingSettings(Shape):
    """:class:`crawler.fetching.Fetching`, as people write it."""

    delay: Duration = timedelta(seconds=2)
    concurrency: Annotated[Count, Field(ge=1, le=64)] = 16
    timeout: Duration = timedelta(seconds=20)
    max_bytes: Size = 5 * 2**20
    readers: Annotated[Count, Field(ge=1, le=32)] = 2
    read_limit: Duration = timedelta(seconds=15)

    @field_validator("delay", "timeout", "read_limit")
    @classmethod
    def _bounded(cls, value: timedelta) -> timedelta:
        return _within(value, _MINUTE / 600, timedelta(minutes=10), "between 100ms and 10m")


class DigestSettings(Shape):
    formats: tuple[str, ...] = ("html", "markdown")

    @field_validator("formats")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one, like html")
        return known_formats(value)


class Backup(Shape):
    every: Duration = timedelta(days=1)
    folder: Path = Path("backups")
    """Relative to ``var``. Another disk is better."""
    daily: Annotated[Count, Field(ge=1, le=366)] = 7
    weekly: Annotated[Count, Field(ge=0, le=520)] = 4
    encrypt_to: tuple[str, ...] = ()
    """Public keys of age. Whoever has one of the secret keys can read the backups; this machine cannot."""

    @field_validator("encrypt_to")
    @classmethod
    def _keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            if not re.fullmatch(r"age1[ac-hj-np-z02-9]{58}", key):
                raise ValueError(f"a public key of age is expected (age1…), not `{shown(key)}`")
        return value

    def place(self, var: Path) -> Path:
        return var / self.folder.expanduser()


class Metrics(Shape):
    listen: str = ""
    """``127.0.0.1:9464``. Empty: nothing listens."""

    @field_validator("listen")
    @classmethod
    def _loopback(cls, value: str) -> str:
        found = re.fullmatch(r"(127(?:\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5})", value)
        if value and (found is None or int(found[2]) > 65535):
            raise ValueError(
                f"an address of this machine is expected, like 127.0.0.1:9464, not `{shown(value)}`: whoever may look from "
                "elsewhere comes through your own server"
            )
        return value

    @property
    def place(self) -> tuple[str, int] | None:
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None


class Keep(Shape):
    history: Duration = timedelta(days=180)
    """How each pass and source ended, and Entries that came to nothing. Articles, flags and digests are kept for good."""

    @field_validator("history")
    @classmethod
    def _long_enough(cls, value: timedelta) -> timedelta:
        return _within(value, timedelta(days=35), timedelta(days=36500), "between 35d and 36500d")


class Settings(Shape):
    contact: str = ""
    """A mail address or a web page; sites that we read see it in the User-Agent."""
    zone: str = "Asia/Damascus"
    """IANA zone in which a day is a day."""
    var: Path = Path("var")
    storage: Storage = Storage()
    schedule: Schedule = Schedule()
    fetching: FetchingSettings = FetchingSettings()
    digest: DigestSettings = Field(default_factory=DigestSettings)
    captures: CaptureSettings = CaptureSettings()
    pass_limit: Duration = timedelta(minutes=30)
    """A pass that takes longer is ended."""
    pass_memory: Size = 2 * 2**30
    """A pass that takes more is ended; the service splits it."""
    disk_reserve: Size = 512 * 2**20
    """Nothing is fetched while less is free."""
    backup: Backup = Backup()
    keep: Keep = Keep()
    metrics: Metrics = Metrics()

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and not re.fullmatch(r"(?:mailto:)?[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+|https?://[!-~]+", value):
            raise ValueError(f"a mail address or a web address is expected, not `{shown(value)}`")
        return value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return sourcefile.zone(value)

    @field_validator("pass_limit")
    @classmethod
    def _limit(cls, value: timedelta) -> timedelta:
        return _within(value, _MINUTE, timedelta(days=1), "between 1m and 1d")

    @field_validator("pass_memory")
    @classmethod
    def _memory(cls, value: int) -> int:
        if value < 512 * 2**20:
            raise ValueError("at least 512 MiB: a pass needs about 400 MiB with nothing to do")
        return value


def _within(value: timedelta, low: timedelta, high: timedelta, says: str) -> timedelta:
    if not low <= value <= high:
        raise ValueError(f"{says} is possible")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one folder says; ``settings.var`` and ``settings.storage.url`` are ready for use."""

    settings: Settings
    sources: tuple[Source, ...]
    folder: Path
    audiences: tuple[Audience, ...] = ()
    """At least one, from a folder; see :mod:`monitor.audiences`."""

    @property
    def user_agent(self) -> str:
        """``Rasid/0.1.0 (+contact)``."""
        contact = f" (+{self.settings.contact})" if self.settings.contact else ""
        return f"{self.software}{contact}"

    @property
    def software(self) -> str:
        """``Rasid/0.1.0``."""
        return f"Rasid/{metadata.version('rasid')}"

    @property
    def captures(self) -> Path:
        """The folder of raw responses and of the ledger over them."""
        return self.settings.var / "captures"

    def fetching(self) -> Fetching:
        """How the engine is to ask: times in seconds, sizes in bytes.

        It ends a pass in good order a little before ``pass_limit``, at which the service ends it hard.
        """
        given = self.settings.fetching
        return Fetching(
            user_agent=self.user_agent,
            delay=given.delay.total_seconds(),
            concurrency=given.concurrency,
            timeout=given.timeout.total_seconds(),
            max_bytes=given.max_bytes,
            readers=given.readers,
            read_limit=given.read_limit.total_seconds(),
            time_limit=self.settings.pass_limit.total_seconds() * _IN_GOOD_ORDER,
        )


def load(folder: Path, *, environment: Mapping[str, str] | None = None, no_sources: bool = False) -> Config:
    """Reads ``settings.yaml``, ``sources.yaml`` and, where it is there, ``audiences.yaml`` of ``folder``.

    Raises :class:`ConfigError` with every error of all files, each with file, line and column. ``no_sources``: that none
    is declared is no error.
    """
    environment = os.environ if environment is None else environment
    if not folder.is_dir():
        raise ConfigError(
            [Problem(str(folder), 1, 1, "there is no such folder; `rasid init` writes a first configuration")]
        )
    problems: list[Problem] = []
    settings = _settings(folder / "settings.yaml", problems)
    sources = sourcefile.load(folder / "sources.yaml", problems, none=no_sources)
    said = settings or Settings()
    default = {"formats": said.digest.formats, "zone": said.zone, "hour": said.schedule.digest}
    readers = audiences.load(folder / "audiences.yaml", default, problems)
    if problems or settings is None:
        raise ConfigError(problems)
    return Config(settings=_placed(settings, folder, environment), sources=sources, folder=folder, audiences=readers)


def _settings(path: Path, problems: list[Problem]) -> Settings | None:
    try:
        tree, _ = read(path)
    except ConfigError as error:
        problems.extend(error.errors)
        return None
    return shape(Settings, tree, problems)


def _placed(settings: Settings, folder: Path, environment: Mapping[str, str]) -> Settings:
    """Relative paths beside the configuration folder, the store's address complete."""
    beside = folder.parent if folder.name not in ("", "..") else folder.resolve().parent
    var = beside / Path(environment.get("RASID_VAR") or settings.var).expanduser()
    url = environment.get("RASID_STORAGE_URL") or settings.storage.url
    if not url:
        url = f"sqlite:///{var / 'rasid.db'}"
    elif relative := re.fullmatch(r"(sqlite(?:\+\w+)?:///)((?!file:)[^/?:][^?]*)(.*)", url):
        start, path, options = relative.groups()
        url = f"{start}{beside / path}{options}"
    return settings.model_copy(update={"var": var, "storage": Storage.model_construct(url=url)})


def ready_to_go_out(config: Config, urls: Sequence[str] | None = None) -> list[str]:
    """What is missing before addresses outside this machine may be asked; nothing for a loopback newsroom.

    ``urls``: what is to be asked; the sources that are read, without it.
    """
    urls = [source.url for source in config.sources if source.enabled] if urls is None else urls
    if all(map(sourcefile.is_loopback, urls)):
        return []
    where = config.folder / "settings.yaml"
    contact = config.settings.contact
    if not contact:
        reason = "the sites that you read must be able to reach you"
        return [f"set `contact:` in {where} to your mail address or web page: {reason}"]
    host = contact.rpartition("@")[2] if "@" in contact and "://" not in contact else urlsplit(contact).hostname or ""
    if re.fullmatch(r"(?:.+\.)?example(?:\.(?:com|net|org))?|.+\.(?:invalid|test|localhost)", host.lower()):
        return [f"`contact:` in {where} is still the example `{contact}`; write your own mail address or web page"]
    return []


def shipped() -> Path:
    """The configuration that comes with Rasid: ``monitor/shipped`` of a wheel, ``config/`` of a working copy."""
    here = Path(__file__).parent
    inside = here / "shipped"
    return inside if inside.is_dir() else here.parent / "config"
