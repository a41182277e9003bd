"""One MLflow run a trial. MLflow is slow to import and chatty about its tables; both end here."""

import logging
import re
import time
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from artifact_set import TrainingRecord
from errors import UsageError
from training.report.console import Report

EXPERIMENT = "spotify-redux"

_CHATTY = ("mlflow.store.db.utils", "mlflow.store.db", "alembic", "alembic.runtime.migration")


class Tracker:
    """Runs in an MLflow tracking URI. Raises UsageError where it cannot be opened."""

    def __init__(self, uri: str) -> None:
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        from mlflow import MlflowClient
        from mlflow.entities import LifecycleStage
        from mlflow.exceptions import MlflowException

        try:
            self._client = MlflowClient(uri)
            found = self._client.get_experiment_by_name(EXPERIMENT)
            self._experiment = found.experiment_id if found else self._client.create_experiment(EXPERIMENT)
            if found and found.lifecycle_stage == LifecycleStage.DELETED:  # in mlflow ui; it takes no runs
                self._client.restore_experiment(self._experiment)
        except (MlflowException, OSError) as exc:
            reason = str(exc).partition("\n")[0]
            raise UsageError(f"--tracking-uri {uri} cannot be opened ({reason}): try sqlite:///mlflow.db") from exc

    def log(
        self,
        name: str,
        params: Mapping[str, object],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        began: float,
        *,
        finished: bool = True,
    ) -> str:
        """Write one whole run in one batch and return its id. began: seconds since 1970."""
        from mlflow.entities import Metric, Param

        start, now = int(began * 1000), int(time.time() * 1000)
        run = self._client.create_run(self._experiment, start_time=start, run_name=name, tags=dict(tags))
        self._client.log_batch(
            run.info.run_id,
            metrics=[Metric(_key(key), value, now, 0) for key, value in metrics.items()],
            params=[Param(key, str(value)) for key, value in params.items()],
        )
        self._client.set_terminated(run.info.run_id, "FINISHED" if finished else "KILLED", end_time=now)
        return str(run.info.run_id)


def log_version(uri: str, version: str, record: TrainingRecord, study: str, began: float, report: Report) -> None:
    """Write the run of a version that is saved. Where that fails, or takes too long for somebody, a line says so."""
    from mlflow.exceptions import MlflowException

    params = {"algorithm": record.algorithm, **record.parameters}
    tags = {"state": "chosen", "data": study, "version": version}
    try:
        Tracker(uri).log(f"chosen: {record.algorithm}", params, record.metrics, tags, began)
    except (UsageError, MlflowException, SQLAlchemyError, OSError, KeyboardInterrupt) as exc:
        reason = str(getattr(exc, "orig", None) or exc).partition("\n")[0] or type(exc).__name__
        report.say(f"MLflow has no run of {version} ({reason}): the model is saved all the same.")


def _key(name: str) -> str:
    """A metric's name in MLflow, which allows no "@": ndcg@20 is ndcg_at_20."""
    return re.sub(r"[^\w\-./ ]", "_", name.replace("@", "_at_"))
