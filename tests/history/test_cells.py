"""Broken tables: the line is named, the cure is named, and no row becomes a title."""

import gzip
from pathlib import Path

import pytest

from errors import DataError
from tests.history import cases
from tests.history.reading import as_base, names, read, songs, tallies


def refused(path: Path, **settings: object) -> str:
    with pytest.raises(DataError) as caught:
        read(path, **settings)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def with_row(row: str, place: int = 100) -> bytes:
    """The history with one more row at a line of the file."""
    lines = cases.kaggle().decode().splitlines()
    return "\n".join([*lines[: place - 1], row, *lines[place - 1 :]]).encode()


@pytest.mark.parametrize("cells", ['"Dark & Long (12 inch mix),', '"Dark,more', 'Dark,"Album', 'Dark,,"01 Jun 2021'])
def test_a_quote_left_open_is_named_by_its_line(tmp_path: Path, cells: str) -> None:
    path = cases.write(tmp_path, "t.csv", with_row(f"900,anna,Underworld,{cells},,01 Jun 2021, 18:00"))
    assert "line 100: a quote" in refused(path)


def test_a_quote_left_open_in_a_large_file_is_named_by_its_line(tmp_path: Path) -> None:
    rows = "".join(f"u{i % 9},artist,a track with a number {i}\n" for i in range(1_000_000))
    content = f'Username,Artist,Track\nu1,artist,"open\n{rows}'.encode()
    assert "line 2: a quote" in refused(cases.write(tmp_path, "t.csv.gz", gzip.compress(content, 1)))


def test_a_quote_left_open_near_the_end_is_no_dropped_row(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "t.csv", with_row('900,anna,Underworld,"Dark,,01 Jun 2021, 18:00', place=718))
    assert "line 718: a quote" in refused(path)


def test_rows_inside_a_short_quote_are_counted_and_are_no_title(tmp_path: Path) -> None:
    row = '900,anna,Underworld,"Dark,,01 Jun 2021, 18:00\n901,anna,Underworld,Light",,01 Jun 2021, 18:10'
    path = cases.write(tmp_path, "t.csv", with_row(row))
    listens = read(path)
    assert as_base(listens)
    assert set(listens.dropped) == {"row inside an open quote"}


def test_commas_quotes_and_line_breaks_inside_a_title_are_its_own(tmp_path: Path) -> None:
    content = b'Username,Artist,Track\na,"Crosby, Stills","He said ""no"""\na,b,"one\ntwo"\n'
    assert songs(read(cases.write(tmp_path, "t.csv", content))) == ['Crosby, Stills - He said "no"', "b - one two"]


def test_a_byte_that_is_not_utf8_names_the_row_and_the_cure(tmp_path: Path) -> None:
    content = cases.kaggle() + "900,anna,Café Tacvba,María,,01 Jun 2021, 18:00\r\n".encode("cp1252")
    path = cases.write(tmp_path, "t.csv", content)
    message = refused(path)
    assert "row 722" in message
    assert "--encoding cp1252" in message
    listens = read(path, encoding="cp1252")
    assert len(listens) == 721
    assert "Café Tacvba - María" in songs(listens)


def test_an_encoding_leaves_alone_what_is_utf8(tmp_path: Path) -> None:
    content = "Username,Artist,Track\na,Sigur Rós,x\n".encode() + "a,Café,x\n".encode("cp1252")
    assert names(read(cases.write(tmp_path, "t.csv", content), encoding="cp1252").artists) == ["Sigur Rós", "Café"]


def test_a_byte_of_json_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    content = b'[\n{"endTime": "2021-01-01 10:00", "artistName": "Caf\xe9", "trackName": "x", "msPlayed": 99999}]'
    path = cases.write(tmp_path, "t.json", content)
    assert "line 2" in refused(path)
    assert names(read(path, encoding="cp1252").artists) == ["Café"]


def test_a_nul_byte_names_the_line(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "t.csv", cases.kaggle().replace(b"19 Apr", b"1\0 Apr", 1))
    message = refused(path)
    assert "NUL" in message
    line = next(i for i, text in enumerate(path.read_bytes().split(b"\n"), start=1) if b"\0" in text)
    assert f"line {line}" in message


def test_rows_with_too_few_or_too_many_cells_are_counted(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "t.csv", b"Username,Artist,Track\na,b,c\na,b\n ,b,c\na,,c\na,b,c,d\n\n")
    assert len(read(path)) == 1
    assert tallies(path)[0].dropped == {"wrong number of cells": 2, "empty user": 1, "empty artist": 1}


def test_na_none_and_null_are_names(tmp_path: Path) -> None:
    listens = read(cases.write(tmp_path, "t.csv", b"Username,Artist,Track\na,NA,None\na,NULL,nan\n"))
    assert songs(listens) == ["NA - None", "NULL - nan"]


def test_quotes_of_last_fm_1k_are_letters(tmp_path: Path) -> None:
    row = 'user_000001\t2009-05-04T23:08:57Z\t\t"Weird Al" Yankovic\t\t"Heroes\n'
    assert songs(read(cases.write(tmp_path, "t.tsv", row.encode() * 3))) == ['"Weird Al" Yankovic - "Heroes']
