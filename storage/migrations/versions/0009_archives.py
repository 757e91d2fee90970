"""Passes over archives, which are no looking out for news; flags that wait for no digest."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("passes", sa.Column("archives", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("flags", sa.Column("aside", sa.Boolean, nullable=False, server_default=sa.false()))
