"""Dates in the forms that people's files have, decided by the whole column; what is not understood is never silent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from errors import DataError
from history.dates import DAY, NO_PART, AmbiguousDates, read_texts
from tests.history import cases
from tests.history.reading import as_base, read, sitting_count, tallies

JANUARY_31 = 18_658  # days from 1970 to 31 January 2021
EVENING = 23 * 3600 + 36 * 60


def first(*texts: str) -> tuple[int, int]:
    parts = read_texts(texts)
    assert not parts.unread.any()
    return int(parts.day[0]), int(parts.second[0])


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-31T23:36:00Z",
        "2021-01-31T23:36:00.123456Z",
        "2021-01-31 23:36:00",
        "2021-01-31 23:36",
        "2021/01/31 23:36",
        "2021-01-31T23:36:00+00:00",
        "2021-02-01T00:36:00+01:00",
        "20210131T233600Z",
        "1612136160",
        "1612136160.0",
        "1612136160000",
        "31 Jan 2021, 23:36",
        "31 Jan 2021 23:36",
        "31 January 2021 at 23:36",
        "January 31, 2021 11:36 PM",
        "Jan 31, 2021, 11:36:00\u202fPM",
        "Sun, 31 Jan 2021 23:36:00 GMT",
        "31-Jan-21 23:36",
        "1/31/21 11:36 pm",
        "01/31/2021 23:36",
        "31/01/2021 23:36",
        "31.01.2021 23:36",
        "31. Januar 2021, 23:36",
        "31 janvier 2021 à 23:36",
        "31 de enero de 2021 23:36",
        "31 января 2021 г., 23:36",
        "31 stycznia 2021 23:36",
        "2021. január 31. 23:36",
        "31 Ocak 2021 23:36",
        "2021年1月31日 23:36",
        "2021년 1월 31일 오후 11:36",
        "23:36 31/01/2021",
    ],
)
def test_a_moment_is_understood(text: str) -> None:
    day, second = first(text)
    assert (day * DAY + second) == JANUARY_31 * DAY + EVENING


@pytest.mark.parametrize(("text", "hour"), [("12:05 AM", 0), ("12:05 PM", 12), ("1:05 p.m.", 13), ("13:05", 13)])
def test_half_days_are_told_apart(text: str, hour: int) -> None:
    assert first(text) == (NO_PART, hour * 3600 + 300)


def test_one_row_decides_the_order_of_a_column() -> None:
    assert first("02/01/2021", "01/31/2021")[0] == JANUARY_31 + 1
    assert first("01/02/2021", "31/01/2021")[0] == JANUARY_31 + 1
    assert first("01.02.2021")[0] == JANUARY_31 + 1
    assert first("21/01/31", "20/12/05")[0] == JANUARY_31


def test_an_order_that_no_row_decides_is_refused() -> None:
    with pytest.raises(AmbiguousDates, match="01/02/2021 may be day first or month first"):
        read_texts(["01/02/2021", "03/04/2021"])
    assert first("02/02/2021")[0] == JANUARY_31 + 2


def test_a_month_that_languages_disagree_about_is_refused_and_decided_by_another_word() -> None:
    with pytest.raises(AmbiguousDates, match="listopad"):
        read_texts(["5 listopad 2021"])
    assert not read_texts(["5 listopadu 2021", "5 prosince 2021"]).unread.any()


FORMS = {
    "ghan": "%d %b %Y, %H:%M",
    "iso": "%Y-%m-%d %H:%M:%S",
    "iso with a zone": "%Y-%m-%dT%H:%M:%SZ",
    "unix": "%s",
    "american": "%m/%d/%Y %I:%M %p",
    "full names": "%B %d, %Y %H:%M",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("column", ["Date", "Time"])
def test_date_and_time_together_in_either_column(tmp_path: Path, form: str, column: str) -> None:
    cells = [(p.unix if form == "unix" else f"{p.moment:{FORMS[form]}}") for p in cases.plays()]
    header = ["Username", "Artist", "Track", column]
    rows = [["anna", p.artist, p.track, cell] for p, cell in zip(cases.plays(), cells, strict=True)]
    listens = read(cases.write(tmp_path, "t.csv", cases.table(header, rows)))
    base = read(cases.write(tmp_path, "base.csv", cases.kaggle()))
    assert listens.minutes is not None
    assert base.minutes is not None
    assert listens.minutes.tolist() == base.minutes.tolist()


@pytest.mark.parametrize(
    ("date", "clock"),
    [
        ("%m/%d/%Y", " %H:%M"),
        ("%d/%m/%Y", "%H:%M:%S"),
        ("%d %b %Y", "%I:%M %p"),
        ("%d.%m.%y", "%H:%M"),
        ("%Y-%m-%d 00:00:00", "%H:%M"),
        ("%H:%M", "%d %b %Y"),
        ("%Y-%m-%d %H:%M", ""),
    ],
)
def test_date_and_time_apart(tmp_path: Path, date: str, clock: str) -> None:
    assert as_base(read(cases.write(tmp_path, "t.csv", cases.kaggle(date, clock))))


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Stockholm"])
def test_parquet_moments_with_and_without_a_zone(tmp_path: Path, zone: str | None) -> None:
    listens = read(cases.write(tmp_path, "t.parquet", cases.parquet(zone)))
    base = read(cases.write(tmp_path, "base.csv", cases.kaggle()))
    assert listens.minutes is not None
    assert base.minutes is not None
    assert listens.minutes.tolist() == base.minutes.tolist()


def test_parquet_dates_beside_times_of_day(tmp_path: Path) -> None:
    moments = pa.array([play.moment.replace(tzinfo=None) for play in cases.plays()], pa.timestamp("us"))
    columns: Any = {
        "Username": pa.array(["anna"] * cases.LISTENS),
        "Artist": pa.array([play.artist for play in cases.plays()]),
        "Track": pa.array([play.track for play in cases.plays()]),
        "Date": moments.cast(pa.date32()),
        "Time": moments.cast(pa.time64("us")),
    }
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    assert as_base(read(tmp_path / "t.parquet"))


def test_many_different_moments_are_read_at_once_and_alike(tmp_path: Path) -> None:
    begins = datetime(2021, 1, 1, tzinfo=UTC)
    moments = [begins + timedelta(seconds=400 * i) for i in range(30_000)]
    for name, cells in (
        ("unix", [f"{m.timestamp():.0f}" for m in moments]),
        ("iso", [f"{m:%Y-%m-%d %H:%M:%S}" for m in moments]),
        ("zoned", [f"{m:%Y-%m-%dT%H:%M:%SZ}" for m in moments]),
    ):
        rows = [["a", "b", f"c{i % 7}", cell] for i, cell in enumerate(cells)]
        content = cases.table(["Username", "Artist", "Track", "Date"], rows)
        listens = read(cases.write(tmp_path, f"{name}.csv", content))
        assert listens.minutes is not None
        assert listens.minutes.tolist() == [int(m.timestamp()) // 60 for m in moments], name


def test_half_a_history_without_dates_is_counted_and_the_other_half_makes_sittings(tmp_path: Path) -> None:
    def cell(place: int, play: cases.Play) -> str:
        return f"{play.moment:%d %b %Y}" if place // 6 % 2 == 0 else ""

    rows = [["anna", p.artist, p.track, cell(place, p), f" {p.moment:%H:%M}"] for place, p in enumerate(cases.plays())]
    path = cases.write(tmp_path, "t.csv", cases.table(["Username", "Artist", "Track", "Date", "Time"], rows))
    listens = read(path)
    assert (len(listens), listens.unknown_moments, sitting_count(listens)) == (720, 360, 60)
    assert tallies(path)[0].unknown == {"without a date": 360}


def test_1970_and_the_future_are_unknown_moments(tmp_path: Path) -> None:
    lines = cases.kaggle().decode().splitlines()
    lines += [f"{i},anna,ABBA,Umbrella ABBA,,01 Jan 1970, 00:00" for i in range(360)]
    lines += [f"{i},anna,ABBA,Umbrella ABBA,,01 Jan 2999, 00:00" for i in range(5)]
    path = cases.write(tmp_path, "t.csv", "\n".join(lines).encode())
    listens = read(path)
    assert (len(listens), sitting_count(listens)) == (1085, 120)
    assert tallies(path)[0].unknown == {"1970 or before": 360, "in the future": 5}


@pytest.mark.parametrize("count", [100, 25_000])
def test_unix_times_of_a_player_without_a_clock_are_unknown_moments(tmp_path: Path, count: int) -> None:
    times = [*("0", "86000", "90000", "900000000") * 25, *(str(1612136160 + 400 * i) for i in range(count))]
    rows = [["anna", "ABBA", f"song {i}", text] for i, text in enumerate(times)]
    path = cases.write(tmp_path, "t.csv", cases.table(["Username", "Artist", "Track", "uts"], rows))
    listens = read(path)
    assert (len(listens), listens.unknown_moments) == (100 + count, 100)
    assert tallies(path)[0].unknown == {"1970 or before": 100}


def test_short_numbers_are_no_dates_beside_other_dates() -> None:
    assert read_texts(["0", "31 Jan 2021"]).unread.tolist() == [True, False]
    assert read_texts(["0", "90000"]).unread.all()


def test_a_few_dates_that_are_not_understood_are_counted_and_one_is_quoted(tmp_path: Path) -> None:
    content = cases.kaggle().replace(b"01 Jan 2021", b"New Year 2021")
    path = cases.write(tmp_path, "t.csv", content)
    assert len(read(path)) == 720
    (tally,) = tallies(path)
    assert tally.unknown == {"date not understood": 6}
    assert tally.notes == ["6 of 720 dates are not understood, e.g. 'New Year 2021'"]


def test_a_column_that_is_not_understood_stops_the_run_and_can_be_ignored(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "t.csv", cases.kaggle(date="day %j of %Y"))
    with pytest.raises(DataError, match=r"720 of 720 dates are not understood, e\.g\. 'day 001 of 2021'") as caught:
        read(path)
    assert "--ignore-dates" in str(caught.value)
    assert read(path, ignore_dates=True).minutes is None


def test_an_ambiguous_column_stops_the_run(tmp_path: Path) -> None:
    rows = [p for p in cases.plays() if p.moment.day <= 12]
    path = cases.write(tmp_path, "t.csv", cases.kaggle(date="%d/%m/%Y", rows=rows))
    with pytest.raises(DataError, match=r"t\.csv: .* may be day first or month first.*--ignore-dates"):
        read(path)
