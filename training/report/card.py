"""The model card: what a version learned from, what it reached, and neighbours a person can judge by reading."""

import numpy as np
import scipy.sparse as sp

from artifact_set import TrainingRecord
from training.algorithms.contract import SongFactors
from training.data.ratings import Songs
from training.data.splits import Cases
from training.report.evaluation import answers, served
from training.report.outcome import SHOWN, short

_SONGS = 10
_NEIGHBOURS = 5


def card(record: TrainingRecord, songs: Songs, model: SongFactors) -> str:
    """The card as Markdown. model.factors: (n, d), rows as in `songs`."""
    data = record.data
    who = "simulated users (nobody real)" if data.simulated else "users"
    parts = [
        f"# Model of {record.created_at:%d %B %Y, %H:%M} UTC",
        f"Learned from {data.source}: {data.listens:,} listens by {data.users:,} {who} of {data.songs:,} songs, "
        f"{data.pairs:,} (user, song) pairs. SHA-256 of the source: `{data.sha256}`.",
        f"## Parameters of {record.algorithm}",
        _table(["parameter", "value"], [[name, short(value)] for name, value in record.parameters.items()]),
        "## What it reached",
        _metrics(record),
        "## Nearest songs to the most listened",
        "If these make no sense to someone who knows the music, neither will the recommendations.",
        _table(["song", f"nearest {_NEIGHBOURS}"], _neighbours(songs, model)),
        "Libraries: " + ", ".join(f"{name} {version}" for name, version in record.libraries.items()) + ".",
    ]
    return "\n\n".join(parts) + "\n"


def _metrics(record: TrainingRecord) -> str:
    rows = [
        [name, f"{record.metrics[name]:.4f}", f"{record.metrics[f'popularity_{name}']:.4f}"]
        for name in SHOWN
        if name in record.metrics
    ]
    if not rows:
        return f"{str(record.parameters['measured_on']).capitalize()} to hold some out: nothing was measured."
    whose = f"Measured on {record.parameters['measured_on']}; 5 seed songs unless named."
    return f"{whose}\n\n{_table(['metric', 'model', 'popularity'], rows)}"


def _neighbours(songs: Songs, model: SongFactors) -> list[list[str]]:
    asked = np.arange(min(_SONGS, len(songs)))[:, None]
    cases = Cases(asked, sp.csr_matrix(np.zeros((len(asked), len(songs)), bool)))
    found = answers(served(model), cases, at=min(_NEIGHBOURS, len(songs)))
    return [
        [songs.song_id(row), "; ".join(songs.song_id(int(near)) for near in nearest if near >= 0)]
        for row, nearest in enumerate(found)
    ]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
