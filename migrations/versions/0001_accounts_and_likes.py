"""Accounts with their seeds, and likes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seeds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username_key", name="uq_users_username_key"),
    )
    op.create_table(
        "likes",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("song_id", sa.Text(), nullable=False),
        sa.Column("liked_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_likes", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "song_id", name="pk_likes"),
    )
    op.create_index("ix_likes_newest", "likes", ["user_id", "liked_ns", "song_id"])


def downgrade() -> None:
    op.drop_table("likes")
    op.drop_table("users")
