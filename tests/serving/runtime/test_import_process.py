"""What an import reads of its files, and its account of the rest."""

from pathlib import Path

import pytest

from errors import DataError
from serving.library.imports import Job
from serving.runtime.import_process import _of_uploads, _read


def job(folder: Path, content: str) -> Job:
    (folder / "t.csv").write_text(content, "cp1252")
    return Job("an-import", "anna", ["t.csv"], None, 0)


def test_plays_that_share_one_moment_are_counted_among_what_is_left_out(tmp_path: Path) -> None:
    content = "Artist,Track,Date,Plays\nx,1,2021-01-31 10:00,250\nx,2,2021-01-31 10:05,1\nx,3,,7\n"
    listens, dropped, left_out = _read(job(tmp_path, content), tmp_path)
    assert len(listens) == 2
    assert dropped == {"no moment": 1, "more plays at one moment": 249}
    assert left_out is None


def test_a_play_that_two_files_of_one_upload_tell_is_one_listen_whether_they_name_the_listener_or_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "named.csv").write_text(
        "Username,Artist,Track,Date\nme,x,1,2021-01-31 10:00\nme,x,2,2021-01-31 11:00\n"
    )
    (tmp_path / "mine.csv").write_text("Artist,Track,Date\nx,1,2021-01-31 10:00:20\nx,3,2021-01-31 12:00:20\n")
    both = Job("an-import", "anna", ["named.csv", "mine.csv"], None, 0)
    listens, dropped, _ = _read(both, tmp_path)
    assert (len(listens), dropped) == (3, {"same listen again": 1})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Artist,Track\nCafé,x\n", "t.csv, row 2: a byte that is not UTF-8: save the file as UTF-8"),
        ("Artist,Track,Date\nx,1,day 7 of 2021\n", "31 Jan 2021 or Unix times; write them so"),
    ],
)
def test_a_fault_names_a_cure_that_who_uploads_has(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        _read(job(tmp_path, content), tmp_path)
    assert str(_of_uploads(str(caught.value), tmp_path)).endswith(said)
