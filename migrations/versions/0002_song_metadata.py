"""Covers, previews and albums of songs, as providers know them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "song_metadata",
        sa.Column("song_id", sa.Text(), nullable=False),
        sa.Column("cover_key", sa.String(32), nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("fresh_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("song_id", name="pk_song_metadata"),
    )
    op.create_index("ix_song_metadata_cover_key", "song_metadata", ["cover_key"])


def downgrade() -> None:
    op.drop_table("song_metadata")
