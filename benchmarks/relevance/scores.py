"""What models reached: intervals, ratios, a table and a chart."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from training.data.splits import SEED_COUNTS

OURS: Final = "ours (puresvd, FAISS)"
_RESAMPLES = 2000
Floats = npt.NDArray[np.float64]


@dataclass
class Score:
    """What a model reached: NDCG@20 of each case by number of seeds, other means, and seconds to fit."""

    ndcg: dict[int, list[Floats]] = field(default_factory=lambda: {k: [] for k in SEED_COUNTS})
    others: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    choices: list[int] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Take over the cases of another split."""
        for k in SEED_COUNTS:
            self.ndcg[k] += other.ndcg[k]
        self.others += other.others
        self.seconds += other.seconds
        self.choices += other.choices

    def cases(self, k: int) -> Floats:
        """NDCG@20 of all cases with k seeds, in the same order for every model."""
        return np.concatenate(self.ndcg[k])


def _interval(values: Floats, draw: np.random.Generator) -> tuple[float, float]:
    """The 95 % bootstrap interval of a mean."""
    means = values[draw.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def paired_ratio(ours: Floats, best: Floats, draw: np.random.Generator) -> tuple[float, float, float]:
    """Our mean over the best peer's on the same cases, with its paired 95 % bootstrap interval."""
    chosen = draw.integers(0, len(ours), (_RESAMPLES, len(ours)))
    ratios = ours[chosen].mean(axis=1) / best[chosen].mean(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(ours.mean() / best.mean()), float(low), float(high)


def table(scores: dict[str, Score], seed: int) -> str:
    """The result as Markdown, ours first, then the best by 5 seeds."""
    order = sorted(scores, key=lambda name: (name != OURS, -scores[name].cases(SEED_COUNTS[0]).mean()))
    lines = [
        "| NDCG@20 | 5 seeds | 3 seeds | 1 seed | recall | MRR | hit rate | coverage | popularity bias | fit, s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in order:
        cells = []
        for k in SEED_COUNTS:
            low, high = _interval(scores[name].cases(k), np.random.default_rng(seed))
            cells.append(f"{scores[name].cases(k).mean():.3f} ({low:.3f}-{high:.3f})")
        means = {key: np.mean([m[key] for m in scores[name].others]) for key in scores[name].others[0]}
        cells += [f"{means[key]:.3f}" for key in ("recall", "mrr", "hit_rate", "coverage", "popularity_bias")]
        lines.append(f"| {name} | {' | '.join(cells)} | {np.mean(scores[name].seconds):.2f} |")
    return "\n".join([*lines, *(f"\n{line}" for line in ratios(scores, seed))])


def ratios(scores: dict[str, Score], seed: int) -> Iterator[str]:
    """Ours against the best peer for each number of seeds."""
    for k in SEED_COUNTS:
        best = max((n for n in scores if n != OURS), key=lambda n: scores[n].cases(k).mean())
        ratio, low, high = paired_ratio(scores[OURS].cases(k), scores[best].cases(k), np.random.default_rng(seed))
        yield f"{k} seed{'s' if k > 1 else ''}: ours / best tuned peer ({best}) = {ratio:.3f} ({low:.3f}-{high:.3f})"


def choices_of(scores: dict[str, Score]) -> str:
    """How many choices each model's tuning scored."""
    return ", ".join(f"{name} {np.mean(score.choices):.0f}" for name, score in scores.items() if score.choices)


def chart(scores: dict[str, Score], path: Path, title: str) -> None:
    """Bars of NDCG@20 with their intervals, one group a model."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    order = sorted(scores, key=lambda name: scores[name].cases(SEED_COUNTS[0]).mean())
    figure, axes = plt.subplots(figsize=(8, 0.7 * len(order) + 1.4))
    for place, (k, colour) in enumerate(zip(SEED_COUNTS, ("#1b7f4d", "#6cbf84", "#c3e3c8"), strict=True)):
        means = np.array([scores[name].cases(k).mean() for name in order])
        bounds = np.array([_interval(scores[name].cases(k), np.random.default_rng(0)) for name in order])
        at = np.arange(len(order)) + (1 - place) * 0.27
        axes.barh(at, means, 0.26, color=colour, label=f"{k} seed{'s' if k > 1 else ''}")
        axes.errorbar(means, at, xerr=np.abs(bounds.T - means), fmt="none", ecolor="#333333", elinewidth=0.8)
    axes.set_yticks(np.arange(len(order)), order)
    axes.set_xlabel("NDCG@20, unseen listeners, 95 % intervals")
    axes.set_title(title)
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
