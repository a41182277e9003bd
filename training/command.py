"""The whole run: read, divide, search, measure the winner, refit it on everything, save."""

import time
from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from artifact_set import DataFingerprint, TrainingRecord
from errors import DataError, UsageError
from history import read_history
from history.given import Given
from history.reader import HistoryFault
from training.algorithms import algorithm
from training.algorithms.contract import Parameters, SongFactors
from training.data.database import read_database
from training.data.listeners import with_listeners
from training.data.listens import Listens
from training.data.ratings import Ratings, refuse_too_little, to_ratings
from training.data.splits import MOST_ASKED, Holdout, divide
from training.options import Options
from training.report.console import Report
from training.report.evaluation import mean_of_folds
from training.report.outcome import tell_holdout, tell_metrics
from training.report.reading import tell_data, tell_files
from training.sample import read_songs, simulate
from training.search.study import Candidate, Outcome, Plan, Search
from training.search.tracking import Tracker, log_version
from training.search.trials import Bench, Fold
from training.search.workers import Workers
from training.spark.refusals import refuse
from training.version import measured_on, record_of, save

KAGGLE_FILE = "Last.fm_data.csv"
MANY_PAIRS = 1_000_000  # from here on svd needs minutes a trial, and is tried only where it is asked for

_WORTH_PROCESSES = 20_000
_DRAWS = 5  # times that seed songs are drawn for the final number; fewer where very many listeners are asked


def train(options: Options, report: Report) -> Path:
    """Train by the options and return the folder of the new version. Raises TrainingError."""
    if options.spark is not None:
        refuse(options, options.spark)
        from training.spark.run import train_on_spark  # pyspark is for those who ask for it

        return train_on_spark(options, options.spark, report)
    listens = _read(options, report)
    ratings = to_ratings(listens, options.rows, options.sample_size, options.seed)
    names = _algorithms(options, ratings, report)
    tell_data(listens, ratings, report)
    refuse_too_little(listens.source, ratings.plays.shape[0], ratings.kind)
    holdout = divide(ratings.plays, options.folds, options.seed)
    plan = _plan(options, names, listens, ratings, holdout)
    tell_holdout(holdout, ratings.kind, plan.select_by, report)
    tracker = Tracker(options.tracking_uri)
    # small products gain nothing from a second BLAS thread, and lose much where other work holds the cores
    parallel = "svd" in names and ratings.plays.nnz > _WORTH_PROCESSES
    with threadpool_limits(1), Workers(parallel=parallel) as workers:
        bench = Bench(ratings.plays, holdout, options.folds, options.seed, workers)
        outcome = Search(plan, bench, tracker, report).run()
    if outcome.interrupted:
        report.say(f"Interrupted: going on with the best of {outcome.trials} finished trials.")
    report.say(f"{outcome.choices:,} parameter sets were scored in {outcome.trials} finished trials.")
    metrics = _final_metrics(outcome.best, ratings, holdout, options.seed)
    tell_metrics(outcome.best.algorithm, outcome.best.parameters, metrics, holdout, ratings.kind, report)
    began = time.time()
    model = algorithm(outcome.best.algorithm).fit(ratings.plays, outcome.best.parameters, options.seed)
    metrics["fit_seconds"] = time.time() - began
    record = _record(options, plan, listens, ratings, holdout, outcome, metrics, model)
    folder = save(options.artifacts, ratings.songs, model, record)
    report.say(f"The model is in {folder}. Its trials: mlflow ui --backend-store-uri {options.tracking_uri}")
    log_version(options.tracking_uri, folder.name, record, plan.study_name, began, report)
    report.say("Next: python build_vector_db.py")
    return folder


def _read(options: Options, report: Report) -> Listens:
    paths = options.data or ((Path(KAGGLE_FILE),) if Path(KAGGLE_FILE).exists() else ())
    if options.database is not None:
        paths = options.data  # the Kaggle file beside the code is not asked for
        report.say(f"Reading {options.database.render_as_string(hide_password=True)} …")
    given = read_database(options.database) if options.database is not None else None
    if given is not None and not len(given.part) and not paths:
        raise DataError(f"{given.name}: there are none yet: train when somebody has played, or add files with --data")
    if not paths and given is None:
        listens = simulate(read_songs(), seed=options.seed)
        report.say(
            f"No --data and no {KAGGLE_FILE} here: training on the built-in sample. Its songs are real, "
            f"its {listens.user_count:,} listeners are SIMULATED, not people."
        )
        return listens
    try:
        listens, tallies = read_history(paths, options.reading, lambda file: report.say(f"Reading {file} …"), given)
    except HistoryFault as fault:
        tell_files(fault.tallies, report)
        raise
    tell_files(tallies, report)
    return _shared(listens, options, given, report)


def _shared(listens: Listens, options: Options, given: Given | None, report: Report) -> Listens:
    """Without songs of too few listeners. Of accounts' listens nothing is published that one of them alone has."""
    least = options.min_listeners or (1 if given is None else 2)
    accounts = None if given is None or options.min_listeners else given.part.users.dictionary
    shared, left_out = with_listeners(listens, least, accounts)
    if left_out:
        who = "listeners" if accounts is None else "accounts"
        report.say(f"{left_out:,} songs of fewer than {least} {who} are left out; --min-listeners 1 keeps them.")
    if not len(shared):
        raise DataError(
            f"{listens.source}: no song in it has {least} listeners: add histories of other people with --data, or say "
            "--min-listeners 1"
        )
    return shared


def _algorithms(options: Options, ratings: Ratings, report: Report) -> tuple[str, ...]:
    if options.select_by == "rmse":
        if options.algorithms is not None and "svd" not in options.algorithms:
            raise UsageError("--select-by rmse needs svd: puresvd predicts an order, not ratings")
        if options.algorithms != ("svd",):
            report.say("--select-by rmse: svd alone, for puresvd predicts an order, not ratings.")
        return ("svd",)
    if options.algorithms is not None:
        return options.algorithms
    if ratings.pairs > MANY_PAIRS:
        report.say(
            f"Over {MANY_PAIRS:,} pairs: puresvd alone. --algorithms svd,puresvd tries svd as well, for minutes."
        )
        return ("puresvd",)
    return ("svd", "puresvd")


def _plan(
    options: Options,
    names: tuple[str, ...],
    listens: Listens,
    ratings: Ratings,
    holdout: Holdout,
) -> Plan:
    # another seed, or number of folds, chooses on listeners who may be another study's final ones
    divided = f"seed {options.seed} folds {options.folds}"
    name = f"{listens.sha256[:12]} {ratings.kind} {ratings.plays.nnz} {divided}"
    plan = Plan(options.trials, options.select_by, names, options.seed, options.storage, name)
    if holdout.folds:
        return plan
    if names == ("svd",) and ratings.plays.nnz >= options.folds:
        return replace(plan, select_by="rmse")
    first = "puresvd" if "puresvd" in names else "svd"  # svd's first guess is a random one
    return replace(plan, trials=1, algorithms=(first,), storage=None)  # a study would go on to the next guess


def _final_metrics(best: Candidate, ratings: Ratings, holdout: Holdout, seed: int) -> dict[str, float]:
    """Metrics of the winner and of popularity, on the listeners of the final number or, without any, of all folds."""
    metrics = {f"validation_{name}": value for name, value in best.result.metrics.items() if name != "rmse"}
    if "rmse" in best.result.metrics:
        metrics["rmse"] = best.result.metrics["rmse"]
    splits = holdout.folds if holdout.test is None else [holdout.test]
    measured = [_measured(best, Fold.of(ratings.plays, split), seed) for split in splits]
    return metrics | (mean_of_folds(measured) if measured else {})


def _measured(best: Candidate, fold: Fold, seed: int) -> dict[str, float]:
    """Metrics of the winner and of popularity on one fold."""
    model = algorithm(best.algorithm).fit(fold.learned, best.parameters, seed)
    draws = _DRAWS if fold.split.heard.shape[0] < MOST_ASKED else 1  # of so many, one draw says as much
    popular = {f"popularity_{name}": value for name, value in fold.popularity(draws, seed).items()}
    return fold.measure(model, draws, seed) | popular


def _record(
    options: Options,
    plan: Plan,
    listens: Listens,
    ratings: Ratings,
    holdout: Holdout,
    outcome: Outcome,
    metrics: dict[str, float],
    model: SongFactors,
) -> TrainingRecord:
    data = DataFingerprint(
        source=listens.source,
        sha256=listens.sha256,
        listens=ratings.total,
        pairs=ratings.pairs,
        users=ratings.users,
        songs=len(ratings.songs),
        simulated=listens.simulated,
    )
    how: Parameters = {
        "rows": ratings.kind,
        "seed": options.seed,
        "trials": outcome.trials,
        "choices": outcome.choices,
        "select_by": plan.select_by if holdout.folds or plan.select_by == "rmse" else "nothing",
        "measured_on": measured_on(holdout, ratings.kind),
    }
    if options.database is not None:
        how["accounts"] = True  # the gate asks more of a model of few
    return record_of(data, outcome.best.algorithm, outcome.best.parameters | how, metrics, model)
