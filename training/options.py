"""The command line of main.py, as training takes it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import URL

from history import ReadSettings
from training.data.ratings import Rows
from training.search.study import SelectBy

Engine = Literal["memory", "spark"]


@dataclass(frozen=True)
class SparkOptions:
    """Where --engine spark runs. data: URLs and paths; work: where checkpoints are kept; tune_on: listeners.

    head_listeners: songs of fewer have no part in the directions, and are folded in.
    """

    master: str
    data: tuple[str, ...]
    work: str
    tune_on: int
    head_listeners: int


@dataclass(frozen=True)
class Options:
    """The command line. database: among --data; spark: None where one machine's memory is the engine."""

    data: tuple[Path, ...]
    reading: ReadSettings
    artifacts: Path
    trials: int
    sample_size: int | None
    folds: int
    select_by: SelectBy
    algorithms: tuple[str, ...] | None
    seed: int
    tracking_uri: str
    storage: str | None
    rows: Rows
    database: URL | None = None
    min_listeners: int | None = None
    spark: SparkOptions | None = None
