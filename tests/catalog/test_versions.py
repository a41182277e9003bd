"""Versions of one song have one code in the table."""

from pathlib import Path

import numpy as np

from catalog.table import SongTable, write_table


def test_remasters_live_takes_and_guests_count_as_one_song(tmp_path: Path) -> None:
    songs = [
        ("The Beatles", "Help!"),
        ("The Beatles", "Help! - Remastered 2009"),
        ("Daft Punk", "Get Lucky (feat. Pharrell Williams)"),
        ("Daft Punk", "Get Lucky"),
        ("Nirvana", "Polly (Live)"),
        ("Nirvana", "Polly"),
        ("Bananarama", "Help!"),
    ]
    ones = np.ones(len(songs), np.int64)
    write_table(tmp_path / "catalog.arrow", [a for a, _ in songs], [t for _, t in songs], ones, ones)
    table = SongTable.open(tmp_path / "catalog.arrow")
    assert table.song_code.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert [table.versions_of(row).tolist() for row in (1, 3, 6)] == [[0, 1], [2, 3], [6]]
