"""Articles as they read later, when they are looked at again; shorter fingerprints."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add versions and looks; keep 48 of the 63 bits of a fingerprint."""
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False, index=True),
        sa.Column("read_at", moment, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("capture", sa.Text),
        sa.Column("substantial", sa.Boolean, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "looks",
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
        sa.Column("flagged_at", moment, nullable=False),
        sa.Column("due_at", moment, index=True),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("last_at", moment, index=True),
        sa.Column("gone_at", moment),
        sa.Column("gone_why", sa.Text),
        sa.Column("removed_at", moment, index=True),
    )
    op.execute("UPDATE fingerprints SET print = print / 32768")
