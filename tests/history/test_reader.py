"""Files, folders and zips, also mixed: what is read, what is passed over, whose it is, and each listen once."""

import gzip
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from errors import DataError
from history import ReadSettings, read_history
from history.reader import HistoryFault
from history.sources import unpacked_size
from tests.history import cases
from tests.history.reading import as_base, names, read, songs, tallies


def refused(*paths: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(*paths)
    message = str(caught.value)
    assert "\n" not in message
    assert any(cure in message for cure in ("expected", "save it", "export", "download"))
    assert message.count("Spotify") <= 1
    return message


def test_a_folder_of_all_formats_is_read_with_an_account_of_each_file(tmp_path: Path) -> None:
    for name, (make, _) in cases.FORMATS.items():
        cases.write(tmp_path, name, make())
    cases.write(tmp_path, "README.md", b"# These are my exports\n\nNothing to see here, really.\n")
    cases.write(tmp_path, "empty.csv", b"")
    (tmp_path / ".hidden.csv").write_bytes(b"Username,Artist,Track\nsecret,a,b\n")
    found = tallies(tmp_path)
    titles = {tally.title for tally in found}
    assert titles >= {title for _, title in cases.FORMATS.values()} | {"not listening history"}
    assert all(tally.fault is None for tally in found)
    assert all(len(tally.row()) == 7 for tally in found)
    assert sum(tally.listens for tally in found) == len(read(tmp_path))


def test_files_at_fault_stop_the_run_and_every_file_has_its_account(tmp_path: Path) -> None:
    cases.write(tmp_path, "a.csv", cases.kaggle())
    cases.write(tmp_path, "b.csv", b"Username,Artist,Track\nanna,\xe9,x\n")
    cases.write(tmp_path, "c.csv", b"Username,Artist,Track\nanna,a\0,x\n")
    with pytest.raises(HistoryFault, match=r"b\.csv, row 2: .* \(and 1 more at fault\)") as caught:
        read(tmp_path)
    assert [tally.title for tally in caught.value.tallies] == ["Kaggle layout", "at fault", "at fault"]
    assert [tally.listens for tally in caught.value.tallies] == [720, 0, 0]


def test_files_at_fault_are_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    whole = cases.write(tmp_path, "a.csv", cases.kaggle())
    empty = cases.write(tmp_path, "b.csv", b"")
    picture = cases.write(tmp_path, "c.png", b"\x89PNG\r\n")
    damaged = cases.write(tmp_path, "d.zip", b"PK\x03\x04 and nothing more")
    listens, found = read_history([empty, picture, whole, damaged], ReadSettings(skip_faulty=True))
    assert len(listens) == 720
    assert len(read(whole)) == 720
    assert {tally.file: tally.listens for tally in found}[str(whole)] == 720
    said = {Path(tally.file).name: tally.fault for tally in found if tally.fault}
    assert said.keys() == {"b.csv", "c.png", "d.zip"}
    assert "c.png is a picture" in str(said["c.png"])
    with pytest.raises(HistoryFault, match=r"b\.csv is empty.* \(and 1 more at fault\)"):
        read_history([empty, picture], ReadSettings(skip_faulty=True))


def test_several_paths_of_all_kinds_are_one_history(tmp_path: Path) -> None:
    one = cases.write(tmp_path, "one.csv.gz", gzip.compress(b"Username,Artist,Track\na,x,1\n"))
    (tmp_path / "folder").mkdir()
    cases.write(tmp_path / "folder", "two.csv", b"Username,Artist,Track\nb,x,2\n")
    with zipfile.ZipFile(tmp_path / "three.zip", "w") as archive:
        archive.writestr("deep/three.csv", "Username,Artist,Track\nc,x,3\n")
        archive.writestr("__MACOSX/three.csv", "Username,Artist,Track\nd,x,4\n")
    listens = read(one, tmp_path / "folder", tmp_path / "three.zip")
    assert songs(listens) == ["x - 1", "x - 2", "x - 3"]
    assert names(listens.users) == ["a", "b", "c"]
    assert listens.source == "one.csv.gz and 2 more"


def zipped(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def test_a_zip_in_a_zip_is_read_and_a_deeper_or_damaged_one_is_said(tmp_path: Path) -> None:
    deepest = zipped({"deep.csv": b"Username,Artist,Track\na,x,deep\n"})
    inner = {"Apple/apple.csv": cases.apple(), "Apple/more.zip": deepest, "__MACOSX/apple.csv": b"x"}
    outer = {
        "Apple_Media_Services.zip": zipped(inner),
        "half.zip": deepest[:60],
        "letter.docx": zipped({"a.xml": b"x"}),
    }
    path = cases.write(tmp_path, "anna.zip", zipped(outer))
    listens, found = read_history([path], ReadSettings())
    assert as_base(listens)
    assert set(names(listens.users)) == {"anna"}
    assert {tally.file.removeprefix(f"{path}, "): tally.title for tally in found} == {
        "Apple_Media_Services.zip, Apple/apple.csv": "Apple Music Play Activity",
        "Apple_Media_Services.zip, Apple/more.zip": "zip",
        "half.zip": "zip",
        "letter.docx": "not listening history",
    }
    assert [tally.dropped["zip that is not opened"] for tally in found] == [0, 1, 1, 0]


def test_the_names_of_hetrec_are_found_in_a_zip_in_a_zip(tmp_path: Path) -> None:
    inner = zipped(
        {"user_artists.dat": b"userID\tartistID\tweight\n2\t51\t13\n", "artists.dat": b"id\tname\turl\n51\tMuse\t\n"}
    )
    assert names(read(cases.write(tmp_path, "h.zip", zipped({"hetrec.zip": inner}))).artists) == ["Muse"]


def test_what_a_zip_unpacks_to_counts_the_zips_in_it(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "a.zip", zipped({"b.zip": zipped({"c.csv": bytes(100_000)}), "d.csv": bytes(10)}))
    packed = unpacked_size(path, 0)
    assert packed < 1000
    assert unpacked_size(path, 1000) == packed + 100_000


def test_who_listens_is_the_stem_of_a_file_that_names_nobody_or_who_is_named(tmp_path: Path) -> None:
    content = cases.FORMATS["librefm.csv"][0]()
    path = cases.write(tmp_path, "my_listens.csv", content)
    assert set(names(read(path).users)) == {"my_listens"}
    assert set(names(read(path, user="anna").users)) == {"anna"}
    named = cases.write(tmp_path, "t.csv", b"Username,Artist,Track\nben,x,1\n")
    assert names(read(named, user="anna").users) == ["ben"]
    assert tallies(path)[0].named_by_file == "my_listens"
    assert tallies(path, user="anna")[0].named_by_file is None


def test_parts_of_one_spotify_history_are_one_listener(tmp_path: Path) -> None:
    records = cases.spotify_account()
    for part, some in enumerate((records[:300], records[300:])):
        cases.write(tmp_path, f"StreamingHistory_music_{part}.json", cases.json_bytes(some))
    assert as_base(read(tmp_path))


def test_overlapping_files_count_each_listen_once(tmp_path: Path) -> None:
    account = cases.write(tmp_path, "StreamingHistory_music_0.json", cases.json_bytes(cases.spotify_account()))
    moved = [
        record | {"ts": record["ts"].replace(":00Z", ":41Z"), "ms_played": 200_400}
        for record in cases.spotify_extended()
    ]
    extended = cases.write(tmp_path, "endsong_0.json", cases.json_bytes(moved))
    again = cases.write(tmp_path, "again.json", cases.json_bytes(cases.spotify_account()))
    listens = read(account, extended, again, user="anna")
    assert as_base(listens)
    assert listens.dropped == {"same listen again": 1440}
    assert len(read(account, extended)) == 1440


def at_seconds(folder: Path, name: str, *seconds: int) -> Path:
    """Plays of one song at seconds of one minute."""
    rows = [["a", "x", "1", f"2021-01-31 10:{second // 60:02d}:{second % 60:02d}"] for second in seconds]
    return cases.write(folder, name, cases.table(["Username", "Artist", "Track", "Date"], rows))


@pytest.mark.parametrize(
    ("other", "count"),
    [((0, 40), 2), ((5, 45), 2), ((20,), 2), ((0, 0), 2), ((0, 20, 40), 3), ((40, 80, 120), 4)],
)
def test_an_overlapping_file_takes_no_play_of_another_away(tmp_path: Path, other: tuple[int, ...], count: int) -> None:
    one, two = at_seconds(tmp_path, "a.csv", 0, 40), at_seconds(tmp_path, "b.csv", *other)
    assert len(read(one, two)) == count
    assert len(read(two, one)) == count


def test_a_play_that_spotify_tells_with_two_lengths_is_one_listen(tmp_path: Path) -> None:
    row = cases.spotify_extended()[0]
    other = cases.spotify_extended()[6]
    rows = [row, row | {"ms_played": 130_000}, row | {"ms_played": 199_000}, other | {"ts": row["ts"]}]
    listens = read(cases.write(tmp_path, "endsong_0.json", cases.json_bytes(rows)))
    assert (len(listens), listens.dropped) == (2, {"same listen again": 2})


def test_two_plays_that_ended_in_one_minute_are_two_listens(tmp_path: Path) -> None:
    row = cases.spotify_account(180_000)[0]
    rows = [row, row | {"msPlayed": 31_000}, row | {"msPlayed": 45_000}]
    assert len(read(cases.write(tmp_path, "StreamingHistory_music_0.json", cases.json_bytes(rows)))) == 3


def test_two_plays_of_one_song_are_two_listens_where_a_file_knows_the_day_alone(tmp_path: Path) -> None:
    content = b"Username,Artist,Track,Date\na,x,1,2021-01-31\na,x,1,2021-01-31\na,x,1,2021-02-01\n"
    assert len(read(cases.write(tmp_path, "days.csv", content))) == 3
    content = content.replace(b"2021-01-31", b"2021-01-31 10:00")
    assert len(read(cases.write(tmp_path, "minutes.csv", content))) == 2


@pytest.mark.parametrize("header", ["Date", "Date,Time"])
@pytest.mark.parametrize("midnight", ["00:00:00", "12:00 AM"])
def test_days_that_were_saved_as_midnights_are_days_alone(tmp_path: Path, header: str, midnight: str) -> None:
    separator = " " if header == "Date" else ","
    rows = [f"a,x,1,2021-01-31{separator}{midnight}"] * 3
    path = cases.write(tmp_path, "t.csv", "\n".join([f"Username,Artist,Track,{header}", *rows]).encode())
    assert len(read(path)) == 3
    with_a_clock = [*rows, f"a,x,1,2021-02-01{separator}10:30"]
    path = cases.write(tmp_path, "t.csv", "\n".join([f"Username,Artist,Track,{header}", *with_a_clock]).encode())
    assert len(read(path)) == 2


def test_a_song_played_again_and_again_is_several_listens(tmp_path: Path) -> None:
    rows = [["a", "x", "1", f"2021-01-31 10:00:{second:02d}"] for second in (0, 31)]
    content = cases.table(["Username", "Artist", "Track", "Date"], rows)
    assert len(read(cases.write(tmp_path, "t.csv", content))) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"Username,Artist,Track\n", "no usable row"),
        (b"Username,Artist,Song\xf0\x9f\x92\x83\na,b,c\n", "no column for the track (found Username, Artist)"),
        (b"anna,Radiohead,Creep\nben,Muse,Starlight\n", "a table of 3 columns whose first line names none"),
        (b'[{"name": "x", "size": 3}]', "JSON with the keys name, size"),
        (b"[]", "JSON without a record"),
        (b"%PDF-1.4", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook: save it as CSV UTF-8"),
        (b"<!DOCTYPE html><html>", "choose JSON in place of HTML"),
        (b'<?xml version="1.0"?>', "XML"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x01\x02\x03\0\0\0" * 9, "a binary file"),
    ],
)
def test_what_is_no_history_says_what_it_seems_to_be(tmp_path: Path, content: bytes, said: str) -> None:
    message = refused(cases.write(tmp_path, "listens.csv", content))
    assert said in message
    assert "Radiohead" not in message


def test_an_excel_workbook_says_how_to_save_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "listens.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
    assert "an Excel workbook: save it as CSV UTF-8" in refused(tmp_path / "listens.xlsx")


def test_missing_empty_and_useless_paths_are_named(tmp_path: Path) -> None:
    assert "nowhere.csv does not exist" in refused(tmp_path / "nowhere.csv")
    assert "is an empty folder" in refused(tmp_path)
    cases.write(tmp_path, "notes.txt", b"hello there")
    assert "no listening history in it" in refused(tmp_path)


def test_an_encrypted_or_damaged_zip_is_one_line(tmp_path: Path) -> None:
    content = bytearray(cases.spotify_zip())
    content[6] |= 1  # the first member's flag of encryption, in the local header and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused_any(cases.write(tmp_path, "a.zip", bytes(content)))
    assert "cannot be read" in refused_any(cases.write(tmp_path, "b.zip", b"PK\x03\x04 and nothing more"))
    whole = gzip.compress(cases.kaggle())
    assert "damaged" in refused_any(cases.write(tmp_path, "half.csv.gz", whole[: len(whole) // 2]))
    assert "damaged" in refused_any(cases.write(tmp_path, "half.parquet", b"PAR1 and nothing more"))


def test_a_zip_packed_in_a_way_that_is_damaged_or_unknown_is_one_line(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("t.csv", cases.kaggle())
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[60:90] = bytes(30)
    assert "is damaged" in refused_any(cases.write(tmp_path, "lzma.zip", bytes(content)))
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[8:10] = (97).to_bytes(2, "little")
    place = content.index(b"PK\x01\x02") + 10
    content[place : place + 2] = (97).to_bytes(2, "little")
    message = refused_any(cases.write(tmp_path, "method.zip", bytes(content)))
    assert "compression" in message
    assert "encrypted" not in message


def refused_any(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_columns_of_the_wrong_type_are_named(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet

    table = pa.table({"Username": pa.array(["a"]), "Artist": pa.array([["b"]]), "Track": pa.array(["c"])})
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    assert "the column for artist holds list" in refused(tmp_path / "t.parquet")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "t.csv", b"Username,Artist,Track,artist\na,b,c,d\n")
    assert "two columns named Artist" in refused(path)


def test_a_short_document_takes_little_memory(tmp_path: Path) -> None:
    played = {"endTime": "2024-01-05 10:15", "artistName": "Muse", "trackName": "Uprising", "msPlayed": 200_000}
    file = tmp_path / "StreamingHistory_music_0.json"
    file.write_text(json.dumps([played]))
    tracemalloc.start()
    try:
        read_history([file], ReadSettings())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20
