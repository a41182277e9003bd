"""The file of a catalog: its columns, and how they are written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from catalog.columns import hashes_of, in_pieces
from catalog.credits import credits_of
from catalog.folding import song_ids, song_keys
from catalog.song import LONGEST_SONG_ID
from catalog.text import fold, name_key

Rows = npt.NDArray[np.int64]
_arrow: Any = pa  # whose stubs describe less than there is
_compute: Any = pyarrow.compute

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
    artists: Any,  # noqa: ANN401  string arrays or sequences of str: pyarrow publishes no types
    tracks: Any,  # noqa: ANN401
    plays: npt.NDArray[np.int64],
    listeners: npt.NDArray[np.int64],
    aliases: Any = (),  # noqa: ANN401
    alias_rows: Sequence[int] | Rows = (),
) -> None:
    """Write the catalog of n songs, given in row order (all of length n).

    aliases: other song_ids that shall find a song, and alias_rows: the row of each. Raises ValueError where two rows
    have the same song_id, CatalogError where one is too long to be liked. No object a song is made and kept.
    """
    artists, tracks, aliases = (_arrow.array(texts, pa.string()) for texts in (artists, tracks, aliases))
    ids = song_ids(artists, tracks)
    _refuse_too_long(ids)
    names = artists.dictionary_encode()
    columns: dict[str, Any] = {
        **_artist_columns(names),
        "track": tracks,
        "plays": plays,
        "listeners": listeners,
        "song_code": _song_codes(names, tracks),
        **_sorted("id", ids),
        **_sorted("key", song_keys(ids)),
        "aliases": _alias_column(aliases, alias_rows, len(ids)),
    }
    _refuse_twins(ids, columns["id_hash"], columns["id_row"])
    arrays = [
        _arrow.array(columns[name]) if isinstance(columns[name], np.ndarray) else columns[name] for name in SCHEMA.names
    ]
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        writer.write_batch(_arrow.RecordBatch.from_arrays(arrays, schema=SCHEMA))


def _artist_columns(names: Any) -> dict[str, Any]:  # noqa: ANN401  as above
    found = credits_of(names.dictionary.to_pylist())
    code = np.array(found.code, np.int32)[names.indices.to_numpy()] if len(names) else np.empty(0, np.int32)
    credited: Any = pa.array(found.credited, pa.list_(pa.int32()))
    return {
        "artist": names,
        "artist_code": code,
        "by_artist": np.argsort(code, kind="stable").astype(np.int32),
        "credits": credited.take(names.indices),
    }


def _sorted(name: str, keys: Any) -> dict[str, Any]:  # noqa: ANN401  as above
    """Sorted hashes of keys, and the row of each."""
    hashes = hashes_of(keys)
    order = np.argsort(hashes, kind="stable")
    return {f"{name}_hash": hashes[order], f"{name}_row": order.astype(np.int32)}


def _alias_column(aliases: Any, rows: Sequence[int] | Rows, songs: int) -> Any:  # noqa: ANN401  as above
    """All aliases in the first row's list: a list column's values may be of any number."""
    hashes = hashes_of(aliases)
    order = np.argsort(hashes, kind="stable")
    values = _arrow.StructArray.from_arrays(
        [
            pa.array(hashes[order]),
            pa.array(np.asarray(rows, np.int32)[order]),
            aliases.take(pa.array(order)),
        ],
        fields=list(_ALIAS),
    )
    ends = np.full(songs + 1, len(aliases) if songs else 0, np.int32)
    ends[0] = 0
    return _arrow.ListArray.from_arrays(pa.array(ends), values)


def _refuse_too_long(ids: Any) -> None:  # noqa: ANN401  as above
    sizes = _compute.binary_length(ids).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(sizes > LONGEST_SONG_ID)[:1]:
        msg = f"the song_id {ids[int(row)].as_py()[:40]!r}… of row {row} has {sizes[row]:,} bytes, "
        msg += f"expected {LONGEST_SONG_ID:,} at most: shorten its names in the data, or leave it out"
        raise CatalogError(msg)


def _song_codes(artists: Any, tracks: Any) -> npt.NDArray[np.int32]:  # noqa: ANN401  as above
    """(n,) equal for versions and spellings of one song by one artist. artists: a dictionary array."""
    names = tracks.dictionary_encode()
    keys = _compute.binary_join_element_wise(
        _keys(artists.dictionary).take(artists.indices), _keys(names.dictionary).take(names.indices), "\n"
    )
    return np.asarray(keys.dictionary_encode().indices, np.int32)


def _keys(names: Any) -> Any:  # noqa: ANN401  as above
    """`text.name_key` of each of a string array."""
    pieces = [_arrow.array([name_key(fold(name)) for name in piece], pa.string()) for piece in in_pieces(names)]
    return _arrow.concat_arrays(pieces) if pieces else names


def _refuse_twins(ids: Any, hashes: npt.NDArray[np.uint64], rows: npt.NDArray[np.int32]) -> None:  # noqa: ANN401
    """Two rows with one song_id would make likes and answers ambiguous: ValueError. hashes: sorted; rows: of each."""
    for i in np.flatnonzero(hashes[1:] == hashes[:-1]):
        one, other = (ids[int(row)].as_py() for row in rows[i : i + 2])
        if one == other:
            msg = f"the song_id {one!r} stands in two rows of the catalog"
            raise ValueError(msg)
