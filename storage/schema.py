"""The tables, as they are after the newest migration: SQLite and PostgreSQL alike.

A change here goes with a file in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeDecorator

__all__ = ["VERSION", "metadata", "storable"]

VERSION = "0010"
"""The newest migration. A store that says another is migrated forward, or refused when it is newer."""


class Moment(TypeDecorator[datetime]):
    """An aware time, in UTC. A naive one is a bug, and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"a time without a zone: {value!r}")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:  # year 1 east of Greenwich: nonsense of a page's, and no reason to end a pass
            moment = value.replace(tzinfo=UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """``value`` with U+FFFD, in all its text, for what no database takes: NUL and lone surrogates. Offsets stay."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {storable(key): storable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(storable(one) for one in value)
    return value


class Words(TypeDecorator[str]):
    """Text from the web, :func:`storable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return storable(value)  # type: ignore[no-any-return]


class Json(TypeDecorator[Any]):
    """Values as JSON text, readable in Arabic for whoever opens the file with another tool."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(storable(value), ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

passes = Table(
    "passes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("error", Words),
    Column("archives", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pass_id", Integer, ForeignKey(passes.c.id), nullable=False, index=True),
    Column("source", Words, nullable=False),
    Column("ending", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("fates", Json, nullable=False),
    Column("defects", Json, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=False, index=True),
    Column("requests", Integer, nullable=False, server_default=text("0")),
    Column("looks", Integer, nullable=False, server_default=text("0")),
)

sources = Table(
    "sources",
    metadata,
    Column("name", Words, primary_key=True),
    Column("due_at", Moment, nullable=False),
    Column("last_pass_at", Moment),
    Column("last_read_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("last_outcome", Integer, ForeignKey(outcomes.c.id)),
    Column("heard", Json),
    Column("rhythm", Integer),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Words, nullable=False, index=True),
    Column("since", Moment),
    Column("until", Moment),
    Column("noticed_at", Moment, nullable=False, index=True),
    Column("filled_at", Moment, index=True),
    Column("asked", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("why", Words, nullable=False),
    sqlite_autoincrement=True,
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Words, nullable=False, unique=True),
    Column("source", Words, nullable=False, index=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("published_from", Words),
    Column("published_raw", Words),
    Column("author", Words),
    Column("image", Words),
    Column("tags", Json, nullable=False),
    Column("summary", Words),
    Column("capture", Words),
    Column("notes", Json, nullable=False),
    Column("same_words", LargeBinary, nullable=False, index=True),
    Column("same_as", Integer, ForeignKey("articles.id"), index=True),
    Column("share", Float),
    Column("pass_id", Integer, ForeignKey(passes.c.id), nullable=False, index=True),
    Column("stored_at", Moment, nullable=False, index=True),
    Column("twin", BigInteger, index=True),
    sqlite_autoincrement=True,  # digests and people name articles by their id: it is never given to another
)

addresses = Table(
    "addresses",
    metadata,
    Column("url", Words, primary_key=True),
    Column("article_id", Integer, ForeignKey(articles.c.id), nullable=False, index=True),
    Column("why", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("print", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Integer, ForeignKey(articles.c.id), primary_key=True),
    sqlite_with_rowid=False,
)

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("audience", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("files", Json, nullable=False),
    UniqueConstraint("day", "audience"),
    sqlite_autoincrement=True,
)

flags = Table(
    "flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey(articles.c.id), nullable=False),
    Column("list", Words, nullable=False),
    Column("list_title", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("spans", Json, nullable=False),
    Column("flagged_at", Moment, nullable=False, index=True),
    Column("weight", Float, nullable=False, server_default=text("1")),
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("aside", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("article_id", "list", "rule"),
)

claims = Table(
    "claims",
    metadata,
    Column("audience", Words, primary_key=True),
    Column("flag_id", Integer, ForeignKey(flags.c.id), primary_key=True, autoincrement=False),
    Column("digest_id", Integer, ForeignKey(digests.c.id), nullable=False, index=True),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("audience", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Words),
    Column("ended_at", Moment),
    Index(None, "state", "due_at"),
    Index(None, "target", "ended_at"),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey(articles.c.id), nullable=False, index=True),
    Column("read_at", Moment, nullable=False, index=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("capture", Words),
    Column("substantial", Boolean, nullable=False),
    Column("changes", Json, nullable=False),
    Column("url", Words),
    sqlite_autoincrement=True,
)

looks = Table(
    "looks",
    metadata,
    Column("article_id", Integer, ForeignKey(articles.c.id), primary_key=True, autoincrement=False),
    Column("flagged_at", Moment, nullable=False),
    Column("due_at", Moment, index=True),
    Column("looks", Integer, nullable=False),
    Column("last_at", Moment, index=True),
    Column("gone_at", Moment),
    Column("gone_why", Words),
    Column("removed_at", Moment, index=True),
)

missed = Table(
    "missed",
    metadata,
    Column("url", Words, primary_key=True),
    Column("source", Words, nullable=False),
    Column("title", Words),
    Column("fate", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
)

muted = Table(
    "muted",
    metadata,
    Column("story", Integer, ForeignKey(articles.c.id), primary_key=True, autoincrement=False),
    Column("list", Words, primary_key=True),
    Column("note", Words, nullable=False),
    Column("muted_at", Moment, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey(articles.c.id), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("applied", Boolean, nullable=False),
    Column("fields", Json, nullable=False),
    sqlite_autoincrement=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("chain", Words, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("root", Words, nullable=False),
    Column("ends", BigInteger, nullable=False),
)

captures = Table(
    "captures",
    metadata,
    Column("id", Words, primary_key=True),
    Column("chain", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("url", Words, nullable=False, index=True),
    Column("payload", Words, nullable=False),
    Column("file", Words, nullable=False, index=True),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("dropped_at", Moment),
    Column("why", Words),
)

memory = Table(
    "memory",
    metadata,
    Column("key", Words, primary_key=True),
    Column("value", Json, nullable=False),
)
