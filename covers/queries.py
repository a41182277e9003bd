"""The table of what was learnt: each function one statement, run by `Database`."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from covers.candidates import Entry, Found
from models import INSERT, song_metadata


class Kept(NamedTuple):
    """A row to keep."""

    song_id: str
    entry: Entry


def get_entries(connection: Connection, song_ids: Sequence[str]) -> dict[str, Entry]:
    """What is known of these songs, stale or not."""
    table = song_metadata
    asked = select(table.c.song_id, table.c.found, table.c.fresh_until).where(table.c.song_id.in_(song_ids))
    return {
        row.song_id: Entry.model_validate({"found": row.found, "fresh_until": row.fresh_until})
        for row in connection.execute(asked)
    }


def get_found_by_cover(connection: Connection, key: str) -> Found | None:
    """What has this cover; None where nothing has."""
    found = select(song_metadata.c.found).where(song_metadata.c.cover_key == key).limit(1)
    body = connection.execute(found).scalar_one_or_none()
    return Found.model_validate(body) if body else None


def put_entry(connection: Connection, kept: Kept) -> None:
    """Keep what was learnt of a song, in place of what was known."""
    found = kept.entry.found
    row = {
        "cover_key": found.cover.key if found and found.cover else None,
        "found": found.model_dump(mode="json") if found else None,
        "fresh_until": kept.entry.fresh_until,
    }
    insert = INSERT[connection.dialect.name](song_metadata).values(song_id=kept.song_id, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["song_id"], set_=row))
