"""What a flag weighs and whether it came late; Stories that a person has muted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns of flags and the table of what is muted."""
    op.add_column("flags", sa.Column("weight", sa.Float, nullable=False, server_default=sa.text("1")))
    op.add_column("flags", sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "muted",
        sa.Column("story", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("list", sa.Text, primary_key=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
    )
