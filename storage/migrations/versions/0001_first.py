"""The first tables. Written out, and not taken from schema.py: what a store was is not what it will be."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "passes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started_at", moment, nullable=False, index=True),
        sa.Column("ended_at", moment),
        sa.Column("error", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pass_id", sa.Integer, sa.ForeignKey("passes.id"), nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ending", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("fates", sa.Text, nullable=False),
        sa.Column("defects", sa.Text, nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=False, index=True),
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("last_pass_at", moment),
        sa.Column("last_read_at", moment),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_outcome", sa.Integer, sa.ForeignKey("outcomes.id")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("fetched_at", moment, nullable=False),
        sa.Column("published_at", moment),
        sa.Column("published_from", sa.Text),
        sa.Column("published_raw", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("image", sa.Text),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("capture", sa.Text),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("same_words", sa.LargeBinary, nullable=False, index=True),
        sa.Column("same_as", sa.Integer, sa.ForeignKey("articles.id"), index=True),
        sa.Column("share", sa.Float),
        sa.Column("pass_id", sa.Integer, sa.ForeignKey("passes.id"), nullable=False, index=True),
        sa.Column("stored_at", moment, nullable=False, index=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fingerprints",
        sa.Column("print", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.UniqueConstraint("day", "audience"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("list_title", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
        sa.Column("flagged_at", moment, nullable=False, index=True),
        sa.Column("digest_id", sa.Integer, sa.ForeignKey("digests.id")),
        sa.UniqueConstraint("article_id", "list", "rule"),
        sa.Index("ix_flags_digest_id_flagged_at", "digest_id", "flagged_at"),
    )
    op.create_table(
        "missed",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("fate", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("first_seen_at", moment, nullable=False),
        sa.Column("last_seen_at", moment, nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_table("memory", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
