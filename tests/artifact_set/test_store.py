"""The folder of versions: names sort as versions were made, whatever the clock says."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artifact_set import ArtifactStore
from artifact_set.builder import build
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
