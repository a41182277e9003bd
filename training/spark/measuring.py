"""Parameters measured on Spark: learned from everybody but those who are asked."""

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from training.algorithms.contract import Parameters
from training.data.listens import Counts
from training.data.splits import MOST_ASKED, Split
from training.report.console import Report
from training.report.evaluation import Score, by_popularity, evaluate, mean_of_folds, objective, served
from training.spark.fitting import fit
from training.spark.gathering import Gathered
from training.spark.tuning import Sample
from training.spark.work import Facts, Work

_DRAWS = 5  # times that seed songs are drawn for the final number; fewer where very many listeners are asked
_SHRINKAGES = (1.0, 1 / 3, 3.0)  # of a sample's: how far few listeners are trusted depends on how many there are


@dataclass(frozen=True)
class Measure:
    """Measures parameters, each once. head: as `least` of `fit`."""

    gathered: Gathered
    sample: Sample
    work: Work
    seed: int
    head: int

    def chosen(self, candidates: list[Parameters], report: Report) -> Parameters:
        """The best of candidates and their shrinkages, by the listeners of a fold; the first where all are sampled."""
        folds = self.sample.holdout.folds
        if not folds or len(self.sample.rows) == self.gathered.blocks.shape[0]:
            return candidates[0]
        choices = _with_shrinkages(candidates)
        report.say(f"Measuring {len(choices)} parameter sets on everybody …")
        best, its_value = candidates[0], 0.0
        for parameters in choices:
            ours, popular = self._on(folds[0], "fold", parameters)
            value = objective(ours, popular)
            report.say(f"{value:.3f} x popularity's NDCG with {_told(parameters)}")
            if value > its_value:
                best, its_value = parameters, value
        return best

    def final(self, parameters: Parameters) -> dict[str, float]:
        """Metrics of the parameters and of popularity, by the listeners of the final number."""
        measured = []
        for place, split in enumerate(self.sample.asked):
            ours, popular = self._on(split, f"final {place}" if place else "final", parameters)
            measured.append(ours | {f"popularity_{name}": value for name, value in popular.items()})
        return mean_of_folds(measured) if measured else {}

    def _on(self, split: Split, name: str, parameters: Parameters) -> tuple[dict[str, float], dict[str, float]]:
        told = json.dumps([name, parameters, self.seed, self.head, len(self.sample.rows)])
        step = f"measured {hashlib.sha256(told.encode()).hexdigest()[:12]}"
        facts = self.work.step(step, lambda: self._measured(split, parameters))
        return facts["ours"], facts["popularity"]

    def _measured(self, split: Split, parameters: Parameters) -> Facts:
        rows, songs = self.sample.rows, self.gathered.songs
        asked = np.setdiff1d(np.arange(len(rows)), split.learned)
        listeners = songs.listeners - np.bincount(self.sample.plays[asked].indices, minlength=len(songs))
        model = fit(self.gathered.blocks.leaving_out(rows[asked]), listeners, parameters, self.seed, self.head)
        all_songs = _among(split, self.sample.heard, len(songs))
        draws = _DRAWS if all_songs.heard.shape[0] < MOST_ASKED else 1
        scores: dict[str, Score] = {"ours": served(model), "popularity": by_popularity(listeners)}
        return {name: evaluate(score, all_songs, listeners, draws, self.seed) for name, score in scores.items()}


def _with_shrinkages(candidates: list[Parameters]) -> list[Parameters]:
    """Each once: a shrinkage of 0 has no third."""
    choices: list[Parameters] = []
    for candidate in candidates:
        for times in _SHRINKAGES:
            choice = candidate | {"shrinkage": float(candidate["shrinkage"]) * times}
            if choice not in choices:
                choices.append(choice)
    return choices


def _told(parameters: Parameters) -> str:
    return ", ".join(f"{name} {parameters[name]}" for name in ("weighting", "factors", "song_exponent", "shrinkage"))


def _among(split: Split, columns: Counts, songs: int) -> Split:
    """The split with its columns where they are in the whole catalog."""
    heard = split.heard
    shape = heard.shape[0], songs
    return replace(split, heard=sp.csr_matrix((heard.data, columns[heard.indices], heard.indptr), shape=shape))
