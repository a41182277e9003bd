"""Pickles that somebody made by hand to run code, to crash the interpreter or to fill the memory.

Each is a few bytes that `pickle.load` would obey. `SHAPES` names them; `run_me` is what those that run code would call.
"""

import pickle
import struct

_P4 = b"\x80\x04"


def text(value: str) -> bytes:
    """The opcode that pushes a str."""
    data = value.encode()
    return pickle.BINUNICODE + struct.pack("<I", len(data)) + data


def named(module: str, name: str) -> bytes:
    """The opcodes that push what a module calls by a name."""
    return text(module) + text(name) + pickle.STACK_GLOBAL


def _reduce(module: str, name: str, arguments: bytes = b"(t") -> bytes:
    return _P4 + named(module, name) + arguments + b"R."


def _blob(size: int, opcode: bytes = pickle.BINBYTES8) -> bytes:
    return opcode + struct.pack("<Q", size)


_DTYPE = named("numpy", "dtype")
_O8 = _DTYPE + b"(" + text("O8") + b"\x89\x88tR"
_F4 = _DTYPE + b"(" + text("f4") + b"\x89\x88tR"
_F4_STATE = b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
_CLEARED = b"(K\x03" + text("|") + b"NNNK\x08K\x08K\x00tb"  # the state that says: holds no objects
_SYSTEM = b"(" + text("touch run_me") + b"t"
_SCALAR = named("numpy._core.multiarray", "scalar")
_FROMBUFFER = named("numpy._core.numeric", "_frombuffer")
_RECONSTRUCT = named("numpy._core.multiarray", "_reconstruct")
_NDARRAY = named("numpy", "ndarray")
_SVD = named("surprise.prediction_algorithms.matrix_factorization", "SVD")
_NEW_SVD = _SVD + b")\x81"

SHAPES: dict[str, bytes] = {
    # a callable of somebody's, by every opcode that names or calls one
    "reduce os.system": _reduce("os", "system", _SYSTEM),
    "reduce posix.system": _reduce("posix", "system", _SYSTEM),
    "reduce builtins.eval": _reduce("builtins", "eval", b"(" + text("open('run_me', 'w')") + b"t"),
    "reduce builtins.getattr": _reduce("builtins", "getattr"),
    "reduce importlib.import_module": _reduce("importlib", "import_module"),
    "reduce operator.attrgetter": _reduce("operator", "attrgetter"),
    "reduce functools.partial": _reduce("functools", "partial"),
    "reduce copyreg._reconstructor": _reduce("copyreg", "_reconstructor"),
    "reduce collections.defaultdict": _reduce("collections", "defaultdict"),
    "reduce subprocess.Popen": _reduce("subprocess", "Popen", b"(](" + text("touch") + text("run_me") + b"et"),
    "global": b"\x80\x04cos\nsystem\n" + _SYSTEM + b"R.",
    "inst": b"\x80\x04(" + text("touch run_me") + b"ios\nsystem\n.",
    "obj": b"\x80\x04(" + named("os", "system") + text("touch run_me") + b"o.",
    "newobj of a type of Python's": _P4 + named("builtins", "bytearray") + b"J\xff\xff\xff\x7f\x85\x81.",
    "newobj_ex": _P4 + _SVD + b")}\x92.",
    "ext1": b"\x80\x04\x82\x01.",
    "ext2": b"\x80\x04\x83\x01\x00.",
    "ext4": b"\x80\x04\x84\x01\x00\x00\x00.",
    "persid": b"\x80\x04Prun_me\n.",
    "binpersid": _P4 + text("run_me") + b"Q.",
    "next_buffer": b"\x80\x05\x97.",
    "readonly_buffer": b"\x80\x05" + pickle.BINBYTES8 + struct.pack("<Q", 0) + b"\x98.",
    # numpy's own callables
    "dtype O8 with its flag cleared, then scalar": _P4 + _SCALAR + _O8 + _CLEARED + b"C\x08AAAAAAAA\x86R.",
    "dtype f4 with the state of an O8": _P4 + _F4 + _CLEARED + b".",
    "dtype by a tuple": _P4 + _DTYPE + b"(" + text("f4") + b"K\x08\x86\x89\x88tR.",
    "dtype with fields": _P4 + _DTYPE + b"(" + text("V8") + b"\x89\x88tR.",
    "dtype built twice": _P4 + _F4 + _F4_STATE + b"(K\x04" + text("<") + b"NNNK\x08K\x08K\x00tb.",
    "newobj of dtype": _P4 + _DTYPE + b"(" + text("f4") + b"\x89\x88t\x81.",
    "reduce ndarray": _P4 + _NDARRAY + b"(J\x00\x00\x00\x7f\x85tR.",
    "newobj of ndarray": _P4 + _NDARRAY + b"J\x00\x00\x00\x7f\x85\x85\x81.",
    "_reconstruct of an instance that is no ndarray": _P4 + _RECONSTRUCT + _SVD + b"K\x00\x85C\x01b\x87R.",
    "_reconstruct of a large shape": _P4 + _RECONSTRUCT + _NDARRAY + b"J\x00\x00\x00\x7f\x85C\x01b\x87R.",
    "_frombuffer of a str": _P4
    + _FROMBUFFER
    + b"("
    + text("AAAA")
    + _F4
    + _F4_STATE
    + b"K\x01\x85"
    + text("C")
    + b"tR.",
    "_frombuffer with a shape beyond its bytes": _P4
    + (_FROMBUFFER + b"(C\x04AAAA" + _F4 + _F4_STATE + b"J\x00\x00\x00\x7f\x85" + text("C") + b"tR."),
    "_frombuffer with a negative shape": _P4
    + (_FROMBUFFER + b"(C\x04AAAA" + _F4 + _F4_STATE + b"J\xff\xff\xff\xffJ\xff\xff\xff\xff\x86" + text("C") + b"tR."),
    "scalar of an object": _P4 + _SCALAR + _O8 + b"C\x08AAAAAAAA\x86R.",
    "numpy.load": _reduce("numpy", "load", b"(" + text("run_me") + b"t"),
    "numpy.memmap": _reduce("numpy", "memmap", b"(" + text("run_me") + b"t"),
    "numpy._core.multiarray.fromfile": _reduce("numpy._core.multiarray", "fromfile"),
    "numpy.testing's runstring": _reduce("numpy.testing._private.utils", "runstring", b"(" + text("1") + b"}t"),
    # states for what is no stand-in
    "build on a class": _P4 + _SVD + b"}(" + text("run_me") + b"K\x01ub.",
    "build on a function": _P4 + _FROMBUFFER + b"N}(" + text("__code__") + b"K\x01u\x86b.",
    "build on a dict": b"\x80\x04}}b.",
    "build with slots": _P4 + _NEW_SVD + b"N}(" + text("build") + b"K\x01u\x86b.",
    "build twice": _P4 + _NEW_SVD + b"}" + text("a") + b"K\x01sb}" + text("a") + b"K\x02sb.",
    # more than there is
    "long_binput": b"\x80\x04Nr\x00\x00\x00\x20.",
    "binput": b"\x80\x04Nq\xff.",
    "put": b"\x80\x04Np536870912\n.",
    "get of what is not there": b"\x80\x04j\xff\xff\xff\x7f.",
    "bytes beyond the file": _P4 + _blob(8 << 30) + b".",
    "bytes beyond any memory": _P4 + _blob(2**64 - 1) + b".",
    "a bytearray beyond the file": b"\x80\x05" + _blob(8 << 30, pickle.BYTEARRAY8) + b".",
    "a str beyond the file": _P4 + _blob(8 << 30, pickle.BINUNICODE8) + b".",
    "a frame beyond the file": _P4 + _blob(8 << 30, pickle.FRAME) + b"N.",
    "a long beyond the file": b"\x80\x04\x8b\xff\xff\xff\x7f.",
    "a decimal number of a million digits": b"\x80\x04L" + b"9" * 1_000_000 + b"L\n.",
    "a million lists in each other": _P4 + b"]" * 1_000_000 + b"a" * 999_999 + b".",
    "a million tuples in each other": _P4 + b")" + b"\x85" * 1_000_000 + b".",
    "a deep tuple as a key": _P4 + b"})" + b"\x85" * 900 + b"K\x01s.",
    "a million marks": _P4 + b"(" * 1_000_000 + b"t.",
    "a million sets": _P4 + b"\x8f" * 1_000_000 + b".",
    "a list that holds itself as a key": _P4 + b"}]\x94h\x00ah\x00s.",
    "keys of other types": b"\x80\x04}G\x7f\xf8\x00\x00\x00\x00\x00\x00K\x01s.",
    "dup": b"\x80\x04N2.",
    "pop beyond the stack": b"\x80\x040.",
    "an empty file": b"",
    "protocol 0": b"cos\nsystem\n(S'touch run_me'\ntR.",
    "protocol 200": b"\x80\xc8N.",
    "two pickles": b"\x80\x04N.\x80\x04N.",
    "no end": b"\x80\x04" + b"N" * 1000,
}
