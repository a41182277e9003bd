"""The Spark session of a run: how it is opened, what it sends to executors, and its faults as one line."""

import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JError  # type: ignore[import-untyped]  # it publishes no types
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from errors import DataError, TrainingError, UsageError
from training.spark.addresses import EXPECTED

_ROOT = Path(__file__).parents[2]
_ROOMS = ("artifact_set", "catalog", "history", "training")
_LOG = Path(__file__).with_name("log4j2.properties")  # faults come as one line of ours, not as the JVM's
_NO_JAVA = "needs Java 17 or newer: install default-jre-headless, or name one with JAVA_HOME"
_UNKNOWN_SCHEME = ("FileSystem not found", "No FileSystem for scheme")
_NO_CONNECTOR = (
    ": Spark has no connector for this URL: name one in spark-defaults.conf, for instance "
    "spark.jars.packages org.apache.hadoop:hadoop-aws:3.4.1"
)
_LOCAL_SHUFFLES = 16  # parts that a shuffle makes on one machine, where Spark's 200 cost more than they save
_ROWS_A_BATCH = 1 << 17  # rows that a Python function is given at once
_OURS = re.compile(r"^errors\.\w+: (.+)$", re.MULTILINE)  # a fault of ours in an executor's traceback


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session at the master, or the one that is open, which stays open. Raises TrainingError.

    What spark-defaults.conf says holds, but for what results depend on.
    """
    spark = SparkSession.getActiveSession()
    if spark is not None:
        with faults():
            yield spark
        return
    with tempfile.TemporaryDirectory() as folder, faults():
        spark = _opened(master)
        try:
            spark.sparkContext.addPyFile(_packed(Path(folder)))
            yield spark
        finally:
            spark.stop()


def _opened(master: str) -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("Spotify Redux")
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_LOG.as_uri()}")
        builder = builder.config("spark.sql.shuffle.partitions", str(_LOCAL_SHUFFLES))
    spark: SparkSession = (
        builder.config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.maxResultSize", "0")  # songs and sums come to the driver, in pieces
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(_ROWS_A_BATCH))
        .getOrCreate()
    )
    return spark


def _packed(folder: Path) -> str:
    """The code that executors run, as a zip in the folder; they need the same libraries as the driver."""
    path = folder / "redux.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in (_ROOT / "errors.py", *(file for room in _ROOMS for file in sorted((_ROOT / room).rglob("*.py")))):
            archive.write(file, file.relative_to(_ROOT))
    return str(path)


@contextmanager
def faults() -> Iterator[None]:
    """Spark's faults as TrainingError: ours as an executor raised it, the others by their first line."""
    try:
        yield
    except (PySparkException, Py4JError) as exc:
        text = str(exc)
        ours = _OURS.findall(text)
        if ours:
            raise DataError(ours[-1]) from exc
        condition = exc.getCondition() if isinstance(exc, PySparkException) else None
        if condition == "JAVA_GATEWAY_EXITED":
            raise UsageError(f"--engine spark {_NO_JAVA}") from exc
        if condition == "PATH_NOT_FOUND":
            path = (exc.getMessageParameters() or {}).get("path", "")
            raise DataError(f"{path} does not exist: {EXPECTED}") from exc
        cure = _NO_CONNECTOR if any(words in text for words in _UNKNOWN_SCHEME) else ""
        raise TrainingError(f"Spark: {_first_line(text)}{cure}") from exc


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("An error occurred while calling", "JVM stacktrace"))]
    return (told or lines or ["an error without words"])[0].removeprefix(": ")[:300]
