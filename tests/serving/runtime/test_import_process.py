"""What an import reads of its files, and its account of the rest."""

from pathlib import Path

from serving.library.imports import Job
from serving.runtime.import_process import _read


def job(folder: Path, content: str) -> Job:
    (folder / "t.csv").write_text(content)
    return Job("an-import", "anna", ["t.csv"], None, 0)


def test_plays_that_share_one_moment_are_counted_among_what_is_left_out(tmp_path: Path) -> None:
    content = "Artist,Track,Date,Plays\nx,1,2021-01-31 10:00,250\nx,2,2021-01-31 10:05,1\nx,3,,7\n"
    listens, dropped, left_out = _read(job(tmp_path, content), tmp_path)
    assert len(listens) == 2
    assert dropped == {"no moment": 1, "more plays at one moment": 249}
    assert left_out is None
