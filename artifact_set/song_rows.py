"""Dicts with an entry for every song, as a pickle holds them: written and compared without an object a song.

A pickle of ten million song_ids, made or read as Python's objects, needs gigabytes. Here Arrow makes the opcodes of the
entries, 65,536 songs at a time: they are written as they are, and compared as they are with the bytes of a file. To
whoever loads the pickle they are an ordinary dict.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from catalog.columns import booleans, numbers, scalar

_pa: Any = pa  # whose stubs describe less than there is
_compute: Any = pyarrow.compute

_AT_ONCE = 1 << 16
_SHORT = 256  # bytes, from which on a text has a length of four bytes


@dataclass(frozen=True)
class SongRows:
    """{song_id: row}. song_ids: (n,) string array, in row order."""

    song_ids: Any

    def __len__(self) -> int:
        return len(self.song_ids)

    def opcodes(self) -> Iterator[bytes]:
        """The dict as the opcodes of a pickle, some thousands of entries at a time."""
        yield pickle.EMPTY_DICT
        for start in range(0, len(self), _AT_ONCE):
            stop = min(start + _AT_ONCE, len(self))
            yield pickle.MARK + self._entries(start, stop) + pickle.SETITEMS

    def _entries(self, start: int, stop: int) -> bytes:
        return _joined(*_texts(self.song_ids[start:stop]), _rows(start, stop))

    def end_in(self, data: Any, at: int) -> int | None:  # noqa: ANN401  bytes or mmap
        """Where the dict ends that begins at a place of a pickle; None where it is not this very one."""
        for expected in self.opcodes():
            end = at + len(expected)
            if data[at:end] != expected:
                return None
            at = end
        return at


class SongsByRow(SongRows):
    """{row: song_id}."""

    def _entries(self, start: int, stop: int) -> bytes:
        return _joined(_rows(start, stop), *_texts(self.song_ids[start:stop]))


class NothingByRow(SongRows):
    """{row: ()}."""

    def _entries(self, start: int, stop: int) -> bytes:
        return _joined(_rows(start, stop), scalar(pickle.EMPTY_TUPLE, _pa.binary()))


class SongPickler(pickle._Pickler):  # the one in Python, whose methods can be added to
    """A pickler of models and id maps: the dicts above as entries, and arrays without a copy."""

    _write_large_bytes: Callable[[bytes, bytes | memoryview], object]  # in no frame

    def _save_rows(self, rows: SongRows) -> None:
        for opcodes in rows.opcodes():
            self._write_large_bytes(b"", opcodes)

    def _save_buffer(self, buffer: pickle.PickleBuffer) -> None:
        with buffer.raw() as content:
            self._write_large_bytes(pickle.BYTEARRAY8 + len(content).to_bytes(8, "little"), content)

    dispatch: ClassVar[dict[type, Callable[..., None]]] = {
        **pickle._Pickler.dispatch,
        SongRows: _save_rows,
        SongsByRow: _save_rows,
        NothingByRow: _save_rows,
        pickle.PickleBuffer: _save_buffer,
    }


def _texts(texts: Any) -> tuple[Any, Any]:  # noqa: ANN401  pyarrow's arrays
    """The opcode of each text with its length, and the texts."""
    texts = texts.cast(_pa.binary())
    sizes = numbers(_compute.binary_length(texts), np.int32).astype("<u4")
    short = _binary(pickle.SHORT_BINUNICODE, sizes.astype(np.uint8))
    if sizes.max(initial=0) < _SHORT:
        return short, texts
    return _compute.if_else(booleans(sizes < _SHORT), short, _binary(pickle.BINUNICODE, sizes)), texts


def _rows(start: int, stop: int) -> Any:  # noqa: ANN401  as above
    return _binary(pickle.BININT, np.arange(start, stop, dtype="<i4"))


def _binary(opcode: bytes, numbers: npt.NDArray[Any]) -> Any:  # noqa: ANN401  as above
    """(n,) binary array: the opcode and a number each."""
    width = 1 + numbers.itemsize
    content = np.empty((len(numbers), width), np.uint8)
    content[:, 0] = opcode[0]
    content[:, 1:] = numbers.view(np.uint8).reshape(len(numbers), -1)
    fixed = _pa.FixedSizeBinaryArray.from_buffers(_pa.binary(width), len(numbers), [None, _pa.py_buffer(content)])
    return fixed.cast(_pa.binary())


def _joined(*parts: Any) -> bytes:  # noqa: ANN401  as above
    """All parts of the first entry, then all of the second, and so on."""
    joined = _compute.binary_join_element_wise(*parts, scalar(b"", _pa.binary()))
    _, ends, content = joined.buffers()
    first, last = np.frombuffer(ends, np.int32, len(joined) + 1, joined.offset * 4)[[0, -1]]
    return bytes(memoryview(content)[first:last])
