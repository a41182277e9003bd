"""The checkpoints of a run: a folder or a URL, in which a step that is finished is not done again."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from pyspark.sql import DataFrame, SparkSession

from errors import UsageError

Facts: TypeAlias = dict[str, Any]  # what a step says of what it made, as JSON


class Work:
    """Steps by name. A step is finished once its facts are written, after its data."""

    def __init__(self, spark: SparkSession, url: str) -> None:
        self._spark = spark
        self._url = url.rstrip("/")
        jvm: Any = spark.sparkContext._jvm
        hadoop: Any = spark.sparkContext._jsc
        self._path = jvm.org.apache.hadoop.fs.Path
        self._files = self._path(self._url).getFileSystem(hadoop.hadoopConfiguration())

    def claim(self, identity: Facts) -> None:
        """Make the place this run's. Raises UsageError where it is another run's, naming what differs."""
        found = self._read("run")
        if found is None:
            self._write("run", identity)
        elif found != identity:
            differs = ", ".join(name for name in identity if found.get(name) != identity[name]) or "an older version"
            raise UsageError(
                f"--work {self._url} holds a run of other {differs}: name another place, or delete this one"
            )

    def step(self, name: str, make: Callable[[], Facts]) -> Facts:
        """The facts of a step, made where they are not there yet; kept unless they say that it is "unfinished"."""
        facts = self._read(name)
        if facts is None:
            facts = make()
            if not facts.get("unfinished"):
                self._write(name, facts)
        return facts

    def save(self, name: str, frame: DataFrame) -> DataFrame:
        """Write the frame, over what a run that was ended left, and read it again."""
        frame.write.mode("overwrite").parquet(self._of(name))
        return self.open(name)

    def open(self, name: str) -> DataFrame:
        """A frame that a finished step saved."""
        return self._spark.read.parquet(self._of(name))

    def _of(self, name: str) -> str:
        return f"{self._url}/{name}"

    def _read(self, name: str) -> Facts | None:
        path = self._of(f"{name}.json")
        if not self._files.exists(self._path(path)):
            return None
        row = self._spark.read.text(path, wholetext=True).first()
        facts: Facts = json.loads(row[0] if row else "{}")
        return facts

    def _write(self, name: str, facts: Facts) -> None:
        """Under another name first: what is there is whole."""
        path, part = self._path(self._of(f"{name}.json")), self._path(self._of(f"{name}.json.part"))
        stream = self._files.create(part, True)
        stream.write(bytearray(json.dumps(facts).encode()))
        stream.close()
        self._files.rename(part, path)
