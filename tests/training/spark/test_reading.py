"""Spark reads what `history` reads: the same rows, the same drops, the same refusals."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from pyspark.sql import SparkSession

from errors import DataError
from history import Listens, ReadSettings
from history.listens import NO_TIME
from tests.history.reading import names, read
from training.spark.reading import ROWS, Counted, each_once, fingerprint, read_listens
from training.spark.session import faults

# sockets on which Spark's Python hands over rows: theirs to close
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

Row = tuple[str, str, str, int, int]

ONE = [
    ("anna", "Guns N’ Roses", "Sweet Child O' Mine", "2021-01-31 23:36:10"),
    ("anna", "Guns N' Roses", "Sweet Child O' Mine - Remastered 2011", "2021-01-31 23:36:10"),  # the same listen
    ("anna", "GUNS N' ROSES", "Sweet Child O' Mine", "2021-01-31 23:36:50"),  # in one file another one
    ("ben ", "Sigur Rós", "Sæglópur", "2021-02-01 08:00:00"),
    ("ben", "Unknown Artist", "Sæglópur", "2021-02-01 08:05:00"),
    ("ben", "Low", "", "2021-02-01 08:10:00"),
    ("ben", "x" * 1999, "much too long", "2021-02-01 08:15:00"),
    ("ben", "Low", "No date", ""),
    ("", "Low", "Nobody's", "2021-02-01 08:20:00"),
]
TWO = [
    ("anna", "Guns N' Roses", "Sweet Child O' Mine", "2021-01-31 23:37:00"),  # a minute from one in the other file
    ("anna", "Guns N' Roses", "Sweet Child O' Mine", "2021-01-31 23:59:00"),
    ("ben", "Sigur Rós", "Sæglópur", "2021-02-01 08:00:30"),
]
COLUMNS = ["Username", "Artist", "Track", "Date"]


def parquet(path: Path, rows: Sequence[tuple[str, ...]], columns: Sequence[str] = COLUMNS) -> Path:
    pa.parquet.write_table(pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True))), path)
    return path


def on_spark(spark: SparkSession, *paths: Path, **settings: object) -> tuple[list[Row], dict[str, int]]:
    """The rows that are learned from, in order, and the dropped ones by reason."""
    dropped = spark.sparkContext.accumulator(Counter[str](), Counted())
    with faults():
        frame = read_listens(spark, tuple(map(str, paths)), ReadSettings(**settings), dropped)  # type: ignore[arg-type]
        table = each_once(frame).select("user", "artist", "track", "plays", "seconds").toArrow()
    rows = sorted(tuple(row.values()) for row in table.to_pylist())
    reasons = Counter(dropped.value)
    return rows, {**reasons, ROWS: reasons[ROWS] - len(rows)}


def in_memory(listens: Listens) -> tuple[list[Row], dict[str, int]]:
    seconds = [NO_TIME] * len(listens) if listens.seconds is None else listens.seconds.tolist()
    columns = (names(column) for column in (listens.users, listens.artists, listens.tracks))
    reasons = dict(listens.dropped)
    repeated = reasons.pop("same listen again", 0)
    return sorted(zip(*columns, listens.plays.tolist(), seconds, strict=True)), {**reasons, ROWS: repeated}


def test_names_dates_and_drops_are_those_of_history_row_by_row(spark: SparkSession, tmp_path: Path) -> None:
    paths = parquet(tmp_path / "one.parquet", ONE), parquet(tmp_path / "two.parquet", TWO)
    found = on_spark(spark, *paths)
    assert found == in_memory(read(*paths))
    assert len(found[0]) == 5
    assert found[1][ROWS] == 3


def test_a_folder_of_files_is_read_file_by_file(spark: SparkSession, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    folder.mkdir()
    parquet(folder / "part-0.parquet", ONE)
    parquet(folder / "part-1.parquet", TWO)
    assert on_spark(spark, folder) == in_memory(read(folder))


def test_without_dates_no_listen_stands_twice(spark: SparkSession, tmp_path: Path) -> None:
    path = parquet(tmp_path / "one.parquet", ONE)
    assert on_spark(spark, path, ignore_dates=True) == in_memory(read(path, ignore_dates=True))


def test_short_plays_and_private_sessions_are_dropped(spark: SparkSession, tmp_path: Path) -> None:
    rows = [
        ("anna", "Low", "Days Like These", "29999", "false"),
        ("anna", "Low", "Days Like These", "30000", "false"),
        ("anna", "Low", "More", "200000", "true"),
    ]
    path = parquet(tmp_path / "h.parquet", rows, ["user", "artist", "track", "ms_played", "incognito_mode"])
    assert on_spark(spark, path) == in_memory(read(path))
    assert on_spark(spark, path, min_seconds=0.0) == in_memory(read(path, min_seconds=0.0))


def test_csv_and_json_lines_hold_what_parquet_holds(spark: SparkSession, tmp_path: Path) -> None:
    rows = [
        ("anna", 'Say "Hello", World', "Sæglópur", "3"),
        ("ben", "Low", "Hey What", "1"),
        ("ben", "Low", "More", "0"),
    ]
    columns = ["user_name", "artist_name", "track_name", "play_count"]
    table = parquet(tmp_path / "t.parquet", rows, columns)
    text = tmp_path / "t.csv"
    quoted = ['"' + '","'.join(cell.replace('"', '""') for cell in row) + '"' for row in rows]
    text.write_text("\n".join([",".join(columns), *quoted]) + "\n", encoding="utf-8")
    lines = tmp_path / "t.jsonl"
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    lines.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    expected = in_memory(read(table))
    assert on_spark(spark, table) == on_spark(spark, text) == on_spark(spark, lines) == expected


def test_rows_with_too_many_or_too_few_cells_are_counted(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Username,Artist,Track\nanna,Low,More\nanna,Low\nanna,Low,More,Less\nben,Low,More\n")
    assert on_spark(spark, path) == in_memory(read(path))


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (
            "Username,Artist,Track,Plays",
            "anna,A,B,many",
            "the column for plays holds 'many': expected how many listens",
        ),
        ("Username,Artist,Track,Date", "anna,A,B,03/04/2021", "03/04/2021 may be day first or month first"),
        ("Artist,Track", "A,B", "has no column for the listener, such as Username"),
        ("Username,Track,Plays", "anna,B,1", "has no columns for artist and track"),
    ],
)
def test_what_is_no_history_is_refused_in_one_line(
    spark: SparkSession, tmp_path: Path, header: str, row: str, message: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{header}\n{row}\n")
    with pytest.raises(DataError, match=message) as refused:
        on_spark(spark, path)
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_path_that_is_not_there_is_named(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.parquet does not exist: expected Parquet, CSV"):
        on_spark(spark, tmp_path / "nowhere.parquet")


def test_the_fingerprint_changes_with_a_file(spark: SparkSession, tmp_path: Path) -> None:
    path = parquet(tmp_path / "one.parquet", ONE)
    before = fingerprint(spark, (str(path),))
    assert fingerprint(spark, (str(path),)) == before
    parquet(path, TWO)
    assert fingerprint(spark, (str(path),)) != before
