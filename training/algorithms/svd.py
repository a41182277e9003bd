"""`svd`: Surprise's SVD as the report has it, learned from observed plays alone and chosen by lowest mean RMSE."""

import numpy as np
import optuna
import pandas as pd
from surprise import SVD, Dataset, Reader
from surprise.model_selection import KFold, cross_validate

from training.algorithms.contract import Parameters, SongFactors
from training.data.ratings import Matrix, rating


class SurpriseSVD:
    """The report's recipe; its search space is the report's, exactly."""

    name = "svd"
    has_rmse = True
    slow = True

    def defaults(self, plays: Matrix) -> list[Parameters]:  # noqa: ARG002  the contract's
        """None: the report lets the search begin by itself."""
        return []

    def suggest(self, trial: optuna.Trial, plays: Matrix) -> Parameters:  # noqa: ARG002  the contract's
        """n_factors 20-100, n_epochs 10-30, lr_all 0.002-0.01, reg_all 0.02-0.1."""
        return {
            "n_factors": trial.suggest_int("n_factors", 20, 100),
            "n_epochs": trial.suggest_int("n_epochs", 10, 30),
            "lr_all": trial.suggest_float("lr_all", 0.002, 0.01),
            "reg_all": trial.suggest_float("reg_all", 0.02, 0.1),
        }

    def fit(self, plays: Matrix, parameters: Parameters, seed: int) -> SongFactors:
        """Stochastic gradient descent over the observed ratings; songs nobody played have no factors (zeros)."""
        model = SVD(**parameters, random_state=seed)
        trainset = dataset(plays).build_full_trainset()
        model.fit(trainset)
        column = np.array([trainset.to_raw_iid(i) for i in range(trainset.n_items)], np.int64)
        factors = np.zeros((plays.shape[1], model.qi.shape[1]), np.float32)
        biases = np.zeros(plays.shape[1])
        factors[column], biases[column] = model.qi, model.bi
        return SongFactors(factors, "cosine", biases, float(trainset.global_mean))


def rmse_of_folds(plays: Matrix, parameters: Parameters, folds: int, seed: int) -> list[float]:
    """The RMSE of each fold of Surprise's cross_validate, in units of log10(plays + 1)."""
    model = SVD(**parameters, random_state=seed)
    splits = KFold(folds, random_state=seed)
    measured = cross_validate(model, dataset(plays), measures=["rmse"], cv=splits)
    return [float(value) for value in measured["test_rmse"]]


def dataset(plays: Matrix) -> Dataset:
    """The ratings log10(plays + 1) of (rows, n) play counts in Surprise's form; raw ids are rows and columns."""
    coo = plays.tocoo()
    ratings = rating(coo.data)
    frame = pd.DataFrame({"user": coo.row, "song": coo.col, "rating": ratings})
    return Dataset.load_from_df(frame, Reader(rating_scale=(0.0, float(ratings.max(initial=1.0)))))
