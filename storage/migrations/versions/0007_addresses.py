"""Further addresses of articles, by which twins and republished pages are known; how many requests a visit sent."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table and the columns. Articles that are there have no ``twin``: they are recognised by their text."""
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False, index=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("articles", sa.Column("twin", sa.BigInteger))
    op.create_index("ix_articles_twin", "articles", ["twin"])
    op.add_column("versions", sa.Column("url", sa.Text))
    op.add_column("outcomes", sa.Column("requests", sa.Integer, nullable=False, server_default=sa.text("0")))
