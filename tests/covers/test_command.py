"""`python metadata.py` as a person uses it, with good input and bad."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, environment
from tests.covers import fake as traps
from tests.covers.fake import Fake, Known, jpeg


def _run(folder: Path, fake: Fake, *arguments: str, **settings: str) -> tuple[int, str]:
    given = fake.settings() | {"METADATA_PROVIDERS": "itunes,deezer,musicbrainz"} | settings
    command = [sys.executable, str(REPOSITORY / "metadata.py"), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(given), capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_show_prints_what_each_provider_says_and_why_one_is_chosen(tmp_path: Path, fake: Fake) -> None:
    fake.knows(
        Known("Radiohead", "Creep (Live)", "Some Evening"),
        Known("Radiohead", "Creep", "Pablo Honey", where=frozenset({"itunes"})),
    )
    fake.answers["deezer"] = traps.html()
    (tmp_path / "mine" / "Radiohead").mkdir(parents=True)
    (tmp_path / "mine" / "Radiohead" / "Creep.jpg").write_bytes(jpeg(traps.GREEN))
    code, said = _run(tmp_path, fake, "show", "Radiohead - Creep live", COVERS_DIR="mine")
    assert code == 0, said
    code, said = _run(tmp_path, fake, "show", "Radiohead - Creep", COVERS_DIR="mine")
    assert code == 0, said
    for part in ("Pablo Honey", "chosen", "deezer: no JSON with status 200", "kept: nothing yet", "Creep.jpg"):
        assert part in said


def test_prefetch_takes_the_most_listened_songs_and_sums_up(tmp_path: Path, fake: Fake, artifacts: Path) -> None:
    fake.knows(Known("Radiohead", "Amber"))
    code, said = _run(
        tmp_path, fake, "prefetch", "--top", "2", ARTIFACTS_DIR=str(artifacts), METADATA_PROVIDERS="deezer"
    )
    assert code == 0, said
    assert "2 songs: 1 found, 1 known to nobody" in said
    code, said = _run(tmp_path, fake, "show", "Radiohead - Amber", ARTIFACTS_DIR=str(artifacts))
    assert "kept: deezer, An Album, " in said


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["show", "Creep"], {}, "'Creep' is no song: expected `artist - track`"),
        (["prefetch"], {}, "there is no artifact set"),
        (["prefetch", "--data", "none.txt"], {}, "none.txt cannot be read"),
        (["prefetch", "--data", "songs.txt"], {}, "'only a title' is no song"),
        (["prefetch"], {"METADATA_PROVIDERS": ""}, "METADATA_PROVIDERS is empty"),
        (["prefetch"], {"METADATA_PROVIDERS": "spotify"}, "METADATA_PROVIDERS"),
        (["prefetch"], {"ITUNES_URL": "itunes.apple.com"}, "ITUNES_URL"),
        (["prefetch", "--top", "0"], {}, "0 is too small"),
        (["show", "A - B"], {"COVERS_DIR": "nowhere"}, "COVERS_DIR names 'nowhere'"),
        (["show", "A - B"], {"DATABASE_URL": "mysql://x"}, "DATABASE_URL names 'mysql'"),
    ],
)
def test_bad_input_is_one_line_that_says_the_cure(
    tmp_path: Path, fake: Fake, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    (tmp_path / "songs.txt").write_text("Radiohead - Creep\nonly a title\n")
    code, told = _run(tmp_path, fake, *arguments, **settings)
    assert code == 2
    assert said in told
    assert "Traceback" not in told
