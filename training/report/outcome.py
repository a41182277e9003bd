"""What a search is told by, and what it found: on whom trials are chosen, and what the chosen model reaches."""

from collections.abc import Mapping

from training.algorithms.contract import Parameters
from training.data.ratings import ROW_NAMES, Kind
from training.data.splits import Holdout
from training.report.console import Report
from training.report.evaluation import STANDARD_ERROR

SHOWN = ("ndcg@20", "ndcg@20_3_seeds", "ndcg@20_1_seed", "recall@20", "mrr@20", "hit_rate@20", "coverage@20")


def tell_holdout(holdout: Holdout, kind: Kind, select_by: str, report: Report) -> None:
    """On whom trials are chosen, and where the final number comes from."""
    who = f"{ROW_NAMES[kind]}s"
    if not holdout.folds:
        how = "nothing can be measured, the first guess is taken unmeasured"
        if select_by == "rmse":
            how = "no ranking can be measured, trials are compared by RMSE alone"
        report.say(f"Too few {who} to hold some out: {how}.")
        return
    asked = sum(fold.heard.shape[0] for fold in holdout.folds)
    floor = f"with at least {holdout.floor.songs} songs of at least {holdout.floor.listeners} {who} each"
    report.say(f"Trials are chosen on {asked:,} held-out {who} in {len(holdout.folds)} folds ({floor}).")
    if holdout.test is not None:
        report.say(f"The final number comes from {holdout.test.heard.shape[0]:,} other {who} that chose nothing.")
    else:
        report.say(f"Too few {who} to spare some for the final number: it comes from those that chose the model.")


def tell_metrics(
    algorithm: str, parameters: Parameters, metrics: Mapping[str, float], holdout: Holdout, kind: Kind, report: Report
) -> None:
    """The chosen model and what it reaches, beside popularity."""
    chosen = ", ".join(f"{name} {short(value)}" for name, value in parameters.items())
    report.say(f"Best: {algorithm} ({chosen}).")
    if "rmse" in metrics:
        report.say(f"RMSE {metrics['rmse']:.4f} of ratings log10(plays + 1), mean of the folds.")
    rows = [[name, f"{metrics[name]:.4f}", f"{metrics[f'popularity_{name}']:.4f}"] for name in SHOWN if name in metrics]
    who = ROW_NAMES[kind]
    if rows:
        whose = "that chose nothing" if holdout.test is not None else "that also chose the model"
        report.table(f"On unseen {who}s {whose}, 5 seed songs unless named", ["", "model", "popularity"], rows)
    if STANDARD_ERROR in metrics:
        report.say(f"The standard error of the model's ndcg@20 is {metrics[STANDARD_ERROR]:.4f}, from {who} to {who}.")


def short(value: object) -> str:
    """A parameter's value as people read it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
