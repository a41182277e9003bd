"""The folder of versions: names sort as versions were made, whatever the clock says."""

import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artifact_set import ArtifactStore
from artifact_set.builder import build
from artifact_set.manifest import MODEL
from tests import camps


def test_after_the_clock_went_back_the_newest_is_still_the_last_one_trained(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = ArtifactStore(tmp_path)
    first = camps.complete(tmp_path)
    future = first.rename(tmp_path / "29991231T235958Z")  # made before the clock was set back
    store.activate(future.name)
    with caplog.at_level(logging.WARNING):
        trained = camps.train(tmp_path)
    assert trained.name == "29991231T235959Z"
    assert "which is before the newest version 29991231T235958Z" in caplog.text
    assert build(store).manifest.version == trained.name
    assert store.current() == trained.name
    assert store.previous() == future.name


def test_the_last_second_of_the_last_year_is_no_end(tmp_path: Path) -> None:
    camps.complete(tmp_path).rename(tmp_path / "99991231T235959Z")
    assert camps.train(tmp_path).name.startswith(datetime.now(UTC).strftime("%Y"))


def test_a_folder_that_is_no_time_stamp_is_no_newest_version(tmp_path: Path) -> None:
    camps.complete(tmp_path).rename(tmp_path / "zz-experiment")
    (tmp_path / "current").unlink()
    assert camps.train(tmp_path).name < "3"


def test_builders_with_one_process_id_have_drafts_of_their_own(tmp_path: Path) -> None:
    """Containers that share a volume number their processes alike."""
    store = ArtifactStore(tmp_path)

    def write(draft: Path) -> None:
        (draft / MODEL).write_text("one")
        store.add(lambda other: (other / MODEL).write_text("two"))

    assert (store.add(write) / MODEL).read_text() == "one"
    assert len(store.waiting()) == 2


def test_prune_deletes_what_killed_builders_pulls_and_prunes_left(tmp_path: Path) -> None:
    long_ago = time.time() - 2 * 86_400
    for name in (".new.1", ".new.2", ".pull.20200101T000000Z", ".pull.20200102T000000Z", ".pruned.20200101T000000Z"):
        (tmp_path / name / "search").mkdir(parents=True)
    (tmp_path / ".current.1").symlink_to("20200101T000000Z")
    for name in (".new.1", ".pull.20200101T000000Z"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    os.utime(tmp_path / ".current.1", (long_ago, long_ago), follow_symlinks=False)
    assert ArtifactStore(tmp_path).prune(1) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new.2", ".pull.20200102T000000Z"]


class Overtaken(ArtifactStore):
    """Another prune takes place while this one chooses."""

    def current(self) -> str | None:
        ArtifactStore(self.root).prune(1)
        return super().current()


def test_a_prune_that_is_overtaken_has_nothing_to_delete(tmp_path: Path) -> None:
    camps.train(tmp_path)
    newest = camps.train(tmp_path)
    assert Overtaken(tmp_path).prune(1) == []
    assert ArtifactStore(tmp_path).waiting() == [newest.name]
