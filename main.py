"""Train: `python main.py` reads listening history, searches for the best model and saves it; the app is api.py."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from db import BadDatabaseURL, parse_url
from errors import ArtifactError, StartError, TrainingError, UsageError
from history import ReadSettings
from settings import Settings
from training import argument_types
from training.command import train
from training.options import Options, SparkOptions
from training.report.console import Report

_SPARK_READS = ("file", "s3a", "s3", "hdfs", "gs", "abfs", "abfss", "wasbs", "http", "https")
_TUNE_ON = 100_000
_HOW_TRIALS_ARE_SPENT = """\
Trials: with both algorithms, svd gets one trial in ten (at least one) and puresvd the others, because one of svd's
takes as long as many of puresvd's. A trial of puresvd is a matrix: factorised once a fold, some forty parameter sets
that share the factors are scored on it; the first matrices are what led on other data, the next ones lie near the
best, and poor ones are left after a fold. All that is scored is in Optuna's study. `--select-by rmse --algorithms svd`
is the classic recipe: Surprise's SVD, lowest mean RMSE of 3-fold cross-validation. Ctrl-C ends the search and goes on
with the best model so far.
"""


def _data(text: str) -> Path | URL | str:
    """A file, a folder, a database, or a URL that Spark reads."""
    scheme, is_url, _ = text.partition("://")
    if not is_url:
        return Path(text)
    if scheme in _SPARK_READS:
        return text
    try:
        return parse_url(text)
    except BadDatabaseURL as exc:
        raise argparse.ArgumentTypeError(f"{exc} (or a file or a folder)") from exc


def _one_database(given: Sequence[Path | URL | str], *, of_api: bool) -> URL | None:
    databases = [one for one in given if isinstance(one, URL)]
    if of_api:
        databases.append(parse_url(Settings.load().database_url))
    if len(databases) > 1:
        raise UsageError(f"{len(databases)} databases are named: expected one, and any number of files")
    return databases[0] if databases else None


def _spark(given: dict[str, Any]) -> SparkOptions | None:
    """Where Spark runs, None for memory. Raises UsageError where options are the other engine's."""
    names = ("engine", "master", "work", "tune_on", "head_listeners")
    engine, master, work, tune_on, head = (given.pop(name) for name in names)
    urls = [one for one in given["data"] if isinstance(one, str)]
    if engine == "memory":
        of_spark = {"--data": urls and urls[0], "--master": master, "--work": work, "--tune-on": tune_on}
        for name, value in (of_spark | {"--head-listeners": head}).items():
            if value:
                raise UsageError(f"{name} {value} is for --engine spark: add that, or leave it out")
        return None
    if not work:
        raise UsageError("--engine spark needs --work: a folder or URL for checkpoints, from which a run goes on")
    tables = tuple(str(one) for one in given["data"] if not isinstance(one, URL))
    return SparkOptions(master or "local[*]", tables, work, tune_on or _TUNE_ON, head or 1)


def _add_spark(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("more than one machine").add_argument
    add("--engine", choices=["memory", "spark"], default="memory", help="what counts and factorises (default: memory)")
    add("--master", metavar="URL", help="Spark's: local[2], spark://host:7077, yarn, k8s://… (default: local[*])")
    add("--work", metavar="URL", help="where Spark's checkpoints are kept: a run that was ended goes on from them")
    add(
        "--tune-on",
        type=argument_types.positive,
        metavar="N",
        help=f"listeners on whom parameters are searched, in memory (default: {_TUNE_ON:,})",
    )
    add(
        "--head-listeners",
        type=argument_types.positive,
        metavar="N",
        help="songs of fewer take no part in finding tastes, and are placed by their listeners' (default: 1)",
    )


def _add_reading(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("listening history").add_argument
    add(
        "--data",
        type=_data,
        metavar="PATH",
        nargs="+",
        action="extend",
        default=[],
        help="files, folders and zips as Spotify, Last.fm, YouTube, Apple, ListenBrainz and others give them; "
        "the address of another database for what listeners played there; URLs with --engine spark "
        "(default: Last.fm_data.csv, or the built-in sample)",
    )
    add("--database", action="store_true", help="what listeners of the API played, from the DATABASE_URL of settings")
    add("--user", metavar="NAME", help="the listener of files that name nobody (default: the file's stem)")
    add(
        "--min-seconds",
        type=argument_types.seconds,
        default=30.0,
        metavar="N",
        help="what is played shorter is no listen, where a file says how long (default: 30)",
    )
    add(
        "--min-listeners",
        type=argument_types.positive,
        metavar="N",
        help="songs of fewer listeners are not published (default: 2 of what accounts alone played, else 1)",
    )
    add(
        "--encoding",
        type=argument_types.encoding,
        metavar="NAME",
        help="of bytes that are not UTF-8, for instance cp1252",
    )
    add("--ignore-dates", action="store_true", help="read no dates: rows are users, not sessions")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Train the recommender on listening history.",
        epilog=_HOW_TRIALS_ARE_SPENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    _add_reading(parser)
    _add_spark(parser)
    add(
        "--artifacts",
        type=Path,
        metavar="DIR",
        help="where versions are kept (default: ARTIFACTS_DIR, or artifacts)",
    )
    add(
        "--trials",
        type=argument_types.positive,
        default=20,
        metavar="N",
        help="how many trials: matrices, sets for svd (default: 20)",
    )
    add(
        "--sample-size",
        type=argument_types.positive,
        metavar="N",
        help="learn from N random (user, song) pairs (default: all)",
    )
    add("--folds", type=argument_types.folds, default=3, metavar="N", help="folds of every trial (default: 3)")
    add("--select-by", choices=["ndcg", "rmse"], default="ndcg", help="what makes a trial the best (default: ndcg)")
    add(
        "--algorithms",
        type=argument_types.algorithms,
        metavar="NAMES",
        help="svd, puresvd or both (default: svd,puresvd; puresvd alone beyond a million pairs)",
    )
    add(
        "--seed",
        type=argument_types.seed,
        default=0,
        metavar="N",
        help="the same seed gives the same model (default: 0)",
    )
    add(
        "--tracking-uri",
        default="sqlite:///mlflow.db",
        metavar="URI",
        help="where MLflow keeps runs (default: sqlite:///mlflow.db)",
    )
    add(
        "--storage",
        metavar="URL",
        help="where Optuna keeps studies, for runs of the same seed and folds to go on (default: in memory)",
    )
    add(
        "--rows",
        choices=["auto", "user", "session"],
        default="auto",
        help="what a row of the matrix is (default: auto: sessions of few users with dates)",
    )
    return parser


def _is_of_a_database(exc: Exception) -> bool:
    """Whether MLflow's or Optuna's database failed: both are loaded by then, or have raised nothing."""
    return any(kind.__module__.partition(".")[0] in ("mlflow", "optuna", "sqlalchemy") for kind in type(exc).__mro__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    given = vars(_parser().parse_args(arguments))
    report = Report()
    try:
        given["artifacts"] = given["artifacts"] or Settings.load().artifacts_dir
        reading = ReadSettings(
            given.pop("user"), given.pop("min_seconds"), given.pop("encoding"), given.pop("ignore_dates")
        )
        spark = _spark(given)
        database = _one_database(given["data"], of_api=given.pop("database"))
        files = tuple(one for one in given["data"] if isinstance(one, Path))
        train(Options(**given | {"data": files, "database": database, "reading": reading, "spark": spark}), report)
    except StartError as exc:  # settings or an address that mean nothing
        report.fault(f"main.py: {exc}")
        return 2
    except TrainingError as exc:
        report.fault(f"main.py: {exc}")
        return exc.exit_code
    except ArtifactError as exc:
        report.fault(f"main.py: nothing is saved: {exc}")
        return 1
    except OSError as exc:
        report.fault(f"main.py: nothing is saved, for the disk is full or cannot be written: {exc}")
        return 1
    except Exception as exc:
        if not _is_of_a_database(exc):
            raise
        reason = str(getattr(exc, "orig", None) or exc).partition("\n")[0]
        report.fault(f"main.py: the trials cannot be recorded ({reason}): see --tracking-uri and --storage")
        return 1
    except KeyboardInterrupt:
        report.fault("main.py: interrupted, nothing is saved")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
