"""MLflow's experiment, whatever was done to it in its own pages."""

import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from training.search.tracking import EXPERIMENT, Tracker

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


def test_an_experiment_that_was_deleted_takes_runs_again(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    client.delete_experiment(experiment.experiment_id)
    run = Tracker(uri).log("one", {}, {"value": 1.0}, {}, 0.0)
    assert [each.info.run_id for each in client.search_runs([experiment.experiment_id])] == [run]
