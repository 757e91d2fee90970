"""Which digest of which audience has a flag; messages on their way out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add claims and outbox; a flag's one digest becomes a claim of that digest's audience."""
    # claims comes after flags is made anew: SQLite drops no table that rows of another point to.
    op.execute(
        "CREATE TABLE claimed AS SELECT digests.audience AS audience, flags.id AS flag_id, digests.id AS digest_id"
        " FROM flags JOIN digests ON digests.id = flags.digest_id"
    )
    op.drop_index("ix_flags_digest_id_flagged_at", "flags")
    with op.batch_alter_table("flags") as flags:
        flags.drop_column("digest_id")
    op.create_table(
        "claims",
        sa.Column("audience", sa.Text, primary_key=True),
        sa.Column("flag_id", sa.Integer, sa.ForeignKey("flags.id"), primary_key=True, autoincrement=False),
        sa.Column("digest_id", sa.Integer, sa.ForeignKey("digests.id"), nullable=False, index=True),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO claims (audience, flag_id, digest_id) SELECT audience, flag_id, digest_id FROM claimed")
    op.drop_table("claimed")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("ended_at", moment),
        sa.Index("ix_outbox_state_due_at", "state", "due_at"),
        sa.Index("ix_outbox_target_ended_at", "target", "ended_at"),
        sqlite_autoincrement=True,
    )
