"""What --engine spark does not do: said before anything is read, and without Spark."""

from collections.abc import Iterator
from importlib.util import find_spec

from errors import UsageError
from training.options import Options, SparkOptions
from training.spark.addresses import kind_of


def refuse(options: Options, where: SparkOptions) -> None:
    """Raise UsageError, naming the first option that Spark has no answer to, and the cure; DataError for a table."""
    for reason in _reasons(options, where):
        raise UsageError(f"--engine spark {reason}")


def _reasons(options: Options, where: SparkOptions) -> Iterator[str]:
    if options.database is not None:
        yield "reads no database: export its listens as Parquet, or train with --engine memory"
    if not where.data:
        yield "needs --data: URLs or paths of Parquet, CSV or JSON lines"
    for address in where.data:
        kind_of(address)
    if options.sample_size is not None:
        yield "has no --sample-size: it learns from everything, and searches on --tune-on listeners"
    if options.select_by == "rmse":
        yield "has no --select-by rmse: puresvd predicts an order, not ratings"
    if "svd" in (options.algorithms or ()):
        yield "has no svd: say --algorithms puresvd, or nothing"
    if options.rows == "session":
        yield "has no --rows session: a row is a user"
    if options.reading.user is not None:
        yield "has no --user: its tables name the listener in a column"
    if options.reading.encoding is not None:
        yield "has no --encoding: its tables are UTF-8"
    if find_spec("pyspark") is None:
        yield "needs pyspark: pip install -r requirements-spark.txt"
