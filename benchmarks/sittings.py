"""Eleven listeners and many sittings: tastes that were simulated, so that what is found can be held against them.

    python -m benchmarks.sittings

Nobody real: 44 tastes of 20 songs each; every listener likes some of the tastes, keeps to one for a sitting of about
eight songs, and now and then plays something else they like. Tastes are shared (each listener likes twelve of the 44)
or everybody's own (four each, the other extreme). The model learns from four fifths of the sittings, once as rows of
their own and once added up to eleven rows of users, and is asked for the rest of the other sittings. Both get the
best of as many parameter sets, chosen by the very answers that count: what they could reach.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import optuna
import pyarrow as pa
import scipy.sparse as sp
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from training.algorithms import Parameters, algorithm
from training.algorithms.contract import SongFactors
from training.data.listens import Counts, Listens, Names
from training.data.ratings import Matrix, to_ratings
from training.data.sessions import sittings
from training.data.splits import Cases, draw_cases
from training.report.evaluation import AT, Score, answers, by_popularity, measure, served

USERS = 11
TASTES = 44
SONGS = 20  # of a taste
LIKED = 12  # tastes of a listener, where they are shared
ELSEWHERE = 0.15  # share of listens outside the sitting's taste

_SITTINGS = 250  # of each listener
_NEIGHBOURS = 10
_GIVEN = (3, 1)
_BEGIN = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp()) // 60
Floats = npt.NDArray[np.float64]


def history(seed: int, *, shared: bool) -> Listens:
    """What they played, one entry a listen; artist "taste 7" has the songs of taste 7."""
    draw = np.random.default_rng(seed)
    popularity = 1.0 / np.arange(1, SONGS + 1) ** 0.7
    users, tastes, songs, minutes = [], [], [], []
    for user in range(USERS):
        liked = draw.choice(TASTES, LIKED, replace=False) if shared else np.arange(user, TASTES, USERS)
        share = draw.dirichlet(np.full(len(liked), 2.0))
        for sitting in range(_SITTINGS):
            length = 3 + draw.poisson(5)
            taste = np.full(length, draw.choice(liked, p=share))
            elsewhere = draw.random(length) < ELSEWHERE
            taste[elsewhere] = draw.choice(liked, elsewhere.sum())
            users.append(np.full(length, user))
            tastes.append(taste)
            songs.append(draw.choice(SONGS, length, p=popularity / popularity.sum()))
            minutes.append(_BEGIN + sitting * 170 + np.arange(length) * 4)
    return Listens(
        users=Names(np.concatenate(users).astype(np.int32), pa.array([f"user {i}" for i in range(USERS)])),
        artists=Names(np.concatenate(tastes).astype(np.int32), pa.array([f"taste {i}" for i in range(TASTES)])),
        tracks=Names(np.concatenate(songs).astype(np.int32), pa.array([f"song {i}" for i in range(SONGS)])),
        plays=np.ones(sum(map(len, users)), np.int64),
        minutes=np.concatenate(minutes),
        source="simulated sittings",
        sha256="",
        simulated=True,
    )


def added_up(sitting_rows: Matrix, listens: Listens, chosen: Counts) -> Matrix:
    """The chosen sittings as rows of users, (11, n)."""
    assert listens.minutes is not None
    user = np.zeros(sitting_rows.shape[0], np.int64)
    user[sittings(listens.users.codes, listens.minutes)] = listens.users.codes
    plays = np.zeros((USERS, sitting_rows.shape[1]))
    np.add.at(plays, user[chosen], sitting_rows[chosen].toarray())
    return sp.csr_matrix(plays)


def purity(model: SongFactors, taste: Counts) -> float:
    """The share of a song's 10 nearest songs that are of its taste, over all songs. taste: (n,)."""
    songs = np.arange(len(taste))[:, None]
    nothing_asked = sp.csr_matrix(np.zeros((len(taste), len(taste)), bool))
    near = answers(served(model), Cases(songs, nothing_asked), _NEIGHBOURS)
    return float((taste[near] == taste[songs]).mean())


def ndcg(score: Score, asked: dict[int, Cases], listeners: Counts) -> list[float]:
    """NDCG@20 for each number of given songs."""
    return [float(measure(answers(score, cases), cases, listeners)["ndcg"].mean()) for cases in asked.values()]


def _best_for(learned: Matrix, asked: dict[int, Cases], listeners: Counts, trials: int, seed: int) -> SongFactors:
    of = algorithm("puresvd")
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    for parameters in of.defaults(learned):
        study.enqueue_trial(dict(parameters))

    def value(trial: optuna.Trial) -> float:
        model = of.fit(learned, of.suggest(trial, learned), seed)
        return float(np.mean(ndcg(served(model), asked, listeners)))

    study.optimize(value, n_trials=trials)
    best: Parameters = dict(study.best_params)
    return of.fit(learned, best, seed)


def compare(trials: int, seed: int, *, shared: bool) -> dict[str, list[float]]:
    """NDCG@20 with 3 and 1 given songs, and purity, for each way to learn from one simulated history."""
    listens = history(seed, shared=shared)
    ratings = to_ratings(listens)
    rows = ratings.plays
    taste = np.array([int(artist.split()[1]) for artist in ratings.songs.artists.to_pylist()])
    order = np.random.default_rng(seed).permutation(rows.shape[0])
    held_out, chosen = np.split(order, [len(order) // 5])
    asked = {k: draw_cases(rows[held_out], k, 1, seed) for k in _GIVEN}
    learned = rows[chosen]
    plays = np.asarray(learned.sum(axis=0)).ravel().astype(np.int64)
    sitting_model = _best_for(learned, asked, plays, trials, seed)
    user_model = _best_for(added_up(rows, listens, chosen), asked, plays, trials, seed)
    return {
        "a row is a sitting": [*ndcg(served(sitting_model), asked, plays), purity(sitting_model, taste)],
        "a row is a user": [*ndcg(served(user_model), asked, plays), purity(user_model, taste)],
        "popularity, or chance": [*ndcg(by_popularity(plays), asked, plays), (SONGS - 1) / (SONGS * TASTES - 1)],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, learn and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--histories", type=int, default=5, help="simulated ones to average over (default: 5)")
    parser.add_argument("--trials", type=int, default=50, help="parameter sets tried for each (default: 50)")
    options = parser.parse_args(arguments)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    print(f"| tastes | learned from | NDCG@{AT}, 3 given | 1 given | nearest {_NEIGHBOURS} of the same taste |")
    print("|---|---|---|---|---|")
    for shared in (True, False):
        with threadpool_limits(1):
            found = [compare(options.trials, seed, shared=shared) for seed in range(options.histories)]
        for name in found[0]:
            three, one, pure = np.mean([result[name] for result in found], axis=0)
            print(f"| {'shared' if shared else 'own'} | {name} | {three:.3f} | {one:.3f} | {pure:.0%} |", flush=True)


if __name__ == "__main__":
    main()
