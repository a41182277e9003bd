"""The tables. What reads and writes them: serving/accounts/ and serving/library/; their versions: migrations/."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

# INSERT … ON CONFLICT: the same clauses in two classes that share no base with them
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
SONG_IDS = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
DOCUMENT = JSON(none_as_null=True)  # kept as it was sent


def hashed(secret: str) -> str:
    """What is kept of a random secret: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC, with its zone, also from SQLite, which keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give SQLite's naive moments their zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),  # random: a deleted account's id never comes back
    Column("username", Text, nullable=False),
    Column("username_key", Text, nullable=False, unique=True),  # as compared: NFKC, case folded
    Column("password_hash", Text, nullable=False),
    Column("token_version", Integer, nullable=False),  # tokens of another version are no longer good
    Column("created_at", UTCDateTime, nullable=False),
    Column("seeds", SONG_IDS),  # song_ids; NULL before onboarding
    Column("invite_hash", String(64)),  # the invite that was used up, by `hashed`
    Column("private", Boolean, nullable=False, server_default=false()),  # nothing that is played is kept
    Column("share_listens", Boolean, nullable=False, server_default=true()),  # a model may learn from them
    Column("listens_version", BigInteger, nullable=False, server_default=text("0")),  # counts changes of the listens
    Column("known_by_listens", Boolean, nullable=False, server_default=false()),  # 3 songs of the catalog were played
    Column("role", String(10), nullable=False, server_default="listener"),  # or admin, by `python -m ops.admin`
)
Index("ix_users_invite", users.c.invite_hash, unique=True)

invites = Table(
    "invites",
    metadata,
    Column("code_hash", String(64), primary_key=True),  # by `hashed`
    Column("expires_at", UTCDateTime, nullable=False),
)

# Where somebody is signed in. One is over where its row is gone or its token_version is not the account's.
sessions = Table(
    "sessions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("token_version", Integer, nullable=False),
    Column("token_hash", String(64), nullable=False),  # of the refresh token, by `hashed`
    Column("previous_hash", String(64)),  # of the one before it
    Column("device", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("refreshed_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
)
Index("ix_sessions_user", sessions.c.user_id)

likes = Table(
    "likes",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("song_id", Text, primary_key=True),
    Column("liked_ns", BigInteger, nullable=False),  # nanoseconds since 1970
)
Index("ix_likes_newest", likes.c.user_id, likes.c.liked_ns, likes.c.song_id)

song_metadata = Table(
    "song_metadata",
    metadata,
    Column("song_id", Text, primary_key=True),
    Column("cover_key", String(32)),  # names the copies of its cover
    Column("found", JSON(none_as_null=True)),  # what a provider knows; NULL where nobody does
    Column("fresh_until", Float, nullable=False),  # seconds since 1970
)
Index("ix_song_metadata_cover_key", song_metadata.c.cover_key)

# What somebody does not want to be recommended: a song or all of an artist.
hidden = Table(
    "hidden",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(6), primary_key=True),  # song or artist
    Column("name", Text, primary_key=True),  # the song_id, or the artist's name
    Column("hidden_ns", BigInteger, nullable=False),  # nanoseconds since 1970
    Column("until_ns", BigInteger),  # NULL: for good
)

queues = Table(
    "queues",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", String(32), nullable=False),  # random: no two contents share one, also after a restored backup
    Column("content", JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),  # as it was sent
    Column("updated_at", UTCDateTime, nullable=False),
)

# Every key begins with the account, so that PostgreSQL can cut the table by hash of it (docs/operations.md).
listens = Table(
    "listens",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(100), primary_key=True),  # the sender's, or made of moment and names: the same listen once
    Column("started_ms", BigInteger, nullable=False),  # milliseconds since 1970, when the playback began
    Column("artist", Text, nullable=False),  # as sent
    Column("track", Text, nullable=False),
    Column("song_id", Text, nullable=False),  # the catalog's where it has the song, else of the names as sent
    Column("in_catalog", Boolean, nullable=False),  # whether the catalog had it when the listen came
    Column("played_ms", Integer),
    Column("skipped", Boolean, nullable=False),
    Column("source", String(100), nullable=False),
    Column("import_id", String(32)),
    Column("sent", DOCUMENT),  # a player's own description of the song
    Column("received_ms", BigInteger, nullable=False),
)
Index("ix_listens_newest", listens.c.user_id, listens.c.started_ms, listens.c.id)

imports = Table(
    "imports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(10), nullable=False),  # queued, running, done, failed, undone
    Column("files", DOCUMENT, nullable=False),  # their names
    Column("listener", Text),  # whose listens, where files name several people
    Column("created_at", UTCDateTime, nullable=False),
    Column("finished_at", UTCDateTime),
    Column("total", BigInteger),  # listens in the files, once they were read
    Column("read", BigInteger, nullable=False),  # of these, how many were looked at
    Column("kept", BigInteger, nullable=False),
    Column("dropped", DOCUMENT, nullable=False),  # reason to number of rows
    Column("unresolved", DOCUMENT, nullable=False),  # some songs that the catalog does not have
    Column("unresolved_listens", BigInteger, nullable=False),
    Column("fault", Text),
)
Index("ix_imports_user", imports.c.user_id, imports.c.created_at)

player_tokens = Table(
    "player_tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("prefix", String(8), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256: a token is 122 random bits
    Column("created_at", UTCDateTime, nullable=False),
    Column("last_used_at", UTCDateTime),
)
Index("ix_player_tokens_user", player_tokens.c.user_id)

playing_now = Table(
    "playing_now",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("sent", DOCUMENT, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
