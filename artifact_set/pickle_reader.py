"""A reader of pickles that calls nothing: plain data comes out, and stand-ins for the classes of a model.

`pickle.load` is an interpreter that calls whatever a file names. This reader knows 33 opcodes of protocols 4 and 5, the
ones that a model and an id map are written with, and refuses every other by name. What each may do is bounded by the
file: lengths by the bytes that are left, references by what was read before, nesting by constants. The opcodes are
those of the standard library's `pickletools`; PEP 3154 and PEP 574 describe the protocols.
"""

import pickle
import pickletools
import struct
from collections.abc import Callable, Sequence
from typing import Any

from artifact_set.song_rows import SongRows
from artifact_set.stand_ins import NAMES, Malformed, Named, StandIn
from errors import RefusedPickle

_MOST_CONTAINERS = 1_000  # lists, dicts and tuples: a model has some dozens, however many songs it knows
_MOST_MARKS = 100  # open at the same time
_LONGEST_INT = 8  # bytes
_KEYS = {str, int}

_TEXT, _MEMOIZE, _INT, _GET = pickle.SHORT_BINUNICODE[0], pickle.MEMOIZE[0], pickle.BININT[0], pickle.BINGET[0]
_EMPTY_DICT = pickle.EMPTY_DICT[0]
_STOP, _INT_AT = pickle.STOP[0], struct.Struct("<i").unpack_from
_NAMES_OF_OPCODES = {ord(op.code): op.name for op in pickletools.opcodes}


class PickleReader:
    """One pickle in memory. data: `bytes`, or a mapped file, whose long runs of bytes are then not copied.

    expected: dicts that may stand in it; one that does, byte for byte, comes out as it is given, and is not read.
    """

    def __init__(self, data: Any, expected: Sequence[SongRows] = ()) -> None:  # noqa: ANN401  bytes or mmap: the buffer protocol has no type before 3.12
        self._data = data
        self._expected = expected
        self._view = memoryview(data)
        self._size = len(data)
        self._stack: list[Any] = []
        self._outer: list[list[Any]] = []  # what lies below each open mark
        self._memo: list[Any] = []
        self._containers = 0

    def read(self) -> object:
        """The object in the pickle. Raises RefusedPickle, Malformed, IndexError, TypeError or ValueError."""
        data, memo, stack, at = self._data, self._memo, self._stack, 0
        unpack, push, keep = _INT_AT, stack.append, memo.append
        while True:
            op = data[at]
            # the four that come once for every song are here, without a call, and as they follow each other
            if op == _TEXT:
                end = at + 2 + data[at + 1]  # beyond the file: the next look at it raises IndexError
                text = str(data[at + 2 : end], "utf-8", "surrogatepass")
                push(text)
                if data[end] == _MEMOIZE:
                    keep(text)
                    end += 1
                    if data[end] == _INT:
                        push(unpack(data, end + 1)[0])
                        end += 5
                at = end
            elif op == _INT:
                push(unpack(data, at + 1)[0])
                at += 5
            elif op == _GET:
                push(memo[data[at + 1]])
                at += 2
                if data[at] == _INT:
                    push(unpack(data, at + 1)[0])
                    at += 5
            elif op == _MEMOIZE:
                keep(stack[-1])
                at += 1
            elif op == _STOP:
                return self._result(at + 1)
            else:
                at = self._step(op, at + 1)
                stack = self._stack
                push = stack.append

    def _result(self, end: int) -> object:
        if end != self._size or self._outer or len(self._stack) != 1:
            raise Malformed("more than one object")
        return self._stack[0]

    def _step(self, op: int, at: int) -> int:
        """Carry out one opcode whose argument begins at `at`; where the next one begins."""
        if op in _CONSTANTS:
            self._stack.append(_CONSTANTS[op])
            return at
        if op == _EMPTY_DICT:
            return self._dict(at)
        if op in _FIXED:
            return self._number(_FIXED[op], at)
        if op in _COUNTED:
            return self._counted(*_COUNTED[op], at)
        if op not in _ACTIONS:
            name = _NAMES_OF_OPCODES.get(op, f"{op:#04x}")
            raise RefusedPickle(f"it uses the opcode {name}, which no model or id map needs")
        _ACTIONS[op](self)
        return at

    def _number(self, form: struct.Struct, at: int) -> int:
        if form is _PROTOCOL:
            if at != 1 or self._data[at] not in (4, 5):
                raise Malformed(f"protocol {self._data[at]}, expected 4 or 5")
        elif form is _FRAME:
            (length,) = form.unpack_from(self._view, at)
            self._left(length, at + form.size)
        else:
            (value,) = form.unpack_from(self._view, at)
            self._stack.append(self._memo[value] if form is _LONG_GET else value)
        return at + form.size

    def _counted(self, form: struct.Struct, take: Callable[[memoryview], object], at: int) -> int:
        (length,) = form.unpack_from(self._view, at)
        begin = at + form.size
        end = self._left(length, begin)
        self._stack.append(take(self._view[begin:end]))
        return end

    def _left(self, length: int, begin: int) -> int:
        if length > self._size - begin:
            raise Malformed(f"{length:,} bytes where the file has {self._size - begin:,} left")
        return begin + length

    def _container(self, made: object) -> None:
        self._containers += 1
        if self._containers > _MOST_CONTAINERS:
            raise Malformed(f"more than {_MOST_CONTAINERS:,} lists, dicts and tuples")
        self._stack.append(made)

    def _dict(self, at: int) -> int:
        for rows in self._expected:
            end = rows.end_in(self._data, at - 1) if len(rows) else None  # every dict begins as an empty one
            if end is not None:
                self._container(rows)
                return end
        self._container({})
        return at

    def _tuple_of(self, count: int) -> None:
        items = tuple(self._stack[-count:])
        if len(items) != count:
            raise Malformed("a tuple of too few")
        del self._stack[-count:]
        self._container(items)

    def _mark(self) -> None:
        if len(self._outer) >= _MOST_MARKS:
            raise Malformed(f"more than {_MOST_MARKS} marks open")
        self._outer.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._outer.pop()
        return items

    def _append(self, items: list[Any]) -> None:
        if type(self._stack[-1]) is not list:
            raise Malformed(f"items for a {type(self._stack[-1]).__name__}")
        self._stack[-1].extend(items)

    def _set(self, items: list[Any]) -> None:
        keys, target = items[::2], self._stack[-1]
        if type(target) is not dict or len(items) % 2 or not _KEYS.issuperset(map(type, keys)):
            raise Malformed(f"keys for a {type(target).__name__}")
        target.update(zip(keys, items[1::2], strict=True))

    def _popped(self, count: int) -> list[Any]:
        items = self._stack[-count:]
        del self._stack[-count:]
        return items

    def _name(self) -> None:
        module, name = self._popped(2)
        if type(module) is not str or type(name) is not str:
            raise Malformed("a name that is no text")
        found = NAMES.get((module, name))
        if found is None:
            raise RefusedPickle(f"it asks for {module[:80]!s}.{name[:80]!s}, which no model or id map holds")
        self._stack.append(found)

    def _call(self, opcode: str) -> None:
        named, arguments = self._popped(2)
        if type(named) is not Named or named.opcode != opcode or type(arguments) is not tuple:
            raise RefusedPickle(f"it uses {opcode} on what no model or id map calls so")
        self._stack.append(named.make(*arguments))

    def _build(self) -> None:
        state = self._stack.pop()
        if not isinstance(self._stack[-1], StandIn):
            raise RefusedPickle(f"it uses BUILD on a {type(self._stack[-1]).__name__}")
        self._stack[-1].build(state)


def _text(content: memoryview) -> str:
    return str(content, "utf-8", "surrogatepass")


def _int(content: memoryview) -> int:
    if len(content) > _LONGEST_INT:
        raise Malformed(f"an int of {len(content)} bytes")
    return int.from_bytes(content, "little", signed=True)


_CONSTANTS = {pickle.NONE[0]: None, pickle.NEWTRUE[0]: True, pickle.NEWFALSE[0]: False, pickle.EMPTY_TUPLE[0]: ()}
_PROTOCOL, _FRAME, _LONG_GET = struct.Struct("<B"), struct.Struct("<Q"), struct.Struct("<I")
_BYTE, _SHORT, _WORD, _LONG = struct.Struct("<B"), struct.Struct("<H"), struct.Struct("<I"), struct.Struct("<Q")
_FIXED = {
    pickle.PROTO[0]: _PROTOCOL,
    pickle.FRAME[0]: _FRAME,
    pickle.LONG_BINGET[0]: _LONG_GET,
    pickle.BININT1[0]: _BYTE,
    pickle.BININT2[0]: _SHORT,
    pickle.BINFLOAT[0]: struct.Struct(">d"),
}
_COUNTED: dict[int, tuple[struct.Struct, Callable[[memoryview], object]]] = {
    pickle.BINUNICODE[0]: (_WORD, _text),
    pickle.LONG1[0]: (_BYTE, _int),
    pickle.SHORT_BINBYTES[0]: (_BYTE, memoryview),
    pickle.BINBYTES[0]: (_WORD, memoryview),
    pickle.BINBYTES8[0]: (_LONG, memoryview),
    pickle.BYTEARRAY8[0]: (_LONG, memoryview),
}
_ACTIONS: dict[int, Callable[[PickleReader], None]] = {
    pickle.MARK[0]: PickleReader._mark,
    pickle.EMPTY_LIST[0]: lambda reader: reader._container([]),
    pickle.TUPLE[0]: lambda reader: reader._container(tuple(reader._since_mark())),
    pickle.TUPLE1[0]: lambda reader: reader._tuple_of(1),
    pickle.TUPLE2[0]: lambda reader: reader._tuple_of(2),
    pickle.TUPLE3[0]: lambda reader: reader._tuple_of(3),
    pickle.APPEND[0]: lambda reader: reader._append(reader._popped(1)),
    pickle.APPENDS[0]: lambda reader: reader._append(reader._since_mark()),
    pickle.SETITEM[0]: lambda reader: reader._set(reader._popped(2)),
    pickle.SETITEMS[0]: lambda reader: reader._set(reader._since_mark()),
    pickle.STACK_GLOBAL[0]: PickleReader._name,
    pickle.NEWOBJ[0]: lambda reader: reader._call("NEWOBJ"),
    pickle.REDUCE[0]: lambda reader: reader._call("REDUCE"),
    pickle.BUILD[0]: PickleReader._build,
}
