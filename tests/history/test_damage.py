"""Files that were cut, torn or scrambled end in one line or are read; no traceback, no hang, no heap of memory."""

import gzip
import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from errors import DataError
from tests.history import cases
from tests.history.reading import read

FILES: dict[str, Callable[[], bytes]] = {name: make for name, (make, _) in cases.FORMATS.items()}
FILES["listens.csv.gz"] = lambda: gzip.compress(cases.kaggle())
FILES["utf16.csv"] = lambda: cases.kaggle().decode().encode("utf-16")
MOST_MEMORY = 1 << 31  # bytes that all of them together may take

_TOKENS = (
    b'"',
    b"\0",
    b"\xff",
    b"\r\n",
    b",",
    b"\t",
    b"{",
    b"]",
    b'\\"',
    b"\xef\xbb\xbf",
    b"9" * 30,
    b"-",
    b"null",
    b"\x80",
)


def mutated(content: bytes, draw: np.random.Generator) -> bytes:
    """The content with one to four faults, more of them near its beginning and its end, where formats are decided."""
    for _ in range(draw.integers(1, 5)):
        if not content:
            break
        at = int(len(content) * draw.choice([draw.random(), draw.random() ** 8, 1 - draw.random() ** 8]))
        length = int(draw.choice([1, 2, 8, 64, 1024]))
        kind = draw.integers(0, 6)
        if kind == 0:
            content = content[:at]
        elif kind == 1:
            content = content[:at] + content[at + length :]
        elif kind == 2:
            content = content[:at] + draw.bytes(length) + content[at + length :]
        elif kind == 3:
            content = content[:at] + _TOKENS[draw.integers(0, len(_TOKENS))] + content[at:]
        elif kind == 4:
            content = content[:at] + content[at // 2 : at // 2 + length] + content[at:]
        else:
            content = (
                content[:at]
                + bytes([content[min(at, len(content) - 1)] ^ (1 << draw.integers(0, 8))])
                + content[at + 1 :]
            )
    return content


def fault_of(path: Path) -> str:
    """The line that reading ends in, empty where the file is read."""
    try:
        read(path)
    except DataError as exc:
        return str(exc)
    return ""


def read_mutated(folder: Path, name: str, count: int) -> None:
    content = FILES[name]()
    draw = np.random.default_rng(list(name.encode()))
    for place in range(count):
        path = cases.write(folder, name, mutated(content, draw))
        said = fault_of(path)
        assert "\n" not in said, (place, said)
        assert len(said) < 1500, (place, said)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < MOST_MEMORY


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_one_line_or_is_read(tmp_path: Path, name: str) -> None:
    read_mutated(tmp_path, name, 25)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", FILES)
def test_three_thousand_damaged_files_of_a_format_are_one_line_or_are_read(tmp_path: Path, name: str) -> None:
    read_mutated(tmp_path, name, 3000)
