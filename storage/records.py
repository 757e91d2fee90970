"""What the store keeps besides Articles: plain values, standard library only, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from crawler.article import Article
from crawler.outcome import Fate, Outcome

__all__ = [
    "Address",
    "Change",
    "Corrected",
    "Correction",
    "Dead",
    "DigestRecord",
    "Flag",
    "Flagged",
    "GapRecord",
    "Job",
    "Look",
    "Message",
    "Missed",
    "Muted",
    "PassRecord",
    "Removed",
    "Root",
    "SourceState",
    "Span",
    "StoredArticle",
    "Told",
    "Version",
    "Waiting",
    "Worker",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where the words stand: ``getattr(article, where)[start:end] == words``, in the unmodified text."""

    where: str
    """``title`` or ``text``; ``version``: in the wording of a later :class:`Version`, which alone has the words."""
    start: int
    end: int
    words: str
    term: str
    """The term of the rule that they met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A watch list's rule that an Article met, with the exact words that met it."""

    list: str
    """Id of the watch list."""
    list_title: str
    rule: str
    severity: str
    version: str
    """Digest of the list's file as it was then."""
    spans: tuple[Span, ...]
    weight: float = 1.0
    """Of the rule, as it was then."""
    late: bool = False
    """Found in the stored past, by a list that was changed since the Article came."""
    aside: bool = False
    """Of an Article from an archive: no digest takes it unless asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    id: int
    article: Article
    stored_at: datetime
    same_as: int | None
    """Id of the first telling of the same text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What of an article is compared with another one."""

    at: datetime
    """When it was published, or read where the page does not say."""
    source: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One more address under which a stored Article was met."""

    url: str
    """Canonical."""
    article: int
    why: str
    """``twin`` (http and https, www, mobile, AMP …) or ``republished``."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """A stored article with the flags of it that are asked about, and the other tellings of its text."""

    stored: StoredArticle
    flags: tuple[Flag, ...]
    flagged_at: datetime
    tellings: tuple[StoredArticle, ...]
    """Every stored telling of the same text, the first one first, itself among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A Story that a person has called a false hit of one list: digests leave it out there."""

    story: int
    """Id of the first telling."""
    list: str
    note: str
    muted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An Entry that did not become an Article."""

    url: str
    source: str
    title: str | None
    fate: Fate
    why: str
    first_seen_at: datetime
    last_seen_at: datetime
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between passes."""

    name: str
    due_at: datetime
    last_pass_at: datetime | None
    last_read_at: datetime | None
    """The last time it ended ``read`` or ``unchanged``."""
    failures: int
    """Passes in a row that ended in trouble."""
    last: Outcome | None
    heard: tuple[datetime, ...] = ()
    """When its newest entries were published, newest first."""
    rhythm: timedelta | None = None
    """The time from its last reading to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRecord:
    """A stretch of a source's publishing that fell out between two passes."""

    source: str
    since: datetime | None
    """Of the newest entry that was known, else of the last reading before; ``None``: not known."""
    until: datetime | None
    """Of the oldest entry that the next reading showed."""
    noticed_at: datetime
    filled_at: datetime | None
    """``None``: it stands."""
    asked: int
    """Older listings that were asked for."""
    found: int
    """Entries found in them."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRecord:
    id: int
    started_at: datetime
    ended_at: datetime | None
    """``None``: running, or killed."""
    stored: int
    flagged: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRecord:
    day: date
    audience: str
    made_at: datetime
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between an Article and a later Version of it."""

    kind: str
    """``headline``, ``number``, ``name``, ``term``, ``sentence``, ``cut`` or ``added``; see :mod:`monitor.changes`."""
    before: str
    """The wording that was there: a sentence, or the headline; empty where nothing was."""
    after: str
    words: tuple[str, ...] = ()
    """What of it makes the kind: ``("12", "21")``, the watched term that is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An Article as it read at one time after the first."""

    article: StoredArticle
    """As it was stored first."""
    read_at: datetime
    title: str
    text: str
    capture: str | None
    substantial: bool
    changes: tuple[Change, ...]
    """Against the Version before it."""
    url: str | None = None
    """Where it was read, if not at the article's own address: it was published once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known of looking again at a flagged Article."""

    article: StoredArticle
    flagged_at: datetime
    """When it was first flagged."""
    due_at: datetime | None
    """``None``: it is not looked at any more."""
    looks: int
    last_at: datetime | None
    gone_at: datetime | None
    """The first look in a row that did not find it."""
    gone_why: str | None
    removed_at: datetime | None
    """The look on another day that did not find it either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A flagged Article that its site does not have any more."""

    article: StoredArticle
    gone_at: datetime
    removed_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to go out to one target."""

    key: str
    """What it is about: a second message with the same key is not put into the outbox."""
    kind: str
    """``alert``, ``summary``, ``digest``, ``alive``, ``silent``, ``reading`` or ``test``."""
    audience: str
    target: str
    """Name of the variable of the environment that holds the address; never the address."""
    severity: str
    payload: Mapping[str, Any]
    """What it says, in the shape of its kind; JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message in the outbox."""

    id: int
    message: Message
    created_at: datetime
    state: str
    """``waiting``, ``sending``, ``sent``, ``failed`` (given up) or ``summed`` (told by a summary)."""
    due_at: datetime
    """When it is tried (again); of one in ``sending``, when whoever has taken it is taken for dead."""
    tries: int
    error: str | None
    """What the last try came to."""
    ended_at: datetime | None
    """When it was sent, given up, or summed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is to do."""

    kind: str
    """``crawl``, ``backfill``, or one that the clock starts: ``dispatch``, ``digest``, ``alerts``, ``care``."""
    about: str
    """What it is about, which no two that wait or run share: ``crawl sana.sy``."""
    args: Mapping[str, Any] = field(default_factory=dict)
    queue: str = ""
    id: int = 0
    state: str = "waiting"
    """``waiting``, ``running`` or ``failed`` (given up)."""
    created_at: datetime | None = None
    since: datetime | None = None
    """When it came into its state."""
    due_at: datetime | None = None
    """Not before."""
    attempts: int = 0
    worker: str | None = None
    """Who runs it."""
    why: str | None = None
    """What the last try came to that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A job that was given up."""

    id: int
    kind: str
    about: str
    at: datetime
    why: str | None
    standing: bool
    """``False``: the same went well later, or a person let it begin anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that takes jobs. One that has places for crawling and for other things is there once for each."""

    name: str
    host: str
    pid: int
    slots: int
    """How many jobs it does at a time."""
    takes: str
    """Kinds of jobs."""
    rests: str = ""
    """Why it takes none now."""
    since: datetime | None = None
    done: int = 0
    running: int = 0
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The ledger's chain as it was after an entry: who has this has all that came before it."""

    chain: str
    number: int
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One thing of an Article that is read otherwise now."""

    field: str
    before: str | None
    """As text; a time in UTC."""
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An Article was read again from its Capture."""

    at: datetime
    by: str
    """The program that read it: ``Rasid/0.2.0``."""
    applied: bool
    """``False``: it was flagged, and stays as it was read then; the reading is a Version of it."""
    fields: tuple[Correction, ...]
