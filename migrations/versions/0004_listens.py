"""Listens, imports of them, tokens of players, and what is playing now."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _of_user(name: str, *, primary_key: bool = False) -> list[sa.Column[str] | sa.Constraint]:
    return [
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{name}", ondelete="CASCADE"),
        *([sa.PrimaryKeyConstraint("user_id", name=f"pk_{name}")] if primary_key else []),
    ]


def upgrade() -> None:
    for column in (
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("share_listens", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("listens_version", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("known_by_listens", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("users", column)
    _listens()
    _imports()
    op.create_table(
        "player_tokens",
        sa.Column("id", sa.String(32), nullable=False),
        *_of_user("player_tokens"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(8), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_player_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_player_tokens_token_hash"),
    )
    op.create_index("ix_player_tokens_user", "player_tokens", ["user_id"])
    op.create_table(
        "playing_now",
        *_of_user("playing_now", primary_key=True),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
    )


def _listens() -> None:
    op.create_table(
        "listens",
        *_of_user("listens"),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("song_id", sa.Text(), nullable=False),
        sa.Column("in_catalog", sa.Boolean(), nullable=False),
        sa.Column("played_ms", sa.Integer()),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("import_id", sa.String(32)),
        sa.Column("sent", sa.JSON()),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_listens"),
    )
    op.create_index("ix_listens_newest", "listens", ["user_id", "started_ms", "id"])


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(32), nullable=False),
        *_of_user("imports"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("listener", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("total", sa.BigInteger()),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("unresolved", sa.JSON(), nullable=False),
        sa.Column("unresolved_listens", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_user", "imports", ["user_id", "created_at"])


def downgrade() -> None:
    for table in ("playing_now", "player_tokens", "imports", "listens"):
        op.drop_table(table)
    with op.batch_alter_table("users") as users:
        for column in ("known_by_listens", "listens_version", "share_listens", "private"):
            users.drop_column(column)
