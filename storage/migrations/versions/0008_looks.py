"""How many of a visit's requests were looks at what we have."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("outcomes", sa.Column("looks", sa.Integer, nullable=False, server_default=sa.text("0")))
