import gzip
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from errors import DataError
from training.data.listens import NO_TIME, Listens, Names
from training.data.readers import read_listens

JANUARY_31 = 18_658 * 24 * 60  # minutes from 1970 to 31 Jan 2021


def names(column: Names) -> list[str]:
    return [column.values[int(code)].as_py() for code in column.codes]


def written(tmp_path: Path, content: str | bytes, name: str = "listens.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_listens(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    assert "expected" in message
    return message


def same(one: Listens, other: Listens) -> bool:
    return (
        names(one.users) == names(other.users)
        and names(one.artists) == names(other.artists)
        and names(one.tracks) == names(other.tracks)
        and one.plays.tolist() == other.plays.tolist()
        and (None if one.minutes is None else one.minutes.tolist())
        == (None if other.minutes is None else other.minutes.tolist())
    )


def test_the_kaggle_layout_is_read_as_it_stands(kaggle_file: Path) -> None:
    listens = read_listens(kaggle_file)
    assert names(listens.users) == ["Babs_05", "Babs_05", "Babs_05", "jajo"]
    assert names(listens.tracks)[0] == 'The Circus Is Leaving, "Town"'
    assert names(listens.artists)[1] == "Sigur Rós"
    assert listens.dropped == {"empty Track": 1}
    assert listens.minutes is not None
    assert listens.minutes[0] == JANUARY_31 + 23 * 60 + 36
    assert listens.minutes[3] == JANUARY_31 + 24 * 60 + 2


def test_na_none_and_null_are_names(kaggle_file: Path) -> None:
    listens = read_listens(kaggle_file)
    assert (names(listens.artists)[2], names(listens.tracks)[2]) == ("NA", "None")


def test_gzip_zip_parquet_and_a_byte_order_mark_read_alike(kaggle_file: Path, tmp_path: Path) -> None:
    content = kaggle_file.read_bytes()
    plain = read_listens(kaggle_file)
    with zipfile.ZipFile(tmp_path / "listens.zip", "w") as archive:
        archive.writestr("readme.txt", "no data")
        archive.writestr("folder/Last.fm_data.csv", content)
    rows: Any = {
        "Username": ["Babs_05", "Babs_05", "Babs_05", None, "jajo"],
        "Artist": ["Isobel Campbell", "Sigur Rós", "NA", "Low", "Sigur Rós"],
        "Track": ['The Circus Is Leaving, "Town"', "Sæglópur", "None", None, "Sæglópur"],
        "Date": ["31 Jan 2021", "31 Jan 2021", "31 Jan 2021", "31 Jan 2021", "2021-02-01"],
        "Time": [" 23:36", "23:32", "23:28", "23:24", "00:02:30"],
    }
    pyarrow.parquet.write_table(pa.table(rows), tmp_path / "listens.parquet")
    for path in (
        written(tmp_path, gzip.compress(content), "listens.csv.gz"),
        written(tmp_path, b"\xef\xbb\xbf" + content, "bom.csv"),
        tmp_path / "listens.zip",
        tmp_path / "listens.parquet",
    ):
        assert same(read_listens(path), plain), path.name


@pytest.mark.parametrize("column", ["Plays", "play_count"])
def test_plays_say_how_many_listens_a_row_stands_for(tmp_path: Path, column: str) -> None:
    listens = read_listens(written(tmp_path, f"Username,Artist,Track,{column}\na,b,c,250\na,b,d,3.0\na,b,e,0\n"))
    assert listens.plays.tolist() == [250, 3]
    assert listens.total == 253
    assert listens.dropped == {"0 plays": 1}
    assert listens.minutes is None


@pytest.mark.parametrize("plays", ["many", "-3", "2.5", "", "nan", "1e30"])
def test_plays_that_are_no_count_are_refused_by_name(tmp_path: Path, plays: str) -> None:
    message = refused(written(tmp_path, f"Username,Artist,Track,Plays\na,b,c,4\na,b,d,{plays}\n"))
    assert "Plays" in message
    assert repr(plays) in message


def test_rows_with_too_few_cells_or_blank_names_are_dropped_and_counted(tmp_path: Path) -> None:
    listens = read_listens(written(tmp_path, "Username,Artist,Track\na,b,c\na,b\n ,b,c\na,,c\na,b,c,d\n"))
    assert len(listens) == 1
    assert listens.dropped == {"wrong number of cells": 2, "empty Username": 1, "empty Artist": 1}


def test_an_unreadable_date_is_an_unknown_time_not_a_fault(tmp_path: Path) -> None:
    content = (
        "Username,Artist,Track,Date,Time\na,b,c,31 Jan 2021, 23:36\na,b,c,yesterday, 23:36\na,b,c,31 Jan 2021,late\n"
    )
    listens = read_listens(written(tmp_path, content))
    assert listens.minutes is not None
    assert listens.minutes.tolist() == [JANUARY_31 + 23 * 60 + 36, NO_TIME, NO_TIME]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nowhere.csv")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert "not a file" in refused(tmp_path)


@pytest.mark.parametrize("content", ["", "\n\n", gzip.compress(b"")])
def test_an_empty_file_is_called_empty(tmp_path: Path, content: str | bytes) -> None:
    assert "is empty" in refused(written(tmp_path, content))


def test_a_header_alone_has_no_usable_row(tmp_path: Path) -> None:
    assert "no usable row" in refused(written(tmp_path, "Username,Artist,Track\n"))


def test_a_missing_column_is_named_beside_those_found(tmp_path: Path) -> None:
    message = refused(written(tmp_path, "Username,Artist,Song\na,b,c\n"))
    assert "no column Track" in message
    assert "'Song'" in message


def test_a_binary_file_is_called_binary(tmp_path: Path) -> None:
    assert "binary" in refused(written(tmp_path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9))


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    content = "Username,Artist,Track\na,Sigur Rós,c\n".encode("latin-1")
    assert "UTF8" in refused(written(tmp_path, content)).replace("-", "")


def test_utf16_text_is_refused_by_its_name(tmp_path: Path) -> None:
    assert "UTF-16" in refused(written(tmp_path, "Username,Artist,Track\na,b,c\n".encode("utf-16")))


def test_a_zip_without_a_csv_or_with_two_is_refused(tmp_path: Path) -> None:
    for files, said in (([], "no CSV"), (["a.csv", "b.csv"], "2 CSV files")):
        path = tmp_path / f"{len(files)}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in ["notes.txt", *files]:
                archive.writestr(name, "Username,Artist,Track\na,b,c\n")
        assert said in refused(path)


def test_a_cut_off_archive_is_called_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(b"Username,Artist,Track\n" + b"".join(b"u%d,artist,t%d\n" % (i, i) for i in range(2000)))
    assert "damaged" in refused(written(tmp_path, whole[: len(whole) // 2], "half.csv.gz"))
    assert "damaged" in refused(written(tmp_path, b"PK\x03\x04 and nothing more", "half.zip"))
    assert refused(written(tmp_path, b"PAR1 and nothing more", "half.parquet"))


def test_parquet_columns_of_the_wrong_type_are_named(tmp_path: Path) -> None:
    path = tmp_path / "listens.parquet"
    pyarrow.parquet.write_table(pa.table({"Username": ["a"], "Artist": [["b"]], "Track": ["c"]}), path)
    assert "Artist" in refused(path)
