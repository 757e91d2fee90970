"""Gaps in what was seen of a source; how often each source publishes, and the rhythm that follows from it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add gaps, and two columns of sources."""
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False, index=True),
        sa.Column("since", moment),
        sa.Column("until", moment),
        sa.Column("noticed_at", moment, nullable=False, index=True),
        sa.Column("filled_at", moment, index=True),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("found", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.add_column("sources", sa.Column("heard", sa.Text))
    op.add_column("sources", sa.Column("rhythm", sa.Integer))
