"""The whole run on Spark: gather, search on a sample, measure and fit on everything, save the same trained version."""

import time
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from training.algorithms.contract import Parameters
from training.data.ratings import refuse_too_little
from training.options import Options, SparkOptions
from training.report.console import Report
from training.report.outcome import tell_metrics
from training.search.tracking import log_version
from training.spark.fitting import fit
from training.spark.gathering import gather
from training.spark.measuring import Measure
from training.spark.session import session
from training.spark.tuning import Sample, tune
from training.spark.work import Work
from training.version import measured_on, record_of, save


def train_on_spark(options: Options, where: SparkOptions, report: Report) -> Path:
    """Train by the options and return the folder of the new version. Raises TrainingError."""
    with session(where.master) as spark, threadpool_limits(1):
        work = Work(spark, where.work)
        gathered = gather(spark, work, options, where, report)
        refuse_too_little(gathered.data.source, gathered.data.users, "user")
        sample = Sample.of(gathered, where.tune_on, options.folds, options.seed)
        divided = f"seed {options.seed} folds {options.folds}"
        study = f"{gathered.data.sha256[:12]} spark {sample.plays.nnz} {divided}"
        tuned = tune(sample, work, options, where, study, report)
        measure = Measure(gathered, sample, work, options.seed, where.head_listeners)
        parameters = measure.chosen(tuned["candidates"], report)
        report.say("Measuring the chosen parameters on Spark …")
        metrics = tuned["metrics"] | measure.final(parameters)
        tell_metrics("puresvd", parameters, metrics, sample.holdout, "user", report)
        report.say("Learning from everybody on Spark …")
        began = time.time()
        model = fit(gathered.blocks, gathered.songs.listeners, parameters, options.seed, where.head_listeners)
    metrics["fit_seconds"] = time.time() - began
    how: Parameters = {
        "rows": "user",
        "seed": options.seed,
        "trials": tuned["trials"],
        "choices": tuned["choices"],
        "tuned_on": len(sample.rows),
        "head_listeners": where.head_listeners,
        "select_by": "ndcg" if sample.holdout.folds else "nothing",
        "measured_on": measured_on(sample.holdout, "user"),
    }
    record = record_of(gathered.data, "puresvd", parameters | how, metrics, model)
    folder = save(options.artifacts, gathered.songs, model, record)
    report.say(f"The model is in {folder}. Checkpoints in {where.work} can be deleted.")
    log_version(options.tracking_uri, folder.name, record, study, began, report)
    report.say("Next: python build_vector_db.py")
    return folder
