"""Other ways to search a catalog, for comparison: a scan for a substring, and SQLite's full text."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.names import Names

PAGE: Final = 20
Engine = Callable[[str], list[int]]


def substring_scan(names: Names) -> Engine:
    """Every name that contains the query, most popular first."""
    lower = [f"{artist} {track}".lower() for artist, track in zip(names.artists, names.tracks, strict=True)]
    return lambda query: [row for row, name in enumerate(lower) if query in name][:PAGE]


def sqlite_fts5(names: Names, path: Path) -> Engine:
    """All words, the last one a prefix, most popular first."""
    database = sqlite3.connect(path)
    database.execute("create virtual table names using fts5(name, tokenize='unicode61 remove_diacritics 2')")
    database.executemany(
        "insert into names(rowid, name) values (?, ?)",
        (
            (row, f"{artist} {track}")
            for row, (artist, track) in enumerate(zip(names.artists, names.tracks, strict=True))
        ),
    )
    database.commit()

    def search(query: str) -> list[int]:
        match = " ".join(f'"{word}"' for word in query.split()) + "*"
        found = database.execute("select rowid from names where names match ? order by rowid limit ?", (match, PAGE))
        return [row for (row,) in found]

    return search
