"""`python main.py --engine spark`: the same version as memory's, after any number of ends, and what it refuses."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pyspark
import pytest

import main as command
from artifact_set import ArtifactStore
from artifact_set.builder import build
from artifact_set.manifest import CATALOG, TrainingRecord
from artifact_set.pickles import Model
from artifact_set.trained import read_trained
from artifact_set.verification import verify_files, verify_set
from tests.conftest import free_ports
from tests.training.spark.conftest import crowd, write_parquet
from training.report.evaluation import objective

REPOSITORY = Path(__file__).parents[3]
SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
PATIENCE = 300  # seconds for a step of a run in a process of its own

pytestmark = [
    # MLflow's tables use a loader that SQLAlchemy 2.1 deprecates: theirs to mend
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    # sockets on which Spark's Python hands over rows: theirs to close
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    write_parquet(tmp_path / "history.parquet", crowd())
    monkeypatch.chdir(tmp_path)


def arguments(*more: str, artifacts: str = "artifacts") -> list[str]:
    uri = f"sqlite:///{Path.cwd()}/mlflow.db"
    history = str(Path.cwd() / "history.parquet")
    where = ["--artifacts", artifacts, "--tracking-uri", uri]
    return ["--data", history, "--trials", "2", *where, *more]


def on_spark(work: str, *more: str) -> list[str]:
    where = str(Path.cwd() / work)  # the JVM of all tests has another current folder
    return arguments("--engine", "spark", "--master", "local[2]", "--work", where, *more, artifacts=f"by {work}")


def version(artifacts: str) -> tuple[Path, Model, TrainingRecord]:
    (folder,) = (path for path in Path(artifacts).iterdir() if path.is_dir())
    model, _, record = read_trained(folder)
    return folder, model, record


def killed_once_there_is(checkpoint: Path, line: list[str]) -> None:
    """Run the command in a process of its own and end it, with all that it started, when the step is finished."""
    process = subprocess.Popen([sys.executable, str(REPOSITORY / "main.py"), *line], start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while not checkpoint.exists():
        assert process.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < deadline, f"{checkpoint} is not there"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.usefixtures("spark")
def test_the_version_is_the_one_that_memory_makes_and_serves_like_it() -> None:
    assert command.main(on_spark("work")) == 0
    assert command.main(arguments("--algorithms", "puresvd", artifacts="by memory")) == 0
    folder, model, record = version("by work")
    same, its_model, its_record = version("by memory")
    assert (folder / CATALOG).read_bytes() == (same / CATALOG).read_bytes()
    assert np.allclose(model.qi, its_model.qi, atol=1e-5)
    assert record.parameters.pop("tuned_on") == record.data.users == 150
    assert record.parameters.pop("head_listeners") == 1
    assert record.parameters == its_record.parameters
    assert record.metrics["ndcg@20"] == pytest.approx(its_record.metrics["ndcg@20"], rel=0.02)
    built = build(ArtifactStore(Path("by work")))
    verify_files(folder, built.manifest)
    verify_set(folder, built.manifest)
    assert built.activated


@pytest.mark.usefixtures("spark")
def test_a_run_that_was_killed_twice_goes_on_and_ends_as_one_that_was_not() -> None:
    line = on_spark("killed")
    killed_once_there_is(Path("killed/listens.json"), line)
    listens = sorted(Path("killed/listens").iterdir())
    written = [path.stat().st_mtime_ns for path in listens]
    killed_once_there_is(Path("killed/blocks.json"), line)
    assert command.main(line) == 0
    assert [path.stat().st_mtime_ns for path in listens] == written
    assert command.main(on_spark("whole")) == 0
    folder, model, record = version("by killed")
    same, its_model, its_record = version("by whole")
    assert (folder / CATALOG).read_bytes() == (same / CATALOG).read_bytes()
    assert model.qi.tobytes() == its_model.qi.tobytes()
    assert record.parameters == its_record.parameters


@contextmanager
def standalone() -> Iterator[str]:
    """Spark's own cluster, a master and one worker with two cores, and its address."""
    port, page, its_port, its_page = map(str, free_ports(4))
    master = f"spark://127.0.0.1:{port}"
    of_master = ["--host", "127.0.0.1", "--port", port, "--webui-port", page]
    of_worker = ["--host", "127.0.0.1", "--port", its_port, "--webui-port", its_page, "--cores", "2", "--memory", "2g"]
    of_worker += ["--work-dir", str(Path.cwd() / "of the worker")]  # and not beside Spark's own files
    with ExitStack() as stack:
        for role, line in (("master.Master", of_master), ("worker.Worker", [*of_worker, master])):
            command = [str(SPARK_CLASS), f"org.apache.spark.deploy.{role}", *line]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield master


@contextmanager
def two_executors() -> Iterator[str]:
    yield "local-cluster[2,1,1024]"


@pytest.mark.nightly
@pytest.mark.parametrize("cluster", [two_executors, standalone])
@pytest.mark.usefixtures("spark")
def test_a_cluster_makes_the_same_bits(
    cluster: Callable[[], AbstractContextManager[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its executors are processes of their own, which have the product's code from the driver alone."""
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with cluster() as master:
        line = on_spark("cluster", "--master", master)
        subprocess.run([sys.executable, str(REPOSITORY / "main.py"), *line], cwd=elsewhere, check=True)
    assert command.main(on_spark("local")) == 0
    _, model, record = version("elsewhere/by cluster")
    _, same, its_record = version("by local")
    assert model.qi.tobytes() == same.qi.tobytes()
    assert record.parameters == its_record.parameters


@pytest.mark.usefixtures("spark")
def test_what_a_sample_chose_is_measured_on_everybody_once(capsys: pytest.CaptureFixture[str]) -> None:
    line = on_spark("sampled", "--tune-on", "100", "--trials", "1", "--head-listeners", "20")
    assert command.main(line) == 0
    told = capsys.readouterr().out
    measured = sorted(Path("sampled").glob("measured *.json"))
    facts = [json.loads(path.read_text()) for path in measured]
    values = [objective(fact["ours"], fact["popularity"]) for fact in facts]
    assert len(measured) == 4  # three shrinkages by the listeners of a fold, the best by those of the final number
    assert sum(f"{value:.3f} x popularity's NDCG with" in told for value in values) >= 3
    _, model, record = version("by sampled")
    tuned = json.loads(next(Path("sampled").glob("tuned *.json")).read_text())["candidates"][0]
    assert record.parameters["shrinkage"] in (tuned["shrinkage"] * times for times in (1.0, 1 / 3, 3.0))
    assert (record.parameters["tuned_on"], record.parameters["head_listeners"]) == (100, 20)
    assert command.main([*line, "--artifacts", "again"]) == 0
    assert sorted(Path("sampled").glob("measured *.json")) == measured
    assert version("again")[1].qi.tobytes() == model.qi.tobytes()


@pytest.mark.usefixtures("spark")
def test_a_head_without_songs_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(on_spark("headless", "--head-listeners", "1000")) == 2
    assert "--head-listeners 1000: 0 songs have so many: name a smaller number" in capsys.readouterr().err


@pytest.mark.usefixtures("spark")
def test_checkpoints_of_another_run_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("work").mkdir()
    Path("work/run.json").write_text('{"--data": "another", "--min-seconds": 5}')
    assert command.main(on_spark("work")) == 2
    assert "work holds a run of other --data, --min-seconds" in capsys.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (["--sample-size", "9"], "has no --sample-size"),
        (["--select-by", "rmse"], "has no --select-by rmse"),
        (["--algorithms", "svd"], "has no svd"),
        (["--rows", "session"], "has no --rows session"),
        (["--user", "anna"], "has no --user"),
        (["--encoding", "cp1252"], "has no --encoding"),
        (["--data", "sqlite:///redux.db"], "reads no database"),
        (["--data", "listens.xlsx"], "listens.xlsx: expected Parquet"),
    ],
)
def test_what_spark_does_not_do_is_refused_before_it_starts(
    given: list[str], refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(on_spark("work", *given)) == 2
    assert refusal in capsys.readouterr().err.replace("\n", " ")
    assert not Path("work").exists()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (["--work", "work"], "--work work is for --engine spark"),
        (["--head-listeners", "5"], "--head-listeners 5 is for --engine spark"),
        (["--data", "s3a://listens/*.parquet"], "--data s3a://listens/*.parquet is for --engine spark"),
        (["--engine", "spark"], "--engine spark needs --work"),
    ],
)
def test_options_of_the_other_engine_are_refused(
    given: list[str], refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments(*given)) == 2
    assert refusal in capsys.readouterr().err.replace("\n", " ")


def test_without_java_the_cure_is_named() -> None:
    line = [sys.executable, str(REPOSITORY / "main.py"), *on_spark("work")]
    done = subprocess.run(line, env=os.environ | {"JAVA_HOME": "/nowhere"}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "main.py: --engine spark needs Java 17 or newer: install default-jre-headless" in done.stderr
    assert "Traceback" not in done.stderr


def test_training_in_memory_loads_no_spark() -> None:
    program = "import main, sys; assert 'pyspark' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=REPOSITORY)
