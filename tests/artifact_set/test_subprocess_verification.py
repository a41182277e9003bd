"""A set is first opened where it can do no harm: without secrets, with limits, and never for longer than its parent."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_set import Verification, files, open_set
from artifact_set.manifest import FileEntry, Manifest
from artifact_set.verification import verify_set
from errors import DamagedSet, RefusedPickle
from tests import camps
from tests.artifact_set.crafted import SHAPES
from tests.conftest import REPOSITORY
from tests.processes import ends_soon


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return camps.complete(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / sound.name)


def _replace(folder: Path, name: str, content: bytes) -> None:
    """With a manifest that vouches for it."""
    (folder / name).write_bytes(content)
    manifest = Manifest.read(folder / "manifest.json")
    entry = FileEntry(sha256=files.sha256(folder / name), bytes=len(content))
    changed = manifest.model_copy(update={"files": manifest.files | {name: entry}})
    (folder / "manifest.json").write_text(changed.to_json())


def test_a_sound_set_is_opened(sound: Path) -> None:
    opened = open_set(sound)
    assert opened.version == sound.name
    assert len(opened.songs) == len(opened.vectors) == len(camps.SONGS)


@pytest.mark.parametrize(("beside", "priority"), [(False, 0), (True, 10)])
def test_a_set_is_verified_after_what_answers_listeners(sound: Path, beside: bool, priority: int) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    verification = Verification(sound, beside=beside)
    assert os.getpriority(os.PRIO_PROCESS, verification._process.pid) == max(own, priority)
    assert verification.wait().version == sound.name


def test_the_verdict_is_the_one_given_here(folder: Path) -> None:
    (folder / "best_model.pkl").write_bytes(b"\0")
    with pytest.raises(DamagedSet, match=r"best_model\.pkl has 1 bytes") as apart:
        Verification(folder).wait()
    with pytest.raises(DamagedSet) as here:
        verify_set(folder, Manifest.read(folder / "manifest.json"))
    assert str(apart.value) == str(here.value)


@pytest.mark.parametrize(
    "shape", ["reduce os.system", "dtype O8 with its flag cleared, then scalar", "bytes beyond the file", "long_binput"]
)
def test_a_crafted_pickle_in_a_set_is_refused_by_name(folder: Path, tmp_path: Path, shape: str) -> None:
    _replace(folder, "faiss_id_map.pkl", SHAPES[shape])
    with pytest.raises(DamagedSet, match=r"faiss_id_map\.pkl"):
        open_set(folder)
    _replace(folder, "best_model.pkl", SHAPES["reduce os.system"])
    with pytest.raises(DamagedSet):
        open_set(folder)
    assert not (tmp_path / "run_me").exists()


def test_a_refused_pickle_is_told_apart_from_a_damaged_one(folder: Path) -> None:
    _replace(folder, "best_model.pkl", SHAPES["reduce os.system"])
    with pytest.raises(RefusedPickle, match=r"best_model\.pkl is refused: it asks for os\.system"):
        open_set(folder)


def test_a_set_that_asks_for_more_memory_than_its_size_explains_is_refused(folder: Path) -> None:
    letters = b"\x80\x04(" + b"\x8c\x02\xc4\x80" * 9_000_000 + b"t."  # 4 bytes in the file, 84 in memory
    _replace(folder, "faiss_id_map.pkl", letters)
    with pytest.raises(DamagedSet, match=r"faiss_id_map\.pkl cannot be unpickled \(MemoryError\)|more memory"):
        open_set(folder)


def test_a_process_that_is_killed_gives_no_verdict(sound: Path) -> None:
    verification = Verification(sound)
    verification.stop()
    with pytest.raises(DamagedSet, match=r"could not be verified: the process that opened it was ended \(SIGKILL\)"):
        verification.wait()


def test_the_process_sees_no_secret_and_has_limits(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_SECRET_KEY", "a secret that must not be seen here")
    verification = Verification(sound)  # it waits for the manifest
    process = Path(f"/proc/{verification._process.pid}")
    try:
        assert b"a secret" not in (process / "environ").read_bytes()
        names = {line.split(b"=")[0] for line in (process / "environ").read_bytes().split(b"\0") if line}
        assert not names & {b"API_SECRET_KEY", b"DATABASE_URL", b"HOME"}
    finally:
        verification.wait()


_PARENT = """
import sys
from pathlib import Path
from artifact_set import Verification
verification = Verification(Path(sys.argv[1]))
print(verification._process.pid, flush=True)
sys.stdin.read()
"""


def test_the_process_ends_with_its_parent_even_if_that_is_killed(sound: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(sound)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    assert ends_soon(child)


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(DamagedSet, match=r"manifest\.json cannot be read"):
        open_set(tmp_path)


def test_what_the_command_says_is_one_line_of_json(sound: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "artifact_set.subprocess_verification", str(sound), str(os.getpid())],
        input=(sound / "manifest.json").read_bytes(),
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"refusal": "", "message": ""}


def test_pandas_is_not_imported_to_verify_a_set(sound: Path) -> None:
    verify = (
        "import sys; from pathlib import Path; from artifact_set.store import read_manifest;"
        "from artifact_set.signing import NO_KEYS; from artifact_set.verification import verify_set;"
        "folder = Path(sys.argv[1]); verify_set(folder, read_manifest(folder, NO_KEYS)[0]);"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", verify, str(sound)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
