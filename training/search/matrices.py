"""The search of puresvd: matrices one step apart, and for each of them a descent through its shapes.

A matrix is factorised once a fold at a rank that leaves room above what is asked; all else about it is dense products
(training/search/screen.py). A descent begins where the best one so far ended and takes one parameter at a time, the
best value a step or two away, until no step helps. What is behind on the first fold is asked of no other: a matrix
that is 2 % behind the best one, a shape that is 1 % behind its matrix's best.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import optuna

from training.algorithms import Parameters, grid
from training.algorithms.factorisation import Factorisation
from training.algorithms.puresvd import PureSVD, most_factors
from training.search.screen import Questions, values
from training.search.trials import Bench

# filters last: to change one is to begin again with all its strengths
_AXES = (
    "factors",
    "breadth",
    "singular_exponent",
    "ridge",
    "length_exponent",
    "answer_exponent",
    "seed_exponent",
    "seed_length_exponent",
    "filter",
)
_MOST_CHOICES = 80  # after which a descent takes no further round
_ROOM = 4  # times the factors a descent begins with
_LEAST_ROOM = 128  # factors
_MOST_NUMBERS = 1 << 26  # songs times factors, for the sake of room alone: 256 MB a fold
HOPEFUL = 0.98  # of the best matrix's first fold
_CLOSE = 0.99  # of the best shape's first fold
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """Scored parameters. folds: the objective on each fold that was asked; fewer than all where that was enough."""

    parameters: Parameters
    folds: tuple[float, ...]

    @property
    def value(self) -> float:
        """The mean over folds, larger is better."""
        return float(np.mean(self.folds))


@dataclass
class Looked:
    """All that was scored of one matrix. left: after its first fold, for it was behind."""

    choices: list[Choice] = field(default_factory=list)
    left: bool = False

    @property
    def best(self) -> Choice:
        """The first of the best of those that were asked of most folds."""
        return max(self.choices, key=lambda choice: (len(choice.folds), choice.value))


class Matrices:
    """Looks at one matrix after the other, each near to the best so far. `known` are parameters of earlier searches."""

    def __init__(
        self,
        of: PureSVD,
        bench: Bench,
        known: Sequence[Parameters] = (),
        tell: Callable[[str], None] = lambda doing: None,  # noqa: ARG005  who looks on may not care
    ) -> None:
        self._of = of
        self._tell = tell
        self._bench = bench
        self._draw = np.random.default_rng([bench.seed, len(known)])
        self._questions = [Questions(fold, bench.floor, bench.draws, bench.seed) for fold in bench.folds]
        self._most = min(most_factors(fold.learned) for fold in bench.folds)
        self._uncounted = bool((bench.selection.data == 1.0).all())
        self._waiting = [self._plain(start) for start in [*known[:1], *of.defaults(bench.selection)]]
        # the best of them is looked at once more: what comes next lies near it
        self._tried = {grid.matrix_of(self._plain(parameters)) for parameters in known}
        self._tried -= {grid.matrix_of(self._plain(parameters)) for parameters in known[:1]}
        self._best: Choice | None = None

    def look_at_next(self) -> Looked | None:
        """All about one more matrix; None where the grid has no other."""
        start = self._next()
        if start is None:
            return None
        self._tried.add(grid.matrix_of(start))
        first = self._factorised(0, start)
        opening = self._values(0, first, [start])[0]
        if self._best is not None and opening < HOPEFUL * self._best.folds[0]:
            return Looked([Choice(start, (opening,))], left=True)
        looked = self._descend(start, [first, *(self._factorised(i, start) for i in range(1, len(self._questions)))])
        if self._best is None or looked.best.value > self._best.value:
            self._best = looked.best
        return looked

    def _plain(self, parameters: Parameters) -> Parameters:
        """The parameters within what the data allow; without play counts all weightings are one."""
        plain: Parameters = {"weighting": "binary"} if self._uncounted else {}
        return grid.within(parameters | plain, self._most)

    def _next(self) -> Parameters | None:
        while self._waiting:
            start = self._waiting.pop(0)
            if grid.matrix_of(start) not in self._tried:
                return start
        if self._best is None:
            return None
        for around in (grid.nearby_matrices, grid.all_matrices):
            found = [self._plain(parameters) for parameters in around(self._best.parameters)]
            new = [parameters for parameters in found if grid.matrix_of(parameters) not in self._tried]
            if new:
                return new[int(self._draw.integers(len(new)))]
        return None

    def _factorised(self, fold: int, start: Parameters) -> Factorisation:
        self._tell(f"factorising fold {fold + 1} of {len(self._bench.folds)}")
        factors = int(start["factors"])
        learned = self._bench.folds[fold].learned
        room = min(max(_LEAST_ROOM, _ROOM * factors), _MOST_NUMBERS // learned.shape[1])
        return self._of.factorised(learned, start, min(self._most, max(factors, room)), self._bench.seed)

    def _descend(self, start: Parameters, parts: list[Factorisation]) -> Looked:
        looked = Looked()
        self._score(looked, [start], parts)
        before = None
        while looked.best is not before and len(looked.choices) < _MOST_CHOICES:
            before = looked.best
            self._tell(f"{len(looked.choices)} parameter sets scored")
            for axis in _AXES:
                most = min(len(each.strength) for each in parts)
                self._score(looked, grid.nearby_shapes(looked.best.parameters, axis, most), parts)
        return looked

    def _score(self, looked: Looked, shapes: Sequence[Parameters], parts: list[Factorisation]) -> None:
        new = [shape for shape in shapes if all(shape != choice.parameters for choice in looked.choices)]
        if not new:
            return
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            halves = [new[start::2] for start in range(min(2, len(new)))]
            firsts = pool.map(lambda half: self._values(0, parts[0], half), halves)
            opened = [
                pair for half, first in zip(halves, firsts, strict=True) for pair in zip(half, first, strict=True)
            ]
            floor = _CLOSE * looked.best.folds[0] if looked.choices else 0.0
            close = [(shape, first) for shape, first in opened if first >= floor]
            looked.choices += [Choice(shape, (first,)) for shape, first in opened if first < floor]
            going_on = [shape for shape, _ in close]
            others = pool.map(lambda place: self._values(place, parts[place], going_on), range(1, len(parts)))
            folds = zip([first for _, first in close], *others, strict=True)
        looked.choices += [Choice(shape, each) for shape, each in zip(going_on, folds, strict=True)]

    def _values(self, fold: int, parts: Factorisation, shapes: Sequence[Parameters]) -> list[float]:
        """The objective of each shape on one fold."""
        questions = self._questions[fold]
        found: list[float] = questions.value(values(questions, parts, shapes)).tolist()
        return found


def record(study: optuna.Study, looked: Looked) -> None:
    """Every choice as a trial of the study; one that was not asked of all folds as a pruned one."""
    all_folds = 0 if looked.left else len(looked.best.folds)
    state = {True: optuna.trial.TrialState.COMPLETE, False: optuna.trial.TrialState.PRUNED}
    study.add_trials(
        [
            optuna.trial.create_trial(
                state=state[len(choice.folds) == all_folds],
                value=choice.value,
                params=dict(choice.parameters),
                distributions=grid.distributions(choice.parameters),
                intermediate_values=dict(enumerate(choice.folds)),
            )
            for choice in looked.choices
        ]
    )


def known(study: optuna.Study) -> list[Parameters]:
    """What the study has scored before, the best first."""
    finished = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    pruned = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.PRUNED,))
    finished.sort(key=lambda trial: -(trial.value or 0.0))
    return [dict(trial.params) for trial in [*finished, *pruned]]
