"""The file of a catalog: its columns, and how they are written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.columns import hashes_of
from catalog.credits import credits_of
from catalog.folding import song_keys
from catalog.song import LONGEST_SONG_ID, is_too_long, song_id
from catalog.text import fold, name_key

Rows = npt.NDArray[np.int64]

_COLUMNS: dict[str, pa.DataType] = {
    "artist": pa.dictionary(pa.int32(), pa.string()),  # a name once, and its number for each song
    "track": pa.string(),
    "plays": pa.int64(),
    "listeners": pa.int64(),
    "song_code": pa.int32(),  # rows with equal codes are versions of one song: remasters, live takes, "feat." or not
    "by_artist": pa.int32(),  # rows grouped by the artist's number, popular first within an artist
    "id_hash": pa.uint64(),  # sorted hashes of the song_ids …
    "id_row": pa.int32(),  # … and the row each one belongs to
}
_ALIAS = pa.struct([("hash", pa.uint64()), ("row", pa.int32()), ("song_id", pa.string())])
# Beside these since spellings are joined; sets that were built before are read without them
_ADDED: dict[str, pa.DataType] = {
    "artist_code": pa.int32(),  # equal for the spellings of one artist's name
    "credits": pa.list_(pa.int32()),  # codes of all artists that the name credits
    "key_hash": pa.uint64(),  # sorted hashes of the song_ids' keys, equal for all spellings of a song …
    "key_row": pa.int32(),  # … and the row each one belongs to
    # of all other spellings, in the list of the first row: sorted hashes, the row each belongs to, and the spelling
    "aliases": pa.list_(_ALIAS),
}

OLD_SCHEMA = pa.schema(_COLUMNS)
SCHEMA = pa.schema(_COLUMNS | _ADDED)


class CatalogError(Exception):
    """A catalog file that cannot be read or whose columns are not a catalog's."""


def write_table(
    path: Path,
    artists: Sequence[str],
    tracks: Sequence[str],
    plays: npt.NDArray[np.int64],
    listeners: npt.NDArray[np.int64],
    aliases: Sequence[str] = (),
    alias_rows: Sequence[int] | Rows = (),
) -> None:
    """Write the catalog of n songs, given in row order (all of length n).

    aliases: other song_ids that shall find a song, and alias_rows: the row of each. Raises ValueError where two rows
    have the same song_id, CatalogError where one is too long to be liked.
    """
    ids = [song_id(artist, track) for artist, track in zip(artists, tracks, strict=True)]
    _refuse_too_long(ids)
    columns: dict[str, Any] = {
        **_artist_columns(artists),
        "track": pa.array(tracks, pa.string()),
        "plays": plays,
        "listeners": listeners,
        "song_code": _song_codes(artists, tracks),
        **_sorted("id", ids),
        **_sorted("key", song_keys(pa.array(ids, pa.string())).to_pylist()),
        "aliases": _alias_column(aliases, alias_rows, len(ids)),
    }
    _refuse_twins(ids, columns["id_hash"], columns["id_row"])
    arrow: Any = pa
    arrays = [
        arrow.array(columns[name]) if isinstance(columns[name], np.ndarray) else columns[name] for name in SCHEMA.names
    ]
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        writer.write_batch(arrow.RecordBatch.from_arrays(arrays, schema=SCHEMA))


def _artist_columns(artists: Sequence[str]) -> dict[str, Any]:
    names: Any = pa.array(artists, pa.string()).dictionary_encode()
    found = credits_of(names.dictionary.to_pylist())
    code = np.array(found.code, np.int32)[names.indices.to_numpy()] if len(artists) else np.empty(0, np.int32)
    credited: Any = pa.array(found.credited, pa.list_(pa.int32()))
    return {
        "artist": names,
        "artist_code": code,
        "by_artist": np.argsort(code, kind="stable").astype(np.int32),
        "credits": credited.take(names.indices),
    }


def _sorted(name: str, keys: Sequence[str]) -> dict[str, Any]:
    """Sorted hashes of keys, and the row of each."""
    hashes = hashes_of(keys)
    order = np.argsort(hashes, kind="stable")
    return {f"{name}_hash": hashes[order], f"{name}_row": order.astype(np.int32)}


def _alias_column(aliases: Sequence[str], rows: Sequence[int] | Rows, songs: int) -> Any:  # noqa: ANN401  pyarrow publishes no types
    """All aliases in the first row's list: a list column's values may be of any number."""
    hashes = hashes_of(aliases)
    order = np.argsort(hashes, kind="stable")
    arrow: Any = pa
    values = arrow.StructArray.from_arrays(
        [
            pa.array(hashes[order]),
            pa.array(np.asarray(rows, np.int32)[order]),
            arrow.array(aliases, pa.string()).take(pa.array(order)),
        ],
        fields=list(_ALIAS),
    )
    ends = np.full(songs + 1, len(aliases) if songs else 0, np.int32)
    ends[0] = 0
    return arrow.ListArray.from_arrays(pa.array(ends), values)


def _refuse_too_long(ids: Sequence[str]) -> None:
    for row, key in enumerate(ids):
        if is_too_long(key):
            size = len(key.encode("utf-8", "surrogatepass"))
            msg = f"the song_id {key[:40]!r}… of row {row} has {size:,} bytes, expected {LONGEST_SONG_ID:,} at most: "
            raise CatalogError(msg + "shorten its names in the data, or leave it out")


def _song_codes(artists: Sequence[str], tracks: Sequence[str]) -> npt.NDArray[np.int32]:
    """(n,) equal for versions and spellings of one song by one artist."""
    names: dict[str, str] = {}
    for name in (*artists, *tracks):
        if name not in names:
            names[name] = name_key(fold(name))
    keys = [f"{names[artist]}\n{names[track]}" for artist, track in zip(artists, tracks, strict=True)]
    return np.asarray(pa.array(keys, pa.string()).dictionary_encode().indices, np.int32)


def _refuse_twins(ids: Sequence[str], hashes: npt.NDArray[np.uint64], rows: npt.NDArray[np.int32]) -> None:
    """Two rows with one song_id would make likes and answers ambiguous: ValueError. hashes: sorted; rows: of each."""
    for i in np.flatnonzero(hashes[1:] == hashes[:-1]):
        one, other = (ids[int(row)] for row in rows[i : i + 2])
        if one == other:
            msg = f"the song_id {one!r} stands in two rows of the catalog"
            raise ValueError(msg)
