"""The table of what was learnt, in both databases."""

import asyncio
import secrets

from covers import queries
from covers.candidates import Cover, Entry, Found
from db import Database
from migrations.prepare import prepare


def test_what_is_kept_is_found_again_by_song_and_by_cover(database_url: str) -> None:
    database = Database(database_url)
    prepare(database, upgrade=True)
    song, key = f"Сплин - Выхода нет {secrets.token_hex(4)}", secrets.token_hex(16)
    found = Found(provider="deezer", cover=Cover(key=key, source="https://x.dzcdn.net/a.jpg", color="#123456"))

    async def run() -> None:
        for entry in (Entry(found=None, fresh_until=1.5), Entry(found=found, fresh_until=2.5)):
            await database.write(queries.put_entry, queries.Kept(song, entry))
            assert await database.read(queries.get_entries, [song, "another"]) == {song: entry}
        assert await database.read(queries.get_found_by_cover, key) == found
        assert await database.read(queries.get_found_by_cover, "0" * 32) is None
        await database.write(queries.put_entry, queries.Kept(song, Entry(found=None, fresh_until=3.5)))
        assert await database.read(queries.get_found_by_cover, key) is None

    asyncio.run(run())
    database.close()
